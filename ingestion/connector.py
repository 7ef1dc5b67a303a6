"""The contract between a source system's connector and the loader.

A connector says which objects it has (`ObjectSpec`) and reads them (`extract`); it never writes to the warehouse,
never casts a value and never drops a row in silence. The loader (`ingestion.load.load_system`) lands what it is
given, takes history, sweeps deletes and keeps the load log. Adding a system is one folder
`ingestion/<kind>/` with a `connector.py` that has `OPTIONS` and `build(config)` (see `ingestion.registry`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import pyarrow as pa

LoadMode = Literal["full", "delta"]


@dataclass(frozen=True)
class SystemConfig:
    """One entry of `systems:` in the firm file, already checked and with `${NAME}` values filled in.

    `name` becomes the schema `raw_<name>`; `options` holds every other key of the entry (`path`, `mode`, `url` …);
    relative paths are relative to `base_dir`, the folder of the firm file.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(default_factory=dict)
    base_dir: Path = field(default_factory=Path)


@dataclass(frozen=True)
class Option:
    """One key that a system of a kind accepts in the firm file."""

    name: str
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True)
class ObjectSpec:
    """One source object and the columns that are always there, whatever the source sends.

    `name` is the table name in `raw_<system>`. `columns` are landed as text, exactly as received. `key` are the
    columns of the native key; `optional_key` are columns that belong to the key when they are filled in. The parts
    of a key are joined with `|` (a `|` or `\\` inside a part is escaped with `\\`); a missing part of `key` makes the
    native key null. `volatile` columns are landed but do not make a new version when they alone change.
    `control_total` names the numeric column that the load log adds up.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    volatile: frozenset[str] = frozenset()
    control_total: str | None = None
    optional_key: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectState:
    """What the warehouse knows of an object before this load; all empty before the first one.

    `scratch` is a folder for the connector's own files; it is removed after the load.
    """

    cursor: str | None = None
    last_load_id: str | None = None
    last_extracted_at: datetime | None = None
    last_full_at: datetime | None = None
    open_rows: int = 0
    scratch: Path | None = None


@dataclass(frozen=True)
class RejectedRow:
    """A received row that could not become a landing row (broken bytes, wrong number of fields …)."""

    source_file: str | None
    source_row: int | None  # as a person counts it in the file; null where the whole file is meant
    column_name: str | None
    value: str | None
    reason: str
    cure: str
    raw: str | None = None


@dataclass(frozen=True)
class ParquetPart:
    """A Parquet file of rows that the engine itself wrote or may read as it is.

    Columns are found by name; a declared column that the file lacks is null. Values that are not text become text as
    DuckDB casts them. Rows without `_row_number` are numbered from `first_row` in file order; rows without
    `_source_file` come from `source_file`. The loader links the file and never changes it.
    """

    path: Path
    rows: int
    source_file: str | None = None
    first_row: int = 1


@dataclass
class Extraction:
    """What one object gave in one load. Fields that are known only at the end may be set while `pages` is consumed;
    the loader reads every other field after the last page.

    `pages`: Arrow tables with the declared columns as strings, plus `_row_number` (int64) and, if there is one,
    `_source_file` (string), `_extra` (string: JSON object of unknown columns, null when there are none) and
    `_is_deleted` (bool: the source says that this row is deleted). A declared column that a page lacks is null; a
    column that is not declared is an error of the connector. (`_source_file`, `_row_number`) identifies a row of a
    load, and rows count as received in that order: of several rows with one key the last received is the one that
    counts.

    `parquet`: instead of pages or beside them, Parquet files with the same columns (see `ParquetPart`).

    `unreadable` counts received rows that could not become landing rows; each is in `rejects` (a connector may stop
    listing after some thousands, never stop counting). `complete` is false when a full load cannot vouch for what it
    lacks (an empty export); nothing is closed then. `sequential`: every file of `parquet` is later than the one
    before it and supersedes its rows of the same key, instead of being counted as duplicates. `live_keys`: after a delta load, every native key that still
    exists in the source; what is missing is closed. `skipped`: the source has not changed since the last load, and
    nothing was read.
    """

    load_mode: LoadMode
    extracted_at: datetime
    pages: Iterator[pa.Table] = field(default_factory=lambda: iter(()))
    parquet: Sequence[ParquetPart] = ()
    source_count: int | None = None
    control_total_column: str | None = None
    control_total_source: Decimal | None = None
    cursor_from: str | None = None
    cursor_to: str | None = None
    live_keys: Iterator[str] | None = None
    unreadable: int = 0
    rejects: list[RejectedRow] = field(default_factory=list)
    new_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    archived_rows: int = 0
    files: int = 0
    skipped: bool = False
    complete: bool = True
    sequential: bool = False
    notes: list[str] = field(default_factory=list)


@runtime_checkable
class Connector(Protocol):
    """One per system instance."""

    @property
    def system(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def objects(self) -> Sequence[ObjectSpec]:
        """Every object that the system has; each gets a table, even when nothing is received."""
        ...

    def does_not_record(self) -> Sequence[str]:
        """What this system keeps no record of, as short nouns ("time approval"); shown beside the numbers."""
        ...

    def extract(self, obj: ObjectSpec, state: ObjectState, full: bool) -> Extraction:
        """Read one object. `full` asks for everything, whatever the cursor says. A load with `load_mode` "full" is the
        whole truth: keys that it does not hold are closed, unless some of its rows were unreadable.

        Raises `ingestion.errors.SourceError` when the source cannot be read at all; never for one bad row.
        """
        ...


@dataclass(frozen=True)
class Inspection:
    """A look at a source without reading it: `text` says in few words what lies there, `not_read` names what belongs
    to no object of the connector, with a hint. `is_empty`: there is nothing to load."""

    text: str
    not_read: tuple[str, ...] = ()
    is_empty: bool = False


@runtime_checkable
class Inspectable(Protocol):
    """A connector whose source can be looked at in no time."""

    def inspect(self) -> Inspection:
        """Raises `ingestion.errors.IngestionError` when the source is not there."""
        ...


@dataclass(frozen=True)
class ObjectLoad:
    """The load-log row of one object, as written to `raw_tieout.loads`."""

    load_id: str
    system: str
    kind: str
    object: str
    load_mode: LoadMode
    started_at: datetime
    extracted_at: datetime
    finished_at: datetime
    source_count: int | None
    control_total_column: str | None
    control_total_source: Decimal | None
    control_total_loaded: Decimal | None
    received: int
    unreadable: int
    landed: int
    new_versions: int
    changed_versions: int
    unchanged: int
    closed_by_sweep: int
    duplicate_rows: int
    archived_rows: int
    files: int
    cursor_from: str | None
    cursor_to: str | None
    new_columns: str | None
    missing_columns: str | None
    skipped: bool
    note: str | None


@dataclass(frozen=True)
class LoadSummary:
    """What one system's load did; `objects` in the order of the connector's objects."""

    system: str
    kind: str
    run_id: str
    seconds: float
    objects: tuple[ObjectLoad, ...]

    def total(self, count: str) -> int:
        """Sum of one count of `ObjectLoad` (for example `received`) over the objects."""
        return sum(int(getattr(load, count)) for load in self.objects)

    @property
    def changed(self) -> bool:
        """True when at least one version was opened or closed."""
        return any(o.new_versions or o.changed_versions or o.closed_by_sweep for o in self.objects)
