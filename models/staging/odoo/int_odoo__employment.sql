-- One employment per employee record: an Odoo employee belongs to one company, and a rehire reuses the record.
--
-- First day: the earliest contract that came into force (open or close). Odoo's own first_contract_date also
-- counts drafts, so it is used only where no contract of the person can be read; without it, the day on which the
-- record was made. Someone whose contracts are all drafts is employed since the record was made.
-- Last day: a contract's end does not end the employment (people go on without a renewed contract); archiving does.
-- An archived record without departure date ended, as far as is known, when the archived record was written first.
with employees as (
    select * from {{ ref('stg_odoo__hr_employee') }}
),

versions as (
    select * from {{ ref('int_odoo_employee_version') }}
),

contracts as (
    select * from {{ ref('stg_odoo__hr_contract') }}
    where not is_deleted
),

contract_starts as (
    select
        source_system,
        employee_id,
        min(case when contract_state in ('open', 'close') then start_date end) as first_date
    from contracts
    group by source_system, employee_id
),

last_active as (
    select
        source_system,
        employee_id,
        max(known_from) as known_from
    from versions
    where coalesce(is_active, true)
    group by source_system, employee_id
),

archived as (
    select
        versions.source_system,
        versions.employee_id,
        min(cast(versions.written_at as date)) as archived_date
    from versions
    left join last_active
        on
            versions.source_system = last_active.source_system
            and versions.employee_id = last_active.employee_id
    where
        not versions.is_active
        and (last_active.known_from is null or versions.known_from > last_active.known_from)
    group by versions.source_system, versions.employee_id
),

dated as (
    select
        employees.*,
        coalesce(
            contract_starts.first_date,
            case when contract_starts.employee_id is null then employees.first_contract_date end,
            cast(employees.created_at as date),
            cast(employees.known_from as date)
        ) as first_date,
        case
            when employees.is_active then cast(null as date)
            else coalesce(employees.departure_date, archived.archived_date)
        end as last_date
    from employees
    left join contract_starts
        on
            employees.source_system = contract_starts.source_system
            and employees.employee_id = contract_starts.employee_id
    left join archived
        on
            employees.source_system = archived.source_system
            and employees.employee_id = archived.employee_id
)

select
    dated.employee_id as employment_id,
    dated.employee_id,
    true as is_primary,
    case when not dated.is_active then dated.departure_reason end as termination_reason,
    {{ record_columns(
        'dated', 'hr_employee',
        quality_flags="case when not dated.is_active and dated.departure_date is null then 'departure_date_missing' end",
        valid_from='dated.first_date',
        valid_to=add_days('dated.last_date', 1)
    ) }}
from dated
