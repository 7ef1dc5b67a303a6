"""The table that says the same as a chart, and its download."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from dashboard import format as fmt
from dashboard.components.markup import text
from tieout.metrics_types import UNASSIGNED, Cell

NOTHING = "–"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class TableColumn:
    """`unit` is hours, money, ratio, points, days or count for numbers, empty for names and `day` for dates; `note` is
    the column's help. What is `optional` does not apply to every row, so that nothing there needs no reason.
    What is `long` may break into lines."""

    name: str
    label: str
    unit: str = ""
    note: str = ""
    optional: bool = False
    long: bool = False

    @property
    def is_number(self) -> bool:
        return self.unit not in ("", "day")


@dataclass(frozen=True)
class Table:
    """Rows in the order shown. `total` comes from its own question, never from adding rows up.

    `context` (as-of, mode, version …) goes into every line of the download, so that a line cut out of it still says
    what it is. `links` maps the text of the first column to an address, `cell_links` that text and a column's name.
    A row may carry its own `currency`, or one of each money column (`currency_of`) where they may differ.
    `linked` maps a column to the key under which each row carries the address of its cell, for rows without a name.
    `sums` names the rows (by their first column) that stand for the lines above them.
    `stacked` names the column that stands beside the first one where the screen is narrow: each row is a small card
    there, with every other cell below them under its own heading.
    """

    columns: tuple[TableColumn, ...]
    rows: Sequence[Mapping[str, Cell]]
    currency: str | None = None
    total: Mapping[str, Cell] | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    cell_links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()
    linked: Mapping[str, str] = field(default_factory=dict)
    stacked: str = ""


def html(table: Table, caption: str) -> str:
    """The table with a sticky header, numbers to the right and the totals row last."""
    head = "".join(
        f'<th scope="col" class="{"to-number" if column.is_number else "to-name"}" title="{text(column.note or column.label)}">'
        f"{text(column.label)}</th>"
        for column in table.columns
    )
    body = "".join(_row(table, row) for row in table.rows)
    foot = f"<tfoot>{_row(table, table.total)}</tfoot>" if table.total is not None else ""
    return (
        f'<div class="to-scroll" tabindex="0" role="region" aria-label="{text(caption)}">'
        f'<table class="to-table{" to-stacked" if table.stacked else ""}"><caption>{text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
    )


def _row(table: Table, row: Mapping[str, Cell]) -> str:
    name = label_text(row.get(table.columns[0].name))
    cells = []
    for index, column in enumerate(table.columns):
        value = row.get(column.name)
        link = table.cell_links.get((name, column.name))
        if column.is_number:
            shown = text(_number(table, row, column))
            linked = link if fmt.as_decimal(value) is not None else None
            kind = "to-number to-beside" if column.name == table.stacked else "to-number"
            kind += " to-none" if table.stacked and shown == NOTHING else ""
            cells.append(f'<td class="{kind}"{_heading(table, column)}>{_linked(shown, linked)}</td>')
            continue
        link = table.links.get(name) if index == 0 else link
        if column.name in table.linked:
            link = str(row.get(table.linked[column.name]) or "")
        shown = _linked(text(_words(value, column)), link)
        tag = "th scope='row'" if index == 0 else "td"
        kind = "to-name to-long" if column.long else "to-name"
        kind += " to-none" if table.stacked and index and column.optional and value is None else ""
        heading = _heading(table, column) if index else ""
        cells.append(f'<{tag} class="{kind}"{heading}>{shown}</{tag.split()[0]}>')
    return f"<tr{' class=to-sum' if name in table.sums else ''}>{''.join(cells)}</tr>"


def _heading(table: Table, column: TableColumn) -> str:
    """What the cell says of itself in a card, where no heading stands above it."""
    return f' data-label="{text(column.label)}"' if table.stacked else ""


def _number(table: Table, row: Mapping[str, Cell], column: TableColumn) -> str:
    value = row.get(column.name)
    if column.optional and value is None:
        return NOTHING
    return fmt.exact_value(value, column.unit, _currency(table, row, column.name))


def _words(value: Cell, column: TableColumn) -> str:
    if column.optional and value is None:
        return NOTHING
    if isinstance(value, datetime):
        return fmt.moment(value)
    return fmt.day(value) if column.unit == "day" and isinstance(value, date) else label_text(value)


def _linked(shown: str, link: str | None) -> str:
    return f'<a href="{text(link)}" target="_self">{shown}</a>' if link else shown


def currency_of(column: str) -> str:
    """Key under which a row carries the currency of one column."""
    return f"{column}_currency"


def _currency(table: Table, row: Mapping[str, Cell], column: str = "") -> str | None:
    own = row.get(currency_of(column)) or row.get("currency")
    return own if isinstance(own, str) else table.currency


def label_text(value: Cell) -> str:
    """A dimension's value as text; months as `Jun 2026`, nothing as `Unassigned`."""
    if value is None:
        return UNASSIGNED
    if isinstance(value, date):
        return fmt.month(value) if value.day == 1 else fmt.day(value)
    return str(value)


def csv_bytes(table: Table) -> bytes:
    """The table at full precision as UTF-8 CSV. Text that a spreadsheet would run as a formula gets an apostrophe.

    Numbers stay numbers: a negative amount keeps its sign.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    rows = [*table.rows, table.total] if table.total is not None else table.rows
    money = [column.name for column in table.columns if column.unit == "money"]
    apart = any(currency_of(name) in row for row in rows for name in money)
    currencies = [currency_of(name) for name in money] if apart else ["currency"] if money else []
    writer.writerow([column.name for column in table.columns] + currencies + list(table.context))
    tail = [safe(value) for value in table.context.values()]
    for row in rows:
        cells = [_csv_cell(row.get(column.name), column) for column in table.columns]
        codes = [_currency(table, row, name) or "" for name in (money if apart else money[:1])]
        writer.writerow(cells + [safe(code) for code in codes] + tail)
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell, column: TableColumn) -> str:
    if column.optional and value is None:
        return ""
    if column.is_number:
        number = fmt.as_decimal(value)
        return "" if number is None else f"{number:f}"
    if isinstance(value, date):
        return value.isoformat()
    return safe(UNASSIGNED if value is None else str(value))


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
