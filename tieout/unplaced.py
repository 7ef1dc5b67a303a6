"""Rows that a version took and that a reader may miss: dated after the as-of date, or work of a person or on a project that
no system delivers. They are not rejected, so they are said: how many, the first of them, and where they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tieout.build_database import open_build
from tieout.progress import Progress
from tieout.wording import counted

# Facts of what has happened, and the day on which it did. What is planned, such as assignments, is dated ahead by nature.
HAPPENED = {
    "fct_time_entry": "work_date",
    "fct_expense": "expense_date",
    "fct_invoice_line": "invoice_date",
    "fct_payment": "payment_date",
    "fct_revenue_line": "posting_date",
    "fct_vendor_bill": "bill_date",
}
UNKNOWN = ("unknown_employee", "unknown_project")
# What is said of one row, and of several.
WORDS = {
    "dated_ahead": (
        "is dated after the as-of date {as_of}, on {latest}{place}: in no number before its day, unless a later end is asked"
        " for (--to)",
        "are dated after the as-of date {as_of}, the latest on {latest}{place}: in no number before their days, unless a"
        " later end is asked for (--to)",
    ),
    "unknown_employee": (
        "names an employee whom no system delivers{place}: it counts in its project and contract and in --population firm,"
        " not among billable resources, and has no cost",
        "name employees whom no system delivers{place}: they count in their projects and contracts and in --population firm,"
        " not among billable resources, and have no cost",
    ),
    "unknown_project": (
        "names a project that no system delivers{place}: it counts in the hours of its person, under no project, customer or"
        " contract, and has no price",
        "name projects that no system delivers{place}: they count in the hours of their people, under no project, customer or"
        " contract, and have no price",
    ),
}

_FIRST = "arg_min({file: source_file, line: source_row}, (coalesce(source_file, ''), coalesce(source_row, 0))) as first_row"
_AHEAD = (
    "select 'dated_ahead' as kind, source_system, source_object, count(*) as row_count, {hours} as hours,"
    " max({day}) as latest, {first} from marts.{table} where {day} > $as_of group by source_system, source_object"
)
_OF_NOBODY = (
    "select '{kind}' as kind, source_system, source_object, count(*) as row_count, sum(hours) as hours,"
    " max(work_date) as latest, {first} from marts.fct_time_entry where is_{kind}"
    " group by source_system, source_object"
)


@dataclass(frozen=True)
class Unplaced:
    """Rows of one object of a system. `kind` is dated_ahead, unknown_employee or unknown_project; `hours` are theirs where
    they have hours, `latest` their latest day, `file` and `row` the place of the first where it came from a file."""

    kind: str
    system: str
    object: str
    rows: int
    hours: Decimal | None
    latest: date
    file: str | None
    row: int | None

    def sentence(self, as_of: date) -> str:
        """`1 time_entry row of psa (4.00 h) is dated after the as-of date …, on 2062-06-17 (time_entry.csv row 7): …`"""
        hours = "" if self.hours is None else f" ({self.hours:,.2f} h)"
        first = "" if self.rows == 1 else "first "
        place = f" ({first}{self.file} row {self.row})" if self.file and self.row is not None else ""
        words = WORDS[self.kind][self.rows > 1].format(as_of=as_of, latest=self.latest, place=place)
        return f"{counted(self.rows, f'{self.object} row')} of {self.system}{hours} {words}"


def found_in(database: Path, as_of: date) -> list[Unplaced]:
    """What a built warehouse holds of such rows, the most frequent first. One reading of a few columns a fact."""
    statements = [
        _AHEAD.format(
            hours="sum(hours)" if table == "fct_time_entry" else "cast(null as decimal(28, 6))",
            day=day,
            first=_FIRST,
            table=table,
        )
        for table, day in HAPPENED.items()
    ]
    statements += [_OF_NOBODY.format(kind=kind, first=_FIRST) for kind in UNKNOWN]
    with open_build(database) as connection:
        rows = connection.execute(
            " union all ".join(statements) + " order by kind, row_count desc, source_system, source_object",
            {"as_of": as_of},
        ).fetchall()
    return [
        Unplaced(kind, system, name, count, hours, latest, first["file"], first["line"])
        for kind, system, name, count, hours, latest, first in rows
    ]


def say(found: Sequence[Unplaced], as_of: date, progress: Progress) -> None:
    """One line for each kind of each object."""
    for one in found:
        progress(one.kind, {"message": one.sentence(as_of), **asdict(one)})


def recorded(found: Sequence[Unplaced]) -> list[dict[str, Any]]:
    """What a version keeps of it."""
    return [
        {
            **asdict(one),
            "hours": None if one.hours is None else str(one.hours),
            "latest": one.latest.isoformat(),
        }
        for one in found
    ]


def read(said: Sequence[Mapping[str, Any]]) -> list[Unplaced]:
    """What a version has recorded."""
    return [
        Unplaced(
            **{
                **one,
                "hours": None if one["hours"] is None else Decimal(one["hours"]),
                "latest": date.fromisoformat(one["latest"]),
            }
        )
        for one in said
    ]


def note(found: Sequence[Unplaced]) -> str | None:
    """The sentences beside numbers of billable resources: the work of people whom no system delivers is not among them, and
    that on projects which none delivers is not billable. None where there is none."""
    said = [
        f"In the whole firm {_much(found, kind, one, several)} {consequence}"
        for kind, one, several, consequence in (
            (
                "unknown_employee",
                "names an employee",
                "name employees",
                "whom no system delivers: in the population firm, not among billable resources.",
            ),
            (
                "unknown_project",
                "names a project",
                "name projects",
                "that no system delivers: internal hours, of no customer or contract.",
            ),
        )
        if any(unplaced.kind == kind for unplaced in found)
    ]
    return " ".join(said) or None


def _much(found: Sequence[Unplaced], kind: str, one: str, several: str) -> str:
    of_nobody = [unplaced for unplaced in found if unplaced.kind == kind]
    rows = sum(unplaced.rows for unplaced in of_nobody)
    hours = sum((unplaced.hours for unplaced in of_nobody if unplaced.hours is not None), Decimal(0))
    return f"{counted(rows, 'time entry', 'time entries')} ({hours:,.2f} h) {one if rows == 1 else several}"
