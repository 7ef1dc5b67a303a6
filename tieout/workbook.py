"""Rows as a workbook: numbers are numbers, days are days, and text is text whatever it begins with.

The pages and the command line write their workbooks here, so that both are as safe in a spreadsheet.
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
    "ratio": "0.00%",
    "count": "#,##0",
    "days": "0",
}
# What a cell may hold; a longer text would make the file unreadable.
LONGEST = 32_767


@dataclass(frozen=True)
class SheetColumn:
    """A column by its name; `unit` as in FORMATS, or empty. What is `long` gets a wider column."""

    name: str
    unit: str = ""
    long: bool = False


def write(
    columns: Sequence[SheetColumn],
    rows: Sequence[Mapping[str, Cell]],
    about: Mapping[str, str],
    currency: str | None = None,
) -> bytes:
    """The rows on one sheet, what they rest on (as-of, version, filters …) on a second one. Where a column is money, a last one
    has the currency: that of the row, else `currency`."""
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
    formats = {unit: book.add_format({"num_format": words}) for unit, words in FORMATS.items()}
    formats["day"] = book.add_format({"num_format": "yyyy-mm-dd"})
    formats["moment"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Rows")
    money = any(column.unit == "money" for column in columns)
    for place, column in enumerate(columns):
        _text(sheet, 0, place, column.name, bold)
        sheet.set_column(place, place, 40 if column.long else 18)
    if money:
        _text(sheet, 0, len(columns), "currency", bold)
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            _cell(sheet, line, place, row.get(column.name), column.unit, formats)
        if money:
            _text(sheet, line, len(columns), str(row.get("currency") or currency or ""), None)
    sheet.freeze_panes(1, 0)
    facts = book.add_worksheet("About")
    facts.set_column(0, 1, 40)
    for line, (name, value) in enumerate(about.items()):
        _text(facts, line, 0, name, bold)
        _text(facts, line, 1, value, None)
    book.close()
    return out.getvalue()


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
        sheet.write_number(line, place, float(value), formats.get(unit))
    else:
        _text(sheet, line, place, value, None)


def _text(sheet: Worksheet, line: int, place: int, value: str, style: Format | None) -> None:
    sheet.write_string(line, place, value[:LONGEST], style)
