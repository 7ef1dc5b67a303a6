"""Bad files: one folder with every kind of damage is loaded once; nothing is lost and everything is said.

Which values are no dates or numbers is decided in staging; here they must only arrive as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.files.connector import FilesConnector
from tests.ingestion.loading import load, query

ENTRY = "time_entry_id,employee_id,project_id,work_date,hours,status\n"
LIMIT = 100_000

# entity → file name, bytes
FILES: dict[str, tuple[str, bytes]] = {
    # Broken UTF-8 in the second row.
    "employee": ("employee.csv", b"employee_id,employee_name\nE-1,Ann\nE-2,Ren\xe9e\nE-3,Zo\xc3\xab\n"),
    # Byte order mark, semicolons, letter case and blanks in the header, decimal comma as it is.
    "cost_rate": (
        "Cost_Rate.CSV",
        "\ufeffCost_Rate_ID; Scope ;RATE;currency\r\nCR-1;role;55,50;GBP\r\nCR-2;role;60;GBP\r\n".encode(),
    ),
    # Tabs, quoted line ends and quotes.
    "project": ("project.csv", b'project_id\tproject_name\nP-1\t"Two\nlines"\nP-2\t"say ""hi"""\n'),
    # Missing (also required) and extra columns.
    "practice": ("practice.csv", b"practice_id,Colour,Budget\nDATA,red,5\nCLOUD,,\n"),
    # 31 February, text in hours, unknown employee, null id, duplicate ids (identical and conflicting).
    "time_entry": (
        "time_entry.csv",
        (
            ENTRY
            + "TE-1,E-1,P-1,2026-02-31,8,approved\nTE-2,E-1,P-1,2026-02-03,eight,approved\n"
            + "TE-3,E-404,P-1,2026-02-03,8,approved\n,E-1,P-1,2026-02-03,8,approved\n"
            + "TE-5,E-1,P-1,2026-02-03,8,approved\nTE-5,E-1,P-1,2026-02-03,8,approved\n"
            + "TE-6,E-1,P-1,2026-02-03,8,approved\nTE-6,E-1,P-1,2026-02-03,7,approved\n"
        ).encode(),
    ),
    # No byte at all; only a header.
    "holiday": ("holiday.csv", b""),
    "leave": ("leave.csv", b"leave_id,employee_id\n"),
    # A line beyond the limit between good ones, in CSV and JSON lines.
    "task": ("task.csv", b"task_id,project_id\nT-1,P-1\nT-2," + b"x" * (3 * LIMIT) + b"\nT-3,P-1\n"),
    "expense": (
        "expense.jsonl",
        b'{"expense_id":"X-1"}\n{"expense_id":"' + b"x" * (25 * LIMIT) + b'"}\n{"expense_id":"X-3"}\n',
    ),
    # Too few and too many fields, text after a quote, a quote that is never closed, mixed line ends.
    "customer": (
        "customer.csv",
        b'customer_id,customer_name,country\nC-1,One,GB\r\nC-2,Two\nC-3,Three,GB,x\nC-4,"F"our,GB\n'
        b'C-5,"Five,GB\nC-6,Six,GB\nC-7,5" pipe,GB\n',
    ),
    # The same column twice.
    "opportunity": ("opportunity.csv", b"opportunity_id,name,Name,NAME\nO-1,first,second,third\n"),
    # Broken JSON lines, a list, a name twice, broken UTF-8, nested values, numbers of any length.
    "contract": (
        "contract.jsonl",
        b'{"contract_id":"K-1","x":{"a":[1,2.50]},"y":true}\n{"contract_id":"K-2"\n[1]\n'
        b'{"contract_id":"K-4","contract_id":"K-5"}\n\n{"contract_id":"K-\xff"}\n'
        b'{"contract_id":7,"z":12345678901234567890.12345,"w":7.50,"v":null}\n',
    ),
    # UTF-16.
    "invoice": ("invoice.csv", "invoice_id\nI-1\n".encode("utf-16")),
    # Not a Parquet file at all.
    "payment": ("payment.parquet", b"PAR1 not really"),
    # A header line that names nothing we know.
    "milestone": ("milestone.csv", b"foo,bar\n1,2\n"),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """All files of `FILES` loaded once: the build file and the load-log row of each entity."""
    folder = tmp_path_factory.mktemp("bad")
    drop = folder / "drop"
    drop.mkdir()
    for name, data in FILES.values():
        (drop / name).write_bytes(data)
    broken_text = pa.array([b"V-1", b"\xff\xfe", b"V-3"], pa.binary())
    pq.write_table(
        pa.table({"vendor_bill_id": broken_text}),
        drop / "vendor_bill.parquet",
    )
    (drop / "time_entri.csv").write_bytes(b"x\n")
    (drop / "employee.xlsx").write_bytes(b"x")
    database = folder / "warehouse.duckdb"
    summary = load(database, FilesConnector("erp", drop, line_limit=LIMIT))
    return database, {one.object: one for one in summary.objects}


def rejects(database: Path, entity: str) -> list[tuple[Any, ...]]:
    return query(
        database,
        f"select source_row, column_name, value, reason from raw_tieout.rejected_rows"
        f" where object = '{entity}' order by source_row",
    )


def counts(load: Any) -> tuple[int, int, int]:
    return load.received, load.landed, load.unreadable


def test_every_reject_names_file_reason_and_cure(loaded: Any) -> None:
    database, loads = loaded
    nameless = (
        "select count(*) from raw_tieout.rejected_rows"
        " where source_file is null or reason is null or cure is null or length(raw) > 500"
    )
    assert query(database, nameless) == [(0,)]
    listed = dict(query(database, "select object, count(*) from raw_tieout.rejected_rows group by object"))
    assert listed == {name: one.unreadable for name, one in loads.items() if one.unreadable}


def test_broken_utf8_costs_its_row(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["employee"]) == (3, 2, 1)
    assert rejects(database, "employee") == [(3, "employee_name", "Ren\\xe9e", "not valid UTF-8")]
    kept = query(database, "select employee_name, _row_number from raw_erp.employee order by 2")
    assert kept == [("Ann", 2), ("Zoë", 4)]


def test_bom_semicolons_and_letter_case_are_understood(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["cost_rate"]) == (2, 2, 0)
    assert loads["cost_rate"].new_columns is None
    rows = query(database, "select cost_rate_id, scope, rate, currency from raw_erp.cost_rate order by 1")
    assert rows == [("CR-1", "role", "55,50", "GBP"), ("CR-2", "role", "60", "GBP")]


def test_quoted_line_ends_and_quotes(loaded: Any) -> None:
    rows = query(loaded[0], "select project_id, project_name from raw_erp.project order by 1")
    assert rows == [("P-1", "Two\nlines"), ("P-2", 'say "hi"')]


def test_missing_columns_are_null_and_extra_ones_are_kept(loaded: Any) -> None:
    database, loads = loaded
    assert loads["practice"].new_columns == "Budget, Colour"
    assert "practice_name" in loads["practice"].missing_columns.split(", ")
    rows = query(database, "select practice_id, practice_name, _extra from raw_erp.practice order by 1 desc")
    assert [(r[0], r[1], json.loads(r[2]) if r[2] else None) for r in rows] == [
        ("DATA", None, {"Colour": "red", "Budget": "5"}),
        ("CLOUD", None, None),
    ]


def test_bad_values_null_ids_and_duplicates_all_land(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["time_entry"]) == (8, 8, 0)
    assert loads["time_entry"].duplicate_rows == 2
    values = query(
        database, "select work_date, hours from raw_erp.time_entry where _row_number <= 3 order by 1 desc"
    )
    assert values == [("2026-02-31", "8"), ("2026-02-03", "eight")]
    assert query(
        database, "select starts_with(_native_key, 'null:') from raw_erp.time_entry where _row_number = 5"
    ) == [(True,)]
    assert query(
        database, "select hours from raw_erp.time_entry where _native_key = 'TE-6' and _occurrence = 1"
    ) == [("7",)]


def test_empty_file_and_header_only(loaded: Any) -> None:
    _, loads = loaded
    assert counts(loads["holiday"]) == (0, 0, 0)
    assert "holiday.csv: the file is empty" in loads["holiday"].note
    assert (counts(loads["leave"]), loads["leave"].skipped) == ((0, 0, 0), False)


@pytest.mark.parametrize(("entity", "key"), [("task", "task_id"), ("expense", "expense_id")])
def test_line_beyond_the_limit_costs_its_row(loaded: Any, entity: str, key: str) -> None:
    database, loads = loaded
    assert counts(loads[entity]) == (3, 2, 1)
    header = 1 if entity == "task" else 0
    assert rejects(database, entity)[0][0] == 2 + header
    assert f"longer than {LIMIT} bytes" in rejects(database, entity)[0][3]
    rows = query(database, f"select {key}, _row_number from raw_erp.{entity} order by 2")
    assert [row[1] for row in rows] == [1 + header, 3 + header]


def test_rows_with_wrong_fields_or_quotes_cost_themselves_only(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["customer"]) == (7, 3, 4)
    names = query(database, "select customer_id, customer_name from raw_erp.customer order by 1")
    assert names == [("C-1", "One"), ("C-6", "Six"), ("C-7", '5" pipe')]
    assert [(row, reason) for row, *_, reason in rejects(database, "customer")] == [
        (3, "2 fields, the header has 3"),
        (4, "4 fields, the header has 3"),
        (5, "text after a closing quote"),
        (6, "a quote is opened and never closed"),
    ]


def test_column_that_comes_twice_is_kept_aside(loaded: Any) -> None:
    database, loads = loaded
    assert "comes twice" in loads["opportunity"].note
    extra = query(database, "select _extra from raw_erp.opportunity")[0][0]
    assert {"second", "third"} <= set(json.loads(extra).values())


def test_broken_json_lines_cost_themselves_only(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["contract"]) == (6, 2, 4)
    rows = query(database, "select contract_id, _extra, _row_number from raw_erp.contract order by 3")
    assert rows[0] == ("K-1", '{"x":"{\\"a\\":[1,2.5]}","y":"true"}', 1)
    assert rows[1][0] == "7"
    assert json.loads(rows[1][1]) == {"z": "12345678901234567890.12345", "w": "7.5"}
    assert rejects(database, "contract")[3][:2] == (6, "contract_id")


@pytest.mark.parametrize(
    ("entity", "said"), [("invoice", "UTF-16"), ("payment", "not a readable Parquet file")]
)
def test_unreadable_file_is_one_unreadable_row(loaded: Any, entity: str, said: str) -> None:
    database, loads = loaded
    assert counts(loads[entity]) == (1, 0, 1)
    assert said in rejects(database, entity)[0][3]


def test_broken_text_in_parquet_costs_its_row(loaded: Any) -> None:
    database, loads = loaded
    assert counts(loads["vendor_bill"]) == (3, 2, 1)
    assert rejects(database, "vendor_bill") == [(2, "vendor_bill_id", "\\xff\\xfe", "not valid UTF-8")]


def test_header_without_a_known_column_still_lands(loaded: Any) -> None:
    database, loads = loaded
    assert "no column of the contract" in loads["milestone"].note
    assert query(database, "select _extra from raw_erp.milestone") == [('{"bar":"2","foo":"1"}',)]


def test_unknown_files_are_named_with_the_closest_entity(loaded: Any) -> None:
    _, loads = loaded
    said = " ".join(one.note or "" for one in loads.values())
    assert "time_entri.csv: no entity is called 'time_entri', not read; did you mean time_entry?" in said
    assert "employee.xlsx: unknown format .xlsx" in said


def test_unreadable_rows_close_nothing(tmp_path: Path, drop: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    (drop / "employee.csv").write_bytes(b"employee_id,employee_name\nE-1,Ann\nE-2,Bob\nE-3,Cem\n")
    load(database, FilesConnector("erp", drop))
    (drop / "employee.csv").write_bytes(b"employee_id,employee_name\nE-1,Ann\nE-2,B\xffb\n")
    summary = load(database, FilesConnector("erp", drop))
    employee = next(one for one in summary.objects if one.object == "employee")
    assert (employee.received, employee.landed, employee.unreadable, employee.closed_by_sweep) == (2, 1, 1, 0)
    assert "stay open" in (employee.note or "")
