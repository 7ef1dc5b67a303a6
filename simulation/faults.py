"""Plants faults into a finished firm: what eleven checks must find, and look-alikes that they must leave alone.

People, projects and contracts of their own carry most of them, so that each stake can be read off the plan; what is
doubled or copied is taken from the firm's own invoices, journals and contract lines. Each plant is recorded in
`firm.faults`. Item keys are those of BREAK_RULES.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from simulation.billing import TAX, cents
from simulation.events import Customer, Fault, Firm, Leave, ProjectVersion, TimeEntry
from simulation.ledger import Journal, Leg
from simulation.money_events import (
    BillingEvent,
    Contract,
    ContractLine,
    Invoice,
    InvoiceLine,
    Milestone,
    Opportunity,
    RateCard,
)
from simulation.people import new_employment, person
from simulation.plan import PersonPlan
from simulation.truth_pricing import Spot
from simulation.window import Window

ONE_DAY = timedelta(days=1)
HOLIDAY_LOCATION = {"US01": "New York", "UK01": "London", "DE01": "Berlin"}
CURRENCY = {"US01": "USD", "UK01": "GBP", "DE01": "EUR"}
CUSTOMER = "C-9001"
HOUR = Decimal(200)
PRIMARY, CONSEQUENTIAL, NEAR_MISS = "primary", "consequential", "near_miss"


class Planter:
    """Writes into the log of one firm and keeps the record."""

    def __init__(self, firm: Firm, window: Window) -> None:
        self.firm = firm
        self.money = firm.money
        self.window = window
        self.as_of = window.as_of
        self.journal = Journal(firm)
        self._free = {holiday.holiday_date for holiday in firm.holidays}
        self._entries = self._events = self._cards = 0

    def record(
        self,
        check_id: str,
        item_key: str,
        what: str,
        stake: Decimal | int | None = None,
        currency: str | None = None,
        kind: str = PRIMARY,
    ) -> None:
        value = None if stake is None else Decimal(stake)
        self.firm.faults.append(Fault(check_id, item_key, kind, what, value, currency))

    def spare(self, check_id: str, item_key: str, what: str) -> None:
        self.record(check_id, item_key, what, kind=NEAR_MISS)

    def ago(self, working_days: int) -> date:
        """That many days before the as-of date, counting those that are working days in every location."""
        day = self.as_of
        while working_days:
            day -= ONE_DAY
            working_days -= day.weekday() < 5 and day not in self._free
        return day

    # The pieces of a firm

    def hire(self, number: int, entity: str, role: str, start: date, end: date | None = None) -> PersonPlan:
        plan = PersonPlan(person(number), [])
        job = new_employment(plan, start, entity, role, "DATA")
        job.end = end
        self.firm.people.append(plan.person)
        self.firm.employments.append(job.employment())
        self.firm.attributes += job.rows()
        return plan

    def project(self, number: int, entity: str, **changes: object) -> str:
        plain = ProjectVersion(
            f"P-{number}", f"Engagement {number}", CUSTOMER, "DATA", entity, "client", True, CURRENCY[entity],
            "active",
        )  # fmt: skip
        self.firm.projects.append(replace(plain, **changes))  # type: ignore[arg-type]
        return plain.project_id

    def contract(
        self, number: int, entity: str = "US01", signed: date | None = None, **changes: object
    ) -> Contract:
        """Signed on the first day of history, unless said otherwise."""
        begin, end = self.window.history_from, self.as_of + timedelta(days=92)
        contract = Contract(
            f"K-{number}", CUSTOMER, f"Agreement {number}", None, entity, CURRENCY[entity], "active",
            signed or begin, begin, end,
        )  # fmt: skip
        contract = replace(contract, **changes)  # type: ignore[arg-type]
        self.money.contracts.append(contract)
        return contract

    def line(
        self, contract: Contract, number: int, kind: str, project_id: str | None, **changes: object
    ) -> ContractLine:
        signed = contract.signature_date
        plain = ContractLine(
            f"{contract.contract_id}-{number}", 1, contract.contract_id, project_id, f"Line {number}", kind,
            contract.currency, contract.start_date, contract.end_date, signed, signed or contract.start_date,
        )  # fmt: skip
        version = replace(plain, **changes)  # type: ignore[arg-type]
        self.money.contract_lines.append(version)
        return version

    def sell_hours(self, number: int, entity: str = "US01", rate: Decimal | None = HOUR) -> str:
        """A project with a time and materials contract of the same number that sells consultants at one rate."""
        project_id = self.project(number, entity)
        contract = self.contract(number, entity)
        self.line(contract, 1, "time_and_materials", project_id, estimated_value=Decimal(60000))
        if rate is not None:
            self.card("contract", contract.contract_id, rate, contract.currency, role="Consultant")
        return project_id

    def card(self, scope: str, scope_id: str | None, rate: Decimal, currency: str, **more: object) -> str:
        self._cards += 1
        row_id = f"RC-9{self._cards:05d}"
        rate_type = str(more.pop("rate_type", "bill"))
        self.money.rate_cards.append(RateCard(row_id, rate_type, scope, scope_id, rate, currency, **more))  # type: ignore[arg-type]
        return row_id

    def work(self, who: str, project_id: str, day: date, hours: str, **changes: object) -> str:
        """An approved, billable entry, unless said otherwise; returns its id."""
        self._entries += 1
        status = changes.get("status", "approved")
        approved = min(day + ONE_DAY, self.as_of) if status in ("approved", "posted") else None
        entry = TimeEntry(
            f"TE-8{self._entries:06d}", who, None, project_id, None, day, Decimal(hours), "approved", True, None,
            None, day, approved, False,
        )._replace(**changes)  # type: ignore[arg-type]  # fmt: skip
        self.firm.time_entries.append(entry)
        return entry.time_entry_id

    def event(self, line: ContractLine, kind: str, amount: Decimal, **more: object) -> BillingEvent:
        """Something to bill; it is in the log once it is invoiced, or kept by `raised`."""
        self._events += 1
        plain = BillingEvent(
            f"B-9{self._events:06d}",
            kind,
            line.contract_line_id,
            line.project_id,
            amount,
            line.currency,
            "ready",
        )
        return replace(plain, **more)  # type: ignore[arg-type]

    def invoice(
        self, invoice_id: str, events: Sequence[BillingEvent], posted: date | None, kind: str = "invoice"
    ) -> None:
        """One invoice of one contract with a line per contract line and kind, and its journal. Not posted: a draft."""
        lines = {version.contract_line_id: version for version in self.money.contract_lines}
        contract_id = lines[events[0].contract_line_id or ""].contract_id
        contract = next(c for c in self.money.contracts if c.contract_id == contract_id)
        erp_id = {c.customer_id: c.erp_id for c in self.firm.customers}[contract.customer_id]
        grouped: dict[tuple[str | None, str], list[BillingEvent]] = {}
        for event in events:
            grouped.setdefault((event.contract_line_id, event.kind), []).append(event)
        net = tax = Decimal(0)
        legs: list[Leg] = []
        for place, ((line_id, event_kind), members) in enumerate(grouped.items(), start=1):
            row_id = f"{invoice_id}-{place}"
            amount = sum((event.amount for event in members), Decimal(0))
            row_tax = cents(amount * TAX[contract.legal_entity_id], contract.currency)
            net, tax = net + amount, tax + row_tax
            project_id = lines[line_id or ""].project_id
            self.money.invoice_lines.append(
                InvoiceLine(
                    row_id, invoice_id, place, line_id, project_id, event_kind, Decimal(len(members)), amount,
                    row_tax, "4000",
                )
            )  # fmt: skip
            legs.append(("2500", "billings", -amount, project_id))
            self.money.billing_events += [
                replace(event, status="invoiced", invoice_id=invoice_id, invoice_line_id=row_id)
                for event in members
            ]
        self.money.invoices.append(
            Invoice(
                invoice_id, contract.legal_entity_id, erp_id or "", contract_id, kind,
                "posted" if posted else "draft", posted or self.as_of, posted,
                posted + timedelta(days=30) if posted else None, contract.currency, net, tax, net + tax,
            )
        )  # fmt: skip
        if posted:
            legs.insert(0, ("1100", "receivable", net + tax, None))
            if tax:
                legs.append(("2200", "tax", -tax, None))
            self.journal.post(
                f"JI-{invoice_id}",
                contract.legal_entity_id,
                posted,
                contract.currency,
                "billing",
                invoice_id,
                legs,
            )

    def release(self, invoice_id: str, posted: date) -> None:
        """Credits an invoice in whole for a rebill."""
        wrong = next(i for i in self.money.invoices if i.invoice_id == invoice_id)
        credit_id = f"CN-{invoice_id}"
        self.money.invoices.append(
            replace(
                wrong, invoice_id=credit_id, kind="credit_note", issue_date=posted, posting_date=posted,
                due_date=posted, amount_untaxed=-wrong.amount_untaxed, amount_tax=-wrong.amount_tax,
                amount_due=Decimal(0), reverses_invoice_id=invoice_id, credit_reason="rebill",
            )
        )  # fmt: skip
        self.money.invoice_lines += [
            replace(
                row, invoice_line_id=f"{credit_id}-{row.line_number}", invoice_id=credit_id,
                amount_untaxed=-row.amount_untaxed, amount_tax=-row.amount_tax,
            )
            for row in self.money.invoice_lines
            if row.invoice_id == invoice_id
        ]  # fmt: skip

    def again(self, events: Sequence[BillingEvent], mark: str = "-D") -> list[BillingEvent]:
        """The same events as a retry raises them: new ids for the same source references."""
        return [replace(event, billing_event_id=event.billing_event_id + mark) for event in events]


def plant(firm: Firm, window: Window) -> None:
    """Adds all of it to a firm whose money side is complete."""
    firm.legal_entities = [
        replace(entity, holiday_location=HOLIDAY_LOCATION[entity.legal_entity_id])
        for entity in firm.legal_entities
    ]
    firm.customers.append(
        Customer(CUSTOMER, "Customer 9001", "19001", "linked", "US900000001", "US", "Enterprise")
    )
    planter = Planter(firm, window)
    # The retry of whole batches first: it copies what the ordinary firm billed.
    _retries_of_the_firm(planter)
    _doubled_journals(planter)
    _staff(planter)
    for project, entity in ((9001, "US01"), (9002, "UK01"), (9003, "DE01")):
        planter.sell_hours(project, entity)
    _unapproved(planter)
    _closed_projects(planter)
    _leavers_and_costs(planter)
    _impossible_hours(planter)
    _doubled_time(planter)
    _unpriced(planter)
    _tied_rates(planter)
    _milestones(planter)
    _doubled_fee(planter)
    _without_project(planter)
    _line_copies(planter)
    _won(planter)


AMERICAN, BRITISH, GERMAN = "E-9001", "E-9002", "E-9003"
LEAVER, UNCOSTED, UNCOSTED_LEAVER, STARTER, UNPAID = "E-9005", "E-9006", "E-9008", "E-9009", "E-9010"


def _staff(p: Planter) -> None:
    start = date(2023, 1, 2)
    p.hire(9001, "US01", "Consultant", start)
    p.hire(9002, "UK01", "Consultant", start)
    p.hire(9003, "DE01", "Consultant", start)
    p.hire(9005, "US01", "Consultant", start, p.ago(12))
    # Apprentices have neither a cost rate nor a price.
    p.hire(9006, "US01", "Apprentice", start)
    p.hire(9008, "US01", "Apprentice", start, p.ago(12))
    p.hire(9009, "US01", "Consultant", p.ago(5))
    p.hire(9010, "US01", "Consultant", start)
    wage = next(rate for rate in p.firm.cost_rates if rate.scope == "role")
    p.firm.cost_rates.append(
        replace(
            wage, cost_rate_id="CR-9010-A", scope="employee", role=None, person_id=UNPAID, rate=Decimal(0),
            currency="USD", zero_rate_reason="partner of the firm", valid_from=None, valid_to=None,
        )
    )  # fmt: skip


def _unapproved(p: Planter) -> None:
    for days in (8, 6, 4):
        entry = p.work(AMERICAN, "P-9001", p.ago(days), "8", status="submitted")
        p.record("T-02", f"time|{entry}", f"submitted {days} business days ago", 8 * HOUR, "USD")
    entry = p.work(BRITISH, "P-9002", p.ago(3), "5", status="submitted")
    p.record("T-02", f"time|{entry}", "one day beyond the grace", 5 * HOUR, "GBP")
    late = p.work(GERMAN, "P-9003", p.ago(20), "8", status="submitted", entered_on=p.ago(1))
    p.spare("T-02", f"time|{late}", "old work, submitted yesterday")
    for who, days, status, why in (
        (AMERICAN, 2, "submitted", "on the last day of grace"),
        (AMERICAN, 0, "submitted", "submitted today"),
        (AMERICAN, 5, "draft", "not yet submitted"),
        (GERMAN, 9, "rejected", "rejected"),
    ):
        entry = p.work(who, "P-9001", p.ago(days), "8", status=status)
        p.spare("T-02", f"time|{entry}", why)


def _closed_projects(p: Planter) -> None:
    """Five projects of one contract that are closed to work in five ways."""
    contract = p.contract(9010)
    p.card("contract", contract.contract_id, HOUR, "USD", role="Consultant")
    shut = p.ago(15)
    for number, status in ((9010, "closed"), (9011, "on_hold"), (9014, "cancelled")):
        p.project(number, "US01", valid_to=shut)
        p.project(number, "US01", status=status, valid_from=shut)
    p.project(9012, "US01", start_date=p.window.history_from, end_date=p.ago(10))
    p.project(9013, "US01", status="planned", valid_from=p.window.history_from)
    for place, number in enumerate((9010, 9011, 9012, 9013, 9014), start=1):
        p.line(contract, place, "time_and_materials", f"P-{number}", estimated_value=Decimal(10000))
    for number, days, why in (
        (9010, 14, "closed"),
        (9011, 13, "on hold"),
        (9013, 12, "not started"),
        (9014, 11, "cancelled"),
        (9012, 9, "the day after its last day"),
    ):
        entry = p.work(AMERICAN, f"P-{number}", p.ago(days), "4")
        p.record("T-08", f"time|{entry}", f"project {why}", 4 * HOUR, "USD")
    for who, days in ((AMERICAN, 7), (BRITISH, 6)):
        entry = p.work(who, "P-9010", p.ago(days), "7", status="submitted")
        p.record("T-08", f"time|{entry}", "closed project, and never approved", 7 * HOUR, "USD")
        p.record(
            "T-02", f"time|{entry}", "nobody approves for a closed project", 7 * HOUR, "USD", CONSEQUENTIAL
        )
    for number, days, status, why in (
        (9010, 16, "approved", "the last day before it was closed"),
        (9012, 10, "approved", "its last day"),
        (9010, 10, "draft", "a draft on a closed project"),
    ):
        entry = p.work(AMERICAN, f"P-{number}", p.ago(days), "3", status=status)
        p.spare("T-08", f"time|{entry}", why)


def _leavers_and_costs(p: Planter) -> None:
    for days in (11, 8, 5):
        entry = p.work(LEAVER, "P-9001", p.ago(days), "8")
        p.record("W-03", f"time|{entry}", "after the last day", 8 * HOUR, "USD")
    entry = p.work(STARTER, "P-9001", p.ago(6), "8")
    p.record("W-03", f"time|{entry}", "before the first day", 8 * HOUR, "USD")
    for who, days, status, why in (
        (LEAVER, 13, "approved", "the last day of employment"),
        (STARTER, 5, "approved", "the first day of employment"),
        (LEAVER, 4, "draft", "a draft after the last day"),
    ):
        entry = p.work(who, "P-9001", p.ago(days), "8", status=status)
        p.spare("W-03", f"time|{entry}", why)
    for days in (20, 19):
        day = p.ago(days)
        entry = p.work(UNCOSTED, "P-9001", day, "8")
        p.record("W-08", f"day|{UNCOSTED}|{day}", "a role without any cost rate")
        p.record("R-01", f"time|{entry}", "a role without any cost rate has no price", kind=CONSEQUENTIAL)
    day = p.ago(18)
    p.work(UNCOSTED, "P-ADMIN", day, "8", is_billable=False)
    p.record("W-08", f"day|{UNCOSTED}|{day}", "internal work costs too")
    for days in (10, 9):
        day = p.ago(days)
        entry = p.work(UNCOSTED_LEAVER, "P-9001", day, "6")
        p.record("W-03", f"time|{entry}", "a leaver whose rate ended with the employment")
        p.record("W-08", f"day|{UNCOSTED_LEAVER}|{day}", "the leaver has no cost rate", kind=CONSEQUENTIAL)
        p.record("R-01", f"time|{entry}", "the leaver has no price", kind=CONSEQUENTIAL)
    day = p.ago(7)
    p.work(UNPAID, "P-9001", day, "8")
    p.spare("W-08", f"day|{UNPAID}|{day}", "a rate of zero with a reason")
    day = p.ago(1)
    p.work(UNCOSTED, "P-9001", day, "8", status="submitted")
    p.spare("W-08", f"day|{UNCOSTED}|{day}", "not yet approved")


def _impossible_hours(p: Planter) -> None:
    def shifts(who: str, project_id: str, day: date, *parts: str, **more: object) -> list[str]:
        return [p.work(who, project_id, day, hours, **more) for hours in parts]

    day = p.ago(40)
    shifts(BRITISH, "P-9002", day, "16", "10")
    p.record("T-15", f"day|{BRITISH}|{day}", "26 hours", 26 * HOUR, "GBP")
    day = p.ago(41)
    shifts(BRITISH, "P-9002", day, "16", "8")
    p.spare("T-15", f"day|{BRITISH}|{day}", "24 hours")
    day = p.ago(42)
    shifts(GERMAN, "P-9003", day, "8", "-2")
    p.record("T-15", f"day|{GERMAN}|{day}", "a negative entry that corrects nothing", 10 * HOUR, "EUR")
    (first,) = shifts(GERMAN, "P-9003", p.ago(43), "7")
    day = p.ago(41)
    shifts(GERMAN, "P-9003", day, "-3", corrects_id=first)
    p.record("T-15", f"day|{GERMAN}|{day}", "corrected on another day: below zero", 3 * HOUR, "EUR")
    day = p.ago(40)
    (first,) = shifts(GERMAN, "P-9003", day, "8")
    shifts(GERMAN, "P-9003", day, "-8", "7", corrects_id=first)
    p.spare("T-15", f"day|{GERMAN}|{day}", "a correction with its new entry")
    # 25 May 2026 is Whit Monday, the Spring holiday and Memorial Day; the Friday before is half a day in New York.
    holiday = date(2026, 5, 25)
    shifts(GERMAN, "P-9003", holiday, "5")
    p.record("T-15", f"day|{GERMAN}|{holiday}", "work on a public holiday", 5 * HOUR, "EUR")
    shifts(BRITISH, "P-9002", holiday, "5", work_type="overtime")
    p.spare("T-15", f"day|{BRITISH}|{holiday}", "overtime on a holiday")
    shifts(AMERICAN, "P-9001", holiday - timedelta(days=3), "4")
    p.spare("T-15", f"day|{AMERICAN}|{holiday - timedelta(days=3)}", "work on half a holiday")
    for days, status, hours in ((42, "approved", None), (43, "approved", "4"), (44, "rejected", None)):
        day = p.ago(days)
        per_day = None if hours is None else Decimal(hours)
        leave_id = f"L-9002-{days}"
        p.firm.leaves.append(
            Leave(leave_id, BRITISH, None, per_day, "vacation", None, status, day, day + ONE_DAY)
        )
        shifts(BRITISH, "P-9002", day, "4")
        if status == "approved" and hours is None:
            p.record("T-15", f"day|{BRITISH}|{day}", "work on approved leave", 4 * HOUR, "GBP")
        else:
            p.spare("T-15", f"day|{BRITISH}|{day}", f"{status} leave of {hours or 'a day'}")
    monday = p.as_of - timedelta(days=p.as_of.weekday() + 77)
    for place in range(6):
        shifts(GERMAN, "P-9003", monday + timedelta(days=place), "14")
    p.record("T-15", f"week|{GERMAN}|{monday}", "84 hours a week", 84 * HOUR, "EUR")
    for place in range(5):
        shifts(BRITISH, "P-9002", monday + timedelta(days=place), "16")
    p.spare("T-15", f"week|{BRITISH}|{monday}", "80 hours a week")


def _doubled_time(p: Planter) -> None:
    """Three batches that were sent twice, and entries that look alike."""
    lines = {version.contract_line_id: version for version in p.money.contract_lines}

    def batch(who: str, project_id: str, days: Sequence[int]) -> list[BillingEvent]:
        line = lines[f"K{project_id[1:]}-1"]
        return [
            p.event(line, "time", 8 * HOUR, time_entry_id=p.work(who, project_id, p.ago(day), "8"))
            for day in days
        ]

    whole = batch(BRITISH, "P-9002", (25, 24, 23))
    p.invoice("INV-90001", whole, p.ago(14))
    p.invoice("INV-90001-D", p.again(whole), p.ago(13))
    partly = batch(AMERICAN, "P-9001", (25, 24, 23, 22, 21, 20))
    p.invoice("INV-90002", partly, p.ago(14))
    p.invoice("INV-90002-D", p.again(partly[3:]), p.ago(10))
    for event in whole + partly[3:]:
        p.record("T-06", f"time|{event.time_entry_id}", "the batch was retried", 8 * HOUR, event.currency)
    for event in partly[:3]:
        p.spare("T-06", f"time|{event.time_entry_id}", "in the batch, not in its partial retry")
    noticed = batch(GERMAN, "P-9003", (25, 24))
    p.invoice("INV-90003", noticed, p.ago(14))
    p.invoice("INV-90003-D", p.again(noticed), p.ago(13))
    p.release("INV-90003-D", p.ago(11))
    rebilled = batch(GERMAN, "P-9003", (23, 22))
    p.invoice("INV-90004", rebilled, p.ago(14))
    p.release("INV-90004", p.ago(9))
    p.invoice("INV-90004-R", p.again(rebilled, "-R"), p.ago(9), "rebill")
    waiting = batch(GERMAN, "P-9003", (21,))
    p.invoice("INV-90005", waiting, p.ago(14))
    p.invoice("INV-90005-D", p.again(waiting), None)
    for events, why in (
        (noticed, "the retry was credited"),
        (rebilled, "released and rebilled"),
        (waiting, "the second invoice is a draft"),
    ):
        for event in events:
            p.spare("T-06", f"time|{event.time_entry_id}", why)

    def alike(who: str, project_id: str, days: int, hours: str, *notes: str | None) -> list[str]:
        return [p.work(who, project_id, p.ago(days), hours, note=note) for note in notes]

    text = "Workshop preparation"
    for who, days, hours, notes in (
        (BRITISH, 32, "3", (text, text)),
        (BRITISH, 33, "2", (text, text, text)),
        (GERMAN, 32, "4", (text, text)),
    ):
        for entry in alike(who, "P-9002" if who == BRITISH else "P-9003", days, hours, *notes)[1:]:
            currency = "GBP" if who == BRITISH else "EUR"
            p.record(
                "T-06", f"suspected|time|{entry}", "the same words twice", Decimal(hours) * HOUR, currency
            )
    honest = alike(BRITISH, "P-9002", 34, "4", None, None)
    differing = alike(BRITISH, "P-9002", 35, "4", "Workshop", "Minutes of the workshop")
    (first,) = alike(BRITISH, "P-9002", 36, "4", text)
    again = [
        p.work(BRITISH, "P-9002", p.ago(36), hours, note=text, corrects_id=first) for hours in ("-4", "4")
    ]
    sent_back = p.work(BRITISH, "P-9002", p.ago(37), "4", note=text, status="rejected")
    resent = p.work(BRITISH, "P-9002", p.ago(37), "4", note=text)
    for entries, why in (
        (honest, "two equal entries without a note"),
        (differing, "other words"),
        ([first, *again], "a correction repeats the words"),
        ([sent_back, resent], "rejected and entered again"),
    ):
        for entry in entries:
            p.spare("T-06", f"suspected|time|{entry}", why)


def _retries_of_the_firm(p: Planter) -> None:
    """The two largest invoices that stand, once retried as a whole and once in half."""
    money = p.money
    released = {invoice.reverses_invoice_id for invoice in money.invoices}
    size: dict[str | None, list[BillingEvent]] = {}
    for event in money.billing_events:
        size.setdefault(event.invoice_id, []).append(event)
    standing = sorted(
        (
            invoice
            for invoice in money.invoices
            if invoice.kind == "invoice"
            and invoice.posting_date is not None
            and invoice.invoice_id not in released
        ),
        key=lambda invoice: (-len(size[invoice.invoice_id]), invoice.invoice_id),
    )
    for invoice, part in zip(standing, (1, 2), strict=False):
        events = size[invoice.invoice_id]
        resent = events[: max(1, len(events) // part)]
        posted = (invoice.posting_date or p.as_of) + timedelta(days=3)
        p.invoice(f"{invoice.invoice_id}-D", p.again(resent), posted)
        for event in resent:
            p.record(
                "T-06", reference(event), "a batch of the firm was retried", event.amount, event.currency
            )
        for event in events[len(resent) :]:
            p.spare("T-06", reference(event), "in the batch, not in its partial retry")


def reference(event: BillingEvent) -> str:
    """Item key of what a billing event bills."""
    for kind, subject in (
        ("time", event.time_entry_id),
        ("expense", event.expense_id),
        ("milestone", event.milestone_id),
    ):
        if subject:
            return f"{kind}|{subject}"
    return f"fee|{event.contract_line_id}|{event.kind}|{event.period_start}"


def _doubled_journals(p: Planter) -> None:
    """One journal of each source posted twice; others that were reversed, or doubled and put right."""
    rows = p.money.gl_entries
    by_journal: dict[str, list[tuple[str, str, Decimal, str | None]]] = {}
    head = {}
    for row in rows:
        by_journal.setdefault(row.journal_id, []).append(
            (row.account_id, row.account_kind, row.amount, row.project_id)
        )
        head[row.journal_id] = row
    found: dict[str, list[str]] = {}
    for journal_id in sorted(by_journal):
        row = head[journal_id]
        if row.accounting_date <= p.as_of - timedelta(days=20):
            found.setdefault(row.entry_source, []).append(journal_id)

    def post(journal_id: str, mark: str, days: int, sign: int) -> None:
        row = head[journal_id]
        legs = [
            (account, kind, sign * amount, project)
            for account, kind, amount, project in by_journal[journal_id]
        ]
        p.journal.post(
            f"{journal_id}{mark}", row.legal_entity_id, row.accounting_date + timedelta(days=days), row.currency,
            row.entry_source, row.source_document, legs,
        )  # fmt: skip

    for source in ("revenue", "purchase", "billing"):
        row = head[found[source][0]]
        post(row.journal_id, "-D", 2, 1)
        stake = sum((abs(leg[2]) for leg in by_journal[row.journal_id]), Decimal(0)) / 2
        p.record("T-06", journal_key(row), "the journal was posted twice", stake, row.currency)
        reversed_row, mended, anew = (head[journal_id] for journal_id in found[source][1:4])
        post(reversed_row.journal_id, "-S", 3, -1)
        p.spare("T-06", journal_key(reversed_row), "posted once and reversed")
        post(mended.journal_id, "-D", 1, 1)
        post(mended.journal_id, "-S", 4, -1)
        p.spare("T-06", journal_key(mended), "posted twice and put right")
        post(anew.journal_id, "-S", 1, -1)
        post(anew.journal_id, "-T", 2, 1)
        p.spare("T-06", journal_key(anew), "reversed and posted anew")


def journal_key(row: object) -> str:
    return f"journal|{row.legal_entity_id}|{row.entry_source}|{row.source_document}"  # type: ignore[attr-defined]


def _unpriced(p: Planter) -> None:
    p.project(9040, "US01")
    for days in (18, 17):
        entry = p.work(AMERICAN, "P-9040", p.ago(days), "5")
        p.record("R-01", f"time|{entry}", "no contract line")
    for days, reason in ((19, "goodwill"), (26, None), (27, None)):
        entry = p.work(AMERICAN, "P-9001", p.ago(days), "3")
        p.card("override", entry, Decimal(0), "USD", zero_rate_reason=reason, approved_by="E-0003")
        if reason:
            p.spare("R-01", f"time|{entry}", "a zero rate with a reason")
        else:
            p.record("R-01", f"time|{entry}", "a zero rate that nobody explained")
    entry = p.work(UNCOSTED, "P-9001", p.ago(2), "8", status="submitted")
    p.spare("R-01", f"time|{entry}", "without a price, and not approved")


def _tied_rates(p: Planter) -> None:
    for number, entity in ((9020, "US01"), (9021, "UK01"), (9022, "DE01"), (9023, "US01")):
        p.sell_hours(number, entity, None)

    def row(number: int, rate: int, scope: str = "contract", **more: object) -> str:
        owner = f"K-{number}" if scope == "contract" else f"P-{number}"
        currency = {9021: "GBP", 9022: "EUR"}.get(number, "USD")
        return "card|" + p.card(scope, owner, Decimal(rate), currency, **{"role": "Consultant", **more})

    row(9020, 180)
    by_id = row(9020, 195)
    below = row(9020, 150, "project")
    standard = row(9020, 300, rate_type="standard")
    for days in (29, 28):
        p.work(AMERICAN, "P-9020", p.ago(days), "8")
    p.record("R-03", by_id, "the same dimensions twice: lost by id", 16 * 15, "USD")
    p.spare("R-03", below, "a row of a lower level")
    by_date = row(9021, 150)
    row(9021, 170, valid_from=p.ago(40))
    p.work(BRITISH, "P-9021", p.ago(28), "8")
    p.record("R-03", by_date, "overlaps a row that starts later", 8 * 20, "GBP")
    row(9022, 100)
    second, third = row(9022, 110), row(9022, 130)
    p.work(GERMAN, "P-9022", p.ago(28), "8")
    p.record("R-03", second, "one of two that lost", 8 * 10, "EUR")
    p.record("R-03", third, "the other of two that lost", 8 * 30, "EUR")
    row(9023, 180)
    never_met = row(9023, 190)
    p.spare("R-03", never_met, "tied, and no work ever met it")
    p.spare("R-03", standard, "a standard rate")


def _milestones(p: Planter) -> None:
    project_id = p.project(9050, "US01")
    contract = p.contract(9050)
    free = p.line(
        contract, 1, "milestone", project_id, transaction_price=Decimal(90000), acceptance_required=False
    )
    checked = p.line(
        contract, 2, "milestone", project_id, transaction_price=Decimal(40000), acceptance_required=True
    )

    def stone(
        number: int, amount: int, completed: date | None, accepted: date | None = None,
        represents: str | None = "event", line: ContractLine = free,
    ) -> Milestone:  # fmt: skip
        milestone = Milestone(
            f"M-9050-{number:02d}", project_id, line.contract_line_id, f"Delivery {number}", Decimal(amount), "USD",
            completed, completed, accepted, represents,
        )  # fmt: skip
        p.money.milestones.append(milestone)
        return milestone

    def billed(milestone: Milestone, invoice_id: str, posted: date | None) -> list[BillingEvent]:
        line = free if milestone.contract_line_id == free.contract_line_id else checked
        event = p.event(line, "milestone", milestone.amount, milestone_id=milestone.milestone_id)
        p.invoice(invoice_id, [event], posted)
        return [event]

    def late(milestone: Milestone, what: str) -> None:
        p.record("B-01", f"milestone|{milestone.milestone_id}", what, milestone.amount, "USD")

    late(stone(1, 20000, p.ago(10)), "complete and not invoiced")
    late(stone(2, 15000, p.ago(20), p.ago(6), line=checked), "accepted and not invoiced")
    drafted = stone(3, 5000, p.ago(5))
    billed(drafted, "DRAFT-90006", None)
    late(drafted, "only on a draft")
    credited = stone(4, 8000, p.ago(16))
    billed(credited, "INV-90007", p.ago(14))
    p.release("INV-90007", p.ago(9))
    late(credited, "credited for a rebill that never came")
    late(stone(5, 9000, p.ago(4)), "one day beyond the grace")
    rebilled = stone(6, 7000, p.ago(16))
    events = billed(rebilled, "INV-90008", p.ago(14))
    p.release("INV-90008", p.ago(9))
    p.invoice("INV-90008-R", p.again(events, "-R"), p.ago(8), "rebill")
    p.spare("T-06", f"milestone|{rebilled.milestone_id}", "released and rebilled")
    doubled = stone(7, 6000, p.ago(16))
    events = billed(doubled, "INV-90009", p.ago(14))
    p.invoice("INV-90009-D", p.again(events), p.ago(12))
    p.record("T-06", f"milestone|{doubled.milestone_id}", "invoiced twice", 6000, "USD")
    for milestone, why in (
        (stone(8, 4000, p.ago(3)), "within the grace"),
        (stone(9, 25000, p.ago(20), line=checked), "complete, and acceptance is awaited"),
        (stone(10, 4000, p.ago(20), represents="task"), "a task"),
        (stone(11, 0, p.ago(20)), "without an amount"),
        (stone(12, 4000, None), "not complete"),
        (rebilled, "released and rebilled"),
        (doubled, "invoiced, if twice"),
    ):
        p.spare("B-01", f"milestone|{milestone.milestone_id}", why)


def _doubled_fee(p: Planter) -> None:
    contract = p.contract(9051, "UK01")
    line = p.line(
        contract, 1, "retainer", p.project(9051, "UK01"), transaction_price=Decimal(18000), period_fee=Decimal(3000),
        billing_frequency="monthly",
    )  # fmt: skip
    for month, twice in ((date(2026, 5, 1), True), (date(2026, 4, 1), False)):
        event = p.event(
            line,
            "retainer",
            Decimal(3000),
            period_start=month,
            period_end=month + timedelta(days=29),
            due_date=month,
        )
        p.invoice(f"INV-9001{month.month}", [event], month + timedelta(days=10))
        key = f"fee|{line.contract_line_id}|retainer|{month}"
        if twice:
            p.invoice(f"INV-9001{month.month}-D", p.again([event]), month + timedelta(days=11))
            p.record("T-06", key, "the fee of a month was invoiced twice", 3000, "GBP")
        else:
            p.spare("T-06", key, "the fee of another month")


def _without_project(p: Planter) -> None:
    retainer = p.contract(9101, signed=p.ago(10))
    p.line(retainer, 1, "retainer", None, transaction_price=Decimal(48000), period_fee=Decimal(4000))
    p.record("C-01", "contract|K-9101", "a retainer that nobody set up", 4000, "USD")
    hours = p.contract(9102, "UK01", signed=p.ago(6))
    p.line(hours, 1, "time_and_materials", None, estimated_value=Decimal(30000))
    p.record("C-01", "contract|K-9102", "no fee is due yet", 0, "GBP")
    strange = p.contract(9103, "DE01", signed=p.ago(4))
    p.line(strange, 1, "subscription", "P-7777", transaction_price=Decimal(150000), period_fee=Decimal(12500))
    p.line(
        strange, 2, "subscription", None, transaction_price=Decimal(60000), period_fee=Decimal(5000),
        start_date=p.as_of + timedelta(days=20),
    )  # fmt: skip
    p.record(
        "C-01", "contract|K-9103", "a project that no system delivers; a second fee is not due", 12500, "EUR"
    )
    for number, signed, status, project_id, why in (
        (9104, p.ago(1), "active", None, "signed yesterday"),
        (9105, p.as_of, "active", None, "signed today"),
        (9106, p.ago(30), "cancelled", None, "cancelled"),
        (9107, p.ago(30), "active", "P-9001", "one line of two has a project"),
    ):
        contract = p.contract(number, signed=signed, status=status)
        p.line(contract, 1, "retainer", None, transaction_price=Decimal(12000), period_fee=Decimal(1000))
        if project_id:
            p.line(
                contract,
                2,
                "subscription",
                project_id,
                transaction_price=Decimal(100),
                period_fee=Decimal(10),
            )
        p.spare("C-01", f"contract|K-{number}", why)
    p.contract(9108, signed=p.ago(30))
    p.spare("C-01", "contract|K-9108", "without any line")
    verbal = p.contract(9109)
    p.money.contracts[-1] = replace(verbal, signature_date=None, status="draft")
    p.spare("C-01", "contract|K-9109", "not signed")


# Contracts that nobody sold as far as the CRM knows, and one whose opportunity the CRM has lost.
WITHOUT_OPPORTUNITY = ("K-9003", "K-9022", "K-9106")
OPPORTUNITY_LOST = "K-9102"


def _won(p: Planter) -> None:
    """The opportunity of each planted contract: what has none is traced no further than its contract."""
    contracts = []
    for contract in p.money.contracts:
        if contract.opportunity_id is None and contract.contract_id not in WITHOUT_OPPORTUNITY:
            contract = replace(contract, opportunity_id=contract.contract_id.replace("K-", "O-"))
            if contract.contract_id != OPPORTUNITY_LOST:
                p.money.opportunities.append(_opportunity(p, contract))
        contracts.append(contract)
    p.money.contracts[:] = contracts


def _opportunity(p: Planter, contract: Contract) -> Opportunity:
    won = contract.signature_date is not None
    prices = (
        line.transaction_price or Decimal(0)
        for line in p.money.contract_lines
        if line.contract_id == contract.contract_id and line.line_version == 1
    )
    return Opportunity(
        contract.opportunity_id or "", contract.customer_id, contract.contract_name,
        "Closed Won" if won else "Verbal", won, won, Decimal(1) if won else Decimal("0.9"),
        sum(prices, Decimal(0)), contract.currency, contract.signature_date or p.as_of, "DATA",
        contract.legal_entity_id, contract.start_date - timedelta(days=30),
    )  # fmt: skip


def _line_copies(p: Planter) -> None:
    """What the PSA and the ERP hold of contract lines: most of it as the CRM, in versions of their own numbering."""
    psa, erp = [], []
    last: dict[str, ContractLine] = {}
    for version in p.money.contract_lines:
        last[version.contract_line_id] = version
    changed = [
        line_id
        for line_id, version in sorted(last.items())
        if version.change_kind == "change_order" and (version.valid_from or p.as_of) <= p.as_of
    ]
    for version in p.money.contract_lines:
        number = int(version.contract_id[2:])
        if number >= 9000 or version.signed_at is None:
            continue
        current = version is last[version.contract_line_id]
        stale = version.contract_line_id in changed[:1]
        delivered = not current if stale else number % 3 != 0
        if delivered:
            psa.append(version)
        if number % 2 and current:
            # The ERP keeps one version, the current one, and numbers it 1.
            erp.append(replace(version, line_version=1, change_kind=None))
    for line_id in changed[:1]:
        p.record("C-03", f"line|{line_id}|psa", "the last change order never arrived")
    project_id = p.project(9030, "US01")
    contract = p.contract(9030)
    spot = Spot(p.firm)

    def sold(number: int, value: int = 100000, **more: object) -> ContractLine:
        return p.line(contract, number, "fixed_fee", project_id, transaction_price=Decimal(value), **more)

    def priced(version: ContractLine, value: Decimal | int, **more: object) -> ContractLine:
        return replace(version, transaction_price=Decimal(value), **more)  # type: ignore[arg-type]

    line = sold(1)
    psa.append(priced(line, 105000))
    erp.append(line)
    p.record("C-03", "line|K-9030-1|psa", "five per cent more", 5000, "USD")
    p.spare("C-03", "line|K-9030-1|erp", "the same")
    line = sold(2, 80000)
    ordered = replace(
        line, line_version=2, transaction_price=Decimal(100000), signed_at=p.ago(30), valid_from=p.ago(28),
        change_kind="change_order",
    )  # fmt: skip
    p.money.contract_lines[-1] = replace(line, valid_to=p.ago(28))
    p.money.contract_lines.append(ordered)
    psa.append(line)
    erp.append(replace(ordered, line_version=1, change_kind=None))
    p.record("C-03", "line|K-9030-2|psa", "the change order never arrived", 20000, "USD")
    p.spare("C-03", "line|K-9030-2|erp", "the same under another version number")
    line = sold(3)
    effective = line.valid_from or p.as_of
    rate = spot.rate("EUR", "USD", effective) or Decimal(1)
    euros = cents(Decimal(100000) / rate, "EUR")
    psa.append(priced(line, euros, currency="EUR"))
    erp.append(priced(line, euros * 2, currency="EUR"))
    p.spare("C-03", "line|K-9030-3|psa", "the same in euro")
    p.record("C-03", "line|K-9030-3|erp", "twice the value, in euro")
    line = sold(4)
    psa.append(priced(line, 100400))
    erp.append(priced(line, 99600))
    p.spare("C-03", "line|K-9030-4|psa", "0.4 per cent more")
    p.spare("C-03", "line|K-9030-4|erp", "0.4 per cent less")
    line = sold(5)
    psa.append(priced(line, 90000, currency="CHF"))
    erp.append(priced(line, 90000, signed_at=p.ago(3), valid_from=p.as_of + timedelta(days=10)))
    p.record("C-03", "line|K-9030-5|psa", "a currency without a spot rate: no stake")
    p.spare("C-03", "line|K-9030-5|erp", "differs from a day that is still to come")
    line = sold(6)
    psa.append(priced(line, 100501))
    p.record("C-03", "line|K-9030-6|psa", "just beyond the tolerance", 501, "USD")
    p.spare("C-03", "line|K-9030-6|erp", "the ERP does not have it")
    line = p.line(contract, 7, "expense", project_id, estimated_value=Decimal(5000))
    psa.append(replace(line, estimated_value=Decimal(9000)))
    p.spare("C-03", "line|K-9030-7|psa", "an expense line")
    # A letter of intent: what the others hold of it no signature covers.
    verbal = p.contract(9031)
    p.money.contracts[-1] = replace(verbal, signature_date=None, status="draft")
    line = p.line(verbal, 1, "time_and_materials", project_id, estimated_value=Decimal(30000), signed_at=None)
    psa.append(line)
    erp.append(replace(line, contract_line_id="K-9031-2", estimated_value=Decimal(45000)))
    p.record("C-03", "line|K-9031-1|psa", "not signed in the CRM", 30000, "USD")
    p.record("C-03", "line|K-9031-2|erp", "the CRM does not have it", 45000, "USD")
    p.money.line_copies = {"psa": psa, "erp": erp}
