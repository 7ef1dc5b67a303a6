"""The charts of the overview: what waits to be billed, what work costs, where capacity goes, how it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from dashboard import format as fmt
from dashboard import periods, state, theme
from dashboard.components import charts, filters, table_twin
from dashboard.components.charts import Bar, Card, Series
from dashboard.components.table_twin import Table, TableColumn
from dashboard.periods import Period
from dashboard.views import analysis
from dashboard.views.view import (
    COST,
    NO_COST,
    WIP_PARTS,
    View,
    column,
    largest_first,
    one_month_words,
    target_of,
    trend_words,
)
from tieout.metrics_types import Cell

TREND_MONTHS = 25
WALK = "capacity_walk"
WALK_TOTALS = ("standard", "gross", "net", "billable")
TREND = (
    ("billable_utilization", "Billable"),
    ("productive_utilization", "Productive"),
    ("resource_utilization", "Resource"),
)


def money(view: View) -> Callable[[], None]:
    """What waits to be billed, and beside it what the work costs."""
    return partial(_draw_money, _wip_card(view), _cost_card(view))


def _draw_money(wip: Card, cost: Card) -> None:
    main, side = st.columns([11, 10], gap=8)
    with main:
        charts.draw(wip, filters.show_rows)
    with side:
        charts.draw(cost, filters.pick_practice)


def capacity(view: View) -> Callable[[], None]:
    """Where capacity goes, which practices use it, how that moves."""
    beside = (_utilization_card(view), _trend_card(view))
    return partial(_draw_capacity, _walk_card(view, charts.height_beside(beside)), beside)


def _draw_capacity(walk: Card, beside: Sequence[Card]) -> None:
    main, side = st.columns([11, 10], gap=8)
    with main:
        charts.draw(walk)
    with side, st.container(key="side", gap=8):
        for card in beside:
            charts.draw(card, filters.pick_practice)


def _wip_card(view: View) -> Card:
    parts = [metric for metric in WIP_PARTS if metric in view.catalogue]
    answer = view.figures("wip_commercial")
    against = view.compared[0] if view.compared else None
    before = view.figures("wip_commercial", period=against) if against else None
    day = fmt.day(view.period.end)
    rows: list[dict[str, Cell]] = [
        {
            "part": view.catalogue[metric].label,
            "metric": metric,
            "amount": answer.one(metric),
            "before": before.one(metric) if before else None,
        }
        for metric in parts
    ]
    shown = [row for row in largest_first(rows, "amount") if fmt.as_decimal(row["amount"]) is not None]
    items = [
        Bar(label=table_twin.label_text(row["part"]), value=row["amount"], before=row["before"])
        for row in shown
    ]
    columns = [TableColumn("part", "Part"), TableColumn("amount", f"On {day}", "money")]
    total: dict[str, Cell] = {"part": "Work in progress", "amount": answer.one("wip_commercial")}
    if against and before:
        columns.append(TableColumn("before", f"On {fmt.day(against.end)}", "money"))
        total["before"] = before.one("wip_commercial")
    wip = fmt.tile_value(answer.one("wip_commercial"), "money", answer.currency_code)
    marked = against is not None and any(fmt.as_decimal(item.before) is not None for item in items)
    return Card(
        key="wip",
        question="What waits to be billed?",
        subtitle=view.subtitle(f"work in progress in {view.money}, together {wip}", f"on {day}"),
        alt="Work in progress by part: " + _bars_words(items, "money", answer.currency_code),
        table=Table(
            tuple(columns),
            largest_first(rows, "amount"),
            currency=answer.currency_code,
            total=total,
            context=view.context(),
            links={
                view.catalogue[metric].label: link for metric in parts if (link := view.link_to_rows(metric))
            },
        ),
        file_name=f"work in progress {view.period.end.isoformat()}",
        figure=charts.bars(
            tuple(items),
            "money",
            answer.currency_code,
            tuple((item.label, theme.palette(theme.active()).primary) for item in items),
            theme.active(),
            definition=view.about("wip_commercial"),
            before_label=fmt.day(against.end) if against else "",
        )
        if items
        else None,
        empty=answer.refused or f"Nothing waits to be billed on {day} in this slice.",
        legend=f"○ {fmt.day(against.end)}" if against and marked else "",
        picks=tuple(str(row["metric"]) for row in shown) if view.choices.drills else (),
    )


def _walk_card(view: View, height: int) -> Card:
    return analysis.walk_card(
        view,
        "walk",
        "Where does capacity go?",
        WALK,
        WALK_TOTALS,
        "hours, standard to billable",
        height=height,
        empty="No capacity in this slice, so there is nothing to walk.",
    )


def _utilization_card(view: View) -> Card:
    metrics = (
        "billable_utilization",
        "billable_utilization_std",
        "billable_utilization_net",
        "utilization_target_variance",
        "timesheet_compliance",
        "billable_hours",
        "capacity_gross_hours",
        "target_hours",
    )
    answer = view.figures("billable_utilization", ("practice",))
    rows = largest_first(answer.rows, "billable_utilization")
    against = view.compared[0] if view.compared else None
    before = _before(view, "billable_utilization", against)
    items = [
        Bar(
            label=table_twin.label_text(row["practice"]),
            value=row["billable_utilization"],
            target=target_of(row),
            before=before.get(row["practice"]),
        )
        for row in rows
        if fmt.as_decimal(row.get("billable_utilization")) is not None
    ]
    compliance = fmt.tile_value(view.one("timesheet_compliance"), "ratio")
    marks = ["│ target, where everyone has one"] if any(item.target is not None for item in items) else []
    marks += [f"○ {against.label}"] if against and any(item.before is not None for item in items) else []
    table = Table(
        columns=(
            TableColumn("practice", "Practice of the person"),
            *(column(view, metric) for metric in metrics),
        ),
        rows=rows,
        total=view.total(metrics),
        context=view.context(),
    )
    return Card(
        key="utilization",
        question="Which practices turn capacity into billable work?",
        subtitle=f"{view.subtitle('billable over gross hours')} · timesheets in {compliance}",
        alt="Billable utilization by practice: " + _bars_words(items, "ratio", None),
        table=table,
        file_name=f"utilization by practice {view.period.label}",
        figure=_bars(view, items, "ratio", None, "billable_utilization", against) if items else None,
        empty=answer.refused or "No practice has capacity in this slice.",
        legend="   ".join(marks),
        picks=tuple(item.label for item in items),
    )


def _before(view: View, metric: str, period: Period | None) -> dict[Cell, Cell]:
    if period is None:
        return {}
    return {row["practice"]: row.get(metric) for row in view.figures(metric, ("practice",), period).rows}


def _bars(
    view: View, items: Sequence[Bar], unit: str, currency: str | None, metric: str, against: Period | None
) -> go.Figure:
    return charts.bars(
        tuple(items),
        unit,
        currency,
        tuple(charts.practice_colours(view.choices.practices, theme.active()).items()),
        theme.active(),
        definition=view.about(metric),
        before_label=against.label if against else "",
        partial=view.period.partial,
    )


def _cost_card(view: View) -> Card:
    answer = view.figures("cost_standard", ("practice",))
    rows = [
        row
        for row in largest_first(answer.rows, "cost_standard")
        if any(fmt.as_decimal(row.get(m)) for m in COST)
    ]
    items = [
        Bar(label=table_twin.label_text(row["practice"]), value=row["cost_standard"])
        for row in rows
        if fmt.as_decimal(row.get("cost_standard")) is not None
    ]
    table = Table(
        columns=(
            TableColumn("practice", "Practice of the project"),
            *(column(view, metric) for metric in COST),
        ),
        rows=rows,
        currency=answer.currency_code,
        total=view.total(COST),
        context=view.context(),
    )
    comparable = answer.currency_code is not None
    return Card(
        key="cost",
        question="Which practices’ projects carry the cost?",
        subtitle=view.subtitle(f"standard cost in {view.money}")
        + f" · {fmt.tile_value(view.one('uncosted_hours'), 'hours')} uncosted",
        alt="Standard cost by practice: " + _bars_words(items, "money", answer.currency_code),
        table=table,
        file_name=f"cost by practice {view.period.label}",
        figure=_bars(view, items, "money", answer.currency_code, "cost_standard", None)
        if items and comparable
        else None,
        empty=answer.refused
        or (
            "Amounts of different currencies have no common scale; the table has them." if items else NO_COST
        ),
        picks=tuple(item.label for item in items),
    )


def _trend_card(view: View) -> Card:
    metrics = (*(metric for metric, _ in TREND), "timesheet_compliance")
    found = view.history("billable_utilization", "month")
    known = sorted(month for month in found if month <= view.as_of)[-TREND_MONTHS:]
    dates = periods.months_between(known[0], known[-1]) if known else []
    rows: list[Mapping[str, Cell]] = [{"month": month, **found.get(month, {})} for month in dates]
    running = bool(dates) and view.as_of < periods.last_of_month(dates[-1])
    series = tuple(Series(label, tuple(row.get(metric) for row in rows)) for metric, label in TREND)
    band = (view.period.start, max(view.period.end, view.period.start + timedelta(days=1)))
    drawable = any(fmt.as_decimal(value) is not None for one in series for value in one.values)
    alone = one_month_words([(one.label, one.values) for one in series], "ratio", None, dates)
    alt = "Utilization over gross capacity by month. " + " ".join(
        trend_words(one.label, "ratio", None, dates, one.values) + "." for one in series
    )
    return Card(
        key="trend",
        question="Is utilization moving?",
        subtitle=" · ".join(
            (
                "share of gross capacity by month",
                f"timesheets in {fmt.tile_value(view.one('timesheet_compliance'), 'ratio')} in {view.period.label}",
                state.MODE_LABELS[view.selection.mode].lower(),
                f"as of {fmt.day(view.as_of)}",
                *(["last month to date, dotted"] if running and not alone else []),
                *([] if alone else ["shaded: the selected period"]),
            )
        ),
        alt=alt,
        table=Table(
            (TableColumn("month", "Month"), *(column(view, metric) for metric in metrics)),
            rows[::-1],
            context=view.context()
            | {
                "period_from": dates[0].isoformat() if dates else "",
                "period_to": view.as_of.isoformat(),
            },
        ),
        file_name="utilization by month",
        figure=charts.lines(tuple(dates), series, theme.active(), running, analysis.clip(band, dates))
        if drawable and not alone
        else None,
        empty=alone or "No month of this slice has capacity.",
    )


def _bars_words(items: Sequence[Bar], unit: str, currency: str | None) -> str:
    return "; ".join(f"{item.label} {fmt.tile_value(item.value, unit, currency)}" for item in items) + "."
