{{ report_modes(
    'fct_capacity_daily',
    [
        'capacity_key', 'employee_key', 'employment_key', 'capacity_date', 'population', 'entity_fiscal_period', 'missing_link',
        'standard_hours', 'pattern_effect_hours', 'scheduled_hours', 'long_unpaid_leave_hours', 'holiday_hours',
        'gross_hours', 'leave_hours', 'net_hours', 'targeted_gross_hours', 'target_hours'
    ],
    ['employee_version_key']
) }}
