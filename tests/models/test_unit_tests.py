"""dbt's unit tests, which prove the project and are therefore no part of a refresh."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tieout import publish
from tieout.dbt_process import run_dbt
from tieout.dbt_variables import dbt_vars, with_as_of
from tieout.feeds import feeds
from tieout.firm import load_firm
from tieout.paths import DATABASE_FILE


def test_every_unit_test_of_the_models_passes(published_tiny: Path, tmp_path: Path) -> None:
    firm = load_firm(published_tiny)
    version = publish.current(firm.home)
    shutil.copyfile(version.database, tmp_path / DATABASE_FILE)
    (tmp_path / DATABASE_FILE).chmod(0o600)
    (tmp_path / "temp").mkdir()
    gone = {system.name: () for system in firm.systems}
    variables = with_as_of(dbt_vars(firm, gone, feeds(version.database, firm), "reporting"), firm.as_of)  # type: ignore[arg-type]
    run_dbt(["test", "--select", "test_type:unit"], tmp_path, variables)
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    ran = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(ran) >= 9
    assert [result["unique_id"] for result in ran if result["status"] != "pass"] == []
