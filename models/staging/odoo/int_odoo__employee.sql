-- An employee record is a person. Someone who works for two companies of one database has two records in Odoo.
-- Odoo Community has no worker number (the badge id is not one), so people match by e-mail only.
with employees as (
    select * from {{ ref('stg_odoo__hr_employee') }}
)

select
    employees.employee_id,
    employees.employee_name,
    cast(null as {{ dbt.type_string() }}) as employee_number,
    employees.email,
    employees.user_id,
    cast(null as {{ dbt.type_string() }}) as linked_system,
    cast(null as {{ dbt.type_string() }}) as linked_id,
    coalesce(employees.is_active, true) as is_active,
    {{ record_columns('employees', 'hr_employee') }}
from employees
