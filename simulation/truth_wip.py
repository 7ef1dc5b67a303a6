"""Work in progress as of any day, part by part, capped and aged. Part of the oracle.

Rules are those of MONEY_RULES.md, chapter "Work in progress".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from simulation.events import TimeEntry
from simulation.money_events import ContractLine, Expense, Invoice
from simulation.truth import APPROVED
from simulation.truth_facts import Fact, Ground, Key
from simulation.truth_money import EXACT, MINOR_UNIT, rounded
from simulation.truth_people import ZERO
from simulation.truth_pricing import Rate

PARTS = (
    "unbilled_tm_time",
    "unbilled_expense",
    "unbilled_milestone",
    "unbilled_retainer",
    "unbilled_overage",
    "unbilled_usage",
)
BALANCES = (*PARTS, "wip_commercial", "unbilled_unapproved_time", "capped_value")
RECURRING = {
    "retainer": "unbilled_retainer",
    "subscription": "unbilled_retainer",
    "usage": "unbilled_usage",
}
HUNDRED = Decimal(100)


class Billed:
    """What a live posted invoice covers, day by day."""

    def __init__(self, ground: Ground) -> None:
        money = ground.firm.money
        self.invoices = {invoice.invoice_id: invoice for invoice in money.invoices}
        # A credit for a rebill gives everything on the invoice back on its posting date.
        self._released: dict[str, date] = {}
        for credit in money.invoices:
            posted = _posting(credit)
            if credit.credit_reason == "rebill" and posted and credit.reverses_invoice_id:
                self._released[credit.reverses_invoice_id] = posted
        self._of: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
        self._own_event: dict[str, list[Invoice]] = defaultdict(list)
        for event in money.billing_events:
            invoice = self.invoices.get(event.invoice_id or "")
            if invoice is None or _posting(invoice) is None:
                continue
            for kind, subject in (
                ("time", event.time_entry_id),
                ("expense", event.expense_id),
                ("milestone", event.milestone_id),
                ("event", event.billing_event_id),
            ):
                if subject:
                    self._of[kind, subject].append(invoice)
        # A rebilled recurring event is a new event of the same line and period.
        for event in money.billing_events:
            invoice = self.invoices.get(event.invoice_id or "")
            if invoice is not None and _posting(invoice) and event.kind in RECURRING:
                period = f"{event.contract_line_id} {event.kind} {event.period_start}"
                self._of["period", period].append(invoice)

    def by(self, kind: str, subject: str, day: date) -> bool:
        """Is it on an invoice that was posted by that day and not credited for a rebill by then?"""
        for invoice in self._of.get((kind, subject), []):
            posted, released = _posting(invoice), self._released.get(invoice.invoice_id)
            if posted and posted <= day and (released is None or released > day):
                return True
        return False


def _posting(invoice: Invoice) -> date | None:
    """Posting date of a live invoice or credit note; None for drafts and void ones."""
    return invoice.posting_date if invoice.status in ("posted", "paid") else None


class WipTruth:
    """Balances as of any day. `facts(day)` gives the items; `values` sums them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.firm = ground.firm
        self.book = ground.book
        self.billed = Billed(ground)
        self.time: list[tuple[TimeEntry, ContractLine]] = []
        self.rates: dict[str, Rate | None] = {}
        self._eligible: dict[str, bool] = {}
        for entry in ground.truth.entries:
            sold = ground.truth.category(entry) == "client" and ground.truth.is_billable(entry)
            if not sold or entry.status == "rejected":
                continue
            line = self.book.line_for(entry.project_id, entry.task_id, entry.work_date)
            if line is None or line.contract_type not in ("time_and_materials", "retainer"):
                continue
            self.time.append((entry, line))
            self.rates[entry.time_entry_id] = ground.pricer.of_entry(entry, line)
            if line.contract_type == "retainer":
                role, _ = ground.pricer.role_and_region(entry.person_id, entry.work_date, entry.employment_id)
                version = self.book.version_on(line.contract_line_id, entry.work_date)
                names = [name.strip() for name in (version.eligible_roles or "").split(",") if name.strip()]
                self._eligible[entry.time_entry_id] = not names or role in names
        self.time.sort(key=lambda pair: (pair[0].work_date, pair[0].time_entry_id))
        self._known: dict[date, list[Fact]] = {}

    def facts(self, day: date) -> list[Fact]:
        if day not in self._known:
            hours = self._hours(day)
            self._known[day] = (
                hours
                + self._unapproved(day)
                + self._expenses(day)
                + self._milestones(day)
                + self._recurring(day)
            )
        return self._known[day]

    def values(
        self,
        metric: str,
        day: date,
        mode: str = "as_was",
        currency: str = "reporting",
        by: Sequence[str] = (),
    ) -> dict[Key, Decimal]:
        """A balance by any of practice, entity, contract_type, currency, contract, line, project."""
        measures = PARTS if metric == "wip_commercial" else (metric,)
        return self.ground.total(self.facts(day), mode, currency, by, measures)

    def age(
        self, day: date, mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = ()
    ) -> dict[Key, Fraction | None]:
        """Days since the item, weighted by value; None where the value is zero."""
        value: dict[Key, Decimal] = {}
        aged: dict[Key, Decimal] = {}
        for fact in self.facts(day):
            amount = fact.amounts[currency]
            if fact.measure in PARTS and amount is not None:
                key = self.ground.key(fact, mode, currency, by)
                value[key] = value.get(key, ZERO) + amount
                aged[key] = aged.get(key, ZERO) + amount * (day - fact.day).days
        return {key: Fraction(aged[key]) / Fraction(value[key]) if value[key] else None for key in value}

    # Time

    def approved_by(self, entry: TimeEntry, day: date) -> bool:
        return entry.status in APPROVED and (entry.approved_on or entry.work_date) <= day

    def _signed(self, line: ContractLine, day: date) -> bool:
        return self.book.signed(line.contract_line_id, day) is not None

    def overage_hours(self, day: date) -> dict[str, Decimal]:
        """Chargeable hours of each approved retainer entry as of a day: of specialists all, else beyond the bucket."""
        found: dict[str, Decimal] = {}
        used: dict[tuple[str, date], Decimal] = {}
        for entry, line in self.time:
            if line.contract_type != "retainer" or entry.work_date > day or not self.approved_by(entry, day):
                continue
            if not self._eligible[entry.time_entry_id]:
                found[entry.time_entry_id] = entry.hours
                continue
            month = entry.work_date.replace(day=1)
            included = self._included(line, month)
            before = used.get((line.contract_line_id, month), ZERO)
            after = used[line.contract_line_id, month] = before + entry.hours
            found[entry.time_entry_id] = max(ZERO, after - included) - max(ZERO, before - included)
        return found

    def _included(self, line: ContractLine, month: date) -> Decimal:
        """Included hours of a calendar month; a part month by days, to a quarter of an hour."""
        following = (month.replace(day=28) + (date(2000, 1, 8) - date(2000, 1, 1))).replace(day=1)
        days = (following - month).days
        first = max(month, line.start_date)
        beyond = following
        if line.end_date is not None and line.end_date < following:
            beyond = date.fromordinal(line.end_date.toordinal() + 1)
        covered = max(0, (beyond - first).days)
        hours = self.book.version_on(line.contract_line_id, first).included_hours or ZERO
        if covered == days:
            return hours
        quarters = rounded(EXACT.divide(EXACT.multiply(hours * 4, Decimal(covered)), Decimal(days)), 0)
        return quarters / 4

    def _hours(self, day: date) -> list[Fact]:
        """Unbilled time and overage within the caps, and what lies beyond them."""
        overage = self.overage_hours(day)
        room_of_line: dict[str, Decimal] = {}
        room_of_contract: dict[str, Decimal] = {}
        for line_id, last in self.book.last.items():
            version = self.book.signed(line_id, day)
            if version is not None and version.nte_amount is not None:
                room_of_line[line_id] = max(ZERO, version.nte_amount - self._posted(day, line_id=line_id))
            contract = self.book.contracts[last.contract_id]
            if contract.nte_amount is not None:
                room_of_contract[contract.contract_id] = max(
                    ZERO, contract.nte_amount - self._posted(day, contract_id=contract.contract_id)
                )
        facts: list[Fact] = []
        for entry, line in self.time:
            if entry.work_date > day or not self.approved_by(entry, day) or not self._signed(line, day):
                continue
            hours = entry.hours if line.contract_type != "retainer" else overage[entry.time_entry_id]
            if not hours or self.billed.by("time", entry.time_entry_id, day):
                continue
            amount = self.ground.pricer.price(hours, self.rates[entry.time_entry_id], line.currency)
            if amount is None:
                continue
            fits = amount
            for rooms, name in ((room_of_line, line.contract_line_id), (room_of_contract, line.contract_id)):
                if name in rooms:
                    fits = min(fits, rooms[name])
            for rooms, name in ((room_of_line, line.contract_line_id), (room_of_contract, line.contract_id)):
                if name in rooms:
                    rooms[name] -= fits
            part = "unbilled_overage" if line.contract_type == "retainer" else "unbilled_tm_time"
            for measure, value in ((part, fits), ("capped_value", amount - fits)):
                if value:
                    facts.append(
                        self.ground.line_fact(
                            measure, line.contract_line_id, entry.work_date, value, day,
                            hours=hours, item=entry.time_entry_id,
                        )
                    )  # fmt: skip
        return facts

    def _posted(self, day: date, line_id: str | None = None, contract_id: str | None = None) -> Decimal:
        """Net posted lines of time and overage up to a day, of a line or a contract."""
        total = ZERO
        for row in self.firm.money.invoice_lines:
            invoice = self.billed.invoices[row.invoice_id]
            posted = _posting(invoice)
            if row.kind not in ("time", "overage") or posted is None or row.contract_line_id is None:
                continue
            mine = (
                row.contract_line_id == line_id
                if line_id
                else self.book.last[row.contract_line_id].contract_id == contract_id
            )
            if mine and posted <= day:
                total += row.amount_untaxed
        return total

    def _unapproved(self, day: date) -> list[Fact]:
        facts: list[Fact] = []
        for entry, line in self.time:
            waiting = entry.work_date <= day and not self.approved_by(entry, day)
            if not waiting or line.contract_type != "time_and_materials" or not self._signed(line, day):
                continue
            amount = self.ground.pricer.price(entry.hours, self.rates[entry.time_entry_id], line.currency)
            if amount is not None and not self.billed.by("time", entry.time_entry_id, day):
                facts.append(
                    self.ground.line_fact(
                        "unbilled_unapproved_time", line.contract_line_id, entry.work_date, amount, day,
                        hours=entry.hours, item=entry.time_entry_id,
                    )
                )  # fmt: skip
        return facts

    # The other parts

    def expense_value(self, expense: Expense, line: ContractLine) -> Decimal | None:
        """Net of recoverable tax, at the spot of the day in contract currency, with the mark-up of that day."""
        cost = net_cost(expense)
        rate = self.ground.spot.rate(expense.currency, line.currency, expense.expense_date)
        if rate is None:
            return None
        version = self.book.version_on(line.contract_line_id, expense.expense_date)
        factor = 1 + (version.expense_markup_pct or ZERO) / HUNDRED
        converted = rounded(EXACT.multiply(cost, rate), 10)
        return rounded(EXACT.multiply(converted, factor), MINOR_UNIT[line.currency])

    def _expenses(self, day: date) -> list[Fact]:
        facts: list[Fact] = []
        for expense in self.firm.money.expenses:
            approved = expense.approved_on or expense.expense_date
            if expense.status not in APPROVED or not expense.is_billable:
                continue
            line = self.book.expense_line(expense.project_id, expense.expense_date)
            if line is None or expense.expense_date > day or approved > day or not self._signed(line, day):
                continue
            amount = self.expense_value(expense, line)
            if amount is not None and not self.billed.by("expense", expense.expense_id, day):
                facts.append(
                    self.ground.line_fact(
                        "unbilled_expense", line.contract_line_id, expense.expense_date, amount, day,
                        item=expense.expense_id,
                    )
                )  # fmt: skip
        return facts

    def _milestones(self, day: date) -> list[Fact]:
        facts: list[Fact] = []
        for milestone in self.firm.money.milestones:
            version = self.book.signed(milestone.contract_line_id, day)
            if version is None or milestone.represents == "task" or not milestone.amount:
                continue
            reached = milestone.accepted_date if version.acceptance_required else milestone.completed_date
            if reached is None or reached > day or self.billed.by("milestone", milestone.milestone_id, day):
                continue
            facts.append(
                self.ground.line_fact(
                    "unbilled_milestone", milestone.contract_line_id, reached, milestone.amount, day,
                    item=milestone.milestone_id,
                )
            )  # fmt: skip
        return facts

    def _recurring(self, day: date) -> list[Fact]:
        """One item a line and period, however often it was raised; called-off ones do not count."""
        facts: list[Fact] = []
        seen: set[str] = set()
        for event in sorted(self.firm.money.billing_events, key=lambda event: event.billing_event_id):
            part = RECURRING.get(event.kind)
            if part is None or event.status == "cancelled" or event.contract_line_id is None:
                continue
            period = f"{event.contract_line_id} {event.kind} {event.period_start}"
            signed = self.book.signed(event.contract_line_id, day)
            if event.due_date is None or event.due_date > day or period in seen or signed is None:
                continue
            seen.add(period)
            if not self.billed.by("period", period, day):
                facts.append(
                    self.ground.line_fact(
                        part, event.contract_line_id, event.due_date, event.amount, day,
                        item=event.billing_event_id,
                    )
                )  # fmt: skip
        return facts


def net_cost(expense: Expense) -> Decimal:
    """What an expense costs: without tax, unless the tax is lost."""
    if expense.is_tax_recoverable is False:
        return expense.amount
    return expense.amount - (expense.tax_amount or ZERO)
