"""Header and delimiter of a CSV file: comma, semicolon or tab, told by the header alone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.files.columns import map_columns
from ingestion.files.lines import bounded_lines

DELIMITERS = (",", ";", "\t")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class CsvDialect:
    """`simple`: the header is one plain line of valid UTF-8, as the engine's strict reader expects it."""

    delimiter: str
    header: tuple[str, ...]
    simple: bool


def is_utf16(path: Path) -> bool:
    """True when a file begins with a UTF-16 mark."""
    with path.open("rb") as stream:
        return stream.read(2) in UTF16_MARKS


def csv_dialect(path: Path, columns: Sequence[str], line_limit: int) -> CsvDialect | None:
    """Dialect of a CSV file; null when it has no line at all, or only a header line beyond the limit."""
    first = next(bounded_lines(path, line_limit), None)
    if first is None or first.too_long:
        return None
    simple = True
    try:
        line = first.data.decode("utf-8")
    except UnicodeDecodeError:
        line, simple = first.data.decode("utf-8", "backslashreplace"), False
    best: tuple[int, int, str, tuple[str, ...]] | None = None
    for rank, delimiter in enumerate(DELIMITERS):
        try:
            header = tuple(next(csv.reader([line], delimiter=delimiter, strict=True), []))
        except csv.Error:
            header, simple = tuple(line.split(delimiter)), False
        score = (len(map_columns(header, columns).declared), -rank, delimiter, header)
        if best is None or score[:2] > best[:2]:
            best = score
    if best is None:
        return None
    return CsvDialect(best[2], best[3], simple)
