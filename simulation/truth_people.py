"""What was true of each employment on each day: attributes, capacity, the employment that an entry belongs to.

Part of the oracle: worked out day by day, row by row, from the log. Shares no code with the warehouse or with the
part of this package that makes the log up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulation.events import AttributeRow, CalendarDay, Employment, Firm, Leave
from simulation.organisation import ROLE_TARGETS

ATTRIBUTES = (
    "practice",
    "department",
    "manager",
    "cost_center",
    "location",
    "legal_entity",
    "employment_status",
    "employment_type",
    "fte",
    "calendar",
    "role",
    "level",
    "is_billable_resource",
    "utilization_target",
)
ONE_DAY = timedelta(days=1)
ZERO = Decimal(0)
Attributes = dict[str, str | None]
NOTHING_KNOWN: Attributes = dict.fromkeys(ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Hours of one employment on one day; gross = scheduled − long_unpaid − holiday, net = gross − leave."""

    standard: Decimal = ZERO
    scheduled: Decimal = ZERO
    long_unpaid: Decimal = ZERO
    holiday: Decimal = ZERO
    gross: Decimal = ZERO
    leave: Decimal = ZERO
    net: Decimal = ZERO


def covers(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Half-open; an empty end is open."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day < valid_to)


def value_on(rows: list[AttributeRow], day: date) -> str | None:
    """One attribute on one day. `rows` are in file order.

    Of several rows the one known last, then starting last, then last in the file. A gap after the first row carries
    the value of the last covered day; before the first row nothing is known.
    """
    covering = [(row.known, row.valid_from, place, row) for place, row in enumerate(rows) if _on(row, day)]
    if not covering:
        ends = [row.valid_to for row in rows if row.valid_to and row.valid_from < row.valid_to <= day]
        if not ends:
            return None
        last_covered = max(ends) - ONE_DAY
        covering = [
            (row.known, row.valid_from, place, row)
            for place, row in enumerate(rows)
            if _on(row, last_covered)
        ]
    return max(covering, key=lambda found: found[:3])[3].value


def _on(row: AttributeRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


class People:
    """Answers about people, each from the log of one firm."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.employments = {job.employment_id: job for job in firm.employments}
        self.entities = {entity.legal_entity_id: entity for entity in firm.legal_entities}
        self._by_person: dict[str, list[Employment]] = {}
        for job in firm.employments:
            self._by_person.setdefault(job.person_id, []).append(job)
        # Of two rows with one key in one export, the last received counts.
        last_received: dict[tuple[str, str, date], AttributeRow] = {}
        for row in firm.attributes:
            last_received.pop((row.employment_id, row.attribute, row.valid_from), None)
            last_received[row.employment_id, row.attribute, row.valid_from] = row
        self._rows: dict[tuple[str, str], list[AttributeRow]] = {}
        for row in last_received.values():
            self._rows.setdefault((row.employment_id, row.attribute), []).append(row)
        self._calendars: dict[str, list[CalendarDay]] = {}
        for day_row in firm.calendar_days:
            self._calendars.setdefault(day_row.calendar_id, []).append(day_row)
        self._holidays = {(h.location, h.holiday_date): h for h in firm.holidays}
        self._leaves: dict[str, list[Leave]] = {}
        for leave in firm.leaves:
            if leave.status == "approved":
                self._leaves.setdefault(leave.person_id, []).append(leave)
        self._long_unpaid: dict[str, set[date]] = {}
        self._seen: dict[tuple[str, date], Attributes] = {}
        self._pieces: dict[tuple[str, date], tuple[date, date, int]] = {}

    # Employments

    def employment_of(self, person_id: str, day: date, named: str | None = None) -> Employment | None:
        """The employment that work of that day belongs to; None for people without any."""
        if named is not None and named in self.employments:
            return self.employments[named]
        jobs = self._by_person.get(person_id, [])
        active = [job for job in jobs if covers(day, job.valid_from, job.valid_to)]
        if active:
            return min(active, key=lambda job: (not job.is_primary, job.employment_id))
        before = [job for job in jobs if job.valid_from <= day]
        if before:
            return max(before, key=lambda job: (job.valid_from, job.employment_id))
        return min(jobs, key=lambda job: (job.valid_from, job.employment_id)) if jobs else None

    # Attributes

    def as_was(self, job: Employment, day: date) -> Attributes:
        """Attributes on that day; outside the employment those of its nearest day."""
        if job.valid_to is not None and day >= job.valid_to:
            day = job.valid_to - ONE_DAY
        day = max(day, job.valid_from)
        known = self._seen.get((job.employment_id, day))
        if known is None:
            known = {
                name: value_on(self._rows.get((job.employment_id, name), []), day) for name in ATTRIBUTES
            }
            self._seen[job.employment_id, day] = known
        return known

    def as_is(self, job: Employment) -> Attributes:
        """Attributes in force at the as-of date; of a leaver the last ones; of a future hire none."""
        if job.valid_from > self.firm.as_of:
            return NOTHING_KNOWN
        return self.as_was(job, self.firm.as_of)

    def population(self, job: Employment | None, day: date) -> str:
        """billable, other, contingent or unknown."""
        if job is None:
            return "unknown"
        attributes = self.as_was(job, day)
        if attributes["employment_type"] == "contingent":
            return "contingent"
        return "other" if attributes["is_billable_resource"] == "false" else "billable"

    def target(self, job: Employment | None, day: date) -> Decimal | None:
        """Utilization target: the person's own, else the role's, else none."""
        if job is None:
            return None
        attributes = self.as_was(job, day)
        own, role = attributes["utilization_target"], attributes["role"]
        if own is not None:
            return Decimal(own)
        return ROLE_TARGETS.get(role) if role is not None else None

    def week_piece(self, job: Employment, day: date) -> tuple[date, date, int]:
        """Which piece of an ISO week a day falls in: (Monday, first of the month, changes since the piece's first day).

        A week is cut at a month end and wherever any attribute changes.
        """
        monday = day - timedelta(days=day.weekday())
        month = day.replace(day=1)
        question = (job.employment_id, day)
        if question in self._pieces:
            return self._pieces[question]
        cuts = 0
        other = max(monday, month)
        while other < day:
            cuts += self.as_was(job, other) != self.as_was(job, other + ONE_DAY)
            other += ONE_DAY
        self._pieces[question] = (monday, month, cuts)
        return monday, month, cuts

    # Capacity

    def capacity(self, job: Employment, day: date) -> Capacity:
        """All hours of one employment on one day; nothing outside the employment, history and as-of date."""
        if (
            not covers(day, job.valid_from, job.valid_to)
            or not self.firm.history_from <= day <= self.firm.as_of
        ):
            return Capacity()
        attributes = self.as_was(job, day)
        if attributes["employment_type"] == "contingent":
            return Capacity()
        fte = Decimal(attributes["fte"]) if attributes["fte"] is not None else Decimal(1)
        entity = self.entities.get(attributes["legal_entity"] or "")
        full_day = self.firm.standard_hours_per_day
        if entity is not None and entity.standard_hours_per_day is not None:
            full_day = entity.standard_hours_per_day
        standard = full_day * fte if day.weekday() < 5 else ZERO
        scheduled = self._scheduled(attributes["calendar"], day, fte, standard)
        if day in self._long_unpaid_days(job):
            return Capacity(standard, scheduled, long_unpaid=scheduled)
        holiday = ZERO
        closed = self._holidays.get((attributes["location"] or "", day))
        if closed is not None:
            holiday = scheduled * (Decimal(1) if closed.day_fraction is None else closed.day_fraction)
        gross = scheduled - holiday
        leave = min(gross, self._leave_hours(job, day, gross))
        return Capacity(standard, scheduled, ZERO, holiday, gross, leave, gross - leave)

    def _scheduled(self, calendar: str | None, day: date, fte: Decimal, standard: Decimal) -> Decimal:
        rows = [
            row
            for row in self._calendars.get(calendar or "", [])
            if covers(day, row.valid_from, row.valid_to)
        ]
        if not rows:
            # No calendar is recorded: the standard week is all that is known.
            return standard
        today = [row for row in rows if row.weekday == day.isoweekday()]
        if not today:
            return ZERO
        row = max(today, key=lambda found: found.valid_from or date.min)
        return row.hours if row.is_full_time_pattern is False else row.hours * fte

    def _concerns(self, leave: Leave, job: Employment) -> bool:
        return leave.employment_id is None or leave.employment_id == job.employment_id

    def _long_unpaid_days(self, job: Employment) -> set[date]:
        """Days of unpaid whole-day leave that, touching and overlapping requests taken together, is long."""
        if job.employment_id not in self._long_unpaid:
            away: set[date] = set()
            for leave in self._leaves.get(job.person_id, []):
                if leave.is_unpaid and leave.hours_per_day is None and self._concerns(leave, job):
                    day = leave.valid_from
                    while day < leave.valid_to:
                        away.add(day)
                        day += ONE_DAY
            long: set[date] = set()
            run: list[date] = []
            for day in sorted(away):
                if run and day != run[-1] + ONE_DAY:
                    run = []
                run.append(day)
                if day + ONE_DAY not in away and len(run) >= self.firm.long_unpaid_leave_days:
                    long.update(run)
            self._long_unpaid[job.employment_id] = long
        return self._long_unpaid[job.employment_id]

    def _leave_hours(self, job: Employment, day: date, gross: Decimal) -> Decimal:
        """Sum over approved requests; whoever is away the whole day takes all that is there."""
        hours = ZERO
        for leave in self._leaves.get(job.person_id, []):
            if not covers(day, leave.valid_from, leave.valid_to) or not self._concerns(leave, job):
                continue
            if leave.hours_per_day is None:
                hours += gross
            elif leave.employment_id is not None or self.employment_of(job.person_id, day) == job:
                hours += leave.hours_per_day
        return hours
