"""When rejected rows are too many to publish, and how they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tieout import rejects
from tieout.firm import load_firm
from tieout.firm_schema import Firm
from tieout.metrics_types import VersionInfo
from tieout.rejects import ObjectRejects, Problem

FIRM = """
firm: {name: Firm, reporting_currency: EUR}
systems: [{name: psa, kind: files, path: extracts}]
"""
WRONG_WORD = Problem(
    "staging",
    "status",
    "not one of draft, approved",
    "Write one of these words.",
    2,
    "expense.csv",
    4,
    "aproved",
)


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    (tmp_path / "firm.yml").write_text(FIRM)
    return load_firm(tmp_path / "firm.yml")


def with_limit(firm: Firm, percent: int) -> Firm:
    return replace(firm, policies=replace(firm.policies, max_rejected_pct=percent))


def of(name: str, rejected: int, rows: int, **more: object) -> ObjectRejects:
    return ObjectRejects("psa", name, rows, rejected, 0, (WRONG_WORD,), **more)  # type: ignore[arg-type]


UNREADABLE = Problem(
    "landing", None, "the file is UTF-16", "Export the file as UTF-8.", 1, "task.csv", None, None
)
BROKEN_LINE = replace(UNREADABLE, reason="not valid UTF-8", row=7)
ORPHANS = replace(
    WRONG_WORD, at="canonical", column="contract_id", reason="belongs to no known contract", rows=9
)


@pytest.mark.parametrize(
    ("found", "is_broken"),
    [
        (of("expense", 5, 10), False),  # half is not more than half
        (of("expense", 6, 11), True),
        (of("expense", 4, 4), False),  # too few to judge a file by
        (of("expense", 1, 1, absent={"expense_id": None}), True),  # but its header says enough
        (of("project", 1, 1), True),  # without any project there is no number
        (of("project", 1, 2), False),
        (ObjectRejects("psa", "task", 100, 1, 0, (UNREADABLE,)), True),
        (ObjectRejects("psa", "task", 100, 1, 0, (BROKEN_LINE,)), False),
        (ObjectRejects("psa", "contract_line", 9, 0, 0, (ORPHANS,)), False),
    ],
)
def test_a_broken_object_is_not_published(firm: Firm, found: ObjectRejects, is_broken: bool) -> None:
    assert rejects.too_many([found], firm) == ([found] if is_broken else [])
    assert rejects.too_many([found], with_limit(firm, 100)) == []


def test_the_firm_may_be_stricter(firm: Firm) -> None:
    assert rejects.too_many([of("expense", 5, 1000)], with_limit(firm, 0))


def test_a_problem_is_one_sentence_with_its_cure() -> None:
    assert WRONG_WORD.sentence() == (
        "expense.csv row 4: status 'aproved' is not one of draft, approved (1 more like it). Write one of these words."
    )
    assert UNREADABLE.sentence() == "task.csv: the file is UTF-16. Export the file as UTF-8."
    assert ORPHANS.sentence().startswith(
        "expense.csv row 4: contract_id 'aproved' belongs to no known contract"
    )


def test_at_most_a_few_problems_are_told_and_the_rest_counted() -> None:
    many = ObjectRejects(
        "psa", "expense", 20, 9, 0, tuple(replace(WRONG_WORD, rows=1, row=n) for n in range(2, 11))
    )
    lines = many.lines()
    assert len(lines) == 4
    assert lines[-1].startswith("and 6 more: tieout sql ")


def test_an_absent_column_is_told_with_the_one_that_may_be_meant() -> None:
    renamed = replace(WRONG_WORD, column="project_id", reason="missing", value=None, rows=10)
    found = ObjectRejects("psa", "time_entry", 10, 10, 0, (renamed,), {"project_id": "project"})
    assert found.headline() == "10 of 10 time_entry rows of psa were rejected"
    assert (
        found.lines()[0] == "the column project_id is missing; did you mean project? Rename it in the header."
    )


def test_the_note_names_the_objects_with_most() -> None:
    counts = {"a x": 1, "b y": 30, "c z": 2, "d q": 4}
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    about = VersionInfo("v", moment.date(), moment, "Firm", "EUR", (), rejected=counts)
    assert about.rejected_note == (
        "37 rejected rows are in no number (b y 30, d q 4, c z 2 and 1 more):"
        ' tieout sql "from operations.ops_rejected_row"'
    )
    assert replace(about, rejected={}).rejected_note is None
