"""The second export differs from the first in every way that a refresh must handle, and its truth moves with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulation.__main__ import main
from simulation.events import Firm, TimeEntry
from simulation.firm import build_firm
from simulation.second_export import as_if_first_export, next_export
from simulation.truth import Truth


@pytest.fixture(scope="module")
def first() -> Firm:
    return build_firm("tiny", 1)


def by_id(firm: Firm) -> dict[str, TimeEntry]:
    return {entry.time_entry_id: entry for entry in firm.time_entries}


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_every_kind_of_change_is_there(size: str) -> None:
    first = build_firm(size, 1)
    before, after = by_id(first), by_id(next_export(first))
    both = [(before[key], after[key]) for key in before.keys() & after.keys()]
    changes = {
        "deleted without a trace": len(before.keys() - after.keys()),
        "new rows": len(after.keys() - before.keys()),
        "late rows": sum(after[k].corrects_id is None for k in after.keys() - before.keys()),
        "new corrections": sum(after[k].corrects_id is not None for k in after.keys() - before.keys()),
        "marked deleted": sum(new.is_deleted and not old.is_deleted for old, new in both),
        "approved since": sum((old.status, new.status) == ("submitted", "approved") for old, new in both),
        "moved to another project": sum(old.project_id != new.project_id for old, new in both),
        "hours changed": sum(old.hours != new.hours for old, new in both),
        "attribute rows learned later": sum(row.known == 2 for row in next_export(first).attributes),
    }
    print(changes)
    assert min(changes.values()) > 0
    assert len(both) > 0.9 * len(before)


def test_corrections_name_rows_that_are_still_there(first: Firm) -> None:
    after = by_id(next_export(first))
    assert {entry.corrects_id for entry in after.values() if entry.corrects_id} <= after.keys()


def test_the_first_log_is_left_alone_and_the_second_repeats(first: Firm) -> None:
    entries, attributes = list(first.time_entries), list(first.attributes)
    assert next_export(first) == next_export(first)
    assert (first.time_entries, first.attributes, first.revision) == (entries, attributes, 1)


def test_the_truth_moves(first: Firm) -> None:
    old, new = Truth(first), Truth(next_export(first))
    for metric in (
        "billable_hours",
        "capacity_gross_hours",
        "capacity_net_hours",
        "cost_standard",
        "unapproved_hours",
    ):
        assert old.total(metric, population="firm") != new.total(metric, population="firm"), metric


def test_what_was_learned_later_wins_only_where_it_was_learned_later(first: Firm) -> None:
    second = next_export(first)
    kept, fresh = Truth(second), Truth(as_if_first_export(second))
    assert ("L5",) in kept.values("capacity_gross_hours", "as_is", by=["level"])
    levels = {
        row.value for row in second.attributes if (row.employment_id, row.attribute) == ("E-0002-1", "level")
    }
    assert levels == {"L3", "L4", "L5"}
    of_person = fresh.people.as_is(fresh.people.employments["E-0002-1"])
    assert of_person["level"] == "L4"
    for metric in ("billable_hours", "capacity_gross_hours", "cost_standard"):
        assert kept.values(metric) == fresh.values(metric)


def test_revisions_share_their_files(tmp_path: Path) -> None:
    for revision in ("1", "2"):
        assert main(["--size", "tiny", "--revision", revision, "--out", str(tmp_path / revision)]) == 0
    names = [sorted(p.relative_to(tmp_path / r) for p in (tmp_path / r).rglob("*.*")) for r in ("1", "2")]
    assert names[0] == names[1]
    same = [
        name
        for name in names[0]
        if (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    ]
    assert Path("firm.yml") in same
    assert Path("psa/time_entry.csv") not in same
    assert Path("psa/project.csv") in same


def test_a_revision_of_equal_rows_is_equal(first: Firm) -> None:
    assert Truth(replace(first, revision=2)).cells == Truth(first).cells
