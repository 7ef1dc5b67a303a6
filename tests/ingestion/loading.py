"""Loading in tests: one call that loads, and one that looks at what is there; both assert the identities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.arrow_pages import page
from ingestion.connector import Connector, Extraction, LoadSummary, ObjectSpec, ObjectState
from ingestion.files.connector import FilesConnector
from ingestion.load import load_system

IDENTITIES = """
    select load_id from raw_tieout.loads
    where received <> landed + unreadable or landed <> new_versions + changed_versions + unchanged
"""


class RowsConnector:
    """A system with one object, `thing`, whose rows the test gives."""

    kind = "test"

    def __init__(
        self,
        rows: Sequence[dict[str, str | None]],
        *,
        mode: str = "full",
        live_keys: Sequence[str] | None = None,
        deleted: Sequence[bool] | None = None,
        columns: Sequence[str] = ("id", "hours", "stamp"),
        extracted_at: datetime | None = None,
        page_rows: int = 2,
    ) -> None:
        self.system = "psa"
        self.rows, self.mode, self.live_keys, self.deleted = rows, mode, live_keys, deleted
        self.columns, self.extracted_at, self.page_rows = tuple(columns), extracted_at, page_rows

    def objects(self) -> Sequence[ObjectSpec]:
        thing = ObjectSpec("thing", self.columns, ("id",), frozenset({"stamp"}), control_total="hours")
        return [thing, ObjectSpec("nothing", ("id",), ("id",))]

    def does_not_record(self) -> Sequence[str]:
        return ()

    def extract(self, obj: ObjectSpec, state: ObjectState, full: bool) -> Extraction:
        rows = self.rows if obj.name == "thing" else []
        starts = range(0, len(rows), self.page_rows)
        pages = (
            page(
                rows[i : i + self.page_rows],
                obj.columns,
                first_row_number=i + 1,
                source_file="page",
                deleted=self.deleted[i : i + self.page_rows] if self.deleted else None,
            )
            for i in starts
        )
        live = iter(self.live_keys) if self.live_keys is not None and obj.name == "thing" else None
        at = self.extracted_at or datetime.now(UTC)
        return Extraction(self.mode, at, pages=pages, live_keys=live)  # type: ignore[arg-type]


def load(database: Path, connector: Connector, *, full: bool = False, run_id: str = "run") -> LoadSummary:
    """Load one system and assert the identities of every load in the file."""
    summary = load_system(database, connector, full=full, run_id=run_id, progress=lambda event, facts: None)
    assert query(database, IDENTITIES) == []
    assert not (database.parent / "landing").exists()
    return summary


def load_rows(database: Path, rows: Sequence[dict[str, str | None]], **how: Any) -> Any:
    """Load rows of `thing` and return its load-log row."""
    return load(database, RowsConnector(rows, **how)).objects[0]


def load_folder(database: Path, folder: Path, entity: str, *, full: bool = False, **how: Any) -> Any:
    """Load a drop folder and return the load-log row of one entity."""
    summary = load(database, FilesConnector("hris", folder, **how), full=full)
    return next(one for one in summary.objects if one.object == entity)


def query(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query, read-only."""
    connection = duckdb.connect(str(database), read_only=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def content(database: Path, table: str) -> list[tuple[Any, ...]]:
    """A raw table without what differs from run to run (times and load ids), sorted."""
    return query(
        database,
        f"""
        select * exclude (_known_from, _known_to, _load_id, _closed_by_load_id), _known_to is null as is_open
        from {table} order by all
        """,
    )
