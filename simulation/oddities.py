"""Counts, from the log alone, how often each odd case of the business occurs.

The generator plants them; these counts do not trust it. Each is written from the definition of the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from simulation.events import AttributeRow, Employment, Firm, Leave
from simulation.extracts import how_matched
from simulation.organisation import ROLE_TARGETS
from simulation.truth import Truth
from simulation.truth_people import People, covers


def _count(found: Iterable[object]) -> int:
    return sum(1 for hit in found if hit)


def count(firm: Firm, truth: Truth | None = None) -> dict[str, int]:
    """Occurrences by name of the case. A truth of the same firm may be passed to save the time of building it."""
    truth = truth or Truth(firm)
    return {
        **_careers(firm),
        **_attributes(firm),
        **_absence(firm),
        **_time_sheet(firm, truth),
        **_work_classification(firm, truth),
        **_money(firm, truth),
        **_systems(firm),
    }


def _history(firm: Firm, attribute: str) -> dict[str, list[AttributeRow]]:
    found: dict[str, list[AttributeRow]] = {}
    for row in firm.attributes:
        if row.attribute == attribute:
            found.setdefault(row.employment_id, []).append(row)
    return {key: sorted(rows, key=lambda row: row.valid_from) for key, rows in found.items()}


def _moves(firm: Firm, attribute: str) -> int:
    """Changes of value in the middle of a month and of a week, inside the window."""
    total = 0
    for rows in _history(firm, attribute).values():
        for before, after in pairwise(rows):
            when = after.valid_from
            inside = firm.history_from < when <= firm.as_of
            total += before.value != after.value and inside and when.day != 1 and when.weekday() != 0
    return total


def _careers(firm: Firm) -> dict[str, int]:
    by_person: dict[str, list[Employment]] = {}
    for job in firm.employments:
        by_person.setdefault(job.person_id, []).append(job)
    several = [sorted(jobs, key=lambda job: job.valid_from) for jobs in by_person.values() if len(jobs) > 1]
    return {
        "legal entities": len(firm.legal_entities),
        "practices": len(firm.practices),
        "people": len(firm.people),
        "employments": len(firm.employments),
        "leavers": _count(job.valid_to and job.valid_to <= firm.as_of for job in firm.employments),
        "rehires": _count(jobs[0].valid_to and jobs[0].valid_to <= jobs[1].valid_from for jobs in several),
        "concurrent employments": _count(
            jobs[0].valid_to is None or jobs[1].valid_from < jobs[0].valid_to for jobs in several
        ),
        "hired inside the window": _count(
            firm.history_from < job.valid_from <= firm.as_of for job in firm.employments
        ),
    }


def _attributes(firm: Firm) -> dict[str, int]:
    calendars = {row.calendar_id: row.is_full_time_pattern for row in firm.calendar_days}
    rows = firm.attributes
    overlaps = gaps = late_starts = 0
    starts = {job.employment_id: job.valid_from for job in firm.employments}
    for attribute in {row.attribute for row in rows}:
        for employment_id, history in _history(firm, attribute).items():
            late_starts += history[0].valid_from > starts[employment_id]
            for before, after in pairwise(history):
                overlaps += before.valid_from < after.valid_from and (
                    before.valid_to is None or before.valid_to > after.valid_from
                )
                gaps += before.valid_to is not None and before.valid_to < after.valid_from
    keys = Counter((row.employment_id, row.attribute, row.valid_from) for row in rows)
    with_attribute = {
        name: {row.employment_id for row in rows if row.attribute == name}
        for name in ("fte", "is_billable_resource")
    }
    return {
        "practice changes mid-month": _moves(firm, "practice"),
        "location changes mid-month": _moves(firm, "location"),
        "manager changes mid-month": _moves(firm, "manager"),
        "legal entity changes mid-month": _moves(firm, "legal_entity"),
        "part-timers by FTE on a full-time pattern": len(
            {row.employment_id for row in rows if row.attribute == "fte" and Decimal(row.value) < 1}
            & {
                row.employment_id
                for row in rows
                if row.attribute == "calendar" and calendars[row.value] is not False
            }
        ),
        "part-timers on a pattern of their own": len(
            {
                row.employment_id
                for row in rows
                if row.attribute == "calendar" and calendars[row.value] is False
            }
        ),
        "calendars whose week changes": len(
            {row.calendar_id for row in firm.calendar_days if row.valid_from}
        ),
        "calendars with an empty pattern flag": len(
            {code for code, flag in calendars.items() if flag is None}
        ),
        "contingent people": len(
            {r.employment_id for r in rows if (r.attribute, r.value) == ("employment_type", "contingent")}
        ),
        "contingent people taken over": _moves(firm, "employment_type"),
        "non-billable resources": len(
            {r.employment_id for r in rows if (r.attribute, r.value) == ("is_billable_resource", "false")}
        ),
        "changes of the billable flag": _moves(firm, "is_billable_resource"),
        "no billable flag at all": len(starts.keys() - with_attribute["is_billable_resource"]),
        "no FTE at all": len(starts.keys() - with_attribute["fte"]),
        "future-dated attribute changes": _count(row.valid_from > firm.as_of for row in rows),
        "backdated or unclosed rows (overlaps)": overlaps,
        "same-day corrections (one key twice)": _count(times > 1 for times in keys.values()),
        "gaps in an attribute": gaps,
        "attributes that start after the employment": late_starts,
        "personal utilization targets": len(
            {r.employment_id for r in rows if r.attribute == "utilization_target"}
        ),
        "roles without a default target": len(
            {r.value for r in rows if r.attribute == "role"} - set(ROLE_TARGETS)
        ),
    }


def _absence(firm: Firm) -> dict[str, int]:
    people = People(firm)
    closed = {(holiday.location, holiday.holiday_date): holiday for holiday in firm.holidays}
    on_holiday = free_day_holidays = half_holidays = 0
    approved = [leave for leave in firm.leaves if leave.status == "approved"]
    for job in firm.employments:
        mine = [leave for leave in approved if leave.person_id == job.person_id]
        for (location, day), holiday in closed.items():
            if not covers(day, job.valid_from, job.valid_to) or not firm.history_from <= day <= firm.as_of:
                continue
            if people.as_was(job, day)["location"] != location:
                continue
            scheduled = people.capacity(job, day).scheduled
            free_day_holidays += day.weekday() < 5 and scheduled == 0
            half_holidays += scheduled > 0 and holiday.day_fraction is not None and holiday.day_fraction < 1
            on_holiday += scheduled > 0 and any(
                covers(day, leave.valid_from, leave.valid_to) for leave in mine
            )
    unpaid = [leave for leave in approved if leave.is_unpaid and leave.hours_per_day is None]

    def length(leave: Leave) -> int:
        return (leave.valid_to - leave.valid_from).days

    touching = [
        (one, two)
        for one in unpaid
        for two in unpaid
        if one.person_id == two.person_id and one.valid_to == two.valid_from
    ]
    touching_ids = {leave.leave_id for pair in touching for leave in pair}
    return {
        "locations with holidays": len({holiday.location for holiday in firm.holidays}),
        "holidays on a part-timer's free weekday": free_day_holidays,
        "half-day holidays": half_holidays,
        "leave on a holiday": on_holiday,
        "half-day leave": _count(leave.hours_per_day for leave in approved),
        "long unpaid leave in one request": _count(
            length(leave) >= firm.long_unpaid_leave_days for leave in unpaid
        ),
        "long unpaid leave in two touching requests": _count(
            max(length(one), length(two)) < firm.long_unpaid_leave_days <= length(one) + length(two)
            for one, two in touching
        ),
        "unpaid leave that is not long": _count(
            length(leave) < firm.long_unpaid_leave_days and leave.leave_id not in touching_ids
            for leave in unpaid
        ),
        "leave naming one of several employments": _count(leave.employment_id for leave in approved),
    }


def _time_sheet(firm: Firm, truth: Truth) -> dict[str, int]:
    entries = firm.time_entries
    jobs: dict[str, list[Employment]] = {}
    for job in firm.employments:
        jobs.setdefault(job.person_id, []).append(job)

    def at_two_jobs(person_id: str, day: date) -> bool:
        return sum(covers(day, job.valid_from, job.valid_to) for job in jobs.get(person_id, [])) > 1

    shared = [entry for entry in entries if at_two_jobs(entry.person_id, entry.work_date)]
    status = Counter(entry.status for entry in entries)
    ids = Counter(entry.time_entry_id for entry in entries)
    return {
        "entries": len(entries),
        "late entries (two weeks and more)": _count(
            e.entered_on - e.work_date > timedelta(days=14) for e in entries
        ),
        "reversals": _count(e.corrects_id and e.hours < 0 for e in entries),
        "corrected rows": _count(e.corrects_id and e.hours > 0 for e in entries),
        **{
            f"{name} entries": status[name]
            for name in ("draft", "submitted", "rejected", "posted", "not_recorded")
        },
        "entries naming one of two employments": _count(entry.employment_id for entry in shared),
        "entries naming none of two employments": _count(entry.employment_id is None for entry in shared),
        "entries after the end of employment": _count(
            entry.person_id in jobs
            and not any(covers(entry.work_date, j.valid_from, j.valid_to) for j in jobs[entry.person_id])
            for entry in entries
        ),
        "entries after the as-of date": _count(entry.work_date > firm.as_of for entry in entries),
        "entries of people without an employment": _count(entry.person_id not in jobs for entry in entries),
        "entries on weekends": _count(entry.work_date.weekday() > 4 for entry in entries),
        "entries without a task": _count(entry.task_id is None for entry in entries),
        "entries marked deleted": _count(entry.is_deleted for entry in entries),
        "entry ids exported twice": _count(times > 1 for times in ids.values()),
    }


def _work_classification(firm: Firm, truth: Truth) -> dict[str, int]:
    found: Counter[str] = Counter()
    tasks = {task.task_id: task for task in firm.tasks}
    for entry in truth.entries:
        measures = truth.hours_of(entry)
        for measure in measures:
            found[f"{measure} rows"] += 1
        category = truth.category(entry)
        found["leave booked as time"] += category == "leave"
        found["entries flagged billable on work that is not client work"] += (
            bool(entry.is_billable) and category != "client"
        )
        task = tasks.get(entry.task_id or "")
        found["entries whose task changes the category"] += bool(task and task.work_category)
        found["entries whose task changes the billable default"] += bool(
            task and task.is_billable_default is not None and entry.is_billable is None
        )
    moved = [version for version in firm.projects if version.valid_from and version.valid_from.day != 1]
    return {
        **dict(sorted(found.items())),
        "projects whose practice changes mid-month": len(moved),
        "projects without practice and entity": _count(
            version.practice_id is None for version in firm.projects
        ),
        "projects whose category follows from the customer": _count(
            version.customer_id and not version.work_category for version in firm.projects
        ),
        "projects without a billable default": _count(
            version.is_billable_default is None for version in firm.projects
        ),
    }


def _money(firm: Firm, truth: Truth) -> dict[str, int]:
    found: Counter[str] = Counter()
    functional = {entity.legal_entity_id: entity.functional_currency for entity in firm.legal_entities}
    for entry in truth.entries:
        if truth.category(entry) == "leave" or entry.status not in ("approved", "posted", "not_recorded"):
            continue
        rate = truth.rate_of(entry)
        found[f"entries costed by {rate.scope}" if rate else "entries without a cost rate"] += 1
        if rate is None:
            continue
        found["entries costed by a rate of one employment"] += rate.employment_id is not None
        costs, currency, own = truth.cost_of(entry)
        found["entries costed in a foreign currency"] += own is not None and currency != own
        found["entries costed at a deliberate zero"] += rate.rate == 0
        found["entries without an exchange rate"] += own is not None and costs["functional"] is None
        found["entries without a constant rate"] += costs["constant"] is None
        found["entries through the pivot"] += (
            bool(own) and firm.fx_pivot not in (currency, own) and currency != own
        )
        found["entries by an inverse rate"] += own == "GBP" or currency == "GBP"
    months = {(r.from_currency, r.rate_date.replace(day=1)) for r in firm.fx_rates if r.rate_type == "spot"}
    averages = {
        (r.from_currency, r.rate_date.replace(day=1)) for r in firm.fx_rates if r.rate_type == "average"
    }
    return {
        **dict(sorted(found.items())),
        "rates raised mid-month": _count(
            rate.scope == "employee" and rate.valid_from and rate.valid_from.day != 1
            for rate in firm.cost_rates
        ),
        "currencies of entities": len(set(functional.values())),
        "months without a published average": len(months - averages),
        "budget rates": _count(rate.rate_type == "budget" for rate in firm.fx_rates),
    }


def _systems(firm: Firm) -> dict[str, int]:
    people = Counter(how_matched(person) for person in firm.people if person.in_psa)
    customers = Counter(customer.matched_by for customer in firm.customers)
    return {
        **{f"PSA employees matched by {how}": number for how, number in sorted(people.items())},
        **{f"customers matched by {how}": number for how, number in sorted(customers.items())},
    }
