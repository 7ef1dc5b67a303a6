"""The day that a firm reports as of, and how fresh each system is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.freshness import latest_extraction_day, never_loaded, system_freshness


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw_tieout")
        connection.execute(
            "create table raw_tieout.loads as select * from (values"
            " ('hris', timestamp '2026-06-29 20:00', timestamp '2026-06-29 20:01'),"
            " ('psa', timestamp '2026-06-30 13:30', timestamp '2026-06-30 13:31'),"
            " ('psa', timestamp '2026-07-05 00:00', null)) as t (system, extracted_at, finished_at)"
        )
    return path


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [
        ("UTC", date(2026, 6, 30)),
        ("Pacific/Auckland", date(2026, 7, 1)),
        ("Pacific/Honolulu", date(2026, 6, 30)),
    ],
)
def test_day_of_the_latest_completed_extraction(database: Path, timezone: str, expected: date) -> None:
    assert latest_extraction_day(database, timezone) == expected


def test_freshness_by_system(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = system_freshness(connection)
    assert found == {
        "hris": datetime(2026, 6, 29, 20, tzinfo=UTC),
        "psa": datetime(2026, 6, 30, 13, 30, tzinfo=UTC),
    }
    assert never_loaded(database, ["hris", "erp"]) == ["erp"]


def test_nothing_loaded(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    assert never_loaded(path, ["hris"]) == ["hris"]
    assert never_loaded(tmp_path / "none.duckdb", ["hris"]) == ["hris"]
    with pytest.raises(TieoutError, match="No system has been loaded"):
        latest_extraction_day(path, "UTC")
