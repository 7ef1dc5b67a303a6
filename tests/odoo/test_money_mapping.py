"""Odoo's orders, milestones, expenses, invoices and payments as canonical rows; hand-checked on the small firm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.odoo.conftest import TwoDays
from tests.odoo.publishing import ask, published

Query = Callable[[str], list[tuple[Any, ...]]]
SIGNED = date(2026, 5, 4)


@pytest.fixture(scope="module")
def query(two_days: TwoDays) -> Query:
    """Asks the published version of the second day."""
    return partial(ask, published(two_days.delta))


def test_confirmed_orders_are_signed_contracts(query: Query) -> None:
    assert query(
        "select contract_id, contract_name, customer_id, status, signature_date, currency, legal_entity_id"
        " from canonical.can_contract order by 1"
    ) == [
        ("1", "S1", "10", "signed", SIGNED, "EUR", "1"),
        ("2", "S2", "13", "draft", None, "EUR", "1"),
        ("3", "S3", "10", "cancelled", None, "EUR", "1"),
    ]


def test_the_product_decides_the_contract_type(query: Query) -> None:
    # Line 1 is what the project's time counts for, so it is of every task. Line 2's task names the project, lines 3, 4
    # and 8 have the only one of their order. Goods, headings and down payments are no lines.
    assert query(
        "select contract_line_id, contract_id, contract_type, project_id, task_id, transaction_price, estimated_value,"
        " discount_pct, signed_at from canonical.can_contract_line order by cast(contract_line_id as int)"
    ) == [
        ("1", "1", "time_and_materials", "1", None, None, Decimal(10800), Decimal(10), SIGNED),
        ("2", "1", "time_and_materials", "1", "2", None, Decimal(5000), Decimal(0), SIGNED),
        ("3", "1", "fixed_fee", "1", None, Decimal(1000), None, Decimal(0), SIGNED),
        ("4", "1", "milestone", "1", None, Decimal(2000), None, Decimal(0), SIGNED),
        ("8", "1", "expense", "1", None, None, None, Decimal(0), SIGNED),
        ("9", "2", "time_and_materials", None, None, None, Decimal(1000), Decimal(0), None),
        ("10", "3", "time_and_materials", None, None, None, Decimal(0), Decimal(0), None),
    ]


def test_prices_are_per_hour_and_without_tax(query: Query) -> None:
    # The person's own row went with the map's record on the second day; a person on a prepaid line has no price.
    assert query(
        "select rate_card_row_id, rate_type, scope, scope_id, employee_id, rate, currency, quality_flags"
        " from canonical.can_rate_card where not is_deleted order by scope_id, employee_id nulls first"
    ) == [
        ("line:1", "bill", "contract_line", "1", None, Decimal(120), "EUR", None),
        ("line:10", "bill", "contract_line", "10", None, Decimal(90), "EUR", None),
        ("line:2", "bill", "contract_line", "2", None, Decimal(125), "EUR", "converted_to_hours"),
        ("map:2", "bill", "contract_line", "2", "2", Decimal(125), "EUR", "converted_to_hours"),
        ("line:9", "bill", "contract_line", "9", None, Decimal(100), "EUR", "price_includes_tax"),
    ]


def test_time_names_its_order_line_and_its_invoice(query: Query) -> None:
    assert query(
        "select time_entry_id, contract_line_id, invoice_id from canonical.can_time_entry"
        " where contract_line_id is not null order by cast(time_entry_id as int)"
    ) == [("1", "1", "1"), ("11", "1", "1"), ("12", "1", "1")]


def test_a_project_belongs_to_the_order_of_its_line(query: Query) -> None:
    assert query(
        "select project_id, contract_id from canonical.can_project where contract_id is not null"
    ) == [("1", "1")]


def test_a_milestone_is_billed_only_on_a_line_that_is_invoiced_by_milestones(query: Query) -> None:
    assert query(
        "select milestone_id, contract_line_id, amount, currency, planned_date, completed_date, represents"
        " from canonical.can_milestone order by 1"
    ) == [
        ("1", "4", Decimal(500), "EUR", date(2026, 5, 29), date(2026, 6, 1), "event"),
        ("2", "3", Decimal(500), "EUR", None, None, "task"),
        ("3", None, None, None, date(2026, 7, 31), None, "task"),
    ]


def test_expenses(query: Query) -> None:
    # 1 is charged on by order line 8, which an invoice line invoices; 2 is shared; 3 names an account of no project; the
    # product of 4 cannot be charged on.
    assert query(
        "select expense_id, project_id, expense_type, amount, tax_amount, is_billable, status, approved_at, invoice_id,"
        " quality_flags from canonical.can_expense order by 1"
    ) == [
        (
            "1",
            "1",
            "Travel",
            Decimal(119),
            Decimal(19),
            True,
            "approved",
            datetime(2026, 6, 5, 10),
            "1",
            None,
        ),
        (
            "2",
            None,
            "Travel",
            Decimal(119),
            Decimal(19),
            False,
            "draft",
            None,
            None,
            "shared_between_projects",
        ),
        ("3", None, "Travel", Decimal(119), Decimal(19), False, "rejected", None, None, None),
        ("4", "1", "Desk", Decimal(119), Decimal(19), False, "posted", None, None, None),
    ]


def test_an_invoice_belongs_to_the_order_that_it_invoices(query: Query) -> None:
    assert query(
        "select invoice_id, contract_id, kind, status, reverses_invoice_id, credit_reason"
        " from canonical.can_invoice order by 1"
    ) == [
        ("1", "1", "invoice", "posted", "1", None),
        ("2", None, "credit_note", "posted", "1", "rebill"),
        ("3", None, "credit_note", "draft", "1", None),
    ]
    assert query(
        "select invoice_line_id, contract_line_id, project_id from canonical.can_invoice_line order by 1"
    ) == [("1", "1", "1"), ("2", "8", "1"), ("3", None, "3"), ("5", None, None)]


def test_a_credit_note_and_an_exchange_difference_are_no_payment(query: Query) -> None:
    assert query(
        "select payment_id, invoice_id, payment_date, amount, currency, legal_entity_id"
        " from canonical.can_payment order by 1"
    ) == [
        ("1", "1", date(2026, 6, 9), Decimal(300), "EUR", "1"),
        ("4", "2", date(2026, 6, 9), Decimal(-500), "EUR", "1"),
    ]


def test_supplier_bills_for_projects(query: Query) -> None:
    assert query(
        "select vendor_bill_line_id, vendor_name, project_id, bill_date, amount, currency, status, quality_flags"
        " from canonical.can_vendor_bill order by 1"
    ) == [
        (
            "12",
            "Former client",
            None,
            date(2026, 6, 8),
            Decimal(-30),
            "EUR",
            "posted",
            "shared_between_projects",
        ),
        ("9", "Former client", "1", date(2026, 6, 8), Decimal(80), "EUR", "posted", None),
    ]
