"""The plan: who is booked on what from when to when; hard and soft, named and generic."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from simulation.events import Firm
from simulation.money_events import Assignment
from simulation.window import Window


def plan_work(firm: Firm, window: Window) -> None:
    """For every contracted project a few bookings; `valid_to` lies up to a quarter after the as-of date."""
    workers: dict[str, Counter[str]] = {}
    for entry in firm.time_entries:
        if entry.person_id.startswith("E-"):
            workers.setdefault(entry.project_id, Counter())[entry.person_id] += 1
    begin, middle, now = window.history_from, window.mid_month(0.6), window.as_of + timedelta(days=1)
    rows = firm.money.assignments

    def book(project_id: str, person_id: str | None, role: str | None, **changes: object) -> None:
        plain = Assignment(
            f"A-{len(rows) + 1:05d}",
            project_id,
            None,
            person_id,
            role,
            Decimal(4),
            None,
            True,
            True,
            "booked",
            begin,
            middle,
        )
        rows.append(replace(plain, **changes))  # type: ignore[arg-type]

    done: set[str] = set()
    for number, line in enumerate(firm.money.contract_lines, start=1):
        project_id = line.project_id or ""
        if project_id in done:
            continue
        done.add(project_id)
        people = [
            person
            for person, _ in sorted(
                workers.get(project_id, Counter()).items(), key=lambda item: (-item[1], item[0])
            )
        ]
        later = now + timedelta(days=30 + number % 60)
        if people:
            book(project_id, people[0], None)
            # The same person again, planned on into the future; empty flags mean hard and billable.
            book(project_id, people[0], None, valid_from=middle, valid_to=later, is_hard=None, kind=None)
        if len(people) > 1:
            book(
                project_id, people[1], None, is_hard=number % 2 == 0,
                valid_from=window.day(0.8), valid_to=later, hours_per_day=Decimal("2.5"), kind="assigned",
            )  # fmt: skip
            book(project_id, people[1], None, is_billable=False, hours_per_day=Decimal(1), valid_to=now)
        book(
            project_id, None, "Consultant",
            valid_from=now, valid_to=later, hours_per_day=None, total_hours=Decimal(60 + number % 7),
        )  # fmt: skip
        book(project_id, None, "Manager", valid_from=now, valid_to=later, kind="required")
    internal = next(person.person_id for person in firm.people)
    book("P-TRAIN", internal, None, is_billable=False, valid_from=window.day(0.9), valid_to=now)
