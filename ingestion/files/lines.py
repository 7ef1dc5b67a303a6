"""Physical lines of a file in bounded memory, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1024 * 1024
_KEPT_OF_LONG_LINE = 600


@dataclass(frozen=True)
class Line:
    """One physical line without its line end (`ending`). Of a line longer than the limit only the beginning is kept."""

    number: int
    data: bytes
    too_long: bool = False
    ending: bytes = b"\n"


def bounded_lines(path: Path, limit: int) -> Iterator[Line]:
    """The lines of a file, 1-based; ends are LF, CR LF, or CR where the file knows no LF. A UTF-8 mark is dropped.

    Memory: one chunk of 1 MiB and one line of at most `limit` bytes.
    """
    with path.open("rb") as stream:
        chunk = stream.read(_CHUNK)
        if chunk.startswith(b"\xef\xbb\xbf"):
            chunk = chunk[3:]
        end = _line_end(chunk)
        number, pending, long_line = 0, b"", b""
        while chunk:
            pieces = chunk.split(end)
            for piece in pieces[:-1]:
                number += 1
                if long_line:
                    yield Line(number, long_line, too_long=True)
                    long_line = b""
                elif len(pending) + len(piece) > limit:
                    yield Line(
                        number, (pending + piece[:_KEPT_OF_LONG_LINE])[:_KEPT_OF_LONG_LINE], too_long=True
                    )
                else:
                    yield _line(number, pending + piece, end)
                pending = b""
            if not long_line:
                pending += pieces[-1]
                if len(pending) > limit:
                    long_line, pending = pending[:_KEPT_OF_LONG_LINE], b""
            chunk = stream.read(_CHUNK)
        if long_line:
            yield Line(number + 1, long_line, too_long=True)
        elif pending:
            yield _line(number + 1, pending, end)


def _line(number: int, data: bytes, end: bytes) -> Line:
    if data.endswith(b"\r"):
        return Line(number, data[:-1], ending=b"\r" + end)
    return Line(number, data, ending=end)


@dataclass(frozen=True)
class LineCount:
    """Physical lines of a file, with and without blank ones at its end, and what ends them."""

    all: int
    filled: int
    ending: bytes


def count_lines(path: Path) -> LineCount:
    """Count the lines as `bounded_lines` cuts them, without looking into them: at the speed of the disk."""
    with path.open("rb") as stream:
        chunk = stream.read(_CHUNK)
        end = _line_end(chunk)
        ends = ends_before_last_text = 0
        last = end
        while chunk:
            text = len(chunk.rstrip(b"\r\n"))
            if text:
                ends_before_last_text = ends + chunk.count(end, 0, text)
            ends += chunk.count(end)
            last = chunk[-1:]
            chunk = stream.read(_CHUNK)
    return LineCount(ends + (last != end), ends_before_last_text + 1, end)


def _line_end(first_chunk: bytes) -> bytes:
    return b"\r" if b"\n" not in first_chunk and b"\r" in first_chunk else b"\n"


def broken_bytes(data: bytes) -> str:
    """Text with undecodable bytes written as \\xNN."""
    return data.decode("utf-8", "backslashreplace")
