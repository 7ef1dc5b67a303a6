"""Only what differs is built anew, and the result is what a full build gives."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tieout import publish
from tieout.dbt_variables import dbt_vars
from tieout.feeds import feeds, unused_staging
from tieout.firm import load_firm
from tieout.parsed_project import parsed_project, project_key
from tieout.progress import silent
from tieout.refresh import Options, refresh
from tieout.semantic import CURRENCY_PLACEHOLDER
from tieout.stale import Basis, plan

ENTRIES = "psa/time_entry.csv"


@pytest.fixture(scope="module")
def folder(published_tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published firm that may be refreshed."""
    copy = tmp_path_factory.mktemp("stale") / "firm"
    shutil.copytree(published_tiny.parent, copy)
    return copy


def built(
    folder: Path, full: bool = False, as_of: date | None = None
) -> tuple[publish.Version, dict[str, Any]]:
    """A new version, and the seconds of each model and test that ran for it."""
    version = refresh(load_firm(folder / "firm.yml"), Options((), full, as_of), silent)
    report = json.loads((version.directory / "run_report.json").read_text(encoding="utf-8"))
    return version, report["seconds_by_node"]


def test_a_refresh_of_the_same_records_runs_what_reads_the_load_log(folder: Path) -> None:
    before = publish.current(load_firm(folder / "firm.yml").home)
    again, ran = built(folder)
    assert "ops_load" in ran
    assert not [
        name for name in ran if name.startswith(("stg_", "can_", "int_", "dim_", "fct_", "rec_", "rpt_"))
    ]
    assert again.hashes == before.hashes
    assert again.data["row_counts"] == before.data["row_counts"]


@pytest.mark.slow
def test_a_new_day_runs_no_canonical_model_and_equals_a_full_build(folder: Path) -> None:
    day = date(2026, 5, 15)
    moved, ran = built(folder, as_of=day)
    assert "fct_wip_daily" in ran
    assert not [name for name in ran if name.startswith(("stg_", "can_"))]
    # a view stands, what it gives has moved, and what looks at it has run
    assert "rpt_wip" not in ran
    assert "rec_break_transaction" in ran
    whole, every = built(folder, full=True, as_of=day)
    assert "rpt_wip" in every
    assert len(every) > 1.5 * len(ran)
    assert moved.hashes == whole.hashes


@pytest.mark.slow
def test_changed_records_run_what_descends_from_them_and_equal_a_full_build(folder: Path) -> None:
    before, _ = built(folder)
    lines = (folder / ENTRIES).read_text(encoding="utf-8").splitlines(keepends=True)
    # one entry is gone, and one has become another's double
    (folder / ENTRIES).write_text("".join([*lines[:5], *lines[6:]]), encoding="utf-8")
    changed, ran = built(folder)
    assert {"can_time_entry", "fct_time_entry", "fct_wip_daily"} <= ran.keys()
    assert not {"can_employee", "can_leave", "dim_cost_rate", "dim_practice"} & ran.keys()
    assert changed.hashes["marts.fct_time_entry"] != before.hashes["marts.fct_time_entry"]
    whole, _ = built(folder, full=True)
    assert changed.hashes == whole.hashes


def test_another_policy_builds_everything(folder: Path, tmp_path: Path) -> None:
    firm = load_firm(folder / "firm.yml")
    version = publish.current(firm.home)
    fed = feeds(version.database, firm)
    gaps = {system.name: () for system in firm.systems}
    variables = dbt_vars(firm, gaps, fed, CURRENCY_PLACEHOLDER)
    before = Basis.of(version.data)
    assert before is not None
    assert project_key(variables) == before.project
    other = replace(firm, policies=replace(firm.policies, weekly_hours_limit=Decimal(79)))
    changed = replace(before, project=project_key(dbt_vars(other, gaps, fed, CURRENCY_PLACEHOLDER)))
    project = parsed_project(tmp_path, firm.home.cache, silent)
    unused = unused_staging(firm, fed)
    assert plan(project, unused, before, before).tables == {
        "operations.ops_load",
        "operations.ops_load_identity",
        "operations.ops_object_identity",
        "operations.ops_rejected_row",
    }
    assert plan(project, unused, changed, before) == plan(project, unused, changed, None)
    assert "canonical.can_employee" in plan(project, unused, changed, before).tables


@pytest.mark.slow
def test_after_a_rollback_the_difference_is_to_the_version_that_serves(folder: Path) -> None:
    home = load_firm(folder / "firm.yml").home
    earlier = publish.current(home)
    built(folder, as_of=date(2026, 4, 15))
    publish.rollback(home, earlier.id)
    again, ran = built(folder, as_of=date.fromisoformat(earlier.data["as_of"]))
    assert "fct_wip_daily" not in ran
    assert again.hashes == earlier.hashes
