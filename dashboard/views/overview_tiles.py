"""The six tiles of the overview: value, two comparisons, what belongs beside it, thirteen periods, definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from dashboard import format as fmt
from dashboard import periods
from dashboard.components import tile
from dashboard.components.tile import Comparison, Line, Tile
from dashboard.data import Answer
from dashboard.format import Better
from dashboard.periods import Period
from dashboard.views.view import COST, FIGURES, NO_COST, UNAPPROVED, View, trend_words
from tieout.metrics_types import Cell

SPARK_PERIODS = 13


def draw(view: View, figures: Answer, costs: Answer) -> None:
    """Draw the row of tiles."""
    grid = st.grid(6, min_column_width=196, gap=8, key="tiles")
    histories = _histories(view)
    compliance = Line("timesheets in", fmt.tile_value(figures.one("timesheet_compliance"), "ratio"))
    variance = Line("v target", fmt.points(figures.one("utilization_target_variance")))

    def basis(metric: str) -> tuple[Line, ...]:
        return (
            Line("over standard", fmt.tile_value(figures.one(f"{metric}_std"), "ratio")),
            Line("over net", fmt.tile_value(figures.one(f"{metric}_net"), "ratio")),
        )

    def hours(label: str, metric: str, answer: Answer = figures, warn: bool = False) -> Line:
        value = fmt.as_decimal(answer.one(metric))
        # A line of the walk that is taken away has a minus there; beside a value it is an amount of hours.
        shown = abs(value) if value is not None and metric == UNAPPROVED else value
        return Line(label, fmt.tile_value(shown, "hours"), "warning" if warn and value else "plain")

    no_capacity = "no capacity in this slice"
    specs: tuple[tuple[str, str, Better, Answer, tuple[Line, ...], str], ...] = (
        (
            "billable_utilization",
            "over gross",
            "up",
            figures,
            (*basis("billable_utilization"), variance, compliance),
            no_capacity,
        ),
        (
            "productive_utilization",
            "over gross",
            "up",
            figures,
            (*basis("productive_utilization"), compliance),
            no_capacity,
        ),
        (
            "resource_utilization",
            "over gross",
            "neither",
            figures,
            (*basis("resource_utilization"), compliance),
            no_capacity,
        ),
        (
            "billable_hours",
            "",
            "up",
            figures,
            (
                hours("gross capacity", "capacity_gross_hours"),
                hours("net", "capacity_net_hours"),
                hours("standard", "capacity_standard_hours"),
                hours("awaiting approval", UNAPPROVED, warn=True),
            ),
            "no approved billable time in this slice",
        ),
        (
            "timesheet_compliance",
            "of net capacity",
            "up",
            figures,
            (hours("missing", "missing_hours", warn=True), hours("net capacity", "capacity_net_hours")),
            no_capacity,
        ),
        (
            "cost_standard",
            view.selection.money_words(view.version.reporting_currency),
            "neither",
            costs,
            (hours("uncosted", "uncosted_hours", costs, warn=True),),
            _no_cost(costs),
        ),
    )
    for metric, basis_words, better, answer, lines, reason in specs:
        with grid.cell():
            one = _tile(view, metric, basis_words, better, answer, lines, reason, histories)
            tile.draw(one, view.catalogue.get(metric), partial(_sql, view, metric))


def _no_cost(costs: Answer) -> str:
    return costs.refused or NO_COST


def _sql(view: View, metric: str) -> str:
    answer = view.ask((metric,))
    return answer.sql or answer.refused


def _tile(
    view: View,
    metric: str,
    basis: str,
    better: Better,
    answer: Answer,
    lines: tuple[Line, ...],
    reason: str,
    histories: Mapping[str, tuple[Sequence[date], Sequence[Cell]]],
) -> Tile:
    entry = view.catalogue.get(metric)
    unit = entry.unit if entry else ""
    value = answer.one(metric)
    dates, trend = histories.get(metric, ((), ()))
    # Without a value of its own, the tile has said why; two more lines would say it again.
    compared = view.compared if fmt.as_decimal(value) is not None else ()
    comparisons = tuple(_comparison(view, metric, unit, better, value, period) for period in compared)
    label = entry.label if entry else metric.replace("_", " ").capitalize()
    return Tile(
        metric=metric,
        label=label,
        basis=basis,
        unit=unit,
        value=value,
        value_text=fmt.tile_value(value, unit, answer.currency_code),
        better=better,
        reason=reason if entry else "this version does not have the metric",
        lines=lines,
        comparisons=comparisons,
        trend=tuple(trend),
        trend_words=trend_words(label, unit, answer.currency_code, dates, trend),
    )


def _comparison(
    view: View, metric: str, unit: str, better: Better, value: Cell, period: Period
) -> Comparison:
    answer = view.ask_costs(period) if metric in COST else view.ask(FIGURES, period=period)
    before = answer.one(metric)
    moved = fmt.change(value, before, unit, better)
    if moved is not None:
        return Comparison(moved, period.label)
    first = view.choices.months[0]
    if period.end < first:
        return Comparison(None, period.label, "no data", f"This version’s data starts {fmt.month(first)}.")
    return Comparison(None, period.label, "no value then")


def _histories(view: View) -> dict[str, tuple[Sequence[date], Sequence[Cell]]]:
    """Up to thirteen months (quarters, when quarters are shown) of each metric, to the one that is selected."""
    quarterly = view.selection.period == "quarter"
    first_of = periods.first_of_quarter if quarterly else periods.first_of_month
    last, first = first_of(view.period.end), first_of(view.choices.months[0])
    step = 3 if quarterly else 1
    newest_first = (periods.add_months(last, -step * back) for back in range(SPARK_PERIODS))
    dates = [value for value in newest_first if value >= first][::-1]
    found: dict[str, tuple[Sequence[date], Sequence[Cell]]] = {}
    for metrics in (FIGURES, COST):
        history = view.history(metrics, "quarter" if quarterly else "month")
        for metric in metrics:
            found[metric] = (dates, [history.get(value, {}).get(metric) for value in dates])
    return found
