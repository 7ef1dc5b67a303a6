"""Put a published version into PostgreSQL: copy its raw history, then build the same dbt project there.

Every table of the schemas `raw_<system>` and `raw_tieout` arrives under the same name with the same columns; a table
of that name is replaced. Nothing above raw is copied: PostgreSQL builds it, with the variables of that version.

    python -m tieout.ship_postgres --firm firm.yml

The server is the one of the dbt profile `postgres`: TIEOUT_PG_HOST, _PORT, _USER, _PASSWORD and _DATABASE.
Needs the optional extra: pip install "tieout[postgres]".
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tieout.dbt_variables import dbt_vars, with_as_of
from tieout.errors import TieoutError, UsageError
from tieout.feeds import feeds, unused_staging
from tieout.firm import load_firm
from tieout.firm_schema import Firm
from tieout.metrics_types import CURRENCY_MODES
from tieout.paths import project_dir
from tieout.publish import Version, current

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
        raise UsageError(
            "The PostgreSQL driver is missing.", 'Run: pip install "tieout[postgres]"'
        ) from error
    return psycopg2.connect(
        host=os.environ.get("TIEOUT_PG_HOST", "127.0.0.1"),
        port=int(os.environ.get("TIEOUT_PG_PORT", "5432")),
        user=os.environ.get("TIEOUT_PG_USER", "tieout"),
        password=os.environ.get("TIEOUT_PG_PASSWORD", ""),
        dbname=os.environ.get("TIEOUT_PG_DATABASE", "warehouse"),
    )


def build(firm: Firm, version: Version) -> None:
    """Build the project above the shipped raw history of a version. Raises TieoutError when a node failed."""
    from dbt.cli.main import dbtRunner

    info = version.info()
    fed = feeds(version.database, firm)
    does_not_record = {system.name: system.does_not_record for system in info.systems}
    variables = with_as_of(dbt_vars(firm, does_not_record, fed, CURRENCY_MODES[0]), info.as_of)
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    with tempfile.TemporaryDirectory(prefix="tieout-ship-") as folder:
        command = [
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--exclude-resource-type",
            "exposure",
            "--target",
            "postgres",
        ]
        if unused := unused_staging(firm, fed).selectors():
            command += ["--exclude", *unused]
        command += ["--project-dir", str(project_dir()), "--profiles-dir", str(project_dir())]
        command += ["--target-path", str(Path(folder) / "target"), "--log-path", str(Path(folder) / "logs")]
        command += ["--vars", json.dumps(variables, sort_keys=True), "--log-level", "warn", "--no-use-colors"]
        outcome = dbtRunner().invoke(command)
    if not outcome.success:
        raise TieoutError("The build on PostgreSQL failed.", "dbt's messages above say where.")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tieout.ship_postgres",
        description="Copy the raw history of the published version into PostgreSQL and build the project there.",
    )
    parser.add_argument(
        "--firm", type=Path, default=Path("firm.yml"), help="the firm file (default: firm.yml)"
    )
    parser.add_argument("--raw-only", action="store_true", help="copy the raw history and build nothing")
    options = parser.parse_args(arguments)
    try:
        firm = load_firm(options.firm)
        version = current(firm.home)
        with closing(connect()) as target:
            shipped = ship_raw(version.database, target)
        rows = sum(table.rows for table in shipped)
        print(f"Copied {rows:,} rows of {len(shipped)} raw tables of version {version.id}.")
        if not options.raw_only:
            build(firm, version)
            print(f"Built on PostgreSQL, as of {version.info().as_of}.")
    except TieoutError as error:
        print(f"{error.message}\n{error.cure}".rstrip(), file=sys.stderr)
        return error.exit_code
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
