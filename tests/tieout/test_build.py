"""The gate: what fails a build, and how it is said."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tieout.build import build
from tieout.dbt_process import BuildFailed
from tieout.parsed_project import parsed_project
from tieout.progress import silent

PROJECT = """
name: small
version: 0.1.0
config-version: 2
profile: small
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('TIEOUT_DB') }}", threads: 1, schema: marts}
"""
TESTS = """
version: 2
models:
  - name: fct_time
    columns:
      - name: id
        data_tests:
          - unique: {config: {severity: SEVERITY}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    monkeypatch.setenv("TIEOUT_PROJECT_DIR", str(folder))
    return folder


def run(project: Path, sql: str, severity: str = "error") -> Path:
    (project / "models" / "fct_time.sql").write_text("{{ config(materialized='table') }}\n" + sql)
    (project / "models" / "models.yml").write_text(TESTS.replace("SEVERITY", severity))
    work = project.parent / "work"
    (work / "temp").mkdir(parents=True)
    parsed = parsed_project(work, project.parent / "cache", silent)
    report = build(work, parsed, {}, list(parsed.nodes), silent)
    assert report.counts["success"] == 1
    return work / "warehouse.duckdb"


def test_failing_test_is_named_with_its_model_and_rows(project: Path) -> None:
    with pytest.raises(BuildFailed) as caught:
        run(project, "select range % 7 as id from range(14)")
    lines = caught.value.message.splitlines()
    assert lines[0].startswith("Test unique_fct_time_id of fct_time failed: Got 7 results")
    assert len(lines) == 6
    assert "n_records = 2" in lines[1]
    with duckdb.connect(str(project.parent / "work" / "warehouse.duckdb")) as connection:
        assert connection.execute("select count(*) from marts.fct_time").fetchone() == (14,)


def test_warning_does_not_fail(project: Path) -> None:
    assert run(project, "select 1 as id union all select 1", severity="warn").is_file()


def test_broken_model_is_named(project: Path) -> None:
    with pytest.raises(BuildFailed, match=r"Model fct_time failed: .*no_such_table") as caught:
        run(project, "select * from no_such_table")
    assert caught.value.cure == "Correct fct_time and refresh again."


def test_project_that_does_not_parse(project: Path) -> None:
    with pytest.raises(BuildFailed, match="dbt could not parse the project"):
        run(project, "select {{ nothing(")


def test_database_is_let_go(project: Path) -> None:
    database = run(project, "select 1 as id")
    with duckdb.connect(str(database), config={"threads": 1}) as connection:
        connection.execute("create table proof as select 1 as x")
