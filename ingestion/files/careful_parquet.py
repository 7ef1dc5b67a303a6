"""The careful path for Parquet: text that is not UTF-8 costs its row, not the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.files.columns import map_columns
from ingestion.files.folder import SourceFile
from ingestion.files.lines import broken_bytes
from ingestion.files.reading import PartWriter, Reading

_CURE = "Write the file again; check it with any Parquet reader."


def read_parquet_carefully(file: SourceFile, columns: Sequence[str], target: Path) -> Reading:
    """Read a Parquet file row by row; a file that no reader can open is one unreadable row."""
    try:
        source = pq.ParquetFile(file.path)
        header = tuple(source.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        reading = Reading(missing_columns=tuple(columns))
        reading.reject(file.name, None, f"not a readable Parquet file: {_first_line(error)}", _CURE)
        return reading
    mapping = map_columns(header, columns)
    reading = Reading(
        new_columns=tuple(mapping.extra), missing_columns=mapping.missing, notes=list(mapping.notes)
    )
    number = 0
    with PartWriter(target, columns, file.name) as writer:
        try:
            for batch in source.iter_batches(batch_size=10_000):
                lists = [_values(column) for column in batch.columns]
                for row in range(batch.num_rows):
                    number += 1
                    values = [column[row] for column in lists]
                    broken = next((i for i, v in enumerate(values) if isinstance(v, bytes)), None)
                    if broken is not None:
                        reading.reject(
                            file.name,
                            number,
                            "not valid UTF-8",
                            "Write text columns as UTF-8.",
                            column=header[broken],
                            value=broken_bytes(values[broken] or b""),  # type: ignore[arg-type]
                        )
                        continue
                    texts = [v if isinstance(v, str) else None for v in values]
                    writer.add(
                        number,
                        {column: texts[position] for column, position in mapping.declared.items()},
                        {label: texts[position] for label, position in mapping.extra.items()} or None,
                    )
        except (pa.ArrowException, OSError) as error:
            # The rest of the file is counted by its own footer.
            for lost in range(number + 1, source.metadata.num_rows + 1):
                reading.reject(file.name, lost, f"damaged Parquet data: {_first_line(error)}", _CURE)
        reading.part = writer.part()
    return reading


def _values(column: pa.Array) -> list[str | bytes | None]:
    """Values as text; bytes where they are not UTF-8."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
        return [_decoded(v) for v in column.cast(pa.large_binary()).to_pylist()]
    return [_plain(v) for v in column.to_pylist()]


def _decoded(value: bytes | None) -> str | bytes | None:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _plain(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        zone = "+00" if value.tzinfo else ""
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        written = moment.isoformat(sep=" ")
        return (written.rstrip("0") if "." in written else written) + zone
    return str(value)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
