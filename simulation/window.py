"""The period that a simulated firm covers, and named places in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """Both ends are included: the first day of capacity and the as-of date."""

    history_from: date
    as_of: date

    def day(self, share: float) -> date:
        """The day that lies `share` (0 to 1) of the way through."""
        return self.history_from + timedelta(days=int(share * (self.as_of - self.history_from).days))

    def mid_month(self, share: float) -> date:
        """A Wednesday between the 13th and the 19th: a change then cuts both a month and a week."""
        day = self.day(share).replace(day=13)
        return day + timedelta(days=(2 - day.weekday()) % 7)

    def monday(self, share: float) -> date:
        """The Monday on or before that day."""
        day = self.day(share)
        return day - timedelta(days=day.weekday())

    def months(self) -> list[date]:
        """First day of every month that the window touches."""
        found = []
        month = self.history_from.replace(day=1)
        while month <= self.as_of:
            found.append(month)
            month = (month + timedelta(days=32)).replace(day=1)
        return found


WINDOWS = {
    "tiny": Window(date(2026, 4, 1), date(2026, 6, 30)),
    "small": Window(date(2024, 7, 1), date(2026, 6, 30)),
    "medium": Window(date(2024, 7, 1), date(2026, 6, 30)),
    "large": Window(date(2023, 7, 1), date(2026, 6, 30)),
}
HEADCOUNT = {"tiny": 10, "small": 60, "medium": 600, "large": 2000}


def days(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
