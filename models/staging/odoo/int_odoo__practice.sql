-- A department is a practice. Pages show names, so a name that several departments share is shown with its path.
with departments as (
    select
        staged.*,
        count(*) over (partition by staged.source_system, staged.department_name) as namesakes
    from {{ ref('stg_odoo__hr_department') }} as staged
)

select
    departments.department_id as practice_id,
    case
        when departments.namesakes > 1 then coalesce(departments.complete_name, departments.department_name)
        else departments.department_name
    end as practice_name,
    departments.parent_department_id as parent_practice_id,
    departments.company_id as legal_entity_id,
    departments.manager_employee_id,
    {{ record_columns('departments', 'hr_department') }}
from departments
