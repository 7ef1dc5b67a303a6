"""Orders, milestones, expenses, invoices and payments of the small firm, in Odoo's shapes."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]
_STAMPS = {"create_date": "2026-05-04 09:00:00", "write_date": "2026-06-01 08:00:00"}
_EUR, _LTD, _HOURS, _DAYS = [1, "EUR"], [1, "Example Ltd"], [4, "Hours"], [3, "Days"]


def _rows(*rows: Record, **common: Any) -> list[Record]:
    return [{**_STAMPS, **common, **row} for row in rows]


def money_records() -> dict[str, list[Record]]:
    """Records by model."""
    return {**_products(), **_orders(), **_expenses(), **_accounting()}


def _products() -> dict[str, list[Record]]:
    kinds = {
        1: ("Consulting", "service", "delivery", "timesheet", "no"),
        2: ("Support hours", "service", "order", "timesheet", "no"),
        3: ("Phase", "service", "delivery", "milestones", "no"),
        4: ("Desk", "consu", "delivery", "manual", "no"),
        5: ("Travel", "service", "delivery", "manual", "cost"),
    }
    templates = [
        {
            "id": number,
            "name": name,
            "type": kind,
            "invoice_policy": policy,
            "service_type": measured_by,
            "expense_policy": charged_on,
        }
        for number, (name, kind, policy, measured_by, charged_on) in kinds.items()
    ]
    variants = [{"id": 100 + number, "product_tmpl_id": [number, ""]} for number in kinds]
    return {
        "product.template": _rows(*templates, active=True),
        "product.product": _rows(*variants, active=True),
    }


def _orders() -> dict[str, list[Record]]:
    return {
        "sale.order": _rows(
            {"id": 1, "name": "S1", "state": "sale", "date_order": "2026-05-04 22:30:00"},
            {"id": 2, "name": "S2", "state": "draft", "partner_id": [13, ""]},
            {"id": 3, "name": "S3", "state": "cancel", "partner_id": [10, ""]},
            partner_id=[11, ""],
            date_order="2026-05-11 08:00:00",
            company_id=_LTD,
            currency_id=_EUR,
        ),
        "sale.order.line": _rows(
            {
                "id": 1,
                "name": "Consulting",
                "product_id": [101, ""],
                "price_unit": 120.0,
                "discount": 10.0,
                "product_uom_qty": 100.0,
                "price_subtotal": 10800.0,
                "project_id": [1, ""],
                "task_id": [1, ""],
            },
            {
                "id": 2,
                "name": "Consulting by the day",
                "product_id": [101, ""],
                "product_uom": _DAYS,
                "price_unit": 1000.0,
                "product_uom_qty": 5.0,
                "price_subtotal": 5000.0,
                "task_id": [2, ""],
            },
            {
                "id": 3,
                "name": "Prepaid",
                "product_id": [102, ""],
                "price_unit": 100.0,
                "product_uom_qty": 10.0,
                "price_subtotal": 1000.0,
            },
            {
                "id": 4,
                "name": "Phases",
                "product_id": [103, ""],
                "price_unit": 500.0,
                "product_uom_qty": 4.0,
                "price_subtotal": 2000.0,
            },
            {
                "id": 5,
                "name": "A desk",
                "product_id": [104, ""],
                "price_subtotal": 300.0,
                "is_service": False,
            },
            {"id": 6, "name": "A heading", "display_type": "line_section", "company_id": False},
            {"id": 7, "name": "Down payment", "product_id": [102, ""], "is_downpayment": True},
            {
                "id": 8,
                "name": "Travel",
                "product_id": [105, ""],
                "is_expense": True,
                "expense_id": [1, ""],
                "price_unit": 100.0,
                "product_uom_qty": 1.0,
                "price_subtotal": 100.0,
            },
            {
                "id": 9,
                "name": "Offered with tax in the price",
                "order_id": [2, "S2"],
                "product_id": [101, ""],
                "price_unit": 119.0,
                "product_uom_qty": 10.0,
                "price_subtotal": 1000.0,
            },
            {
                "id": 10,
                "name": "Called off",
                "order_id": [3, "S3"],
                "product_id": [101, ""],
                "price_unit": 90.0,
            },
            order_id=[1, "S1"],
            product_uom=_HOURS,
            company_id=_LTD,
            currency_id=_EUR,
            is_service=True,
            discount=0.0,
            price_unit=0.0,
            product_uom_qty=0.0,
            price_subtotal=0.0,
        ),
        "project.milestone": _rows(
            {
                "id": 1,
                "name": "First phase",
                "sale_line_id": [4, ""],
                "quantity_percentage": 0.25,
                "is_reached": True,
                "reached_date": "2026-06-01",
                "deadline": "2026-05-29",
            },
            {"id": 2, "name": "Half used", "sale_line_id": [3, ""], "quantity_percentage": 0.5},
            {"id": 3, "name": "A date only", "deadline": "2026-07-31", "quantity_percentage": 0.0},
            project_id=[1, ""],
        ),
    }


def _expenses() -> dict[str, list[Record]]:
    return {
        "hr.expense": _rows(
            {
                "id": 1,
                "state": "approved",
                "sheet_id": [1, ""],
                "sale_order_id": [1, "S1"],
                "analytic_distribution": {"31": 100.0},
            },
            {
                "id": 2,
                "state": "reported",
                "sheet_id": [2, ""],
                "analytic_distribution": {"31,40": 60.0, "33": 40.0},
            },
            {"id": 3, "state": "refused", "analytic_distribution": {"40": 100.0}},
            {"id": 4, "state": "done", "sale_order_id": [1, "S1"], "product_id": [104, "Desk"]},
            name="Train",
            employee_id=[1, ""],
            date="2026-06-02",
            product_id=[105, "Travel"],
            currency_id=_EUR,
            total_amount_currency=119.0,
            tax_amount_currency=19.0,
        ),
        "hr.expense.sheet": _rows(
            {"id": 1, "state": "approve", "approval_date": "2026-06-05 10:00:00"}, {"id": 2, "state": "draft"}
        ),
    }


def _accounting() -> dict[str, list[Record]]:
    return {
        "account.move": _rows(
            {"id": 1, "name": "INV/1", "move_type": "out_invoice", "amount_untaxed": 1000.0},
            {"id": 2, "name": "RINV/1", "move_type": "out_refund", "amount_untaxed": 1000.0},
            {"id": 3, "move_type": "out_refund", "amount_untaxed": 50.0, "state": "draft"},
            {"id": 4, "name": "BNK/1", "move_type": "entry"},
            {"id": 5, "name": "EXCH/1", "move_type": "entry"},
            {"id": 6, "name": "BILL/1", "move_type": "in_invoice", "partner_id": [14, ""]},
            {"id": 7, "name": "RBILL/1", "move_type": "in_refund", "partner_id": [14, ""]},
            {"id": 8, "name": "BNK/2", "move_type": "entry"},
            state="posted",
            date="2026-06-08",
            invoice_date="2026-06-08",
            partner_id=[11, ""],
            commercial_partner_id=False,
            reversed_entry_id=[1, "INV/1"],
            company_id=_LTD,
            currency_id=_EUR,
        ),
        "account.move.line": _rows(
            {"id": 1, "sale_line_ids": [1], "price_subtotal": 500.0, "balance": -500.0},
            {"id": 2, "sale_line_ids": [8], "price_subtotal": 100.0, "balance": -100.0},
            {"id": 3, "analytic_distribution": {"32": 100.0}, "price_subtotal": 400.0, "balance": -400.0},
            {"id": 4, "display_type": "payment_term", "balance": 1000.0},
            {
                "id": 5,
                "move_id": [2, ""],
                "sale_line_ids": [1, 8],
                "price_subtotal": 1000.0,
                "balance": 1000.0,
            },
            {"id": 6, "move_id": [2, ""], "display_type": "payment_term", "balance": -1000.0},
            {"id": 7, "move_id": [4, ""], "balance": -300.0},
            {"id": 8, "move_id": [5, ""], "balance": -10.0},
            {"id": 9, "move_id": [6, ""], "analytic_distribution": {"31": 100.0}, "price_subtotal": 80.0},
            {"id": 10, "move_id": [6, ""], "price_subtotal": 20.0},
            {
                "id": 11,
                "move_id": [6, ""],
                "expense_id": [4, ""],
                "analytic_distribution": {"31": 100.0},
                "price_subtotal": 119.0,
            },
            {
                "id": 12,
                "move_id": [7, ""],
                "analytic_distribution": {"33": 50.0, "40": 50.0},
                "price_subtotal": 30.0,
            },
            {"id": 13, "move_id": [8, ""], "balance": 500.0},
            move_id=[1, ""],
            sale_line_ids=[],
            display_type="product",
            parent_state="posted",
            date="2026-06-08",
            company_id=_LTD,
            currency_id=_EUR,
            company_currency_id=_EUR,
            balance=0.0,
        ),
        "account.partial.reconcile": _rows(
            _settled(1, 4, 7, 300.0),
            _settled(2, 4, 6, 500.0),
            _settled(3, 4, 8, 10.0, exchange_move_id=[5, ""]),
            _settled(4, 13, 6, 500.0),
        ),
    }


def _settled(number: int, debit: int, credit: int, amount: float, **more: Any) -> Record:
    return {
        "id": number,
        "debit_move_id": [debit, ""],
        "credit_move_id": [credit, ""],
        "amount": amount,
        "debit_amount_currency": amount,
        "credit_amount_currency": amount,
        "debit_currency_id": _EUR,
        "credit_currency_id": _EUR,
        "max_date": "2026-06-09",
        "company_id": _LTD,
        **more,
    }
