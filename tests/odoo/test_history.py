"""A second state of the source gives the same raw rows whichever way it is loaded, and history says what changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ingestion.connector import Connector, LoadSummary
from ingestion.load import load_system
from ingestion.odoo.connector import OdooConnector
from ingestion.odoo.models import MODELS
from ingestion.odoo.replay import ReplayTransport
from tests.odoo.conftest import TwoDays
from tests.odoo.fake_odoo import FakeOdoo, serving
from tests.odoo.publishing import ask, published
from tests.odoo.reading import rpc_connector
from tests.odoo.small_firm import FIRST_MOMENT, second_day, small_firm


def load(database: Path, connector: Connector, run: str, full: bool = False) -> LoadSummary:
    return load_system(database, connector, full=full, run_id=run, progress=lambda *_: None)


def open_rows(database: Path, *, with_knowledge: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Open rows of every object: content, key and (if asked) since when they are known."""
    found = {}
    for model in MODELS:
        spec = model.spec()
        columns = [f'"{name}"' for name in spec.columns if name not in spec.volatile]
        columns += ["_native_key", "_occurrence", "_record_hash"] + (
            ["_known_from"] if with_knowledge else []
        )
        found[spec.name] = ask(
            database,
            f"select {', '.join(columns)} from raw_erp.{spec.name} where _known_to is null order by all",
        )
    return found


@pytest.fixture(scope="module")
def loaded(two_days: TwoDays, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Databases after both days: `delta` by cursor and sweep, `full` in full, `replay` from two exports, and `fresh`
    from the second export alone."""
    folder = tmp_path_factory.mktemp("replayed")
    found = {"delta": published(two_days.delta)}
    for way in ("full", "replay", "fresh"):
        found[way] = folder / way / "warehouse.duckdb"
        found[way].parent.mkdir()
    shutil.copyfile(published(two_days.first_day), found["full"])
    with serving(FakeOdoo(small_firm(), FIRST_MOMENT)) as server:
        second_day(server)
        load(found["full"], rpc_connector(server), "run2", full=True)
    load(found["replay"], OdooConnector("erp", ReplayTransport(two_days.first_export)), "run1")
    load(found["replay"], OdooConnector("erp", ReplayTransport(two_days.second_export)), "run2")
    load(found["fresh"], OdooConnector("erp", ReplayTransport(two_days.second_export)), "run2")
    return found


@pytest.mark.parametrize("way", ["full", "replay"])
def test_incremental_and_full_know_the_same_since_the_same_moment(loaded: dict[str, Path], way: str) -> None:
    assert open_rows(loaded["delta"]) == open_rows(loaded[way])


def test_incremental_holds_what_a_fresh_start_would(loaded: dict[str, Path]) -> None:
    assert open_rows(loaded["delta"], with_knowledge=False) == open_rows(
        loaded["fresh"], with_knowledge=False
    )


def test_history_shows_what_changed_and_when_it_was_known(loaded: dict[str, Path]) -> None:
    versions = ask(
        loaded["delta"],
        "select unit_amount, strftime(_known_from, '%Y-%m-%d'), strftime(_known_to, '%Y-%m-%d'), _is_deleted"
        " from raw_erp.account_analytic_line where id in ('1', '10') order by cast(id as int), _known_from",
    )
    assert versions == [
        ("7.5", "2026-06-10", "2026-06-20", False),
        ("8.25", "2026-06-20", None, False),
        ("4", "2026-06-10", "2026-06-20", True),
    ]
    costs = ask(
        loaded["delta"],
        "select hourly_cost, department_id from raw_erp.hr_employee where id = '1' order by _known_from",
    )
    assert costs == [("50", "2"), ("60", "4")]


def test_hard_deletes_are_found_by_the_sweep_alone(loaded: dict[str, Path]) -> None:
    closed = ask(
        loaded["delta"],
        "select object, closed_by_sweep from raw_tieout.loads where closed_by_sweep > 0 order by object",
    )
    assert closed == [
        ("account_analytic_line", 1),
        ("project_sale_line_employee_map", 1),
        ("project_task", 1),
    ]


def test_an_archived_record_stays_open_and_is_counted(loaded: dict[str, Path]) -> None:
    active = ask(
        loaded["delta"],
        "select active, _known_to is null from raw_erp.project_project where id = '4' order by _known_from",
    )
    assert active == [("true", False), ("false", True)]


def test_a_counter_that_moves_without_a_trace_makes_no_version(loaded: dict[str, Path]) -> None:
    for way in ("delta", "full", "replay"):
        assert ask(loaded[way], "select count(*) from raw_erp.res_partner where id = '10'") == [(1,)]


def test_what_was_received_is_what_the_source_stated(loaded: dict[str, Path]) -> None:
    for way, database in loaded.items():
        wrong = ask(
            database,
            "select object, source_count, received from raw_tieout.loads where source_count is distinct from received",
        )
        assert wrong == [], way
        assert ask(database, "select distinct kind from raw_tieout.loads") == [("odoo",)]


def test_every_declared_object_has_its_table(loaded: dict[str, Path]) -> None:
    tables = {
        name
        for (name,) in ask(
            loaded["fresh"], "select table_name from duckdb_tables() where schema_name = 'raw_erp'"
        )
    }
    assert {model.object_name for model in MODELS} <= tables


def test_losing_a_right_closes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    with serving(FakeOdoo(small_firm(), FIRST_MOMENT)) as server:
        load(database, rpc_connector(server), "run1")
        server.denied_models.add("account.analytic.line")
        second_day(server)
        summary = load(database, rpc_connector(server), "run2", full=True)
    lines = next(entry for entry in summary.objects if entry.object == "account_analytic_line")
    assert lines.note is not None
    assert "may not read" in lines.note
    assert ask(database, "select count(*) from raw_erp.account_analytic_line where _known_to is null") == [
        (10,)
    ]


def test_the_real_export_at_the_raw_level(export_dir: Path, tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    summary = load(database, OdooConnector("erp", ReplayTransport(export_dir)), "run1")
    assert ask(
        database,
        "select count(*), sum(cast(unit_amount as decimal(18, 6))), sum(cast(amount as decimal(18, 2)))"
        " from raw_erp.account_analytic_line where project_id is not null",
    ) == [(523, 964, -58260)]
    assert ask(database, "select count(*) from raw_erp.hr_employee") == [(20,)]
    assert ask(database, "select state, count(*) from raw_erp.hr_contract group by all order by 1") == [
        ("cancel", 2),
        ("close", 4),
        ("draft", 3),
        ("open", 6),
    ]
    archived = {entry.object: entry.archived_rows for entry in summary.objects if entry.archived_rows}
    assert archived == {
        "res_partner": 4,
        "res_currency": 169,
        "project_project": 2,
        "project_task": 6,
        "crm_lead": 5,
    }
    assert all(entry.source_count == entry.received for entry in summary.objects)
    assert summary.total("unreadable") == 0
