"""The rows under the tiles: the same figures by practice, and for paper what each of them means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from dashboard import format as fmt
from dashboard.components import charts, table_twin
from dashboard.components.markup import text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.views.view import (
    BACKLOG,
    BILLED,
    RATIOS,
    WIP_PARTS,
    View,
    column,
    largest_first,
)
from tieout.metrics_types import Cell, MetricDescription

MONEY_COLUMNS = (
    *BACKLOG,
    "wip_commercial",
    "unbilled_unapproved_time",
    "capped_value",
    "wip_age_days",
    *BILLED,
    "project_margin",
    "project_margin_pct",
    "unpriced_hours",
)
CAPACITY_COLUMNS = (
    "billable_hours",
    "capacity_gross_hours",
    *RATIOS,
    "missing_hours",
    "capacity_net_hours",
    "capacity_standard_hours",
)


def money(view: View) -> Callable[[], None]:
    """What is behind the first row of tiles, by practice."""
    return _rows(
        view,
        "rows",
        "What has each practice waiting, billed and earned?",
        f"{view.money}, shares and hours",
        "balances on the last day · by the practice of the contract or project",
        MONEY_COLUMNS,
    )


def capacity(view: View) -> Callable[[], None]:
    """What is behind the second row of tiles, by practice."""
    return _rows(
        view,
        "capacity_rows",
        "How does each practice use its capacity?",
        "hours and shares",
        "by the person’s practice",
        CAPACITY_COLUMNS,
    )


def _rows(
    view: View, key: str, question: str, unit: str, words: str, wanted: Sequence[str]
) -> Callable[[], None]:
    """A table by practice whose last row is the tiles; every amount of it leads to its rows."""
    metrics = [metric for metric in wanted if metric in view.catalogue]
    rows: list[Mapping[str, Cell]] = [
        row
        for row in largest_first(list(view.by_practice(metrics).values()), metrics[0] if metrics else "")
        if any(fmt.as_decimal(row.get(metric)) for metric in metrics)
    ]
    names = [table_twin.label_text(row["practice"]) for row in rows]
    mine = [name for name in names if name in view.choices.practices]
    table = Table(
        columns=(TableColumn("practice", "Practice"), *(column(view, metric) for metric in metrics)),
        rows=rows,
        currency=next((code for metric in metrics if (code := view.figures(metric).currency_code)), None),
        total=view.total(metrics),
        context=view.context(),
        links={name: view.link(practice=name) for name in mine},
        cell_links={
            (name, metric): link
            for metric in metrics
            for name, link in (
                *((name, view.link_to_rows(metric, practice=name)) for name in mine),
                ("Total", view.link_to_rows(metric)),
            )
            if link
        },
    )
    face = (
        f'<div class="to-card" id="{text(key)}"><h2>{text(question)}</h2><p class="to-subtitle">'
        f"{text(view.subtitle(unit))} · {text(words)} · the last row is the tiles · each number leads to its rows</p></div>"
        f"{table_twin.html(table, question)}"
    )
    return partial(
        charts.draw_rows, key, face, table, f"overview {key} by practice {view.period.label}", question
    )


def definitions_html(view: View) -> str:
    """For paper only: what each printed figure means."""
    printed = dict.fromkeys(
        metric for question in view.questions for metric in question if metric not in WIP_PARTS
    )
    listed = "".join(
        f"<dt>{text(entry.label)}</dt><dd>{text(_definition(entry))}</dd>"
        for metric in printed
        if (entry := view.catalogue.get(metric))
    )
    return f'<section class="to-print"><h2>Definitions</h2><dl>{listed}</dl></section>'


def _definition(entry: MetricDescription) -> str:
    return f"{entry.description} Formula: {entry.formula}" if entry.formula else entry.description
