-- What work asks of the rate cards, done or planned: one row per contract line, person, role, region, practice, kind
-- of work and line discount that occurs. Prices are found once per question and interval, not once per entry or day.
with asked as (
    select
        rate_question,
        contract_line_id,
        employee_key,
        priced_role,
        region,
        owner_practice_id,
        priced_work_type,
        line_discount_pct,
        override_id,
        lookup_date
    from {{ ref('int_time_entry_line') }}
    where rate_question is not null
    union all
    select
        rate_question,
        contract_line_id,
        employee_key,
        priced_role,
        region,
        owner_practice_id,
        'standard' as priced_work_type,
        line_discount_pct,
        cast(null as {{ dbt.type_string() }}) as override_id,
        lookup_date
    from {{ ref('int_planned_work') }}
)

select
    rate_question,
    contract_line_id,
    employee_key,
    priced_role as role,
    region,
    owner_practice_id as practice_id,
    priced_work_type as work_type,
    line_discount_pct,
    override_id,
    min(lookup_date) as first_day,
    max(lookup_date) as last_day
from asked
group by
    rate_question, contract_line_id, employee_key, priced_role, region, owner_practice_id, priced_work_type,
    line_discount_pct, override_id
