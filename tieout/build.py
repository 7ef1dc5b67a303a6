"""Run dbt in this process on the build database, and say plainly what failed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tieout.errors import TieoutError
from tieout.faults import fault_point
from tieout.paths import DATABASE_FILE, project_dir

FAILED = ("error", "fail", "runtime error")
SAMPLE_ROWS = 5


class BuildFailed(TieoutError):
    """A model, test or unit test of severity error failed; nothing is published."""


@dataclass(frozen=True)
class BuildReport:
    """What dbt did: counts by status (`success`, `pass`, `warn` …), warnings, and the parsed semantic manifest."""

    counts: Mapping[str, int]
    warnings: tuple[str, ...]
    semantic_manifest: str
    seconds_by_node: Mapping[str, float]


@dataclass(frozen=True)
class _Failure:
    """One failed node, as far as dbt knows it."""

    name: str
    resource: str
    model: str
    message: str
    compiled: str | None


def build(
    work: Path,
    cache: Path,
    variables: Mapping[str, Any],
    exclude: Sequence[str],
    progress: Callable[[str, Mapping[str, Any]], None],
) -> BuildReport:
    """Parse and build the project into `work/warehouse.duckdb`, without the models that `exclude` selects.

    Raises BuildFailed. Unit tests prove the project and not the data: they are not part of a refresh.

    dbt's files (target, temporary data) stay inside `work`; only the parse cache outlives it. When this
    returns or raises, dbt has let go of the database.
    """
    target = work / "target"
    parsed_before = cache / "partial_parse.msgpack"
    common = _common(work, variables)
    if parsed_before.is_file():
        common += ["--partial-parse-file-path", str(parsed_before)]
    with _environment(work):
        try:
            progress("parse", {})
            manifest = _invoke(["parse", "--no-write-json", *common])
            fault_point("parse")
            _keep_parse(target / "partial_parse.msgpack", parsed_before)
            selection = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
            if exclude:
                selection += ["--exclude", *exclude]
            results = _invoke(
                ["build", "--no-write-json", *selection, *common], manifest, _node_events(progress)
            )
            fault_point("build_done")
        finally:
            _let_go()
    return _report(results, work, _semantic_manifest(manifest, target / "semantic_manifest.json"))


def run_dbt(command: Sequence[str], work: Path, variables: Mapping[str, Any]) -> None:
    """Run one other dbt command on `work/warehouse.duckdb`. Raises BuildFailed."""
    with _environment(work):
        try:
            _invoke([*command, *_common(work, variables)])
        finally:
            _let_go()


def _common(work: Path, variables: Mapping[str, Any]) -> list[str]:
    return [
        *("--project-dir", str(project_dir()), "--profiles-dir", str(project_dir())),
        *("--target", "duckdb", "--target-path", str(work / "target"), "--log-path", str(work / "logs")),
        *("--vars", json.dumps(variables, sort_keys=True)),
        *(
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--no-print",
            "--no-use-colors",
            "--no-version-check",
        ),
    ]


@contextmanager
def _environment(work: Path) -> Iterator[None]:
    """What profiles.yml reads, set for the block only."""
    wanted = {
        "TIEOUT_DB": str(work / DATABASE_FILE),
        "TIEOUT_TEMP": str(work / "temp"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _invoke(
    arguments: Sequence[str], manifest: Any = None, callback: Callable[[Any], None] | None = None
) -> Any:
    """Run one dbt command; its result, whether or not nodes failed. Raises BuildFailed if dbt itself could not."""
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest, callbacks=[callback] if callback else []).invoke(list(arguments))
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if outcome.exception is not None or outcome.result is None:
        lines = [line.strip() for line in str(outcome.exception).splitlines() if line.strip()]
        raise BuildFailed(
            f"dbt could not {arguments[0]} the project: {' '.join(lines[:6]) or 'no result'}",
            "Correct the model or macro named above and refresh again.",
        )
    return outcome.result


def _node_events(progress: Callable[[str, Mapping[str, Any]], None]) -> Callable[[Any], None]:
    finished = 0

    def on_event(event: Any) -> None:
        nonlocal finished
        if event.info.name != "NodeFinished":
            return
        finished += 1
        info = event.data.node_info
        progress("node", {"name": info.node_name, "status": info.node_status, "finished": finished})
        if finished == 40:
            fault_point("build_mid")

    return on_event


def _let_go() -> None:
    """Make dbt close the database: it keeps connections for the life of the process otherwise."""
    from dbt.adapters import factory
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    release: tuple[Callable[[], Any], ...] = (
        factory.cleanup_connections,
        factory.reset_adapters,
        DuckDBConnectionManager.close_all_connections,
    )
    for step in release:
        step()


def _keep_parse(parsed: Path, cache: Path) -> None:
    if parsed.is_file():
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(".new")
        draft.write_bytes(parsed.read_bytes())
        os.replace(draft, cache)


def _semantic_manifest(manifest: Any, path: Path) -> str:
    """What MetricFlow reads, written to `path`. dbt alone would write all else it knows as well: a second more."""
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    path.parent.mkdir(parents=True, exist_ok=True)
    SemanticManifest(manifest).write_json_to_file(str(path))
    return path.read_text(encoding="utf-8")


def _report(results: Any, work: Path, semantic_manifest: str) -> BuildReport:
    counts: dict[str, int] = {}
    warnings: list[str] = []
    failures: list[_Failure] = []
    seconds: dict[str, float] = {}
    for result in results.results:
        status = str(result.status)
        node = result.node
        counts[status] = counts.get(status, 0) + 1
        seconds[node.name] = round(float(result.execution_time or 0), 3)
        if status in FAILED:
            failures.append(
                _Failure(
                    name=node.name,
                    resource=str(node.resource_type),
                    model=_tested_model(node),
                    message=" ".join(str(result.message or "").split()),
                    compiled=getattr(node, "compiled_code", None),
                )
            )
        elif status == "warn":
            warnings.append(f"{node.name}: {' '.join(str(result.message or '').split())}")
    if failures:
        raise BuildFailed(_failure_text(failures, work / DATABASE_FILE), _failure_cure(failures))
    return BuildReport(counts, tuple(warnings), semantic_manifest, seconds)


def _tested_model(node: Any) -> str:
    attached = getattr(node, "attached_node", None) or getattr(node, "tested_node_unique_id", None)
    parents = [attached] if attached else list(getattr(node.depends_on, "nodes", []))
    return ", ".join(str(parent).rsplit(".", 1)[-1] for parent in parents[:3]) or node.name


def _failure_text(failures: Sequence[_Failure], database: Path) -> str:
    """The first failure in one line with a sample of its rows, and the names of the others."""
    first = failures[0]
    if first.resource in ("test", "unit_test"):
        kind = "Test" if first.resource == "test" else "Unit test"
        text = f"{kind} {first.name} of {first.model} failed: {first.message}"
    else:
        text = f"{first.resource.capitalize()} {first.name} failed: {first.message}"
    lines = [text]
    if first.resource == "test" and first.compiled:
        lines += [f"  {row}" for row in _failing_rows(database, first.compiled)]
    if len(failures) > 1:
        lines.append(
            f"Also failed: {', '.join(failure.name for failure in failures[1:6])}"
            + (f" and {len(failures) - 6} more." if len(failures) > 6 else ".")
        )
    return "\n".join(lines)


def _failure_cure(failures: Sequence[_Failure]) -> str:
    if failures[0].resource == "test":
        return "This is a defect of the models or of a mapping; correct it and refresh again."
    return f"Correct {failures[0].model} and refresh again."


def _failing_rows(database: Path, compiled: str) -> list[str]:
    """Up to five rows that a failed data test found."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            found = connection.execute(
                f"select * from ({compiled.strip().rstrip(';')}) as failing limit {SAMPLE_ROWS}"
            )
            names = [column[0] for column in found.description]
            return [
                ", ".join(f"{name} = {value}" for name, value in zip(names, row, strict=True))
                for row in found.fetchall()
            ]
    except duckdb.Error:
        return []
