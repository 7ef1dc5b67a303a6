{{ report_modes(
    'fct_bench_week',
    [
        'bench_week_key', 'employee_key', 'employment_key', 'bench_date', 'population', 'entity_fiscal_period', 'missing_link',
        'net_hours', 'bench_hours',
        'bench_cost_transaction', 'bench_cost_functional', 'bench_cost_reporting', 'bench_cost_constant',
        'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant',
        'uncosted_bench_hours_transaction', 'uncosted_bench_hours_functional', 'uncosted_bench_hours_reporting',
        'uncosted_bench_hours_constant'
    ],
    ['employee_version_key']
) }}
