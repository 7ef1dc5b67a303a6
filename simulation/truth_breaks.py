"""The answer sheet of the breaks: what twelve checks must say of a firm, from its event log alone. Part of the oracle.

Rules are those of BREAK_RULES.md. What was planted on purpose is not looked at.

truth = BreakTruth(build_firm("tiny", 1, faults=True))
truth.breaks                                # every failed item, with money, age and service level
truth.outcomes["B-01"]["milestone|M-0003-11"]  # passed, failed, not_yet_due or not_applicable, and why
truth.counts("B-01")                        # population, passed, failed, not_yet_due, not_applicable
truth.sheet()                               # all of it as plain JSON
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from simulation.events import Firm, Leave, TimeEntry
from simulation.money_events import BillingEvent, ContractLine, GlEntry, Invoice
from simulation.truth import APPROVED
from simulation.truth_backlog import committed, estimated
from simulation.truth_facts import Ground
from simulation.truth_money import EXACT, MINOR_UNIT, rounded
from simulation.truth_people import ONE_DAY, ZERO, covers
from simulation.truth_pricing import Rate
from simulation.truth_wip import RECURRING

RECORDED = (*APPROVED, "submitted")
SEVERITIES = ("low", "medium", "high", "critical")
BANDS = ((Decimal(50000), "critical"), (Decimal(10000), "high"), (Decimal(1000), "medium"))
SERVICE_DAYS = {"critical": 1, "high": 3, "medium": 5, "low": 10}
COST_OF_CAPITAL = Fraction(8, 100)
HEADLINE_KINDS = ("leak", "cash_delay")
TOLERANCE = Decimal("0.005")
HOURS_A_DAY, HOURS_A_WEEK = Decimal(24), Decimal(80)
CLOSED = ("planned", "on_hold", "closed", "cancelled")
PASSED, FAILED, NOT_YET_DUE, NOT_APPLICABLE = "passed", "failed", "not_yet_due", "not_applicable"


class Check(NamedTuple):
    rank: int
    kind: str
    severity: str
    grace: int
    team: str


CHECKS = {
    "C-01": Check(3, "cash_delay", "high", 1, "sales operations"),
    "C-03": Check(1, "misstatement", "high", 0, "sales operations"),
    "W-03": Check(1, "exposure", "high", 0, "human resources"),
    "W-08": Check(1, "misstatement", "high", 0, "human resources"),
    "T-02": Check(3, "cash_delay", "medium", 2, "delivery"),
    "T-03": Check(4, "misstatement", "high", 2, "integration"),
    "T-06": Check(4, "misstatement", "critical", 0, "integration"),
    "T-08": Check(3, "leak", "high", 0, "project office"),
    "T-15": Check(3, "exposure", "medium", 0, "delivery"),
    "R-01": Check(5, "leak", "critical", 0, "billing"),
    "R-03": Check(5, "exposure", "high", 0, "sales operations"),
    "B-01": Check(6, "cash_delay", "high", 3, "delivery"),
}


@dataclass(slots=True)
class Stake:
    """What one transaction is worth to one break. An amount of None is unknown, and said to be."""

    transaction: str
    amount: Decimal | None
    currency: str | None
    reporting: Decimal | None = None
    primary: Decimal | None = None
    headline: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    result: str
    reason: str | None = None


@dataclass(slots=True)
class Break:
    """A failed item. Amounts of the item are sums over its transactions, of those that are known."""

    check_id: str
    key: str
    finding: str
    event: date
    entity: str | None
    stakes: list[Stake]
    severity: str
    age: int
    display: tuple[Decimal, str] | None = None
    cash_delay_cost: Decimal | None = None

    @property
    def break_id(self) -> str:
        return hashlib.md5(f"{self.check_id}|{self.key}".encode(), usedforsecurity=False).hexdigest()

    @property
    def check(self) -> Check:
        return CHECKS[self.check_id]

    @property
    def order(self) -> tuple[int, date, str, str]:
        """Who claims a transaction first."""
        return self.check.rank, self.event, self.check_id, self.key

    @property
    def reporting(self) -> Decimal | None:
        return _known(stake.reporting for stake in self.stakes)

    @property
    def primary(self) -> Decimal | None:
        return _known(stake.primary for stake in self.stakes)

    @property
    def headline(self) -> Decimal | None:
        return _known(stake.headline for stake in self.stakes)

    @property
    def used(self) -> Fraction:
        """Share of the service level that is used up, counted from the day on which it could first be seen."""
        first_seen = self.check.grace + 1 if self.check.grace else 0
        return Fraction(self.age - first_seen, SERVICE_DAYS[self.severity])

    @property
    def status(self) -> str:
        if self.used >= 1:
            return "breached"
        return "warn" if self.used >= Fraction(4, 5) else "ok"


def _known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Sum of what is known; None where nothing is."""
    found = [amount for amount in amounts if amount is not None]
    return sum(found, ZERO) if found else None


def higher(severity: str, stake: Decimal | None) -> str:
    """The higher of a severity and the band of a stake in reporting currency."""
    for limit, band in BANDS:
        if stake is not None and stake >= limit:
            return max(severity, band, key=SEVERITIES.index)
    return severity


@dataclass(slots=True)
class Posting:
    event: BillingEvent
    invoice: Invoice
    posted: date


@dataclass(slots=True)
class Averages:
    """Money an hour by role and over all, from sums. What is given away says nothing of what an hour is worth."""

    money: dict[str | None, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    hours: dict[str | None, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    all_money: Decimal = ZERO
    all_hours: Decimal = ZERO

    def add(self, role: str | None, money: Decimal, hours: Decimal) -> None:
        if not money:
            return
        self.money[role] += money
        self.hours[role] += hours
        self.all_money += money
        self.all_hours += hours

    def hour(self, role: str | None) -> Decimal | None:
        money, hours = self.money.get(role, ZERO), self.hours.get(role, ZERO)
        if role is None or not hours:
            money, hours = self.all_money, self.all_hours
        return rounded(EXACT.divide(money, hours), 10) if hours else None


class BreakTruth:
    """Outcomes and breaks of one firm as of its own as-of date. A ground of the same firm may be passed."""

    def __init__(self, firm: Firm, ground: Ground | None = None) -> None:
        self.firm = firm
        self.ground = ground or Ground(firm)
        self.truth = self.ground.truth
        self.people = self.ground.people
        self.book = self.ground.book
        self.pricer = self.ground.pricer
        self.as_of = firm.as_of
        self.outcomes: dict[str, dict[str, Outcome]] = {check_id: {} for check_id in CHECKS}
        self.breaks: list[Break] = []
        self._location = {e.legal_entity_id: e.holiday_location for e in firm.legal_entities}
        self._closed = {
            (holiday.location, holiday.holiday_date)
            for holiday in firm.holidays
            if holiday.day_fraction is None or holiday.day_fraction >= 1
        }
        self._golden = {p.person_id: p.person_id if p.in_hris else p.psa_id for p in firm.people}
        self._known_projects = {project.project_id for project in firm.projects}
        self._leaves: dict[str, list[Leave]] = defaultdict(list)
        for leave in firm.leaves:
            self._leaves[leave.person_id].append(leave)
        self._days: dict[tuple[str | None, date], int] = {}
        self._lines: dict[str, ContractLine | None] = {}
        self._recorded = [
            entry
            for entry in self.truth.entries
            if entry.status in RECORDED and self.truth.category(entry) != "leave"
        ]
        self._postings = self._live_postings()
        self._contracts()
        self._line_values()
        self._employment()
        self._cost_rates()
        self._approvals()
        self._unposted()
        self._postings_twice()
        self._journals_twice()
        self._look_alikes()
        self._closed_projects()
        self._hours()
        self._prices()
        self._tied_rates()
        self._milestones()
        self._claim()

    def counts(self, check_id: str) -> dict[str, int]:
        found = Counter(outcome.result for outcome in self.outcomes[check_id].values())
        return {
            "population": sum(found.values()),
            **{result: found[result] for result in (PASSED, FAILED, NOT_YET_DUE, NOT_APPLICABLE)},
        }

    def find(self, check_id: str, key: str) -> Break | None:
        """The break of that item; None where it has none."""
        return next((b for b in self.breaks if (b.check_id, b.key) == (check_id, key)), None)

    # Days

    def business_days(self, after: date, until: date, entity: str | None) -> int:
        """Days after one day up to and including another that are no weekend and no whole holiday of the entity."""
        location = self._location.get(entity or "")
        count, day = 0, after
        while day < until:
            day += ONE_DAY
            count += day.weekday() < 5 and (location, day) not in self._closed
        return count

    def age(self, event: date, entity: str | None) -> int:
        if (entity, event) not in self._days:
            self._days[entity, event] = self.business_days(event, self.as_of, entity)
        return self._days[entity, event]

    # What every check writes

    def _skip(self, check_id: str, key: str, reason: str) -> None:
        self.outcomes[check_id][key] = Outcome(NOT_APPLICABLE, reason)

    def _pass(self, check_id: str, key: str) -> None:
        self.outcomes[check_id][key] = Outcome(PASSED)

    def _hold(
        self,
        check_id: str,
        key: str,
        finding: str,
        event: date,
        entity: str | None,
        stakes: list[Stake],
        severity: str | None = None,
        display: tuple[Decimal, str] | None = None,
    ) -> None:
        """The condition of a check holds for an item: it fails once the grace is over, and has not passed before."""
        check = CHECKS[check_id]
        age = self.age(event, entity)
        if event > self.as_of or (check.grace and age <= check.grace):
            self.outcomes[check_id][key] = Outcome(NOT_YET_DUE, "not yet due")
            return
        self.outcomes[check_id][key] = Outcome(FAILED, finding)
        for stake in stakes:
            stake.reporting = self._in_reporting(stake.amount, stake.currency)
        own = severity or check.severity
        worth = _known(stake.reporting for stake in stakes)
        self.breaks.append(
            Break(check_id, key, finding, event, entity, stakes, higher(own, worth), age, display)
        )

    def _in_reporting(self, amount: Decimal | None, currency: str | None) -> Decimal | None:
        if amount is None or currency is None:
            return None
        rate = self.ground.spot.rate(currency, self.firm.reporting_currency, self.as_of)
        if rate is None:
            return None
        return rounded(EXACT.multiply(amount, rate), MINOR_UNIT[self.firm.reporting_currency])

    # What is known of an entry

    def line(self, entry: TimeEntry) -> ContractLine | None:
        if entry.time_entry_id not in self._lines:
            self._lines[entry.time_entry_id] = self.book.line_for(
                entry.project_id, entry.task_id, entry.work_date
            )
        return self._lines[entry.time_entry_id]

    def value(self, entry: TimeEntry) -> tuple[Decimal | None, str | None]:
        """What the hours are worth: their price, else their standard price, else their standard cost."""
        line = self.line(entry)
        if line is not None and self._is_sold(entry):
            for rate_type in ("bill", "standard"):
                rate = self.pricer.of_entry(entry, line, rate_type)
                price = self.pricer.price(entry.hours, rate, line.currency)
                if price is not None:
                    return price, line.currency
        costs, currency, _ = self.truth.cost_of(entry)
        return costs["transaction"], currency

    def _is_sold(self, entry: TimeEntry) -> bool:
        return (
            entry.status != "rejected"
            and self.truth.category(entry) == "client"
            and self.truth.is_billable(entry)
        )

    def _worth(self, *entries: TimeEntry) -> list[Stake]:
        """A stake of the absolute value of each entry."""
        found = []
        for entry in entries:
            amount, currency = self.value(entry)
            known = None if amount is None else abs(amount)
            found.append(Stake(f"time|{entry.time_entry_id}", known, currency))
        return found

    def _entity_of_line(self, line_id: str, day: date) -> str:
        return self.book.entity_id(line_id, day)

    def _entity_of_work(self, entry: TimeEntry, day: date) -> str | None:
        """The contracting entity of the line, else the project's."""
        line = self.line(entry)
        if line is not None:
            return self._entity_of_line(line.contract_line_id, day)
        project = self.book.project_on(entry.project_id, day)
        return project.legal_entity_id if project else None

    def _employer(self, person_id: str, day: date, named: str | None = None) -> str | None:
        job = self.people.employment_of(person_id, day, named)
        return self.people.as_was(job, day)["legal_entity"] if job else None

    def _role(self, entry: TimeEntry) -> str | None:
        return self.pricer.role_and_region(entry.person_id, entry.work_date, entry.employment_id)[0]

    def _person(self, person_id: str) -> str:
        """HR's id; of people whom HR does not know the PSA's."""
        return self._golden.get(person_id, person_id)

    # C-01, C-03

    def _contracts(self) -> None:
        lines: dict[str, list[ContractLine]] = defaultdict(list)
        for line in self.book.last.values():
            lines[line.contract_id].append(line)
        for contract in self.firm.money.contracts:
            signed = contract.signature_date
            if signed is None or signed > self.as_of:
                continue
            key = f"contract|{contract.contract_id}"
            mine = lines[contract.contract_id]
            if contract.status in ("cancelled", "void"):
                self._skip("C-01", key, "cancelled")
            elif not mine:
                self._skip("C-01", key, "no line")
            elif any(line.project_id in self._known_projects for line in mine):
                self._pass("C-01", key)
            else:
                fees = sum(
                    (
                        line.period_fee or ZERO
                        for line in mine
                        if line.contract_type in ("retainer", "subscription")
                        and line.start_date <= self.as_of
                    ),
                    ZERO,
                )
                self._hold(
                    "C-01", key, "no_project", signed, contract.legal_entity_id,
                    [Stake(key, fees, contract.currency)],
                    display=(self._contracted(mine), contract.currency),
                )  # fmt: skip

    def _contracted(self, lines: list[ContractLine]) -> Decimal:
        """Total contract value on the as-of date."""
        total = ZERO
        for line in lines:
            version = self.book.signed(line.contract_line_id, self.as_of)
            if version is None or line.contract_type == "expense":
                continue
            if version.end_date is None or self.as_of <= version.end_date:
                total += committed(version) + estimated(version)
        return total

    def _line_values(self) -> None:
        """One item per line and other system. The highest version signed by the day speaks for each system."""
        copies: dict[str, dict[str, list[ContractLine]]] = {}
        for system, versions in self.firm.money.line_copies.items():
            of_line: dict[str, list[ContractLine]] = defaultdict(list)
            for version in sorted(versions, key=lambda version: version.line_version):
                of_line[version.contract_line_id].append(version)
            copies[system] = of_line
        golden = {line_id: self.book.signed(line_id, self.as_of) for line_id in self.book.last}
        known = {line_id for line_id, version in golden.items() if version is not None}
        for of_line in copies.values():
            known |= set(of_line)
        for line_id in sorted(known):
            for system, of_line in copies.items():
                self._compare(line_id, system, golden.get(line_id), of_line.get(line_id, []))

    def _compare(
        self, line_id: str, system: str, mine: ContractLine | None, versions: list[ContractLine]
    ) -> None:
        key = f"line|{line_id}|{system}"
        theirs = None
        for version in versions:
            contract = self.book.contracts.get(version.contract_id)
            since = version.signed_at or version.valid_from or (contract.signature_date if contract else None)
            if since is not None and since <= self.as_of:
                theirs = version
        if theirs is None:
            self._skip("C-03", key, "not in the other system")
            return
        if (mine or theirs).contract_type == "expense":
            self._skip("C-03", key, "expense line")
            return
        value = committed(theirs) + estimated(theirs)
        event = theirs.valid_from or theirs.signed_at or self.as_of
        if mine is None:
            contract = self.book.contracts.get(theirs.contract_id)
            entity = theirs.legal_entity_id or (contract.legal_entity_id if contract else None)
            self._hold(
                "C-03", key, "not_in_golden", event, entity,
                [Stake(f"line|{line_id}", abs(value), theirs.currency)],
            )  # fmt: skip
            return
        event = max(event, mine.valid_from or mine.signed_at or event)
        entity = self._entity_of_line(line_id, event)
        own = committed(mine) + estimated(mine)
        rate = self.ground.spot.rate(theirs.currency, mine.currency, event)
        if rate is None:
            self._hold(
                "C-03", key, "no_exchange_rate", event, entity,
                [Stake(f"line|{line_id}", None, mine.currency)],
            )  # fmt: skip
            return
        gap = abs(rounded(EXACT.multiply(value, rate), MINOR_UNIT[mine.currency]) - own)
        if gap > TOLERANCE * abs(own):
            self._hold("C-03", key, "differs", event, entity, [Stake(f"line|{line_id}", gap, mine.currency)])
        else:
            self._pass("C-03", key)

    # W-03, W-08

    def _employment(self) -> None:
        for entry in self._recorded:
            key = f"time|{entry.time_entry_id}"
            job = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            if job is None:
                self._skip("W-03", key, "unknown employment")
            elif covers(entry.work_date, job.valid_from, job.valid_to):
                self._pass("W-03", key)
            else:
                entity = self._employer(entry.person_id, entry.work_date, entry.employment_id)
                self._hold("W-03", key, "outside_employment", entry.work_date, entity, self._worth(entry))

    def _cost_rates(self) -> None:
        average = Averages()
        days: dict[tuple[str, date], list[TimeEntry]] = defaultdict(list)
        for entry in self._recorded:
            if entry.status not in APPROVED:
                continue
            days[entry.person_id, entry.work_date].append(entry)
            cost = self.truth.cost_of(entry)[0]["reporting"]
            if cost is not None:
                average.add(self._role(entry), cost, entry.hours)
        currency = self.firm.reporting_currency

        def stakes(entries: list[TimeEntry]) -> list[Stake]:
            found = []
            for entry in entries:
                hour = average.hour(self._role(entry))
                amount = None
                if hour is not None:
                    amount = rounded(EXACT.multiply(abs(entry.hours), hour), MINOR_UNIT[currency])
                found.append(Stake(f"time|{entry.time_entry_id}", amount, currency))
            return found

        for (person_id, day), entries in days.items():
            key = f"day|{self._person(person_id)}|{day}"
            missing = [entry for entry in entries if self.truth.rate_of(entry) is None]
            if not missing:
                self._pass("W-08", key)
                continue
            self._hold(
                "W-08", key, "no_cost_rate", day, self._employer(person_id, day),
                stakes(missing),
            )  # fmt: skip

    # T-02

    def _approvals(self) -> None:
        for entry in self.truth.entries:
            if entry.status not in ("submitted", "approved", "posted"):
                continue
            key = f"time|{entry.time_entry_id}"
            if entry.work_date > self.as_of:
                self._skip("T-02", key, "after the as-of date")
            elif entry.status != "submitted":
                self._pass("T-02", key)
            else:
                # The sheet is submitted on the evening on which it was entered.
                event = entry.entered_on
                self._hold(
                    "T-02", key, "not_approved", event, self._entity_of_work(entry, event), self._worth(entry)
                )

    # T-03

    def _unposted(self) -> None:
        """Approved time sold by the hour that stands on no invoice, whatever the state of that."""
        invoices = {invoice.invoice_id for invoice in self.firm.money.invoices}
        posted = {
            event.time_entry_id for event in self.firm.money.billing_events if event.invoice_id in invoices
        } - {None}
        live = {entry.time_entry_id for entry in self.truth.entries}
        for entry in self.truth.entries:
            if entry.status not in ("approved", "posted"):
                continue
            key = f"time|{entry.time_entry_id}"
            line = self.line(entry)
            if not posted & live:
                self._skip("T-03", key, "no system posts time")
            elif entry.work_date > self.as_of:
                self._skip("T-03", key, "after the as-of date")
            elif line is None or line.contract_type != "time_and_materials" or not self._is_sold(entry):
                self._skip("T-03", key, "not sold by the hour")
            else:
                price = self.pricer.price(entry.hours, self.pricer.of_entry(entry, line), line.currency)
                if not price:
                    self._skip("T-03", key, "no price" if price is None else "sold for nothing")
                elif entry.status == "posted" or entry.time_entry_id in posted:
                    self._pass("T-03", key)
                else:
                    event = entry.approved_on or entry.entered_on
                    fact = self.ground.line_fact("price", line.contract_line_id, entry.work_date, price)
                    sold, cost = fact.amounts["reporting"], self.truth.cost_of(entry)[0]["reporting"]
                    amount = None if sold is None else abs(sold + (cost or ZERO))
                    self._hold(
                        "T-03", key, "not_posted", event, self._entity_of_work(entry, entry.work_date),
                        [Stake(key, amount, self.firm.reporting_currency)],
                    )  # fmt: skip

    # T-06

    def _live_postings(self) -> dict[str, list[Posting]]:
        """Postings by source reference: on an invoice posted by the day and not released by then; in order."""
        invoices = {invoice.invoice_id: invoice for invoice in self.firm.money.invoices}
        released = {
            credit.reverses_invoice_id
            for credit in self.firm.money.invoices
            if credit.credit_reason == "rebill"
            and credit.status in ("posted", "paid")
            and credit.posting_date is not None
            and credit.posting_date <= self.as_of
        }
        found: dict[str, list[Posting]] = defaultdict(list)
        for event in self.firm.money.billing_events:
            invoice = invoices.get(event.invoice_id or "")
            reference = _reference(event)
            if invoice is None or reference is None or invoice.status not in ("posted", "paid"):
                continue
            posted = invoice.posting_date
            if posted is None or posted > self.as_of or invoice.invoice_id in released:
                continue
            found[reference].append(Posting(event, invoice, posted))
        for postings in found.values():
            postings.sort(key=lambda posting: (posting.posted, posting.event.billing_event_id))
        return found

    def _postings_twice(self) -> None:
        for key, postings in self._postings.items():
            if len(postings) == 1:
                self._pass("T-06", key)
                continue
            second = postings[1]
            line_id = second.event.contract_line_id
            entity = (
                self._entity_of_line(line_id, second.posted) if line_id else second.invoice.legal_entity_id
            )
            amount = abs(sum((posting.event.amount for posting in postings[1:]), ZERO))
            self._hold(
                "T-06", key, "posted_again", second.posted, entity,
                [Stake(key, amount, second.event.currency)],
            )  # fmt: skip

    def _journals_twice(self) -> None:
        documents: dict[str, dict[tuple[date, str], list[GlEntry]]] = defaultdict(lambda: defaultdict(list))
        for row in self.firm.money.gl_entries:
            if row.accounting_date <= self.as_of:
                key = f"journal|{row.legal_entity_id}|{row.entry_source}|{row.source_document}"
                documents[key][row.accounting_date, row.journal_id].append(row)
        for key, journals in documents.items():
            first, *later = sorted(journals)
            held, more = (
                _by_account(journals[first]),
                _by_account(r for name in later for r in journals[name]),
            )
            # What the later journals add in the direction of the first; a reversal adds nothing.
            again = sum((abs(more[a]) for a in held if held[a] * more.get(a, ZERO) > 0), ZERO) / 2
            if not again:
                self._pass("T-06", key)
                continue
            row = journals[first][0]
            self._hold(
                "T-06", key, "journal_again", later[0][0], row.legal_entity_id,
                [
                    Stake(key, rounded(again, MINOR_UNIT[row.currency]), row.currency)
                ],
            )  # fmt: skip

    def _look_alikes(self) -> None:
        corrected = {entry.corrects_id for entry in self.truth.entries if entry.corrects_id}
        alike: dict[tuple[object, ...], list[TimeEntry]] = defaultdict(list)
        for entry in self._recorded:
            note = (entry.note or "").strip()
            if not note:
                continue
            key = f"suspected|time|{entry.time_entry_id}"
            self._pass("T-06", key)
            if entry.corrects_id is None and entry.time_entry_id not in corrected:
                same = (entry.person_id, entry.project_id, entry.task_id, entry.work_date, entry.hours, note)
                alike[same].append(entry)
        for entries in alike.values():
            for entry in sorted(entries, key=lambda entry: entry.time_entry_id)[1:]:
                event = entry.entered_on
                self._hold(
                    "T-06", f"suspected|time|{entry.time_entry_id}", "suspected", event,
                    self._entity_of_work(entry, event), self._worth(entry), severity="low",
                )  # fmt: skip

    # T-08

    def _closed_projects(self) -> None:
        for entry in self._recorded:
            key = f"time|{entry.time_entry_id}"
            day = entry.work_date
            project = self.truth.version(entry.project_id, day)
            if project is None:
                self._skip("T-08", key, "unknown project")
                continue
            early = project.start_date is not None and day < project.start_date
            late = project.end_date is not None and day > project.end_date
            # A status without a date is only the present one.
            shut = project.status in CLOSED and project.valid_from is not None
            finding = f"project_{project.status}" if shut else "outside_dates"
            if shut or early or late:
                self._hold("T-08", key, finding, day, self._entity_of_work(entry, day), self._worth(entry))
            else:
                self._pass("T-08", key)

    # T-15

    def _is_day_off(self, entry: TimeEntry) -> bool:
        """Is the day whole-day approved leave or a whole public holiday of the employment that did the work?"""
        job = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
        if job is None:
            return False
        if (self.people.as_was(job, entry.work_date)["location"], entry.work_date) in self._closed:
            return True
        return any(
            leave.status == "approved"
            and leave.hours_per_day is None
            and leave.employment_id in (None, job.employment_id)
            and covers(entry.work_date, leave.valid_from, leave.valid_to)
            for leave in self._leaves.get(entry.person_id, [])
        )

    def _hours(self) -> None:
        days: dict[tuple[str, date], list[TimeEntry]] = defaultdict(list)
        weeks: dict[tuple[str, date], list[TimeEntry]] = defaultdict(list)
        for entry in self._recorded:
            if self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id) is None:
                continue
            days[entry.person_id, entry.work_date].append(entry)
            monday = entry.work_date - timedelta(days=entry.work_date.weekday())
            weeks[entry.person_id, monday].append(entry)
        for (person_id, day), entries in days.items():
            key = f"day|{self._person(person_id)}|{day}"
            finding = self._impossible(entries)
            if finding is None:
                self._pass("T-15", key)
            else:
                self._hold("T-15", key, finding, day, self._employer(person_id, day), self._worth(*entries))
        for (person_id, monday), entries in weeks.items():
            key = f"week|{self._person(person_id)}|{monday}"
            if sum((entry.hours for entry in entries), ZERO) <= HOURS_A_WEEK:
                self._pass("T-15", key)
                continue
            last = max(entry.work_date for entry in entries)
            self._hold(
                "T-15", key, "over_80_hours", last, self._employer(person_id, last), self._worth(*entries)
            )

    def _impossible(self, entries: list[TimeEntry]) -> str | None:
        net = sum((entry.hours for entry in entries), ZERO)
        if net > HOURS_A_DAY:
            return "over_24_hours"
        if net < 0:
            return "below_zero"
        if any(entry.hours < 0 and entry.corrects_id is None for entry in entries):
            return "negative_entry"
        ordinary = (e.hours for e in entries if e.work_type != "overtime" and self._is_day_off(e))
        return "day_off" if sum(ordinary, ZERO) > 0 else None

    #

    def _prices(self) -> None:
        average = Averages()
        unpriced: list[tuple[TimeEntry, ContractLine | None, Rate | None]] = []
        for entry in self._recorded:
            if "billable" not in self.truth.hours_of(entry):
                continue
            line = self.line(entry)
            if line is not None and line.contract_type != "time_and_materials":
                continue
            rate = self.pricer.of_entry(entry, line) if line else None
            if line is None or rate is None or rate.unit is None:
                unpriced.append((entry, line, rate))
                continue
            self._pass("R-01", f"time|{entry.time_entry_id}")
            price = self.pricer.price(entry.hours, rate, line.currency)
            fact = self.ground.line_fact("price", line.contract_line_id, entry.work_date, price)
            if fact.amounts["reporting"] is not None:
                average.add(self._role(entry), fact.amounts["reporting"], entry.hours)
        for entry, line, rate in unpriced:
            finding = "no_line" if line is None else "no_rate" if rate is None else "zero_without_reason"
            self._hold(
                "R-01", f"time|{entry.time_entry_id}", finding, entry.work_date,
                self._entity_of_work(entry, entry.work_date),
                [self._instead(entry, line, average)],
            )  # fmt: skip

    def _instead(self, entry: TimeEntry, line: ContractLine | None, average: Averages) -> Stake:
        """What unpriced hours are worth: at the standard price, else at the average price of the role."""
        key = f"time|{entry.time_entry_id}"
        if line is not None:
            standard = self.pricer.of_entry(entry, line, "standard")
            price = self.pricer.price(abs(entry.hours), standard, line.currency)
            if price is not None:
                return Stake(key, price, line.currency)
        currency = self.firm.reporting_currency
        hour = average.hour(self._role(entry))
        if hour is None:
            return Stake(key, None, currency)
        return Stake(key, rounded(EXACT.multiply(abs(entry.hours), hour), MINOR_UNIT[currency]), currency)

    def _tied_rates(self) -> None:
        lost: dict[str, list[tuple[TimeEntry, ContractLine, Decimal]]] = defaultdict(list)
        for entry in self._recorded:
            line = self.line(entry)
            if line is None or line.contract_type not in ("time_and_materials", "retainer"):
                continue
            if entry.work_date > self.as_of or "billable" not in self.truth.hours_of(entry):
                continue
            rate = self.pricer.of_entry(entry, line)
            if rate is None or not rate.is_ambiguous:
                continue
            (_, best), *others = self.pricer.contest(entry, line)
            for card, other in others:
                lost[card.rate_card_row_id].append((entry, line, abs(best - other)))
        for card in self.firm.money.rate_cards:
            if card.rate_type != "bill":
                continue
            key = f"card|{card.rate_card_row_id}"
            met = sorted(lost[card.rate_card_row_id], key=lambda m: (m[0].work_date, m[0].time_entry_id))
            if not met:
                self._pass("R-03", key)
                continue
            first = met[0][0]
            self._hold(
                "R-03", key, "tied", first.work_date, self._entity_of_work(first, first.work_date),
                [
                    Stake(
                        f"time|{entry.time_entry_id}",
                        rounded(EXACT.multiply(abs(entry.hours), gap), MINOR_UNIT[line.currency]),
                        line.currency,
                    )
                    for entry, line, gap in met
                ],
            )  # fmt: skip

    # B-01

    def _milestones(self) -> None:
        for stone in self.firm.money.milestones:
            version = (
                self.book.signed(stone.contract_line_id, self.as_of)
                if stone.contract_line_id in self.book.versions
                else None
            )
            if version is None or stone.represents == "task" or not stone.amount:
                continue
            key = f"milestone|{stone.milestone_id}"
            completed, accepted = stone.completed_date, stone.accepted_date
            event = accepted if version.acceptance_required else completed
            if completed is None or completed > self.as_of:
                self._skip("B-01", key, "not complete")
            elif event is None or event > self.as_of:
                self._skip("B-01", key, "acceptance is awaited")
            elif key in self._postings:
                self._pass("B-01", key)
            else:
                self._hold(
                    "B-01", key, "not_invoiced", event, self._entity_of_line(stone.contract_line_id, event),
                    [
                        Stake(key, stone.amount, version.currency)
                    ],
                )  # fmt: skip

    # Money once

    def _claim(self) -> None:
        self.breaks.sort(key=lambda found: found.order)
        by_kind: dict[tuple[str, str], Decimal] = {}
        by_headline: dict[str, Decimal] = {}
        for found in self.breaks:
            kind = found.check.kind
            for stake in found.stakes:
                if stake.reporting is None:
                    continue
                name = (kind, stake.transaction)
                claimed = by_kind.get(name, ZERO)
                stake.primary = max(ZERO, stake.reporting - claimed)
                by_kind[name] = max(claimed, stake.reporting)
                stake.headline = ZERO
                if kind in HEADLINE_KINDS:
                    claimed = by_headline.get(stake.transaction, ZERO)
                    stake.headline = max(ZERO, stake.reporting - claimed)
                    by_headline[stake.transaction] = max(claimed, stake.reporting)
            if kind == "cash_delay" and found.primary is not None:
                cost = Fraction(found.primary) * COST_OF_CAPITAL * (self.as_of - found.event).days / 365
                exact = EXACT.divide(Decimal(cost.numerator), Decimal(cost.denominator))
                found.cash_delay_cost = rounded(exact, MINOR_UNIT[self.firm.reporting_currency])

    # The sheet

    def sheet(self) -> dict[str, object]:
        """Counts and outcomes by check, and every break; amounts and dates as text."""
        return {
            "as_of": self.as_of.isoformat(),
            "reporting_currency": self.firm.reporting_currency,
            "checks": {
                check_id: {
                    **self.counts(check_id),
                    "items": {
                        key: [outcome.result, outcome.reason] for key, outcome in sorted(outcomes.items())
                    },
                }
                for check_id, outcomes in self.outcomes.items()
            },
            "breaks": [_row(found) for found in self.breaks],
            "planted": [
                {
                    "check_id": fault.check_id,
                    "item_key": fault.item_key,
                    "kind": fault.kind,
                    "what": fault.what,
                    "stake": _text(fault.stake),
                    "currency": fault.currency,
                }
                for fault in self.firm.faults
            ],
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _row(found: Break) -> dict[str, object]:
    check = found.check
    return {
        "break_id": found.break_id,
        "check_id": found.check_id,
        "item_key": found.key,
        "finding": found.finding,
        "event_date": found.event.isoformat(),
        "owner_entity": found.entity,
        "owner_team": check.team,
        "rank": check.rank,
        "stake_kind": check.kind,
        "severity": found.severity,
        "age": found.age,
        "grace": check.grace,
        "service_level": found.status,
        "stake_reporting": _text(found.reporting),
        "primary": _text(found.primary),
        "headline": _text(found.headline),
        "cash_delay_cost": _text(found.cash_delay_cost),
        "display": [_text(found.display[0]), found.display[1]] if found.display else None,
        "stakes": [
            {
                "transaction": stake.transaction,
                "amount": _text(stake.amount),
                "currency": stake.currency,
                "reporting": _text(stake.reporting),
                "primary": _text(stake.primary),
                "headline": _text(stake.headline),
            }
            for stake in found.stakes
        ],
    }


def _reference(event: BillingEvent) -> str | None:
    """Key of what a billing event bills; None where it bills nothing of its own."""
    for kind, subject in (
        ("time", event.time_entry_id),
        ("expense", event.expense_id),
        ("milestone", event.milestone_id),
    ):
        if subject:
            return f"{kind}|{subject}"
    if event.kind in RECURRING:
        return f"fee|{event.contract_line_id}|{event.kind}|{event.period_start}"
    return None


def _by_account(rows: Iterable[GlEntry]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.account_id] = found.get(row.account_id, ZERO) + row.amount
    return found
