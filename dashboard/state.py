"""What the reader has chosen, and how it is written in the address of the page.

The address is the truth: a link opened elsewhere shows the same numbers. Anything in it that this version does not
know is left out and said, never guessed and never put into a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from dashboard import format as fmt
from dashboard import periods
from dashboard.data import Slice
from dashboard.periods import Kind, Period
from tieout.metrics_types import UnknownValue

Mode = Literal["as_was", "as_is"]
Currency = Literal["reporting", "constant", "functional", "transaction"]
Population = Literal["billable_resources", "firm"]
Compare = Literal["both", "prior_period", "prior_year", "none"]

PERIOD_LABELS: dict[Kind, str] = {
    "month": "Month",
    "quarter": "Quarter",
    "ytd": "Year to date",
    "last_12": "Last 12 months",
    "custom": "Custom days",
}
MODE_LABELS: dict[Mode, str] = {"as_was": "As was", "as_is": "As is"}
CURRENCY_LABELS: dict[Currency, str] = {
    "reporting": "Reporting",
    "constant": "Constant rates",
    "functional": "Functional",
    "transaction": "Transaction",
}
POPULATION_LABELS: dict[Population, str] = {
    "billable_resources": "Billable resources",
    "firm": "Whole firm",
}
COMPARE_LABELS: dict[Compare, str] = {
    "both": "Prior period and year",
    "prior_period": "Prior period",
    "prior_year": "Prior year",
    "none": "No comparison",
}


@dataclass(frozen=True)
class Choices:
    """What this version offers: its as-of day, its months (first days, oldest first) and its names.

    `year_starts_in` is the first month of the firm's fiscal year, which is what "year to date" means. `drills` are the
    metrics whose rows can be listed. `is_past`: seen from an earlier day than the version's own.
    """

    as_of: date
    months: Sequence[date]
    practices: Sequence[str]
    entities: Sequence[str]
    year_starts_in: int = 1
    drills: Sequence[str] = ()
    is_past: bool = False

    def on(self, day: date | None) -> Choices:
        """What it offers when it is seen from an earlier day; nothing after that day is known then."""
        if day is None or day >= self.as_of:
            return self
        months = tuple(month for month in self.months if month <= day)
        return replace(self, as_of=day, months=months, is_past=True)

    @property
    def default_month(self) -> date:
        """The newest finished month, or the newest month there is when none has finished. Who asks for an earlier day
        wants that day, so then it is the day's own month."""
        if self.is_past and self.months:
            return self.months[-1]
        wanted = periods.latest_complete_month(self.as_of)
        return wanted if wanted in self.months or not self.months else self.months[-1]


@dataclass(frozen=True)
class Selection:
    """One state of the page. `month` anchors every period but `custom`, which has its own days. `rows` is the metric
    whose rows are listed. `as_of` is the earlier day that the version is seen from; its own where there is none."""

    month: date
    date_from: date
    date_to: date
    period: Kind = "month"
    practice: str | None = None
    entity: str | None = None
    mode: Mode = "as_was"
    currency: Currency = "reporting"
    population: Population = "billable_resources"
    compare: Compare = "both"
    rows: str | None = None
    as_of: date | None = None

    def resolved(self, choices: Choices) -> Period:
        """The days that the chosen period covers, cut at the as-of day."""
        as_of = choices.as_of
        if self.period == "month":
            return periods.month_of(self.month, as_of)
        if self.period == "quarter":
            return periods.quarter_of(self.month, as_of)
        if self.period == "ytd":
            return periods.year_to(self.month, as_of, choices.year_starts_in)
        if self.period == "last_12":
            return periods.last_twelve_to(self.month, as_of)
        return periods.custom(self.date_from, self.date_to)

    def part(self, period: Period) -> Slice:
        """The question's slice for a period of this selection."""
        where = tuple(
            (name, value) for name, value in (("practice", self.practice), ("entity", self.entity)) if value
        )
        return Slice(period.start, period.end, where, self.mode, self.currency, self.population)

    def sentence(self, period: Period, currency_code: str) -> str:
        """What is set, read as a sentence: `Data practice, all entities, Jun 2026, as was, USD, …`."""
        words = [
            f"{self.practice} practice" if self.practice else "All practices",
            f"entity {self.entity}" if self.entity else "all entities",
            period.label,
            MODE_LABELS[self.mode].lower(),
            self.money_words(currency_code),
            POPULATION_LABELS[self.population].lower(),
            *([f"as of {fmt.day(self.as_of)}"] if self.as_of else []),
        ]
        return ", ".join(words)

    def money_words(self, currency_code: str) -> str:
        """`USD`, or `USD at constant rates`, `functional currencies`, `transaction currencies`."""
        if self.currency == "reporting":
            return currency_code
        if self.currency == "constant":
            return f"{currency_code} at constant rates"
        return f"{self.currency} currencies"


def default(choices: Choices) -> Selection:
    """What an address without filters shows."""
    month = choices.default_month
    return Selection(month=month, date_from=month, date_to=min(periods.last_of_month(month), choices.as_of))


def to_query(selection: Selection, base: Selection) -> dict[str, str]:
    """The address of a selection: only what differs from the default on its as-of day."""
    query: dict[str, str] = {}
    if selection.as_of:
        query["as_of"] = selection.as_of.isoformat()
    for name in ("period", "practice", "entity", "mode", "currency", "population", "compare", "rows"):
        value = getattr(selection, name)
        if value and value != getattr(base, name):
            query[name] = value
    if selection.period == "custom":
        query["from"] = selection.date_from.isoformat()
        query["to"] = selection.date_to.isoformat()
    elif selection.month != base.month:
        query["month"] = f"{selection.month:%Y-%m}"
    return query


def from_query(query: Mapping[str, str], choices: Choices) -> tuple[Selection, list[str]]:
    """Read an address. Returns the selection and one sentence for every part that could not be used.

    The sentences quote the address as plain text; whoever prints them escapes them.
    """
    ignored: list[str] = []
    as_of = read_as_of(query.get("as_of", ""), choices.months, choices.as_of, ignored)
    choices = choices.on(as_of)
    base = default(choices)
    chosen: dict[str, Any] = {
        "month": base.month,
        "date_from": base.date_from,
        "date_to": base.date_to,
        "as_of": as_of,
    }
    allowed: dict[str, Sequence[str]] = {
        "period": get_args(Kind),
        "mode": get_args(Mode),
        "currency": get_args(Currency),
        "population": get_args(Population),
        "compare": get_args(Compare),
        "practice": choices.practices,
        "entity": choices.entities,
        "rows": choices.drills,
    }
    for name, values in allowed.items():
        value = query.get(name)
        if not value:
            continue
        if value in values:
            chosen[name] = value
        elif name in ("practice", "entity"):
            ignored.append(f"{UnknownValue.of(name, value, values, values)} All are shown.")
        elif name == "rows":
            ignored.append(f"This page has no rows behind {_quoted(value)}.")
        else:
            ignored.append(f"{_quoted(value)} is not a {name}; it can be {', '.join(values)}.")
    if "month" in query:
        _read_month(query["month"], choices, chosen, ignored)
    if chosen.get("period") == "custom":
        _read_days(query, choices, chosen, ignored)
    return Selection(**chosen), ignored


def read_as_of(text: str, months: Sequence[date], newest: date, ignored: list[str]) -> date | None:
    """The day that a version is seen from, if it is earlier than its own, `newest`; in what else it says is `ignored`."""
    day = _day(text)
    first = months[0] if months else newest
    if day is not None and first <= day < newest:
        return day
    if text and day != newest:
        ignored.append(
            f"This version cannot be seen from {_quoted(text)}, but from {fmt.day(first)} to {fmt.day(newest)}."
        )
    return None


def _read_month(text: str, choices: Choices, chosen: dict[str, Any], ignored: list[str]) -> None:
    month = _day(f"{text}-01")
    if month is not None and month in choices.months:
        chosen["month"] = month
    elif choices.months:
        known = f"{fmt.month(choices.months[0])} to {fmt.month(choices.months[-1])}"
        until = f" as of {fmt.day(choices.as_of)}" if choices.is_past else ""
        ignored.append(f"{_quoted(text)} is not a month of this version{until}, which has {known}.")


def _read_days(
    query: Mapping[str, str], choices: Choices, chosen: dict[str, Any], ignored: list[str]
) -> None:
    start, end = _day(query.get("from", "")), _day(query.get("to", ""))
    if start is None or end is None or start > end:
        ignored.append("Custom days need from and to as YYYY-MM-DD, the first not after the second.")
        return
    if end > choices.as_of:
        ignored.append(f"Days after {fmt.day(choices.as_of)}, the as-of day, are not shown.")
    chosen["date_from"], chosen["date_to"] = min(start, choices.as_of), min(end, choices.as_of)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _quoted(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return f"“{shown}”"
