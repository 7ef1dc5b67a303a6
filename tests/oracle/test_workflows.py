"""The five workflows between systems, item by item and step by step, against the event log of a firm with faults."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.money_events import BillingEvent, Invoice
from simulation.truth_breaks import BreakTruth
from simulation.truth_people import covers
from tieout.metrics_service import MetricsService

pytestmark = pytest.mark.slow

SEED = 3
SYSTEM = re.compile(r"\|(?:hris|psa|erp|crm):")
RECORDED = ("approved", "posted", "submitted", "not_recorded")
COLUMNS = (
    "workflow",
    "step",
    "item_key",
    "state",
    "started_on",
    "happened_on",
    "lag_days",
    "lag_business_days",
    "waiting_days",
    "waiting_business_days",
    "is_stopped_here",
)


@dataclass(frozen=True)
class Step:
    """What the log says of an item at a step. `day`: when it happened, where a record keeps it."""

    name: str
    state: str
    day: date | None = None


@dataclass(frozen=True)
class Item:
    workflow: str
    key: str
    started: date | None
    entity: str | None
    steps: tuple[Step, ...]


class Log:
    """Items of all workflows, from the log alone."""

    def __init__(self) -> None:
        self.firm = build_firm("tiny", SEED, faults=True)
        self.truth = BreakTruth(self.firm)
        self.book, self.as_of = self.truth.book, self.firm.as_of
        self.money = self.firm.money
        self.entries = [entry for entry in self.firm.time_entries if not entry.is_deleted]
        self.events: dict[tuple[str, str], list[BillingEvent]] = defaultdict(list)
        for event in self.money.billing_events:
            for kind, subject in (
                ("time", event.time_entry_id),
                ("milestone", event.milestone_id),
                ("invoice", event.invoice_id),
            ):
                if subject:
                    self.events[kind, subject].append(event)
        self.invoices = {invoice.invoice_id: invoice for invoice in self.money.invoices}
        self.taken_back = {
            credit.reverses_invoice_id
            for credit in self.money.invoices
            if credit.credit_reason == "rebill" and self.is_live(credit)
        }

    def is_live(self, invoice: Invoice) -> bool:
        posted = invoice.posting_date
        return invoice.status in ("posted", "paid") and posted is not None and posted <= self.as_of

    def done(self, name: str, happened: bool, day: date | None = None) -> Step:
        if happened and (day is None or day <= self.as_of):
            return Step(name, "done", day)
        return Step(name, "waiting")

    def invoiced(self, kind: str, subject: str) -> Step:
        days = [
            invoice.posting_date
            for event in self.events[kind, subject]
            if (invoice := self.invoices.get(event.invoice_id or ""))
            and self.is_live(invoice)
            and invoice.invoice_id not in self.taken_back
        ]
        return self.done("invoiced", bool(days), min(filter(None, days), default=None))

    def contracts(self) -> Iterator[Item]:
        projects = {project.project_id for project in self.firm.projects}
        copied = {line.contract_line_id for lines in self.money.line_copies.values() for line in lines}
        for contract in self.money.contracts:
            lines = [line for line in self.book.last.values() if line.contract_id == contract.contract_id]
            signed = contract.signature_date
            if signed is None or signed > self.as_of or contract.status in ("cancelled", "void") or not lines:
                continue
            sold = [line.contract_line_id for line in lines if line.contract_type != "expense"]
            yield Item(
                "contract_to_project",
                f"contract|{contract.contract_id}",
                signed,
                contract.legal_entity_id,
                (
                    Step("approved", "done", signed),
                    self.done("project", any(line.project_id in projects for line in lines)),
                    self.done("billing_terms", set(sold) <= copied),
                ),
            )

    def employments(self) -> Iterator[Item]:
        people = {person.person_id: person for person in self.firm.people}
        first: dict[str, date] = {}
        for entry in self.entries:
            job = self.truth.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            counts = entry.status in RECORDED and self.truth.truth.category(entry) != "leave"
            if counts and job and covers(entry.work_date, job.valid_from, job.valid_to):
                first[job.employment_id] = min(first.get(job.employment_id, date.max), entry.entered_on)
        for job in self.firm.employments:
            if not self.firm.history_from <= job.valid_from <= self.as_of:
                continue
            day = first.get(job.employment_id)
            yield Item(
                "worker_sync",
                f"employment|{job.employment_id}",
                job.valid_from,
                self.truth.people.as_was(job, job.valid_from)["legal_entity"],
                (
                    Step("employed", "done", job.valid_from),
                    self.done("known_to_delivery", people[job.person_id].in_psa),
                    self.done("first_time", day is not None, day),
                ),
            )

    def time(self) -> Iterator[Item]:
        for entry in self.entries:
            approved = entry.status in ("approved", "posted", "not_recorded")
            if not approved or self.truth.truth.category(entry) == "leave" or entry.work_date > self.as_of:
                continue
            if entry.approved_on is not None and entry.approved_on > self.as_of:
                continue
            steps = [
                Step("approved", "not_recorded")
                if entry.status == "not_recorded"
                else Step("approved", "done", entry.approved_on),
                self.done("cost_posted", entry.status == "posted"),
            ]
            line = self.truth.line(entry)
            is_sold = self.truth.truth.category(entry) == "client" and self.truth.truth.is_billable(entry)
            if is_sold and line is not None and line.contract_type == "time_and_materials":
                raised = self.events["time", entry.time_entry_id]
                steps.append(self.done("billable_transaction", bool(raised)))
                steps.append(self.invoiced("time", entry.time_entry_id))
            project = self.book.project_on(entry.project_id, entry.work_date)
            entity = (
                self.book.entity_id(line.contract_line_id, entry.work_date)
                if line
                else (project.legal_entity_id if project else None)
            )
            yield Item(
                "time_to_posting", f"time|{entry.time_entry_id}", entry.approved_on, entity, tuple(steps)
            )

    def milestones(self) -> Iterator[Item]:
        for stone in self.money.milestones:
            version = self.book.signed(stone.contract_line_id, self.as_of)
            completed = stone.completed_date
            if stone.represents == "task" or not stone.amount or version is None:
                continue
            if completed is None or completed > self.as_of:
                continue
            posted = [
                line.posting_date
                for line in self.money.revenue_lines
                if line.contract_line_id == stone.contract_line_id
                and line.period_start <= completed <= line.period_end
                and line.status == "posted"
                and line.recognized_amount is not None
                and line.posting_date is not None
                and line.posting_date <= self.as_of
            ]
            steps = [Step("completed", "done", completed)]
            if version.acceptance_required:
                steps.append(self.done("accepted", stone.accepted_date is not None, stone.accepted_date))
            steps += [
                self.done("invoice_proposal", bool(self.events["milestone", stone.milestone_id])),
                self.invoiced("milestone", stone.milestone_id),
                self.done("revenue_entry", bool(posted), min(posted, default=None)),
            ]
            entity = self.book.entity_id(stone.contract_line_id, completed)
            yield Item(
                "milestone_to_invoice", f"milestone|{stone.milestone_id}", completed, entity, tuple(steps)
            )

    def sent(self) -> Iterator[Item]:
        for invoice in self.money.invoices:
            if not self.is_live(invoice) or invoice.kind == "credit_note":
                continue
            posted = invoice.posting_date
            steps = (
                Step("posted", "done", posted),
                Step("sent", "not_recorded"),
                self.done("visible_in_psa", bool(self.events["invoice", invoice.invoice_id])),
                Step("visible_in_crm", "not_recorded"),
            )
            key = f"invoice|{invoice.invoice_id}"
            yield Item("invoice_to_status", key, posted, invoice.legal_entity_id, steps)

    def items(self) -> list[Item]:
        return [
            *self.contracts(),
            *self.employments(),
            *self.time(),
            *self.milestones(),
            *self.sent(),
        ]

    def business(self, first: date, last: date, entity: str | None) -> int:
        if last < first:
            return -self.truth.business_days(last, first, entity)
        return self.truth.business_days(first, last, entity)

    def rows(self) -> dict[tuple[str, str, str], dict[str, object]]:
        """As the warehouse should have them."""
        found: dict[tuple[str, str, str], dict[str, object]] = {}
        for item in self.items():
            stopped = next((step.name for step in item.steps if step.state == "waiting"), None)
            for step in item.steps:
                took = item.started is not None and step.day is not None
                waits = item.started is not None and step.state == "waiting"
                found[item.workflow, item.key, step.name] = {
                    "state": step.state,
                    "started_on": item.started,
                    "happened_on": step.day,
                    "lag_days": (step.day - item.started).days if took else None,  # type: ignore[operator]
                    "lag_business_days": self.business(item.started, step.day, item.entity) if took else None,  # type: ignore[arg-type]
                    "waiting_days": (self.as_of - item.started).days if waits else None,  # type: ignore[operator]
                    "waiting_business_days": self.business(item.started, self.as_of, item.entity)  # type: ignore[arg-type]
                    if waits
                    else None,
                    "is_stopped_here": step.name == stopped,
                }
        return found


@dataclass(frozen=True)
class Faulty:
    service: MetricsService
    rows: dict[tuple[str, str, str], dict[str, object]]


@pytest.fixture(scope="module")
def faulty(faulty_tiny: Callable[[int], Path]) -> Iterator[Faulty]:
    service = MetricsService.open(faulty_tiny(SEED))
    yield Faulty(service, Log().rows())
    service.close()


def test_every_item_stands_where_the_log_says(faulty: Faulty) -> None:
    listed = faulty.service.rows("ops_workflow_step", COLUMNS, limit=100_000).rows
    found = {
        (str(row["workflow"]), SYSTEM.sub("|", str(row["item_key"])), str(row["step"])): row for row in listed
    }
    assert len(found) == len(listed)
    assert sorted(found.keys() - faulty.rows.keys()) == []
    assert sorted(faulty.rows.keys() - found.keys()) == []
    wrong = [
        (key, name, row[name], faulty.rows[key][name])
        for key, row in found.items()
        for name in faulty.rows[key]
        if row[name] != faulty.rows[key][name]
    ]
    assert wrong == []


def test_something_was_compared(faulty: Faulty) -> None:
    """Each workflow has items that are done and, where it can, items that wait; some lags are not zero."""
    states = {(key[0], key[2], row["state"]) for key, row in faulty.rows.items()}
    for step in (
        ("contract_to_project", "project"),
        ("contract_to_project", "billing_terms"),
        ("time_to_posting", "cost_posted"),
        ("time_to_posting", "billable_transaction"),
        ("time_to_posting", "invoiced"),
        ("milestone_to_invoice", "accepted"),
        ("milestone_to_invoice", "invoice_proposal"),
        ("milestone_to_invoice", "invoiced"),
        ("milestone_to_invoice", "revenue_entry"),
    ):
        assert {(*step, "done"), (*step, "waiting")} <= states, step
    assert ("worker_sync", "first_time", "done") in states
    assert ("invoice_to_status", "visible_in_psa", "done") in states
    assert sum(1 for row in faulty.rows.values() if row["lag_business_days"]) > 50


def test_the_summary_adds_the_items_up(faulty: Faulty) -> None:
    by_step: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for (workflow, _, step), row in faulty.rows.items():
        by_step[workflow, step].append(row)
    listed = faulty.service.rows("ops_workflow", limit=100).rows
    assert {(row["workflow"], row["step"]) for row in listed} == set(by_step)
    for row in listed:
        items = by_step[str(row["workflow"]), str(row["step"])]
        waiting = [item["started_on"] for item in items if item["state"] == "waiting" and item["started_on"]]
        expected: dict[str, object] = {
            "items": len(items),
            "done": sum(item["state"] == "done" for item in items),
            "dated": sum(item["happened_on"] is not None for item in items),
            "waiting": sum(item["state"] == "waiting" for item in items),
            "not_recorded": sum(item["state"] == "not_recorded" for item in items),
            "stopped_here": sum(bool(item["is_stopped_here"]) for item in items),
            "oldest_waiting_since": min(waiting, default=None),  # type: ignore[type-var]
        }
        for unit in ("days", "business_days"):
            lags = sorted(int(str(lag)) for item in items if (lag := item[f"lag_{unit}"]) is not None)
            for name, share in (("median", 0.5), ("p90", 0.9)):
                place = max(math.ceil(share * len(lags)) - 1, 0)
                expected[f"{name}_lag_{unit}"] = lags[place] if lags else None
        assert {name: row[name] for name in expected} == expected, (row["workflow"], row["step"])
