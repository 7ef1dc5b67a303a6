"""Copy the raw history of a warehouse file into PostgreSQL, so that the same dbt project can build there.

Every table of the schemas `raw_<system>` and `raw_tieout` arrives under the same name with the same columns; a table
of that name is replaced. Nothing above raw is copied: PostgreSQL builds it.

    python -m tieout.ship_postgres .tieout/versions/<version>/warehouse.duckdb

The server is the one of the dbt profile `postgres`: TIEOUT_PG_HOST, _PORT, _USER, _PASSWORD and _DATABASE.
Needs the optional extra: pip install "tieout[postgres]".
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    import psycopg2.extensions

_TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
}


@dataclass(frozen=True)
class ShippedTable:
    """A table that now lies in PostgreSQL: `schema.name` and its number of rows."""

    schema: str
    name: str
    rows: int


def ship_raw(database: Path, target: psycopg2.extensions.connection) -> list[ShippedTable]:
    """Replace the raw tables of `target` with those of a warehouse file, in one transaction.

    Raises ValueError for a column type that raw history does not have, and psycopg2.Error when the server refuses
    (PostgreSQL holds no text with a NUL character); nothing has changed there then.
    """
    shipped: list[ShippedTable] = []
    with duckdb.connect(str(database), read_only=True) as source, target, target.cursor() as cursor:
        for schema, table in _raw_tables(source):
            columns = source.execute(
                "select column_name, data_type from duckdb_columns()"
                " where database_name = current_database() and schema_name = ? and table_name = ?"
                " order by column_index",
                [schema, table],
            ).fetchall()
            relation = f"{_quoted(schema)}.{_quoted(table)}"
            declared = ", ".join(f"{_quoted(name)} {_postgres_type(type_)}" for name, type_ in columns)
            cursor.execute(f"create schema if not exists {_quoted(schema)}")
            cursor.execute(f"drop table if exists {relation} cascade")
            cursor.execute(f"create table {relation} ({declared})")
            shipped.append(ShippedTable(schema, table, _copy(source, relation, cursor)))
    return shipped


def connect() -> psycopg2.extensions.connection:
    """Connection to the server of the dbt profile `postgres`, from the same environment variables."""
    try:
        import psycopg2
    except ImportError as error:
        raise SystemExit('PostgreSQL needs the optional extra: pip install "tieout[postgres]"') from error
    return psycopg2.connect(
        host=os.environ.get("TIEOUT_PG_HOST", "127.0.0.1"),
        port=int(os.environ.get("TIEOUT_PG_PORT", "5432")),
        user=os.environ.get("TIEOUT_PG_USER", "tieout"),
        password=os.environ.get("TIEOUT_PG_PASSWORD", ""),
        dbname=os.environ.get("TIEOUT_PG_DATABASE", "warehouse"),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tieout.ship_postgres",
        description="Copy the raw history of a warehouse file into PostgreSQL.",
    )
    parser.add_argument("warehouse", type=Path, help="the warehouse.duckdb of a published version")
    options = parser.parse_args(arguments)
    if not options.warehouse.is_file():
        parser.error(f"there is no file {options.warehouse}")
    target = connect()
    try:
        for table in ship_raw(options.warehouse, target):
            print(f"{table.schema}.{table.name}: {table.rows:,} rows")
    finally:
        target.close()
    return 0


def _raw_tables(source: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return source.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and starts_with(schema_name, 'raw_') order by 1, 2"
    ).fetchall()


def _copy(source: duckdb.DuckDBPyConnection, relation: str, cursor: psycopg2.extensions.cursor) -> int:
    # A file between the two engines keeps memory flat; text is always quoted, so an empty text is not a null.
    with tempfile.TemporaryDirectory(prefix="tieout-ship-") as folder:
        path = Path(folder) / "rows.csv"
        source.execute(
            f"copy (from {relation}) to '{path}' (format csv, header false, force_quote *, nullstr '')"
        )
        with path.open("rb") as rows:
            cursor.copy_expert(f"copy {relation} from stdin (format csv, null '')", rows)
        return int(cursor.rowcount)


def _postgres_type(duckdb_type: str) -> str:
    if re.fullmatch(r"DECIMAL\(\d+,\d+\)", duckdb_type):
        return duckdb_type.replace("DECIMAL", "numeric")
    if duckdb_type not in _TYPES:
        raise ValueError(f"raw history has no columns of type {duckdb_type}")
    return _TYPES[duckdb_type]


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


if __name__ == "__main__":
    sys.exit(main())
