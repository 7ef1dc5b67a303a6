"""What makes one number of the page: its rows, each with the record it comes from, and that they add up to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlsplit

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.components import charts, filters, table_twin
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.data import Behind, Part
from dashboard.row_words import line_label
from dashboard.views.view import View
from tieout.metrics_types import Cell

ADDRESS = "source_url"


def draw(view: View) -> None:
    """The section, where the address asks for it."""
    metric = view.selection.rows
    if metric is None:
        return
    behind = data.rows_behind(view.version.id, metric, view.selection.part(view.period))
    question = f"What is behind {view.name(metric)}?"
    with st.container(key="card_behind", gap=None):
        show(
            f'<div class="to-card" id="behind"><h2>{text(question)}</h2>'
            f'<p class="to-subtitle">{text(_subtitle(view, metric))}</p></div>'
        )
        if behind.refused:
            show(f'<p class="to-empty">{text(behind.refused)}</p>')
        else:
            _number(view, metric, behind)
        if behind.parts:
            table = parts_table(view, behind)
            show(table_twin.html(table, question))
            charts.download("behind", lambda: table, f"parts of {metric} {view.period.label}", question)
        elif behind.rows:
            show(table_twin.html(_listed(view, behind), question))
            charts.download(
                "behind",
                lambda: all_rows(view, metric, behind.count),
                f"rows behind {metric} {view.period.label}",
                question,
            )
        st.button(
            "Close",
            key="close_behind",
            type="tertiary",
            icon=":material/close:",
            on_click=filters.show_rows,
            args=(None,),
        )


def _number(view: View, metric: str, behind: Behind) -> None:
    agrees = behind.agrees and fmt.as_decimal(behind.value) == fmt.as_decimal(view.one(metric))
    number = _exact(behind.value, view.unit(metric), behind.currency_code)
    words = sum_words(metric, view.unit(metric), behind) if agrees else _differs(view, metric, behind)
    tone = "to-muted" if agrees else "to-warn"
    show(
        f'<p class="to-behind"><span class="to-total" data-behind="{text(metric)}">{text(number)}</span> '
        f'<span class="{tone}">{text(words)}</span></p>'
    )


def sum_words(metric: str, unit: str, behind: Behind) -> str:
    """`214 rows sum to $213 433.12: the number above.`"""
    if behind.parts:
        return "is what these parts give. A part that is a link leads to its rows."
    if not behind.count:
        return "No row contributes to it."
    rows = f"{fmt.grouped(Decimal(behind.count), 0)} {'row sums' if behind.count == 1 else 'rows sum'}"
    words = f"{rows} to {_exact(behind.value, unit, behind.currency_code)}: the number above."
    listed = len(behind.rows)
    if behind.count > listed:
        words += f" The {fmt.grouped(Decimal(listed), 0)} largest are listed; the download has all."
    return words


def _differs(view: View, metric: str, behind: Behind) -> str:
    shown = _exact(view.one(metric), view.unit(metric), behind.currency_code)
    return f"{behind.closing} The page shows {shown}."


def _exact(value: Cell, unit: str, currency: str | None) -> str:
    words = fmt.exact_value(value, unit, currency)
    suffix = {"hours": "h", "days": "days"}.get(unit) if fmt.as_decimal(value) is not None else None
    return f"{words}{fmt.NARROW_SPACE}{suffix}" if suffix else words


def _subtitle(view: View, metric: str) -> str:
    day = f"on {fmt.day(view.period.end)}" if view.is_balance(metric) else ""
    unit = view.unit(metric)
    selection = view.selection
    where = (
        f"{selection.practice} practice" if selection.practice else "all practices",
        f"entity {selection.entity}" if selection.entity else "all entities",
    )
    return " · ".join((*where, view.subtitle(view.money if unit == "money" else unit or "count", day)))


def parts_table(view: View, behind: Behind) -> Table:
    """The inputs of a ratio or the lines of a report, each in its own unit, leading to its own rows."""
    named = {part.metric: line_label(part.label) for part in behind.parts}
    return Table(
        columns=(TableColumn("part", "Part"), TableColumn("value", "Value"), TableColumn("unit", "Unit")),
        rows=[
            {"part": named[part.metric], **_measured(view, part, is_numerator=place == 0)}
            for place, part in enumerate(behind.parts)
        ],
        context=view.context(),
        links={named[part.metric]: link for part in behind.parts if (link := view.link_to_rows(part.metric))},
    )


def _measured(view: View, part: Part, *, is_numerator: bool) -> dict[str, Cell]:
    """A part's value and its unit in words. What money divides to give days is money times days."""
    if part.unit != "money":
        return {"value": _exact(part.value, part.unit, None), "unit": part.unit}
    own = view.selection.currency in ("reporting", "constant")
    currency = part.currency_code or (view.version.reporting_currency if own else None)
    unit = currency or view.money
    if is_numerator and view.unit(view.selection.rows or "") == "days":
        return {"value": _exact(part.value, "number", None), "unit": f"{unit} × days"}
    return {"value": _exact(part.value, part.unit, currency), "unit": unit}


def _listed(view: View, behind: Behind) -> Table:
    """What a reader sees: the record leads to its system. What is empty here or written for programs is left to the
    download, and contributions have the decimals of the number."""
    filled = {name for row in behind.rows for name, value in row.items() if value is not None}
    return Table(
        columns=tuple(
            column
            for column in _columns(behind, filled - {ADDRESS})
            if not any(_for_programs(row.get(column.name)) for row in behind.rows)
        ),
        rows=[
            {name: _readable(view, behind, name, value) for name, value in row.items()} for row in behind.rows
        ],
        currency=behind.currency_code,
        context=view.context(),
        links=addresses(behind.rows),
    )


def _for_programs(value: Cell) -> bool:
    return isinstance(value, str) and value.startswith(("{", "["))


def _readable(view: View, behind: Behind, name: str, value: Cell) -> Cell:
    if name == "contribution" and isinstance(value, Decimal) and isinstance(behind.value, Decimal):
        return value.quantize(behind.value, rounding=ROUND_HALF_UP)
    if name == "component" and value in view.catalogue:
        return view.catalogue[str(value)].label
    return value


def all_rows(view: View, metric: str, count: int) -> Table:
    """Every row, with the address of its record: what the download holds."""
    behind = data.rows_behind(view.version.id, metric, view.selection.part(view.period), count)
    return Table(
        columns=_columns(behind, {column.name for column in behind.columns}),
        rows=behind.rows,
        currency=behind.currency_code,
        context=view.context(),
    )


def _columns(behind: Behind, names: set[str]) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(column.name, column.label, column.unit, optional=column.role == "dimension")
        for column in behind.columns
        if column.name in names
    )


def addresses(rows: Sequence[Mapping[str, Cell]]) -> dict[str, str]:
    """Addresses of records in their systems, where a browser opens them as a page and an id has only one."""
    found: dict[str, set[str]] = {}
    for row in rows:
        url = row.get(ADDRESS)
        if isinstance(url, str) and urlsplit(url).scheme in ("http", "https"):
            found.setdefault(table_twin.label_text(row.get("record")), set()).add(url)
    return {record: min(urls) for record, urls in found.items() if len(urls) == 1}
