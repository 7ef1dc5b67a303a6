-- Approved leave by employment and day. Whole-day leave that names no employment is leave from every
-- employment of the person; part-day leave is taken from the one that work of that day would go to.
-- Unpaid whole-day leave of at least the policy's length, counted over requests that touch or overlap, is long.
with requests as (
    select
        leaves.entity_key,
        people.canonical_key as employee_key,
        leaves.source_system,
        -- an employment that no system knows is none: the leave is the person's
        named.employment_id,
        leaves.valid_from,
        coalesce(leaves.valid_to, {{ add_days('horizon.as_of', 1) }}) as valid_to,
        leaves.hours_per_day,
        coalesce(leaves.is_unpaid, false) as is_unpaid
    from {{ ref('can_leave') }} as leaves
    cross join {{ ref('int_horizon') }} as horizon
    inner join {{ ref('xwalk_employee') }} as people
        on
            leaves.source_system = people.source_system
            and leaves.employee_id = people.source_id
            and people.valid_to = {{ end_of_time() }}
    left join {{ ref('int_employment') }} as named
        on
            people.canonical_key = named.employee_key
            and leaves.employment_id = named.employment_id
            and named.is_first_of_id
    where not leaves.is_deleted and leaves.status = 'approved'
),

placed as (
    -- what names its employment, and whole days of what does not
    select
        requests.entity_key,
        employments.employment_key,
        requests.valid_from,
        requests.valid_to,
        requests.hours_per_day,
        requests.is_unpaid
    from requests
    inner join {{ ref('int_employment') }} as employments
        on
            requests.employee_key = employments.employee_key
            and (requests.employment_id is null or requests.employment_id = employments.employment_id)
    where requests.employment_id is not null or requests.hours_per_day is null
    union all
    select
        requests.entity_key,
        timeline.employment_key,
        greatest(requests.valid_from, timeline.valid_from) as valid_from,
        least(requests.valid_to, timeline.valid_to) as valid_to,
        requests.hours_per_day,
        requests.is_unpaid
    from requests
    inner join {{ ref('int_employment_timeline') }} as timeline
        on
            requests.employee_key = timeline.employee_key
            and requests.valid_from < timeline.valid_to
            and requests.valid_to > timeline.valid_from
    where requests.employment_id is null and requests.hours_per_day is not null
),

unpaid as (
    select
        placed.*,
        max(placed.valid_to) over (
            partition by placed.employment_key
            order by placed.valid_from, placed.valid_to, placed.entity_key
            rows between unbounded preceding and 1 preceding
        ) as covered_to
    from placed
    where placed.is_unpaid and placed.hours_per_day is null
),

numbered as (
    select
        unpaid.*,
        sum(case when unpaid.covered_to >= unpaid.valid_from then 0 else 1 end) over (
            partition by unpaid.employment_key
            order by unpaid.valid_from, unpaid.valid_to, unpaid.entity_key
            rows between unbounded preceding and current row
        ) as absence
    from unpaid
),

long_absences as (
    select
        employment_key,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from numbered
    group by employment_key, absence
    having {{ days_between('min(valid_from)', 'max(valid_to)') }} >= {{ var('policies').long_unpaid_leave_days }}
),

days as (
    select date_day from {{ ref('dim_date') }}
)

select
    placed.employment_key,
    days.date_day,
    max(case when placed.hours_per_day is null then 1 else 0 end) = 1 as is_whole_day,
    coalesce(sum(placed.hours_per_day), 0) as part_day_hours,
    max(case when long_absences.employment_key is not null then 1 else 0 end) = 1 as is_long_unpaid
from placed
inner join days
    on placed.valid_from <= days.date_day and placed.valid_to > days.date_day
left join long_absences
    on
        placed.employment_key = long_absences.employment_key
        and days.date_day >= long_absences.valid_from
        and days.date_day < long_absences.valid_to
group by placed.employment_key, days.date_day
