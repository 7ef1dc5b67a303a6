"""Rows as a workbook: numbers are numbers, days are days, and text is text whatever it begins with.

The pages and the command line write their workbooks here, so that both are as safe in a spreadsheet and as easy to read:
headings are those that people see, they stay in sight and filter, and columns are as wide as what they hold.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tieout.metrics_types import Cell

FORMATS = {
    "money": "#,##0.00",
    "hours": "#,##0.00",
    "number": "#,##0.00",
    "ratio": "0.00%",
    "points": "+0.00%;-0.00%;0.00%",
    "count": "#,##0",
    "days": "#,##0.0",
}
# Widths of columns in characters: a heading needs room for the mark of its filter, and what is long may not take all.
FILTER_MARK = 3
NARROWEST, WIDEST, WIDEST_LONG = 8, 40, 70
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
CURRENCY = "currency"
# What a cell may hold; a longer text would make the file unreadable.
LONGEST = 32_767


@dataclass(frozen=True)
class SheetColumn:
    """A column by its name; `unit` as in FORMATS, or empty. What is `long` may get a wider column. `label` is its heading;
    without one it is its name in words."""

    name: str
    unit: str = ""
    long: bool = False
    label: str = ""

    @property
    def heading(self) -> str:
        return self.label or in_words(self.name)


def in_words(name: str) -> str:
    """`as_of` → `As of`."""
    spaced = name.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]


def write(
    columns: Sequence[SheetColumn],
    rows: Sequence[Mapping[str, Cell]],
    about: Mapping[str, str],
    currency: str | None = None,
    total: Mapping[str, Cell] | None = None,
) -> bytes:
    """The rows on one sheet, what they rest on (as-of, version, filters …) on a second one. Where a column is money, a last one
    has the currency: that of the row, else `currency`. `total` stands below the rows and outside of their filter."""
    out = io.BytesIO()
    # Cells are written by type below; these switch off guessing where a text looks like something else.
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    bold = book.add_format({"bold": True})
    plain, strong = _formats(book, bold=False), _formats(book, bold=True)
    sheet = book.add_worksheet("Rows")
    shown = list(columns)
    if any(column.unit == "money" for column in columns):
        shown.append(SheetColumn(CURRENCY))
        rows = [{**row, CURRENCY: row.get(CURRENCY) or currency} for row in rows]
        total = {**total, CURRENCY: total.get(CURRENCY) or currency} if total is not None else None
    for place, column in enumerate(shown):
        _text(sheet, 0, place, column.heading, bold)
        sheet.set_column(place, place, _width(column, [*rows, *([total] if total else [])]))
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(shown):
            _cell(sheet, line, place, row.get(column.name), column.unit, plain)
    if total is not None:
        for place, column in enumerate(shown):
            _cell(sheet, len(rows) + 1, place, total.get(column.name), column.unit, strong)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), max(0, len(shown) - 1))
    facts = book.add_worksheet("About")
    words = {in_words(name): value for name, value in about.items()}
    facts.set_column(0, 0, _fitting([*words], WIDEST))
    facts.set_column(1, 1, _fitting([*words.values()], WIDEST_LONG))
    for line, (name, value) in enumerate(words.items()):
        _text(facts, line, 0, name, bold)
        _text(facts, line, 1, value, None)
    book.close()
    return out.getvalue()


def _formats(book: xlsxwriter.Workbook, *, bold: bool) -> dict[str, Format]:
    """What each kind of value is written with."""
    kinds = {**FORMATS, "day": DAY, "moment": MOMENT, "": "General"}
    return {unit: book.add_format({"num_format": words, "bold": bold}) for unit, words in kinds.items()}


def _width(column: SheetColumn, rows: Sequence[Mapping[str, Cell]]) -> int:
    """Characters that the heading and every value of a column need, within limits."""
    held = [_shown(row.get(column.name), column.unit) for row in rows]
    return _fitting([column.heading + " " * FILTER_MARK, *held], WIDEST_LONG if column.long else WIDEST)


def _fitting(texts: Sequence[str], widest: int) -> int:
    return min(widest, max([NARROWEST, *(len(one) + 1 for one in texts)]))


def _shown(value: Cell, unit: str) -> str:
    """A value about as a spreadsheet shows it, for its width."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return MOMENT
    if isinstance(value, date):
        return DAY
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return f"{value:,.2f}" if unit else f"{value}"


def _cell(
    sheet: Worksheet, line: int, place: int, value: Cell, unit: str, formats: Mapping[str, Format]
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats["day"])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, place, float(value), formats.get(unit, formats[""]))
    else:
        _text(sheet, line, place, value, formats[""])


def _text(sheet: Worksheet, line: int, place: int, value: str, style: Format | None) -> None:
    sheet.write_string(line, place, value[:LONGEST], style)
