{{ report_modes(
    'fct_backlog_daily',
    [
        'balance_key', 'snapshot_date', 'component', 'contract_line_id', 'project_key', 'missing_link',
        'amount_transaction', 'amount_functional', 'amount_reporting', 'amount_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant'
    ],
    ['contract_line_version_key', 'resource_practice', 'resource_entity']
) }}
