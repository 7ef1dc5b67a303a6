"""Drop folders over several loads: skipping, parts, copies, delta folders, control files, vanished files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.ingestion.loading import content, load_folder, query

HEADER = "employee_id,employee_name\n"
OPEN = "select employee_id, employee_name from raw_hris.employee where _known_to is null order by 1"


def test_unchanged_folder_is_skipped_and_full_reads_it_again(database: Path, drop: Path) -> None:
    (drop / "employee.csv").write_text(HEADER + "E-1,Ann\n")
    assert load_folder(database, drop, "employee").new_versions == 1
    before = content(database, "raw_hris.employee")
    skipped = load_folder(database, drop, "employee")
    assert (skipped.skipped, skipped.received) == (True, 0)
    again = load_folder(database, drop, "employee", full=True)
    assert (again.skipped, again.unchanged) == (False, 1)
    assert content(database, "raw_hris.employee") == before
    assert load_folder(database, drop, "time_entry").skipped


def test_parts_copies_and_vanished_rows(database: Path, drop: Path) -> None:
    (drop / "employee").mkdir()
    (drop / "employee.csv").write_text(HEADER + "E-1,Ann\n")
    (drop / "employee__more.jsonl").write_text('{"employee_id":"E-2","employee_name":"Bob"}\n')
    (drop / "employee" / "a.csv").write_text(HEADER + "E-3,Cem\n")
    (drop / "employee" / "b.csv").write_text(HEADER + "E-3,Cem\n")
    done = load_folder(database, drop, "employee")
    assert (done.received, done.files, done.duplicate_rows) == (3, 4, 0)
    assert "employee/b.csv has the same content as employee/a.csv" in done.note
    assert query(database, OPEN) == [("E-1", "Ann"), ("E-2", "Bob"), ("E-3", "Cem")]
    files = query(database, "select _source_file, _row_number from raw_hris.employee order by 1")
    assert files == [("employee.csv", 2), ("employee/a.csv", 2), ("employee__more.jsonl", 1)]
    (drop / "employee__more.jsonl").unlink()
    assert load_folder(database, drop, "employee").closed_by_sweep == 1


def test_vanished_or_empty_file_closes_nothing_but_a_header_does(database: Path, drop: Path) -> None:
    file = drop / "employee.csv"
    file.write_text(HEADER + "E-1,Ann\n")
    load_folder(database, drop, "employee")
    file.unlink()
    gone = load_folder(database, drop, "employee")
    assert (gone.skipped, gone.closed_by_sweep) == (True, 0)
    assert "no file of employee is there" in gone.note
    file.write_bytes(b"")
    assert load_folder(database, drop, "employee").closed_by_sweep == 0
    file.write_text(HEADER)
    assert load_folder(database, drop, "employee").closed_by_sweep == 1


def test_later_part_counts_in_a_full_folder(database: Path, drop: Path) -> None:
    (drop / "employee__1.csv").write_text(HEADER + "E-1,Old\n")
    (drop / "employee__2.csv").write_text(HEADER + "E-1,New\n")
    done = load_folder(database, drop, "employee")
    assert done.duplicate_rows == 1
    first = query(database, "select employee_name from raw_hris.employee where _occurrence = 1")
    assert first == [("New",)]


def test_delta_folder_reads_each_file_once_in_order(database: Path, drop: Path) -> None:
    (drop / "employee__1.csv").write_text(HEADER + "E-1,Ann\nE-2,Bob\n")
    (drop / "employee__2.csv").write_text(HEADER + "E-1,Anne\n")
    done = load_folder(database, drop, "employee", delta=True)
    assert (done.received, done.new_versions, done.changed_versions, done.duplicate_rows) == (3, 2, 1, 0)
    assert query(database, OPEN) == [("E-1", "Anne"), ("E-2", "Bob")]
    assert load_folder(database, drop, "employee", delta=True, full=True).skipped
    (drop / "employee__3.csv").write_text(HEADER + "E-2,Rob\n")
    done = load_folder(database, drop, "employee", delta=True)
    assert (done.received, done.changed_versions, done.closed_by_sweep) == (1, 1, 0)
    assert query(database, OPEN) == [("E-1", "Anne"), ("E-2", "Rob")]


def test_control_file_states_counts_and_totals(database: Path, drop: Path) -> None:
    columns = "time_entry_id,hours\n"
    (drop / "time_entry__1.csv").write_text(columns + "T-1,7.5\nT-2,8\n")
    (drop / "time_entry__2.csv").write_text(columns + "T-3,1\n")
    control = "file,rows,control_column,control_total\ntime_entry__1.csv,2,hours,15.5\n"
    (drop / "_control.csv").write_text(control + "time_entry__2.csv,2,hours,2\n")
    done = load_folder(database, drop, "time_entry")
    assert (done.source_count, done.received) == (4, 3)
    assert (done.control_total_source, done.control_total_loaded) == (Decimal("17.5"), Decimal("16.5"))
    assert "time_entry__2.csv: the control file states 2 rows, 1 came" in done.note
    assert "the source states hours = 17.5, loaded 16.500000" in done.note
    (drop / "_control.csv").write_text(control + "time_entry__2.csv,1,hours,1\n")
    done = load_folder(database, drop, "time_entry")
    assert (done.skipped, done.source_count, done.note) == (False, 3, None)


def test_typed_parquet_becomes_exact_text(database: Path, drop: Path) -> None:
    table = pa.table(
        {
            "time_entry_id": ["T-1", "T-2"],
            "hours": pa.array([Decimal("7.50"), None], pa.decimal128(28, 2)),
            "work_date": pa.array([date(2026, 6, 15), None]),
            "is_billable": pa.array([True, None]),
            "entered_at": pa.array([datetime(2026, 6, 15, 17, 0, 0, 500000), None], pa.timestamp("us")),
        }
    )
    zoned = pa.array([datetime(2026, 6, 15, 12, tzinfo=UTC), None], pa.timestamp("us", tz="America/New_York"))
    expected = [("T-1", "7.50", "2026-06-15", "true", "2026-06-15 17:00:00.5")]
    read = "select time_entry_id, hours, work_date, is_billable, entered_at from raw_hris.time_entry"
    # As it is, then with a zone, a nested and an unknown column, which needs a conversion.
    pq.write_table(table, drop / "time_entry.parquet")
    done = load_folder(database, drop, "time_entry")
    assert (done.received, done.new_versions) == (2, 2)
    assert query(database, read + " where hours is not null") == expected
    nested = pa.array([[1, 2], None], pa.list_(pa.int64()))
    wider = table.append_column("submitted_at", zoned).append_column("Tags", nested)
    pq.write_table(wider, drop / "time_entry.parquet")
    done = load_folder(database, drop, "time_entry")
    assert (done.changed_versions, done.unchanged, done.new_columns) == (1, 1, "Tags")
    zoned_read = (
        "select submitted_at, _extra from raw_hris.time_entry where _known_to is null and hours is not null"
    )
    assert query(database, zoned_read) == [("2026-06-15 12:00:00+00", '{"Tags":"[1,2]"}')]
    assert (drop / "time_entry.parquet").exists()
