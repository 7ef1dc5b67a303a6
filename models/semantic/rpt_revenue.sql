{{ report_modes(
    'fct_revenue_line',
    [
        'revenue_line_key', 'contract_line_id', 'project_key', 'is_passthrough', 'is_posted', 'ledger_date',
        'period_start', 'owner_fiscal_period', 'service_owner_fiscal_period', 'missing_link',
        'recognized_amount_transaction', 'recognized_amount_functional', 'recognized_amount_reporting',
        'recognized_amount_constant', 'service_amount_transaction', 'service_amount_functional',
        'service_amount_reporting', 'service_amount_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant',
        'service_currency_transaction', 'service_currency_functional', 'service_currency_reporting',
        'service_currency_constant'
    ],
    ['contract_line_version_key', 'service_contract_line_version_key']
) }}
