"""The careful path for JSON lines: line by line, so that one broken line costs one row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ingestion.files.columns import map_columns
from ingestion.files.folder import SourceFile
from ingestion.files.lines import bounded_lines, broken_bytes
from ingestion.files.reading import PartWriter, Reading

_DIGITS_OF_A_DOUBLE = 15


class _NameTwice(ValueError):
    """A JSON object holds one name twice."""


class _Number(str):
    """A JSON number as text."""


def read_jsonl_carefully(file: SourceFile, columns: Sequence[str], target: Path, line_limit: int) -> Reading:
    """Read a JSON lines file whatever is wrong with it. Every line that is not blank is a row or an unreadable row.

    The number of a row is that of its line. Numbers in it keep every digit. Memory: one line of at most `line_limit`
    bytes and one page.
    """
    reading = Reading()
    found: set[str] = set()
    extras: dict[str, None] = {}
    notes: dict[str, None] = {}
    with PartWriter(target, columns, file.name) as writer:
        records = 0
        for line in bounded_lines(file.path, line_limit):
            if not line.too_long and not line.data.strip():
                continue
            records += 1
            if line.too_long:
                reading.reject(
                    file.name,
                    line.number,
                    f"longer than {line_limit} bytes",
                    "Write one record a line.",
                    raw=line.data,
                )
                continue
            try:
                content = line.data.decode("utf-8")
            except UnicodeDecodeError as error:
                reading.reject(
                    file.name,
                    line.number,
                    "not valid UTF-8",
                    "Export the file as UTF-8.",
                    column=_name_before(line.data[: error.start]),
                    value=broken_bytes(line.data[max(0, error.start - 20) : error.end + 20]),
                    raw=line.data,
                )
                continue
            try:
                record = json.loads(
                    content,
                    parse_float=_Number,
                    parse_int=_Number,
                    parse_constant=_Number,
                    object_pairs_hook=_once,
                )
                if not isinstance(record, dict):
                    raise ValueError("not a JSON object")
                # Lone surrogates are legal escapes but no text.
                values = {name: _text(value) for name, value in record.items()}
            except (ValueError, RecursionError) as error:
                reading.reject(
                    file.name,
                    line.number,
                    f"not one JSON object: {error}",
                    "Write one complete JSON object a line, each name once.",
                    raw=line.data,
                )
                continue
            mapping = map_columns(tuple(values), columns)
            notes.update(dict.fromkeys(mapping.notes))
            found.update(mapping.declared)
            extras.update(dict.fromkeys(mapping.extra))
            by_position = tuple(values.values())
            writer.add(
                line.number,
                {column: by_position[position] for column, position in mapping.declared.items()},
                {label: by_position[position] for label, position in mapping.extra.items()} or None,
            )
        reading.part = writer.part()
    reading.new_columns = tuple(sorted(extras))
    reading.missing_columns = tuple(name for name in columns if name not in found)
    reading.notes = list(notes)
    if records == 0:
        reading.notes = ["the file holds no row"]
    return reading


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _NameTwice("a name comes twice")
    return record


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return _number(value)
    written = value if isinstance(value, str) else _nested(value)
    written.encode("utf-8")
    return written


def _nested(value: object) -> str:
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(str(n), ensure_ascii=False)}:{_nested(v)}" for n, v in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(_nested(v) for v in value) + "]"
    if isinstance(value, _Number):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(number: str) -> str:
    # Short numbers are written as the fast path writes them; long ones keep every digit.
    digits = sum(character.isdigit() for character in number)
    if "." not in number or "e" in number.lower() or digits > _DIGITS_OF_A_DOUBLE:
        return str(number)
    return repr(float(number))


def _name_before(data: bytes) -> str | None:
    """The last name that was opened before a position, as far as that can be told."""
    pieces = data.decode("utf-8", "replace").rsplit('":', 1)
    return pieces[0].rsplit('"', 1)[-1] if len(pieces) == 2 else None
