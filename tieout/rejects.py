"""Rows that a version could not use: how many of each object, why, and what to do; and when so many are too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.connector import Connector, Inspectable
from ingestion.errors import IngestionError
from ingestion.files.contract import contracts
from tieout.build_database import open_build
from tieout.firm_schema import REQUIRED_ENTITIES, Firm
from tieout.progress import Progress
from tieout.spelling import closest

PROBLEMS_SHOWN = 3  # an object
OBJECTS_SHOWN = 10
A_HANDFUL = 5  # rejected rows: a share of fewer says little about the file
_VALUE_SHOWN = 60  # characters

_OBJECTS = """
with latest as (
    select *, row_number() over (partition by system, object order by extracted_at desc, load_id desc) as place
    from operations.ops_load
    where not skipped
)
select counted.system, counted.object, counted.open_rows + coalesce(latest.unreadable, 0),
    counted.rejected + coalesce(latest.unreadable, 0), counted.duplicate, latest.missing_columns, latest.new_columns
from operations.ops_object_identity as counted
left join latest on latest.system = counted.system and latest.object = counted.object and latest.place = 1
union all
-- an object of which nothing could be read has no rows to count
select system, object, unreadable, unreadable, 0, missing_columns, new_columns
from latest
where place = 1 and unreadable > 0
    and not exists (
        select 1 from operations.ops_object_identity as counted
        where counted.system = latest.system and counted.object = latest.object
    )
order by 1, 2
"""
_PROBLEMS = """
select system, object, rejected_at, column_name, reason, cure, count(*) as rows,
    arg_min({file: source_file, line: source_row, content: reject_value, others: also_wrong},
        (coalesce(source_file, ''), coalesce(source_row, 0))) as example
from operations.ops_rejected_row
where not is_duplicate
group by all
order by system, object, rows desc, column_name, reason
"""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with `rows` rows of an object, and where it is found first. `at` is landing, staging or
    canonical; without a row the whole file is meant."""

    at: str
    column: str | None
    reason: str
    cure: str
    rows: int
    file: str | None
    row: int | None
    value: str | None
    also_wrong: str | None = None

    def sentence(self) -> str:
        """`time_entry.csv row 4: status 'aproved' is not one of draft, … . Write one of these words.`"""
        place = f"{self.file} row {self.row}" if self.file and self.row else self.file or ""
        value = "" if self.value is None else f" '{_cut(self.value)}'"
        verb = "" if self.reason.startswith("belongs") or not self.column else "is "
        what = f"{self.column}{value} {verb}{self.reason}" if self.column else self.reason
        like = f" ({self.rows - 1:,} more like it)" if self.rows > 1 else ""
        others = f" Also: {self.also_wrong}." if self.also_wrong else ""
        return f"{place}{': ' if place else ''}{what}{like}. {self.cure}{others}"


@dataclass(frozen=True)
class ObjectRejects:
    """One object of a system: its rows now, and how many of them are rejected or were delivered twice. `orphaned` rows
    are well formed and count nowhere, because their document is missing. `absent` are columns that the contract
    requires and a file lacks, each with the unknown column that may be meant."""

    system: str
    object: str
    rows: int
    rejected: int
    duplicates: int
    problems: tuple[Problem, ...] = ()
    absent: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def orphaned(self) -> int:
        return sum(problem.rows for problem in self.problems if problem.at == "canonical")

    @property
    def without(self) -> int:
        """Rows that are in no number."""
        return self.rejected + self.orphaned

    def headline(self) -> str:
        """`2 of 10 time_entry rows of psa were rejected`."""
        words = []
        if self.rejected or not self.orphaned:
            words.append(
                f"{self.rejected:,} of {self.rows:,} {self.object} rows of {self.system} were rejected"
            )
        if self.orphaned:
            rows = f"{self.orphaned:,} {self.object} row{'s' if self.orphaned > 1 else ''} of {self.system}"
            words.append(f"{rows} count{'' if self.orphaned > 1 else 's'} nowhere")
        return "; ".join(words)

    def lines(self) -> list[str]:
        """What is wrong, the most frequent first, and where to see all."""
        absent = [
            f"the column {name} is missing"
            + (f"; did you mean {meant}? Rename it in the header." if meant else ". Add it to the export.")
            for name, meant in self.absent.items()
        ]
        shown = [problem for problem in self.problems if problem.column not in self.absent][:PROBLEMS_SHOWN]
        lines = [*absent, *(problem.sentence() for problem in shown)]
        told = sum(p.rows for p in self.problems if p.column in self.absent) + sum(p.rows for p in shown)
        where = f"tieout sql \"from operations.ops_rejected_row where object = '{self.object}'\""
        if self.without > told:
            return [*lines, f"and {self.without - told:,} more: {where}"]
        return [*lines, f"All of them: {where}"] if self.without > len(shown) else lines

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "system": self.system,
            "object": self.object,
            "rows": self.rows,
            "rejected": self.rejected,
            "orphaned": self.orphaned,
            "absent_columns": list(self.absent),
            "problems": [vars(problem) for problem in self.problems[:PROBLEMS_SHOWN]],
        }


def found_in(database: Path) -> list[ObjectRejects]:
    """Every object with rejected, orphaned or duplicate rows in a built warehouse."""
    with open_build(database) as connection:
        objects = connection.execute(_OBJECTS).fetchall()
        problems: dict[tuple[str, str], list[Problem]] = {}
        for system, name, at, column, reason, cure, rows, example in connection.execute(_PROBLEMS).fetchall():
            problem = Problem(
                at,
                column,
                reason,
                cure,
                rows,
                example["file"],
                example["line"],
                example["content"],
                example["others"],
            )
            problems.setdefault((system, name), []).append(problem)
    found = []
    for system, name, rows, rejected, duplicates, missing, new in objects:
        wrong = tuple(problems.get((system, name), ()))
        absent = _absent(name, wrong, _names(missing), _names(new))
        found.append(ObjectRejects(system, name, rows, rejected, duplicates, wrong, absent))
    return [one for one in found if one.without or one.duplicates]


def too_many(found: Sequence[ObjectRejects], firm: Firm) -> list[ObjectRejects]:
    """Objects that are broken as a whole: a version without them would show less than there is, and look sound.

    More than `policies.max_rejected_pct` of the rows are rejected, and they are a handful, or a file lacks a required
    column, or it is an entity without which there is no number and nothing of it is left; or a file could not be read
    at all. Rows whose document is missing do not count: it may come from a system that is not connected yet."""
    limit = firm.policies.max_rejected_pct
    return [one for one in found if _is_broken(one, limit)]


def _is_broken(one: ObjectRejects, limit: int) -> bool:
    if limit >= 100:
        return False
    if any(problem.at == "landing" and problem.row is None for problem in one.problems):
        return True
    if one.rejected * 100 <= limit * one.rows:
        return False
    nothing_left = one.object in REQUIRED_ENTITIES and one.rejected >= one.rows - one.duplicates
    return one.rejected >= A_HANDFUL or bool(one.absent) or nothing_left


def say(found: Sequence[ObjectRejects], connectors: Mapping[str, Connector], progress: Progress) -> None:
    """Rejected rows by object, what came twice, and files that belong to nothing."""
    ranked = sorted((one for one in found if one.without), key=lambda one: -one.without)
    for one in ranked[:OBJECTS_SHOWN]:
        message = "\n  ".join([one.headline(), *one.lines()])
        progress("rejected", {"message": message, **one.facts()})
    if rest := ranked[OBJECTS_SHOWN:]:
        rows = sum(one.without for one in rest)
        message = f"{rows:,} rows of {len(rest)} more objects were rejected: tieout doctor names the objects"
        progress("rejected", {"message": message, "objects": recorded(rest)})
    for one in found:
        if one.duplicates:
            message = (
                f"{one.duplicates:,} of {one.rows:,} {one.object} rows of {one.system} came twice;"
                " the last received counts"
            )
            facts = {"system": one.system, "object": one.object, "duplicates": one.duplicates}
            progress("duplicates", {"message": message, **facts})
    for name, connector in connectors.items():
        if not isinstance(connector, Inspectable):
            continue
        with suppress(IngestionError):  # the folder of a system that this refresh did not load may be away
            if files := connector.inspect().not_read:
                message = f"in the folder of {name}: {', '.join(files)}"
                progress("not_read", {"message": message, "system": name, "files": list(files)})


def recorded(found: Sequence[ObjectRejects]) -> list[dict[str, Any]]:
    """What a version and the run ledger keep: counts by object, without what rows hold."""
    return [
        {
            "system": one.system,
            "object": one.object,
            "rows": one.rows,
            "rejected": one.rejected,
            "orphaned": one.orphaned,
            "duplicates": one.duplicates,
        }
        for one in found
    ]


def _absent(
    name: str, problems: Sequence[Problem], missing: Sequence[str], new: Sequence[str]
) -> dict[str, str | None]:
    """Required columns that a file lacks, so that its rows are rejected, and the unknown column that may be meant."""
    contract = contracts().get(name)
    if contract is None or not any(problem.at == "staging" for problem in problems):
        return {}
    return {
        column: close[0] if (close := closest(column, new, 1)) else None
        for column in contract.required
        if column in missing
    }


def _names(listed: str | None) -> list[str]:
    return [name.strip() for name in listed.split(",")] if listed else []


def _cut(value: str) -> str:
    return value if len(value) <= _VALUE_SHOWN else f"{value[:_VALUE_SHOWN]}…"
