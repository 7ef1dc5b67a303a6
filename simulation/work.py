"""The time sheet: who recorded which hours on what, day by day, with everything that people do to time sheets.

The hours that someone should work are only estimated here, to make sheets look real; capacity is the truth's business.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from simulation.events import CalendarDay, Holiday, TimeEntry
from simulation.plan import EmploymentPlan, PersonPlan
from simulation.projects import Portfolio
from simulation.window import Window

QUARTERS = [Decimal(n) / 4 for n in range(0, 97)]
ODD_MINUTES = (Decimal("7.33"), Decimal("3.67"), Decimal("0.1"), Decimal("1.15"))
ONE_DAY = timedelta(days=1)
INTERNAL = ("P-ADMIN", "P-ADMIN", "P-SALES")
UNKNOWN_PSA_ID = "U-99998"
PSA_ONLY_PERSON = "X-0001"


class Timesheet:
    """Collects entries and numbers them."""

    def __init__(self, window: Window, rng: random.Random) -> None:
        self.entries: list[TimeEntry] = []
        self.window = window
        self.rng = rng

    def add(
        self,
        person_id: str,
        project_id: str,
        work_date: date,
        hours: Decimal,
        *,
        employment_id: str | None = None,
        task_id: str | None = None,
        status: str | None = None,
        is_billable: bool | None = None,
        is_credited: bool | None = None,
        corrects_id: str | None = None,
        entered_on: date | None = None,
        is_deleted: bool = False,
    ) -> TimeEntry:
        rng = self.rng
        if status is None:
            status = self._status(work_date)
        entered = entered_on or work_date
        if entered_on is None and rng.random() < 0.02:
            # Late: entered weeks after the work was done, as far as the as-of date allows.
            entered = max(
                work_date, min(work_date + timedelta(days=rng.randrange(15, 60)), self.window.as_of)
            )
        approved = None
        if status in ("approved", "posted"):
            approved = max(entered, min(entered + timedelta(days=3), self.window.as_of))
        entry = TimeEntry(
            f"TE-{len(self.entries) + 1:07d}",
            person_id,
            employment_id,
            project_id,
            task_id,
            work_date,
            hours,
            status,
            is_billable,
            is_credited,
            corrects_id,
            entered,
            approved,
            is_deleted,
        )
        self.entries.append(entry)
        return entry

    def _status(self, work_date: date) -> str:
        draw = self.rng.random()
        age = (self.window.as_of - work_date).days
        if age > 20:
            if draw < 0.86:
                return "approved"
            if draw < 0.96:
                return "posted"
            if draw < 0.965:
                return "not_recorded"
            if draw < 0.98:
                return "submitted"
            return "rejected" if draw < 0.99 else "draft"
        if draw < 0.5:
            return "approved"
        if draw < 0.85:
            return "submitted"
        return "draft" if draw < 0.94 else "rejected"


def record_time(
    plans: list[PersonPlan],
    portfolio: Portfolio,
    calendar_days: list[CalendarDay],
    holidays: list[Holiday],
    window: Window,
    seed: int,
    size: str,
) -> list[TimeEntry]:
    rng = random.Random(f"work {size} {seed}")
    sheet = Timesheet(window, rng)
    calendar_changes = {row.valid_from for row in calendar_days if row.valid_from}
    off: dict[str, dict[date, Decimal]] = {}
    for holiday in holidays:
        part = Decimal(1) if holiday.day_fraction is None else holiday.day_fraction
        off.setdefault(holiday.location, {})[holiday.holiday_date] = part
    for plan in plans:
        if not plan.person.in_psa:
            continue
        for job in plan.employments:
            _work(plan, job, sheet, portfolio, calendar_days, calendar_changes, off)
        for day in plan.work_after_end:
            sheet.add(plan.person.person_id, "P-1001", day, Decimal(4), status="approved", is_billable=True)
        for day in plan.work_after_as_of:
            sheet.add(
                plan.person.person_id, "P-1001", day, Decimal(8), status="submitted", entered_on=window.as_of
            )
    _strangers(sheet)
    _corrections(sheet)
    return sheet.entries


def _estimate(job: EmploymentPlan, day: date, calendar_days: Iterable[CalendarDay]) -> list[float]:
    """Hours of Monday to Sunday that the person is roughly expected to work from that day on."""
    calendar = job.value("calendar", day)
    fte = float(job.value("fte", day) or 1)
    hours = [0.0] * 7
    for row in calendar_days:
        begun = row.valid_from is None or row.valid_from <= day
        if row.calendar_id == calendar and begun and (row.valid_to is None or day < row.valid_to):
            hours[row.weekday - 1] = float(row.hours) * (1 if row.is_full_time_pattern is False else fte)
    return hours


def _days_off(plan: PersonPlan, job: EmploymentPlan) -> dict[date, float]:
    """Approved leave by day: 24 for a whole day, else its hours."""
    found: dict[date, float] = {}
    for leave in plan.leaves:
        if leave.status != "approved" or leave.employment_id not in (None, job.employment_id):
            continue
        day = leave.valid_from
        while day < leave.valid_to:
            found[day] = 24.0 if leave.hours_per_day is None else float(leave.hours_per_day)
            day += ONE_DAY
    return found


def _work(
    plan: PersonPlan,
    job: EmploymentPlan,
    sheet: Timesheet,
    portfolio: Portfolio,
    calendar_days: list[CalendarDay],
    calendar_changes: set[date],
    off: dict[str, dict[date, Decimal]],
) -> None:
    rng, window = sheet.rng, sheet.window
    draw = rng.random
    person_id = plan.person.person_id
    concurrent = len(plan.employments) > 1 and any(
        other is not job and other.start < (job.end or date.max) and job.start < (other.end or date.max)
        for other in plan.employments
    )
    leave = _days_off(plan, job)
    day = max(job.start, window.history_from)
    last = min(job.end - ONE_DAY if job.end else window.as_of, window.as_of)
    changes = {
        when
        for attribute in ("calendar", "fte", "location", "practice")
        for when, _ in job.changes.get(attribute, [])
    }
    changes |= calendar_changes
    support = job.value("is_billable_resource", day) == "false"
    hours: list[float] | None = None
    main = second = "P-1001"
    bench = False
    closed: dict[date, Decimal] = {}
    while day <= last:
        if hours is None or day in changes:
            hours = _estimate(job, day, calendar_days)
            closed = off.get(job.value("location", day) or "", {})
            practice = job.value("practice", day) or "DATA"
            fresh = True
        else:
            fresh = day.day == 1
        if fresh:
            pool = portfolio.client_projects[practice]
            main = rng.choice(pool)
            second = rng.choice(pool) if draw() < 0.8 else rng.choice(portfolio.client_projects["DATA"])
            bench = draw() < 0.04
        expected = hours[day.weekday()]
        if day in closed:
            expected *= 1 - float(closed[day])
        if day in leave:
            expected = max(0.0, expected - leave[day]) if draw() > 0.02 else expected
        if expected <= 0:
            if day.weekday() > 4 and draw() < 0.006:
                sheet.add(
                    person_id, main, day, QUARTERS[rng.randrange(8, 20)], task_id=portfolio.tasks_of[main][0]
                )
            day += ONE_DAY
            continue
        if draw() >= 0.025:
            if draw() < 0.06:
                expected += rng.choice((0.5, 1, 2))
            named = None
            if concurrent:
                # Whoever has two jobs names the second one always and the first one sometimes.
                named = job.employment_id if job.is_primary is False or draw() < 0.4 else None
                if not job.is_primary and draw() < 0.1:
                    named = None
            _one_day(sheet, portfolio, person_id, named, day, expected, main, second, bench, support)
        day += ONE_DAY


def _one_day(
    sheet: Timesheet,
    portfolio: Portfolio,
    person_id: str,
    named: str | None,
    day: date,
    expected: float,
    main: str,
    second: str,
    bench: bool,
    support: bool,
) -> None:
    rng = sheet.rng
    draw = rng.random
    whole = QUARTERS[min(96, round(expected * 4))]
    kind = draw()
    if support:
        kind = 0.85 + 0.12 * kind
    elif bench:
        kind = 0.6 + 0.4 * kind
    if kind < 0.64:
        parts = [(main, whole)]
    elif kind < 0.80 and whole >= 2:
        piece = QUARTERS[rng.randrange(2, max(3, int(whole * 4) - 1))]
        parts = [(main, whole - piece), (second, piece)]
    elif kind < 0.91:
        parts = (
            [(rng.choice(INTERNAL), whole)]
            if support or whole < 2
            else [(main, whole - 1), ("P-ADMIN", Decimal(1))]
        )
    elif kind < 0.935:
        parts = [("P-SALES", whole)]
    elif kind < 0.96:
        parts = [("P-TRAIN", whole)]
    elif kind < 0.988:
        parts = [("P-BENCH", whole)]
    elif kind < 0.994:
        parts = [("P-JURY", whole)]
    else:
        parts = [("P-ABSENCE", whole)]
    for project_id, hours in parts:
        if hours <= 0:
            continue
        tasks = portfolio.tasks_of.get(project_id)
        # The first tasks of a project take most of the work.
        task_id = tasks[int(len(tasks) * draw() ** 2.2)] if tasks and draw() > 0.12 else None
        billable: bool | None = None
        credited: bool | None = None
        chance = draw()
        if chance < 0.015:
            billable, credited = False, True
        elif chance < 0.04:
            billable = False
        elif chance < 0.12:
            billable = True
            credited = False
        elif chance < 0.13:
            hours = rng.choice(ODD_MINUTES)
        sheet.add(
            person_id,
            project_id,
            day,
            hours,
            employment_id=named,
            task_id=task_id,
            is_billable=billable,
            is_credited=credited,
        )


def _strangers(sheet: Timesheet) -> None:
    """Time of a contractor whom only the PSA knows, and of an id that nobody knows."""
    for share in (0.2, 0.21, 0.5, 0.51, 0.8):
        day = sheet.window.monday(share)
        sheet.add(PSA_ONLY_PERSON, "P-1001", day, Decimal(6), status="approved", is_billable=True)
        sheet.add(UNKNOWN_PSA_ID, "P-1002", day, Decimal("2.5"), status="approved", is_billable=True)
    for day in (sheet.window.monday(0.3), sheet.window.monday(0.6)):
        sheet.add(PSA_ONLY_PERSON, "P-ADMIN", day, Decimal(3), status="submitted")


def _corrections(sheet: Timesheet) -> None:
    """Reversals with a new row, some across projects, and entries that the PSA marks as deleted."""
    rng = sheet.rng
    candidates = [
        entry
        for entry in sheet.entries
        if entry.status in ("approved", "posted")
        and entry.hours >= 2
        and entry.work_date <= sheet.window.as_of
    ]
    for place, wrong in enumerate(rng.sample(candidates, max(3, len(candidates) // 400))):
        noticed = min(wrong.work_date + timedelta(days=rng.randrange(3, 40)), sheet.window.as_of)
        for hours, project in ((-wrong.hours, wrong.project_id), (wrong.hours - 1, wrong.project_id)):
            task = wrong.task_id
            if hours > 0 and place % 3 == 0:
                project, task = "P-1002", None
            sheet.add(
                wrong.person_id,
                project,
                wrong.work_date,
                hours,
                employment_id=wrong.employment_id,
                task_id=task,
                status="approved",
                is_billable=wrong.is_billable,
                is_credited=wrong.is_credited,
                corrects_id=wrong.time_entry_id,
                entered_on=noticed,
            )
    corrected = {entry.corrects_id for entry in sheet.entries if entry.corrects_id}
    # The PSA exports two rows twice: once as it was, once changed. The row received last counts.
    approved = [
        entry for entry in sheet.entries[:200] if entry.status == "approved" and entry.corrects_id is None
    ]
    twins = [approved[2], approved[3]._replace(hours=approved[3].hours + Decimal("0.5"))]
    sheet.entries += twins
    untouchable = corrected | {twin.time_entry_id for twin in twins}
    for position in rng.sample(range(len(sheet.entries)), max(4, len(sheet.entries) // 1500)):
        entry = sheet.entries[position]
        part_of_chain = entry.corrects_id is not None or entry.time_entry_id in untouchable
        if not part_of_chain and entry.person_id.startswith("E-"):
            sheet.entries[position] = entry._replace(is_deleted=True)
