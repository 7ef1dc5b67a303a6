"""Every firm file that people are shown is a valid one, and the smallest set of files gives the number it should."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tieout.docs_reference import PROJECT
from tieout.firm import load_firm
from tieout.metric_needs import FIRST_LOAD

FIRST_STEPS = PROJECT / "docs" / "how-to" / "load-your-own-files.md"


def firm_files() -> list[tuple[str, str]]:
    """Every firm file in the repository and in a `yaml` block of a page, by where it stands."""
    found = [(path.name, path.read_text()) for path in PROJECT.glob("firm*.yml")]
    found += [
        (str(path.relative_to(PROJECT)), path.read_text()) for path in PROJECT.glob("examples/*/firm.yml")
    ]
    for page in sorted((PROJECT / "docs").rglob("*.md")):
        for number, block in enumerate(
            re.findall(r"^ *```yaml\n(.*?)^ *```", page.read_text(), re.M | re.S), 1
        ):
            if re.search(r"^ *firm:", block, re.M):
                found.append((f"{page.name} {number}", block))
    return found


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in firm_files()])
def test_a_shown_firm_file_is_valid(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PSA_EXTRACTS", "ODOO_EXPORT_DIR"):
        monkeypatch.delenv(name, raising=False)
    content = yaml.safe_load(text)
    for system in content["systems"]:
        folder = system.get("path") or system.get("export_dir")
        if folder and "$" not in folder:
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "extracts" / "psa").mkdir(parents=True, exist_ok=True)
    (tmp_path / "firm.yml").write_text(text)
    firm = load_firm(tmp_path / "firm.yml")
    assert [system.name for system in firm.systems] == [system["name"] for system in content["systems"]]


FIRST_FILES = 7


@pytest.fixture(scope="module")
def first_steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm file of the how-to page, as printed, beside an empty folder of extracts."""
    folder = tmp_path_factory.mktemp("first_steps")
    (folder / "extracts").mkdir()
    (firm,) = re.findall(r"^```yaml\n(firm:.*?)^```", FIRST_STEPS.read_text(), re.M | re.S)
    (folder / "firm.yml").write_text(firm)
    return folder / "firm.yml"


def refreshed(firm: Path, blocks: list[tuple[str, str]]) -> None:
    for name, content in blocks:
        (firm.parent / "extracts" / name).write_text(content)
    done = tieout(firm, "refresh", "--as-of", "2026-06-30")
    assert "rejected" not in done.stderr, done.stderr


def tieout(firm: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tieout", "--firm", str(firm), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.mark.slow
def test_the_first_steps_lead_to_numbers(first_steps: Path) -> None:
    """The files of the how-to page, as printed, give 7.5 billable hours, then 1,125 EUR that wait, and one break."""
    blocks = re.findall(r"^```csv\n# (\w+\.csv)[^\n]*\n(.*?)^```", FIRST_STEPS.read_text(), re.M | re.S)
    refreshed(first_steps, blocks[:FIRST_FILES])
    asked = (
        "billable_hours",
        "capacity_gross_hours",
        "billable_utilization",
        "--by",
        "practice",
        "--format",
        "csv",
    )
    answer = tieout(first_steps, "query", *asked).stdout
    # June 2026 has 22 weekdays of 8 hours.
    assert re.search(r"^DATA,7\.50?,176(\.00?)?,0\.0426\d+", answer, re.M), answer
    assert {name.removesuffix(".csv") for name, _ in blocks[:FIRST_FILES]} == set(FIRST_LOAD)
    refreshed(first_steps, blocks[FIRST_FILES:])
    money = json.loads(
        tieout(
            first_steps, "query", "wip_commercial", "backlog_total", "cost_standard", "--format", "json"
        ).stdout
    )
    assert money["rows"] == [
        {"wip_commercial": "1125.00", "backlog_total": "28000.00", "cost_standard": "600.00"}
    ]
    # the backlog is all that was contracted, as the page says
    assert [note for note in money["notes"] if "needs" in note or "rejected" in note] == [
        "backlog_total: needs revenue_schedule, of which nothing has been delivered."
    ]
    breaks = json.loads(tieout(first_steps, "breaks", "--check", "C-01", "--format", "json").stdout)
    assert [found["item_name"] for found in breaks["breaks"]] == ["Contract Reporting"]
