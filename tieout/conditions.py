"""Filters become where-templates: names from the catalogue, operators from a list, values as parameters.

MetricFlow's where-filters are Jinja templates that are pasted into SQL, so nothing that a user typed may be in one.
A value is put aside and stands in the template as `'__tieout_<n>__'`; the database gets it as a bound parameter.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout.metrics_catalogue import CALENDAR, METRIC_TIME, Metric
from tieout.metrics_types import OPERATORS, BadFilter, Filter, FilterValue

POPULATION_VALUES = {
    "billable_resources": ("billable",),
    "firm": ("billable", "other", "unknown"),
}

# Dimensions whose members have ids, and the column of their dimension table that tells members apart.
KEYS = {
    "contract": "contract_id",
    "customer": "customer_key",
    "employee": "employee_key",
    "project": "project_key",
}
ORDERING = (">=", "<=", "between")
ORDERED = frozenset({"entity_fiscal_period"})

_DAY = "{{ TimeDimension('metric_time', 'day') }}"


class ById(str):
    """A member that a filter names by an id: its key tells it apart from others of the same name."""

    key: str

    def __new__(cls, text: str, key: str) -> ById:
        made = super().__new__(cls, text)
        made.key = key
        return made


@dataclass
class Conditions:
    """Where-templates of one compilation, and the values that their parameters stand for."""

    values: list[str | date] = field(default_factory=list)

    def parameter(self, value: str | date) -> str:
        """Put a value aside; returns what stands for it in a template."""
        if value not in self.values:
            self.values.append(value)
        return f"'__tieout_{self.values.index(value)}__'"

    def of(self, condition: Filter, metric: Metric) -> str:
        """Template of one filter for a metric. Raises NotPermitted or BadFilter."""
        check_operator(condition)
        semantic_name = metric.semantic_name(condition.name)
        period = semantic_name.removeprefix(METRIC_TIME)
        if semantic_name.startswith(METRIC_TIME) and period in CALENDAR:
            return self._calendar(condition, period)
        if semantic_name.startswith(METRIC_TIME):
            expression = f"{{{{ TimeDimension('metric_time', '{period}') }}}}"
            return self._plain(
                condition, expression, [_fiscal(condition, value) for value in condition.values]
            )
        if condition.operator in ORDERING and condition.name not in ORDERED:
            raise BadFilter(
                f"{condition.name} has no order, so {condition.operator} means nothing for it.",
                f"Allowed: {', '.join(name for name in OPERATORS if name not in ORDERING)}.",
            )
        texts = [text_of(condition, value) for value in condition.values if not isinstance(value, ById)]
        keys = [value.key for value in condition.values if isinstance(value, ById)]
        if "__" in semantic_name:
            entity = semantic_name.partition("__")[0]
            held = [
                self._plain(condition, f"{{{{ Dimension('{name}') }}}}", values)
                for name, values in (
                    (semantic_name, texts),
                    (f"{entity}__{KEYS.get(condition.name, '')}", keys),
                )
                if values
            ]
            joined = " and " if condition.operator in ("!=", "not in") else " or "
            return held[0] if len(held) == 1 else f"({joined.join(held)})"
        # An entity may be a date or a number; its text is what a user sees and types.
        return self._plain(condition, f"cast({{{{ Entity('{semantic_name}') }}}} as varchar)", texts)

    def period(self, date_from: date | None, date_to: date | None) -> list[str]:
        """Templates of an inclusive range of days."""
        found = []
        if date_from is not None:
            found.append(f"{_DAY} >= {self.parameter(date_from)}")
        if date_to is not None and date_to < date.max:
            found.append(f"{_DAY} < {self.parameter(date_to + timedelta(days=1))}")
        return found

    def days(self, days: Sequence[date]) -> list[str]:
        """Template of a choice of days; of none, one that holds on no day."""
        marks = [self.parameter(day) for day in days or [date.min]]
        return [f"{_DAY} in ({', '.join(marks)})"]

    def _plain(self, condition: Filter, expression: str, values: Sequence[str | date]) -> str:
        marks = [self.parameter(value) for value in values]
        match condition.operator:
            case "=" | ">=" | "<=":
                return f"{expression} {condition.operator} {marks[0]}"
            case "between":
                return f"{expression} between {marks[0]} and {marks[1]}"
            case "in":
                return f"{expression} in ({', '.join(marks)})"
            case _:  # '!=' and 'not in': what has no value is not equal to any
                return f"({expression} is null or {expression} not in ({', '.join(marks)}))"

    def _calendar(self, condition: Filter, period: str) -> str:
        """Time is filtered by day, whatever the period, so that balances and flows mean the same days."""
        spans = [_span(condition, value, period) for value in condition.values]
        match condition.operator:
            case ">=":
                return f"{_DAY} >= {self.parameter(spans[0][0])}"
            case "<=":
                return f"{_DAY} < {self.parameter(spans[0][1])}"
            case "between":
                return f"({_DAY} >= {self.parameter(spans[0][0])} and {_DAY} < {self.parameter(spans[1][1])})"
        inside = " or ".join(
            f"({_DAY} >= {self.parameter(start)} and {_DAY} < {self.parameter(end)})" for start, end in spans
        )
        return f"({inside})" if condition.operator in ("=", "in") else f"not ({inside})"


def in_period(condition: Filter, day: date, period_start: date) -> bool:
    """Whether a day passes a filter on a calendar dimension; `period_start` is the first day of its fiscal period."""
    check_operator(condition)
    if condition.name in CALENDAR:
        spans = [_span(condition, value, condition.name) for value in condition.values]
    else:
        starts = [_fiscal(condition, value) for value in condition.values]
        spans = [(start, start + timedelta(days=1)) for start in starts]
        day = period_start
    match condition.operator:
        case ">=":
            return day >= spans[0][0]
        case "<=":
            return day < spans[0][1]
        case "between":
            return spans[0][0] <= day < spans[1][1]
    inside = any(start <= day < end for start, end in spans)
    return inside if condition.operator in ("=", "in") else not inside


def is_on_time(dimension: str) -> bool:
    """Whether a dimension is a period of the calendar."""
    return dimension in CALENDAR or dimension.startswith("fiscal_")


def check_operator(condition: Filter) -> None:
    """Raises BadFilter unless the operator is known and takes that many values."""
    count = len(condition.values)
    if condition.operator not in OPERATORS:
        raise BadFilter(
            f"There is no operator {condition.operator!r} (filter on {condition.name}).",
            f"Allowed: {', '.join(OPERATORS)}.",
        )
    if isinstance(condition.values, str):
        raise BadFilter(f"The values of the filter on {condition.name} must be a list.")
    wanted = {"=": 1, "!=": 1, ">=": 1, "<=": 1, "between": 2}.get(condition.operator)
    if count == 0 or (wanted is not None and count != wanted):
        needs = f"{wanted} value{'s' if wanted != 1 else ''}" if wanted else "at least one value"
        raise BadFilter(f"{condition.name} {condition.operator} needs {needs}, not {count}.")


def text_of(condition: Filter, value: FilterValue) -> str:
    """A value as it is compared. Raises BadFilter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal | date):
        return str(value)
    raise BadFilter(f"A value of the filter on {condition.name} is neither text, number nor date.")


def _fiscal(condition: Filter, value: FilterValue) -> date:
    """First day of a fiscal period, which is what the period is called: 2026-04-01, or 2026-04 for short."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = text_of(condition, value)
    try:
        return date.fromisoformat(f"{text}-01" if re.fullmatch(r"\d{4}-\d{2}", text) else text)
    except ValueError:
        raise BadFilter(
            f"{text!r} is not a value of {condition.name}.",
            "Write the first day of the period, for example 2026-04-01.",
        ) from None


def _span(condition: Filter, value: FilterValue, period: str) -> tuple[date, date]:
    """Half-open range of days that a value of a calendar dimension means: 2026, 2026-Q2, 2026-06 or 2026-06-15.

    A shorter form means its own whole range (`--where day=2026-06` is June); a day means the period it lies in.
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return period_of(day, period)
    text = text_of(condition, value)
    if match := re.fullmatch(r"(\d{4})", text):
        year = int(match[1])
        start, end = (year, 1), (year + 1, 1)
    elif match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text):
        year, month = int(match[1]), int(match[2]) * 3 - 2
        start, end = (year, month), (year + month // 10, (month + 2) % 12 + 1)
    elif match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        year, month = int(match[1]), int(match[2])
        start, end = (year, month), (year + month // 12, month % 12 + 1)
    else:
        try:
            return period_of(date.fromisoformat(text), period)
        except (ValueError, OverflowError):
            raise BadFilter(
                f"{text!r} is not a value of {condition.name}.", "Write 2026-06-15, 2026-06, 2026-Q2 or 2026."
            ) from None
    try:
        return date(*start, 1), date(*end, 1)
    except ValueError:
        raise BadFilter(f"{text!r} is not a value of {condition.name}.") from None


def period_of(day: date, period: str) -> tuple[date, date]:
    """Half-open range of days of the day, ISO week (from Monday), month, quarter or year that a day lies in."""
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first_month, months = {
        "month": (day.month, 1),
        "quarter": ((day.month - 1) // 3 * 3 + 1, 3),
        "year": (1, 12),
    }[period]
    start = day.replace(month=first_month, day=1)
    last_month = start.month + months - 1
    last_day = start.replace(month=last_month, day=calendar.monthrange(start.year, last_month)[1])
    return start, last_day + timedelta(days=1)
