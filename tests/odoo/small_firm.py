"""A firm of a few people in Odoo's shapes, with one of each thing that a mapping gets wrong; and its second day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.odoo.fake_odoo import FakeOdoo
from tests.odoo.small_firm_money import money_records

Record = dict[str, Any]
FIRST_MOMENT = datetime(2026, 6, 10, 6, 0, 0, tzinfo=UTC)
SECOND_MOMENT = datetime(2026, 6, 20, 6, 0, 0, tzinfo=UTC)
_WRITTEN = "2026-06-01 08:00:00"
HOURS, DAYS = [4, "Hours"], [3, "Days"]


def _rows(*rows: Record, **common: Any) -> list[Record]:
    stamps = {"create_date": "2020-01-06 09:00:00", "write_date": _WRITTEN}
    return [{**stamps, **common, **row} for row in rows]


def _week(
    first_id: int, calendar: int, days: range, *stretches: tuple[float, float, str], **more: Any
) -> list[Record]:
    rows, number = [], first_id
    for day in days:
        for hour_from, hour_to, period in stretches:
            rows.append(
                {
                    "id": number,
                    "name": f"day {day} {period}",
                    "calendar_id": [calendar, "schedule"],
                    "dayofweek": str(day),
                    "hour_from": hour_from,
                    "hour_to": hour_to,
                    "day_period": period,
                    **more,
                }
            )
            number += 1
    return rows


def small_firm() -> dict[str, list[Record]]:
    """Records by model, as `search_read` gives them (absent fields count as false)."""
    full_day = ((8.0, 12.0, "morning"), (12.0, 13.0, "lunch"), (13.0, 17.0, "afternoon"))
    return {
        "res.company": _rows(
            {
                "id": 1,
                "name": "Example Ltd",
                "currency_id": [1, "EUR"],
                "partner_id": [1, "Example Ltd"],
                "resource_calendar_id": [1, "40 h"],
                "fiscalyear_last_month": "3",
                "fiscalyear_last_day": 31,
                "leave_timesheet_task_id": [3, "Time Off"],
            },
            {
                "id": 2,
                "name": "Example Inc",
                "currency_id": [2, "USD"],
                "partner_id": [2, "Example Inc"],
                "resource_calendar_id": [1, "40 h"],
                "fiscalyear_last_month": "12",
                "fiscalyear_last_day": 31,
            },
            active=True,
        ),
        "res.currency": _rows(
            {"id": 1, "name": "EUR", "active": True},
            {"id": 2, "name": "USD", "active": True},
            {"id": 3, "name": "JPY", "active": False},
        ),
        "res.currency.rate": _rows(
            {
                "id": 1,
                "name": "2026-01-01",
                "rate": 1.0,
                "currency_id": [1, "EUR"],
                "company_id": [1, "Example Ltd"],
            },
            {
                "id": 2,
                "name": "2026-06-01",
                "rate": 1.25,
                "currency_id": [2, "USD"],
                "company_id": [1, "Example Ltd"],
            },
            {
                "id": 3,
                "name": "2026-06-01",
                "rate": 0.8,
                "currency_id": [1, "EUR"],
                "company_id": [2, "Example Inc"],
            },
            {
                "id": 4,
                "name": "2026-06-01",
                "rate": 160.5,
                "currency_id": [3, "JPY"],
                "company_id": [1, "Example Ltd"],
            },
        ),
        "res.country": _rows(
            {"id": 21, "name": "Germany", "code": "DE"}, {"id": 22, "name": "France", "code": "FR"}
        ),
        "res.partner": _rows(
            {
                "id": 1,
                "name": "Example Ltd",
                "is_company": True,
                "commercial_partner_id": [1, ""],
                "country_id": [21, "Germany"],
            },
            {"id": 2, "name": "Example Inc", "is_company": True, "commercial_partner_id": [2, ""]},
            {
                "id": 10,
                "name": "Client One",
                "is_company": True,
                "commercial_partner_id": [10, ""],
                "vat": "DE1",
                "country_id": [22, "France"],
                "customer_rank": 1,
            },
            {
                "id": 11,
                "name": "Contact at Client One",
                "parent_id": [10, ""],
                "commercial_partner_id": [10, ""],
            },
            {"id": 12, "name": "Private client", "commercial_partner_id": [12, ""]},
            {"id": 13, "name": "Somebody else", "commercial_partner_id": [13, ""]},
            {
                "id": 14,
                "name": "Former client",
                "is_company": True,
                "commercial_partner_id": [14, ""],
                "active": False,
            },
            active=True,
        ),
        "hr.department": _rows(
            {"id": 1, "name": "Delivery", "complete_name": "Delivery"},
            {
                "id": 2,
                "name": "Data",
                "complete_name": "Delivery / Data",
                "parent_id": [1, ""],
                "manager_id": [1, ""],
            },
            {"id": 3, "name": "Data", "complete_name": "Sales / Data", "parent_id": [4, ""]},
            {"id": 4, "name": "Sales", "complete_name": "Sales"},
            active=True,
            company_id=[1, "Example Ltd"],
        ),
        "hr.job": _rows({"id": 1, "name": "Consultant"}, {"id": 2, "name": "Manager"}, active=True),
        "uom.uom": _rows(
            {
                "id": 3,
                "name": "Days",
                "category_id": [2, "Working Time"],
                "factor": 1.0,
                "uom_type": "reference",
            },
            {
                "id": 4,
                "name": "Hours",
                "category_id": [2, "Working Time"],
                "factor": 8.0,
                "uom_type": "smaller",
            },
            {"id": 9, "name": "Boxes", "category_id": [5, "Boxes"], "factor": 1.0, "uom_type": "reference"},
            active=True,
        ),
        "resource.calendar": _rows(
            {"id": 1, "name": "40 h", "tz": "Europe/Brussels", "hours_per_day": 8.0},
            {
                "id": 2,
                "name": "Alternating",
                "tz": "Europe/Brussels",
                "hours_per_day": 8.0,
                "two_weeks_calendar": True,
            },
            {"id": 3, "name": "Four days", "tz": "Europe/Brussels", "hours_per_day": 8.0},
            active=True,
            company_id=[1, "Example Ltd"],
        ),
        "resource.calendar.attendance": _rows(
            *_week(1, 1, range(5), *full_day),
            *_week(20, 2, range(5), (9.0, 12.0, "morning"), week_type="0"),
            *_week(30, 2, range(2), (9.0, 17.6, "morning"), week_type="1"),
            *_week(50, 3, range(4), *full_day),
            # dated: no Thursdays from July on
            *[{**row, "date_to": "2026-06-30"} for row in _week(80, 3, range(4, 5), (8.0, 12.0, "morning"))],
            {
                "id": 90,
                "name": "week one",
                "calendar_id": [2, ""],
                "dayofweek": "0",
                "hour_from": 0.0,
                "hour_to": 0.0,
                "display_type": "line_section",
            },
        ),
        "resource.calendar.leaves": _rows(
            # the whole of 1 May in Brussels, which begins on 30 April in UTC
            {
                "id": 1,
                "name": "Labour Day",
                "calendar_id": [1, "40 h"],
                "date_from": "2026-04-30 22:00:00",
                "date_to": "2026-05-01 21:59:59",
            },
            {
                "id": 2,
                "name": "Christmas Eve",
                "date_from": "2026-12-24 11:00:00",
                "date_to": "2026-12-24 16:00:00",
            },
            {
                "id": 3,
                "name": "One person's",
                "calendar_id": [1, "40 h"],
                "resource_id": [1, "Consultant 1"],
                "date_from": "2026-06-02 06:00:00",
                "date_to": "2026-06-02 15:00:00",
            },
            {
                "id": 4,
                "name": "Backwards",
                "calendar_id": [1, "40 h"],
                "date_from": "2026-06-05 06:00:00",
                "date_to": "2026-06-04 06:00:00",
            },
            company_id=[1, "Example Ltd"],
            time_type="leave",
        ),
        "hr.employee": _rows(
            {
                "id": 1,
                "name": "Consultant 1",
                "hourly_cost": 50.0,
                "user_id": [5, ""],
                "department_id": [2, ""],
                "work_location_id": [1, "Hall 1"],
                "work_email": "consultant1@example.com",
                "first_contract_date": "2026-01-01",
            },
            {
                "id": 2,
                "name": "Consultant 2",
                "hourly_cost": 70.0,
                "employee_type": "freelance",
                "parent_id": [1, ""],
            },
            {
                "id": 3,
                "name": "Consultant 3",
                "hourly_cost": 40.0,
                "active": False,
                "departure_date": "2026-05-31",
            },
            {"id": 4, "name": "Consultant 4", "hourly_cost": 40.0, "active": False},
            {
                "id": 5,
                "name": "Consultant 5",
                "hourly_cost": 90.0,
                "company_id": [2, "Example Inc"],
                "first_contract_date": "2026-09-01",
            },
            {"id": 6, "name": "Consultant 6", "hourly_cost": 0.0, "resource_calendar_id": [3, "Four days"]},
            active=True,
            employee_type="employee",
            company_id=[1, "Example Ltd"],
            job_id=[1, "Consultant"],
            resource_calendar_id=[1, "40 h"],
            department_id=[1, "Delivery"],
        ),
        "hr.contract": _rows(
            {
                "id": 1,
                "state": "close",
                "date_start": "2026-01-01",
                "date_end": "2026-03-31",
                "employee_id": [1, ""],
                "resource_calendar_id": [3, "Four days"],
            },
            {"id": 2, "state": "open", "date_start": "2026-04-01", "employee_id": [1, ""]},
            {"id": 3, "state": "draft", "date_start": "2025-01-01", "employee_id": [1, ""]},
            {"id": 4, "state": "cancel", "date_start": "2024-01-01", "employee_id": [2, ""]},
            {"id": 5, "state": "draft", "date_start": "2026-09-01", "employee_id": [5, ""]},
            active=True,
            resource_calendar_id=[1, "40 h"],
            wage=3000.0,
            name="Contract",
        ),
        "hr.leave.type": _rows(
            {"id": 1, "name": "Vacation", "time_type": "leave", "request_unit": "day"},
            {"id": 2, "name": "Unpaid", "time_type": "leave", "request_unit": "hour", "unpaid": True},
            {"id": 3, "name": "Training day", "time_type": "other", "request_unit": "day"},
            active=True,
            unpaid=False,
            timesheet_generate=True,
        ),
        "hr.leave": _rows(
            {
                "id": 1,
                "state": "validate",
                "request_date_from": "2026-06-01",
                "request_date_to": "2026-06-05",
            },
            {"id": 2, "state": "confirm", "request_date_from": "2026-07-01", "request_date_to": "2026-07-02"},
            {
                "id": 3,
                "state": "validate",
                "request_date_from": "2026-06-08",
                "request_date_to": "2026-06-08",
                "request_unit_half": True,
                "number_of_hours": 4.0,
            },
            {
                "id": 4,
                "state": "validate",
                "request_date_from": "2026-06-09",
                "request_date_to": "2026-06-09",
                "request_unit_hours": True,
                "number_of_hours": 2.5,
                "holiday_status_id": [2, "Unpaid"],
            },
            {
                "id": 5,
                "state": "validate",
                "request_date_from": "2026-05-04",
                "request_date_to": "2026-05-04",
                "active": False,
            },
            {"id": 6, "state": "refuse", "request_date_from": "2026-05-05", "request_date_to": "2026-05-05"},
            {
                "id": 7,
                "state": "validate",
                "request_date_from": "2026-05-06",
                "request_date_to": "2026-05-06",
                "holiday_status_id": [3, "Training day"],
            },
            {
                "id": 8,
                "state": "validate",
                "request_date_from": "2026-05-07",
                "request_date_to": "2026-05-07",
                "employee_id": False,
                "holiday_type": "company",
            },
            active=True,
            employee_id=[2, "Consultant 2"],
            holiday_status_id=[1, "Vacation"],
            number_of_hours=0.0,
            request_unit_half=False,
            request_unit_hours=False,
            resource_calendar_id=[1, "40 h"],
            holiday_type="employee",
        ),
        "project.project.stage": _rows(
            {"id": 1, "name": "To Do", "fold": False},
            {"id": 2, "name": "Canceled", "fold": True},
        ),
        "project.project": _rows(
            {
                "id": 1,
                "name": "Client platform",
                "partner_id": [11, ""],
                "company_id": [1, "Example Ltd"],
                "allow_billable": True,
                "user_id": [5, ""],
                "date_start": "2026-01-01",
                "sale_line_id": [1, ""],
                "analytic_account_id": [31, ""],
            },
            {"id": 2, "name": "Internal", "company_id": [1, "Example Ltd"], "allow_billable": False},
            {
                "id": 3,
                "name": "Old project",
                "partner_id": [12, ""],
                "allow_billable": True,
                "active": False,
                "analytic_account_id": [32, ""],
            },
            {
                "id": 4,
                "name": "Given up",
                "partner_id": [10, ""],
                "allow_billable": False,
                "stage_id": [2, ""],
                "analytic_account_id": [33, ""],
            },
            active=True,
            stage_id=[1, "To Do"],
            last_update_status="on_track",
            allow_timesheets=True,
        ),
        "project.task.type": _rows(
            {"id": 1, "name": "New"}, {"id": 2, "name": "Done", "fold": True}, active=True
        ),
        "project.task": _rows(
            {"id": 1, "name": "Build", "allocated_hours": 40.0},
            {"id": 2, "name": "Test", "parent_id": [1, ""], "active": False},
            {"id": 3, "name": "Time Off", "project_id": [2, "Internal"]},
            {"id": 4, "name": "A to-do of one person", "project_id": False},
            active=True,
            project_id=[1, ""],
            stage_id=[1, "New"],
            state="01_in_progress",
        ),
        "project.sale.line.employee.map": _rows(
            {"id": 1, "employee_id": [1, ""], "cost": 80.0, "is_cost_changed": True, "sale_line_id": [1, ""]},
            {"id": 2, "employee_id": [2, ""], "cost": 0.0, "is_cost_changed": True, "sale_line_id": [2, ""]},
            {
                "id": 3,
                "employee_id": [5, ""],
                "cost": 90.0,
                "is_cost_changed": False,
                "sale_line_id": [3, ""],
            },
            project_id=[1, "Client platform"],
            price_unit=150.0,
        ),
        "account.analytic.line": _rows(
            {
                "id": 1,
                "date": "2026-06-01",
                "unit_amount": 7.5,
                "amount": -600.0,
                "so_line": [1, ""],
                "timesheet_invoice_id": [1, "INV/1"],
            },
            {"id": 2, "date": "2026-06-02", "unit_amount": 0.5, "product_uom_id": DAYS},
            {
                "id": 3,
                "date": "2026-06-03",
                "unit_amount": 8.0,
                "project_id": [2, "Internal"],
                "task_id": [3, "Time Off"],
                "holiday_id": [1, ""],
                "timesheet_invoice_type": "non_billable",
            },
            {
                "id": 4,
                "date": "2026-06-04",
                "unit_amount": 8.0,
                "project_id": [2, "Internal"],
                "task_id": False,
                "global_leave_id": [1, ""],
                "timesheet_invoice_type": "non_billable",
            },
            {"id": 5, "date": "2026-06-04", "unit_amount": 1.0, "employee_id": False},
            {"id": 6, "date": "2026-06-04", "unit_amount": 3.0, "project_id": False, "employee_id": False},
            {
                "id": 7,
                "date": "2026-06-05",
                "unit_amount": 2.0,
                "product_uom_id": [9, "Boxes"],
                "employee_id": [2, ""],
                "timesheet_invoice_type": "billable_fixed",
            },
            {"id": 8, "date": "2026-06-05", "unit_amount": -1.0, "employee_id": [2, ""]},
            {
                "id": 9,
                "date": "2026-06-08",
                "unit_amount": 6.25,
                "project_id": [2, "Internal"],
                "task_id": False,
                "timesheet_invoice_type": "non_billable",
            },
            {"id": 10, "date": "2026-06-09", "unit_amount": 4.0},
            employee_id=[1, "Consultant 1"],
            project_id=[1, "Client platform"],
            task_id=[1, "Build"],
            company_id=[1, "Example Ltd"],
            product_uom_id=HOURS,
            timesheet_invoice_type="billable_time",
            name="work",
            amount=0.0,
        ),
        **money_records(),
    }


def second_day(server: FakeOdoo) -> None:
    """Ten days later: changed, new, late, archived and hard-deleted records, and a counter without a trace."""
    server.now = SECOND_MOMENT
    server.write("hr.employee", 1, hourly_cost=60.0, department_id=[4, "Sales"])
    server.write("account.analytic.line", 1, unit_amount=8.25)
    server.create("account.analytic.line", 1, date="2026-06-19", unit_amount=5.0)
    server.create("account.analytic.line", 1, date="2026-05-05", unit_amount=3.0)  # late
    server.unlink("account.analytic.line", 10)
    server.unlink("project.task", 2)
    server.unlink("project.sale.line.employee.map", 1)
    server.write("project.project", 4, active=False)
    server.write("hr.employee", 6, active=False, departure_date="2026-06-15")
    server.records["res.partner"][10]["customer_rank"] = 7
