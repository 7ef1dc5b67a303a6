{{ report_modes(
    'fct_time_entry',
    [
        'time_entry_key', 'employee_key', 'employment_key', 'project_key', 'customer_key', 'work_date', 'population',
        'entity_fiscal_period', 'missing_link', 'source_system', 'status', 'work_category', 'work_type', 'hours', 'billable_hours',
        'credited_hours', 'unbilled_client_hours', 'internal_hours', 'training_hours', 'idle_hours', 'excluded_hours',
        'unapproved_hours', 'recorded_hours', 'worked_hours', 'targeted_billable_hours', 'contingent_hours',
        'cost_amount_transaction', 'cost_amount_functional', 'cost_amount_reporting', 'cost_amount_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant',
        'uncosted_hours_transaction', 'uncosted_hours_functional', 'uncosted_hours_reporting',
        'uncosted_hours_constant', 'contract_type', 'owner_fiscal_period',
        'contract_amount_transaction', 'contract_amount_functional', 'contract_amount_reporting',
        'contract_amount_constant', 'standard_amount_transaction', 'standard_amount_functional',
        'standard_amount_reporting', 'standard_amount_constant', 'realized_amount_transaction',
        'realized_amount_functional', 'realized_amount_reporting', 'realized_amount_constant',
        'contract_currency_transaction', 'contract_currency_functional', 'contract_currency_reporting',
        'contract_currency_constant', 'priced_hours_transaction', 'priced_hours_functional',
        'priced_hours_reporting', 'priced_hours_constant', 'unpriced_hours_transaction',
        'unpriced_hours_functional', 'unpriced_hours_reporting', 'unpriced_hours_constant'
    ],
    ['employee_version_key', 'project_version_key', 'contract_line_version_key']
) }}
