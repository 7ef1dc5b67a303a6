"""dbt inside this process: its arguments, the environment that profiles.yml reads, and letting go of the database."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tieout.errors import TieoutError
from tieout.paths import DATABASE_FILE, project_dir


class BuildFailed(TieoutError):
    """A model, test or unit test of severity error failed, or dbt could not run; nothing is published."""


def run_dbt(command: Sequence[str], work: Path, variables: Mapping[str, Any]) -> None:
    """Run one dbt command on `work/warehouse.duckdb`. Raises BuildFailed if dbt itself could not."""
    with dbt_environment(work):
        invoke([*command, *arguments(work, variables)])


def arguments(work: Path, variables: Mapping[str, Any]) -> list[str]:
    """What every command is given: the project, where dbt may write, the variables, and silence."""
    return [
        *("--project-dir", str(project_dir()), "--profiles-dir", str(project_dir())),
        *("--target", "duckdb", "--target-path", str(work / "target"), "--log-path", str(work / "logs")),
        *("--vars", json.dumps(variables, sort_keys=True)),
        *("--log-level", "none", "--log-level-file", "none"),
        *("--no-print", "--no-use-colors", "--no-version-check"),
    ]


@contextmanager
def dbt_environment(work: Path) -> Iterator[None]:
    """What profiles.yml reads, set for the block only; at its end dbt has let go of the database."""
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
        _let_go()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def invoke(
    command: Sequence[str], manifest: Any = None, callback: Callable[[Any], None] | None = None
) -> Any:
    """Run one dbt command; its result, whether or not nodes failed. Raises BuildFailed if dbt itself could not."""
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest, callbacks=[callback] if callback else []).invoke(list(command))
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if outcome.exception is not None or outcome.result is None:
        lines = [line.strip() for line in str(outcome.exception).splitlines() if line.strip()]
        raise BuildFailed(
            f"dbt could not {command[0]} the project: {' '.join(lines[:6]) or 'no result'}",
            "Correct the model or macro named above and refresh again.",
        )
    return outcome.result


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
