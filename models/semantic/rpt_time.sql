{{ report_modes(
    'fct_time_entry',
    [
        'time_entry_key', 'employee_key', 'employment_key', 'project_key', 'customer_key', 'work_date', 'population',
        'entity_fiscal_period', 'source_system', 'status', 'work_category', 'work_type', 'hours', 'billable_hours',
        'credited_hours', 'unbilled_client_hours', 'internal_hours', 'training_hours', 'idle_hours', 'excluded_hours',
        'unapproved_hours', 'recorded_hours', 'worked_hours', 'targeted_billable_hours', 'contingent_hours',
        'cost_amount_transaction', 'cost_amount_functional', 'cost_amount_reporting', 'cost_amount_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant',
        'uncosted_hours_transaction', 'uncosted_hours_functional', 'uncosted_hours_reporting',
        'uncosted_hours_constant'
    ],
    ['employee_version_key', 'project_version_key']
) }}
