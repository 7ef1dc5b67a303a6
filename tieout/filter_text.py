"""Filters as they are typed: `practice=Data`, `practice!=X`, `practice in A,B`, `month>=2026-04`."""

from __future__ import annotations

import csv
import re

from tieout.metrics_types import BadFilter, Filter

_SYMBOL = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=)\s?(.*)", re.DOTALL)
_WORD = re.compile(r"\s*(\w+)\s+(not\s+in|in|between)\s+(.*)", re.DOTALL | re.IGNORECASE)


def parse_filter(text: str) -> Filter:
    """One typed filter. A list is separated by commas; a value with a comma goes in double quotes.

    `between` takes `A,B` or `A and B`, both included. Raises BadFilter.
    """
    if match := _WORD.fullmatch(text):
        name, operator, rest = match[1], " ".join(match[2].lower().split()), match[3]
        if operator == "between" and "," not in rest:
            rest = re.sub(r"\s+and\s+", ",", rest, count=1, flags=re.IGNORECASE)
        values = next(csv.reader([rest], skipinitialspace=True), [])
        return Filter(name, operator, tuple(value.strip() for value in values if value.strip()))
    if match := _SYMBOL.fullmatch(text):
        return Filter(match[1], match[2], (match[3],))
    raise BadFilter(
        f"{text!r} is not a filter.",
        "Write practice=Data, practice!=Data, 'practice in Data,Cloud', 'month>=2026-04' or 'month between 2026-04,2026-06'.",
    )
