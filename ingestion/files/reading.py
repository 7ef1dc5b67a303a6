"""What reading one file gives, and a writer of rows that were read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow.parquet as pq

from ingestion.arrow_pages import page, page_schema
from ingestion.connector import ParquetPart, RejectedRow

LINE_LIMIT = 8 * 1024 * 1024  # bytes; a longer line is not a record but a broken file
REJECTS_LISTED = 10_000  # a file; all are counted
_PAGE_ROWS = 20_000
_PAGE_CHARACTERS = 16 * 1024 * 1024


class NotWellFormed(Exception):
    """The engine's strict reader refused a file; read it with care instead."""


@dataclass
class Reading:
    """One file read: rows in `part`, broken rows counted and listed. received = part.rows + unreadable."""

    part: ParquetPart | None = None
    unreadable: int = 0
    rejects: list[RejectedRow] = field(default_factory=list)
    new_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    empty: bool = False

    @property
    def rows(self) -> int:
        return self.part.rows if self.part else 0

    def reject(
        self,
        file: str,
        row: int | None,
        reason: str,
        cure: str,
        *,
        column: str | None = None,
        value: str | None = None,
        raw: bytes | str | None = None,
    ) -> None:
        """Count an unreadable row and list it, unless very many are listed already."""
        self.unreadable += 1
        if len(self.rejects) < REJECTS_LISTED:
            shown = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
            self.rejects.append(RejectedRow(file, row, column, value, reason, cure, shown))


class PartWriter:
    """Collects rows of text into one Parquet file, in bounded memory."""

    def __init__(self, path: Path, columns: Sequence[str], source_file: str) -> None:
        self._path, self._columns, self._source_file = path, tuple(columns), source_file
        self._writer: pq.ParquetWriter | None = None
        self._rows: list[dict[str, str | None]] = []
        self._extras: list[dict[str, object] | None] = []
        self._numbers: list[int] = []
        self._characters = 0
        self.rows = 0

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, row_number: int, values: dict[str, str | None], extra: dict[str, object] | None) -> None:
        """Add one row; `row_number` is its place in the source file as a person counts: the line of a text file."""
        self._rows.append(values)
        self._extras.append(extra)
        self._numbers.append(row_number)
        self._characters += sum(len(v) for v in values.values() if v)
        self.rows += 1
        if len(self._rows) >= _PAGE_ROWS or self._characters >= _PAGE_CHARACTERS:
            self._flush()

    def close(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def part(self) -> ParquetPart | None:
        """The finished file; null when no row was added."""
        self.close()
        return ParquetPart(self._path, self.rows, self._source_file) if self.rows else None

    def _flush(self) -> None:
        if not self._rows:
            return
        table = page(
            self._rows,
            self._columns,
            first_row_number=1,
            source_file=self._source_file,
            extras=self._extras,
            row_numbers=self._numbers,
        )
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, page_schema(self._columns), compression="lz4")
        self._writer.write_table(table)
        self._rows, self._extras, self._numbers, self._characters = [], [], [], 0
