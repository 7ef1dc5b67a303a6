-- Employments of the current knowledge, with the person that the crosswalk gives them.
with employments as (
    select
        records.*,
        -- systems write 0001-01-01 and the like for a start that they do not know
        greatest(coalesce(records.valid_from, {{ beginning_of_time() }}), {{ beginning_of_time() }}) as starts_on,
        coalesce(records.valid_to, {{ end_of_time() }}) as ends_on
    from {{ ref('can_employment') }} as records
    where not records.is_deleted
),

people as (
    select * from {{ ref('xwalk_employee') }}
)

select
    employments.entity_key as employment_key,
    employments.source_system,
    employments.employment_id,
    employments.employee_id,
    employments.starts_on as valid_from,
    employments.ends_on as valid_to,
    employments.source_file,
    employments.source_row,
    coalesce(people.canonical_key, employments.entity_key) as employee_key,
    coalesce(employments.is_primary, false) as is_primary,
    -- two systems may both call an employment of one person by one id: work that names the id goes to the first
    row_number() over (
        partition by coalesce(people.canonical_key, employments.entity_key), employments.employment_id
        order by employments.source_system, employments.entity_key
    ) = 1 as is_first_of_id
from employments
left join people
    on
        employments.source_system = people.source_system
        and employments.employee_id = people.source_id
        and {{ holds_on('employments.starts_on', 'people') }}
where employments.ends_on > employments.starts_on
