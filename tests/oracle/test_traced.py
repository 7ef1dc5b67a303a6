"""Which rows are traced end to end, and so the share of each number, against the event log of a firm with faults.

The chain of every record is walked again here, through the log and not through the models: who worked, for which
contract, won as what, raised by which event, posted by which journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.events import TimeEntry
from simulation.firm import build_firm
from simulation.money_events import BillingEvent, Expense, InvoiceLine
from simulation.truth_breaks import BreakTruth
from simulation.truth_people import covers
from tieout.metrics_service import Filter, MetricsService, Query

pytestmark = pytest.mark.slow

SEED = 2


class Chains:
    """The first missing link of each record of a firm, from its log."""

    def __init__(self) -> None:
        self.firm = build_firm("tiny", SEED, faults=True)
        self.truth = BreakTruth(self.firm)
        money = self.firm.money
        self.people = {person.person_id: person for person in self.firm.people}
        self.entries = {each.time_entry_id: each for each in self.firm.time_entries if not each.is_deleted}
        self.expenses = {each.expense_id: each for each in money.expenses}
        self.milestones = {each.milestone_id for each in money.milestones}
        self.invoices = {each.invoice_id: each for each in money.invoices}
        self.customers = {each.customer_id for each in self.firm.customers}
        self.opportunities = {each.opportunity_id for each in money.opportunities}
        self.journals = {each.journal_id for each in money.gl_entries}
        self.tasks = {each.task_id for each in self.firm.tasks}
        self.events: dict[str, list[BillingEvent]] = {}
        for event in money.billing_events:
            self.events.setdefault(event.invoice_line_id or "", []).append(event)

    def line(self, line_id: str | None) -> str | None:
        book = self.truth.book
        if line_id not in book.last or book.contract(line_id).signature_date is None:
            return "contract_line"
        contract = book.contract(line_id)
        if contract.customer_id not in self.customers:
            return "customer"
        return None if contract.opportunity_id in self.opportunities else "opportunity"

    def entry(self, entry: TimeEntry) -> str | None:
        person = self.people.get(entry.person_id)
        if person is None or not (person.in_hris or person.in_psa):
            return "employee"
        job = self.truth.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
        if job is None or not covers(entry.work_date, job.valid_from, job.valid_to):
            return "employment"
        project = self.truth.book.project_on(entry.project_id, entry.work_date)
        if project is None:
            return "project"
        if entry.task_id is not None and entry.task_id not in self.tasks:
            return "task"
        is_client = self.truth.truth.category(entry) == "client"
        if is_client and project.customer_id not in self.customers:
            return "customer"
        line = self.truth.line(entry)
        is_sold = is_client and self.truth.truth.is_billable(entry) and entry.status != "rejected"
        return self.line(line.contract_line_id if line else None) if is_sold or line else None

    def expense(self, expense: Expense) -> str | None:
        if expense.person_id not in self.people:
            return "employee"
        project = self.truth.book.project_on(expense.project_id, expense.expense_date)
        if expense.project_id is not None and project is None:
            return "project"
        if project and project.customer_id and project.customer_id not in self.customers:
            return "customer"
        line = self.truth.book.expense_line(expense.project_id, expense.expense_date)
        return self.line(line.contract_line_id if line else None) if expense.is_billable else None

    def invoice_line(self, line: InvoiceLine) -> str | None:
        invoice = self.invoices[line.invoice_id]
        if above := self.line(line.contract_line_id):
            return above
        if invoice.kind == "credit_note":
            return None if invoice.reverses_invoice_id in self.invoices else "reversed_invoice"
        events = self.events.get(line.invoice_line_id, [])
        found = [link for event in events if (link := self.event(event))]
        return min(found, default=None) if events else "billing_event"

    def event(self, event: BillingEvent) -> str | None:
        if event.kind == "time" or event.time_entry_id:
            entry = self.entries.get(event.time_entry_id or "")
            return self.entry(entry) if entry else "billed_record"
        if event.kind == "expense" or event.expense_id:
            expense = self.expenses.get(event.expense_id or "")
            return self.expense(expense) if expense else "billed_record"
        if event.kind == "milestone" or event.milestone_id:
            return None if event.milestone_id in self.milestones else "billed_record"
        return None


@dataclass(frozen=True)
class Faulty:
    service: MetricsService
    chains: Chains


@pytest.fixture(scope="module")
def faulty(faulty_tiny: Callable[[int], Path]) -> Iterator[Faulty]:
    service = MetricsService.open(faulty_tiny(SEED))
    yield Faulty(service, Chains())
    service.close()


def published(faulty: Faulty, table: str, key: str, *columns: str) -> dict[str, dict[str, object]]:
    rows = faulty.service.rows(table, [key, "missing_link", *columns], limit=100_000).rows
    assert rows
    found = {str(row[key]): row for row in rows}
    assert len(found) == len(rows)
    return found


def compare(
    found: Mapping[str, Mapping[str, object]], expected: Mapping[str, str | None], *links: str
) -> None:
    """The same rows, with the same missing link; each of `links` is among them, so that something was compared."""
    assert found.keys() == expected.keys()
    wrong = {
        key: (row["missing_link"], expected[key])
        for key, row in found.items()
        if row["missing_link"] != expected[key]
    }
    assert wrong == {}
    assert {*links, None} <= set(expected.values())


def test_time(faulty: Faulty) -> None:
    expected = {key: faulty.chains.entry(entry) for key, entry in faulty.chains.entries.items()}
    found = published(faulty, "fct_time_entry", "time_entry_id")
    compare(found, expected, "employee", "employment", "customer", "contract_line", "opportunity")


def test_expenses(faulty: Faulty) -> None:
    expected = {key: faulty.chains.expense(each) for key, each in faulty.chains.expenses.items()}
    compare(published(faulty, "fct_expense", "expense_id"), expected, "contract_line")


def test_invoice_lines(faulty: Faulty) -> None:
    lines = faulty.chains.firm.money.invoice_lines
    expected = {line.invoice_line_id: faulty.chains.invoice_line(line) for line in lines}
    found = published(faulty, "fct_invoice_line", "invoice_line_id")
    compare(found, expected, "opportunity", "employment")


def test_revenue_lines(faulty: Faulty) -> None:
    expected = {}
    for line in faulty.chains.firm.money.revenue_lines:
        lost = line.status == "posted" and line.journal_id not in faulty.chains.journals
        expected[line.revenue_schedule_line_id] = faulty.chains.line(line.contract_line_id) or (
            "journal" if lost else None
        )
    compare(published(faulty, "fct_revenue_line", "revenue_schedule_line_id"), expected)


def test_bookings_and_backlog(faulty: Faulty) -> None:
    for table in ("fct_booking", "fct_backlog_daily", "fct_backlog_change_daily"):
        columns = ["contract_line_id", "missing_link"]
        rows = faulty.service.rows(table, columns, limit=100_000).rows
        found = {(str(row["contract_line_id"]), row["missing_link"]) for row in rows}
        assert found == {(line_id, faulty.chains.line(line_id)) for line_id, _ in found}
        assert {"opportunity", None} <= {link for _, link in found}


def test_what_waits_to_be_billed(faulty: Faulty) -> None:
    rows = faulty.service.rows(
        "fct_wip_item", ["item_kind", "source_id", "contract_line_id", "missing_link"], limit=100_000
    ).rows
    chains = faulty.chains
    links = set()
    for row in rows:
        source = str(row["source_id"])
        if row["item_kind"] == "time":
            expected = chains.entry(chains.entries[source])
        elif row["item_kind"] == "expense":
            expected = chains.expense(chains.expenses[source])
        else:
            expected = chains.line(str(row["contract_line_id"]))
        assert row["missing_link"] == expected, row
        links.add(expected)
    assert {"opportunity", "employment", None} <= links


def test_shares_are_those_of_the_rows(faulty: Faulty) -> None:
    """The share that the service says, from amounts of the rows and the links of the log."""
    chains, service = faulty.chains, faulty.service
    trust = service.trust(Query(["billed_revenue", "billable_hours", "backlog_hard"], population="firm"))
    billed = published(
        faulty, "fct_invoice_line", "invoice_line_id", "is_live", "amount_untaxed_reporting", "posting_date"
    )
    hours = published(faulty, "fct_time_entry", "time_entry_id", "billable_hours", "population", "work_date")
    lines = {line.invoice_line_id: line for line in chains.firm.money.invoice_lines}
    as_of, today = Filter("snapshot_date", "=", (service.version.as_of,)), str(service.version.as_of)
    backlog = service.rows(
        "fct_backlog_daily",
        ["contract_line_id", "component", "amount_reporting"],
        [as_of, Filter("component", "=", ("hard",))],
        limit=100_000,
    ).rows
    weighed: dict[str, list[tuple[Decimal, str | None]]] = {
        "billed_revenue": [
            (Decimal(str(row["amount_untaxed_reporting"] or 0)), chains.invoice_line(lines[key]))
            for key, row in billed.items()
            if row["is_live"] and str(row["posting_date"]) <= today
        ],
        "billable_hours": [
            (Decimal(str(row["billable_hours"])), chains.entry(chains.entries[key]))
            for key, row in hours.items()
            if row["population"] != "contingent" and str(row["work_date"]) <= today
        ],
        "backlog_hard": [
            (Decimal(str(row["amount_reporting"] or 0)), chains.line(str(row["contract_line_id"])))
            for row in backlog
        ],
    }
    for metric, rows in weighed.items():
        value = sum((abs(amount) for amount, _ in rows), Decimal(0))
        whole = sum((abs(amount) for amount, link in rows if link is None), Decimal(0))
        said = trust[metric].traced
        assert said is not None
        assert (said.value, said.traced) == (value, whole), metric
        assert 0 < whole < value, metric


def test_a_traced_number_is_the_number_of_its_traced_rows(faulty: Faulty) -> None:
    """Balances have no row below zero here: the share is the number under missing_link = none over the number."""
    for metric in ("wip_commercial", "backlog_total"):
        whole = faulty.service.query(Query([metric])).rows[0][metric]
        traced = faulty.service.query(Query([metric], where=[Filter("missing_link", "=", ("none",))])).rows[
            0
        ][metric]
        said = faulty.service.trust(Query([metric]))[metric].traced
        assert said is not None
        assert said.share is not None
        assert said.value >= abs(Decimal(str(whole)))
        assert float(said.share) == pytest.approx(float(str(traced)) / float(str(whole)), abs=1e-3), metric
