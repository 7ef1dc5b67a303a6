"""A mistyped row is told wherever its number is read; a file that is broken as a whole stops the refresh."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.mini_firm import base, employed, refreshed, together, work, write
from tieout import doctor, ledger, publish
from tieout.cli import main
from tieout.firm import load_firm
from tieout.refresh import Options, RefreshFailed, refresh

DAYS = [f"2026-06-{day:02d}" for day in range(1, 11)]


def good(folder: Path) -> Path:
    """Ten entries of 8 hours, one a day."""
    entries = [work("worker", day, 8) for day in DAYS]
    return write(folder, together(base(), employed("worker"), *entries))


def entries_file(firm: Path) -> Path:
    return firm.parent / "extracts" / "time_entry.csv"


def change(firm: Path, *pairs: tuple[str, str]) -> None:
    text = entries_file(firm).read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    entries_file(firm).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def mistyped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, Mapping[str, Any]]]]:
    """The firm with two rows that cannot be used, a capital, a file under a wrong name; and what its refresh said."""
    firm = good(tmp_path_factory.mktemp("mistyped"))
    change(
        firm,
        ("2026-06-03,8,approved", '03.06.2026,"7,5",aproved'),
        ("2026-06-05,8,approved", "2026-06-05,8,Approved"),
        ("2026-06-08,8,approved", "2026-06-08,eight,approved"),
    )
    (firm.parent / "extracts" / "timesheet.csv").write_text("x\n")
    said: list[tuple[str, Mapping[str, Any]]] = []
    refresh(load_firm(firm), Options(), lambda event, facts: said.append((event, facts)))
    return firm, said


def test_the_refresh_says_what_was_rejected(
    mistyped: tuple[Path, list[tuple[str, Mapping[str, Any]]]],
) -> None:
    _, said = mistyped
    (rejected,) = [facts for event, facts in said if event == "rejected"]
    assert (rejected["rejected"], rejected["rows"]) == (2, 10)
    headline, *lines = rejected["message"].splitlines()
    assert headline == "2 of 10 time_entry rows of hr were rejected"
    by_row = {line.split(":")[0].strip(): line for line in lines}
    # the lines of the file, as an editor counts them
    dates, number = by_row["time_entry.csv row 4"], by_row["time_entry.csv row 9"]
    assert "work_date '03.06.2026' is not a date. Write an existing calendar day as YYYY-MM-DD" in dates
    assert "Also: hours '7,5' is not a number; status 'aproved' is not one of draft, submitted" in dates
    assert "hours 'eight' is not a number. Write digits with a point as decimal mark" in number
    (files,) = [facts["files"] for event, facts in said if event == "not_read"]
    assert files == ["timesheet.csv (did you mean time_entry?)"]


def test_a_word_counts_in_any_letter_case(
    mistyped: tuple[Path, list[tuple[str, Mapping[str, Any]]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--firm", str(mistyped[0]), "query", "recorded_hours", "--format", "json"]) == 0
    assert Decimal(json.loads(capsys.readouterr().out)["rows"][0]["recorded_hours"]) == Decimal(64)


@pytest.mark.parametrize(
    "command",
    [["query", "billable_hours"], ["explain", "billable_hours"], ["breaks"], ["breaks", "--format", "json"]],
)
def test_every_answer_says_that_rows_are_missing(
    mistyped: tuple[Path, list[tuple[str, Mapping[str, Any]]]],
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    main(["--firm", str(mistyped[0]), *command])
    assert "2 rejected rows are in no number (hr time_entry 2)" in capsys.readouterr().out


def test_doctor_ledger_and_report_say_it(mistyped: tuple[Path, list[tuple[str, Mapping[str, Any]]]]) -> None:
    firm = load_firm(mistyped[0])
    findings = [f"{one.state} {one.subject}: {one.text}" for one in doctor.examine(mistyped[0])]
    assert "note rejects: 2 of 10 time_entry rows of hr are in no number" in findings
    assert any(
        "of 38 entities have a file; not read: timesheet.csv (did you mean time_entry?)" in line
        for line in findings
    )
    (entry,) = ledger.read(firm.home.ledger)
    assert entry["rejected"] == [
        {"system": "hr", "object": "time_entry", "rows": 10, "rejected": 2, "orphaned": 0, "duplicates": 0}
    ]
    report = json.loads((publish.current(firm.home).directory / "run_report.json").read_text())
    assert report["rejected"][0]["problems"][0]["file"] == "time_entry.csv"


@pytest.mark.slow
def test_a_renamed_column_stops_the_refresh(tmp_path: Path) -> None:
    firm = refreshed(good(tmp_path))
    home = load_firm(firm).home
    before = publish.current(home).id
    change(firm, ("project_id", "project"))
    with pytest.raises(RefreshFailed) as failure:
        refreshed(firm)
    assert (
        "10 of 10 time_entry rows of hr were rejected: the column project_id is missing"
        in failure.value.message
    )
    assert "did you mean project?" in failure.value.message
    assert "max_rejected_pct" in failure.value.cure
    assert publish.current(home).id == before
    assert ledger.read(home.ledger)[-1]["rejected"][0]["rejected"] == 10
    # the firm may want what is left all the same
    firm.write_text(firm.read_text() + "policies: {max_rejected_pct: 100}\n")
    refreshed(firm)
    assert publish.current(home).info().rejected == {"hr time_entry": 10}
    # and a corrected file is whole again
    change(firm, ("project", "project_id"))
    refreshed(firm)
    assert publish.current(home).info().rejected == {}


def test_doctor_says_that_a_folder_is_not_there_or_empty(tmp_path: Path) -> None:
    firm = good(tmp_path)
    firm.write_text(firm.read_text().replace("path: extracts", "path: nopath"))
    (finding,) = [one for one in doctor.examine(firm) if one.subject == "system hr"]
    assert (finding.state, "does not exist" in finding.text) == ("problem", True)
    (tmp_path / "nopath").mkdir()
    (finding,) = [one for one in doctor.examine(firm) if one.subject == "system hr"]
    assert (finding.state, finding.text) == ("note", "files, 0 of 38 entities have a file")
