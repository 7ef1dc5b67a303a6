-- `attribute` is the contract's name for it.
-- The stretches of int_odoo_employment_span, one attribute a row; stretches in which an attribute did not change
-- are joined. `practice` and `department` are both the department, `location` is the place of work together with
-- company and calendar, because Odoo hangs public holidays on calendars (see int_odoo__holiday). `fte` is 1: an
-- Odoo calendar is the person's own week, so part time is in the calendar and not taken off again.
with spans as (
    select * from {{ ref('int_odoo_employment_span') }}
),

departments as (
    select * from {{ ref('int_odoo__practice') }}
),

jobs as (
    select * from {{ ref('stg_odoo__hr_job') }}
),

named as (
    select
        spans.*,
        departments.practice_name as department_name,
        coalesce(jobs.job_name, spans.job_title) as role_name,
        case
            when spans.employee_type in ('freelance', 'contractor') then 'contingent'
            else coalesce(spans.employee_type, 'employee')
        end as employment_type
    from spans
    left join departments
        on spans.source_system = departments.source_system and spans.department_id = departments.practice_id
    left join jobs
        on spans.source_system = jobs.source_system and spans.job_id = jobs.job_id
),

attributes as (
    {%- set sources = {
        'practice': 'department_id',
        'department': 'department_name',
        'manager': 'manager_employee_id',
        'location': 'location_code',
        'legal_entity': 'company_id',
        'employment_type': 'employment_type',
        'fte': "'1'",
        'calendar': 'calendar_id',
        'role': 'role_name',
    } %}
    {%- for attribute, source in sources.items() %}
    select
        source_system,
        employment_id,
        '{{ attribute }}' as attribute, -- noqa: RF04
        {{ source }} as attribute_value,
        valid_from,
        valid_to,
        known_from,
        known_to,
        is_deleted,
        record_hash,
        load_id,
        source_file,
        source_row
    from named
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

marked as (
    select
        *,
        case
            when
                lag(attribute_value) over (
                    partition by source_system, employment_id, attribute order by valid_from
                ) = attribute_value
                then 0
            else 1
        end as is_change
    from attributes
),

numbered as (
    select
        *,
        sum(is_change) over (
            partition by source_system, employment_id, attribute
            order by valid_from
            rows between unbounded preceding and current row
        ) as stretch
    from marked
),

joined as (
    select
        *,
        row_number() over (
            partition by source_system, employment_id, attribute, stretch order by valid_from
        ) as place,
        first_value(valid_to) over (
            partition by source_system, employment_id, attribute, stretch
            order by valid_from desc
            rows between unbounded preceding and unbounded following
        ) as stretch_to
    from numbered
)

select
    joined.employment_id,
    joined.attribute,
    joined.attribute_value,
    {{ record_columns(
        'joined', 'hr_employee',
        source_id="joined.employment_id || '|' || joined.attribute || '|' || cast(joined.valid_from as " ~ dbt.type_string() ~ ")",
        valid_from='joined.valid_from',
        valid_to='joined.stretch_to'
    ) }}
from joined
where joined.place = 1 and joined.attribute_value is not null
