"""The rows under the tiles: the same figures by practice, and for paper what each of them means."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from dashboard import format as fmt
from dashboard import state
from dashboard.components import charts, table_twin
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.data import Answer
from dashboard.views.view import COST, FIGURES, HOURS, RATIOS, View, column, largest_first
from tieout.metrics_types import Cell

ROW_COLUMNS = (
    *COST,
    "billable_hours",
    "capacity_gross_hours",
    *RATIOS,
    "missing_hours",
    "capacity_net_hours",
    "capacity_standard_hours",
)


def draw(view: View, figures: Answer, costs: Answer) -> None:
    """Every figure of the tiles by practice, with the tiles' own figures as the totals row."""
    by = ("practice",)
    hours = {row["practice"]: row for row in view.ask(FIGURES, by).rows}
    money = view.ask(COST, by)
    rows: list[dict[str, Cell]] = [{"practice": name, **row} for name, row in hours.items()]
    cost_rows = {row["practice"]: row for row in money.rows}
    for row in rows:
        row.update({metric: cost_rows.get(row["practice"], {}).get(metric) for metric in COST})
    rows += [dict(row) for name, row in cost_rows.items() if name not in hours]
    table = Table(
        columns=(TableColumn("practice", "Practice"), *(column(view, metric) for metric in ROW_COLUMNS)),
        rows=[
            row
            for row in largest_first(rows, "cost_standard")
            if any(fmt.as_decimal(row.get(m)) for m in (*HOURS, *COST))
        ],
        currency=money.currency_code,
        total={
            "practice": "Total",
            **{metric: figures.one(metric) for metric in (*HOURS, *RATIOS)},
            **{metric: costs.one(metric) for metric in COST},
        },
        context=view.context(),
        links=_practice_links(view),
    )
    question = "What is behind the tiles, by practice?"
    with st.container(key="card_rows", gap=None):
        show(
            f'<div class="to-card" id="rows"><h2>{text(question)}</h2><p class="to-subtitle">'
            f"{text(view.subtitle('hours, shares and ' + view.selection.money_words(view.version.reporting_currency)))}"
            " · hours by the person’s practice, cost by the project’s · the last row is the tiles</p></div>"
            f"{table_twin.html(table, question)}"
        )
        charts.download("rows", table, f"overview by practice {view.period.label}", question)


def _practice_links(view: View) -> dict[str, str]:
    base = state.default(view.choices)
    return {
        name: f"?{urlencode(state.to_query(replace(view.selection, practice=name), base))}"
        for name in view.choices.practices
    }


def definitions_html(view: View, figures: Answer, costs: Answer) -> str:
    """For paper only: what each printed figure means."""
    words = {**figures.definition, **costs.definition}
    listed = "".join(
        f"<dt>{text(view.catalogue[metric].label)}</dt><dd>{text(definition)}</dd>"
        for metric, definition in words.items()
        if metric in view.catalogue
    )
    return f'<section class="to-print"><h2>Definitions</h2><dl>{listed}</dl></section>'
