"""A table as a workbook, written as the command line writes its own (tieout/workbook.py)."""

from __future__ import annotations

from dashboard.components.table_twin import Table
from tieout.workbook import SheetColumn, write


def xlsx_bytes(table: Table) -> bytes:
    """The rows and the total on one sheet, what they rest on (as-of, version, filters …) on a second one. Headings are those
    of the page."""
    columns = [SheetColumn(column.name, column.unit, column.long, column.label) for column in table.columns]
    return write(columns, table.rows, table.context, table.currency, table.total)
