"""The drop-folder connector: every canonical entity, one or more files each."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ingestion.connector import (
    Connector,
    Extraction,
    Inspection,
    ObjectSpec,
    ObjectState,
    Option,
    SystemConfig,
)
from ingestion.files.careful_csv import read_csv_carefully
from ingestion.files.careful_jsonl import read_jsonl_carefully
from ingestion.files.careful_parquet import read_parquet_carefully
from ingestion.files.contract import contracts
from ingestion.files.csv_dialect import csv_dialect, is_utf16
from ingestion.files.fast import FastReader
from ingestion.files.folder import Folder, SourceFile, scan, sha256
from ingestion.files.reading import LINE_LIMIT, NotWellFormed, Reading

OPTIONS = (
    Option("path", "Folder with the files, relative to the firm file.", required=True),
    Option(
        "mode",
        "full: the folder is the whole truth; delta: every new file adds to what is known.",
        allowed=("full", "delta"),
        default="full",
    ),
)


def build(config: SystemConfig) -> Connector:
    """The connector of one drop folder."""
    path = Path(str(config.options["path"])).expanduser()
    mode = str(config.options.get("mode") or "full")
    return FilesConnector(config.name, config.base_dir / path, delta=mode == "delta")


class FilesConnector:
    """Reads a drop folder. `line_limit` (bytes) is the longest record that is taken for one."""

    kind = "files"

    def __init__(
        self, system: str, folder: Path, *, delta: bool = False, line_limit: int = LINE_LIMIT
    ) -> None:
        self.system = system
        self._folder = folder
        self._delta = delta
        self._line_limit = line_limit
        self._contracts = contracts()
        self._scanned: Folder | None = None

    def objects(self) -> Sequence[ObjectSpec]:
        return [contract.spec for contract in self._contracts.values()]

    def does_not_record(self) -> Sequence[str]:
        return ()

    def inspect(self) -> Inspection:
        """How many entities have a file, and which files belong to none."""
        folder = scan(self._folder, self._contracts)
        text = f"{len(folder.files)} of {len(self._contracts)} entities have a file"
        return Inspection(text, tuple(folder.not_read), is_empty=not folder.files)

    def extract(self, obj: ObjectSpec, state: ObjectState, full: bool) -> Extraction:
        """Read the files of one entity that are new or changed; see `ingestion/files/README.md` for every rule."""
        first = next(iter(self._contracts))
        if self._scanned is None or obj.name == first:
            self._scanned = scan(self._folder, self._contracts)
        folder = self._scanned
        extraction = Extraction(
            "delta" if self._delta else "full", datetime.now(UTC), cursor_from=state.cursor
        )
        if obj.name == first:
            extraction.notes.extend(folder.remarks)
        files = folder.files.get(obj.name, [])
        hashes = {file.name: sha256(file.path) for file in files}
        known = _known_files(state.cursor)
        stated = {
            name: [control.rows, control.column, str(control.total)]
            for name, control in folder.controls.items()
            if name in hashes
        }
        seen = {**known, **hashes} if self._delta else hashes
        extraction.cursor_to = (
            json.dumps({"files": seen, "control": stated}, sort_keys=True) if seen else None
        )
        if not files:
            extraction.skipped = True
            extraction.cursor_to = state.cursor
            if known and not self._delta:
                extraction.notes.append(
                    f"no file of {obj.name} is there, but there was one before: its rows stay as they were;"
                    " deliver a file with only a header to say that there are none"
                )
            return extraction
        if self._delta:
            # Also with `full`: reading an old delta again after a newer one would bring old values back.
            loaded = set(known.values())
            files = [file for file in files if hashes[file.name] not in loaded]
        if not files or (not full and state.cursor == extraction.cursor_to):
            extraction.skipped = True
            return extraction
        extraction.files = len(files)
        extraction.sequential = self._delta
        self._read_all(obj, _without_copies(files, hashes, extraction), folder, state, extraction)
        return extraction

    def _read_all(
        self,
        obj: ObjectSpec,
        files: Sequence[SourceFile],
        folder: Folder,
        state: ObjectState,
        extraction: Extraction,
    ) -> None:
        scratch = state.scratch or Path(tempfile.mkdtemp(prefix="tieout-files-"))
        reader = FastReader(scratch, self._line_limit)
        parts, new_columns = [], dict[str, None]()
        missing: set[str] | None = None
        try:
            for number, file in enumerate(files):
                reading = self._read(file, obj.columns, reader, scratch / f"{obj.name}.{number}.parquet")
                if reading.part is not None:
                    parts.append(reading.part)
                extraction.unreadable += reading.unreadable
                extraction.rejects.extend(reading.rejects)
                new_columns.update(dict.fromkeys(reading.new_columns))
                if reading.empty:
                    extraction.complete = False
                else:
                    missing = (missing or set()) | set(reading.missing_columns)
                extraction.notes.extend(f"{file.name}: {note}" for note in reading.notes)
                _compare_with_control(file, reading, folder, extraction)
        finally:
            reader.close()
        extraction.parquet = parts
        extraction.new_columns = tuple(new_columns)
        extraction.missing_columns = tuple(c for c in obj.columns if missing and c in missing)

    def _read(self, file: SourceFile, columns: Sequence[str], fast: FastReader, target: Path) -> Reading:
        if file.size == 0:
            note = "the file is empty, without even a header: nothing is concluded from it"
            return Reading(notes=[note], empty=True)
        if file.format == "parquet":
            try:
                return fast.parquet(file, columns, target)
            except NotWellFormed:
                return read_parquet_carefully(file, columns, target)
        if is_utf16(file.path):
            reading = Reading(missing_columns=tuple(columns))
            reading.reject(file.name, None, "the file is UTF-16", "Export the file as UTF-8.")
            return reading
        if file.format == "jsonl":
            try:
                return fast.jsonl(file, columns, target)
            except NotWellFormed:
                return read_jsonl_carefully(file, columns, target, self._line_limit)
        dialect = csv_dialect(file.path, columns, self._line_limit)
        if dialect is None:
            reading = Reading(missing_columns=tuple(columns))
            reading.reject(
                file.name,
                None,
                "the header is missing or too long",
                "Write the column names in the first line.",
            )
            return reading
        try:
            return fast.csv(file, dialect, columns, target)
        except NotWellFormed:
            return read_csv_carefully(file, dialect, columns, target, self._line_limit)


def _known_files(cursor: str | None) -> dict[str, str]:
    return dict(json.loads(cursor)["files"]) if cursor else {}


def _without_copies(
    files: Sequence[SourceFile], hashes: dict[str, str], extraction: Extraction
) -> list[SourceFile]:
    kept: dict[str, SourceFile] = {}
    for file in files:
        first = kept.setdefault(hashes[file.name], file)
        if first is not file and file.size:
            extraction.notes.append(f"{file.name} has the same content as {first.name} and is not read again")
    return list(kept.values())


def _compare_with_control(file: SourceFile, reading: Reading, folder: Folder, extraction: Extraction) -> None:
    control = folder.controls.get(file.name)
    if control is None:
        return
    received = reading.rows + reading.unreadable
    if control.rows is not None:
        extraction.source_count = (extraction.source_count or 0) + control.rows
        if control.rows != received:
            extraction.notes.append(
                f"{file.name}: the control file states {control.rows} rows, {received} came"
            )
    if control.column and control.total is not None:
        if extraction.control_total_column not in (None, control.column):
            extraction.notes.append(f"{file.name}: control totals of one entity must be of one column")
            return
        extraction.control_total_column = control.column
        extraction.control_total_source = (extraction.control_total_source or Decimal(0)) + control.total
