"""Look at everything that a refresh or a question relies on, and say what is wrong with what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tieout import ledger, publish, unplaced
from tieout.errors import TieoutError
from tieout.firm import FirmError, load_firm
from tieout.firm_schema import Firm
from tieout.lock import read_owner
from tieout.metrics_catalogue import DIMENSIONS_FILE
from tieout.metrics_types import CURRENCY_MODES
from tieout.wording import counted

LOW_DISK_BYTES = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `state`: ok, note (worth knowing) or problem (something does not work)."""

    state: str
    subject: str
    text: str
    cure: str = ""


def examine(firm_path: Path) -> Iterator[Finding]:
    """All findings, in the order in which things depend on each other."""
    yield Finding("ok", "program", _program())
    try:
        firm = load_firm(firm_path)
    except FirmError as error:
        for problem in error.problems:
            yield Finding("problem", "firm file", problem, error.cure or "Correct the firm file.")
        return
    yield Finding("ok", "firm file", f"{firm.path}: {firm.name}, {counted(len(firm.systems), 'system')}")
    yield from _systems(firm)
    yield from _home(firm)
    yield from _lock(firm)
    yield from _versions(firm)
    yield from _last_run(firm)


def _program() -> str:
    packages = ("tieout", "duckdb", "dbt-core", "dlt", "metricflow", "streamlit")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return f"Python {sys.version.split()[0]}, {versions}"


def _systems(firm: Firm) -> Iterator[Finding]:
    from ingestion.connector import Inspectable, Inspection
    from ingestion.errors import IngestionError
    from ingestion.registry import connector_for

    for system in firm.systems:
        try:
            connector = connector_for(system)
        except IngestionError as error:
            yield Finding("problem", f"system {system.name}", error.message, error.cure)
            continue
        looked = Inspection(f"{len(connector.objects())} objects")
        if isinstance(connector, Inspectable):
            try:
                looked = connector.inspect()
            except IngestionError as error:
                yield Finding("problem", f"system {system.name}", error.message, error.cure)
                continue
        gaps = "; ".join(connector.does_not_record())
        text = f"{system.kind}, {looked.text}" + (f"; does not record {gaps}" if gaps else "")
        if looked.not_read:
            text += f"; not read: {', '.join(looked.not_read)}"
        doubtful = bool(looked.not_read) or looked.is_empty
        yield Finding(
            "note" if doubtful else "ok",
            f"system {system.name}",
            text,
            "Name each file for its entity: docs/reference/files-contract.md" if doubtful else "",
        )


def _home(firm: Firm) -> Iterator[Finding]:
    root = firm.home.root
    existing = next(parent for parent in (root, *root.parents) if parent.exists())
    if not os.access(existing, os.W_OK):
        yield Finding(
            "problem", "home", f"{existing} is not writable", "Give this user write access, or set home."
        )
    free = shutil.disk_usage(existing).free
    state = "ok" if free > LOW_DISK_BYTES else "problem"
    yield Finding(
        state, "disk", f"{free / 2**30:.1f} GB free at {existing}", "" if state == "ok" else "Make room."
    )


def _lock(firm: Firm) -> Iterator[Finding]:
    owner = read_owner(firm.home.lock)
    if owner is None:
        yield Finding("ok", "lock", "free")
    elif owner.is_dead():
        text = f"left by process {owner.pid}, which is gone ({owner.age()} ago)"
        yield Finding("note", "lock", text, "The next refresh takes it over.")
    else:
        yield Finding("note", "lock", f"held by process {owner.pid} on {owner.host} for {owner.age()}")


def _versions(firm: Firm) -> Iterator[Finding]:
    versions = publish.all_versions(firm.home)
    kept = ", ".join(version.id for version in versions) or "none"
    yield Finding("ok", "versions", f"kept: {kept}")
    try:
        current = publish.current(firm.home)
    except TieoutError as error:
        other = "Run: tieout rollback --to VERSION, or tieout refresh." if versions else error.cure
        state = "problem" if firm.home.pointer.exists() else "note"
        yield Finding(state, "pointer", error.message, other)
        return
    missing = [
        name
        for name in (DIMENSIONS_FILE, *(publish.manifest_name(mode) for mode in CURRENCY_MODES))
        if not (current.directory / name).is_file()
    ]
    if missing:
        yield Finding(
            "problem", "pointer", f"version {current.id} lacks {', '.join(missing)}", "Run: tieout rollback"
        )
    try:
        with duckdb.connect(str(current.database), read_only=True) as connection:
            connection.execute("select count(*) from duckdb_tables()").fetchone()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        yield Finding(
            "problem", "pointer", f"version {current.id} cannot be opened: {first}", "Run: tieout rollback"
        )
        return
    info = current.info()
    yield Finding(
        "ok", "pointer", f"version {current.id}, as of {info.as_of}, published {_ago(info.published_at)}"
    )
    for one in current.data.get("rejected", ()):
        if without := one["rejected"] + one["orphaned"]:
            yield Finding(
                "note",
                "rejects",
                f"{without:,} of {one['rows']:,} {one['object']} rows of {one['system']} are in no number",
                f"See: tieout sql \"from operations.ops_rejected_row where object = '{one['object']}'\"",
            )
    for row in unplaced.read(current.data.get("unplaced", ())):
        yield Finding("note", row.kind.replace("_", " "), row.sentence(info.as_of))
    for system in info.systems:
        if system.extracted_at is None:
            yield Finding("note", "freshness", f"{system.name} was never loaded")
        else:
            yield Finding("ok", "freshness", f"{system.name}: extracted {_ago(system.extracted_at)}")
    from tieout.content_hash import code_digest, digest

    if current.data.get("firm_digest") != digest([firm.path]):
        yield Finding("note", "firm file", "has changed since the last refresh", "Run: tieout refresh")
    if current.data.get("code", {}).get("digest") != code_digest():
        yield Finding(
            "note", "models", "or program have changed since the last refresh", "Run: tieout refresh"
        )


def _last_run(firm: Firm) -> Iterator[Finding]:
    runs = [run for run in ledger.read(firm.home.ledger) if run.get("result") != "rolled back"]
    if not runs:
        yield Finding("note", "last run", "none yet", "Run: tieout refresh")
        return
    last = runs[-1]
    if last.get("result") == "published":
        yield Finding("ok", "last run", f"{last['run_id']} published, {last.get('seconds', '?')} s")
    else:
        text = f"{last['run_id']} {last.get('result')}: {last.get('reason') or 'the process was killed'}"
        yield Finding("note", "last run", text, str(last.get("cure") or "Run: tieout refresh"))


def _ago(moment: datetime) -> str:
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 2880 else f"{minutes // 1440} days ago"
