{{ stage_records('odoo', 'resource_calendar', [
    {'source': 'id', 'name': 'calendar_id', 'required': true},
    {'source': 'name', 'name': 'calendar_name', 'required': true},
    {'source': 'company_id'},
    {'source': 'tz', 'name': 'time_zone'},
    {'source': 'hours_per_day', 'type': 'numeric(28,6)'},
    {'source': 'two_weeks_calendar', 'name': 'is_two_weeks', 'type': 'boolean'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
