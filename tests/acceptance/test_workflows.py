"""Workflows between systems, worked by hand: what happened, what waits, what no record tells, and nothing of tomorrow."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.mini_firm import Rows, base, employed, refreshed, together, write
from tests.acceptance.money_rows import card, contract, hours_on, invoice, line, project, records


def the_firm() -> dict[str, Rows]:
    """As of 30 June 2026, a Tuesday. One system, so that nobody holds a second copy of people or contract lines."""
    return together(
        base(),
        employed("worker"),
        {"employee": [{"employee_id": "starter", "employee_name": "starter"}],
         "employment": [{"employment_id": "starter", "employee_id": "starter", "valid_from": "2026-06-10"}]},
        card("R-1", 100),
        project("P-T"), contract("T", signature_date="2026-06-01", approved_at="2026-06-02T08:00:00Z"),
        line("T-1", "T", "P-T", signed_at="2026-06-01"),
        # signed, and no line of it has a project that exists
        contract("ADRIFT", signature_date="2026-06-15"),
        line("ADRIFT-1", "ADRIFT", "P-GONE", signed_at="2026-06-15"),
        # signed tomorrow
        contract("LATER", signature_date="2026-07-01"), line("LATER-1", "LATER", "P-T", signed_at="2026-07-01"),
        # Thursday to the next Tuesday: five calendar days, three business days (the entity has no holidays of its own)
        hours_on("P-T", [3], 8, approved_at="2026-06-04T09:00:00Z", posted_at="2026-06-09T22:00:00Z", status="posted"),
        # posted tomorrow, so it waits today; approved tomorrow, so it does not wait yet
        hours_on("P-T", [4], 8, approved_at="2026-06-26T09:00:00Z", posted_at="2026-07-01T22:00:00Z", status="posted"),
        hours_on("P-T", [8], 8, approved_at="2026-07-01T09:00:00Z"),
        # a person who started on the 10th and entered time on the 12th
        hours_on("P-1", [11], 8, person="starter", status="submitted", entered_at="2026-06-12T18:00:00Z"),
        invoice("INV-1", "2026-06-10", [{"contract_line_id": "T-1", "amount_untaxed": 800}],
                sent_at="2026-06-15T10:00:00Z"),
        invoice("INV-2", "2026-06-29", [{"contract_line_id": "T-1", "amount_untaxed": 50}],
                sent_at="2026-07-01T10:00:00Z"),
        invoice("INV-3", "2026-07-01", [{"contract_line_id": "T-1", "amount_untaxed": 60}]),
        {"billing_event": [
            {"billing_event_id": "B-1", "kind": "time", "contract_line_id": "T-1", "amount": 800, "currency": "USD",
             "status": "invoiced", "time_entry_id": "P-T-03", "invoice_id": "INV-1"}]},
    )  # fmt: skip


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return refreshed(write(tmp_path_factory.mktemp("workflows"), the_firm()))


def steps(firm: Path, workflow: str) -> dict[tuple[str, str], tuple[object, ...]]:
    """(item, step) to state, day, calendar and business days of lag, and of waiting."""
    found = records(
        firm,
        "select source_id, step, state, happened_on, lag_days, lag_business_days, waiting_days,"
        f" waiting_business_days from operations.ops_workflow_step where workflow = '{workflow}'",
    )
    return {(str(row[0]), str(row[1])): row[2:] for row in found}


UNKNOWN = ("not_recorded", None, None, None, None, None)
DONE = ("done", None, None, None, None, None)


def test_a_contract(firm: Path) -> None:
    assert steps(firm, "contract_to_project") == {
        ("T", "approved"): ("done", date(2026, 6, 2), 0, 0, None, None),
        ("T", "project"): DONE,
        ("T", "billing_terms"): UNKNOWN,
        ("ADRIFT", "approved"): ("done", date(2026, 6, 15), 0, 0, None, None),
        ("ADRIFT", "project"): ("waiting", None, None, None, 15, 11),
        ("ADRIFT", "billing_terms"): UNKNOWN,
    }


def test_an_employee(firm: Path) -> None:
    # who was there before the days of capacity began is no starter
    assert steps(firm, "worker_sync") == {
        ("starter", "employed"): ("done", date(2026, 6, 10), 0, 0, None, None),
        ("starter", "known_to_delivery"): UNKNOWN,
        ("starter", "first_time"): ("done", date(2026, 6, 12), 2, 2, None, None),
    }


def test_time(firm: Path) -> None:
    assert steps(firm, "time_to_posting") == {
        ("P-T-03", "approved"): ("done", date(2026, 6, 4), 0, 0, None, None),
        ("P-T-03", "cost_posted"): ("done", date(2026, 6, 9), 5, 3, None, None),
        ("P-T-03", "billable_transaction"): DONE,
        ("P-T-03", "invoiced"): ("done", date(2026, 6, 10), 6, 4, None, None),
        ("P-T-04", "approved"): ("done", date(2026, 6, 26), 0, 0, None, None),
        ("P-T-04", "cost_posted"): ("waiting", None, None, None, 4, 2),
        ("P-T-04", "billable_transaction"): ("waiting", None, None, None, 4, 2),
        ("P-T-04", "invoiced"): ("waiting", None, None, None, 4, 2),
    }


def test_an_invoice(firm: Path) -> None:
    assert steps(firm, "invoice_to_status") == {
        ("INV-1", "posted"): ("done", date(2026, 6, 10), 0, 0, None, None),
        ("INV-1", "sent"): ("done", date(2026, 6, 15), 5, 3, None, None),
        ("INV-1", "visible_in_psa"): DONE,
        ("INV-1", "visible_in_crm"): UNKNOWN,
        ("INV-2", "posted"): ("done", date(2026, 6, 29), 0, 0, None, None),
        ("INV-2", "sent"): ("waiting", None, None, None, 1, 1),
        ("INV-2", "visible_in_psa"): ("waiting", None, None, None, 1, 1),
        ("INV-2", "visible_in_crm"): UNKNOWN,
    }


def test_what_is_not_recorded_says_why_and_a_step_without_items_is_there(firm: Path) -> None:
    gaps = records(firm, "select distinct step, gap from operations.ops_workflow_step where gap is not null")
    assert dict(gaps) == {  # type: ignore[arg-type]
        "billing_terms": "no second system delivers contract lines",
        "known_to_delivery": "no second system delivers people and plans or records their time",
        "visible_in_crm": "no record of a CRM names an invoice",
    }
    milestones = records(
        firm, "select step, items, median_lag_days from operations.ops_workflow where workflow_order = 4"
    )
    assert len(milestones) == 5
    assert {row[1:] for row in milestones} == {(0, None)}


def test_where_items_stop(firm: Path) -> None:
    stopped = records(
        firm, "select source_id, step from operations.ops_workflow_step where is_stopped_here order by all"
    )
    assert stopped == [("ADRIFT", "project"), ("INV-2", "sent"), ("P-T-04", "cost_posted")]
