"""The careful path for CSV: record by record, so that one broken row costs one row."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.files.columns import map_columns
from ingestion.files.csv_dialect import CsvDialect
from ingestion.files.folder import SourceFile
from ingestion.files.lines import Line, bounded_lines, broken_bytes
from ingestion.files.reading import PartWriter, Reading

_TEXT_AFTER_QUOTE = "text after a closing quote"
_NEVER_CLOSED = "a quote is opened and never closed"


@dataclass(frozen=True)
class _Record:
    """One record: its fields (undecodable bytes as surrogates), or why it is none."""

    line: int
    data: bytes
    fields: list[str] | None
    problem: str | None = None
    too_long: bool = False


def read_csv_carefully(
    file: SourceFile, dialect: CsvDialect, columns: Sequence[str], target: Path, line_limit: int
) -> Reading:
    """Read a CSV file whatever is wrong with it. Every record is a row or an unreadable row, never lost.

    The number of a row is the physical line on which its record begins, so that a person finds it in the file.
    Memory: one record of at most `line_limit` bytes and one page.
    """
    mapping = map_columns(dialect.header, columns)
    reading = Reading(
        new_columns=tuple(mapping.extra), missing_columns=mapping.missing, notes=list(mapping.notes)
    )
    width = len(dialect.header)
    # The field limit is one for the whole process; the line limit already bounds every field.
    csv.field_size_limit(max(csv.field_size_limit(), line_limit + 1))
    with PartWriter(target, columns, file.name) as writer:
        for record in _records(file.path, dialect.delimiter, width, line_limit):
            if record.line == 1:
                continue
            fields = record.fields
            if (
                fields is not None
                and width > 1
                and all(not field.strip() for field in fields)
                and len(fields) == 1
            ):
                continue
            if record.too_long:
                reading.reject(
                    file.name,
                    record.line,
                    f"longer than {line_limit} bytes",
                    "Correct the line ends or quotes in the export.",
                    raw=record.data,
                )
                continue
            if fields is None:
                reading.reject(
                    file.name,
                    record.line,
                    record.problem or "not one record",
                    'Write a quote inside a value as two quotes ("") and close every quoted value.',
                    raw=record.data,
                )
                continue
            fields = _without_trailing(fields, width) or fields
            broken = next((i for i, field in enumerate(fields) if not _is_clean(field)), None)
            if broken is not None:
                reading.reject(
                    file.name,
                    record.line,
                    "not valid UTF-8",
                    "Export the file as UTF-8.",
                    column=dialect.header[broken].strip() if broken < width else None,
                    value=broken_bytes(fields[broken].encode("utf-8", "surrogateescape")),
                    raw=record.data,
                )
                continue
            if len(fields) != width:
                reading.reject(
                    file.name,
                    record.line,
                    f"{len(fields)} fields, the header has {width}",
                    "Put values that hold the delimiter or a line end in quotes, and fill every column.",
                    raw=record.data,
                )
                continue
            values = {column: fields[position] or None for column, position in mapping.declared.items()}
            extra: dict[str, object] | None = None
            if mapping.extra:
                extra = {label: fields[position] or None for label, position in mapping.extra.items()}
            writer.add(record.line, values, extra)
        reading.part = writer.part()
    if not dialect.simple:
        reading.notes.append("the header is not clean; names are taken as far as they can be read")
    return reading


def _records(path: Path, delimiter: str, width: int, limit: int) -> Iterator[_Record]:
    lines = bounded_lines(path, limit)
    returned: deque[Line] = deque()

    def following() -> Line | None:
        return returned.popleft() if returned else next(lines, None)

    while (line := following()) is not None:
        if line.too_long:
            yield _Record(line.number, line.data, None, too_long=True)
            continue
        fields, problem = _split(line.data, delimiter)
        if problem != _NEVER_CLOSED:
            yield _Record(line.number, line.data, fields, problem)
            continue
        # A quoted value goes on over line ends: take lines until it is closed.
        taken: list[Line] = []
        data, ending = line.data, line.ending
        while problem == _NEVER_CLOSED and (more := following()) is not None:
            if more.too_long or len(data) + len(more.data) > limit:
                returned.appendleft(more)
                break
            taken.append(more)
            data, ending = data + ending + more.data, more.ending
            if b'"' in more.data:
                fields, problem = _split(data, delimiter)
        if problem is None and fields is not None and _without_trailing(fields, width) is not None:
            yield _Record(line.number, data, fields)
            continue
        # The quote swallowed other records: only its own line is broken.
        returned.extendleft(reversed(taken))
        yield _Record(line.number, line.data, None, _NEVER_CLOSED)


def _split(data: bytes, delimiter: str) -> tuple[list[str] | None, str | None]:
    line = data.decode("utf-8", "surrogateescape")
    if '"' not in line:
        return line.split(delimiter), None
    try:
        rows = list(csv.reader(_physical(line), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None, _NEVER_CLOSED if "unexpected end" in str(error) else _TEXT_AFTER_QUOTE
    if len(rows) != 1:
        return None, _TEXT_AFTER_QUOTE
    return rows[0], None


def _without_trailing(fields: list[str], width: int) -> list[str] | None:
    """The fields of a record of the header's width, which may end with one delimiter too many; null for any other."""
    if len(fields) == width + 1 and fields[-1] == "":
        return fields[:-1]
    return fields if len(fields) == width else None


def _physical(record: str) -> list[str]:
    # Not str.splitlines: that also cuts at separators that are ordinary text in a CSV file.
    pieces = record.split("\n")
    return [piece + "\n" for piece in pieces[:-1]] + [pieces[-1]]


def _is_clean(field: str) -> bool:
    # Undecodable bytes were read as lone surrogates.
    return field.isascii() or not any("\ud800" <= character <= "\udfff" for character in field)
