"""Build what is stale on the build database, and say plainly what failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tieout.build_database import open_build
from tieout.dbt_process import BuildFailed, arguments, dbt_environment, invoke
from tieout.faults import fault_point
from tieout.paths import DATABASE_FILE

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FAILED = ("error", "fail", "runtime error")
SAMPLE_ROWS = 5
_CHOSEN = "chosen_for_this_refresh"


@dataclass(frozen=True)
class BuildReport:
    """What dbt did: counts by status (`success`, `pass`, `warn` …), what tests warned of, and the parsed semantic manifest."""

    counts: Mapping[str, int]
    warnings: Mapping[str, str]
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
    project: Manifest,
    variables: Mapping[str, Any],
    nodes: Collection[str],
    progress: Callable[[str, Mapping[str, Any]], None],
    told: Mapping[str, Any] | None = None,
) -> BuildReport:
    """Run `nodes` (dbt ids of models, seeds and tests) of the parsed project on `work/warehouse.duckdb`.

    `told` is what tieout.rebuild.prepare knows of what differs from the version that the database is a copy of; the build
    writes into it what became of each table. Raises BuildFailed. Unit tests prove the project and not the data: they are not part of a refresh.

    dbt's files (target, temporary data) stay inside `work`. When this returns or raises, dbt has let go of the database.
    """
    # one tag is found at once; dbt compares each of many names with every node
    for node in nodes:
        project.nodes[node].tags.append(_CHOSEN)
    chosen = ["--select", f"tag:{_CHOSEN}", "--indirect-selection", "empty"]
    if told is not None:
        # macros see the graph, and no other thing of the program
        project.flat_graph["rebuild"] = told
    command = ["build", "--no-write-json", *chosen, *arguments(work, variables)]
    if not nodes:
        return BuildReport(
            {}, {}, _semantic_manifest(project, work / "target" / "semantic_manifest.json"), {}
        )
    with dbt_environment(work):
        results = invoke(command, project, _node_events(progress))
        fault_point("build_done")
    return _report(results, work, _semantic_manifest(project, work / "target" / "semantic_manifest.json"))


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


def _semantic_manifest(manifest: Any, path: Path) -> str:
    """What MetricFlow reads, written to `path`. dbt alone would write all else it knows as well: a second more."""
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    path.parent.mkdir(parents=True, exist_ok=True)
    SemanticManifest(manifest).write_json_to_file(str(path))
    return path.read_text(encoding="utf-8")


def _report(results: Any, work: Path, semantic_manifest: str) -> BuildReport:
    counts: dict[str, int] = {}
    warnings: dict[str, str] = {}
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
            warnings[node.name] = " ".join(str(result.message or "").split())
    if failures:
        raise BuildFailed(_failure_text(failures, work / DATABASE_FILE), _failure_cure(failures))
    return BuildReport(counts, warnings, semantic_manifest, seconds)


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
        with open_build(database) as connection:
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
