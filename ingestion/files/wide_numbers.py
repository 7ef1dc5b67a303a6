"""Numbers in JSON that a double cannot hold to the last digit, found without parsing the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

_DIGITS = 16  # digits and points in a row; a double keeps 15 digits of any number
_CHUNK = 8 * 1024 * 1024
_OVERLAP = 64


def has_wide_number(path: Path) -> bool:
    """True when a JSON value that is not text has 16 or more digits and points in a row.

    May also be true because of text that looks like one (`": 1234567890123456"` inside a note); the file is then
    only read more slowly.
    """
    with path.open("rb") as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            data = kept + chunk
            if _in_chunk(data):
                return True
            kept = data[-_OVERLAP:]
    return False


def _in_chunk(data: bytes) -> bool:
    if len(data) < _DIGITS:
        return False
    characters = np.frombuffer(data, np.uint8)
    run: npt.NDArray[np.bool_] = (characters - np.uint8(ord("0")) < 10) | (characters == ord("."))
    # After each step the flag at a position says that 2, 4, 8, 16 characters from there on belong to a number.
    for step in (1, 2, 4, 8):
        run = run[:-step] & run[step:]
    for position in np.flatnonzero(run).tolist():
        before = data[max(0, position - _OVERLAP) : position].rstrip(b"-").rstrip(b" \t")
        if before[-1:] in (b":", b",", b"["):
            return True
    return False
