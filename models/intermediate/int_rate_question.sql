-- What work asks of the rate cards: one row per contract line, person, role, region, practice, kind of work and
-- line discount that occurs. Prices are found once per question and interval, not once per entry.
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
from {{ ref('int_time_entry_line') }}
where rate_question is not null
group by
    rate_question, contract_line_id, employee_key, priced_role, region, owner_practice_id, priced_work_type,
    line_discount_pct, override_id
