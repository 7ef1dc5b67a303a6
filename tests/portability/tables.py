"""Tables of two engines as comparable rows: text of every value, in column order, sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import duckdb
import psycopg2

# When a record was loaded is not what it says; two builds of the same raw history may differ in it.
IGNORED = ("known_from", "loaded_at")
Row = tuple[str | None, ...]

_TABLES = (
    "select table_name from information_schema.tables"
    " where table_schema = 'marts' and (table_name like 'dim\\_%' or table_name like 'fct\\_%') order by 1"
)
_COLUMNS = (
    "select column_name from information_schema.columns"
    " where table_schema = 'marts' and table_name = {} order by 1"
)


def duckdb_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES.replace("\\_%'", "\\_%' escape '\\'")).fetchall()]


def postgres_tables(connection: psycopg2.extensions.connection) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def duckdb_rows(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[list[str], Counter[Row]]:
    """Compared columns, and how often each row occurs."""
    columns = [name for (name,) in connection.execute(_COLUMNS.format("?"), [table]).fetchall()]
    return _compared(columns), Counter(connection.execute(_select(columns, table)).fetchall())


def postgres_rows(connection: psycopg2.extensions.connection, table: str) -> tuple[list[str], Counter[Row]]:
    """As `duckdb_rows`."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS.format("%s"), [table])
        columns = [name for (name,) in cursor.fetchall()]
        cursor.execute(_select(columns, table))
        return _compared(columns), Counter(cursor.fetchall())


def difference(columns: Sequence[str], left: Counter[Row], right: Counter[Row], limit: int = 3) -> str:
    """What only one side has, column by column where the rows are alike; empty when both have the same rows."""
    only_left, only_right = (
        sorted((left - right).elements(), key=str),
        sorted((right - left).elements(), key=str),
    )
    if not only_left and not only_right:
        return ""
    said = [f"{len(only_left)} rows only in DuckDB, {len(only_right)} only in PostgreSQL"]
    for one, other in zip(only_left[:limit], only_right[:limit], strict=False):
        differing = (f"{c}: {a!r} / {b!r}" for c, a, b in zip(columns, one, other, strict=True) if a != b)
        said.append("; ".join(differing))
    if len(only_left) != len(only_right):
        said += [str(dict(zip(columns, row, strict=True))) for row in (only_left or only_right)[:limit]]
    return "\n".join(said)


def _compared(columns: Sequence[str]) -> list[str]:
    return [name for name in columns if name not in IGNORED]


def _select(columns: Sequence[str], table: str) -> str:
    values = ", ".join(f'cast("{name}" as text)' for name in _compared(columns))
    return f'select {values} from marts."{table}"'
