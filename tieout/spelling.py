"""Names that may have been meant by one that does not exist: those that are the fewest letters away from it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SUGGESTED = 3
# Names that are alike at all, before they are compared letter by letter: the rest would only take time.
_COMPARED = 200


def closest(text: str, known: Iterable[str], limit: int = SUGGESTED) -> list[str]:
    """The names with the fewest letters to change, in any case of letters, in alphabetical order where they are as near."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    folded = text.casefold()
    alike = difflib.get_close_matches(folded, list(by_folded), n=_COMPARED)
    ranked = sorted((edits(folded, name), name) for name in alike)
    return [by_folded[name] for away, name in ranked if away == ranked[0][0]][:limit]


def edits(first: str, second: str) -> int:
    """Letters to insert, drop or replace to come from one word to the other."""
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, start=1):
        before = row
        row = [place]
        for other, opposite in enumerate(second, start=1):
            row.append(min(before[other] + 1, row[other - 1] + 1, before[other - 1] + (letter != opposite)))
    return row[-1]
