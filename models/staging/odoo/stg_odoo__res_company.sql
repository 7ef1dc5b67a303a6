{{ stage_records('odoo', 'res_company', [
    {'source': 'id', 'name': 'company_id', 'required': true},
    {'source': 'name', 'name': 'company_name', 'required': true},
    {'source': 'currency_id'},
    {'source': 'partner_id'},
    {'source': 'resource_calendar_id', 'name': 'calendar_id'},
    {'source': 'fiscalyear_last_month', 'name': 'fiscal_year_last_month', 'type': 'integer'},
    {'source': 'leave_timesheet_task_id', 'name': 'leave_task_id'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
