"""Calendar arithmetic of the period filter: what is asked for, what it is compared with, what is still running."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dashboard import format as fmt

Kind = Literal["month", "quarter", "ytd", "last_12", "custom"]


def first_of_month(value: date) -> date:
    return value.replace(day=1)


def last_of_month(value: date) -> date:
    return value.replace(day=monthrange(value.year, value.month)[1])


def add_months(value: date, months: int) -> date:
    """The same day `months` later (earlier when negative); the last day of a shorter month."""
    index = value.year * 12 + value.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(value.day, monthrange(year, month + 1)[1]))


def first_of_quarter(value: date) -> date:
    return date(value.year, value.month - (value.month - 1) % 3, 1)


def quarter_label(value: date) -> str:
    return f"Q{(value.month - 1) // 3 + 1} {value.year}"


@dataclass(frozen=True)
class Period:
    """Inclusive days `start` to `end`. `end` never passes the as-of day; `full_end` is where the period will end."""

    kind: Kind
    start: date
    end: date
    full_end: date

    @property
    def partial(self) -> bool:
        return self.end < self.full_end

    @property
    def label(self) -> str:
        """The period as people say it, with "to 15 Jun 2026" when it is still running."""
        name = self._name()
        return (
            f"{name}, to {fmt.day(self.end)}" if self.partial and self.kind in ("month", "quarter") else name
        )

    def _name(self) -> str:
        if self.kind == "month":
            return fmt.month(self.start)
        if self.kind == "quarter":
            return quarter_label(self.start)
        if self.kind == "ytd":
            return f"Year to {fmt.day(self.end)}"
        if self.kind == "last_12":
            return f"12 months to {fmt.day(self.end)}"
        return fmt.days(self.start, self.end)

    def previous(self) -> Period:
        """The period before, cut after as many days when this one is still running, so that like meets like."""
        if self.kind == "month":
            return self._cut(add_months(self.start, -1))
        if self.kind == "quarter":
            return self._cut(add_months(self.start, -3))
        if self.kind in ("ytd", "last_12"):
            return self.year_before()
        length = self.end - self.start
        end = self.start - timedelta(days=1)
        return Period("custom", end - length, end, end)

    def year_before(self) -> Period:
        """The same period a year earlier, cut at the same day of the year when this one is still running."""
        if self.kind in ("month", "quarter"):
            return self._cut(add_months(self.start, -12))
        start = add_months(self.start, -12)
        end = add_months(self.end, -12)
        if self.end == last_of_month(self.end):
            end = last_of_month(end)
        return Period(self.kind, start, end, end)

    def _cut(self, start: date) -> Period:
        months = 1 if self.kind == "month" else 3
        full_end = add_months(start, months) - timedelta(days=1)
        if not self.partial:
            return Period(self.kind, start, full_end, full_end)
        end = min(start + (self.end - self.start), full_end)
        return Period("custom", start, end, end)


def month_of(anchor: date, as_of: date) -> Period:
    start, full_end = first_of_month(anchor), last_of_month(anchor)
    return Period("month", start, min(full_end, as_of), full_end)


def quarter_of(anchor: date, as_of: date) -> Period:
    start = first_of_quarter(anchor)
    full_end = last_of_month(add_months(start, 2))
    return Period("quarter", start, min(full_end, as_of), full_end)


def year_to(month: date, as_of: date, starts_in: int = 1) -> Period:
    """The fiscal year (beginning in month `starts_in`) up to the end of a month, or to the as-of day in it."""
    end = min(last_of_month(month), as_of)
    start = date(end.year if end.month >= starts_in else end.year - 1, starts_in, 1)
    return Period("ytd", start, end, last_of_month(end))


def last_twelve_to(month: date, as_of: date) -> Period:
    """Twelve calendar months, the last of which is `month`."""
    end = min(last_of_month(month), as_of)
    return Period("last_12", add_months(first_of_month(month), -11), end, last_of_month(end))


def custom(start: date, end: date) -> Period:
    return Period("custom", start, end, end)


def latest_complete_month(as_of: date) -> date:
    """First day of the newest month that the as-of day has finished."""
    first = first_of_month(as_of)
    return first if as_of == last_of_month(as_of) else add_months(first, -1)


def months_between(start: date, end: date) -> list[date]:
    """First days of the months from `start` to `end`, oldest first."""
    months: list[date] = []
    month = first_of_month(start)
    while month <= end:
        months.append(month)
        month = add_months(month, 1)
    return months
