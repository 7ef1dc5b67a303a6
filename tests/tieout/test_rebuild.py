"""Where only some rows of a table are made anew, the version is the one that a full build gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tieout import rebuild
from tieout.content_hash import Content, moved_content, table_content
from tieout.firm import load_firm
from tieout.paths import DATABASE_ALIAS, DATABASE_FILE
from tieout.progress import silent
from tieout.publish import Version
from tieout.rebuild import OWN, Outcome, raw_input
from tieout.refresh import Options, refresh
from tieout.stale import raw_state

SEED = 1
# One in so many entries is changed: of each kind of work some, of no kind all.
ONE_IN = 12
CHANGES: dict[str, tuple[str, ...]] = {
    "hours": (
        "update entries set hours = cast(cast(hours as decimal(18, 4)) + 0.25 as varchar) where {some}",
    ),
    "places": (
        # to the person, the project with its task, and the day of another entry
        "update entries set employee_id = (select employee_id from entries order by hash(time_entry_id) limit 1),"
        " employment_id = '' where {some}",
        "update entries set project_id = (select project_id from entries order by hash(time_entry_id || 'x') limit 1),"
        " task_id = '' where {others}",
        "update entries set work_date = cast(cast(work_date as date) + 9 as varchar) where {more}",
    ),
    "approvals": (
        "update entries set status = 'submitted', approved_at = '' where {some} and status = 'approved'",
        "update entries set status = 'approved', approved_at = work_date || 'T18:00:00Z'"
        " where {others} and status = 'submitted'",
        "update entries set status = 'rejected' where {more}",
    ),
    "records": (
        "delete from entries where {some}",
        "insert into entries select * replace (time_entry_id || '-N' as time_entry_id, '6' as hours) from entries where {others}",
        "update entries set time_entry_id = time_entry_id || ' ' where {more}",
        # the same id spelled twice: the one received last counts
        "insert into entries select * replace (' ' || time_entry_id as time_entry_id, '3' as hours) from entries"
        " where hash(time_entry_id) % 40 = 3",
        "update entries set hours = 'eight' where hash(time_entry_id) % 50 = 4",
        "update entries set project_id = 'P-UNKNOWN' where hash(time_entry_id) % 60 = 5",
    ),
    "what bills them": (
        "update entries set hours = '7.5' where {some} and hours <> '7.5'",
        "update events set time_entry_id = '' where hash(billing_event_id) % 9 = 1",
        "insert into events select * replace (billing_event_id || '-T' as billing_event_id) from events"
        " where hash(billing_event_id) % 9 = 2",
        "update events set invoice_id = '', invoice_line_id = '' where hash(billing_event_id) % 9 = 3",
    ),
}


@pytest.fixture(scope="module")
def folder(faulty_tiny: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published firm with planted faults that may be refreshed."""
    copy = tmp_path_factory.mktemp("rebuild") / "firm"
    shutil.copytree(faulty_tiny(SEED).parent, copy)
    return copy


@pytest.fixture
def always_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are replaced however few records there are and however many are touched: a small firm has few of each kind."""
    monkeypatch.setattr(rebuild, "MOST_ROWS_PCT", 100)
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 0)


def built(folder: Path, full: bool = False, as_of: date | None = None) -> tuple[Version, dict[str, Any]]:
    """A new version, and what its report says of the build."""
    version = refresh(load_firm(folder / "firm.yml"), Options((), full, as_of), silent)
    report = json.loads((version.directory / "run_report.json").read_text(encoding="utf-8"))
    return version, report["build"]


def change(folder: Path, statements: tuple[str, ...]) -> None:
    """Run statements over the extracts of time entries, billing events and exchange rates."""
    marks = {
        name: f"hash(time_entry_id) % {ONE_IN} = {place}"
        for place, name in enumerate(("some", "others", "more"))
    }
    with duckdb.connect() as connection:
        files = {
            "entries": folder / "psa/time_entry.csv",
            "events": folder / "psa/billing_event.csv",
            "rates": folder / "erp/fx_rate.csv",
        }
        for table, file in files.items():
            connection.execute(
                f"create table {table} as select * from read_csv(?, all_varchar = true, nullstr = 'no such text')",
                [str(file)],
            )
        for statement in statements:
            connection.execute(statement.format(**marks))
        for table, file in files.items():
            connection.execute(f"copy {table} to '{file}' (header)")


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHANGES)
def test_rows_that_are_replaced_make_the_version_that_a_full_build_makes(
    kind: str, folder: Path, always_by_rows: None
) -> None:
    change(folder, CHANGES[kind])
    changed, said = built(folder)
    assert {"canonical.can_time_entry", "marts.fct_time_entry"} <= {*said["rows_replaced"]}
    # what is on an invoice is worked out as a whole where billing events have changed
    assert ("marts.fct_wip_daily" in said["rows_replaced"]) == (kind != "what bills them")
    # a small table, and yet counted by the months that have changed
    assert kind != "hours" or "reconciliation.rec_check_count" in said["rows_replaced"]
    assert "marts.fct_capacity_daily" in said["came_out_the_same"]
    whole, _ = built(folder, full=True)
    assert differing(changed, whole) == {}
    assert changed.data["row_counts"] == whole.data["row_counts"]


NIGHTS: dict[str, tuple[date, tuple[str, ...]]] = {
    "the day before": (date(2026, 6, 23), ()),
    "the next day": (
        date(2026, 6, 24),
        ("update entries set hours = '5.5' where work_date = '2026-06-24' and hours <> '5.5'",),
    ),
    "later rates": (
        date(2026, 6, 26),
        (
            "update rates set rate = cast(cast(rate as decimal(28, 10)) * 1.01 as varchar)"
            " where rate_date >= '2026-06-20' and rate_type in ('spot', 'average')",
        ),
    ),
    "later rates of the same day": (
        date(2026, 6, 26),
        ("delete from rates where rate_date >= '2026-06-25' and rate_type = 'spot'",),
    ),
    "another constant rate": (
        date(2026, 6, 27),
        (
            "update rates set rate = cast(cast(rate as decimal(28, 10)) * 1.01 as varchar) where rate_type = 'budget'",
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("night", NIGHTS)
def test_a_new_day_and_its_rates_touch_what_they_make_different(
    night: str, folder: Path, always_by_rows: None
) -> None:
    as_of, statements = NIGHTS[night]
    change(folder, statements)
    moved, said = built(folder, as_of=as_of)
    assert {"marts.fct_time_entry", "marts.fct_wip_item", "marts.fct_wip_daily"} <= {
        *said["rows_replaced"],
        *said["came_out_the_same"],
    }
    whole, _ = built(folder, full=True, as_of=as_of)
    assert differing(moved, whole) == {}


def differing(one: Version, other: Version) -> dict[str, tuple[str | None, str | None]]:
    """Tables whose content differs, with both hashes."""
    names = one.hashes.keys() | other.hashes.keys()
    return {
        name: (one.hashes.get(name), other.hashes.get(name))
        for name in sorted(names)
        if one.hashes.get(name) != other.hashes.get(name)
    }


@pytest.mark.slow
def test_few_rows_of_a_large_table_are_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(folder)
    change(
        folder,
        ("update entries set hours = '1.75' where time_entry_id = (select min(time_entry_id) from entries)",),
    )
    _, small = built(folder)
    assert "marts.fct_time_entry" not in small["rows_replaced"]
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 0)
    change(
        folder,
        ("update entries set hours = '1.25' where time_entry_id = (select min(time_entry_id) from entries)",),
    )
    _, few = built(folder)
    assert "marts.fct_time_entry" in few["rows_replaced"]
    change(folder, ("update entries set hours = '1.5'",))
    _, many = built(folder)
    assert "marts.fct_time_entry" not in many["rows_replaced"]


def test_nothing_of_it_is_published(folder: Path) -> None:
    version, _ = built(folder)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert (rebuild.SCHEMA,) not in schemas
    assert ("marts",) in schemas


RAW = "raw_psa.time_entry"
SAME_DAY = ("2026-06-30", "2026-06-30")
DAYS = [f"2026-06-0{day} 08:00:00" for day in range(1, 6)]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build database with raw history of three records, of which one was changed; not too few to ask."""
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 0)
    path = tmp_path / DATABASE_FILE
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw_psa")
        connection.execute(
            f"create table {RAW} (time_entry_id varchar, _native_key varchar, _known_from timestamp,"
            " _known_to timestamp, _is_deleted boolean)"
        )
        for key, opened, closed in (("a", 0, None), ("b", 0, 1), ("b", 1, None), ("c", 1, None)):
            opening(connection, key, opened, closed)
    return path


def opening(connection: duckdb.DuckDBPyConnection, key: str, opened: int, closed: int | None = None) -> None:
    connection.execute(
        f"insert into {RAW} values (?, ?, ?, ?, false)",
        [key, key, DAYS[opened], DAYS[closed] if closed is not None else None],
    )


def differing_keys(database: Path, before: Mapping[str, str]) -> list[tuple[str, str]] | None:
    """The records that are said to differ since; None where nothing is said."""
    inputs = {"canonical.can_time_entry": {raw_input("time_entry"): None}}
    told = rebuild.prepare(database, inputs, raw_state(database), before, SAME_DAY)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute('select * from rebuild."raw_time_entry__now" order by all').fetchall()
    return found if told["states"] == {"raw_time_entry": "rows"} else None


def test_records_that_are_new_changed_or_closed_differ(database: Path) -> None:
    before = raw_state(database)
    with duckdb.connect(str(database)) as connection:
        opening(connection, "d", 2)
        connection.execute(f"update {RAW} set _known_to = ? where _native_key = 'a'", [DAYS[2]])
        connection.execute(
            f"update {RAW} set _known_to = ?, _is_deleted = true where _native_key = 'c'", [DAYS[2]]
        )
        opening(connection, "a", 2)
    assert differing_keys(database, before) == [("psa", "a"), ("psa", "c"), ("psa", "d")]


def test_where_it_cannot_be_told_nothing_is_said(database: Path) -> None:
    before = raw_state(database)
    with duckdb.connect(str(database)) as connection:
        # as if it had been known before what was known last
        opening(connection, "d", 0)
    assert differing_keys(database, before) is None
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"alter table {RAW} add column note varchar")
    assert differing_keys(database, before) is None
    assert differing_keys(database, {}) is None


def test_of_few_records_nothing_is_said(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = raw_state(database)
    with duckdb.connect(str(database)) as connection:
        opening(connection, "d", 2)
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 6)
    inputs = {"canonical.can_time_entry": {raw_input("time_entry"): None}}
    assert rebuild.prepare(database, inputs, raw_state(database), before, SAME_DAY)["states"] == {}
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 5)
    assert rebuild.prepare(database, inputs, raw_state(database), before, SAME_DAY)["states"] == {
        "raw_time_entry": "rows"
    }


def test_a_new_day_is_told_to_large_firms_only(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = raw_state(database)
    told = rebuild.prepare(database, {}, state, state, ("2026-06-29", "2026-06-30"))
    assert told["states"] == {"as_of": "rows"}
    with duckdb.connect(str(database), read_only=True) as connection:
        sides = [
            connection.execute(f"select as_of from rebuild.as_of__{side}").fetchall()
            for side in ("was", "now")
        ]
    assert sides == [[(date(2026, 6, 29),)], [(date(2026, 6, 30),)]]
    assert rebuild.prepare(database, {}, state, state, SAME_DAY)["states"] == {}
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 5)
    assert rebuild.prepare(database, {}, state, state, ("2026-06-29", "2026-06-30"))["states"] == {}


def test_inputs_are_told_by_name_and_outcomes_by_table(database: Path) -> None:
    state = raw_state(database)
    inputs = {
        "marts.one": {"canonical.two": frozenset({"b", "a"})},
        "marts.two": {OWN: None},
        "marts.three": {"marts.one": None},
    }
    told = rebuild.prepare(database, inputs, state, state, SAME_DAY)
    assert told["inputs"] == {
        "marts.one": {"two": "a, b"},
        "marts.two": {"own": None},
        "marts.three": {"one": None},
    }
    told["states"].update({"one": "rows", "two": "whole", "three": "same"})
    assert rebuild.outcome(told) == Outcome(
        frozenset({"marts.three"}), {"marts.one": ('rebuild."one__was"', 'rebuild."one__now"')}
    )


def test_the_digest_of_replaced_rows_is_that_of_the_whole_table(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / f"{DATABASE_ALIAS}.duckdb")) as connection:
        connection.execute("create schema marts; create schema rebuild")
        connection.execute(
            "create table marts.fct as select range as id, range * 1.5 as amount, date '2026-06-01' as day from range(50)"
        )
        before = table_content(connection, Content({}, {}))
        connection.execute("create table rebuild.fct__was as select * from marts.fct where id < 7")
        connection.execute("delete from marts.fct where id < 7")
        connection.execute("insert into marts.fct select 100 + range, 2, null from range(4)")
        connection.execute("create table rebuild.fct__now as select * from marts.fct where id >= 100")
        moved = moved_content(connection, before, {"marts.fct": ("rebuild.fct__was", "rebuild.fct__now")})
        assert moved == table_content(connection, Content({}, {}))
        assert moved.row_counts == {"marts.fct": 47}
