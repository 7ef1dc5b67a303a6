"""A table as a workbook, written as the command line writes its own (tieout/workbook.py)."""

from __future__ import annotations

from dashboard.components.table_twin import Table
from tieout.workbook import SheetColumn, write


def xlsx_bytes(table: Table) -> bytes:
    """The rows and the total on one sheet, what they rest on (as-of, version, filters …) on a second one."""
    rows = [*table.rows, table.total] if table.total is not None else table.rows
    columns = [SheetColumn(column.name, column.unit, column.long) for column in table.columns]
    return write(columns, rows, table.context, table.currency)
