"""Contracted value, bookings, backlog and its roll-forward. Part of the oracle.

Rules are those of MONEY_RULES.md, chapters "Contracted value" and "Backlog".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from simulation.money_events import Assignment, ContractLine
from simulation.truth import UNASSIGNED
from simulation.truth_facts import CURRENCIES, Fact, Ground, Key
from simulation.truth_money import EXACT, MINOR_UNIT, rounded
from simulation.truth_people import ZERO

ONE_DAY = timedelta(days=1)
BALANCES = (
    "backlog_total",
    "backlog_hard",
    "backlog_soft",
    "backlog_scheduled",
    "backlog_unscheduled",
    "backlog_overrun",
    "tcv",
    "tcv_committed",
    "tcv_estimated",
    "acv",
)
ROLL_LINES = (
    "backlog_rollforward_opening",
    "backlog_rollforward_new_bookings",
    "backlog_rollforward_change_orders",
    "backlog_rollforward_re_estimates",
    "backlog_rollforward_cancellations",
    "backlog_rollforward_expiries",
    "backlog_rollforward_revenue",
    "backlog_rollforward_overrun",
    "backlog_rollforward_reclass",
    "backlog_rollforward_fx",
    "backlog_rollforward_closing",
)
RECURRING = ("retainer", "subscription")


def committed(version: ContractLine) -> Decimal:
    return (version.transaction_price or ZERO) + (version.minimum_commitment or ZERO)


def estimated(version: ContractLine) -> Decimal:
    """What is expected beyond the committed part; a cap is the estimate where nobody made one."""
    if version.estimated_value is not None:
        return version.estimated_value
    return max(ZERO, (version.nte_amount or ZERO) - committed(version))


@dataclass(frozen=True, slots=True)
class Balance:
    """Backlog of one line on one day, in contract currency."""

    total: Decimal
    hard: Decimal
    scheduled: Decimal
    overrun: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What the roll-forward of one line is made of on one day, in contract currency."""

    contracted: Decimal
    total: Decimal
    overrun: Decimal
    expired: Decimal


class BacklogTruth:
    """Backlog, contracted value and bookings by line; expense lines are never part of them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.firm = ground.firm
        self.book = ground.book
        self.lines = [
            line_id for line_id, last in sorted(self.book.last.items()) if last.contract_type != "expense"
        ]
        self._rates: dict[tuple[str, str, date], Decimal | None] = {}
        self._first_quote = min((rate.rate_date for rate in self.firm.fx_rates), default=self.firm.as_of)
        self._revenue: dict[str, list[tuple[date, Decimal]]] = {}
        for row in self.firm.money.revenue_lines:
            if row.status == "posted" and row.posting_date and row.recognized_amount is not None:
                self._revenue.setdefault(row.contract_line_id, []).append(
                    (row.posting_date, row.recognized_amount)
                )
        self._plan: dict[str, list[tuple[date, Decimal]]] = {}
        self._schedule_assignments()
        self._milestones: dict[str, list[tuple[date | None, date | None, Decimal]]] = {}
        for stone in self.firm.money.milestones:
            if stone.represents != "task":
                self._milestones.setdefault(stone.contract_line_id, []).append(
                    (stone.planned_date, stone.completed_date, stone.amount)
                )

    def recognized(self, line_id: str, day: date) -> Decimal:
        """Posted by that day."""
        return sum((amount for posted, amount in self._revenue.get(line_id, []) if posted <= day), ZERO)

    # Assignments

    def _schedule_assignments(self) -> None:
        for row in self.firm.money.assignments:
            if counts_as_booked(row) and row.is_billable is not False:
                for day, hours in assigned_days(row):
                    self._plan_day(row, day, hours)

    def _plan_day(self, row: Assignment, day: date, hours: Decimal) -> None:
        line = self.book.line_for(row.project_id, row.task_id, day)
        if line is None:
            return
        role, region = row.role, None
        if row.person_id is not None:
            known, region = self.ground.pricer.role_and_region(row.person_id, day)
            role = row.role or known
        rate = self.ground.pricer.rate(line, day, row.person_id, role, region)
        value = self.ground.pricer.price(hours, rate, line.currency)
        if value is not None:
            self._plan.setdefault(line.contract_line_id, []).append((day, value))

    # One line on one day

    def balance(self, line_id: str, day: date) -> Balance:
        version = self.book.signed(line_id, day)
        if version is None:
            return Balance(ZERO, ZERO, ZERO, ZERO)
        standing = self._standing(line_id, day)
        hard = min(standing.total, max(ZERO, self._firm_value(version, day) - self.recognized(line_id, day)))
        scheduled = min(standing.total, self._scheduled(version, day, standing.total))
        return Balance(standing.total, hard, scheduled, standing.overrun)

    def _standing(self, line_id: str, day: date) -> Standing:
        version = self.book.signed(line_id, day)
        if version is None:
            return Standing(ZERO, ZERO, ZERO, ZERO)
        done = self.recognized(line_id, day)
        whole = committed(version) + estimated(version)
        total, expired = max(ZERO, whole - done), ZERO
        if version.end_date is not None and day > version.end_date:
            # What was only expected has lapsed with the term.
            expired = total - max(ZERO, committed(version) - done)
            total -= expired
        return Standing(whole, total, max(ZERO, done - whole), expired)

    def _first_signed(self, line_id: str) -> date | None:
        signed = [self.book.taken_effect(version) for version in self.book.versions[line_id]]
        return min((day for day in signed if day is not None), default=None)

    def _firm_value(self, version: ContractLine, day: date) -> Decimal:
        """Committed value; of recurring lines only up to the day on which the customer may leave."""
        price = committed(version)
        if version.contract_type not in RECURRING or version.end_date is None:
            return price
        notice = self.book.contracts[version.contract_id].notice_days
        if version.termination_date is None and notice is None:
            return price
        leaves = day + timedelta(days=notice or 0)
        if version.termination_date is not None:
            leaves = max(leaves, version.termination_date)
        leaves = min(leaves, version.end_date)
        bound = max(0, (leaves - version.start_date).days + 1)
        term = (version.end_date - version.start_date).days + 1
        return rounded(
            EXACT.divide(EXACT.multiply(price, Decimal(bound)), Decimal(term)), MINOR_UNIT[version.currency]
        )

    def _scheduled(self, version: ContractLine, day: date, total: Decimal) -> Decimal:
        if version.contract_type in RECURRING:
            return total
        line_id = version.contract_line_id
        stones = [stone for stone in self._milestones.get(line_id, []) if stone[2]]
        if stones:
            return sum(
                (
                    amount
                    for planned, completed, amount in stones
                    if planned is not None and (completed is None or completed > day)
                ),
                ZERO,
            )
        return max(ZERO, sum((value for when, value in self._plan.get(line_id, []) if when > day), ZERO))

    # Balances

    def facts(self, day: date) -> list[Fact]:
        """Every balance of every line on that day, zeros included; converted at the spot of that day."""
        found: list[Fact] = []
        for line_id in self.lines:
            version = self.book.signed(line_id, day)
            if version is None:
                continue
            balance = self.balance(line_id, day)
            running = version.end_date is None or day <= version.end_date
            amounts = {
                "backlog_total": balance.total,
                "backlog_hard": balance.hard,
                "backlog_soft": balance.total - balance.hard,
                "backlog_scheduled": balance.scheduled,
                "backlog_unscheduled": balance.total - balance.scheduled,
                "backlog_overrun": balance.overrun,
                "tcv_committed": committed(version) if running else ZERO,
                "tcv_estimated": estimated(version) if running else ZERO,
                "acv": annual(version) if running else ZERO,
            }
            amounts["tcv"] = amounts["tcv_committed"] + amounts["tcv_estimated"]
            found += [
                self.ground.line_fact(measure, line_id, day, amount, day)
                for measure, amount in amounts.items()
            ]
        return found

    def values(
        self,
        metric: str,
        day: date,
        mode: str = "as_was",
        currency: str = "reporting",
        by: Sequence[str] = (),
    ) -> dict[Key, Decimal]:
        return self.ground.total(self.facts(day), mode, currency, by, (metric,))

    # Flows

    def bookings(self) -> list[Fact]:
        """bookings_tcv: what each signature added or took away, at the spot of its day."""
        return [
            replace(fact, measure="bookings_tcv")
            for line_id in self.lines
            for kind, fact in self._changes(line_id)
            if kind != "re_estimates"
        ]

    def _changes(self, line_id: str) -> list[tuple[str, Fact]]:
        """(roll-forward line, fact) of each version of a line."""
        found: list[tuple[str, Fact]] = []
        before = ZERO
        for place, version in enumerate(self.book.versions[line_id]):
            since = self.book.taken_effect(version)
            if since is None:
                continue
            value = committed(version) + estimated(version)
            kind = {"re_estimate": "re_estimates", "cancellation": "cancellations"}.get(
                version.change_kind or "", "change_orders"
            )
            if place == 0:
                kind = "new_bookings"
            found.append(
                (
                    kind,
                    self.ground.line_fact(
                        f"backlog_rollforward_{kind}", line_id, since, value - before, since,
                        item=f"{line_id} v{version.line_version}",
                    ),
                )
            )  # fmt: skip
            before = value
        return found

    def rollforward(self, after: date, until: date) -> list[Fact]:
        """All lines of the roll from the close of `after` to the close of `until`; the signed sum is zero-proof.

        opening + every other line = closing, per contract line and owner, in each currency mode in which no line of the
        roll lacks a rate. Opening is dated by the first day of the period and owned as at the day before it.
        """
        found: list[Fact] = []
        for line_id in self.lines:
            found += self._roll(line_id, after, until)
        return found

    def _roll(self, line_id: str, after: date, until: date) -> list[Fact]:
        first = self._first_signed(line_id)
        if first is None or first > until:
            return []
        found: list[Fact] = []
        opened = self._standing(line_id, after)
        if opened.total:
            opening = self._roll_line("opening", line_id, after, opened.total, after)
            found.append(replace(opening, day=after + ONE_DAY))
        changes = self._changes(line_id)
        day = max(first, after + ONE_DAY)
        while day <= until:
            found += self._roll_day(line_id, day, first, changes)
            day += ONE_DAY
        found.append(self._roll_line("closing", line_id, until, self._standing(line_id, until).total, until))
        return found

    def _roll_line(self, name: str, line_id: str, day: date, amount: Decimal, at_spot: date | None) -> Fact:
        return self.ground.line_fact(f"backlog_rollforward_{name}", line_id, day, amount, at_spot)

    def _roll_day(self, line_id: str, day: date, first: date, changes: list[tuple[str, Fact]]) -> list[Fact]:
        """What changed on one day, owned as of it and at its rates, and what exchange rates did."""
        yesterday = day - ONE_DAY
        old, new = self._standing(line_id, yesterday), self._standing(line_id, day)
        parts = [fact for _, fact in changes if fact.day == day]
        booked = sum((fact.amounts["transaction"] or ZERO for fact in parts), ZERO)
        # Versions signed in another order than they are numbered: what the bookings of the day do not say.
        elsewhere = new.contracted - old.contracted - booked
        for posted, amount in self._revenue.get(line_id, []):
            if posted == day:
                parts.append(self._roll_line("revenue", line_id, day, -amount, None))
            elif posted < day == first:
                # Recognized before anybody signed: it leaves the backlog with the signature.
                elsewhere -= amount
        parts += [
            self._roll_line("reclass", line_id, day, elsewhere, day),
            self._roll_line("overrun", line_id, day, new.overrun - old.overrun, day),
            self._roll_line("expiries", line_id, day, old.expired - new.expired, day),
        ]
        parts = [part for part in parts if part.amounts["transaction"]]
        kept = self._held(line_id, day, old.total, yesterday)
        effect = self._exchange_effect(line_id, [kept, *parts], day)
        if self._owner(line_id, yesterday) != self._owner(line_id, day) and old.total:
            given = self._held(line_id, yesterday, -old.total, yesterday)
            taken = self._held(line_id, day, old.total, yesterday)
            parts += [replace(given, day=day), taken]
        return [*parts, effect]

    def _held(self, line_id: str, day: date, amount: Decimal, rate_day: date) -> Fact:
        """What an owner gives or takes, or keeps overnight: at the last rate known on that day."""
        fact = self._roll_line("reclass", line_id, day, amount, rate_day)
        return replace(
            fact, amounts=self._last_known(amount, fact.currency, fact.functional_currency, rate_day)
        )

    def _last_known(self, amount: Decimal, currency: str, own: str, day: date) -> dict[str, Decimal | None]:
        """As `Ground.at_spot`, but over days without a rate with the last one before them, however old."""
        found = self.ground.at_spot(amount, currency, own, day)
        for mode, target in (("functional", own), ("reporting", self.firm.reporting_currency)):
            rate = self._last_rate(currency, target, day)
            found[mode] = None if rate is None else rounded(EXACT.multiply(amount, rate), 6)
        return found

    def _last_rate(self, source: str, target: str, day: date) -> Decimal | None:
        question = (source, target, day)
        if question not in self._rates:
            rate = None if target == UNASSIGNED else self.ground.spot.rate(source, target, day)
            earlier = day
            while rate is None and target != UNASSIGNED and earlier > self._first_quote:
                earlier -= ONE_DAY
                rate = self.ground.spot.rate(source, target, earlier)
            self._rates[question] = rate
        return self._rates[question]

    def _owner(self, line_id: str, day: date) -> tuple[object, ...]:
        """Everything by which backlog is grouped and that may change from one day to the next."""
        version = self.book.version_on(line_id, day)
        return (*self.book.side(line_id, day), version.contract_type, version.project_id)

    def _exchange_effect(self, line_id: str, parts: list[Fact], day: date) -> Fact:
        """Every part that has a rate of its own, at the last rate known on the day less at its own."""
        total = self._roll_line("fx", line_id, day, ZERO, day)
        effect = dict.fromkeys(CURRENCIES, ZERO)
        for part in parts:
            amount = part.amounts["transaction"]
            if not amount:
                continue
            closing = self._last_known(amount, part.currency, total.functional_currency, day)
            for mode in CURRENCIES:
                now, then = closing[mode], part.amounts[mode]
                if now is not None and then is not None:
                    effect[mode] += now - then
        return replace(total, amounts={**effect})


def annual(version: ContractLine) -> Decimal:
    """Committed value of a recurring line a year; of a term below a year the whole."""
    if version.contract_type not in RECURRING or version.end_date is None:
        return ZERO
    beyond = version.end_date + ONE_DAY
    months = (beyond.year - version.start_date.year) * 12 + beyond.month - version.start_date.month
    price = committed(version)
    if beyond.day == version.start_date.day:
        if months < 12:
            return price
        return rounded(EXACT.divide(EXACT.multiply(price, Decimal(12)), Decimal(months)), 6)
    days = (beyond - version.start_date).days
    if days < 365:
        return price
    return rounded(EXACT.divide(EXACT.multiply(price, Decimal(365)), Decimal(days)), 6)


def counts_as_booked(row: Assignment) -> bool:
    """Hard bookings; a requirement is no booking. Empty flags mean a hard booking."""
    return row.is_hard is not False and row.kind in (None, "booked", "assigned")


def assigned_days(row: Assignment) -> list[tuple[date, Decimal]]:
    """Hours by day: on Mondays to Fridays, `hours_per_day`, else the total spread evenly."""
    days = []
    day = row.valid_from
    while day < row.valid_to:
        if day.weekday() < 5:
            days.append(day)
        day += ONE_DAY
    if row.hours_per_day is not None:
        return [(day, row.hours_per_day) for day in days]
    if row.total_hours is None or not days:
        return []
    each = rounded(EXACT.divide(row.total_hours, Decimal(len(days))), 6)
    return [(day, each) for day in days]
