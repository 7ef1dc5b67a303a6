"""Odoo's records as canonical rows, on a small firm after its second day; hand-checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.odoo.conftest import REPOSITORY, TwoDays
from tests.odoo.publishing import ask, published

Query = Callable[[str], list[tuple[Any, ...]]]
SECOND_DAY = date(2026, 6, 20)


@pytest.fixture(scope="module")
def query(two_days: TwoDays) -> Query:
    """Asks the published version of the second day."""
    return partial(ask, published(two_days.delta))


def test_legal_entities(query: Query) -> None:
    assert query(
        "select legal_entity_id, functional_currency, country, fiscal_year_start_month, standard_hours_per_day"
        " from staging.int_odoo__legal_entity order by 1"
    ) == [("1", "EUR", "DE", 4, Decimal(8)), ("2", "USD", None, 1, Decimal(8))]


def test_namesakes_among_departments_are_shown_with_their_path(query: Query) -> None:
    assert query("select practice_id, practice_name from staging.int_odoo__practice order by 1") == [
        ("1", "Delivery"),
        ("2", "Delivery / Data"),
        ("3", "Sales / Data"),
        ("4", "Sales"),
    ]


def test_customers_are_companies_and_whoever_work_names(query: Query) -> None:
    assert query(
        "select customer_id, country, is_active from staging.int_odoo__customer order by cast(customer_id as int)"
    ) == [
        ("1", "DE", True),
        ("2", None, True),
        ("10", "FR", True),
        ("12", None, True),
        ("14", None, False),
    ]


def test_an_employment_lasts_from_the_first_contract_in_force_until_archiving(query: Query) -> None:
    found = query(
        "select employment_id, valid_from, valid_to, quality_flags from staging.int_odoo__employment order by 1"
    )
    made = date(2020, 1, 6)
    assert found == [
        ("1", date(2026, 1, 1), None, None),  # the draft contract of 2025 does not count
        ("2", made, None, None),  # its only contract was cancelled
        ("3", made, date(2026, 6, 1), None),  # the day after the departure
        (
            "4",
            made,
            date(2026, 6, 2),
            "departure_date_missing",
        ),  # the day after the archived record was written
        ("5", made, None, None),  # first_contract_date comes from a draft
        ("6", made, date(2026, 6, 16), None),  # archived on the second day
    ]


def attribute(query: Query, employment: str, name: str) -> list[tuple[Any, ...]]:
    return query(
        "select attribute_value, valid_from, valid_to from staging.int_odoo__employee_attribute"
        f" where employment_id = '{employment}' and attribute = '{name}' order by valid_from"
    )


def test_a_contract_in_force_decides_the_calendar(query: Query) -> None:
    assert attribute(query, "1", "calendar") == [
        ("3", date(2026, 1, 1), date(2026, 4, 1)),  # date_end is the last day of the contract
        ("1", date(2026, 4, 1), None),
    ]
    assert attribute(query, "6", "calendar") == [("3", date(2020, 1, 6), None)]


def test_what_odoo_keeps_no_history_of_comes_from_what_was_seen(query: Query) -> None:
    started = date(2026, 1, 1)
    assert attribute(query, "1", "practice") == [("2", started, SECOND_DAY), ("4", SECOND_DAY, None)]
    assert attribute(query, "1", "department") == [
        ("Delivery / Data", started, SECOND_DAY),
        ("Sales", SECOND_DAY, None),
    ]
    assert attribute(query, "1", "role") == [("Consultant", started, None)]
    assert attribute(query, "1", "fte") == [("1", started, None)]
    assert attribute(query, "2", "employment_type") == [("contingent", date(2020, 1, 6), None)]
    assert attribute(query, "2", "manager") == [("1", date(2020, 1, 6), None)]
    assert attribute(query, "5", "legal_entity") == [("2", date(2020, 1, 6), None)]


def test_every_contract_stays_visible(query: Query) -> None:
    assert query(
        "select contract_state, count(*) from staging.stg_odoo__hr_contract group by all order by 1"
    ) == [
        ("cancel", 1),
        ("close", 1),
        ("draft", 2),
        ("open", 1),
    ]


def test_calendars_have_no_lunch_average_two_weeks_and_follow_dates(query: Query) -> None:
    def hours(calendar: str) -> list[tuple[Any, ...]]:
        return query(
            "select weekday, hours, valid_from, valid_to, quality_flags from staging.int_odoo__calendar"
            f" where calendar_id = '{calendar}' order by valid_from nulls first, weekday"
        )

    assert hours("1") == [(day, Decimal(8), None, None, None) for day in range(1, 6)]
    average = "two_week_average"
    assert hours("2") == [(day, Decimal("5.8"), None, None, average) for day in (1, 2)] + [
        (day, Decimal("1.5"), None, None, average) for day in (3, 4, 5)
    ]
    july = date(2026, 7, 1)
    assert hours("3") == [(day, Decimal(8), None, july, None) for day in range(1, 5)] + [
        (5, Decimal(4), None, july, None)
    ] + [(day, Decimal(8), july, None, None) for day in range(1, 5)]
    assert query("select distinct is_full_time_pattern from staging.int_odoo__calendar") == [(False,)]


def test_holidays_reach_those_whom_odoo_gives_them(query: Query) -> None:
    found = query(
        "select location, holiday_date, day_fraction, holiday_name from staging.int_odoo__holiday order by 2, 1"
    )
    may, eve = date(2026, 5, 1), date(2026, 12, 24)
    assert found == [
        ("(company 1, calendar 1)", may, Decimal(1), "Labour Day"),
        ("Hall 1 (company 1, calendar 1)", may, Decimal(1), "Labour Day"),
        ("(company 1, calendar 1)", eve, Decimal("0.5"), "Christmas Eve"),
        ("(company 1, calendar 3)", eve, Decimal("0.5"), "Christmas Eve"),
        ("Hall 1 (company 1, calendar 1)", eve, Decimal("0.5"), "Christmas Eve"),
        ("Hall 1 (company 1, calendar 3)", eve, Decimal("0.5"), "Christmas Eve"),
    ]
    assert attribute(query, "1", "location") == [
        ("Hall 1 (company 1, calendar 3)", date(2026, 1, 1), date(2026, 4, 1)),
        ("Hall 1 (company 1, calendar 1)", date(2026, 4, 1), None),
    ]


def test_leave(query: Query) -> None:
    assert query(
        "select leave_id, status, valid_from, valid_to, hours_per_day, leave_kind, is_unpaid"
        " from staging.int_odoo__leave order by 1"
    ) == [
        ("1", "approved", date(2026, 6, 1), date(2026, 6, 6), None, "Vacation", False),
        ("2", "submitted", date(2026, 7, 1), date(2026, 7, 3), None, "Vacation", False),
        ("3", "approved", date(2026, 6, 8), date(2026, 6, 9), Decimal(4), "Vacation", False),
        ("4", "approved", date(2026, 6, 9), date(2026, 6, 10), Decimal("2.5"), "Unpaid", True),
        ("5", "cancelled", date(2026, 5, 4), date(2026, 5, 5), None, "Vacation", False),
        ("6", "rejected", date(2026, 5, 5), date(2026, 5, 6), None, "Vacation", False),
    ]


def test_projects(query: Query) -> None:
    assert query(
        "select project_id, customer_id, work_category, status, legal_entity_id, manager_employee_id, currency"
        " from staging.int_odoo__project order by 1"
    ) == [
        ("1", "10", "client", "active", "1", "1", "EUR"),
        ("2", None, "internal", "active", "1", None, "EUR"),
        ("3", "12", "client", "closed", None, None, None),
        ("4", "10", "internal", "cancelled", None, None, None),
    ]


def test_tasks_and_the_leave_task(query: Query) -> None:
    assert query(
        "select task_id, project_id, work_category, status, is_deleted from staging.int_odoo__task order by 1"
    ) == [
        ("1", "1", None, "New", False),
        ("2", "1", None, "New", True),
        ("3", "2", "leave", "New", False),
        ("leave:2", "2", "leave", None, False),
    ]


def test_time_entries(query: Query) -> None:
    assert query(
        "select time_entry_id, task_id, work_date, hours, is_billable, status, is_deleted, quality_flags"
        " from staging.int_odoo__time_entry order by cast(time_entry_id as int)"
    ) == [
        ("1", "1", date(2026, 6, 1), Decimal("8.25"), True, "not_recorded", False, None),
        ("2", "1", date(2026, 6, 2), Decimal(4), True, "not_recorded", False, "converted_to_hours"),
        ("3", "3", date(2026, 6, 3), Decimal(8), False, "not_recorded", False, None),
        ("4", "leave:2", date(2026, 6, 4), Decimal(8), False, "not_recorded", False, None),
        ("7", "1", date(2026, 6, 5), Decimal(2), True, "not_recorded", False, "unit_unknown"),
        ("8", "1", date(2026, 6, 5), Decimal(-1), True, "not_recorded", False, "negative_without_correction"),
        ("9", None, date(2026, 6, 8), Decimal("6.25"), False, "not_recorded", False, None),
        ("10", "1", date(2026, 6, 9), Decimal(4), True, "not_recorded", True, None),
        ("11", "1", date(2026, 6, 19), Decimal(5), True, "not_recorded", False, None),
        ("12", "1", date(2026, 5, 5), Decimal(3), True, "not_recorded", False, None),
    ]


def test_cost_rates_hold_for_the_days_on_which_they_were_seen(query: Query) -> None:
    assert query(
        "select cost_rate_id, scope, employee_id, project_id, rate, currency, valid_from, valid_to, zero_rate_reason"
        " from staging.int_odoo__cost_rate order by 1"
    ) == [
        ("employee:1", "employee", "1", None, Decimal(50), "EUR", None, SECOND_DAY, None),
        ("employee:1@2026-06-20", "employee", "1", None, Decimal(60), "EUR", SECOND_DAY, None, None),
        ("employee:2", "employee", "2", None, Decimal(70), "EUR", None, None, None),
        ("employee:3", "employee", "3", None, Decimal(40), "EUR", None, None, None),
        ("employee:4", "employee", "4", None, Decimal(40), "EUR", None, None, None),
        ("employee:5", "employee", "5", None, Decimal(90), "USD", None, None, None),
        # deleted on the second day; a copied cost and an hourly cost of 0 give no rate
        ("project_employee:1", "project_employee", "1", "1", Decimal(80), "EUR", None, SECOND_DAY, None),
        (
            "project_employee:2",
            "project_employee",
            "2",
            "1",
            Decimal(0),
            "EUR",
            None,
            None,
            "set to 0 on the project",
        ),
    ]


def test_currency_rates_go_from_the_company_s_currency(query: Query) -> None:
    assert query(
        "select from_currency, to_currency, rate_type, rate_date, rate from staging.int_odoo__fx_rate order by 1, 2"
    ) == [
        ("EUR", "JPY", "spot", date(2026, 6, 1), Decimal("160.5")),
        ("EUR", "USD", "spot", date(2026, 6, 1), Decimal("1.25")),
        ("USD", "EUR", "spot", date(2026, 6, 1), Decimal("0.8")),
    ]


def test_rejects_say_which_record_and_why(query: Query) -> None:
    assert query(
        "select object, native_key, column_name, reject_value, reason from staging.rej_odoo order by 1, 2"
    ) == [
        ("account_analytic_line", "5", "employee_id", None, "missing on a timesheet line"),
        ("resource_calendar_leaves", "4", "date_to", "2026-06-04 06:00:00", "not after its start"),
    ]


def test_every_open_row_is_staged_or_rejected(query: Query) -> None:
    for path in sorted((REPOSITORY / "models/staging/odoo").glob("stg_odoo__*.sql")):
        name = path.stem.removeprefix("stg_odoo__")
        assert query(
            f"select (select count(*) from raw_erp.{name} where _known_to is null)"
            f" - (select count(*) from staging.{path.stem} where not is_deleted)"
            f" - (select count(*) from staging.rej_odoo where object = '{name}')"
        ) == [(0,)], name
