"""Raw history: versions, reruns, deletions, reappearance, duplicates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.errors import LoadError
from tests.ingestion.loading import RowsConnector, content, load, load_rows, query

A = {"id": "a", "hours": "1.5", "stamp": "1"}
B = {"id": "b", "hours": "2", "stamp": "1"}
OPEN = "select id, hours from raw_psa.thing where _known_to is null order by all"


def test_first_load_opens_one_version_a_row(database: Path) -> None:
    done = load_rows(database, [A, B])
    assert (done.received, done.landed, done.new_versions, done.unchanged) == (2, 2, 2, 0)
    assert str(done.control_total_loaded) == "3.500000"
    assert query(database, OPEN) == [("a", "1.5"), ("b", "2")]
    assert query(database, "select count(*) from raw_psa.nothing") == [(0,)]
    numbers = "select _row_number, _occurrence, _source_file, _native_key from raw_psa.thing order by 1"
    assert query(database, numbers) == [(1, 1, "page", "a"), (2, 1, "page", "b")]


def test_same_input_again_adds_nothing(database: Path) -> None:
    load_rows(database, [A, B])
    before = content(database, "raw_psa.thing")
    again = load_rows(database, [A, B], page_rows=1)
    assert (again.new_versions, again.changed_versions, again.unchanged) == (0, 0, 2)
    assert content(database, "raw_psa.thing") == before


def test_change_closes_and_opens(database: Path) -> None:
    load_rows(database, [A, B])
    done = load_rows(database, [{**A, "hours": "9"}, B])
    assert (done.new_versions, done.changed_versions, done.unchanged, done.closed_by_sweep) == (0, 1, 1, 0)
    versions = query(
        database,
        "select hours, _is_deleted, _known_to is null, _closed_by_load_id is null from raw_psa.thing"
        " where id = 'a' order by _known_from",
    )
    assert versions == [("1.5", False, False, False), ("9", False, True, True)]
    joined = "select count(*) from raw_psa.thing as o join raw_psa.thing as n on o._known_to = n._known_from"
    assert query(database, joined) == [(1,)]


def test_volatile_column_makes_no_version(database: Path) -> None:
    load_rows(database, [A])
    assert load_rows(database, [{**A, "stamp": "2"}]).unchanged == 1


def test_vanished_row_is_closed_and_may_come_back(database: Path) -> None:
    load_rows(database, [A, B])
    assert load_rows(database, [A]).closed_by_sweep == 1
    assert query(database, "select _is_deleted from raw_psa.thing where id = 'b'") == [(True,)]
    back = load_rows(database, [A, B])
    assert (back.new_versions, back.unchanged) == (1, 1)
    assert query(database, "select count(*) from raw_psa.thing where id = 'b'") == [(2,)]
    assert query(database, OPEN) == [("a", "1.5"), ("b", "2")]


def test_full_load_without_rows_closes_everything(database: Path) -> None:
    load_rows(database, [A, B])
    assert load_rows(database, []).closed_by_sweep == 2
    assert query(database, OPEN) == []


def test_delta_closes_only_what_the_id_sweep_misses(database: Path) -> None:
    load_rows(database, [A, B])
    assert load_rows(database, [{**A, "hours": "3"}], mode="delta").closed_by_sweep == 0
    assert query(database, OPEN) == [("a", "3"), ("b", "2")]
    assert load_rows(database, [], mode="delta", live_keys=["a"]).closed_by_sweep == 1
    assert query(database, OPEN) == [("a", "3")]


def test_identical_duplicate_is_kept_and_counted(database: Path) -> None:
    done = load_rows(database, [A, B, A])
    assert (done.landed, done.new_versions, done.duplicate_rows) == (3, 3, 1)
    assert load_rows(database, [A, B, A]).unchanged == 3
    assert load_rows(database, [A, B]).closed_by_sweep == 1


def test_of_conflicting_duplicates_the_last_received_counts(database: Path) -> None:
    load_rows(database, [A, {**A, "hours": "7"}, B])
    rows = "select hours, _occurrence, _row_number from raw_psa.thing where id = 'a' order by _occurrence"
    assert query(database, rows) == [("7", 1, 2), ("1.5", 2, 1)]


def test_delta_of_a_key_replaces_all_its_rows(database: Path) -> None:
    load_rows(database, [A, {**A, "hours": "7"}, B])
    done = load_rows(database, [{**A, "hours": "7"}], mode="delta")
    assert (done.unchanged, done.closed_by_sweep) == (1, 1)
    assert query(database, OPEN) == [("a", "7"), ("b", "2")]


def test_null_and_empty_keys_are_kept_by_content(database: Path) -> None:
    done = load_rows(
        database, [{"id": None, "hours": "1"}, {"id": "", "hours": "2"}, {"id": None, "hours": "1"}]
    )
    assert (done.landed, done.new_versions, done.duplicate_rows) == (3, 3, 1)
    assert query(database, "select count(*) from raw_psa.thing where starts_with(_native_key, 'null:')") == [
        (3,)
    ]
    rows = [{"id": None, "hours": "1"}, {"id": "", "hours": "2"}, {"id": None, "hours": "1"}]
    assert load_rows(database, rows).unchanged == 3


def test_row_that_the_source_calls_deleted_closes_its_version(database: Path) -> None:
    load_rows(database, [A, B])
    done = load_rows(database, [A], mode="delta", deleted=[True])
    assert (done.landed, done.changed_versions) == (1, 1)
    assert query(database, OPEN) == [("b", "2")]
    assert query(database, "select _is_deleted from raw_psa.thing where id = 'a'") == [(True,)]
    assert load_rows(database, [A], mode="delta", deleted=[True]).unchanged == 1


def test_new_declared_column_changes_no_version(database: Path) -> None:
    load_rows(database, [A, B])
    done = load_rows(database, [A, B], columns=("id", "hours", "stamp", "note"))
    assert (done.unchanged, done.changed_versions) == (2, 0)
    assert (
        load_rows(
            database, [{**A, "note": "x"}, B], columns=("id", "hours", "stamp", "note")
        ).changed_versions
        == 1
    )


def test_no_version_ends_before_it_begins_when_a_source_is_replayed(database: Path) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    load_rows(database, [A], extracted_at=at)
    load_rows(database, [{**A, "hours": "2"}], extracted_at=at)
    load_rows(database, [{**A, "hours": "3"}], extracted_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert query(database, "select count(*) from raw_psa.thing where _known_to <= _known_from") == [(0,)]
    assert query(database, OPEN) == [("a", "3")]


def test_run_that_is_repeated_gets_its_own_load_id(database: Path) -> None:
    load_rows(database, [A])
    load_rows(database, [A])
    loads = "select count(*), count(distinct load_id) from raw_tieout.loads where object = 'thing'"
    assert query(database, loads) == [(2, 2)]


def test_undeclared_column_is_an_error_of_the_connector(database: Path) -> None:
    class Undeclared(RowsConnector):
        def objects(self):  # type: ignore[no-untyped-def]
            return super().objects()[:1]

        def extract(self, obj, state, full):  # type: ignore[no-untyped-def]
            extraction = super().extract(obj, state, full)
            extraction.pages = (p.append_column("surprise", p.column("id")) for p in extraction.pages)
            return extraction

    with pytest.raises(LoadError, match="surprise"):
        load(database, Undeclared([A]))
    assert query(database, "select count(*) from raw_psa.thing") == [(0,)]
