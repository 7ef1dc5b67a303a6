"""How people's careers are planned: changes by date, turned into HR's interval rows at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from simulation.events import AttributeRow, CostRate, Employment, Leave, Person


@dataclass(slots=True)
class EmploymentPlan:
    """One employment with, per attribute, its changes in date order; a value of None opens a gap."""

    employment_id: str
    person_id: str
    start: date
    end: date | None = None
    is_primary: bool | None = True
    termination_reason: str | None = None
    changes: dict[str, list[tuple[date, str | None]]] = field(default_factory=dict)

    def set(self, attribute: str, when: date, value: str | None) -> None:
        history = [change for change in self.changes.get(attribute, []) if change[0] != when]
        self.changes[attribute] = sorted([*history, (when, value)], key=lambda change: change[0])

    def drop(self, attribute: str) -> None:
        self.changes.pop(attribute, None)

    def value(self, attribute: str, day: date) -> str | None:
        """What the planner means to be true on that day (the time sheet generator uses it, the truth does not)."""
        known: str | None = None
        for when, value in self.changes.get(attribute, []):
            if when <= day and value is not None:
                known = value
        return known

    def employment(self) -> Employment:
        return Employment(
            self.employment_id, self.person_id, self.is_primary, self.termination_reason, self.start, self.end
        )

    def rows(self) -> list[AttributeRow]:
        found: list[AttributeRow] = []
        for attribute, history in self.changes.items():
            for position, (when, value) in enumerate(history):
                if value is not None:
                    until = history[position + 1][0] if position + 1 < len(history) else None
                    found.append(AttributeRow(self.employment_id, attribute, value, when, until))
        return found


@dataclass(slots=True)
class PersonPlan:
    person: Person
    employments: list[EmploymentPlan]
    leaves: list[Leave] = field(default_factory=list)
    rates: list[CostRate] = field(default_factory=list)
    extra_rows: list[AttributeRow] = field(default_factory=list)
    work_after_end: list[date] = field(default_factory=list)
    work_after_as_of: list[date] = field(default_factory=list)
    has_own_rate: bool = True

    def leave(
        self,
        first: date,
        after: date,
        *,
        employment_id: str | None = None,
        hours: str | None = None,
        kind: str = "vacation",
        unpaid: bool | None = None,
        status: str = "approved",
    ) -> None:
        number = f"L-{self.person.person_id[2:]}-{len(self.leaves) + 1:02d}"
        per_day = None if hours is None else Decimal(hours)
        self.leaves.append(
            Leave(number, self.person.person_id, employment_id, per_day, kind, unpaid, status, first, after)
        )
