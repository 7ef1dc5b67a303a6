{{ report_modes(
    'fct_invoice_line',
    [
        'invoice_line_key', 'invoice_date', 'invoice_kind', 'is_live', 'contract_line_id', 'project_key',
        'owner_fiscal_period', 'missing_link',
        'amount_untaxed_transaction', 'amount_untaxed_functional', 'amount_untaxed_reporting',
        'amount_untaxed_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant'
    ],
    ['contract_line_version_key']
) }}
