{{ report_modes(
    'fct_booking',
    [
        'booking_key', 'booking_date', 'kind', 'is_booking', 'contract_line_id', 'project_key', 'owner_fiscal_period', 'missing_link',
        'amount_transaction', 'amount_functional', 'amount_reporting', 'amount_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant'
    ],
    ['contract_line_version_key']
) }}
