"""Tiles of any page: value, two comparisons, what belongs beside it, thirteen periods, definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

import streamlit as st

from dashboard import format as fmt
from dashboard import periods
from dashboard.components import navigation, tile
from dashboard.components.tile import Aim, Comparison, Line, Tile
from dashboard.format import Better
from dashboard.periods import Period
from dashboard.views.view import LABOUR, UNAPPROVED, View, target_of, trend_words
from tieout.metrics_service import NO_TARGET, TargetAnswer, Trust, traced_percent
from tieout.metrics_types import Cell

SPARK_PERIODS = 13
TARGETED = ("billable_utilization", "utilization_target_variance", "target_hours", "capacity_gross_hours")
TAKEN_AWAY = (UNAPPROVED, LABOUR)
NO_CAPACITY = "no capacity in this slice"
UNKNOWN = "this version does not have the metric"


@dataclass(frozen=True)
class Spec:
    """What a tile shows beside its metric's value; `reason` says why there is none. A tile that is `aimed` says so when
    there is no target for it; the others are silent then."""

    metric: str
    better: Better
    lines: tuple[Line | None, ...]
    reason: str
    basis: str = ""
    aimed: bool = False


def row(view: View, key: str, specs: Sequence[Spec]) -> Callable[[], None]:
    """One row of tiles, ready to be drawn; `key` begins with `tiles`."""
    metrics = [spec.metric for spec in specs]
    trusted, targets = view.trusted(metrics), view.targets(metrics)
    made = tuple(_tile(view, spec, trusted.get(spec.metric), targets.get(spec.metric)) for spec in specs)
    return partial(_draw, view, key, made)


def _draw(view: View, key: str, made: Sequence[Tile]) -> None:
    grid = st.grid(len(made), min_column_width=196, gap=8, key=key)
    for one in made:
        with grid.cell():
            tile.draw(one, view.catalogue.get(one.metric), partial(_sql, view, one.metric))


def _trust(trust: Trust | None) -> tuple[Line, ...]:
    """What the open breaks leave uncertain of the number and how much of it is traced; nothing where neither is known."""
    return (*_breaks(trust), *_traced(trust)) if trust is not None else ()


def _traced(trust: Trust) -> tuple[Line, ...]:
    """Whole per cent, rounded down: what reads 100 is traced to the last cent."""
    share = trust.traced.share if trust.traced else None
    if share is None:
        return ()
    return (
        Line(
            "traced end to end",
            traced_percent(share),
            "plain" if share == 1 else "warning",
            navigation.link("health", traced=trust.metric),
        ),
    )


def _breaks(trust: Trust) -> tuple[Line, ...]:
    """What the open breaks leave uncertain of the number, in its own unit."""
    if not trust.open_breaks:
        return ()
    breaks = fmt.counted(trust.open_breaks, "break")
    # leads to the breaks that are counted here, and to no others
    link = navigation.link("breaks", touches=trust.metric)
    if (amount := uncertain(trust)) is not None:
        return (Line(f"± unreconciled, {breaks}", amount, "warning", link),)
    if not trust.worth:
        return (Line(f"touched by {breaks}", fmt.UNKNOWN_AMOUNT, "warning", link),)
    worth = fmt.tile_value(trust.worth, "money", trust.currency)
    return (Line(f"touched by {breaks} worth", worth, "warning", link),)


def uncertain(trust: Trust) -> str | None:
    """What is uncertain of the number in its own unit, `$38.0k`; None where nobody knows how much."""
    if trust.unreconciled is None:
        return None
    if trust.unit != "ratio":
        return fmt.tile_value(trust.unreconciled, trust.unit, trust.currency)
    points = trust.unreconciled * 100
    return f"{fmt.grouped(points, 1)} points" if points >= Decimal("0.05") else "under 0.1 points"


def line(view: View, label: str, metric: str, warn: bool = False) -> Line | None:
    """A figure of the tile's foot; none where this version does not have its metric."""
    if metric not in view.catalogue:
        return None
    answer = view.figures(metric)
    value = fmt.as_decimal(answer.one(metric))
    # A line of a walk that is taken away has a minus there; beside a value it is an amount.
    shown = abs(value) if value is not None and metric in TAKEN_AWAY else value
    words = fmt.tile_value(shown, view.unit(metric), answer.currency_code)
    link = view.link_to_rows(metric) if value is not None else ""
    return Line(label, words, "warning" if warn and value else "plain", link)


def bases(view: View, metric: str) -> tuple[Line, ...]:
    """A utilization over the two other capacities."""
    return (
        Line("over standard", fmt.tile_value(view.one(f"{metric}_std"), "ratio")),
        Line("over net", fmt.tile_value(view.one(f"{metric}_net"), "ratio")),
    )


def compliance(view: View) -> Line:
    """How much of the time is recorded at all."""
    return Line("timesheets in", fmt.tile_value(view.one("timesheet_compliance"), "ratio"))


def utilization(view: View, metric: str, better: Better = "up") -> Spec:
    """A utilization over gross, with the other capacities and how much of the time is recorded beside it."""
    return Spec(metric, better, (*bases(view, metric), compliance(view)), NO_CAPACITY, "over gross")


def _sql(view: View, metric: str) -> str:
    answer = view.ask((metric,))
    return answer.sql or answer.refused


def _tile(view: View, spec: Spec, trust: Trust | None, target: TargetAnswer | None) -> Tile:
    metric = spec.metric
    entry = view.catalogue.get(metric)
    unit = view.unit(metric)
    answer = view.figures(metric)
    value = answer.one(metric)
    known = fmt.as_decimal(value) is not None
    dates, trend = _history(view, metric) if known else ([], [])
    # Without a value of its own, the tile has said why; two more lines would say it again.
    compared = view.compared if known else ()
    label = entry.label if entry else metric.removesuffix("_pct").replace("_", " ").capitalize()
    return Tile(
        metric=metric,
        label=label,
        basis=_basis(view, spec, answer.currency_code),
        unit=unit,
        value=value,
        value_text=fmt.tile_value(value, unit, answer.currency_code),
        better=spec.better,
        reason=(answer.refused or spec.reason) if entry else UNKNOWN,
        lines=(*(line for line in spec.lines if line is not None), *_trust(trust)),
        comparisons=tuple(_comparison(view, spec, value, period) for period in compared),
        trend=tuple(trend),
        trend_words=trend_words(label, unit, answer.currency_code, dates, trend),
        link=view.link_to_rows(metric) or "#rows",
        aim=_aim(view, spec, value, target) if known else None,
    )


def _aim(view: View, spec: Spec, value: Cell, target: TargetAnswer | None) -> Aim | None:
    """The target of the firm file; of utilization, where that has none, the one of its people."""
    wanted = target.value if target else None
    detail = "Target of the firm file"
    if wanted is None and spec.metric == "billable_utilization":
        people = view.total(TARGETED)
        wanted = fmt.as_decimal(target_of(people))
        detail = "Targets of people or their roles, by their gross hours"
        moved = fmt.change(people.get("utilization_target_variance"), Decimal(0), "ratio", spec.better)
        if wanted is None and moved is not None:
            return Aim("target, of who has one", moved, detail)
    if wanted is None:
        return Aim(target.reason) if target and (spec.aimed or target.reason != NO_TARGET) else None
    unit = view.unit(spec.metric)
    words = f"target {fmt.tile_value(wanted, unit, view.version.reporting_currency)}"
    if target and target.until and target.until > view.period.end:
        return Aim(f"{words} by {fmt.day(target.until)}", detail=detail)
    return Aim(words, fmt.change(value, wanted, unit, spec.better, view.version.reporting_currency), detail)


def _basis(view: View, spec: Spec, currency: str | None) -> str:
    """What the value is measured in or over, and of when it is: the day that a balance stands on, else the period."""
    when = f"on {fmt.day(view.period.end)}" if view.is_balance(spec.metric) else view.period.label
    if view.unit(spec.metric) != "money":
        return (" " if view.is_balance(spec.metric) else ", ").join(
            words for words in (spec.basis, when) if words
        )
    if currency is None:
        return f"{view.money}, {when}"
    constant = " constant" if view.selection.currency == "constant" else ""
    return f"{currency}{constant}{' ' if view.is_balance(spec.metric) else ', '}{when}"


def _comparison(view: View, spec: Spec, value: Cell, period: Period) -> Comparison:
    against = fmt.day(period.end) if view.is_balance(spec.metric) else period.label
    answer = view.figures(spec.metric, period=period)
    unit, currency = view.unit(spec.metric), answer.currency_code
    first = view.choices.months[0]
    # a sum over a period before the first record is nothing, and no zero to compare with
    if period.end < first and not view.is_balance(spec.metric):
        return Comparison(None, against, "no data", f"This version’s data starts {fmt.month(first)}.")
    moved = fmt.change(value, answer.one(spec.metric), unit, spec.better, currency)
    if moved is not None:
        return Comparison(moved, against)
    if answer.refused:
        return Comparison(None, against, "not comparable", answer.refused)
    return Comparison(None, against, "no data" if period.end < first else "no value then")


def _history(view: View, metric: str) -> tuple[Sequence[date], Sequence[Cell]]:
    """Up to thirteen months (quarters, when quarters are shown) of a metric, to the one that is selected.

    A balance stands on the last day of each, the running one's on the as-of day.
    """
    quarterly = view.selection.period == "quarter"
    first_of = periods.first_of_quarter if quarterly else periods.first_of_month
    last, first = first_of(view.period.end), first_of(view.choices.months[0])
    step = 3 if quarterly else 1
    newest_first = (periods.add_months(last, -step * back) for back in range(SPARK_PERIODS))
    dates = [value for value in newest_first if value >= first][::-1]
    history = view.history(metric, "quarter" if quarterly else "month")
    return dates, [history.get(value, {}).get(metric) for value in dates]
