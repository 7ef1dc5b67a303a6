"""Where the dbt project lives, and what a firm's home contains."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

DATABASE_ALIAS = "warehouse"
DATABASE_FILE = "warehouse.duckdb"


def project_dir() -> Path:
    """Directory of `dbt_project.yml`: the checkout, or what TIEOUT_PROJECT_DIR names."""
    override = os.environ.get("TIEOUT_PROJECT_DIR")
    return Path(override).resolve() if override else Path(__file__).resolve().parent.parent


def canonical_entities() -> tuple[str, ...]:
    """Names of the canonical entities, from the contract files of the project."""
    return tuple(
        sorted(
            path.stem.removeprefix("can_") for path in (project_dir() / "models/canonical").glob("can_*.yml")
        )
    )


def delivered_entities(kind: str) -> tuple[str, ...]:
    """Canonical entities that a kind of system delivers: all for `files`, else those with an int_<kind>__ model."""
    if kind == "files":
        return canonical_entities()
    prefix = f"int_{kind}__"
    found = (project_dir() / "models").rglob(f"{prefix}*.sql")
    return tuple(sorted(path.stem.removeprefix(prefix) for path in found))


def staged_objects(kind: str) -> tuple[str, ...]:
    """Raw objects of a kind of system that have a staging model stg_<kind>__<object>."""
    prefix = f"stg_{kind}__"
    found = (project_dir() / "models").rglob(f"{prefix}*.sql")
    return tuple(sorted(path.stem.removeprefix(prefix) for path in found))


def metric_names() -> tuple[str, ...]:
    """Metrics of the project that can be asked for, sorted."""
    with (project_dir() / "models/semantic/metric_dimensions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(sorted({row["metric"] for row in csv.DictReader(file)}))


def checks() -> tuple[str, ...]:
    """Models of the reconciliation checks: one file each, so that adding a check is adding its file."""
    return tuple(
        sorted(path.stem for path in (project_dir() / "models/reconciliation/checks").glob("rec_*.sql"))
    )


@dataclass(frozen=True)
class Home:
    """The firm's own directory: published versions, the pointer, the lock, the run ledger and build directories."""

    root: Path

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def pointer(self) -> Path:
        return self.root / "current"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def ledger(self) -> Path:
        return self.root / "runs.jsonl"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def cache(self) -> Path:
        """What may be thrown away: parses of the project. TIEOUT_CACHE lets firms that are alike share them."""
        shared = os.environ.get("TIEOUT_CACHE")
        return Path(shared) if shared else self.root / "cache"

    @property
    def statements(self) -> Path:
        """Queries that were compiled before (`tieout.statements`)."""
        return self.cache / "statements"

    def version_dir(self, version: str) -> Path:
        return self.versions / version
