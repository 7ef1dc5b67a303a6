"""Rows whose sums are easy to do by hand, under the names that the semantic models read."""

from __future__ import annotations

import duckdb

# Text that would do harm if it were ever read as SQL or as a template.
HOSTILE = "{{ 7*7 }}'; drop table x; --"

EMPLOYEES = """
    ('ev1', 'Data', 'US01', 'Consultant', 'Consultant 0001'),
    ('ev2', 'Cloud', 'UK01', 'Manager', 'Consultant 0002'),
    ('ev3', $hostile, 'JP01', 'Consultant', 'Consultant 0003')
"""
PROJECTS = """
    ('pv1', 'Data', 'US01', 'Project 1', 'Customer 1'),
    ('pv2', 'Cloud', 'UK01', 'Project 2', 'Customer 2')
"""
# mode, employee version, project version, day, population, billable h, internal h, cost, currency, cost in USD
TIME = """
    ('as_was', 'ev1', 'pv1', date '2026-04-10', 'billable', 8, 0, 800.00, 'USD', 800.004999),
    ('as_was', 'ev1', 'pv2', date '2026-05-12', 'billable', 4, 2.125, 612.50, 'USD', 612.50),
    ('as_was', 'ev2', 'pv2', date '2026-05-13', 'billable', 6, 0, 480.00, 'GBP', 600.005),
    ('as_was', 'ev2', 'pv2', date '2026-06-30', 'other', 5, 0, 400.00, 'GBP', 500),
    ('as_was', 'ev3', 'pv2', date '2026-06-29', 'billable', 2, 0, 30000, 'JPY', 200),
    ('as_was', 'ev3', 'pv2', date '2026-06-29', 'contingent', 9, 0, null, null, null),
    ('as_is', 'ev2', 'pv1', date '2026-04-10', 'billable', 8, 0, 800.00, 'USD', 800.004999)
"""
# mode, employee version, day, population, standard, gross, net
CAPACITY = """
    ('as_was', 'ev1', date '2026-04-10', 'billable', 10, 10, 8),
    ('as_was', 'ev1', date '2026-05-12', 'billable', 20, 10, 10),
    ('as_was', 'ev2', date '2026-05-13', 'billable', 40, 40, 30),
    ('as_was', 'ev2', date '2026-06-30', 'other', 8, 8, 8),
    ('as_is', 'ev2', date '2026-04-10', 'billable', 10, 10, 8)
"""
# mode, employee version, day, population, net, compliant, missing
TIMESHEETS = """
    ('as_was', 'ev1', date '2026-04-06', 'billable', 8, 8, 0),
    ('as_was', 'ev2', date '2026-05-11', 'billable', 30, 6, 24)
"""
# mode, employee version, day, population, scheduled billable, scheduled excluded, blended billable, blended excluded
STAFFING = """
    ('as_was', 'ev1', date '2026-04-10', 'billable', 4, 2, 0, 0),
    ('as_was', 'ev1', date '2026-04-10', 'billable', 0, 0, 6, 1)
"""
# mode, employee version, day, population, net, bench, cost, currency, cost in USD
BENCH = """
    ('as_was', 'ev1', date '2026-04-06', 'billable', 8, 2, 200.00, 'USD', 200.00),
    ('as_was', 'ev2', date '2026-05-11', 'billable', 30, 3, 240.00, 'GBP', 300.00),
    ('as_was', 'ev3', date '2026-06-29', 'billable', 8, 8, null, null, null)
"""
# owner, practice, entity, contract type
OWNERS = """
    ('ow1', 'Data', 'US01', 'time_and_materials'),
    ('ow2', 'Cloud', 'UK01', 'retainer')
"""
# mode, owner, day, part, amount, currency, amount in USD, amount in USD x days
WIP = """
    ('as_was', 'ow1', date '2026-05-31', 'unbilled_tm_time', 100.00, 'USD', 100.00, 1000.00),
    ('as_was', 'ow2', date '2026-05-31', 'unbilled_overage', 40.00, 'GBP', 50.00, 100.00),
    ('as_was', 'ow1', date '2026-06-30', 'unbilled_tm_time', 300.00, 'USD', 300.00, 6000.00),
    ('as_is', 'ow2', date '2026-06-30', 'unbilled_tm_time', 300.00, 'USD', 300.00, 6000.00)
"""
# mode, owner, posting date, service date, amount, currency, amount in USD
REVENUE = """
    ('as_was', 'ow1', date '2026-05-31', date '2026-04-01', 400.00, 'USD', 400.00),
    ('as_was', 'ow2', date '2026-06-30', date '2026-06-01', 80.00, 'GBP', 100.00),
    ('as_is', 'ow2', date '2026-05-31', date '2026-04-01', 400.00, 'USD', 400.00)
"""
# mode, owner, month, part, amount, currency, amount in USD
MARGIN = """
    ('as_was', 'ow1', date '2026-05-01', 'service_revenue', 400.00, 'USD', 400.00),
    ('as_was', 'ow1', date '2026-05-01', 'labour', 100.00, 'USD', 100.00),
    ('as_was', 'ow2', date '2026-04-01', 'labour', 8.00, 'GBP', 10.00),
    ('as_was', 'ow2', date '2026-06-01', 'service_revenue', 80.00, 'GBP', 100.00),
    ('as_was', 'ow2', date '2026-06-01', 'direct_other', 40.00, 'GBP', 50.00),
    ('as_was', 'ow2', date '2026-06-01', 'passthrough_cost', 8.00, 'GBP', 10.00)
"""
# mode, owner, posting date, kind, amount, currency, amount in USD
BILLING = """
    ('as_was', 'ow1', date '2026-05-05', 'invoice', 400.00, 'USD', 400.00),
    ('as_was', 'ow2', date '2026-06-05', 'credit_note', -8.00, 'GBP', -10.00)
"""
# mode, owner, day, kind, amount, currency, amount in USD
BOOKINGS = """
    ('as_was', 'ow1', date '2026-04-01', 'new_booking', 1000.00, 'USD', 1000.00),
    ('as_was', 'ow2', date '2026-05-13', 're_estimate', 80.00, 'GBP', 100.00)
"""
# mode, owner, day, part, amount, currency, amount in USD
BACKLOG = """
    ('as_was', 'ow1', date '2026-06-30', 'hard', 600.00, 'USD', 600.00),
    ('as_was', 'ow2', date '2026-06-30', 'soft', 80.00, 'GBP', 100.00)
"""
# mode, owner, day, movement, amount, currency, amount in USD
ROLL = """
    ('as_was', 'ow1', date '2026-06-01', 'opening', 700.00, 'USD', 700.00),
    ('as_was', 'ow1', date '2026-06-15', 'revenue', -100.00, 'USD', -100.00),
    ('as_was', 'ow1', date '2026-06-30', 'closing', 600.00, 'USD', 600.00)
"""


def write_tables(connection: duckdb.DuckDBPyConnection, scale: int = 1) -> None:
    """Create the published tables that questions read. `scale` multiplies billable hours."""
    hostile = "'" + HOSTILE.replace("'", "''") + "'"
    connection.execute(
        "create schema marts; create schema operations; create schema reconciliation; create schema reference; create schema raw_hris"
    )
    connection.execute(
        "create table marts.dim_date as select cast(range as date) as date_day,"
        " cast(date_trunc('week', range) as date) as week_start, cast(date_trunc('month', range) as date) as month_start,"
        " cast(date_trunc('quarter', range) as date) as quarter_start,"
        " cast(date_trunc('year', range) as date) as year_start,"
        " cast(date_trunc('month', range) as date) as fiscal_period_start,"
        " cast(date_trunc('quarter', range) as date) as fiscal_quarter_start,"
        " cast(date_trunc('year', range) as date) as fiscal_year_start"
        " from range(date '2026-01-01', date '2027-01-01', interval 1 day)"
    )
    connection.execute(
        "create table marts.dim_employee as select v as employee_version_key, p as practice_name,"
        " e as legal_entity_id, r as role, n as employee_name, 'North' as region, 'L1' as level, 'M' as manager,"
        " 'D' as department, 'CC' as cost_center, 'LOC' as location, 'employee' as employment_type"
        f" from (values {EMPLOYEES.replace('$hostile', hostile)}) as t (v, p, e, r, n)"
    )
    connection.execute(
        "create table marts.dim_project as select v as project_version_key, p as practice_name,"
        " e as legal_entity_id, n as project_name, c as customer_name"
        f" from (values {PROJECTS}) as t (v, p, e, n, c)"
    )
    connection.execute(
        "create table marts.dim_contract_line as select o as contract_line_version_key, p as practice_name,"
        " e as legal_entity_id, t as contract_type, 'K-1' as contract_name, 'K-1-1' as contract_line_id,"
        " 'Project 1' as project_name, 'Customer 1' as customer_name"
        f" from (values {OWNERS}) as v (o, p, e, t)"
    )
    balances = ", ".join(
        f"cast({'a' if own else 'u'} as decimal(28,6)) as amount_{mode},"
        f" cast({'a' if own else 'u'} * w / u as decimal(28,6)) as aged_amount_{mode},"
        f" {'c' if own else chr(39) + 'USD' + chr(39)} as currency_{mode}"
        for mode, own in (
            ("transaction", True),
            ("functional", True),
            ("reporting", False),
            ("constant", False),
        )
    )
    connection.execute(
        "create table marts.rpt_wip as select m as report_mode, o as contract_line_version_key, d as snapshot_date,"
        " p as component, null::varchar as resource_practice, null::varchar as resource_entity, 1 as items,"
        f" {balances} from (values {WIP}) as v (m, o, d, p, a, c, u, w)"
    )
    flows = ", ".join(
        f"cast({'a' if own else 'u'} as decimal(28,6)) as $amount_{mode},"
        f" {'c' if own else chr(39) + 'USD' + chr(39)} as $currency_{mode}"
        for mode, own in (
            ("transaction", True),
            ("functional", True),
            ("reporting", False),
            ("constant", False),
        )
    )
    posted = flows.replace("$amount", "recognized_amount").replace("$currency", "currency")
    served = flows.replace("$amount", "service_amount").replace("$currency", "service_currency")
    connection.execute(
        "create table marts.rpt_revenue as select m as report_mode, o as contract_line_version_key,"
        " o as service_contract_line_version_key, true as is_posted, false as is_passthrough, d as ledger_date,"
        " s as period_start, '2026' as owner_fiscal_period, '2026' as service_owner_fiscal_period,"
        f" {posted}, {served} from (values {REVENUE}) as v (m, o, d, s, a, c, u)"
    )
    parts = flows.replace("$amount", "amount").replace("$currency", "currency")
    connection.execute(
        "create table marts.rpt_margin as select m as report_mode, o as contract_line_version_key,"
        " d as margin_month, p as component, '2026' as owner_fiscal_period,"
        f" {parts} from (values {MARGIN}) as v (m, o, d, p, a, c, u)"
    )
    billed = flows.replace("$amount", "amount_untaxed").replace("$currency", "currency")
    connection.execute(
        "create table marts.rpt_billing as select m as report_mode, o as contract_line_version_key,"
        " d as invoice_date, p as invoice_kind, true as is_live, '2026' as owner_fiscal_period,"
        f" {billed} from (values {BILLING}) as v (m, o, d, p, a, c, u)"
    )
    for table, rows, day, part in (
        ("bookings", BOOKINGS, "booking_date", "kind"),
        ("backlog", BACKLOG, "snapshot_date", "component"),
        ("backlog_roll", ROLL, "roll_date", "movement"),
    ):
        connection.execute(
            f"create table marts.rpt_{table} as select m as report_mode, o as contract_line_version_key,"
            f" d as {day}, p as {part}, true as is_booking, '2026' as owner_fiscal_period,"
            " null::varchar as resource_practice, null::varchar as resource_entity,"
            f" {parts} from (values {rows}) as v (m, o, d, p, a, c, u)"
        )
    # nothing is broken
    connection.execute(
        "create table marts.rpt_break_touch (report_mode varchar, contract_line_version_key varchar,"
        " employee_version_key varchar, touch_key varchar, break_id varchar, event_date date, metric varchar,"
        " claim_amount decimal(28,6), missing_amount decimal(28,6), worth_reporting decimal(28,6), is_unpriced integer)"
    )
    hours = ", ".join(
        f"cast(0 as decimal(28,6)) as {name}_hours"
        for name in ("credited", "unbilled_client", "training", "idle", "excluded", "unapproved", "worked")
    )
    money = ", ".join(_money_columns(mode) for mode in ("transaction", "functional", "reporting", "constant"))
    connection.execute(
        "create table marts.rpt_time as select m as report_mode, ev as employee_version_key,"
        " pv as project_version_key, case ev when 'ev1' then 'ow1' else 'ow2' end as contract_line_version_key,"
        " '2026' as owner_fiscal_period, d as work_date, p as population, '2026' as entity_fiscal_period,"
        " 'client' as work_category, 'approved' as status, 'psa' as source_system,"
        f" cast(b * {scale} as decimal(28,6)) as billable_hours, cast(i as decimal(28,6)) as internal_hours,"
        f" cast(b + i as decimal(28,6)) as recorded_hours, {hours},"
        " cast(b as decimal(28,6)) as targeted_billable_hours, cast(0 as decimal(28,6)) as contingent_hours,"
        f" {money} from (values {TIME}) as t (m, ev, pv, d, p, b, i, c, cur, u)"
    )
    zero = ", ".join(
        f"cast(0 as decimal(28,6)) as {name}_hours"
        for name in ("pattern_effect", "long_unpaid_leave", "holiday", "leave", "targeted_gross", "target")
    )
    connection.execute(
        "create table marts.rpt_capacity as select m as report_mode, ev as employee_version_key,"
        " d as capacity_date, p as population, '2026' as entity_fiscal_period,"
        " cast(s as decimal(28,6)) as standard_hours, cast(g as decimal(28,6)) as gross_hours,"
        f" cast(n as decimal(28,6)) as net_hours, {zero} from (values {CAPACITY}) as t (m, ev, d, p, s, g, n)"
    )
    connection.execute(
        "create table marts.rpt_timesheet as select m as report_mode, ev as employee_version_key,"
        " d as segment_date, p as population, '2026' as entity_fiscal_period,"
        " cast(n as decimal(28,6)) as net_hours, cast(c as decimal(28,6)) as compliant_hours,"
        " cast(mi as decimal(28,6)) as missing_hours, cast(0 as decimal(28,6)) as overtime_hours,"
        f" cast(0 as decimal(28,6)) as above_capacity_hours from (values {TIMESHEETS}) as t (m, ev, d, p, n, c, mi)"
    )
    connection.execute(
        "create table marts.rpt_staffing as select m as report_mode, ev as employee_version_key,"
        " d as work_date, p as population, '2026' as entity_fiscal_period,"
        " cast(sb as decimal(28,6)) as scheduled_billable_hours,"
        " cast(sx as decimal(28,6)) as scheduled_excluded_hours,"
        " cast(bb as decimal(28,6)) as blended_billable_hours,"
        " cast(bx as decimal(28,6)) as blended_excluded_hours"
        f" from (values {STAFFING}) as t (m, ev, d, p, sb, sx, bb, bx)"
    )
    bench_costs = ", ".join(
        f"cast({'c' if own else 'u'} as decimal(28,6)) as bench_cost_{mode},"
        f" {'cur' if own else chr(39) + 'USD' + chr(39)} as currency_{mode},"
        f" cast(case when u is null then b else 0 end as decimal(28,6)) as uncosted_bench_hours_{mode}"
        for mode, own in (
            ("transaction", True),
            ("functional", True),
            ("reporting", False),
            ("constant", False),
        )
    )
    connection.execute(
        "create table marts.rpt_bench as select m as report_mode, ev as employee_version_key,"
        " d as bench_date, p as population, '2026' as entity_fiscal_period,"
        " cast(n as decimal(28,6)) as net_hours, cast(b as decimal(28,6)) as bench_hours,"
        f" {bench_costs} from (values {BENCH}) as t (m, ev, d, p, n, b, c, cur, u)"
    )
    # the chains of all rows are whole but for that of the credit note
    for table in ("wip", "revenue", "margin", "billing", "bookings", "backlog", "backlog_roll", "time", "capacity",
                  "timesheet", "staffing", "bench"):  # fmt: skip
        connection.execute(f"alter table marts.rpt_{table} add column missing_link varchar")
    connection.execute(
        "update marts.rpt_billing set missing_link = 'contract_line' where invoice_kind = 'credit_note'"
    )
    connection.execute("create table reconciliation.rec_check (touches varchar, entities_missing varchar)")
    connection.execute("create table raw_hris.secret as select 1 as pay")
    connection.execute(
        "create table operations.ops_source_gaps as select 'hris' as system, 'time approval' as sentence"
    )
    connection.execute(
        "create table reference.currency as select * from (values ('USD', 2), ('GBP', 2), ('JPY', 0)) as t (currency, minor_unit)"
    )


def _money_columns(mode: str) -> str:
    own = mode in ("transaction", "functional")
    amount = "c" if own else "u"
    currency = "cur" if own else "case when u is null then null else 'USD' end"
    return (
        f"cast({amount} as decimal(28,6)) as cost_amount_{mode}, {currency} as currency_{mode},"
        f" cast(case when u is null then b else 0 end as decimal(28,6)) as uncosted_hours_{mode},"
        # sold for twice what it costs, which is the standard rate
        f" cast(2 * {amount} as decimal(28,6)) as contract_amount_{mode}, {currency} as contract_currency_{mode},"
        f" cast(2 * {amount} as decimal(28,6)) as standard_amount_{mode},"
        f" cast(2 * {amount} as decimal(28,6)) as realized_amount_{mode},"
        f" cast(case when u is null then 0 else b end as decimal(28,6)) as priced_hours_{mode},"
        f" cast(case when u is null then b else 0 end as decimal(28,6)) as unpriced_hours_{mode}"
    )
