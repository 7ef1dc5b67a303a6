-- Which employment of a person takes work that names none, for every day there is: a running one
-- (primary first, then the lowest id), else the latest that started before, else the first.
with employments as (
    select * from {{ ref('int_employment') }}
),

bounds as (
    select
        employee_key,
        {{ beginning_of_time() }} as bound
    from employments
    union
    select
        employee_key,
        valid_from as bound
    from employments
    union
    select
        employee_key,
        valid_to as bound
    from employments
    union
    select
        employee_key,
        {{ end_of_time() }} as bound
    from employments
),

spans as (
    select
        employee_key,
        bound as valid_from,
        lead(bound) over (partition by employee_key order by bound) as valid_to
    from bounds
),

ranked as (
    select
        spans.employee_key,
        spans.valid_from,
        spans.valid_to,
        employments.employment_key,
        employments.valid_from <= spans.valid_from and spans.valid_to <= employments.valid_to as is_running,
        row_number() over (
            partition by spans.employee_key, spans.valid_from
            order by
                case
                    when employments.valid_from <= spans.valid_from and spans.valid_to <= employments.valid_to then 0
                    when employments.valid_from <= spans.valid_from then 1
                    else 2
                end,
                case
                    when employments.valid_from <= spans.valid_from and spans.valid_to <= employments.valid_to
                        then case when employments.is_primary then 0 else 1 end
                    when employments.valid_from <= spans.valid_from
                        then {{ days_between('employments.valid_from', date_literal('9999-12-31')) }}
                    else {{ days_between(date_literal('1900-01-01'), 'employments.valid_from') }}
                end,
                employments.employment_id,
                employments.employment_key
        ) as place
    from spans
    inner join employments on spans.employee_key = employments.employee_key
    where spans.valid_to is not null
)

select
    employee_key,
    valid_from,
    valid_to,
    employment_key,
    not is_running as is_outside_employment
from ranked
where place = 1
