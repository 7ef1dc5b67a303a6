"""Metrics that are known by month only: a question may not cut a month in two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tieout.metrics_catalogue import Metric
from tieout.metrics_types import BadFilter, Query

CURE = "Ask from the first to the last day of a month."


def check_whole_months(query: Query, metrics: Sequence[Metric], as_of: date) -> None:
    """Raises BadFilter where a metric of whole months is asked for a part of one. The month of `as_of` is whole as far
    as it is known: it may also end on `as_of` or later."""
    monthly = [metric.name for metric in metrics if metric.grain == "month"]
    if not monthly:
        return
    name = monthly[0]
    if query.date_from is not None and query.date_from.day != 1:
        raise BadFilter(
            f"{name} is known by month, and the period begins within one ({query.date_from}).", CURE
        )
    end = query.date_to
    if end is None or end == date.max or (end + timedelta(days=1)).day == 1:
        return
    if (end.year, end.month) != (as_of.year, as_of.month) or end < as_of:
        raise BadFilter(f"{name} is known by month, and the period ends within one ({end}).", CURE)
