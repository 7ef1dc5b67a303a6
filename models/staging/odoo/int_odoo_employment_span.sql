-- What is known of each employment over time: one row per employment and stretch of days in which nothing changed.
--
-- Odoo keeps only today's department, manager, job, place and calendar of a person. Their past is what earlier
-- refreshes saw: the first version that was seen holds since the employment began, a later one from the day (UTC)
-- on which it was first seen. Several changes of a day count as the last one.
-- Contracts do have dates: over the days of one in force (open or close; date_end is its last day) its working
-- schedule goes before the person's. Where contracts overlap, the one that started last goes first.
with employments as (
    select * from {{ ref('int_odoo__employment') }}
),

seen as (
    select
        versions.*,
        cast(versions.known_from as date) as seen_on,
        row_number() over (
            partition by versions.source_system, versions.employee_id order by versions.known_from, versions.record_hash
        ) as place,
        row_number() over (
            partition by versions.source_system, versions.employee_id, cast(versions.known_from as date)
            order by versions.known_from desc, versions.record_hash asc
        ) as place_of_day
    from {{ ref('int_odoo_employee_version') }} as versions
),

-- the first version holds from the beginning, even if a later one of the same day replaced it
openings as (
    select
        *,
        {{ beginning_of_time() }} as held_from
    from seen
    where place = 1
    union all
    select
        *,
        seen_on as held_from
    from seen
    where place > 1 and place_of_day = 1
),

versions as (
    select
        *,
        lead(held_from, 1, {{ end_of_time() }}) over (
            partition by source_system, employee_id order by held_from
        ) as held_to
    from openings
),

contracts as (
    select
        staged.*,
        coalesce({{ add_days('staged.end_date', 1) }}, {{ end_of_time() }}) as held_to
    from {{ ref('stg_odoo__hr_contract') }} as staged
    where
        not staged.is_deleted
        and staged.contract_state in ('open', 'close')
        and staged.calendar_id is not null
),

bounds as (
    select
        source_system,
        employment_id,
        valid_from as bound
    from employments
    union
    select
        employments.source_system,
        employments.employment_id,
        versions.held_from as bound
    from employments
    inner join versions
        on
            employments.source_system = versions.source_system
            and employments.employee_id = versions.employee_id
            and employments.valid_from < versions.held_from
    union
    select
        employments.source_system,
        employments.employment_id,
        contracts.start_date as bound
    from employments
    inner join contracts
        on
            employments.source_system = contracts.source_system
            and employments.employee_id = contracts.employee_id
            and employments.valid_from < contracts.start_date
    union
    select
        employments.source_system,
        employments.employment_id,
        contracts.held_to as bound
    from employments
    inner join contracts
        on
            employments.source_system = contracts.source_system
            and employments.employee_id = contracts.employee_id
            and employments.valid_from < contracts.held_to
            and contracts.held_to < {{ end_of_time() }}
),

spans as (
    select
        bounds.source_system,
        bounds.employment_id,
        bounds.bound as valid_from,
        lead(bounds.bound) over (
            partition by bounds.source_system, bounds.employment_id order by bounds.bound
        ) as valid_to
    from bounds
),

contracted as (
    select
        spans.source_system,
        spans.employment_id,
        spans.valid_from,
        contracts.calendar_id,
        row_number() over (
            partition by spans.source_system, spans.employment_id, spans.valid_from
            order by contracts.start_date desc, contracts.contract_id desc
        ) as place
    from spans
    inner join contracts
        on
            spans.source_system = contracts.source_system
            and spans.employment_id = contracts.employee_id
            and spans.valid_from >= contracts.start_date
            and spans.valid_from < contracts.held_to
)

select
    spans.source_system,
    spans.employment_id,
    versions.company_id,
    versions.department_id,
    versions.job_id,
    versions.job_title,
    versions.manager_employee_id,
    versions.work_location_name,
    versions.employee_type,
    spans.valid_from,
    spans.valid_to,
    versions.known_from,
    versions.known_to,
    employments.is_deleted,
    versions.record_hash,
    versions.load_id,
    versions.source_file,
    versions.source_row,
    coalesce(contracted.calendar_id, versions.calendar_id) as calendar_id,
    case
        when coalesce(contracted.calendar_id, versions.calendar_id) is not null
            then
                coalesce(versions.work_location_name || ' ', '')
                || '(company ' || coalesce(versions.company_id, '-')
                || ', calendar ' || coalesce(contracted.calendar_id, versions.calendar_id) || ')'
        else versions.work_location_name
    end as location_code
from spans
inner join employments
    on
        spans.source_system = employments.source_system
        and spans.employment_id = employments.employment_id
inner join versions
    on
        spans.source_system = versions.source_system
        and spans.employment_id = versions.employee_id
        and spans.valid_from >= versions.held_from
        and spans.valid_from < versions.held_to
left join contracted
    on
        spans.source_system = contracted.source_system
        and spans.employment_id = contracted.employment_id
        and spans.valid_from = contracted.valid_from
        and contracted.place = 1
