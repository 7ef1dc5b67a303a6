"""Which days an answer is of: where the question leaves them open, up to the as-of date; and what has to be said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from tieout.balance_days import PERIODS, asked_days
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import Metric
from tieout.metrics_types import Filter, Period, Query
from tieout.serving import OpenVersion, as_date

# A filter on time with one of these says where the period ends; `>=` and those that exclude do not.
_ENDING = ("=", "in", "<=", "between")


def until_as_of(query: Query, as_of: date) -> Query:
    """The question with an end: the as-of date where it names none, so that nothing dated later meets a capacity that
    ends there."""
    ends = query.date_to is not None or any(condition.operator in _ENDING for condition in _on_time(query))
    # What begins after the as-of date is asked for on purpose, and told that nothing is known of it.
    if ends or (query.date_from is not None and query.date_from > as_of):
        return query
    return replace(query, date_to=as_of)


def answered(
    opened: OpenVersion,
    query: Query,
    metrics: Sequence[Metric],
    days: Mapping[bool, Sequence[date] | None],
) -> Period:
    """The days that an answer to the question is of. `days` are those on which balances are taken."""
    flows = [metric for metric in metrics if not metric.is_balance]
    balances = any(metric.is_balance and not metric.opens for metric in metrics)
    closing, opening = days.get(False), days.get(True)
    found = Period()
    if flows:
        known = [first for metric in flows for first, _ in _spans(opened, query.mode, metric)]
        first = query.date_from or min(known, default=None)
        is_all = query.date_from is None and not _on_time(query)
        last, in_parts = query.date_to, False
        if _on_time(query):
            within = asked_days(opened, replace(query, date_from=first))
            first, last = (within[0], within[-1]) if within else (None, None)
            in_parts = bool(within) and (within[-1] - within[0]).days + 1 > len(within)
        elif last == date.max:
            ends = [end for metric in flows for _, end in _spans(opened, query.mode, metric)]
            last = max(ends, default=None)
        found = replace(found, date_from=first, date_to=last, in_parts=in_parts, is_all=is_all)
    if balances:
        taken = list(closing) if closing is not None else asked_days(opened, query)
        found = replace(found, balances_on=tuple(taken), has_balances=True)
    if opening:
        found = replace(found, opens_on=opening[0])
    return found


def remarks(
    opened: OpenVersion, firm: Firm, query: Query, period: Period, metrics: Sequence[Metric]
) -> Iterable[str]:
    """Sentences on a period that leaves what is known."""
    info = opened.version.info()
    as_of = info.as_of
    extracted = [
        system.extracted_at.astimezone(ZoneInfo(firm.timezone)).date()
        for system in info.systems
        if system.extracted_at is not None
    ]
    if extracted and max(extracted) < as_of:
        yield (
            f"Nothing was extracted after {max(extracted)}: from then to the as-of date {as_of} capacity and balances run on,"
            " and what happened is not known."
        )
    asked = asked_days(opened, query) if _on_time(query) else []
    first = asked[0] if asked else query.date_from
    last = asked[-1] if asked else query.date_to
    if first is not None and first > as_of:
        yield f"The period begins after the as-of date {as_of}: nothing is known of it but what is dated ahead."
    elif last is not None and last > as_of:
        said = []
        if period.has_balances:
            said.append("balances are those of that day")
        if any(not metric.is_balance for metric in metrics):
            said.append("capacity ends there, and what is dated ahead counts")
        until = "" if last == date.max else f" ({last})"
        yield f"The period asked for ends{until} after the as-of date {as_of}: {'; '.join(said)}."


def has_later(opened: OpenVersion, query: Query, metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics that have rows dated after the end of the question in some slice."""
    end = query.date_to
    return [
        metric
        for metric in metrics
        if end is not None
        and not metric.is_balance
        and any(last > end for _, last in _spans(opened, query.mode, metric))
    ]


def _on_time(query: Query) -> list[Filter]:
    return [condition for condition in query.where if condition.name == "day" or condition.name in PERIODS]


def _spans(opened: OpenVersion, mode: str, metric: Metric) -> list[tuple[date, date]]:
    """First and last day of the rows under a metric, read once per version."""
    spans: dict[tuple[str, str, str], tuple[date, date] | None] = opened.extras.setdefault("spans", {})
    found = []
    for relation, column in metric.time_columns:
        key = (relation, column, mode)
        if key not in spans:
            _, rows = opened.fetch(
                f"select min({column}), max({column}) from {relation} where report_mode = ?", [mode]
            )
            first, last = (_day(value) for value in rows[0])
            spans[key] = (first, last) if first is not None and last is not None else None
        span = spans[key]
        if span is not None:
            found.append(span)
    return found


def _day(value: object) -> date | None:
    day: date | None = as_date(value)
    return day
