"""Every firm file that people are shown is a valid one, and the smallest set of files gives the number it should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tieout.docs_reference import PROJECT
from tieout.firm import load_firm

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


def test_the_first_steps_lead_to_a_number(tmp_path: Path) -> None:
    """The files and the firm file of the how-to page, as printed, give 7.5 billable hours."""
    page = FIRST_STEPS.read_text()
    blocks = re.findall(r"^```csv\n# (\w+\.csv)[^\n]*\n(.*?)^```", page, re.M | re.S)
    assert len(blocks) == 7
    (tmp_path / "extracts").mkdir()
    for name, content in blocks:
        (tmp_path / "extracts" / name).write_text(content)
    (firm,) = re.findall(r"^```yaml\n(firm:.*?)^```", page, re.M | re.S)
    (tmp_path / "firm.yml").write_text(firm)
    tieout = [sys.executable, "-m", "tieout", "--firm", str(tmp_path / "firm.yml")]
    refreshed = subprocess.run(
        [*tieout, "refresh", "--as-of", "2026-06-30"], capture_output=True, text=True, check=False
    )
    assert refreshed.returncode == 0, f"{refreshed.stdout}\n{refreshed.stderr}"
    asked = [
        *tieout,
        "query",
        "billable_hours",
        "capacity_gross_hours",
        "billable_utilization",
        "--format",
        "csv",
    ]
    answer = subprocess.run([*asked, "--by", "practice"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    # June 2026 has 22 weekdays of 8 hours.
    assert re.search(r"^DATA,7\.50?,176(\.00?)?,0\.0426\d+", answer.stdout, re.M), answer.stdout
