"""Landing: received rows go through dlt into a private folder of Parquet files beside the build file.

Each part of an object (an Arrow stream, or a file that the engine wrote) is one Parquet file and one landing table.
The folder is thrown away once its rows are in history: nothing of a killed load may survive. The files are read from
where they lie. Copying them into database tables first cost a third of a load and proved nothing more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.arrow_pages import EXTRA, IS_DELETED, ROW_NUMBER, SOURCE_FILE, conform
from ingestion.connector import Extraction, ObjectSpec, ParquetPart
from ingestion.errors import LoadError

ROWS_PER_GROUP = 122_880  # DuckDB's own row group: one read fills one write

# dlt in one thread and without its telemetry; names exactly as declared.
_DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "EXTRACT__WORKERS": "1",
    "NORMALIZE__WORKERS": "1",
    "LOAD__WORKERS": "1",
    "LOAD__RAISE_ON_FAILED_JOBS": "true",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "SCHEMA__NAMING": "direct",
    "RESTORE_FROM_DESTINATION": "false",
}


@dataclass(frozen=True)
class LandedPart:
    """One landing table: the file that holds its rows, where they came from and which columns it has (`_row_number`
    and others included)."""

    table: str
    path: Path
    rows: int
    source_file: str | None
    columns: tuple[str, ...]
    first_row: int = 1


def write_parts(obj: ObjectSpec, extraction: Extraction, folder: Path) -> list[LandedPart]:
    """Spool an object's pages to one Parquet file and list it with the files that the connector wrote.

    Reads `extraction.pages` to the end. Memory: one page and one row group. Raises `LoadError` for a page that
    breaks the contract.
    """
    parts: list[LandedPart] = []
    spooled = _spool_pages(obj, extraction.pages, folder / f"{obj.name}.pages.parquet")
    # `parquet` is looked at after the pages: a connector may add to it while they are consumed.
    for part in [*([spooled] if spooled else []), *extraction.parquet]:
        if part.rows == 0:
            continue
        table = obj.name if not parts else f"{obj.name}__part{len(parts) + 1}"
        names = tuple(pq.read_schema(part.path).names)
        unknown = sorted(set(names) - {*obj.columns, EXTRA, ROW_NUMBER, SOURCE_FILE, IS_DELETED})
        if unknown:
            raise LoadError(
                f"{obj.name}: the connector sent columns it did not declare: {', '.join(unknown)}."
            )
        parts.append(LandedPart(table, part.path, part.rows, part.source_file, names, part.first_row))
    return parts


def land(system: str, parts: Sequence[LandedPart], folder: Path) -> list[LandedPart]:
    """Load all parts of a system into `folder`/landing_<system>, in one dlt package; the parts as they landed.

    Raises `LoadError` when dlt fails or when a table does not hold exactly the rows that were handed over.
    """
    if not parts:
        return []
    with _dlt_settings():
        # dlt takes two seconds to import; a load without rows must not pay for it.
        import dlt
        from dlt.common.exceptions import DltException
        from dlt.common.runtime.collector import NULL_COLLECTOR

        pipeline = dlt.pipeline(
            pipeline_name=f"tieout_{system}",
            pipelines_dir=str(folder / "dlt"),
            destination=dlt.destinations.filesystem(bucket_url=str(folder)),
            dataset_name=f"landing_{system}",
            progress=NULL_COLLECTOR,
        )
        try:
            pipeline.run([_resource(part) for part in parts], loader_file_format="parquet")
        except DltException as error:
            raise LoadError(f"System {system}: landing failed: {_innermost(error)}") from error
        finally:
            pipeline.deactivate()
    return [_landed(system, part, folder / f"landing_{system}" / part.table) for part in parts]


def _landed(system: str, part: LandedPart, table: Path) -> LandedPart:
    files = sorted(table.glob("*.parquet"))
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    if len(files) != 1 or rows != part.rows:
        raise LoadError(
            f"System {system}: {part.table} has {rows} landed rows in {len(files)} files, not {part.rows} in one.",
            "Refresh again; the published version is untouched.",
        )
    return replace(part, path=files[0])


def _resource(part: LandedPart) -> Any:
    import dlt

    def imported() -> Iterator[object]:
        yield dlt.mark.with_file_import(str(part.path), "parquet", part.rows)

    columns: Any = {field.name: _hint(field) for field in pq.read_schema(part.path)}
    return dlt.resource(imported(), name=part.table, write_disposition="append", columns=columns)


def _hint(field: pa.Field) -> dict[str, object]:
    # Nullability and time zone must equal the file's, or dlt rewrites the whole file before loading it.
    kind = {ROW_NUMBER: "bigint", IS_DELETED: "bool"}.get(field.name, "text")
    hint: dict[str, object] = {"name": field.name, "data_type": kind, "nullable": field.nullable}
    if pa.types.is_timestamp(field.type):
        hint["timezone"] = field.type.tz is not None
    return hint


def _spool_pages(obj: ObjectSpec, pages: Iterator[pa.Table], path: Path) -> ParquetPart | None:
    writer: pq.ParquetWriter | None = None
    rows = 0
    try:
        for page in pages:
            try:
                table = conform(page, obj.columns)
            except (KeyError, TypeError) as error:
                raise LoadError(f"{obj.name}: a page breaks the connector's declaration: {error}.") from error
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="lz4")
            writer.write_table(table, row_group_size=ROWS_PER_GROUP)
            rows += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return ParquetPart(path, rows) if rows else None


@contextmanager
def _dlt_settings() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _DLT_SETTINGS}
    os.environ.update(_DLT_SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).splitlines()[0] if str(error) else type(error).__name__
