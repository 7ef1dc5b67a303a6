"""An explanation as a page for people, JSON for programs, CSV of the rows for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import exact_text, json_cell
from tieout.explain_types import ExplainedRow, Explanation, Source
from tieout.metrics_types import Cell, Column
from tieout.output import csv_cell, display

SOURCE_FIELDS = ("system", "object", "id", "file", "row", "url")


def as_json(explanation: Explanation) -> str:
    """The contract of `tieout explain --format json`."""
    return json.dumps(_document(explanation), indent=2, ensure_ascii=False)


def _document(explanation: Explanation) -> dict[str, Any]:
    return {
        "metric": explanation.metric,
        "label": explanation.label,
        "definition": explanation.definition,
        "formula": explanation.formula,
        "unit": explanation.unit,
        "owner": explanation.owner,
        "value": json_cell(explanation.value),
        "exact": json_cell(explanation.exact),
        "currency_code": explanation.currency_code,
        "slice": list(explanation.slice),
        "as_of": explanation.as_of.isoformat(),
        "mode": explanation.mode,
        "currency": explanation.currency,
        "population": explanation.population,
        "version": explanation.version,
        "sql": explanation.sql,
        "rows_sql": explanation.rows_sql,
        "table": explanation.table,
        "row_count": explanation.row_count,
        "row_sum": json_cell(explanation.row_sum),
        "rows": [_row_document(row) for row in explanation.rows],
        "parts": [_document(part) for part in explanation.parts],
        "agrees": explanation.agrees,
        "closing": explanation.closing,
        "notes": list(explanation.notes),
    }


def _row_document(row: ExplainedRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "contribution": json_cell(row.contribution),
        "date": json_cell(row.date),
        "columns": {name: json_cell(value) for name, value in row.columns.items()},
        "priced_by": {name: json_cell(value) for name, value in row.priced_by.items()},
        "source": {name: getattr(row.source, name) for name in SOURCE_FIELDS},
        "trace": row.trace,
    }


def as_csv(explanation: Explanation) -> str:
    """One line a row; `metric` tells whose, since the rows of a ratio are those of its parts."""
    found = [(part, row) for part in _leaves(explanation) for row in part.rows]
    columns = list(dict.fromkeys(name for _, row in found for name in (*row.columns, *row.priced_by)))
    sources = [f"source_{name}" for name in SOURCE_FIELDS]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["metric", "key", "contribution", "currency", "date", *columns, *sources, "trace"])
    for part, row in found:
        named: Mapping[str, Cell] = {**row.priced_by, **row.columns}
        cells = [part.metric, row.key, row.contribution, part.currency_code, row.date]
        cells += [named.get(name) for name in columns]
        cells += [getattr(row.source, name) for name in SOURCE_FIELDS]
        writer.writerow([csv_cell(cell) for cell in [*cells, row.trace]])
    return written.getvalue()


def _leaves(explanation: Explanation) -> Iterator[Explanation]:
    if not explanation.parts:
        yield explanation
    for part in explanation.parts:
        yield from _leaves(part)


def print_explanation(explanation: Explanation, console: Console, *, sql: bool = False) -> None:
    """Number, definition, rows and whether they sum to it; then where to go on."""
    _print_one(explanation, console, sql=sql, depth=0)
    footer = f"As of {explanation.as_of} · version {explanation.version}"
    for line in (footer, *explanation.notes):
        console.print(Text(line, style="dim"), soft_wrap=True)
    if explanation.largest is not None:
        console.print(Text(f"Go on: tieout trace {explanation.largest.trace}"), soft_wrap=True)


def _print_one(explanation: Explanation, console: Console, *, sql: bool, depth: int) -> None:
    head = Text(f"{explanation.label} ({explanation.metric})", style="bold")
    if explanation.unit and not (explanation.parts and explanation.value is None):
        head.append(f"  {_number(explanation)}")
    console.print(head, soft_wrap=True)
    lines = [", ".join(explanation.slice)] if depth == 0 else []
    lines.append(explanation.definition)
    if explanation.formula:
        lines.append(f"Formula: {explanation.formula}")
    if depth == 0 and explanation.owner:
        lines.append(f"Owner: {explanation.owner}")
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    if sql:
        for title, statement in (("The number", explanation.sql), ("Its rows", explanation.rows_sql)):
            if statement and not (explanation.parts and explanation.value is None):
                console.print(Text(f"\n-- {title}\n{statement};"), soft_wrap=True)
    console.print()
    for part in explanation.parts:
        _print_one(part, console, sql=sql, depth=depth + 1)
    if explanation.rows:
        console.print(_table(explanation))
    style = "" if explanation.agrees else "bold red"
    console.print(Text(explanation.closing, style=style), soft_wrap=True)
    console.print()


def _number(explanation: Explanation) -> str:
    unit = explanation.unit
    shown = display(explanation.value, Column(explanation.metric, "", "metric", unit))
    if explanation.value is None or unit == "ratio":
        return shown
    return f"{shown} {explanation.currency_code or ''}".strip() if unit == "money" else f"{shown} {unit}"


def _table(explanation: Explanation) -> Table:
    """The rows; a column that is empty in all of them is left out."""
    rows = explanation.rows
    columns = _named(rows)
    priced = any(row.priced_by for row in rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    unit = explanation.currency_code if explanation.unit == "money" else explanation.unit
    table.add_column(f"contribution{f' ({unit})' if unit else ''}", justify="right", no_wrap=True)
    table.add_column("date", no_wrap=True)
    for name in columns:
        numeric = any(not isinstance(row.columns.get(name), str | None) for row in rows)
        table.add_column(name, justify="right" if numeric else "left")
    if priced:
        table.add_column("priced by")
    table.add_column("source", overflow="fold")
    for row in rows:
        cells = [exact_text(row.contribution), _cell(row.date)]
        cells += [_cell(row.columns.get(name)) for name in columns]
        cells += [_priced(row)] if priced else []
        table.add_row(*(Text(cell) for cell in [*cells, source_text(row.source)]))
    return table


def _named(rows: tuple[ExplainedRow, ...]) -> list[str]:
    """Columns that have a value in some row, in the order of the rows that have them."""
    ordered = dict.fromkeys(name for row in rows for name in row.columns)
    return [name for name in ordered if any(row.columns.get(name) is not None for row in rows)]


def _cell(value: Cell) -> str:
    if isinstance(value, Decimal):
        return exact_text(value)
    cell = json_cell(value)
    return "–" if cell is None else str(cell)


def _priced(row: ExplainedRow) -> str:
    """How a row was priced: name and value; a trace in JSON is spelt out."""
    words = []
    for name, value in row.priced_by.items():
        try:
            steps = json.loads(value) if isinstance(value, str) and value.startswith("{") else None
        except ValueError:
            steps = None
        if isinstance(steps, dict):
            words += [f"{step} {amount}" for step, amount in steps.items()]
        else:
            words.append(f"{name} {_cell(value)}")
    return ", ".join(words) or "–"


def source_text(source: Source) -> str:
    """Where a record comes from: `psa time_entry TE-1 (time_entry.csv row 7)`, or the address where there is one."""
    words = " ".join(str(word) for word in (source.system, source.object, source.id) if word is not None)
    place = source.place
    return f"{words} ({place})" if words and place else words or place or "–"
