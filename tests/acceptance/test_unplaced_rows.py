"""A row that is well formed and counts elsewhere than one thinks is said at the refresh and beside the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.mini_firm import base, employed, together, work, write
from tieout import doctor
from tieout.cli import main
from tieout.firm import load_firm
from tieout.refresh import Options, refresh

Said = list[tuple[str, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def slipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """Two entries in order, one of another century, one of a person whom nobody knows."""
    entries = [
        work("worker", "2026-06-08", 8),
        work("worker", "2026-06-09", 8),
        work("worker", "2062-06-17", 5),
        work("stranger", "2026-06-10", 4),
    ]
    firm = write(tmp_path_factory.mktemp("slipped"), together(base(), employed("worker"), *entries))
    said: Said = []
    refresh(load_firm(firm), Options(), lambda event, facts: said.append((event, facts)))
    return firm, said


def test_the_refresh_says_what_is_dated_ahead_and_whose_work_is_nobodys(slipped: tuple[Path, Said]) -> None:
    _, said = slipped
    messages = {
        event: facts["message"] for event, facts in said if event in ("dated_ahead", "unknown_employee")
    }
    assert messages["dated_ahead"].startswith(
        "1 time_entry row of hr (5.00 h) is dated after the as-of date 2026-06-30, on 2062-06-17 (time_entry.csv row 4):"
    )
    assert messages["unknown_employee"].startswith(
        "1 time_entry row of hr (4.00 h) names an employee whom no system delivers (time_entry.csv row 5):"
    )
    assert not [event for event, _ in said if event == "unknown_project"]


def test_the_doctor_says_it_again(slipped: tuple[Path, Said]) -> None:
    subjects = {finding.subject for finding in doctor.examine(slipped[0])}
    assert {"dated ahead", "unknown employee"} <= subjects


def test_an_answer_says_how_much_it_leaves_out(
    slipped: tuple[Path, Said], capsys: pytest.CaptureFixture[str]
) -> None:
    firm, _ = slipped
    asked = ["--firm", str(firm), "query", "billable_hours"]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "16.00" in shown
    assert "after the as-of date 2026-06-30 is left out (billable_hours 5.00 h); a later end" in shown
    nobodys = "1 time entry (4.00 h) names an employee whom no system delivers"
    assert "names a project" not in shown
    assert nobodys in shown
    # the firm is everybody, known or not
    assert main([*asked, "--population", "firm"]) == 0
    shown = capsys.readouterr().out
    assert "20.00" in shown
    assert nobodys not in shown
    assert main([*asked, "--to", "2062-12-31"]) == 0
    assert "21.00" in capsys.readouterr().out


def test_an_answer_says_which_work_is_on_no_known_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [work("worker", "2026-06-08", 8), work("worker", "2026-06-09", 3, project_id="P-99")]
    firm = write(tmp_path, together(base(), employed("worker"), *entries))
    refresh(load_firm(firm), Options(), lambda event, facts: None)
    assert main(["--firm", str(firm), "query", "billable_hours", "productive_hours"]) == 0
    shown = capsys.readouterr().out
    assert "8.00" in shown
    assert (
        "In the whole firm 1 time entry (3.00 h) names a project that no system delivers: internal hours, of no customer or"
        " contract." in " ".join(shown.split())
    )
