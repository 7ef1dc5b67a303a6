"""A handful of people through a year, day by day: breaks open, age, change their amount, are resolved and come back.

for day, firm in states(seed=1, days=60):   # the firm as its systems show it on that day; firm.as_of is the day
    write_extracts(firm, folder)
expected(seed=1, days=60)   # {(check id, item key): [StatusEvent(day, "opened", stake), ...]}, from the script itself

The script repeats every three weeks with records of its own, so that a month holds every story once. All money is in
US dollars and every average is constant: an amount changes only where the script says so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from simulation.events import (
    AttributeRow,
    CostRate,
    Customer,
    Employment,
    Firm,
    FxRate,
    Leave,
    Person,
    Practice,
    ProjectVersion,
    TimeEntry,
)
from simulation.money_events import (
    BillingEvent,
    Contract,
    ContractLine,
    Invoice,
    InvoiceLine,
    Milestone,
    RateCard,
)
from simulation.organisation import LEGAL_ENTITIES, calendars, holidays
from simulation.people import new_employment, person
from simulation.plan import PersonPlan
from simulation.window import Window

BEGIN, FIRST_DAY = date(2025, 7, 1), date(2025, 7, 7)
DAYS = 365
ROUND = 21
ONE_DAY = timedelta(days=1)
COST, PRICE, STANDARD = Decimal(60), Decimal(150), Decimal(160)
WORKER, TRAINEE, LEAVER, DOUBLED, CORRECTING, TIED = (
    "E-0001", "E-0002", "E-0003", "E-0005", "E-0006", "E-0008",
)  # fmt: skip
MONEY_TABLES = (
    "contracts",
    "contract_lines",
    "rate_cards",
    "milestones",
    "billing_events",
    "invoices",
    "invoice_lines",
)


class StatusEvent(NamedTuple):
    """What happens to a break on a day, and its stake in US dollars from then on (None once it is resolved)."""

    day: date
    what: str
    stake: Decimal | None


Expected = dict[tuple[str, str], list[StatusEvent]]


class Script:
    """Every record with its states by day, and what each break is expected to go through."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"yearly {seed}")
        self.rows: dict[str, dict[str, list[tuple[date, object]]]] = {}
        self.expected: Expected = {}
        window = Window(BEGIN, FIRST_DAY + timedelta(days=DAYS))
        self._free = {
            holiday.holiday_date
            for holiday in holidays(window)
            if holiday.location == "New York" and holiday.day_fraction in (None, Decimal(1))
        }
        self._standing()
        for number in range(DAYS // ROUND + 1):
            start = FIRST_DAY + timedelta(days=number * ROUND)
            for story in (
                self._approval,
                self._milestone,
                self._cost_rate,
                self._project_of_contract,
                self._closed_project,
                self._leaver,
                self._retry,
                self._zero_rate,
                self._tied_rate,
                self._line_value,
                self._negative_entry,
            ):
                story(number, start + timedelta(days=self.rng.randrange(3)))

    # Records and expectations

    def put(self, table: str, row_id: str, day: date, record: object) -> None:
        """From that day on the record looks like this; None: it is gone."""
        self.rows.setdefault(table, {}).setdefault(row_id, []).append((day, record))

    def on(self, table: str, day: date) -> list[object]:
        found = []
        for history in self.rows.get(table, {}).values():
            seen = [record for when, record in history if when <= day]
            if seen and seen[-1] is not None:
                found.append(seen[-1])
        return found

    def expect(self, check_id: str, key: str, *events: tuple[date, str, Decimal | int | None]) -> None:
        """Opened becomes reopened where the break was there before."""
        known = self.expected.setdefault((check_id, key), [])
        for day, what, stake in events:
            again = "reopened" if what == "opened" and known else what
            known.append(StatusEvent(day, again, None if stake is None else Decimal(stake)))

    def overdue(self, event: date, grace: int) -> date:
        """First day on which more business days than the grace have passed."""
        day, passed = event, 0
        while passed <= grace:
            day += ONE_DAY
            passed += day.weekday() < 5 and day not in self._free
        return day

    def workday(self, day: date) -> date:
        """That day, or the day after a public holiday."""
        return day + ONE_DAY if day in self._free else day

    def _hours(self) -> Decimal:
        return Decimal(self.rng.randrange(4, 9))

    def entry(self, entry_id: str, who: str, day: date, hours: Decimal, project_id: str = "P-1") -> TimeEntry:
        return TimeEntry(
            entry_id, who, None, project_id, None, day, hours, "approved", True, None, None, day, day, False
        )

    def _project(self, project_id: str, since: date) -> None:
        self.put("projects", project_id, since, _project(project_id))

    def _line(self, line_id: str, kind: str, project_id: str | None, **changes: object) -> ContractLine:
        contract_id = line_id.rsplit("-", 1)[0]
        plain = ContractLine(
            line_id, 1, contract_id, project_id, line_id, kind, "USD", BEGIN, None, BEGIN, BEGIN
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def _standing(self) -> None:
        """Two contracts, the rates, and an hour of ordinary work a week."""
        for number, kind, value in (
            (1, "time_and_materials", "estimated_value"),
            (2, "milestone", "transaction_price"),
        ):
            self._project(f"P-{number}", BEGIN)
            self.put("contracts", f"K-{number}", BEGIN, _contract(f"K-{number}", BEGIN))
            line = self._line(f"K-{number}-1", kind, f"P-{number}", **{value: Decimal(60000)})
            self.put("contract_lines", line.contract_line_id, BEGIN, line)
            self.put("psa_lines", line.contract_line_id, BEGIN, line)
        for role, rate in (("Consultant", COST), ("Trainee", None)):
            if rate is not None:
                self.put(
                    "cost_rates", f"CR-{role}", BEGIN, CostRate(f"CR-{role}", "role", rate, "USD", role=role)
                )
            for rate_type, price in (("bill", PRICE), ("standard", STANDARD)):
                row_id = f"RC-{role}-{rate_type}"
                card = RateCard(row_id, rate_type, "firm", None, price, "USD", role=role)
                self.put("rate_cards", row_id, BEGIN, card)
        for week in range(DAYS // 7 + 1):
            day = self.workday(FIRST_DAY + timedelta(days=week * 7))
            self.put(
                "time_entries",
                f"TE-O-{week:02d}",
                day,
                self.entry(f"TE-O-{week:02d}", WORKER, day, Decimal(1)),
            )

    # The stories

    def _approval(self, number: int, day: date) -> None:
        """Submitted, approved late, the approval withdrawn, the hours corrected, approved again. Another is on time."""
        hours = self._hours()
        entry_id = f"TE-A-{number:02d}"
        waiting = self.entry(entry_id, WORKER, day, hours)._replace(status="submitted", approved_on=None)
        approved, withdrawn, corrected, done = (day + timedelta(days=n) for n in (8, 11, 13, 15))
        self.put("time_entries", entry_id, day, waiting)
        self.put(
            "time_entries", entry_id, approved, waiting._replace(status="approved", approved_on=approved)
        )
        self.put("time_entries", entry_id, withdrawn, waiting)
        self.put("time_entries", entry_id, corrected, waiting._replace(hours=hours - 2))
        final = waiting._replace(hours=hours - 2, status="approved", approved_on=done)
        self.put("time_entries", entry_id, done, final)
        self.expect(
            "T-02", f"time|{entry_id}",
            (self.overdue(day, 2), "opened", hours * PRICE),
            (approved, "resolved", None),
            (withdrawn, "opened", hours * PRICE),
            (corrected, "amount_changed", (hours - 2) * PRICE),
            (done, "resolved", None),
        )  # fmt: skip
        prompt = f"TE-B-{number:02d}"
        in_time = waiting._replace(time_entry_id=prompt)
        self.put("time_entries", prompt, day, in_time)
        next_day = day + ONE_DAY
        self.put("time_entries", prompt, next_day, in_time._replace(status="approved", approved_on=next_day))

    def _milestone(self, number: int, day: date) -> None:
        """Complete, worth more on second thought, invoiced, the invoice credited, rebilled."""
        amount = Decimal(self.rng.randrange(4, 30) * 500)
        stone_id = f"M-{number:02d}"
        changed, invoiced, credited, rebilled = (day + timedelta(days=n) for n in (9, 12, 16, 18))
        stone = Milestone(stone_id, "P-2", "K-2-1", "Part", amount, "USD", day, day, None)
        self.put("milestones", stone_id, day, stone)
        self.put("milestones", stone_id, changed, replace(stone, amount=amount + 750))
        for when, invoice_id in ((invoiced, f"I-M-{number:02d}"), (rebilled, f"I-M-{number:02d}-R")):
            self._invoice(when, invoice_id, "K-2-1", "milestone", amount + 750, milestone_id=stone_id)
        self._release(credited, f"I-M-{number:02d}", amount + 750)
        self.expect(
            "B-01", f"milestone|{stone_id}",
            (self.overdue(day, 3), "opened", amount),
            (changed, "amount_changed", amount + 750),
            (invoiced, "resolved", None),
            (credited, "opened", amount + 750),
            (rebilled, "resolved", None),
        )  # fmt: skip

    def _invoice(
        self, day: date, invoice_id: str, line_id: str, kind: str, amount: Decimal, **subject: str
    ) -> None:
        contract_id = line_id.rsplit("-", 1)[0]
        project_id = f"P-{contract_id[2:]}"
        row_id = f"{invoice_id}-1"
        self.put("invoices", invoice_id, day, _invoice(invoice_id, contract_id, day, amount))
        self.put(
            "invoice_lines", row_id, day,
            InvoiceLine(row_id, invoice_id, 1, line_id, project_id, kind, Decimal(1), amount, Decimal(0), "4000"),
        )  # fmt: skip
        event = BillingEvent(
            f"B-{invoice_id}", kind, line_id, project_id, amount, "USD", "invoiced",
            invoice_id=invoice_id, invoice_line_id=row_id,
        )  # fmt: skip
        self.put("billing_events", event.billing_event_id, day, replace(event, **subject))  # type: ignore[arg-type]

    def _release(self, day: date, invoice_id: str, amount: Decimal) -> None:
        credit_id = f"CN-{invoice_id}"
        wrong = _invoice(credit_id, "K-1" if "-T-" in invoice_id else "K-2", day, -amount)
        credit = replace(wrong, kind="credit_note", reverses_invoice_id=invoice_id, credit_reason="rebill")
        self.put("invoices", credit_id, day, credit)

    def _cost_rate(self, number: int, day: date) -> None:
        """A trainee works without a cost rate, which HR adds a week later."""
        hours = self._hours()
        added = day + timedelta(days=6)
        entry_id = f"TE-C-{number:02d}"
        self.put("time_entries", entry_id, day, self.entry(entry_id, TRAINEE, day, hours))
        rate_id = f"CR-{number:02d}"
        self.put(
            "cost_rates", rate_id, added,
            CostRate(
                rate_id, "employee", COST, "USD", person_id=TRAINEE, valid_from=day,
                valid_to=day + timedelta(days=5),
            ),
        )  # fmt: skip
        self.expect("W-08", f"day|{TRAINEE}|{day}", (day, "opened", hours * COST), (added, "resolved", None))

    def _project_of_contract(self, number: int, day: date) -> None:
        """Signed without a project, which is set up a week later, lost, and set up again."""
        fee = Decimal(self.rng.randrange(2, 20) * 300)
        contract_id, line_id, project_id = f"K-1{number:02d}", f"K-1{number:02d}-1", f"P-1{number:02d}"
        found, lost, again = (day + timedelta(days=n) for n in (9, 14, 17))
        line = self._line(
            line_id, "retainer", None, period_fee=fee, transaction_price=fee * 12, start_date=day, signed_at=day,
            valid_from=day, end_date=day + timedelta(days=364),
        )  # fmt: skip
        self.put("contracts", contract_id, day, replace(_contract(contract_id, day), start_date=day))
        self._project(project_id, found)
        for when, project in ((day, None), (found, project_id), (lost, None), (again, project_id)):
            self.put("contract_lines", line_id, when, replace(line, project_id=project))
        self.expect(
            "C-01", f"contract|{contract_id}",
            (self.overdue(day, 1), "opened", fee),
            (found, "resolved", None),
            (lost, "opened", fee),
            (again, "resolved", None),
        )  # fmt: skip

    def _closed_project(self, number: int, day: date) -> None:
        """Work on a project on hold; the hold turns out to have been a mistake."""
        hours = self._hours()
        project_id, entry_id = f"P-2{number:02d}", f"TE-D-{number:02d}"
        mended = day + timedelta(days=10)
        self._project(project_id, day)
        project = _project(project_id)
        hold = day + ONE_DAY
        self.put("projects", project_id, hold, replace(project, valid_to=hold))
        self.put(
            "projects", f"{project_id} on hold", hold, replace(project, status="on_hold", valid_from=hold)
        )
        self.put("projects", project_id, mended, project)
        self.put("projects", f"{project_id} on hold", mended, None)
        worked = self.workday(day + timedelta(days=2))
        entry = self.entry(entry_id, WORKER, worked, hours, project_id)._replace(is_billable=False)
        self.put("time_entries", entry_id, worked, entry)
        self.expect("T-08", f"time|{entry_id}", (worked, "opened", hours * COST), (mended, "resolved", None))

    def _leaver(self, number: int, day: date) -> None:
        """Time of somebody who left; the entry is corrected and in the end deleted."""
        hours = self._hours()
        entry_id = f"TE-E-{number:02d}"
        corrected, deleted = day + timedelta(days=4), day + timedelta(days=9)
        entry = self.entry(entry_id, LEAVER, day, hours)
        self.put("time_entries", entry_id, day, entry)
        self.put("time_entries", entry_id, corrected, entry._replace(hours=hours - 1))
        self.put("time_entries", entry_id, deleted, entry._replace(hours=hours - 1, is_deleted=True))
        self.expect(
            "W-03", f"time|{entry_id}",
            (day, "opened", hours * PRICE),
            (corrected, "amount_changed", (hours - 1) * PRICE),
            (deleted, "resolved", None),
        )  # fmt: skip

    def _retry(self, number: int, day: date) -> None:
        """An invoice that was sent twice, then a third time, until both copies are credited."""
        hours = self._hours()
        entry_id, invoice_id = f"TE-F-{number:02d}", f"I-T-{number:02d}"
        self.put("time_entries", entry_id, day, self.entry(entry_id, DOUBLED, day, hours))
        amount = hours * PRICE
        first, second, third, credited = (day + timedelta(days=n) for n in (4, 5, 7, 10))
        for when, mark in ((first, ""), (second, "-D"), (third, "-E")):
            self._invoice(when, invoice_id + mark, "K-1-1", "time", amount, time_entry_id=entry_id)
        for mark in ("-D", "-E"):
            self._release(credited, invoice_id + mark, amount)
        self.expect(
            "T-06", f"time|{entry_id}",
            (second, "opened", amount),
            (third, "amount_changed", amount * 2),
            (credited, "resolved", None),
        )  # fmt: skip

    def _zero_rate(self, number: int, day: date) -> None:
        """A price of zero without its reason, with it, without it, and with it again."""
        hours = self._hours()
        entry_id, row_id = f"TE-G-{number:02d}", f"RC-G-{number:02d}"
        given, taken, final = (day + timedelta(days=n) for n in (4, 8, 11))
        self.put("time_entries", entry_id, day, self.entry(entry_id, WORKER, day, hours))
        card = RateCard(row_id, "bill", "override", entry_id, Decimal(0), "USD", approved_by=DOUBLED)
        for when, reason in ((day, None), (given, "goodwill"), (taken, None), (final, "goodwill")):
            self.put("rate_cards", row_id, when, replace(card, zero_rate_reason=reason))
        self.expect(
            "R-01", f"time|{entry_id}",
            (day, "opened", hours * STANDARD),
            (given, "resolved", None),
            (taken, "opened", hours * STANDARD),
            (final, "resolved", None),
        )  # fmt: skip

    def _tied_rate(self, number: int, day: date) -> None:
        """A second row for the same work; its hours are corrected, then the row is withdrawn."""
        hours = self._hours()
        entry_id = f"TE-H-{number:02d}"
        entry = self.entry(entry_id, TIED, day, hours)
        tied, corrected, withdrawn = (day + timedelta(days=n) for n in (2, 5, 9))
        self.put("time_entries", entry_id, day, entry)
        self.put("time_entries", entry_id, corrected, entry._replace(hours=hours + 1))
        for place, (rate, since) in enumerate(((100, day), (120, tied)), start=1):
            row_id = f"RC-H-{number:02d}-{place}"
            card = RateCard(
                row_id, "bill", "project", "P-1", Decimal(rate), "USD", person_id=TIED, valid_from=day,
                valid_to=day + ONE_DAY,
            )  # fmt: skip
            self.put("rate_cards", row_id, since, card)
        self.put("rate_cards", row_id, withdrawn, None)
        self.expect(
            "R-03", f"card|{row_id}",
            (tied, "opened", hours * 20),
            (corrected, "amount_changed", (hours + 1) * 20),
            (withdrawn, "resolved", None),
        )  # fmt: skip

    def _line_value(self, number: int, day: date) -> None:
        """The PSA's copy of one line goes wrong, differently wrong, and right, again and again."""
        line = self._line("K-1-1", "time_and_materials", "P-1", estimated_value=Decimal(60000))
        wrong, otherwise, right = (day + timedelta(days=n) for n in (2, 5, 7))
        gap = self.rng.randrange(1, 20) * 1000
        for when, more in ((wrong, gap), (otherwise, gap + 500), (right, 0)):
            self.put("psa_lines", "K-1-1", when, replace(line, estimated_value=Decimal(60000 + more)))
        self.expect(
            "C-03", "line|K-1-1|psa",
            (wrong, "opened", gap),
            (otherwise, "amount_changed", gap + 500),
            (right, "resolved", None),
        )  # fmt: skip

    def _negative_entry(self, number: int, day: date) -> None:
        """An hour taken off without saying what it corrects."""
        hours = self._hours()
        whole, part = f"TE-I-{number:02d}", f"TE-J-{number:02d}"
        entry = self.entry(whole, CORRECTING, day, hours)
        self.put("time_entries", whole, day, entry)
        taken, said = day + timedelta(days=2), day + timedelta(days=6)
        off = entry._replace(time_entry_id=part, hours=Decimal(-1), entered_on=taken, approved_on=taken)
        self.put("time_entries", part, taken, off)
        self.put("time_entries", part, said, off._replace(corrects_id=whole))
        key = f"day|{CORRECTING}|{day}"
        self.expect("T-15", key, (taken, "opened", (hours + 1) * PRICE), (said, "resolved", None))

    # The firm on a day

    def firm(self, day: date) -> Firm:
        firm = Firm("yearly", 0, BEGIN, day)
        window = Window(BEGIN, day)
        american = replace(LEGAL_ENTITIES[0], holiday_location="New York")
        firm.legal_entities = [american]
        firm.practices = [Practice("DATA", "Data", None)]
        firm.calendar_days = [row for row in calendars(window) if row.calendar_id == "US-40"]
        year = Window(BEGIN, FIRST_DAY + timedelta(days=DAYS))
        firm.holidays = [row for row in holidays(year) if row.location == "New York"]
        firm.customers = [Customer("C-1", "Customer 0001", "10101", "linked", None, "US", "Public")]
        firm.fx_rates = [FxRate("GBP", "USD", "budget", date(2025, 1, 1), Decimal("1.3"))]
        for person_, employment, attributes in _people():
            firm.people.append(person_)
            firm.employments.append(employment)
            firm.attributes += attributes
        firm.leaves = [
            Leave("L-1", WORKER, None, None, "vacation", None, "approved", date(2025, 7, 3), date(2025, 7, 4))
        ]
        firm.time_entries = self.on("time_entries", day)  # type: ignore[assignment]
        firm.cost_rates = self.on("cost_rates", day)  # type: ignore[assignment]
        firm.projects = self.on("projects", day)  # type: ignore[assignment]
        for table in MONEY_TABLES:
            setattr(firm.money, table, self.on(table, day))
        firm.money.line_copies = {"psa": self.on("psa_lines", day)}  # type: ignore[dict-item]
        return firm


def _people() -> list[tuple[Person, Employment, list[AttributeRow]]]:
    found = []
    for number, role in (
        (1, "Consultant"),
        (2, "Trainee"),
        (3, "Consultant"),
        (5, "Consultant"),
        (6, "Consultant"),
        (8, "Consultant"),
    ):
        plan = PersonPlan(person(number), [])
        job = new_employment(plan, date(2021, 1, 4), "US01", "Apprentice", "DATA")
        job.set("role", job.start, role)
        if plan.person.person_id == LEAVER:
            job.end = BEGIN
        found.append((plan.person, job.employment(), job.rows()))
    return found


def _project(project_id: str) -> ProjectVersion:
    return ProjectVersion(
        project_id, f"Engagement {project_id}", "C-1", "DATA", "US01", "client", True, "USD", "active"
    )


def _contract(contract_id: str, signed: date) -> Contract:
    return Contract(
        contract_id, "C-1", f"Agreement {contract_id}", None, "US01", "USD", "active", signed, signed, None
    )


def _invoice(invoice_id: str, contract_id: str, day: date, amount: Decimal) -> Invoice:
    return Invoice(
        invoice_id, "US01", "10101", contract_id, "invoice", "posted", day, day, day + timedelta(days=30), "USD",
        amount, Decimal(0), amount,
    )  # fmt: skip


def states(seed: int = 1, days: int = DAYS) -> Iterator[tuple[date, Firm]]:
    """The first days of the year, one after the other, at most 365. Each firm is a whole log of its own."""
    script = Script(seed)
    for number in range(min(days, DAYS)):
        day = FIRST_DAY + timedelta(days=number)
        yield day, script.firm(day)


def expected(seed: int = 1, days: int = DAYS) -> Expected:
    """What each break goes through up to the last of those days, in order. Breaks that do not open are absent."""
    last = FIRST_DAY + timedelta(days=min(days, DAYS) - 1)
    found = {
        name: [event for event in events if event.day <= last]
        for name, events in Script(seed).expected.items()
    }
    return {name: events for name, events in found.items() if events}
