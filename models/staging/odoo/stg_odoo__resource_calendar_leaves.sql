{{ stage_records('odoo', 'resource_calendar_leaves', [
    {'source': 'id', 'name': 'calendar_leave_id', 'required': true},
    {'source': 'name', 'name': 'leave_name'},
    {'source': 'calendar_id'},
    {'source': 'company_id'},
    {'source': 'resource_id'},
    {'source': 'holiday_id', 'name': 'leave_id'},
    {'source': 'date_from', 'name': 'starts_at', 'type': 'timestamp', 'required': true},
    {'source': 'date_to', 'name': 'ends_at', 'type': 'timestamp', 'required': true},
    {'source': 'time_type'},
]) }}
