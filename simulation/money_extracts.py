"""The money side as its systems export it: sales in the CRM, delivery in the PSA, accounting in the ERP.

Rate card rows that name a person, a project or an entry come from the PSA, which knows people; the CRM exports the
rest. The CRM uses the PSA's customer numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any

from simulation.events import Firm
from simulation.money_events import (
    Amendment,
    Assignment,
    BillingEvent,
    Contract,
    ContractLine,
    GlEntry,
    Invoice,
    InvoiceLine,
    Milestone,
    Opportunity,
    Payment,
    Quote,
    RateCard,
    RevenueLine,
    VendorBill,
)

Values = tuple[Sequence[str], Iterable[Sequence[object]]]
RENAMED = {"person_id": "employee_id", "approved_on": "approved_at", "approved_by": "approved_by"}


def _plain(kind: type[Any], rows: Iterable[Any], employee_id: Callable[[str], str]) -> Values:
    """Every field as a column; people in the system's own ids."""
    names = [found.name for found in fields(kind)]

    def value(row: Any, name: str) -> object:
        content = getattr(row, name)
        return employee_id(content) if name in ("person_id", "approved_by") and content else content

    return (
        [RENAMED.get(name, name) for name in names],
        ([value(row, name) for name in names] for row in rows),
    )


def money_tables(firm: Firm) -> dict[str, dict[str, Values]]:
    """Header and rows of every file of the money side, by system and entity."""
    money = firm.money
    psa_ids = {person.person_id: person.psa_id for person in firm.people}

    def psa(person_id: str) -> str:
        return psa_ids.get(person_id, person_id)

    def plain(kind: type[Any], rows: Iterable[Any]) -> Values:
        return _plain(kind, rows, psa)

    in_psa = [c for c in money.rate_cards if c.person_id or c.scope in ("override", "project")]
    in_crm = [c for c in money.rate_cards if not (c.person_id or c.scope in ("override", "project"))]
    found: dict[str, dict[str, Values]] = {
        "crm": {
            "opportunity": plain(Opportunity, money.opportunities),
            "quote": plain(Quote, money.quotes),
            "contract": _contracts(money.contracts),
            "contract_line": plain(ContractLine, money.contract_lines),
            "amendment": plain(Amendment, money.amendments),
            "rate_card": plain(RateCard, in_crm),
        },
        "psa": {
            "rate_card": plain(RateCard, in_psa),
            "assignment": plain(Assignment, money.assignments),
            "milestone": plain(Milestone, money.milestones),
            "expense": _expenses(firm, psa),
            "billing_event": plain(BillingEvent, money.billing_events),
        },
        "erp": {
            "invoice": _invoices(money.invoices),
            "invoice_line": plain(InvoiceLine, money.invoice_lines),
            "payment": plain(Payment, money.payments),
            "revenue_schedule": plain(RevenueLine, money.revenue_lines),
            "gl_entry": _journals(money.gl_entries),
            "vendor_bill": plain(VendorBill, money.vendor_bills),
        },
    }
    for system, copies in money.line_copies.items():
        found[system]["contract_line"] = plain(ContractLine, copies)
    return found


def _contracts(contracts: list[Contract]) -> Values:
    header = [found.name for found in fields(Contract)]
    return (
        [*header, "approved_at"],
        (
            [
                *(getattr(contract, name) for name in header),
                f"{contract.signature_date}T12:00:00Z" if contract.signature_date else None,
            ]
            for contract in contracts
        ),
    )


def _expenses(firm: Firm, psa: Callable[[str], str]) -> Values:
    return (
        [
            "expense_id", "employee_id", "project_id", "expense_date", "expense_type", "amount", "tax_amount",
            "is_tax_recoverable", "currency", "is_billable", "has_receipt", "status", "submitted_at", "approved_at",
        ],
        (
            (
                e.expense_id, psa(e.person_id), e.project_id, e.expense_date, e.expense_type, e.amount, e.tax_amount,
                e.is_tax_recoverable, e.currency, e.is_billable, True, e.status,
                f"{e.expense_date}T19:00:00Z", f"{e.approved_on}T10:00:00Z" if e.approved_on else None,
            )
            for e in firm.money.expenses
        ),
    )  # fmt: skip


def _invoices(invoices: list[Invoice]) -> Values:
    header = [found.name for found in fields(Invoice)]
    return (
        [*header, "amount_total", "invoice_number"],
        (
            [
                *(getattr(invoice, name) for name in header),
                invoice.amount_untaxed + invoice.amount_tax,
                invoice.invoice_id,
            ]
            for invoice in invoices
        ),
    )


def _journals(entries: list[GlEntry]) -> Values:
    header = [found.name for found in fields(GlEntry)]
    return (
        [*header, "posted_at"],
        (
            [*(getattr(entry, name) for name in header), f"{entry.accounting_date}T22:00:00Z"]
            for entry in entries
        ),
    )
