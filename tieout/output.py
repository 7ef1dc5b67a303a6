"""Results as a table for people, JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import decimal_text, json_cell
from tieout.metrics_types import Cell, Column, Result
from tieout.traced import Traced
from tieout.trust import Trust

# A pipe or a file has no width of its own.
PIPE_COLUMNS = 240
# Wider than any table, so that one is measured as it would like to be.
WIDEST = 10_000
# A spreadsheet takes a text cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(result: Result, trusted: Mapping[str, Trust] | None = None) -> str:
    """The contract of `tieout query --format json`. `trust` holds, by metric, the open breaks that touch it and the
    share of it that is traced."""
    document: dict[str, Any] = {
        "rows": [{name: json_cell(value) for name, value in row.items()} for row in result.rows],
        "as_of": result.as_of.isoformat(),
        "period": {
            "from": json_cell(result.period.date_from),
            "to": json_cell(result.period.date_to),
            "in_parts": result.period.in_parts,
            "opens_on": json_cell(result.period.opens_on),
            "balances_on": [day.isoformat() for day in result.period.balances_on],
            "words": result.period.words(),
        },
        "mode": result.mode,
        "currency": result.currency,
        "currency_code": result.currency_code,
        "population": result.population,
        "definition": dict(result.definition),
        "version": result.version,
        "notes": result.notes,
        "trust": {
            name: {
                "is_checked": said.is_checked,
                "open_breaks": said.open_breaks,
                "unreconciled": None if said.unreconciled is None else decimal_text(said.unreconciled),
                "unit": said.unit,
                "not_in_the_number": decimal_text(said.missing),
                "worth": None if said.worth is None else decimal_text(said.worth),
                "without_amount": said.without_amount,
                "currency_code": said.currency,
                "filters_left_out": list(said.left_out),
                "traced": _traced(said.traced),
            }
            for name, said in (trusted or {}).items()
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _traced(said: Traced | None) -> dict[str, Any] | None:
    """A share, rounded down, and the absolute amounts behind it as decimal text; null with a reason where there is none."""
    if said is None:
        return None
    return {
        "share": float(said.share) if said.share is not None else None,
        "value": decimal_text(said.value),
        "traced": decimal_text(said.traced),
        "unit": said.unit,
        "currency_code": said.currency,
        "missing": {link: decimal_text(amount) for link, amount in said.missing},
        "part": said.part or None,
        "reason": said.reason or None,
    }


def as_csv(result: Result) -> str:
    """Header and rows. Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers do not."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column.name for column in result.columns])
    for row in result.rows:
        writer.writerow([csv_cell(row.get(column.name)) for column in result.columns])
    return written.getvalue()


def csv_cell(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    cell = json_cell(value)
    return "" if cell is None else str(cell)


def console() -> Console:
    """The terminal as wide as it is; a pipe or file wide enough that no row breaks."""
    return Console() if sys.stdout.isatty() else Console(width=PIPE_COLUMNS)


def print_result(
    result: Result,
    console: Console,
    trusted: Mapping[str, Trust] | None = None,
    whole: Mapping[str, Cell] | None = None,
) -> None:
    """The period, a table with the groups taken together at its end, and under it what it is of and which open breaks
    touch it and how much of it is traced."""
    console.print(Text(_of_period(result), style="bold"), soft_wrap=True)
    console.print(_table(result, console, whole) if result.rows else "No rows.")
    for line in (*_about(result), *trust_lines(trusted or {})):
        console.print(Text(line, style="dim"), soft_wrap=True)


def said_beside(result: Result) -> list[str]:
    """What a table says above and under its rows, for a form that holds rows alone."""
    return [_of_period(result), *_about(result)]


def _of_period(result: Result) -> str:
    return f"Period: {result.period.heading()}"


def _about(result: Result) -> list[str]:
    """What the numbers are of, and what is to be known of them."""
    parts = [f"As of {result.as_of}", result.mode]
    if any(column.unit == "money" for column in result.columns):
        parts.append(
            f"{result.currency} currency" + (f" ({result.currency_code})" if result.currency_code else "")
        )
    if result.population:
        parts.append(result.population.replace("_", " "))
    return [" · ".join([*parts, f"version {result.version}"]), *result.notes]


def trust_lines(trusted: Mapping[str, Trust]) -> list[str]:
    """One line for each metric that a break touches or of which a link is missing, with the links; one for all others
    of which the same is to be said."""
    lines: dict[str, list[str]] = {}
    for name, one in trusted.items():
        words = one.sentence()
        if one.traced is not None and one.traced.missing:
            amounts = (f"{amount:,.2f} {link.replace('_', ' ')}" for link, amount in one.traced.missing)
            words += f" (missing: {', '.join(amounts)}{f', of {one.traced.part}' if one.traced.part else ''})"
        if one.open_breaks or (one.traced is not None and one.traced.words()):
            lines.setdefault(words, []).append(name)
    return [f"{', '.join(names)}: {words}" for words, names in lines.items()]


def _table(result: Result, console: Console, whole: Mapping[str, Cell] | None) -> Table:
    """As the rows read best: each a line; each a column, where many metrics would lie too wide; else one line for each
    metric of each row."""
    metrics = sum(column.role == "metric" for column in result.columns)
    lying, standing = _lying(result, whole), _standing(result, whole)
    if metrics == 1 or (_fits(lying, console) and not (metrics > 6 and len(result.rows) <= 3)):
        return lying
    return standing if _fits(standing, console) else _listed(result, whole)


def _fits(table: Table, console: Console) -> bool:
    return console.measure(table, options=console.options.update(width=WIDEST)).maximum <= console.width


def _lying(result: Result, whole: Mapping[str, Cell] | None) -> Table:
    """One line a row, one column a metric."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in result.columns:
        table.add_column(_header(column, result), justify="right" if column.role == "metric" else "left")
    for row in result.rows:
        table.add_row(*(Text(display(row.get(column.name), column)) for column in result.columns))
    if whole is not None:
        # asked for by itself: shares and balances are no sum of their groups
        cells = [
            display(whole.get(column.name), column) if column.role == "metric" else ""
            for column in result.columns
        ]
        table.add_section()
        table.add_row(*(Text(cell) for cell in ["all", *cells[1:]]), style="bold")
    return table


def _standing(result: Result, whole: Mapping[str, Cell] | None) -> Table:
    """One line a metric, one column a row."""
    dimensions = [column for column in result.columns if column.role == "dimension"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("metric")
    for row in result.rows:
        name = ", ".join(display(row.get(column.name), column) for column in dimensions)
        table.add_column(Text(name or "value"), justify="right")
    if whole is not None:
        table.add_column("all", justify="right")
    for column in result.columns:
        if column.role == "metric":
            rows = [*result.rows, *([whole] if whole is not None else [])]
            cells = (Text(display(row.get(column.name), column)) for row in rows)
            table.add_row(Text(_header(column, result)), *cells)
    return table


def _listed(result: Result, whole: Mapping[str, Cell] | None) -> Table:
    """One line for each metric of each row: neither names nor values are cut, however many there are."""
    dimensions = [column for column in result.columns if column.role == "dimension"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in dimensions:
        table.add_column(column.name)
    table.add_column("metric")
    table.add_column("value", justify="right")
    for row in result.rows:
        for column in result.columns:
            if column.role == "metric":
                named = (Text(display(row.get(each.name), each)) for each in dimensions)
                table.add_row(*named, Text(_header(column, result)), display(row.get(column.name), column))
        table.add_section()
    for column in result.columns if whole is not None else ():
        if column.role == "metric" and whole is not None:
            named = (Text("all" if place == 0 else "") for place in range(len(dimensions)))
            value = display(whole.get(column.name), column)
            table.add_row(*named, Text(_header(column, result)), value, style="bold")
    return table


def _header(column: Column, result: Result) -> str:
    if column.role == "dimension":
        return column.name
    return (
        f"{column.name} ({result.currency_code})"
        if column.unit == "money" and result.currency_code
        else column.name
    )


def _period(day: date, dimension: str) -> str:
    """A period as filters take it; what begins on any day keeps its first day."""
    if dimension == "month":
        return f"{day:%Y-%m}"
    if dimension == "quarter":
        return f"{day:%Y}-Q{(day.month + 2) // 3}"
    return f"{day:%Y}" if dimension == "year" else day.isoformat()


def display(value: Cell, column: Column) -> str:
    """A cell for people: hours with two decimals, money with its own, ratios in percent, a dash for no value."""
    if value is None:
        return "–"
    if isinstance(value, date):
        return _period(value, column.name) if column.role == "dimension" else value.isoformat()
    if column.unit == "hours" and isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, Decimal):
        return f"{value:,f}" if column.unit == "money" else decimal_text(value)
    if column.unit == "ratio" and isinstance(value, float):
        return f"{value * 100:.1f} %"
    return str(value)
