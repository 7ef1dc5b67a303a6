"""Refresh is a transaction: load, build in a copy, gate, publish by one pointer, record. Any failure changes nothing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import socket
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingestion.connector import Connector
from ingestion.errors import ConfigurationError, IngestionError
from ingestion.load import load_system
from ingestion.registry import connector_for
from tieout import ledger, metric_tables, publish, rebuild, rejects, unplaced
from tieout.build import BuildReport, build
from tieout.build_database import open_build
from tieout.content_hash import Content, code_digest, digest, moved_content, table_content
from tieout.dbt_variables import dbt_vars, with_as_of
from tieout.errors import TieoutError, UsageError
from tieout.faults import fault_point
from tieout.feeds import feeds, unused_staging
from tieout.firm import FirmError
from tieout.firm_schema import REQUIRED_ENTITIES, Firm
from tieout.freshness import latest_extraction_day, never_loaded, system_freshness
from tieout.lock import Owner, refresh_lock
from tieout.metrics_catalogue import DIMENSIONS_FILE
from tieout.metrics_types import CURRENCY_MODES, NoVersion
from tieout.parsed_project import parsed_project, project_key
from tieout.paths import DATABASE_FILE, project_dir
from tieout.progress import Progress
from tieout.semantic import CURRENCY_PLACEHOLDER, manifests_by_currency
from tieout.stale import Basis, Plan, plan, raw_state

_SPARE_BYTES = 200 * 1024 * 1024


class RefreshFailed(TieoutError):
    """The refresh did not publish; what was published before it still serves."""


@dataclass(frozen=True)
class Options:
    """What a refresh is asked for. `systems` empty: all of them. `as_of` overrides the firm file."""

    systems: tuple[str, ...] = ()
    full: bool = False
    as_of: date | None = None


@dataclass
class _Run:
    """One run's own record, written to the ledger and into the version."""

    id: str
    started_at: datetime
    stages: dict[str, float] = field(default_factory=dict)
    loads: list[dict[str, Any]] = field(default_factory=list)
    build: dict[str, Any] = field(default_factory=dict)
    rejects: list[rejects.ObjectRejects] = field(default_factory=list)
    unplaced: list[unplaced.Unplaced] = field(default_factory=list)

    def entry(self, **facts: Any) -> dict[str, Any]:
        finished = datetime.now(UTC)
        return {
            "run_id": self.id,
            "started_at": self.started_at.isoformat(),
            "finished_at": finished.isoformat(),
            "seconds": round((finished - self.started_at).total_seconds(), 3),
            "rejected": rejects.recorded(self.rejects),
            **facts,
        }


def refresh(firm: Firm, options: Options, progress: Progress) -> publish.Version:
    """Run the transaction. Returns the new version.

    Raises Locked (exit 3) when another refresh runs, FirmError or UsageError (exit 2) when the request or the
    firm file is wrong, RefreshFailed (exit 1) when a step failed; the version published before serves on.
    """
    for name in options.systems:
        if firm.system(name) is None:
            known = ", ".join(system.name for system in firm.systems)
            raise UsageError(f"There is no system {name!r} in {firm.path.name}.", f"Systems: {known}.")
    connectors = _connectors(firm)
    run = _Run(publish.new_version_id(), datetime.now(UTC))
    try:
        firm.home.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RefreshFailed(
            f"The home {firm.home.root} cannot be made: {error.strerror}.", "Correct home in the firm file."
        ) from error
    with refresh_lock(firm.home.lock, run.id) as dead:
        if dead is not None:
            _account_for(firm, dead, progress)
        work = _work_dir(firm, run)
        try:
            version = _transaction(firm, options, connectors, run, work, progress)
        except BaseException as error:
            failure = _explained(error, firm, work)
            with suppress(OSError):  # a full disk must not hide why the refresh failed
                ledger.append(
                    firm.home.ledger,
                    run.entry(
                        result="failed",
                        reason=failure.message,
                        cure=failure.cure,
                        systems=list(options.systems),
                    ),
                )
            if failure is error:
                raise
            raise failure from error
        removed = publish.prune(firm.home)
        shutil.rmtree(work.resolve(), ignore_errors=True)
        work.unlink(missing_ok=True)
        progress(
            "published",
            {
                "version": version.id,
                "as_of": version.data["as_of"],
                "seconds": round(sum(run.stages.values()), 1),
                "removed_versions": len(removed) or None,
            },
        )
        return version


def _transaction(
    firm: Firm,
    options: Options,
    connectors: Mapping[str, Connector],
    run: _Run,
    work: Path,
    progress: Progress,
) -> publish.Version:
    database = work / DATABASE_FILE
    base = _copy_last(firm, database)
    chosen = [
        connectors[system.name]
        for system in firm.systems
        if not options.systems or system.name in options.systems
    ]
    left_out = [
        system.name for system in firm.systems if options.systems and system.name not in options.systems
    ]
    if missing := never_loaded(database, left_out):
        raise UsageError(
            f"{', '.join(missing)} has never been loaded, so the firm cannot be built without it.",
            "Refresh once without --system.",
        )
    with _timed(run, "load"):
        for connector in chosen:
            progress("load_system", {"system": connector.system, "kind": connector.kind})
            summary = load_system(
                database, connector, full=options.full, run_id=run.id, progress=_load_events(progress)
            )
            run.loads.append(
                {
                    "system": summary.system,
                    "seconds": round(summary.seconds, 3),
                    **{
                        count: summary.total(count)
                        for count in ("received", "new_versions", "changed_versions")
                    },
                    "closed": summary.total("closed_by_sweep"),
                }
            )
            progress("system_loaded", run.loads[-1])
    fault_point("load_done")
    as_of = options.as_of or firm.as_of or latest_extraction_day(database, firm.timezone)
    if firm.history_from and firm.history_from > as_of:
        raise UsageError(f"As of {as_of} lies before firm.history_from ({firm.history_from}).")
    does_not_record = {name: tuple(connector.does_not_record()) for name, connector in connectors.items()}
    with _timed(run, "build"):
        progress("build", {"as_of": as_of.isoformat()})
        fed = feeds(database, firm)
        for entity in REQUIRED_ENTITIES:
            if not any(entity in feed.entities for feed in fed.values()):
                progress(
                    "note", {"message": f"no system delivers {entity}: metrics that need it will be empty"}
                )
        variables = dbt_vars(firm, does_not_record, fed, CURRENCY_PLACEHOLDER)
        now = Basis(project_key(variables), as_of.isoformat(), raw_state(database))
        project = parsed_project(work, firm.home.cache, progress)
        unused = unused_staging(firm, fed)
        before = None if options.full or base is None else Basis.of(base.data)
        todo = plan(project, unused, now, before)
        told = None
        if before is not None and todo.inputs is not None:
            told = rebuild.prepare(database, todo.inputs, now.raw, before.raw, (before.as_of, now.as_of))
        report = build(work, project, with_as_of(variables, as_of), todo.nodes, progress, told)
        spared = rebuild.outcome(told) if told else rebuild.Outcome()
    progress("gate", {**report.counts, "unchanged": todo.unchanged or None})
    run.rejects = rejects.found_in(database)
    rejects.say(run.rejects, connectors, progress)
    run.unplaced = unplaced.found_in(database, as_of)
    unplaced.say(run.unplaced, as_of, progress)
    if broken := rejects.too_many(run.rejects, firm):
        raise _too_many_rejects(broken, firm)
    fault_point("gate")
    warnings = {**_still_warned(base, todo), **report.warnings}
    now = replace(now, warnings=warnings)
    run.build = {
        "counts": dict(report.counts),
        "warnings": [f"{test}: {text}" for test, text in warnings.items()],
        "came_out_the_same": sorted(spared.same),
        "rows_replaced": sorted(spared.rows),
    }
    with _timed(run, "assemble"):
        known = _known_content(database, base, todo, spared)
        built = _assemble(work, report)
        fault_point("manifest")
        about = _about(firm, run, as_of, base.id if base else None)
        metric_tables.write(built, firm, about)
    with _timed(run, "publish"):
        data = {
            **about,
            "published_at": datetime.now(UTC).isoformat(),
            "systems": _systems(firm, built / DATABASE_FILE, does_not_record),
            **_content(built / DATABASE_FILE, known),
            "rejected": rejects.recorded(run.rejects),
            "unplaced": unplaced.recorded(run.unplaced),
            "code": {"version": importlib.metadata.version("tieout"), "digest": code_digest()},
            "built_from_state": now.recorded(),
        }
        (built / "run_report.json").write_text(
            json.dumps(
                run.entry(
                    stages=run.stages,
                    loads=run.loads,
                    build=run.build,
                    rejected=[one.facts() for one in run.rejects],
                    seconds_by_node=report.seconds_by_node,
                ),
                indent=2,
            ),
            encoding="utf-8",
        )
        progress("publish", {"version": run.id})
        version = publish.publish(firm.home, built, run.id, data)
    fault_point("ledger")
    ledger.append(
        firm.home.ledger,
        run.entry(
            result="published",
            version=run.id,
            as_of=as_of.isoformat(),
            full=options.full,
            stages=run.stages,
            loads=run.loads,
            build=run.build["counts"],
        ),
    )
    return version


def _too_many_rejects(broken: Sequence[rejects.ObjectRejects], firm: Firm) -> RefreshFailed:
    said = [" ".join([f"{one.headline()}:", *one.lines()[: max(1, len(one.absent))]]) for one in broken]
    return RefreshFailed(
        "\n".join([*said, "Numbers without these rows would look sound and be wrong."]),
        "Correct the files and refresh again"
        f" (policies.max_rejected_pct in {firm.path.name} is {firm.policies.max_rejected_pct}; 100 publishes whatever is"
        " left).",
    )


def _load_events(progress: Progress) -> Callable[[str, dict[str, Any]], None]:
    """Pass the loader's events on, and let a test kill the process after any of them."""
    points = {"extracted": "extract", "landed": "landing", "loaded": "history"}

    def on_event(event: str, facts: dict[str, Any]) -> None:
        progress(event, facts)
        if event in points:
            fault_point(points[event])

    return on_event


def _connectors(firm: Firm) -> dict[str, Connector]:
    problems: list[str] = []
    connectors: dict[str, Connector] = {}
    for index, system in enumerate(firm.systems):
        try:
            connectors[system.name] = connector_for(system)
        except ConfigurationError as error:
            line = firm.system_lines[index] if index < len(firm.system_lines) else 1
            problems.append(f"{firm.path}:{line}: systems[{index}]: {error.message} {error.cure}".rstrip())
        except IngestionError as error:
            raise RefreshFailed(f"System {system.name}: {error.message}", error.cure) from error
    if problems:
        raise FirmError(problems)
    return connectors


def _work_dir(firm: Firm, run: _Run) -> Path:
    """A fresh build directory; what earlier runs left behind is swept (we hold the lock, so nobody uses it).

    It is used through the link `build`, which has the same name in every run: dbt parses everything anew when a
    path of its connection changes.
    """
    if firm.home.work.is_dir():
        for left in firm.home.work.iterdir():
            if left.is_symlink():
                left.unlink()
            else:
                shutil.rmtree(left, ignore_errors=True)
    (firm.home.work / run.id / "temp").mkdir(parents=True)
    link = firm.home.work / "build"
    link.symlink_to(run.id, target_is_directory=True)
    return link


def _copy_last(firm: Firm, database: Path) -> publish.Version | None:
    """Start from a copy of the published version, which is returned; None for the first."""
    try:
        last = publish.current(firm.home)
    except NoVersion:
        if publish.current_id(firm.home) is not None:
            raise
        return None
    size = last.database.stat().st_size
    free = shutil.disk_usage(database.parent).free
    if free < 2 * size + _SPARE_BYTES:
        raise RefreshFailed(
            f"There is not enough room for a new version: {free // 2**20} MB free, {2 * size // 2**20 + 200} MB wanted.",
            f"Make room where {firm.home.root} lies.",
        )
    shutil.copyfile(last.database, database)
    return last


def _still_warned(base: publish.Version | None, todo: Plan) -> dict[str, str]:
    """What tests said that need not run again."""
    before = Basis.of(base.data) if base else None
    ran = {key.split(".")[2] for key in todo.nodes}
    return {test: text for test, text in before.warnings.items() if test not in ran} if before else {}


def _assemble(work: Path, report: BuildReport) -> Path:
    """The directory that becomes the version: database, one semantic manifest per currency mode, dimensions."""
    database = work / DATABASE_FILE
    with open_build(database, read_only=False) as connection:
        rebuild.forget(connection)
        connection.execute("CHECKPOINT")
    built = work / "version"
    built.mkdir()
    os.rename(database, built / DATABASE_FILE)
    for mode, manifest in manifests_by_currency(report.semantic_manifest, CURRENCY_MODES).items():
        (built / publish.manifest_name(mode)).write_text(manifest, encoding="utf-8")
    shutil.copyfile(project_dir() / "models/semantic" / DIMENSIONS_FILE, built / DIMENSIONS_FILE)
    return built


def _about(firm: Firm, run: _Run, as_of: date, base: str | None) -> dict[str, Any]:
    """What is known of the version before its database is whole: enough to ask it questions."""
    return {
        "version": run.id,
        "run_id": run.id,
        "built_from": base,
        "as_of": as_of.isoformat(),
        "published_at": datetime.now(UTC).isoformat(),
        "firm_name": firm.name,
        "firm_digest": digest([firm.path]),
        "reporting_currency": firm.reporting_currency,
        "timezone": firm.timezone,
        "systems": [],
    }


def _systems(
    firm: Firm, database: Path, does_not_record: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    with open_build(database) as connection:
        extracted = system_freshness(connection)
    return [
        {
            "name": system.name,
            "kind": system.kind,
            "extracted_at": extracted[system.name].isoformat() if system.name in extracted else None,
            "does_not_record": list(does_not_record.get(system.name, ())),
        }
        for system in firm.systems
    ]


def _known_content(
    database: Path, base: publish.Version | None, todo: Plan, spared: rebuild.Outcome
) -> Content:
    """What is known of tables without reading them: those that stand are what the last version says of them, and of which
    some rows were replaced, what it says and these rows."""
    if base is None:
        return Content({}, {})
    before = Content(base.data["hashes"], base.data["row_counts"])
    standing = {
        table
        for table in before.hashes
        if (table not in todo.tables or table in spared.same)
        and not table.startswith(f"{metric_tables.SCHEMA}.")
    }
    with open_build(database) as connection:
        moved = moved_content(connection, before, spared.rows)
    return Content(
        {**{table: before.hashes[table] for table in standing}, **moved.hashes},
        {**{table: before.row_counts[table] for table in standing}, **moved.row_counts},
    )


def _content(database: Path, known: Content) -> dict[str, Any]:
    with open_build(database) as connection:
        found = table_content(connection, known)
    return {"hashes": found.hashes, "row_counts": found.row_counts}


def _account_for(firm: Firm, dead: Owner, progress: Progress) -> None:
    """Record what became of the run whose lock is taken over, and drop a version that it never pointed to."""
    published = publish.current_id(firm.home) == dead.run_id
    known = {entry.get("run_id") for entry in ledger.read(firm.home.ledger)}
    if not published and dead.run_id not in known:
        shutil.rmtree(firm.home.version_dir(dead.run_id), ignore_errors=True)
    if dead.run_id not in known:
        ledger.append(
            firm.home.ledger,
            {
                "run_id": dead.run_id,
                "started_at": dead.started_at.isoformat(),
                "finished_at": None,
                "result": "published" if published else "killed",
                "recorded_by": f"{socket.gethostname()}:{os.getpid()}",
            },
        )
    progress(
        "note",
        {
            "message": f"took over the lock of process {dead.pid} on {dead.host}, which is gone"
            f" (run {dead.run_id}, started {dead.age()} ago)"
        },
    )


def _explained(error: BaseException, firm: Firm, work: Path) -> TieoutError:
    """The failure as a user is told it. Details of what was not foreseen go into a file in the work directory."""
    try:
        serving = f"Version {publish.current(firm.home).id} still serves."
    except TieoutError:
        serving = "" if firm.home.pointer.exists() else "Nothing has been published yet."
    if isinstance(error, UsageError):
        return error
    if isinstance(error, TieoutError | IngestionError):
        return RefreshFailed(error.message, f"{error.cure} {serving}".strip())
    if isinstance(error, KeyboardInterrupt):
        return RefreshFailed("The refresh was interrupted.", f"{serving} Refresh again when you like.")
    first = str(error).splitlines()[0] if str(error) else ""
    details = work / "failure.txt"
    try:
        details.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return RefreshFailed(f"{type(error).__name__}: {first}", serving)
    return RefreshFailed(f"{type(error).__name__}: {first}", f"{serving} Details: {details}")


@contextmanager
def _timed(run: _Run, stage: str) -> Iterator[None]:
    """Keep the seconds of a stage in the run's record."""
    start = time.perf_counter()
    yield
    run.stages[stage] = round(time.perf_counter() - start, 3)
