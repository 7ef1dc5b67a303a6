"""The dbt project as dbt understands it, parsed once for the same files, whatever the firm."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.content_hash import code_digest
from tieout.dbt_process import arguments, dbt_environment, invoke
from tieout.dbt_variables import vars_of_any_firm
from tieout.faults import fault_point
from tieout.paths import project_dir
from tieout.progress import Progress

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_KEEP = 4
_TOOLS = ("dbt-core", "dbt-duckdb", "duckdb")


def project_key(variables: Mapping[str, Any]) -> str:
    """Digest of all that decides what the project's models say: code, tools, and the variables that are given to it."""
    tools = {tool: importlib.metadata.version(tool) for tool in _TOOLS}
    text = json.dumps([str(project_dir()), code_digest(), tools, variables], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def parsed_project(work: Path, cache: Path, progress: Progress) -> Manifest:
    """The parsed project. It is parsed with the variables of any firm: those of a firm, and the as-of date, are read when
    SQL is compiled. Raises BuildFailed when the project does not parse.

    dbt's own cache is used where the files have changed; where nothing has, dbt is not asked at all.
    """
    from dbt.contracts.graph.manifest import Manifest

    variables = vars_of_any_firm()
    kept = cache / f"project-{project_key(variables)}.msgpack"
    with suppress(OSError):
        content = kept.read_bytes()
        os.utime(kept)  # used last: forgotten last
        found: Manifest = Manifest.from_msgpack(content)
        found.build_flat_graph()  # type: ignore[no-untyped-call]
        return found
    progress("parse", {})
    command = ["parse", "--no-write-json", *arguments(work, variables)]
    earlier = _by_age(cache)
    if earlier:
        command += ["--partial-parse-file-path", str(earlier[-1])]
    with dbt_environment(work):
        parsed: Manifest = invoke(command)
    fault_point("parse")
    written = work / "target" / "partial_parse.msgpack"
    # dbt writes nothing where only the program differs, not the project: the earlier parse is this one
    _keep(written if written.is_file() or not earlier else earlier[-1], kept)
    return parsed


def _by_age(cache: Path) -> list[Path]:
    """Parses that are kept, those used last at the end."""
    return sorted(cache.glob("project-*.msgpack"), key=lambda file: file.stat().st_mtime)


def _keep(written: Path, kept: Path) -> None:
    if written.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}.new")
        draft.write_bytes(written.read_bytes())
        os.replace(draft, kept)
        for old in _by_age(kept.parent)[:-_KEEP]:
            old.unlink(missing_ok=True)
