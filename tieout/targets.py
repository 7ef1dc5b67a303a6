"""What the firm set out to reach: the targets of its firm file, for a question.

A target is said of the firm or of one practice and holds from a month until the next one that is said of the same. That of
a flow is an amount for each month and is added over the months asked for; that of a balance or a ratio is the one in force
in the last of them. Nothing is derived: the targets of practices do not make one of the firm.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.firm_schema import Firm, Target
from tieout.metrics_catalogue import Metric
from tieout.metrics_types import Filter, Query

NO_TARGET = "no target"


@dataclass(frozen=True)
class TargetAnswer:
    """The target of a metric under a question, None with the `reason`. `until` is the last day of what it is set for: a
    flow of a running month has the target of the whole one."""

    metric: str
    value: Decimal | None
    until: date | None = None
    reason: str = ""


def of(firm: Firm, metric: Metric, query: Query, as_of: date) -> TargetAnswer:
    """The target that the firm file has for the metric under the question."""
    said = firm.targets.get(metric.name, ())
    population = firm.policies.utilization_population
    practice, others = _practice(query.where)
    mine = [target for target in said if target.practice == practice]
    if not said:
        return TargetAnswer(metric.name, None, reason=NO_TARGET)
    if others:
        return TargetAnswer(metric.name, None, reason=f"{NO_TARGET} for one {others[0]}")
    if not mine:
        return TargetAnswer(
            metric.name, None, reason=f"{NO_TARGET} for the {'practice' if practice else 'firm'}"
        )
    if metric.has_population and (query.population or population) != population:
        return TargetAnswer(metric.name, None, reason=f"target for {population.replace('_', ' ')} only")
    if metric.is_money and query.currency != "reporting":
        return TargetAnswer(metric.name, None, reason="target in reporting currency only")
    last = min(query.date_to or as_of, as_of)
    if metric.kind != "flow":
        found = _in_force(mine, last)
        return TargetAnswer(metric.name, found, last, "" if found is not None else f"{NO_TARGET} then")
    first = query.date_from
    if first is None or first.day != 1:
        return TargetAnswer(metric.name, None, reason="target by month only")
    monthly = [_in_force(mine, month) for month in _months(first, last)]
    known = [value for value in monthly if value is not None]
    if len(known) < len(monthly):
        return TargetAnswer(
            metric.name, None, reason=f"{NO_TARGET} for all of these months" if known else f"{NO_TARGET} then"
        )
    until = last.replace(day=monthrange(last.year, last.month)[1])
    return TargetAnswer(metric.name, sum(known, Decimal(0)), until)


def _practice(where: Sequence[Filter]) -> tuple[str, list[str]]:
    """The one practice that is asked for, empty for all; and the dimensions that no target is said of."""
    practice, others = "", []
    for condition in where:
        if condition.name == "practice" and condition.operator == "=" and len(condition.values) == 1:
            practice = str(condition.values[0])
        else:
            others.append(condition.name)
    return practice, others


def _in_force(targets: Sequence[Target], day: date) -> Decimal | None:
    begun = [target for target in targets if target.valid_from is None or target.valid_from <= day]
    return max(begun, key=lambda target: target.valid_from or date.min).value if begun else None


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [
        date(first.year + (first.month - 1 + place) // 12, (first.month - 1 + place) % 12 + 1, 1)
        for place in range(count + 1)
    ]
