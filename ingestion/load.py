"""Load one system into the build database: extract → land (dlt) → history → load log, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb

from ingestion import load_log
from ingestion.connector import Connector, Extraction, LoadSummary, ObjectLoad, ObjectSpec
from ingestion.errors import LoadError
from ingestion.history import History, Received, Taken, sum_of
from ingestion.landing import LandedPart, land, write_parts
from ingestion.sql import text

Progress = Callable[[str, dict[str, Any]], None]
BUILD = "build"
MEMORY_LIMIT = os.environ.get("TIEOUT_LOAD_MEMORY", "1400MB")


@dataclass
class _Extracted:
    spec: ObjectSpec
    load_id: str
    started_at: datetime
    extraction: Extraction
    parts: list[LandedPart]

    @property
    def landed(self) -> int:
        return sum(part.rows for part in self.parts)


def load_system(
    database: Path, connector: Connector, *, full: bool, run_id: str, progress: Progress
) -> LoadSummary:
    """Load every object of a system into `database` and return what was done.

    Extracts and lands everything first, then takes history, cursors and the log in one transaction: a load that
    fails or is killed leaves `database` as it was, and may simply be run again. Scratch files live in
    `landing/<system>` beside `database` and are removed at the start and at the end.

    `progress` is called with ("extracted", …), ("landed", …), ("loaded", …) and a mapping of counts and seconds.
    Raises `SourceError` when the source cannot be read, `LoadError` when an identity does not hold.
    """
    began = monotonic()
    system = connector.system
    folder = database.parent / "landing" / system
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with _connected(folder, database) as connection:
            loads = _load(connection, connector, full, run_id, folder, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _remove_if_empty(folder.parent)
    return LoadSummary(system, connector.kind, run_id, monotonic() - began, tuple(loads))


def _load(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    full: bool,
    run_id: str,
    folder: Path,
    progress: Progress,
) -> list[ObjectLoad]:
    system = connector.system
    history = History(connection, BUILD)
    load_log.ensure_tables(connection, BUILD)
    connection.execute("begin")
    history.ensure_tables(system, connector.objects())
    connection.execute("commit")

    extracted = []
    for spec in connector.objects():
        began = monotonic()
        state = load_log.state_of(connection, BUILD, system, spec.name, folder)
        load_id = load_log.unique_load_id(connection, BUILD, run_id, system, spec.name)
        started_at = datetime.now(UTC)
        extraction = connector.extract(spec, state, full)
        parts = write_parts(spec, extraction, folder)
        one = _Extracted(spec, load_id, started_at, extraction, parts)
        extracted.append(one)
        progress(
            "extracted",
            {
                "system": system,
                "object": spec.name,
                "rows": one.landed,
                "unreadable": extraction.unreadable,
                "skipped": extraction.skipped,
                "seconds": monotonic() - began,
            },
        )

    began = monotonic()
    in_place = {
        part.table: part for part in land(system, [part for one in extracted for part in one.parts], folder)
    }
    for one in extracted:
        one.parts = [in_place[part.table] for part in one.parts]
    landed = sum(one.landed for one in extracted)
    progress("landed", {"system": system, "rows": landed, "seconds": monotonic() - began})

    # Threads may write history in any order: aligned row groups, no rewrite at the checkpoint.
    connection.execute("set preserve_insertion_order = false")
    connection.execute("begin")
    try:
        loads = []
        for one in extracted:
            began = monotonic()
            load = _take(connection, history, connector, one)
            loads.append(load)
            progress(
                "loaded",
                {
                    "system": system,
                    "object": load.object,
                    "received": load.received,
                    "unreadable": load.unreadable,
                    "new": load.new_versions,
                    "changed": load.changed_versions,
                    "unchanged": load.unchanged,
                    "closed": load.closed_by_sweep,
                    "skipped": load.skipped,
                    "note": load.note,
                    "seconds": monotonic() - began,
                },
            )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return loads


def _take(
    connection: duckdb.DuckDBPyConnection, history: History, connector: Connector, one: _Extracted
) -> ObjectLoad:
    extraction, spec = one.extraction, one.spec
    notes = list(extraction.notes)
    total_column = extraction.control_total_column or spec.control_total
    if extraction.skipped:
        taken = Taken(0, 0, 0, 0, 0, 0, None)
    else:
        sweep = extraction.load_mode == "full" and extraction.unreadable == 0 and extraction.complete
        if extraction.load_mode == "full" and extraction.unreadable:
            notes.append("because of unreadable rows, records that are missing from this load stay open")
        received_rows = Received(
            system=connector.system,
            spec=spec,
            parts=one.parts,
            load_id=one.load_id,
            load_mode=extraction.load_mode,
            extracted_at=extraction.extracted_at,
            control_total_column=total_column,
            sweep=sweep,
            live_keys=extraction.live_keys,
        )
        if extraction.sequential and len(one.parts) > 1:
            steps = [replace(received_rows, parts=[part], live_keys=None) for part in one.parts[:-1]]
            steps.append(replace(received_rows, parts=one.parts[-1:]))
            taken = sum_of([history.take(step) for step in steps])
        else:
            taken = history.take(received_rows)
    if taken.landed != one.landed:
        raise LoadError(f"{one.load_id}: {one.landed} rows handed over, {taken.landed} found in landing.")
    received = one.landed + extraction.unreadable
    if not extraction.skipped and extraction.source_count not in (None, received):
        notes.append(f"the source states {extraction.source_count} rows, {received} were received")
    stated = extraction.control_total_source
    if stated is not None and not extraction.skipped and stated != (taken.control_total or 0):
        notes.append(f"the source states {total_column} = {stated}, loaded {taken.control_total or 0}")
    load = ObjectLoad(
        load_id=one.load_id,
        system=connector.system,
        kind=connector.kind,
        object=spec.name,
        load_mode=extraction.load_mode,
        started_at=one.started_at,
        extracted_at=extraction.extracted_at,
        finished_at=datetime.now(UTC),
        source_count=extraction.source_count,
        control_total_column=total_column,
        control_total_source=extraction.control_total_source,
        control_total_loaded=taken.control_total,
        received=received,
        unreadable=extraction.unreadable,
        landed=taken.landed,
        new_versions=taken.new_versions,
        changed_versions=taken.changed_versions,
        unchanged=taken.unchanged,
        closed_by_sweep=taken.closed_by_sweep,
        duplicate_rows=taken.duplicate_rows,
        archived_rows=extraction.archived_rows,
        files=extraction.files,
        cursor_from=extraction.cursor_from,
        # A connector that skipped an object need not repeat where it stands.
        cursor_to=extraction.cursor_to or (extraction.cursor_from if extraction.skipped else None),
        new_columns=", ".join(extraction.new_columns) or None,
        missing_columns=", ".join(extraction.missing_columns) or None,
        skipped=extraction.skipped,
        note="; ".join(notes) or None,
    )
    load_log.write_load(connection, BUILD, load, extraction.rejects)
    return load


@contextmanager
def _connected(folder: Path, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory with the build file attached; what is too large for memory goes to `folder`."""
    connection = duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")},
    )
    try:
        connection.execute("set enable_progress_bar = false; set TimeZone = 'UTC'")
        connection.execute(f"attach {text(database)} as {BUILD}")
        yield connection
        connection.execute(f"checkpoint {BUILD}")
        connection.execute(f"detach {BUILD}")
    finally:
        connection.close()


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
