"""Raw history: from landed rows to versions in `raw_<system>.<object>`.

A version is opened when a key is first seen or its content changes, and closed by the next version, by a deletion
that the source states, or by the delete sweep. Nothing is ever removed. Two loads with the same content leave the
same table as one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice

import duckdb
import pyarrow as pa

from ingestion.arrow_pages import EXTRA, IS_DELETED, ROW_NUMBER, SOURCE_FILE
from ingestion.connector import LoadMode, ObjectSpec
from ingestion.landing import LandedPart
from ingestion.sql import identifier, one_file, text

_SYSTEM_COLUMNS = {
    "_extra": "varchar",
    "_native_key": "varchar",
    "_occurrence": "bigint",
    "_record_hash": "varchar",
    "_known_from": "timestamp",
    "_known_to": "timestamp",
    "_is_deleted": "boolean",
    "_load_id": "varchar",
    "_closed_by_load_id": "varchar",
    "_source_file": "varchar",
    "_row_number": "bigint",
}
_LIVE_KEYS_PER_BATCH = 100_000


@dataclass(frozen=True)
class Received:
    """What is to be taken into history: one object's landed parts and how to read them."""

    system: str
    spec: ObjectSpec
    parts: Sequence[LandedPart]
    load_id: str
    load_mode: LoadMode
    extracted_at: datetime
    control_total_column: str | None = None
    sweep: bool = True
    live_keys: Iterator[str] | None = None


@dataclass(frozen=True)
class Taken:
    """What history did with the rows of one load; landed = new + changed + unchanged."""

    landed: int
    new_versions: int
    changed_versions: int
    unchanged: int
    closed_by_sweep: int
    duplicate_rows: int
    control_total: Decimal | None


def sum_of(steps: Sequence[Taken]) -> Taken:
    """What several steps of one load did together."""
    totals = [step.control_total for step in steps if step.control_total is not None]
    return Taken(
        landed=sum(step.landed for step in steps),
        new_versions=sum(step.new_versions for step in steps),
        changed_versions=sum(step.changed_versions for step in steps),
        unchanged=sum(step.unchanged for step in steps),
        closed_by_sweep=sum(step.closed_by_sweep for step in steps),
        duplicate_rows=sum(step.duplicate_rows for step in steps),
        control_total=sum(totals, Decimal(0)) if totals else None,
    )


class History:
    """Takes loads into the attached database `build` over one connection, inside the caller's transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, build: str) -> None:
        self._connection = connection
        self._build = build

    def ensure_tables(self, system: str, specs: Sequence[ObjectSpec]) -> None:
        """Create the objects' tables, or add columns that were declared since; existing versions are not touched."""
        schema = f"raw_{system}"
        self._connection.execute(f"create schema if not exists {self._build}.{identifier(schema)}")
        there: dict[str, set[str]] = {}
        for table, column in self._connection.execute(
            "select table_name, column_name from duckdb_columns() where database_name = ? and schema_name = ?",
            [self._build, schema],
        ).fetchall():
            there.setdefault(table, set()).add(column)
        for spec in specs:
            columns = {**dict.fromkeys(spec.columns, "varchar"), **_SYSTEM_COLUMNS}
            table = self._table(system, spec)
            if spec.name not in there:
                body = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
                self._connection.execute(f"create table {table} ({body})")
                continue
            for name in (name for name in columns if name not in there[spec.name]):
                self._connection.execute(f"alter table {table} add column {identifier(name)} {columns[name]}")

    def take(self, received: Received) -> Taken:
        """Take one object's landed rows into history. `received.sweep` closes keys that a full load does not hold."""
        table = self._table(received.system, received.spec)
        known_at, first_load = self._known_at(table, received.extracted_at)
        if not received.parts:
            swept = self._sweep(table, received, known_at, nothing_received=True)
            return Taken(0, 0, 0, 0, swept, 0, None)
        rows = _received_sql(received)
        landed, distinct, flagged, total = self._survey(rows, received)
        if first_load and distinct == landed and not flagged:
            self._insert_all(table, rows, received, known_at)
            return Taken(landed, landed, 0, 0, 0, 0, total)
        return self._merge(table, rows, received, known_at, landed, total)

    def _survey(self, rows: str, received: Received) -> tuple[int, int, int, Decimal | None]:
        """Rows, distinct non-null keys (by 64-bit hash: fewer than rows when in doubt), rows flagged deleted, total."""
        column = received.control_total_column
        total = (
            f"sum(try_cast({identifier(column)} as decimal(38, 6)))"
            if column in received.spec.columns and column
            else "null"
        )
        key = native_key_sql(received.spec)
        found = self._connection.execute(
            f"select count(*), count(distinct hash({key})) filter ({key} is not null), "
            f"count(*) filter (coalesce(_is_deleted, false)), {total} from ({rows})"
        ).fetchone()
        if found is None:
            return 0, 0, 0, None
        return int(found[0]), int(found[1]), int(found[2]), found[3]

    def _insert_all(self, table: str, rows: str, received: Received, known_at: datetime) -> None:
        names = ", ".join(identifier(c) for c in received.spec.columns)
        self._connection.execute(
            f"""
            insert into {table} by name
            select {names}, _extra, {native_key_sql(received.spec)} as _native_key, 1 as _occurrence,
                {record_hash_sql(received.spec)} as _record_hash, {_moment(known_at)} as _known_from,
                false as _is_deleted, {text(received.load_id)} as _load_id, _source_file, _row_number
            from ({rows})
            """
        )

    def _merge(
        self,
        table: str,
        rows: str,
        received: Received,
        known_at: datetime,
        landed: int,
        total: Decimal | None,
    ) -> Taken:
        run = self._connection.execute
        run(
            f"""
            create or replace temp table _hashed as
            select _part, _rid, _source_file, _row_number, coalesce(_is_deleted, false) as is_deletion,
                {native_key_sql(received.spec)} as declared_key, {record_hash_sql(received.spec)} as record_hash
            from ({rows})
            """
        )
        run(
            """
            create or replace temp view _keyed as
            select * exclude (declared_key), coalesce(declared_key, 'null:' || record_hash) as native_key
            from _hashed
            """
        )
        run(
            """
            create or replace temp table _repeated as
            select _part, _rid,
                row_number() over (partition by native_key order by _source_file desc, _row_number desc, _part desc)
                    as occurrence
            from _keyed
            where native_key in (select native_key from _keyed group by native_key having count(*) > 1)
            """
        )
        run(
            f"""
            create or replace temp table _verdict as
            with open_rows as (
                select _native_key, _occurrence, _record_hash from {table} where _known_to is null
            ),
            incoming as (
                select k._part, k._rid, k.native_key, k.record_hash, k.is_deletion,
                    coalesce(r.occurrence, 1) as occurrence
                from _keyed as k left join _repeated as r on r._part = k._part and r._rid = k._rid
            )
            select i._part, i._rid, i.native_key, i.occurrence, i.record_hash, i.is_deletion,
                case
                    when i.is_deletion and o._record_hash is null then 'unchanged'
                    when i.is_deletion then 'deleted'
                    when o._record_hash is null then 'new'
                    when o._record_hash = i.record_hash then 'unchanged'
                    else 'changed'
                end as verdict
            from incoming as i
            left join open_rows as o on o._native_key = i.native_key and o._occurrence = i.occurrence
            """
        )
        counts = dict(run("select verdict, count(*) from _verdict group by verdict").fetchall())
        changed = int(counts.get("changed", 0)) + int(counts.get("deleted", 0))
        if changed:
            run(
                f"""
                update {table} as t
                set _known_to = {_moment(known_at)}, _closed_by_load_id = {text(received.load_id)},
                    _is_deleted = (v.verdict = 'deleted')
                from _verdict as v
                where t._known_to is null and t._native_key = v.native_key and t._occurrence = v.occurrence
                    and v.verdict in ('changed', 'deleted')
                """
            )
        swept = self._sweep(table, received, known_at, nothing_received=False)
        if counts.get("new") or counts.get("changed"):
            names = ", ".join(f"r.{identifier(c)}" for c in received.spec.columns)
            run(
                f"""
                insert into {table} by name
                select {names}, r._extra, v.native_key as _native_key, v.occurrence as _occurrence,
                    v.record_hash as _record_hash, {_moment(known_at)} as _known_from, false as _is_deleted,
                    {text(received.load_id)} as _load_id, r._source_file, r._row_number
                from ({rows}) as r
                inner join _verdict as v on v._part = r._part and v._rid = r._rid
                where v.verdict in ('new', 'changed')
                """
            )
        duplicates = run("select count(*) from _repeated where occurrence > 1").fetchone()
        run("drop view _keyed")
        for name in ("_hashed", "_repeated", "_verdict"):
            run(f"drop table {name}")
        return Taken(
            landed,
            int(counts.get("new", 0)),
            changed,
            int(counts.get("unchanged", 0)),
            swept,
            int(duplicates[0]) if duplicates else 0,
            total,
        )

    def _sweep(self, table: str, received: Received, known_at: datetime, *, nothing_received: bool) -> int:
        """Close open rows that the source no longer has; returns how many."""
        run = self._connection.execute
        close = (
            f"update {table} as t set _known_to = {_moment(known_at)}, _is_deleted = true,"
            f" _closed_by_load_id = {text(received.load_id)} where t._known_to is null"
        )
        closed = 0
        if received.load_mode == "full":
            if not received.sweep:
                return 0
            if nothing_received:
                return _changed_rows(run(close))
            closed += _changed_rows(
                run(
                    f"{close} and not exists (select 1 from _verdict as v"
                    " where v.native_key = t._native_key and v.occurrence = t._occurrence)"
                )
            )
            return closed
        if not nothing_received:
            # A key that came again came with all its rows: what it had beyond them is gone.
            closed += _changed_rows(
                run(
                    f"{close} and t._occurrence > 1"
                    " and exists (select 1 from _verdict as v where v.native_key = t._native_key)"
                    " and not exists (select 1 from _verdict as v"
                    " where v.native_key = t._native_key and v.occurrence = t._occurrence)"
                )
            )
        if received.live_keys is not None:
            run("create or replace temp table _live (native_key varchar)")
            for batch in _batches(received.live_keys):
                self._connection.register(
                    "_live_page", pa.table({"native_key": pa.array(batch, pa.string())})
                )
                run("insert into _live select native_key from _live_page")
                self._connection.unregister("_live_page")
            if not nothing_received:
                run("insert into _live select native_key from _verdict")
            closed += _changed_rows(
                run(
                    f"{close} and not starts_with(t._native_key, 'null:')"
                    " and not exists (select 1 from _live as l where l.native_key = t._native_key)"
                )
            )
            run("drop table _live")
        return closed

    def _known_at(self, table: str, extracted_at: datetime) -> tuple[datetime, bool]:
        """When this load became known (UTC, without zone) and whether it is the table's first.

        Later than everything the table already holds, so that no version ends before it begins, even when a source
        is replayed with an earlier time.
        """
        found = self._connection.execute(
            f"select count(*), greatest(max(_known_from), max(_known_to)) from {table}"
        ).fetchone()
        moment = extracted_at.astimezone(UTC).replace(tzinfo=None)
        if not found or not found[0]:
            return moment, True
        return max(moment, found[1] + timedelta(microseconds=1)), False

    def _table(self, system: str, spec: ObjectSpec) -> str:
        return f"{self._build}.{identifier('raw_' + system)}.{identifier(spec.name)}"


def native_key_sql(spec: ObjectSpec) -> str:
    """Expression of an object's native key; null where a part of `key` is empty."""
    parts = [f"nullif({identifier(name)}, '')" for name in spec.key]
    optional = [f"nullif({identifier(name)}, '')" for name in spec.optional_key]
    if not parts:
        return "cast(null as varchar)"
    if len(parts) == 1 and not optional:
        return parts[0]

    def escaped(part: str) -> str:
        return rf"replace(replace({part}, '\', '\\'), '|', '\|')"

    return " || '|' || ".join(escaped(p) for p in parts) + "".join(
        f" || coalesce('|' || {escaped(p)}, '')" for p in optional
    )


def record_hash_sql(spec: ObjectSpec) -> str:
    """Expression of a row's content hash: md5 over every filled, non-volatile column and `_extra`, each behind a short
    mark made from its name.

    Empty columns add nothing, so that declaring a new column does not change the hash of rows that lack it.
    """
    names = [name for name in (*spec.columns, EXTRA) if name not in spec.volatile]
    pairs = ", ".join(f"{text(_mark(name))} || {identifier(name)}" for name in names)
    return f"md5(concat_ws(chr(31), {pairs}))"


def _mark(name: str) -> str:
    # Whole names would double what has to be hashed.
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest)[:3].decode()


def _received_sql(received: Received) -> str:
    """All landed rows of an object: declared columns as text, `_extra`, `_row_number`, `_source_file`, `_is_deleted`,
    and (`_part`, `_rid`) which identifies a landed row."""
    selects = []
    for number, part in enumerate(received.parts):
        there = set(part.columns)
        # A file whose columns were typed is taken as the text of their values.
        columns = [
            f"cast({identifier(name) if name in there else 'null'} as varchar) as {identifier(name)}"
            for name in (*received.spec.columns, EXTRA)
        ]
        position = f"file_row_number + {part.first_row}"
        columns.append(
            f"coalesce({ROW_NUMBER}, {position}) as {ROW_NUMBER}"
            if ROW_NUMBER in there
            else f"{position} as {ROW_NUMBER}"
        )
        file = text(part.source_file) if part.source_file is not None else "cast(null as varchar)"
        columns.append(
            f"coalesce({SOURCE_FILE}, {file}) as {SOURCE_FILE}"
            if SOURCE_FILE in there
            else f"{file} as {SOURCE_FILE}"
        )
        columns.append(IS_DELETED if IS_DELETED in there else f"false as {IS_DELETED}")
        columns.append(f"{number} as _part, file_row_number as _rid")
        landed = f"read_parquet({one_file(part.path)}, file_row_number = true)"
        selects.append(f"select {', '.join(columns)} from {landed}")
    return " union all ".join(selects)


def _moment(moment: datetime) -> str:
    return f"timestamp '{moment.isoformat(sep=' ', timespec='microseconds')}'"


def _changed_rows(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _LIVE_KEYS_PER_BATCH)):
        yield batch
