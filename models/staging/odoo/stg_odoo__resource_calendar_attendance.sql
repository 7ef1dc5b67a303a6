{{ stage_records('odoo', 'resource_calendar_attendance', [
    {'source': 'id', 'name': 'attendance_id', 'required': true},
    {'source': 'calendar_id'},
    {'source': 'resource_id'},
    {'source': 'dayofweek', 'name': 'day_of_week', 'type': 'integer', 'required': true},
    {'source': 'hour_from', 'type': 'numeric(28,6)', 'required': true},
    {'source': 'hour_to', 'type': 'numeric(28,6)', 'required': true},
    {'source': 'day_period'},
    {'source': 'week_type'},
    {'source': 'display_type'},
    {'source': 'date_from', 'name': 'start_date', 'type': 'date'},
    {'source': 'date_to', 'name': 'end_date', 'type': 'date'},
]) }}
