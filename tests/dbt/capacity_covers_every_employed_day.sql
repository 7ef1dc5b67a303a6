-- One row for each day of each employment between history_from and as_of: none missing, none twice.
with expected as (
    select
        employments.employment_key,
        {{ days_between(
            'greatest(employments.valid_from, horizon.history_from)',
            'least(employments.valid_to, ' ~ add_days('horizon.as_of', 1) ~ ')'
        ) }} as days
    from {{ ref('int_employment') }} as employments
    cross join {{ ref('int_horizon') }} as horizon
    where
        employments.valid_from <= horizon.as_of
        and employments.valid_to > horizon.history_from
),

found as (
    select
        employment_key,
        count(*) as days
    from {{ ref('fct_capacity_daily') }}
    group by employment_key
)

select
    expected.employment_key,
    expected.days as expected_days,
    found.days as found_days
from expected
left join found on expected.employment_key = found.employment_key
where expected.days <> coalesce(found.days, 0)
