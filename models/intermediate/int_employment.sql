-- Employments of the current knowledge, with the person that the crosswalk gives them.
with employments as (
    select * from {{ ref('can_employment') }}
    where not is_deleted and (valid_to is null or valid_to > valid_from)
),

people as (
    select * from {{ ref('xwalk_employee') }}
)

select
    employments.entity_key as employment_key,
    employments.source_system,
    employments.employment_id,
    employments.employee_id,
    coalesce(people.canonical_key, employments.entity_key) as employee_key,
    coalesce(employments.is_primary, false) as is_primary,
    -- two systems may both call an employment of one person by one id: work that names the id goes to the first
    row_number() over (
        partition by coalesce(people.canonical_key, employments.entity_key), employments.employment_id
        order by employments.source_system, employments.entity_key
    ) = 1 as is_first_of_id,
    coalesce(employments.valid_from, {{ beginning_of_time() }}) as valid_from,
    coalesce(employments.valid_to, {{ end_of_time() }}) as valid_to,
    employments.source_file,
    employments.source_row
from employments
left join people
    on
        employments.source_system = people.source_system
        and employments.employee_id = people.source_id
        and {{ holds_on('coalesce(employments.valid_from, ' ~ beginning_of_time() ~ ')', 'people') }}
