"""The columns that a file of an entity may have: read from the canonical contracts, written nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingestion.connector import ObjectSpec
from ingestion.errors import ConfigurationError

# Filled in by the warehouse; never read from a file.
_GENERATED = frozenset(
    {
        "entity_key",
        "source_system",
        "source_object",
        "source_id",
        "known_from",
        "known_to",
        "loaded_at",
        "record_hash",
        "load_id",
        "source_file",
        "source_row",
        "quality_flags",
    }
)
# Accepted in every file besides the entity's own columns.
_COMMON: Mapping[str, str] = {
    "valid_from": "First day on which the row holds (half-open interval).",
    "valid_to": "First day on which it no longer holds; empty means open.",
    "source_version": "Version, revision or change stamp of the record in its system.",
    "source_url": "Link to the record in its system.",
    "correlation_id": "Id that ties together records of one business process across systems.",
    "idempotency_key": "Key under which an interface sent the record.",
    "is_deleted": "true when the system has deleted the record.",
}
_INTERVAL_REQUIRED = {"interval": {"valid_from"}, "key": {"valid_from"}}


@dataclass(frozen=True)
class ContractColumn:
    """One column of a file: `data_type` is that of the canonical contract; files hold text of that type."""

    entity: str
    name: str
    data_type: str
    description: str
    unit: str | None = None
    required: bool = False
    key: bool = False
    allowed: tuple[str, ...] = ()
    example: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    common: bool = False


@dataclass(frozen=True)
class EntityContract:
    """One entity: its columns in contract order, then the common ones; its native key."""

    entity: str
    description: str
    stage: str
    effective_dated: str
    columns: tuple[ContractColumn, ...]

    @property
    def spec(self) -> ObjectSpec:
        """The raw object of this entity."""
        key = [c.name for c in self.columns if c.key]
        if self.effective_dated == "key":
            key.append("valid_from")
        optional = ("valid_from",) if self.effective_dated == "optional_key" else ()
        return ObjectSpec(self.entity, tuple(c.name for c in self.columns), tuple(key), optional_key=optional)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)


def contract_folder() -> Path:
    """Where the canonical contracts are: `TIEOUT_PROJECT_DIR`, or the checkout that holds this package."""
    project = os.environ.get("TIEOUT_PROJECT_DIR")
    return (Path(project) if project else Path(__file__).parents[2]) / "models" / "canonical"


@cache
def contracts(folder: Path | None = None) -> dict[str, EntityContract]:
    """All entities by name, sorted. Raises `ConfigurationError` when there are none."""
    where = folder or contract_folder()
    found = [_read(path) for path in sorted(where.glob("can_*.yml"))]
    if not found:
        raise ConfigurationError(
            f"No canonical contracts in {where}.", "Run from a checkout, or set TIEOUT_PROJECT_DIR to one."
        )
    return {contract.entity: contract for contract in found}


def contract_reference() -> list[ContractColumn]:
    """Every column of every file, in the order of the contracts: the source of the reference page."""
    return [column for contract in contracts().values() for column in contract.columns]


def _read(path: Path) -> EntityContract:
    # The C loader reads the 38 contracts in a tenth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    model: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["models"][0]  # noqa: S506
    meta = model["config"]["meta"]
    entity, dated = str(meta["entity"]), str(meta.get("effective_dated", "none"))
    own, types = [], {}
    for column in model["columns"]:
        name = str(column["name"])
        types[name] = str(column["data_type"])
        if name in _GENERATED or name in _COMMON:
            continue
        own.append(_column(entity, column))
    required = _INTERVAL_REQUIRED.get(dated, set())
    shared = [
        ContractColumn(
            entity,
            name,
            types.get(name, "string"),
            description,
            unit="date" if types.get(name) == "date" else None,
            required=name in required,
            allowed=("true", "false") if name == "is_deleted" else (),
            common=True,
        )
        for name, description in _COMMON.items()
    ]
    return EntityContract(
        entity, str(model.get("description", "")), str(meta.get("stage", "")), dated, (*own, *shared)
    )


def _column(entity: str, column: Mapping[str, Any]) -> ContractColumn:
    meta: Mapping[str, Any] = (column.get("config") or {}).get("meta") or {}
    return ContractColumn(
        entity=entity,
        name=str(column["name"]),
        data_type=str(column["data_type"]),
        description=str(column.get("description", "")),
        unit=meta.get("unit"),
        required=bool(meta.get("required", False)),
        key=bool(meta.get("key", False)),
        allowed=tuple(str(value) for value in meta.get("allowed", ())),
        example=_text(meta.get("example")),
        minimum=_text(meta.get("minimum")),
        maximum=_text(meta.get("maximum")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
