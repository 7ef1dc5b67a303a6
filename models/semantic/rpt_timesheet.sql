{{ report_modes(
    'fct_timesheet_week',
    [
        'timesheet_week_key', 'employee_key', 'employment_key', 'segment_date', 'population', 'entity_fiscal_period', 'missing_link',
        'scheduled_hours', 'net_hours', 'submitted_hours', 'compliant_hours', 'missing_hours', 'above_capacity_hours',
        'overtime_hours'
    ],
    ['employee_version_key']
) }}
