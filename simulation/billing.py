"""Expenses, what is raised for billing, and the ERP's invoices, credit notes, rebills and payments.

The billing desk prices a person on a project once a month, so its amounts differ here and there from the exact price:
those differences are write-downs and write-ups, as in any firm. The truth takes billed amounts as they are.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulation.events import Firm, TimeEntry
from simulation.money_events import (
    BillingEvent,
    Contract,
    ContractLine,
    Expense,
    Invoice,
    InvoiceLine,
    Milestone,
    Payment,
)
from simulation.truth_people import People
from simulation.truth_pricing import Book, Pricer, Rate
from simulation.window import Window

CENT = Decimal("0.01")
ZERO = Decimal(0)
TAX = {"US01": ZERO, "UK01": Decimal("0.2"), "DE01": Decimal("0.19")}
EXPENSE_TYPES = ("travel", "hotel", "meals", "training")
RECURRING = ("retainer", "subscription", "usage")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to bill: the event without its invoice."""

    event: BillingEvent
    line: ContractLine


def cents(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1) if currency == "JPY" else CENT, ROUND_HALF_UP)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def spend(firm: Firm, window: Window) -> None:
    """Expenses beside the time sheet: with tax, some of it lost, some in currencies that treasury hardly quotes."""
    rng = random.Random(f"expenses {firm.size} {firm.seed}")
    currency = {project.project_id: project.currency for project in firm.projects}
    found = firm.money.expenses
    for place, entry in enumerate(firm.time_entries):
        internal = entry.project_id in ("P-SALES", "P-ADMIN")
        if place % 9 or (currency.get(entry.project_id) is None and not internal) or entry.is_deleted:
            continue
        kind = EXPENSE_TYPES[rng.randrange(4)]
        draw = rng.random()
        paid_in = currency[entry.project_id] or "USD"
        if draw < 0.06:
            paid_in = "CHF"
        elif draw < 0.1:
            paid_in = "JPY"
        elif draw < 0.2:
            paid_in = "EUR"
        net = Decimal(rng.randrange(15, 700)) + Decimal(rng.randrange(100)) / 100
        amount = cents(net * (100 if paid_in == "JPY" else 1), paid_in)
        tax = cents(amount * Decimal("0.2") / Decimal("1.2"), paid_in)
        age = (firm.as_of - entry.work_date).days
        status = "approved"
        if rng.random() < (0.5 if age < 20 else 0.05):
            status = "submitted" if rng.random() < 0.8 else "rejected"
        approved = min(entry.work_date + timedelta(days=rng.randrange(2, 12)), firm.as_of)
        found.append(
            Expense(
                f"X-{len(found) + 1:06d}",
                entry.person_id,
                None if internal and place % 2 else entry.project_id,
                entry.work_date,
                kind,
                amount,
                None if place % 10 == 0 else tax,
                False if kind == "meals" else None,
                paid_in,
                kind != "training" and not internal,
                status,
                approved if status == "approved" and entry.work_date <= firm.as_of else None,
            )
        )


class BillingDesk:
    """Bills month by month. Time approved late, and a tenth of everything else, is left for the warehouse to find."""

    def __init__(self, firm: Firm, window: Window, people: People, book: Book, pricer: Pricer) -> None:
        self.firm = firm
        self.window = window
        self.people = people
        self.book = book
        self.pricer = pricer
        self.rng = random.Random(f"billing {firm.size} {firm.seed}")
        self.money = firm.money
        self._rates: dict[tuple[str, str, date], Rate | None] = {}
        self._events = 0
        self._lines_of: dict[str, list[InvoiceLine]] = defaultdict(list)
        self._milestones_of: dict[str, list[Milestone]] = defaultdict(list)
        for milestone in self.money.milestones:
            self._milestones_of[milestone.contract_line_id].append(milestone)
        self._invoices = 0
        self._customer = {
            customer.customer_id: customer.erp_id or customer.customer_id for customer in firm.customers
        }

    def run(self) -> None:
        time = self._time_by_line_and_month()
        expenses: dict[tuple[str, date], list[Expense]] = defaultdict(list)
        for expense in self.money.expenses:
            line = self.book.expense_line(expense.project_id, expense.expense_date)
            if line and expense.is_billable and expense.status == "approved":
                expenses[line.contract_line_id, expense.expense_date.replace(day=1)].append(expense)
        lines_of: dict[str, list[ContractLine]] = defaultdict(list)
        for line in self.book.last.values():
            lines_of[line.contract_id].append(line)
        for contract in self.money.contracts:
            if contract.signature_date is None:
                continue
            for month in self.window.months():
                items: list[Item] = []
                for line in lines_of[contract.contract_id]:
                    items += self._time(line, month, time.get((line.contract_line_id, month), []))
                    items += self._expenses(line, expenses.get((line.contract_line_id, month), []))
                    items += self._milestones(line, month)
                    items += self._recurring(line, month)
                self._invoice(contract, month, items)

    def _time_by_line_and_month(self) -> dict[tuple[str, date], list[TimeEntry]]:
        found: dict[tuple[str, date], list[TimeEntry]] = defaultdict(list)
        tasks = {task.task_id: task for task in self.firm.tasks}
        projects = {project.project_id: project for project in self.firm.projects}
        for entry in {entry.time_entry_id: entry for entry in self.firm.time_entries}.values():
            task, project = tasks.get(entry.task_id or ""), projects[entry.project_id]
            billable = entry.is_billable
            if billable is None:
                billable = task.is_billable_default if task else None
            if billable is None:
                billable = project.is_billable_default
            sold = project.customer_id and not (task and task.work_category == "training")
            if not billable or not sold or entry.is_deleted or entry.work_date > self.firm.as_of:
                continue
            if entry.status not in ("approved", "posted", "not_recorded"):
                continue
            line = self.book.line_for(entry.project_id, entry.task_id, entry.work_date)
            if line is not None and line.contract_type in ("time_and_materials", "retainer"):
                found[line.contract_line_id, entry.work_date.replace(day=1)].append(entry)
        return found

    def _rate(self, entry: TimeEntry, line: ContractLine) -> Rate | None:
        question = (line.contract_line_id, entry.person_id, entry.work_date.replace(day=1))
        if question not in self._rates:
            self._rates[question] = self.pricer.of_entry(entry, line)
        return self._rates[question]

    def _event(self, line: ContractLine, kind: str, amount: Decimal, **more: object) -> Item:
        self._events += 1
        plain = BillingEvent(
            f"B-{self._events:07d}",
            kind,
            line.contract_line_id,
            line.project_id,
            cents(amount, line.currency),
            line.currency,
            "ready",
        )
        return Item(replace(plain, **more), line)  # type: ignore[arg-type]

    def _time(self, line: ContractLine, month: date, entries: list[TimeEntry]) -> list[Item]:
        items: list[Item] = []
        used = ZERO
        roles = (line.eligible_roles or "").split(",")
        for entry in sorted(entries, key=lambda entry: (entry.work_date, entry.time_entry_id)):
            approved = entry.approved_on or entry.work_date
            hours = entry.hours
            if line.contract_type == "retainer":
                role, _ = self.pricer.role_and_region(entry.person_id, entry.work_date, entry.employment_id)
                if role in roles:
                    before = max(ZERO, used - (line.included_hours or ZERO))
                    used += entry.hours
                    hours = max(ZERO, used - (line.included_hours or ZERO)) - before
            rate = self._rate(entry, line)
            if (
                not hours
                or rate is None
                or rate.unit is None
                or approved > next_month(month) + timedelta(days=3)
            ):
                continue
            if self.rng.random() < 0.1:
                continue
            kind = "overage" if line.contract_type == "retainer" else "time"
            items.append(self._event(line, kind, hours * rate.unit, time_entry_id=entry.time_entry_id))
        return items

    def _expenses(self, line: ContractLine, expenses: list[Expense]) -> list[Item]:
        markup = 1 + (line.expense_markup_pct or ZERO) / 100
        return [
            self._event(
                line, "expense", (e.amount - (e.tax_amount or ZERO)) * markup, expense_id=e.expense_id
            )
            for e in expenses
            if e.currency == line.currency and self.rng.random() < 0.7
        ]

    def _milestones(self, line: ContractLine, month: date) -> list[Item]:
        items: list[Item] = []
        for milestone in self._milestones_of[line.contract_line_id]:
            reached = milestone.accepted_date if line.acceptance_required else milestone.completed_date
            mine = milestone.represents != "task"
            if mine and reached and reached.replace(day=1) == month and self.rng.random() < 0.7:
                items.append(
                    self._event(
                        line, "milestone", milestone.amount,
                        milestone_id=milestone.milestone_id, due_date=reached,
                    )
                )  # fmt: skip
        return items

    def _recurring(self, line: ContractLine, month: date) -> list[Item]:
        """Fees are due in advance, usage at the end of its month; every event exists whether billed or not."""
        last = next_month(month) - timedelta(days=1)
        first = max(month, line.start_date)
        until = min(last, line.end_date or last)
        if line.contract_type not in RECURRING or first > until:
            return []
        due = first
        amount = line.period_fee or ZERO
        if line.contract_type == "usage":
            due, amount = last, Decimal(self.rng.randrange(100, 900)) + Decimal("0.35")
        if due > self.firm.as_of:
            return []
        item = self._event(
            line, line.contract_type, amount, period_start=first, period_end=until, due_date=due
        )
        if self.rng.random() < 0.2:
            # Raised and never invoiced; one of them was called off.
            status = "cancelled" if self.rng.random() < 0.2 else "ready"
            self.money.billing_events.append(replace(item.event, status=status))
            return []
        return [item]

    def _invoice(self, contract: Contract, month: date, items: list[Item]) -> None:
        if not items:
            return
        posting = next_month(month) + timedelta(days=4)
        is_draft = posting > self.firm.as_of
        number = self._next_number(is_draft)
        turn = self._invoices % 9
        if turn == 7 and not is_draft:
            # Made twice; the first one was voided before it was posted.
            self._write(contract, items, f"{number}-V", posting, "void", "invoice")
        invoice = self._write(contract, items, number, posting, "draft" if is_draft else "posted", "invoice")
        back = posting + timedelta(days=10)
        if is_draft or back > self.firm.as_of:
            self._collect(invoice, ZERO)
        elif turn == 4:
            self._credit(invoice, back, "rebill", Decimal(1), f"G-{number}")
            again = self._write(
                contract, items, f"{number}-R", back, "posted", "rebill", Decimal("0.9"), f"G-{number}"
            )
            self._collect(again, ZERO)
            self._settle(invoice, ZERO)
        elif turn == 8:
            # Credited, and the new invoice is still to come.
            self._credit(invoice, back, "rebill", Decimal(1), f"G-{number}")
            self._settle(invoice, ZERO)
        elif turn == 6:
            credit = self._credit(invoice, back, "concession", Decimal("0.1"), None)
            self._collect(invoice, credit)
        else:
            self._collect(invoice, ZERO)

    def _next_number(self, is_draft: bool) -> str:
        self._invoices += 1
        return f"{'DRAFT' if is_draft else 'INV'}-{self._invoices:05d}"

    def _write(
        self,
        contract: Contract,
        items: list[Item],
        invoice_id: str,
        posting: date,
        status: str,
        kind: str,
        share: Decimal = Decimal(1),
        group: str | None = None,
    ) -> Invoice:
        """An invoice with a line for each contract line and kind. The events of a rebill are new ones."""
        issued = min(posting, self.firm.as_of)
        rate = TAX[contract.legal_entity_id]
        grouped: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in items:
            grouped[item.line.contract_line_id, item.event.kind].append(item)
        total = tax = ZERO
        for place, ((line_id, event_kind), members) in enumerate(grouped.items(), start=1):
            line_key = f"{invoice_id}-{place}"
            net = ZERO
            for item in members:
                event = item.event
                amount = cents(event.amount * share, event.currency)
                net += amount
                event_id = event.billing_event_id + {"rebill": "-R"}.get(kind, "")
                if status == "void":
                    event_id += "-V"
                shown = "cancelled" if status == "void" else "invoiced"
                self.money.billing_events.append(
                    replace(
                        event,
                        billing_event_id=event_id,
                        amount=amount,
                        status=shown,
                        invoice_id=invoice_id,
                        invoice_line_id=line_key,
                    )
                )
            line_tax = cents(net * rate, contract.currency)
            total, tax = total + net, tax + line_tax
            row = InvoiceLine(
                line_key, invoice_id, place, line_id, members[0].line.project_id, event_kind,
                Decimal(len(members)), net, line_tax, "4000",
            )  # fmt: skip
            self.money.invoice_lines.append(row)
            self._lines_of[invoice_id].append(row)
        invoice = Invoice(
            invoice_id,
            contract.legal_entity_id,
            self._customer[contract.customer_id],
            contract.contract_id,
            kind,
            status,
            issued,
            posting if status == "posted" else None,
            posting + timedelta(days=30) if status == "posted" else None,
            contract.currency,
            total,
            tax,
            ZERO if status == "void" else total + tax,
            None,
            group,
        )
        self.money.invoices.append(invoice)
        return invoice

    def _credit(
        self, invoice: Invoice, when: date, reason: str, share: Decimal, group: str | None
    ) -> Decimal:
        """Credits that share of an invoice line by line; returns the gross amount of the credit, positive."""
        credit_id = f"CN-{invoice.invoice_id[4:]}"
        total = tax = ZERO
        originals = self._lines_of[invoice.invoice_id]
        for line in list(originals):
            net, line_tax = (
                cents(line.amount_untaxed * share, invoice.currency),
                cents(line.amount_tax * share, invoice.currency),
            )
            total, tax = total + net, tax + line_tax
            self.money.invoice_lines.append(
                replace(
                    line,
                    invoice_line_id=f"{credit_id}-{line.line_number}",
                    invoice_id=credit_id,
                    amount_untaxed=-net,
                    amount_tax=-line_tax,
                )
            )
        self.money.invoices.append(
            Invoice(
                credit_id,
                invoice.legal_entity_id,
                invoice.customer_id,
                invoice.contract_id,
                "credit_note",
                "posted",
                when,
                when,
                when,
                invoice.currency,
                -total,
                -tax,
                ZERO,
                invoice.invoice_id,
                group,
                reason,
            )
        )
        return total + tax

    def _collect(self, invoice: Invoice, credited: Decimal) -> None:
        """Paid after a month: in full, in two parts, half, or not yet."""
        owed = invoice.amount_untaxed + invoice.amount_tax - credited
        if invoice.status == "draft":
            return
        when = (invoice.posting_date or invoice.issue_date) + timedelta(days=self.rng.randrange(15, 50))
        draw = self.rng.random()
        half = cents(owed / 2, invoice.currency)
        parts: list[tuple[date, Decimal]] = []
        if draw < 0.5:
            parts = [(when, owed)]
        elif draw < 0.65:
            parts = [(when, half), (when + timedelta(days=12), owed - half)]
        elif draw < 0.8:
            parts = [(when, half)]
        for place, (day, amount) in enumerate(parts, start=1):
            if day <= self.firm.as_of and amount:
                self.money.payments.append(
                    Payment(
                        f"PAY-{invoice.invoice_id}-{place}",
                        invoice.invoice_id,
                        day,
                        amount,
                        invoice.currency,
                        invoice.legal_entity_id,
                    )
                )
                owed -= amount
        self._settle(invoice, owed)

    def _settle(self, invoice: Invoice, owed: Decimal) -> None:
        place = len(self.money.invoices) - 1
        while self.money.invoices[place].invoice_id != invoice.invoice_id:
            place -= 1
        status = "paid" if owed == 0 and not invoice.rebill_group_id else invoice.status
        self.money.invoices[place] = replace(invoice, amount_due=owed, status=status)
