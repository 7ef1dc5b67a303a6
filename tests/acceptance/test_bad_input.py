"""Damaged extracts through the whole program: what can be used is used, the rest is named, nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.mini_firm import base, employed, refreshed, together, write
from tieout import publish
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query

HEADER = "time_entry_id,employee_id,project_id,work_date,hours,status,corrects_id,mood\n"
ROWS = [
    b"T-01,worker,P-1,2026-06-01,8,approved,,fine",
    b"T-02,worker,P-1,2026-02-31,8,approved,,",  # a day that does not exist
    b"T-03,worker,P-1,2026-06-02,eight,approved,,",  # text in hours
    b",worker,P-1,2026-06-02,8,approved,,",  # no id
    b"T-05,worker,P-1,2026-06-03,8,approved,,",
    b"T-05,worker,P-1,2026-06-03,7,approved,,",  # the same id again, other hours: the last counts
    b"T-06,worker,P-1,2026-06-04,8,approved,,",
    b"T-06,worker,P-1,2026-06-04,8,approved,,",  # the same row again
    b"T-07,nobody,P-1,2026-06-05,8,approved,,",  # a person whom no system knows
    b"T-08,worker,P-1,2026-06-08,25,approved,,",  # impossible, but well formed
    b"T-09,worker,P-1,2026-06-09,-2,approved,,",  # negative without a correction
    b"T-10,worker,P-1,2026-06-09,-1,approved,T-01,",  # a correction
    b"T-11,worker,P-1,2026-06-10,8,waved through,,",  # no such status
    b"T-12,worker,P-1,2026-06-11,\xff\xfe,approved,,",  # broken UTF-8
    b"T-13,worker,P-1,2026-06-12,8,approved,,,,,",  # too many fields
    b"T-14,worker,P-1,2026-06-15,NaN,approved,,",
    b" T-01 ,worker,P-1,2026-06-01,8,approved,,",  # T-01 in another spelling
]
REJECTED = {
    "T-02": ("work_date", "2026-02-31"),
    "T-03": ("hours", "eight"),
    None: ("time_entry_id", None),
    "T-11": ("status", "waved through"),
    "T-14": ("hours", "NaN"),
}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged")
    path = write(folder, together(base(), employed("worker")))
    extracts = folder / "extracts"
    (extracts / "time_entry.csv").write_bytes(HEADER.encode() + b"\n".join(ROWS) + b"\n")
    # a byte-order mark and semicolons, as spreadsheets of half the world write them
    people = (extracts / "employee.csv").read_text(encoding="utf-8").replace(",", ";")
    (extracts / "employee.csv").write_text("\ufeff" + people, encoding="utf-8")
    (extracts / "task.csv").write_bytes(b"")
    (extracts / "leave.csv").write_text("leave_id,employee_id,valid_from,status\n", encoding="utf-8")
    # without rows, as an object of which every row lacks a required column stops the refresh
    (extracts / "fx_rate.csv").write_text("from_currency,to_currency\n", encoding="utf-8")
    return refreshed(path)


def rows(firm: Path, sql: str) -> list[tuple[object, ...]]:
    database = publish.current(load_firm(firm).home).database
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_each_reject_names_file_row_column_value_and_cure(firm: Path) -> None:
    rejects = rows(
        firm,
        "select source_file, source_row, column_name, reject_value, reason, cure, rejected_at"
        " from operations.ops_rejected_row where object = 'time_entry' and not is_duplicate order by source_row",
    )
    assert {(column, value) for _, _, column, value, _, _, at in rejects if at == "staging"} == set(
        REJECTED.values()
    )
    assert len(rejects) == 7, "five values, one broken line and one line of too many fields"
    lines = (firm.parent / "extracts" / "time_entry.csv").read_bytes().splitlines()
    for file, row, column, value, reason, cure, at in rejects:
        assert str(file).endswith("time_entry.csv")
        assert isinstance(row, int)
        # the row is the line that an editor shows
        assert str(value or "").encode() in lines[row - 1] or at == "landing"
        assert reason
        assert cure
        assert column or at == "landing"


def test_nothing_is_lost(firm: Path) -> None:
    assert rows(firm, "select object from operations.ops_load where not is_balanced") == []
    assert rows(firm, "select object from operations.ops_object_identity where not is_balanced") == []
    assert rows(
        firm,
        "select received, staged, duplicate, rejected, is_balanced from operations.ops_load_identity"
        " where object = 'time_entry'",
    ) == [(len(ROWS), 7, 3, 7, True)]


def test_what_can_be_used_is_used(firm: Path) -> None:
    found = rows(
        firm, "select time_entry_id, hours, quality_flags from marts.fct_time_entry order by time_entry_id"
    )
    assert found == [
        ("T-01", Decimal(8), None),
        ("T-05", Decimal(7), None),
        ("T-06", Decimal(8), None),
        ("T-07", Decimal(8), None),
        ("T-08", Decimal(25), "more_than_24_hours"),
        ("T-09", Decimal(-2), "negative_without_correction"),
        ("T-10", Decimal(-1), None),
    ]


def test_an_unknown_person_is_kept_apart_and_counted(firm: Path) -> None:
    service = MetricsService.open(firm)
    everyone = service.query(Query(metrics=["recorded_hours"], by=["practice"], population="firm"))
    assert {row["practice"]: row["recorded_hours"] for row in everyone.rows} == {
        "Practice A": Decimal(45),
        "Unassigned": Decimal(8),
    }
    resources = service.query(
        Query(metrics=["recorded_hours"], where=[Filter("practice", "=", ["Unassigned"])])
    )
    assert [row["recorded_hours"] for row in resources.rows if row["recorded_hours"]] == []
    service.close()


def test_unknown_and_missing_columns_are_said(firm: Path) -> None:
    said = {
        row[0]: row[1:]
        for row in rows(
            firm,
            "select object, new_columns, missing_columns, received from operations.ops_load where not skipped",
        )
    }
    assert said["time_entry"][0] == "mood"
    assert "rate" in str(said["fx_rate"][1])
    assert said["employee"][2] == 1
    assert said["task"][2] == 0
