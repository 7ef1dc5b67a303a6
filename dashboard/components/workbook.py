"""A table as a workbook: numbers are numbers, days are days, and text is text whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboard import format as fmt
from dashboard.components.table_twin import Table, TableColumn
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


def xlsx_bytes(table: Table) -> bytes:
    """The rows on one sheet, what they rest on (as-of, version, filters …) on a second one."""
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
    money = any(column.unit == "money" for column in table.columns)
    for place, column in enumerate(table.columns):
        _text(sheet, 0, place, column.name, bold)
        sheet.set_column(place, place, 40 if column.long else 18)
    if money:
        _text(sheet, 0, len(table.columns), "currency", bold)
    rows = [*table.rows, table.total] if table.total is not None else table.rows
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(table.columns):
            _cell(sheet, line, place, row, column, formats)
        if money:
            _text(sheet, line, len(table.columns), str(row.get("currency") or table.currency or ""), None)
    sheet.freeze_panes(1, 0)
    facts = book.add_worksheet("About")
    facts.set_column(0, 1, 40)
    for line, (name, value) in enumerate(table.context.items()):
        _text(facts, line, 0, name, bold)
        _text(facts, line, 1, value, None)
    book.close()
    return out.getvalue()


def _cell(
    sheet: Worksheet,
    line: int,
    place: int,
    row: Mapping[str, Cell],
    column: TableColumn,
    formats: Mapping[str, Format],
) -> None:
    value = row.get(column.name)
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats["day"])
    elif (number := fmt.as_decimal(value)) is not None:
        sheet.write_number(line, place, float(number), formats.get(column.unit))
    else:
        _text(sheet, line, place, str(value), None)


def _text(sheet: Worksheet, line: int, place: int, value: str, style: Format | None) -> None:
    sheet.write_string(line, place, value[:LONGEST], style)
