"""The demo: the simulated firm is written, and its headlines say how to go on."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest
from rich.console import Console

from tieout.cli import main
from tieout.demo import print_headlines, simulate
from tieout.errors import TieoutError
from tieout.firm import load_firm
from tieout.invocation import program


def test_simulated_firm_is_valid(tmp_path: Path) -> None:
    firm = load_firm(simulate(tmp_path / "demo", "tiny", 5))
    assert firm.home.root == tmp_path / "demo" / ".tieout"
    assert {system.kind for system in firm.systems} == {"files"}


def test_failing_simulation_is_said(tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match=r"simulation failed: .*invalid choice: 'gigantic'"):
        simulate(tmp_path, "gigantic", 1)


def test_headlines(published_tiny: Path) -> None:
    terminal = Console(width=120, record=True, file=io.StringIO())
    print_headlines(published_tiny, "demo/firm.yml", terminal)
    text = terminal.export_text()
    for words in (
        "Simulated Firm, as of 2026-06-30, what happened since 2026-01-01",
        "Timesheet compliance",
        "Project margin",
        "unreconciled",
    ):
        assert words in text
    assert "backlog_total (USD)" in text
    assert "The largest breaks between the systems" in text
    assert "5 of " in text
    assert f"{program()} --firm demo/firm.yml dashboard" in text


def test_the_question_to_go_on_with_gives_the_number_above_it(
    published_tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Console(width=200, record=True, file=io.StringIO())
    print_headlines(published_tiny, str(published_tiny), terminal)
    lines = terminal.export_text().splitlines()
    number = next(line for line in lines if "utilization" in line).split(" %")[0].split()[-1]
    question = next(line for line in lines if line.startswith("Ask a question"))
    assert main(shlex.split(question[question.index("--firm") :])) == 0
    last = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("all "))
    assert last.split() == ["all", number, "%"]
