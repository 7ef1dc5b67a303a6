"""Arrow pages with a connector's declared columns, all text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

ROW_NUMBER = "_row_number"
SOURCE_FILE = "_source_file"
EXTRA = "_extra"
IS_DELETED = "_is_deleted"

_SYSTEM_FIELDS = (
    pa.field(EXTRA, pa.string()),
    pa.field(ROW_NUMBER, pa.int64()),
    pa.field(SOURCE_FILE, pa.string()),
    pa.field(IS_DELETED, pa.bool_()),
)


def page_schema(columns: Sequence[str]) -> pa.Schema:
    """Declared columns as strings, then `_extra`, `_row_number`, `_source_file` and `_is_deleted`."""
    return pa.schema([pa.field(name, pa.string()) for name in columns] + list(_SYSTEM_FIELDS))


def page(
    rows: Sequence[Mapping[str, str | None]],
    columns: Sequence[str],
    *,
    first_row_number: int,
    source_file: str | None = None,
    extras: Sequence[Mapping[str, object] | None] | None = None,
    deleted: Sequence[bool] | None = None,
    row_numbers: Sequence[int] | None = None,
) -> pa.Table:
    """One page from rows of text (or null) by declared column; other keys of a row are ignored.

    `extras` holds, for each row, its unknown columns (written as one JSON object); `deleted` whether the source says
    that the row is deleted. Rows are numbered from `first_row_number`, unless `row_numbers` are given.
    """
    arrays: list[pa.Array] = [pa.array([row.get(name) for row in rows], pa.string()) for name in columns]
    arrays.append(pa.array([extra_json(e) for e in extras] if extras else [None] * len(rows), pa.string()))
    numbers = row_numbers or range(first_row_number, first_row_number + len(rows))
    arrays.append(pa.array(numbers, pa.int64()))
    arrays.append(pa.array([source_file] * len(rows), pa.string()))
    arrays.append(pa.array(deleted if deleted else [False] * len(rows), pa.bool_()))
    return pa.Table.from_arrays(arrays, schema=page_schema(columns))


def extra_json(values: Mapping[str, object] | None) -> str | None:
    """Unknown columns of a row as a JSON object with sorted keys, without the empty ones; null when none is left."""
    if not values:
        return None
    kept = {name: value for name, value in values.items() if value is not None}
    if not kept:
        return None
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def conform(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The page with exactly `page_schema(columns)`: missing columns null, in order.

    Raises `KeyError` with the names of columns that are not declared, `TypeError` for a declared column that is not
    text.
    """
    schema = page_schema(columns)
    unknown = sorted(set(table.column_names) - set(schema.names))
    if unknown:
        raise KeyError(", ".join(unknown))
    arrays: list[pa.ChunkedArray | pa.Array] = []
    for field in schema:
        if field.name not in table.column_names:
            default = False if field.name == IS_DELETED else None
            arrays.append(pa.array([default] * table.num_rows, field.type))
            continue
        column = table.column(field.name)
        if column.type != field.type:
            if not (pa.types.is_large_string(column.type) or pa.types.is_null(column.type)):
                raise TypeError(f"{field.name} is {column.type}, not {field.type}")
            column = column.cast(field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)


def total_rows(tables: Iterable[pa.Table]) -> int:
    """Rows of several pages."""
    return sum(table.num_rows for table in tables)
