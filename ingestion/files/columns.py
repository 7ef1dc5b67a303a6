"""Which column of a file is which column of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mapping:
    """`declared`: contract column → position in the file. `extra`: name of an unknown column → position.
    `missing`: contract columns that the file lacks. `notes`: what a person should know."""

    declared: dict[str, int]
    extra: dict[str, int]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def map_columns(header: Sequence[str], columns: Sequence[str]) -> Mapping:
    """Match a file's header with the contract: trimmed, in any letter case.

    A name that comes twice counts the first time; the other is kept as an unknown column `name (2)`. A column
    without a name is kept as `column <position>`.
    """
    wanted = {name.lower(): name for name in columns}
    declared: dict[str, int] = {}
    extra: dict[str, int] = {}
    notes: list[str] = []
    for position, given in enumerate(header):
        name = given.strip().strip("\ufeff").strip()
        column = wanted.get(name.lower())
        if column is not None and column not in declared:
            declared[column] = position
            continue
        label = name or f"column {position + 1}"
        taken = {other.lower() for other in extra} | {other.lower() for other in declared}
        if label.lower() in taken:
            notes.append(f"column {label} comes twice; the first counts, the other is kept aside")
            again = 2
            while f"{label} ({again})".lower() in taken:
                again += 1
            label = f"{label} ({again})"
        extra[label] = position
    missing = tuple(name for name in columns if name not in declared)
    if not declared:
        notes.append("no column of the contract was found in the header")
    return Mapping(declared, dict(sorted(extra.items())), missing, tuple(notes))
