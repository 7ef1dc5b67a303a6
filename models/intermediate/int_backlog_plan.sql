-- What booked work is worth by contract line, day, and practice and entity of who is booked: hours at the price of the
-- day, rounded to the minor unit per booking and day. Without a price it is worth nothing yet.
with priced as (
    select
        planned.contract_line_id,
        planned.work_date,
        planned.resource_practice_as_was,
        planned.resource_practice_as_is,
        planned.resource_entity_as_was,
        planned.resource_entity_as_is,
        {{ price_units('planned.hours', 'rates.unit_price', 'planned.price_minor_unit') }} as planned_value
    from {{ ref('int_planned_work') }} as planned
    inner join {{ ref('int_bill_rate') }} as rates
        on
            planned.rate_question = rates.rate_question
            and rates.rate_type = 'bill'
            and planned.lookup_date >= rates.valid_from
            and planned.lookup_date < rates.valid_to
)

select
    {{ surrogate_key([
        'contract_line_id', 'resource_practice_as_was', 'resource_practice_as_is', 'resource_entity_as_was',
        'resource_entity_as_is'
    ]) }} as resource_key,
    contract_line_id,
    work_date,
    resource_practice_as_was,
    resource_practice_as_is,
    resource_entity_as_was,
    resource_entity_as_is,
    cast(sum(planned_value) as numeric(28, 6)) as planned_value
from priced
where planned_value <> 0
group by
    contract_line_id, work_date, resource_practice_as_was, resource_practice_as_is, resource_entity_as_was,
    resource_entity_as_is
