"""The table that says the same as a chart, and its download."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dashboard import format as fmt
from dashboard.components.markup import text
from tieout.metrics_types import Cell

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class TableColumn:
    """`unit` is hours, money, ratio, points or count for numbers and empty for names; `note` is the column's help."""

    name: str
    label: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows in the order shown. `total` comes from its own question, never from adding rows up.

    `context` (as-of, mode, version …) goes into every line of the download, so that a line cut out of it still says
    what it is. `links` maps the text of the first column to an address. A row may carry its own `currency`.
    `sums` names the rows (by their first column) that stand for the lines above them.
    """

    columns: tuple[TableColumn, ...]
    rows: Sequence[Mapping[str, Cell]]
    currency: str | None = None
    total: Mapping[str, Cell] | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()


def html(table: Table, caption: str) -> str:
    """The table with a sticky header, numbers to the right and the totals row last."""
    head = "".join(
        f'<th scope="col" class="{"to-number" if column.unit else "to-name"}" title="{text(column.note or column.label)}">'
        f"{text(column.label)}</th>"
        for column in table.columns
    )
    body = "".join(_row(table, row) for row in table.rows)
    foot = f"<tfoot>{_row(table, table.total)}</tfoot>" if table.total is not None else ""
    return (
        f'<div class="to-scroll" tabindex="0" role="region" aria-label="{text(caption)}">'
        f'<table class="to-table"><caption>{text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
    )


def _row(table: Table, row: Mapping[str, Cell]) -> str:
    cells = []
    for index, column in enumerate(table.columns):
        value = row.get(column.name)
        if column.unit:
            cells.append(
                f'<td class="to-number">{text(fmt.exact_value(value, column.unit, _currency(table, row)))}</td>'
            )
            continue
        name = label_text(value)
        link = table.links.get(name)
        shown = f'<a href="{text(link)}" target="_self">{text(name)}</a>' if link else text(name)
        tag = "th scope='row'" if index == 0 else "td"
        cells.append(f'<{tag} class="to-name">{shown}</{tag.split()[0]}>')
    name = label_text(row.get(table.columns[0].name))
    return f"<tr{' class=to-sum' if name in table.sums else ''}>{''.join(cells)}</tr>"


def _currency(table: Table, row: Mapping[str, Cell]) -> str | None:
    own = row.get("currency")
    return own if isinstance(own, str) else table.currency


def label_text(value: Cell) -> str:
    """A dimension's value as text; months as `Jun 2026`, nothing as `Unassigned`."""
    if value is None:
        return "Unassigned"
    if isinstance(value, date):
        return fmt.month(value) if value.day == 1 else fmt.day(value)
    return str(value)


def csv_bytes(table: Table) -> bytes:
    """The table at full precision as UTF-8 CSV. Text that a spreadsheet would run as a formula gets an apostrophe.

    Numbers stay numbers: a negative amount keeps its sign.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    money = [TableColumn("currency", "currency")] if any(c.unit == "money" for c in table.columns) else []
    writer.writerow([column.name for column in (*table.columns, *money)] + list(table.context))
    tail = [safe(value) for value in table.context.values()]
    rows = [*table.rows, table.total] if table.total is not None else table.rows
    for row in rows:
        cells = [_csv_cell(row.get(column.name), column.unit) for column in table.columns]
        writer.writerow(cells + [safe(_currency(table, row) or "") for _ in money] + tail)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell, unit: str) -> str:
    if unit:
        number = fmt.as_decimal(value)
        return "" if number is None else f"{number:f}"
    if isinstance(value, date):
        return value.isoformat()
    return safe("Unassigned" if value is None else str(value))


def safe(value: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before `= + - @`, tab or line break, behind spaces too."""
    return (
        f"'{value}"
        if value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS)
        else value
    )


def number(value: Cell) -> Decimal | None:
    """A cell's number for sorting."""
    return fmt.as_decimal(value)
