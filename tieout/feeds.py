"""What each configured system really feeds: decides which staging models a build needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tieout.build_database import open_build
from tieout.firm_schema import Firm
from tieout.paths import canonical_entities, delivered_entities, project_dir, staged_objects


@dataclass(frozen=True)
class Feed:
    """`entities`: canonical entities the system delivers. `objects`: its staged raw objects (none for `files`)."""

    entities: tuple[str, ...]
    objects: tuple[str, ...]


def feeds(database: Path, firm: Firm) -> dict[str, Feed]:
    """By system. A drop folder could feed every entity: only those of which it ever had a row are built."""
    with open_build(database) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name like 'raw\\_%' escape '\\'"
        ).fetchall()
        filled = {
            (schema, table)
            for schema, table in tables
            if connection.execute(f'select exists (select 1 from "{schema}"."{table}")').fetchall()
            == [(True,)]
        }
    found: dict[str, Feed] = {}
    for system in firm.systems:
        if system.kind == "files":
            entities = tuple(e for e in canonical_entities() if (f"raw_{system.name}", e) in filled)
            found[system.name] = Feed(entities, ())
        else:
            found[system.name] = Feed(delivered_entities(system.kind), staged_objects(system.kind))
    return found


@dataclass(frozen=True)
class Unused:
    """Staging models that nothing reads in a build: single ones by name, and whole folders of the project."""

    models: frozenset[str]
    folders: tuple[str, ...]

    def holds(self, name: str, path: str) -> bool:
        """Whether a model, by its name and the path of its file in the project, is one of them."""
        return name in self.models or any(path.startswith(f"{folder}/") for folder in self.folders)

    def selectors(self) -> list[str]:
        """The same, as dbt takes them on its command line."""
        return [*sorted(self.models), *(f"path:{folder}" for folder in self.folders)]


def unused_staging(firm: Firm, fed: Mapping[str, Feed]) -> Unused:
    """The staging of entities that no drop folder delivers, and of kinds of system that the firm does not have."""
    kinds = {system.kind for system in firm.systems}
    in_folders = {
        entity for system in firm.systems if system.kind == "files" for entity in fed[system.name].entities
    }
    undelivered = [entity for entity in canonical_entities() if entity not in in_folders]
    return Unused(
        frozenset(f"{prefix}_files__{entity}" for entity in undelivered for prefix in ("stg", "rej")),
        tuple(f"models/staging/{kind}" for kind in staging_kinds() if kind not in kinds),
    )


def staging_kinds() -> tuple[str, ...]:
    """Kinds of system that the project has staging models for."""
    folders = (project_dir() / "models/staging").glob("*/")
    return tuple(sorted(folder.name for folder in folders if folder.name != "files"))
