-- What is planned to be sold: each day of a hard billable booking with the contract line that work of that project,
-- task and day belongs to, and the question that its price answers, as if the person worked on that day. Without a line
-- nothing is sold. A generic booking has its own role and no region; booked days are Mondays to Fridays.
with booked as (
    select * from {{ ref('int_assignment_day') }}
    where is_booked and is_billable
),

lined as (
    select
        booked.*,
        found.contract_line_id
    from booked
    inner join {{ ref('int_line_of_work') }} as found
        on
            booked.project_key = found.project_key
            and booked.task_id = found.task_id
            and booked.lookup_date >= found.valid_from
            and booked.lookup_date < found.valid_to
),

current_versions as (
    select
        employment_key,
        practice_name,
        legal_entity_id
    from {{ ref('dim_employee') }}
    where is_as_is
),

manned as (
    select
        lined.*,
        persons.region,
        persons.practice_name as resource_practice_as_was,
        current_versions.practice_name as resource_practice_as_is,
        persons.legal_entity_id as resource_entity_as_was,
        current_versions.legal_entity_id as resource_entity_as_is,
        coalesce(lined.role, persons.role) as priced_role
    from lined
    left join {{ ref('int_employment_timeline') }} as timeline
        on
            lined.employee_key = timeline.employee_key
            and lined.lookup_date >= timeline.valid_from
            and lined.lookup_date < timeline.valid_to
    left join {{ ref('dim_employee') }} as persons
        on
            timeline.employment_key = persons.employment_key
            and lined.lookup_date >= persons.lookup_from
            and lined.lookup_date < persons.lookup_to
    left join current_versions on timeline.employment_key = current_versions.employment_key
)

select
    manned.assignment_key,
    manned.contract_line_id,
    manned.work_date,
    manned.lookup_date,
    manned.hours,
    manned.employee_key,
    manned.priced_role,
    manned.region,
    owners.practice_id as owner_practice_id,
    owners.minor_unit as price_minor_unit,
    versions.discount_pct as line_discount_pct,
    manned.resource_practice_as_was,
    manned.resource_practice_as_is,
    manned.resource_entity_as_was,
    manned.resource_entity_as_is,
    {{ rate_question(
        'manned.contract_line_id', 'manned.employee_key', 'manned.priced_role', 'manned.region',
        'owners.practice_id', "'standard'", 'versions.discount_pct'
    ) }} as rate_question
from manned
inner join {{ ref('dim_contract_line') }} as owners
    on
        'line|' || manned.contract_line_id = owners.owner_id
        and manned.lookup_date >= owners.lookup_from
        and manned.lookup_date < owners.lookup_to
inner join {{ ref('int_contract_line_version') }} as versions
    on owners.contract_line_id = versions.contract_line_id and owners.line_version = versions.line_version
