-- Received records that cannot be used: a missing id or name, a value that is not of its field's type, a timesheet
-- line without a person or in a unit that is not time, a public holiday too long to be one.
with unreadable as (
    {{ reject_records({
        'account_analytic_line': ref('stg_odoo__account_analytic_line'),
        'hr_contract': ref('stg_odoo__hr_contract'),
        'hr_department': ref('stg_odoo__hr_department'),
        'hr_employee': ref('stg_odoo__hr_employee'),
        'hr_job': ref('stg_odoo__hr_job'),
        'hr_leave': ref('stg_odoo__hr_leave'),
        'hr_leave_type': ref('stg_odoo__hr_leave_type'),
        'project_project': ref('stg_odoo__project_project'),
        'project_project_stage': ref('stg_odoo__project_project_stage'),
        'project_sale_line_employee_map': ref('stg_odoo__project_sale_line_employee_map'),
        'project_task': ref('stg_odoo__project_task'),
        'project_task_type': ref('stg_odoo__project_task_type'),
        'res_company': ref('stg_odoo__res_company'),
        'res_country': ref('stg_odoo__res_country'),
        'res_currency': ref('stg_odoo__res_currency'),
        'res_currency_rate': ref('stg_odoo__res_currency_rate'),
        'res_partner': ref('stg_odoo__res_partner'),
        'resource_calendar': ref('stg_odoo__resource_calendar'),
        'resource_calendar_attendance': ref('stg_odoo__resource_calendar_attendance'),
        'resource_calendar_leaves': ref('stg_odoo__resource_calendar_leaves'),
        'uom_uom': ref('stg_odoo__uom_uom'),
    }) }}
),

timesheets as (
    select
        source_system as system,
        'account_analytic_line' as object,
        load_id,
        source_file,
        source_row,
        unusable_column as column_name,
        case when unusable_column = 'product_uom_id' then uom_id end as reject_value,
        unusable_reason as reason,
        case unusable_column
            when 'employee_id' then 'Name the employee on the timesheet line.'
            else 'Record time in hours or in a unit of the category of hours.'
        end as cure,
        source_id as native_key,
        false as is_duplicate
    from {{ ref('int_odoo_timesheet') }}
    where unusable_column is not null and not is_deleted
),

holidays as (
    select
        source_system as system,
        'resource_calendar_leaves' as object,
        load_id,
        source_file,
        source_row,
        'date_to' as column_name,
        cast(ends_at as {{ dbt.type_string() }}) as reject_value,
        case when ends_at > starts_at then 'longer than 1000 days' else 'not after its start' end as reason,
        'Correct the dates of the public holiday; only its first 1000 days count.' as cure,
        source_id as native_key,
        false as is_duplicate
    from {{ ref('stg_odoo__resource_calendar_leaves') }}
    where
        unusable_column is null
        and not is_deleted
        and resource_id is null
        and (
            ends_at <= starts_at
            or {{ days_between('cast(starts_at as date)', 'cast(ends_at as date)') }} >= 1000
        )
)

select * from unreadable
union all
select * from timesheets
union all
select * from holidays
