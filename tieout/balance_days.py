"""On which days a balance is taken: a balance is never added over time (metrics of kind balance and age)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tieout.conditions import in_period
from tieout.metrics_types import Filter, Query
from tieout.paths import DATABASE_ALIAS
from tieout.serving import OpenVersion, as_date

# Calendar dimensions and the column of dim_date that tells their periods apart.
PERIODS = {
    "week": "week_start",
    "month": "month_start",
    "quarter": "quarter_start",
    "year": "year_start",
    "fiscal_period": "fiscal_period_start",
    "fiscal_quarter": "fiscal_quarter_start",
    "fiscal_year": "fiscal_year_start",
}


def balance_days(opened: OpenVersion, query: Query, as_of: date, first: bool = False) -> list[date] | None:
    """The last day, at most `as_of`, of each period that the query groups by, within the days that it asks for; one
    day where it groups by none. None where every day stands for itself. A query that asks for no such day: no day.

    With `first`, the first such day instead: what a roll-forward opens with. Without a period in the query it opens with
    the first day of the calendar, before anything happened."""
    if "day" in query.by:
        return None
    periods = [PERIODS[name] for name in query.by if name in PERIODS]
    on_time = [condition for condition in query.where if condition.name == "day" or condition.name in PERIODS]
    if not periods and not on_time and not first:
        day = min(query.date_to or as_of, as_of)
        return [] if query.date_from and day < query.date_from else [day]
    choose = min if first else max
    chosen: dict[tuple[date, ...], date] = {}
    for row in _calendar(opened):
        day = row["date_day"]
        if day > as_of or not _asked(query, on_time, row):
            continue
        key = tuple(row[period] for period in periods)
        chosen[key] = choose(chosen.get(key, day), day)
    return sorted(chosen.values())


def asked_days(opened: OpenVersion, query: Query) -> list[date]:
    """The days of the calendar that the question asks for, in order."""
    on_time = [condition for condition in query.where if condition.name == "day" or condition.name in PERIODS]
    return sorted(row["date_day"] for row in _calendar(opened) if _asked(query, on_time, row))


def _asked(query: Query, on_time: Sequence[Filter], row: dict[str, date]) -> bool:
    day = row["date_day"]
    if (query.date_from and day < query.date_from) or (query.date_to and day > query.date_to):
        return False
    return all(
        in_period(condition, day, row[PERIODS[condition.name]] if condition.name in PERIODS else day)
        for condition in on_time
    )


def _calendar(opened: OpenVersion) -> list[dict[str, Any]]:
    """Days of the version's calendar, read once."""
    if "calendar" not in opened.extras:
        names = ["date_day", *PERIODS.values()]
        _, rows = opened.fetch(f"select {', '.join(names)} from {DATABASE_ALIAS}.marts.dim_date")
        opened.extras["calendar"] = [
            dict(zip(names, (as_date(value) for value in row), strict=True)) for row in rows
        ]
    days: list[dict[str, Any]] = opened.extras["calendar"]
    return days
