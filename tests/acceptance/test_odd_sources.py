"""Records that are well formed and make no sense, through the whole program: none of them may block a refresh."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.mini_firm import Rows, base, employed, refreshed, together, work, write
from tieout import publish
from tieout.firm import load_firm

DAY = {"valid_from": "2026-06-11", "valid_to": "2026-06-12", "status": "approved"}
QUOTED = 'O\'Brien "& Co"'


def since(person: str, day: str) -> dict[str, list[dict[str, object]]]:
    """A person whose employment starts on a day that means "not known"."""
    parts = employed(person)
    return {
        "employee": [dict(row) for row in parts["employee"]],
        "employment": [{**row, "valid_from": day} for row in parts["employment"]],
        "employee_attribute": [dict(row) for row in parts["employee_attribute"]],
    }


def odd() -> dict[str, Rows]:
    rate = {"from_currency": "EUR", "to_currency": "USD", "rate_type": "average", "rate_date": "2026-06-01"}
    client = {"customer_id": "C-1", "practice_id": "B", "is_billable_default": "true"}
    return {
        "practice": [{"practice_id": "U", "practice_name": "Unassigned"}],
        "legal_entity": [
            {"legal_entity_id": QUOTED, "legal_entity_name": QUOTED, "functional_currency": "EUR"}
        ],
        "project": [
            {"project_id": "P-GONE", "project_name": "Gone", "is_deleted": "true", **client},
            {
                "project_id": "P-NEVER",
                "project_name": "Never",
                "valid_from": "2026-01-01",
                "valid_to": "2026-01-01",
                **client,
            },
            {"project_id": "P-TWO", "project_name": "Two", "valid_from": "2026-01-01", **client},
            {"project_id": "P-TWO", "project_name": "Two later", "valid_from": "2026-06-10"},
        ],
        "calendar": [
            {"calendar_id": "FULL", "weekday": 1, "hours": 4, "valid_from": "2026-06-15"},
            {"calendar_id": "FULL", "weekday": 9, "hours": 4},
            {"calendar_id": "FULL", "weekday": 6, "hours": "1e15"},
        ],
        "fx_rate": [
            {**rate, "rate": "0"},
            {**rate, "rate": "100000000000"},
            {**rate, "rate_date": "0001-01-01", "rate": "99999998"},
            {**rate, "from_currency": "GBP", "rate": "99999998"},
            {**rate, "from_currency": "USD", "rate_type": "spot", "rate": "2"},
            {**rate, "to_currency": "JPY", "rate": "0.00000001"},
        ],
        "cost_rate": [
            {"cost_rate_id": "CR-2", "scope": "employee", "employee_id": "worker", "rate": "1000000000", "currency": "GBP"},
            {"cost_rate_id": "CR-3", "scope": "employee", "employee_id": "worker", "rate": "1e15", "currency": "GBP"},
        ],
        "employee_attribute": [
            {"employment_id": employment, "attribute": name, "attribute_value": value, "valid_from": day}
            for employment, name, value, day in (
                ("nobody", "practice", "A", "2026-01-01"),
                ("worker", "legal_entity", QUOTED, "9999-12-31"),
                ("worker", "role", "it's", "0001-01-01"),
                ("big", "utilization_target", "1e20", "2025-01-01"),
                ("big", "fte", "1e15", "2025-06-01"),
            )
        ],
        "employment": [
            {"employment_id": "backwards", "employee_id": "worker", "valid_from": "2026-06-10", "valid_to": "2026-06-01"}
        ],
        "leave": [
            {"leave_id": "L-1", "employee_id": "big", "hours_per_day": "-8", **DAY},
            {"leave_id": "L-2", "employee_id": "worker", "employment_id": "no such", **DAY},
        ],
        "holiday": [{"location": "LIS", "holiday_date": "2026-06-08", "day_fraction": "3"}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = together(
        base(),
        odd(),
        employed("worker"),
        employed("big"),
        *(since(person, day) for person, day in (("ancient", "0001-01-01"), ("never", "9999-12-31"))),
        *(work("worker", day, 8) for day in ("2026-06-01", "0206-06-01", "9999-12-31", "2206-06-01")),
        work("ancient", "2026-06-01", 8),
        work("never", "2026-06-01", 8),
        work("worker", "2026-06-02", 7, project_id="P-GONE"),
        work("worker", "2026-06-03", 6, project_id="P-NEVER"),
        work("worker", "2026-06-12", 5, project_id="P-TWO"),
        work("worker", "2026-06-15", 999999, note="long " * 100_000),
        work("worker", "2026-06-16", "1e15"),
        work("worker", "2026-06-17", "1750000000000"),
    )
    path = write(tmp_path_factory.mktemp("odd"), rows)
    # without history_from: a mistyped year must not begin history
    path.write_text(path.read_text(encoding="utf-8").replace("  history_from: 2026-06-01\n", ""), "utf-8")
    return refreshed(path)


def rows(firm: Path, sql: str) -> list[tuple[object, ...]]:
    database = publish.current(load_firm(firm).home).database
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_numbers_out_of_range_are_rejects(firm: Path) -> None:
    found = rows(
        firm,
        "select object, column_name, reject_value from operations.ops_rejected_row"
        " where reason like 'not from % to %' and cure <> '' order by all",
    )
    assert found == [
        ("calendar", "hours", "1e15"),
        ("calendar", "weekday", "9"),
        ("cost_rate", "rate", "1e15"),
        ("fx_rate", "rate", "100000000000"),
        ("holiday", "day_fraction", "3"),
        ("leave", "hours_per_day", "-8"),
        ("time_entry", "hours", "1750000000000"),
        ("time_entry", "hours", "1e15"),
    ]


def test_a_mistyped_year_is_kept_and_flagged(firm: Path) -> None:
    found = rows(
        firm,
        "select year(work_date), recorded_hours, population, quality_flags from marts.fct_time_entry"
        " where year(work_date) <> 2026 order by 1",
    )
    assert found == [(year, Decimal(8), "billable", "implausible_date") for year in (206, 2206, 9999)]
    assert rows(firm, "select min(capacity_date)::varchar from marts.fct_capacity_daily") == [("1990-01-01",)]


def test_a_start_that_is_not_known_is_an_open_start(firm: Path) -> None:
    found = rows(
        firm,
        "select time_entry_id, is_unknown_employee, is_outside_employment from marts.fct_time_entry"
        " where time_entry_id like 'ancient%' or time_entry_id like 'never%' order by 1",
    )
    assert found == [("ancient-2026-06-01", False, False), ("never-2026-06-01", True, False)]


def test_work_stays_on_a_project_that_is_gone(firm: Path) -> None:
    found = rows(
        firm,
        "select hours, project_name, dim_project.work_category, is_billable, is_unknown_project from marts.fct_time_entry"
        " inner join marts.dim_project on project_version_key_as_was = project_version_key"
        " where hours between 5 and 7 order by hours desc",
    )
    assert found == [
        (Decimal(7), "Gone", "client", True, False),
        (Decimal(6), "Unassigned", "internal", False, True),
        (Decimal(5), "Two later", "internal", False, False),
    ]


def test_leave_from_an_unknown_employment_is_the_persons(firm: Path) -> None:
    assert rows(
        firm,
        "select employment_id, sum(leave_hours) from marts.fct_capacity_daily"
        " inner join marts.dim_employee on employee_version_key_as_was = employee_version_key"
        " where capacity_date between '2026-06-01' and '2026-06-30' and employment_id in ('worker', 'big')"
        " group by 1 order by 1",
    ) == [("big", Decimal(0)), ("worker", Decimal(8))]


def test_what_is_too_large_to_be_money_has_no_cost(firm: Path) -> None:
    assert rows(
        firm,
        "select cost_amount_transaction is null, uncosted_hours_reporting from marts.fct_time_entry"
        " where hours = 999999",
    ) == [(False, Decimal(999999))]


@pytest.mark.slow
def test_a_later_broken_row_closes_nothing_and_blocks_nothing(firm: Path) -> None:
    people = firm.parent / "extracts" / "employee.csv"
    lines = people.read_text(encoding="utf-8").splitlines()
    lines[1] = 'worker,wor"ker'
    lines[2] += ",too,many"
    people.write_text("\n".join(lines) + "\n", encoding="utf-8")
    refreshed(firm)
    assert rows(firm, "select count(*) from canonical.can_employee where not is_deleted") == [(4,)]
    assert rows(firm, "select object from operations.ops_load_identity where not is_balanced") == []
