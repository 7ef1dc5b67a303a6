"""From Odoo to published numbers: the same whichever way the second day is loaded, and those of a real export."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.odoo.conftest import REPOSITORY, TwoDays
from tests.odoo.exporting import server_of_export
from tests.odoo.fake_odoo import PASSWORD, FakeOdoo, serving
from tests.odoo.publishing import (
    PASSWORD_ENV,
    answer,
    ask,
    assert_same_marts,
    firm_of,
    numbers,
    published,
    refresh,
)
from tieout.metric_query import NOT_POSTED


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_ENV, PASSWORD)


@pytest.mark.slow
def test_a_second_day_gives_the_same_marts_by_cursor_and_in_full(two_days: TwoDays, tmp_path: Path) -> None:
    full = tmp_path / "full" / "firm.yml"
    shutil.copytree(two_days.first_day.parent, full.parent)
    refresh(full, "--full")
    assert_same_marts(two_days.delta, full)


def test_the_second_day_s_hours_and_cost(two_days: TwoDays, capsys: pytest.CaptureFixture[str]) -> None:
    # On the first day 7.5 + 4 + 6.25 + 4; then 7.5 became 8.25, the last 4 was deleted, 5 and 3 came. Leave booked as
    # time counts nowhere, and the freelancer's net hour is outside the population.
    # Cost: 20.25 h at 80 on the project (set until the second day), the freelancer's at 0, 6.25 h at 50.
    assert numbers(two_days.delta, capsys, "recorded_hours", "cost_standard") == [
        {"recorded_hours": "26.5", "cost_standard": "1932.50"}
    ]


def test_workflows_say_what_odoo_does_not_record(two_days: TwoDays) -> None:
    """No approval and no posting of time, no second system, no billing events: not recorded, and never guessed."""
    found = ask(
        published(two_days.delta),
        "select workflow || '.' || step, items > 0, done, dated, waiting, not_recorded = items"
        " from operations.ops_workflow order by workflow_order, step_order",
    )
    silent = {row[0] for row in found if row[1] and row[5]}
    assert silent >= {
        "contract_to_project.billing_terms",
        "time_to_posting.approved",
        "time_to_posting.cost_posted",
        "time_to_posting.billable_transaction",
        "invoice_to_status.sent",
        "invoice_to_status.visible_in_psa",
        "invoice_to_status.visible_in_crm",
    }
    by_step = {row[0]: row for row in found}
    # orders are confirmed on a day, and stand on projects, of which nobody says since when
    assert by_step["contract_to_project.approved"][2] == by_step["contract_to_project.approved"][3] > 0
    assert by_step["contract_to_project.project"][2] > 0
    assert by_step["contract_to_project.project"][3] == 0
    # without an approval nobody knows since when an hour waits
    waits = "select count(*), count(started_on), count(lag_days), count(waiting_days) from operations.ops_workflow_step"
    ((items, *known),) = ask(published(two_days.delta), f"{waits} where workflow = 'time_to_posting'")
    assert items > 0
    assert known == [0, 0, 0]


def test_what_odoo_links_is_traced(two_days: TwoDays, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(two_days.delta, capsys, "billed_revenue", "recorded_hours")["trust"]
    assert {"billing_event", "opportunity"} & set(said["billed_revenue"]["traced"]["missing"]) == set()
    assert 0 < said["recorded_hours"]["traced"]["share"] <= 1


def test_revenue_that_no_ledger_schedules_is_not_known(
    two_days: TwoDays, capsys: pytest.CaptureFixture[str]
) -> None:
    for metric in ("recognized_revenue_ledger", "effective_bill_rate"):
        said = answer(two_days.delta, capsys, metric)
        assert said["rows"] == [{metric: None}]
        assert NOT_POSTED in said["notes"]
    margin = answer(two_days.delta, capsys, "project_margin", "project_margin_pct")
    (row,) = margin["rows"]
    assert Decimal(row["project_margin"]) < 0
    assert row["project_margin_pct"] is None
    assert NOT_POSTED in margin["notes"]


def change_a_real_firm(server: FakeOdoo) -> None:
    """What a day of business does: changed, new, late, archived and hard-deleted records."""
    server.now = server.now.replace(day=server.now.day + 1)
    lines = sorted(n for n, row in server.records["account.analytic.line"].items() if row["project_id"])
    server.write("account.analytic.line", lines[0], unit_amount=4.0)
    for number in lines[10:60]:  # invoicing stamps old lines
        server.write("account.analytic.line", number, timesheet_invoice_id=[99, "INV/99"])
    server.create("account.analytic.line", lines[1], unit_amount=3.5)
    server.create("account.analytic.line", lines[2], date="2026-10-08", unit_amount=2.25)
    server.unlink("account.analytic.line", lines[3])
    server.unlink("account.analytic.line", lines[4])
    server.unlink("project.task", max(server.records["project.task"]))
    server.write("project.project", 7, active=False)
    employee = sorted(server.records["hr.employee"])[-1]
    server.write("hr.employee", employee, hourly_cost=41.0)
    server.write("hr.employee", employee - 1, active=False, departure_date="2026-11-20")


@pytest.mark.long
def test_a_second_export_of_a_real_firm_gives_the_same_marts(export_dir: Path, tmp_path: Path) -> None:
    with serving(server_of_export(export_dir)) as server:
        delta = firm_of(server, tmp_path / "delta", "USD")
        refresh(delta)
        full = tmp_path / "full" / "firm.yml"
        shutil.copytree(delta.parent, full.parent)
        change_a_real_firm(server)
        refresh(delta)
        refresh(full, "--full")
    assert_same_marts(delta, full)
    open_lines = "select count(*) from raw_erp.account_analytic_line where project_id is not null and _known_to is null"
    assert ask(published(delta), open_lines) == [(523,)]  # two gone, two new


OPEN_TIME = """
    select count(*), sum(entries.hours),
        sum(cast(entries.hours * rates.rate * (1 - lines.discount_pct * 0.01) as numeric(18, 2)))
    from canonical.can_time_entry as entries
    inner join canonical.can_contract_line as lines on entries.contract_line_id = lines.contract_line_id
    inner join canonical.can_contract as contracts on lines.contract_id = contracts.contract_id
    inner join canonical.can_rate_card as rates
        on rates.scope = 'contract_line' and rates.scope_id = lines.contract_line_id and rates.employee_id is null
    where
        lines.contract_type = 'time_and_materials' and contracts.signature_date is not null
        and entries.is_billable and entries.invoice_id is null
"""


def open_time_of(export: Path) -> tuple[int, Decimal, Decimal]:
    """Entries, hours and value of the time not invoiced on timesheet lines, from the records alone."""

    def records(model: str) -> dict[int, dict[str, Any]]:
        rows = json.loads((export / f"{model}.json").read_text(encoding="utf-8"), parse_float=Decimal)
        return {row["id"]: row for row in rows}

    products, templates = records("product.product"), records("product.template")
    lines = records("sale.order.line")
    count, hours, value = 0, Decimal(0), Decimal(0)
    for entry in records("account.analytic.line").values():
        if not entry["project_id"] or not entry["so_line"] or entry["timesheet_invoice_id"]:
            continue
        line = lines[entry["so_line"][0]]
        template = templates[products[line["product_id"][0]]["product_tmpl_id"][0]]
        if (template["invoice_policy"], template["service_type"]) != ("delivery", "timesheet"):
            continue
        assert line["state"] == "sale"
        assert entry["product_uom_id"] == line["product_uom"]
        count += 1
        hours += entry["unit_amount"]
        value += entry["unit_amount"] * line["price_unit"] * (100 - line["discount"]) / 100
    return count, hours, value


def test_the_real_export_gives_its_known_hours_and_cost(
    export_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ODOO_EXPORT_DIR", str(export_dir.resolve()))
    firm = REPOSITORY / "examples/odoo/firm.yml"
    refresh(firm)
    assert numbers(firm, capsys, "recorded_hours", "cost_standard") == [
        {"recorded_hours": "964", "cost_standard": "58260.00"}
    ]
    # hours of lines whose product invoices on delivery, one line at 10 % off; the prepaid hours are not in it
    assert numbers(firm, capsys, "unbilled_tm_time", "wip_commercial") == [
        {"unbilled_tm_time": "30670.00", "wip_commercial": "30670.00"}
    ]
    # invoices of 124,500 and credit notes over the same; their lines name neither order line nor project
    assert numbers(firm, capsys, "billed_revenue", "credit_notes") == [
        {"billed_revenue": "0.00", "credit_notes": "124500.00"}
    ]
    revenue = answer(firm, capsys, "recognized_revenue_ledger")
    assert revenue["rows"] == [{"recognized_revenue_ledger": None}]
    assert NOT_POSTED in revenue["notes"]
    (version,) = (tmp_path / "home" / "versions").iterdir()
    database = version / "warehouse.duckdb"
    net = "select kind, sum(amount_untaxed) from canonical.can_invoice where status <> 'draft' group by kind order by kind"
    assert ask(database, net) == [("credit_note", Decimal(124500)), ("invoice", Decimal(124500))]
    lines = "select sum(amount_untaxed) from canonical.can_invoice_line where invoice_id in"
    assert ask(
        database, f"{lines} (select invoice_id from canonical.can_invoice where kind = 'invoice')"
    ) == [(Decimal(124500),)]
    unbalanced = (
        "select journal_id from canonical.can_gl_entry group by journal_id having sum(functional_amount) <> 0"
    )
    assert ask(database, unbalanced) == []
    assert ask(database, "select count(*) from canonical.can_gl_entry") == [(68,)]
    # no timesheet of this firm is invoiced, and its invoices are of goods: every hour on a timesheet line is open
    assert ask(database, OPEN_TIME) == [(91, Decimal(171), Decimal(30670))]
    assert open_time_of(export_dir) == (91, Decimal(171), Decimal(30670))
    prepaid = (
        "select sum(entries.hours), sum(entries.hours) * 250 from canonical.can_time_entry as entries"
        " inner join canonical.can_contract_line as lines on entries.contract_line_id = lines.contract_line_id"
        " where lines.line_name like '%Prepaid%' and lines.contract_type = 'fixed_fee'"
    )
    assert ask(database, prepaid) == [(Decimal(46), Decimal(11500))]
    assert ask(database, "select count(*) from canonical.can_milestone where represents = 'event'") == [(0,)]
