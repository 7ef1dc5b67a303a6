"""The load log: what each load received and did, the rows it could not read, and where each object stopped.

Schema `raw_tieout` of the build file. For every row of `loads`: received = landed + unreadable, and
landed = new_versions + changed_versions + unchanged (duplicates are counted inside these).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.connector import ObjectLoad, ObjectState, RejectedRow
from ingestion.errors import LoadError

RAW_LIMIT = 500  # characters kept of a row that could not be read

_TABLES = """
create schema if not exists {build}.raw_tieout;
create table if not exists {build}.raw_tieout.loads (
    load_id varchar, system varchar, kind varchar, object varchar, load_mode varchar,
    started_at timestamp, extracted_at timestamp, finished_at timestamp,
    source_count bigint, control_total_column varchar,
    control_total_source decimal(38, 6), control_total_loaded decimal(38, 6),
    received bigint, unreadable bigint, landed bigint,
    new_versions bigint, changed_versions bigint, unchanged bigint,
    closed_by_sweep bigint, duplicate_rows bigint, archived_rows bigint, files bigint,
    cursor_from varchar, cursor_to varchar, new_columns varchar, missing_columns varchar,
    skipped boolean, note varchar
);
create table if not exists {build}.raw_tieout.rejected_rows (
    load_id varchar, system varchar, object varchar, source_file varchar, source_row bigint,
    column_name varchar, value varchar, reason varchar, cure varchar, raw varchar
);
create table if not exists {build}.raw_tieout.cursors (
    system varchar, object varchar, cursor varchar, load_id varchar, extracted_at timestamp
);
"""


def ensure_tables(connection: duckdb.DuckDBPyConnection, build: str) -> None:
    """Create the log's tables in the attached database `build` where they are missing."""
    connection.execute(_TABLES.format(build=build))


def state_of(
    connection: duckdb.DuckDBPyConnection, build: str, system: str, obj: str, scratch: Path
) -> ObjectState:
    """What earlier loads left behind for one object."""
    cursor = connection.execute(
        f"select cursor, load_id, extracted_at from {build}.raw_tieout.cursors where system = ? and object = ?",
        [system, obj],
    ).fetchone()
    full = connection.execute(
        f"select max(extracted_at) from {build}.raw_tieout.loads"
        " where system = ? and object = ? and load_mode = 'full' and not skipped",
        [system, obj],
    ).fetchone()
    open_rows = connection.execute(
        f'select count(*) from {build}."raw_{system}"."{obj}" where _known_to is null'
    ).fetchone()
    return ObjectState(
        cursor=cursor[0] if cursor else None,
        last_load_id=cursor[1] if cursor else None,
        last_extracted_at=_aware(cursor[2]) if cursor else None,
        last_full_at=_aware(full[0]) if full else None,
        open_rows=int(open_rows[0]) if open_rows else 0,
        scratch=scratch,
    )


def unique_load_id(
    connection: duckdb.DuckDBPyConnection, build: str, run_id: str, system: str, obj: str
) -> str:
    """`<run>.<system>.<object>`, with a number behind it when the same run loads the object again."""
    load_id = base = f"{run_id}.{system}.{obj}"
    again = 1
    while connection.execute(
        f"select 1 from {build}.raw_tieout.loads where load_id = ?", [load_id]
    ).fetchone():
        again += 1
        load_id = f"{base}.{again}"
    return load_id


def write_load(
    connection: duckdb.DuckDBPyConnection, build: str, load: ObjectLoad, rejects: Sequence[RejectedRow]
) -> None:
    """Append one load with its unreadable rows and move the object's cursor.

    Raises `LoadError` when the counts do not add up.
    """
    if load.received != load.landed + load.unreadable:
        raise LoadError(
            f"{load.load_id}: {load.received} rows received, {load.landed} landed, {load.unreadable} unreadable."
        )
    if load.landed != load.new_versions + load.changed_versions + load.unchanged:
        raise LoadError(
            f"{load.load_id}: {load.landed} rows landed, but {load.new_versions} new, "
            f"{load.changed_versions} changed and {load.unchanged} unchanged."
        )
    values = [_naive(v) if isinstance(v, datetime) else v for v in astuple(load)]
    marks = ", ".join("?" for _ in fields(load))
    connection.execute(f"insert into {build}.raw_tieout.loads values ({marks})", values)
    if rejects:
        received = pa.table(
            {
                "load_id": pa.array([load.load_id] * len(rejects), pa.string()),
                "system": pa.array([load.system] * len(rejects), pa.string()),
                "object": pa.array([load.object] * len(rejects), pa.string()),
                "source_file": pa.array([r.source_file for r in rejects], pa.string()),
                "source_row": pa.array([r.source_row for r in rejects], pa.int64()),
                "column_name": pa.array([r.column_name for r in rejects], pa.string()),
                "value": pa.array([_cut(r.value) for r in rejects], pa.string()),
                "reason": pa.array([r.reason for r in rejects], pa.string()),
                "cure": pa.array([r.cure for r in rejects], pa.string()),
                "raw": pa.array([_cut(r.raw) for r in rejects], pa.string()),
            }
        )
        connection.register("_rejects", received)
        connection.execute(f"insert into {build}.raw_tieout.rejected_rows select * from _rejects")
        connection.unregister("_rejects")
    connection.execute(
        f"delete from {build}.raw_tieout.cursors where system = ? and object = ?", [load.system, load.object]
    )
    connection.execute(
        f"insert into {build}.raw_tieout.cursors values (?, ?, ?, ?, ?)",
        [load.system, load.object, load.cursor_to, load.load_id, _naive(load.extracted_at)],
    )


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= RAW_LIMIT else value[:RAW_LIMIT]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None else None
