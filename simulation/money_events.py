"""The money side of the log: contracts, rates, plans, bills and postings, in the firm's own ids.

Dates called `end_date` are last days (included); `valid_to` is the first day after. Amounts are in the currency of
their row and exclude tax unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Opportunity:
    opportunity_id: str
    customer_id: str
    opportunity_name: str
    stage: str
    is_closed: bool
    is_won: bool
    probability: Decimal
    amount: Decimal
    currency: str
    close_date: date
    practice_id: str | None
    legal_entity_id: str | None
    created_date: date


@dataclass(frozen=True, slots=True)
class Quote:
    quote_id: str
    quote_version: int
    opportunity_id: str
    customer_id: str
    status: str
    is_primary: bool
    amount: Decimal
    currency: str
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True)
class Contract:
    """Without a signature date it is verbal: it counts nowhere."""

    contract_id: str
    customer_id: str
    contract_name: str
    opportunity_id: str | None
    legal_entity_id: str
    currency: str
    status: str
    signature_date: date | None
    start_date: date
    end_date: date | None
    notice_days: int | None = None
    nte_amount: Decimal | None = None
    rate_date_basis: str | None = None
    conversion_allowed: bool | None = None


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One version of a line. `change_kind` is empty for the first version."""

    contract_line_id: str
    line_version: int
    contract_id: str
    project_id: str | None
    line_name: str
    contract_type: str
    currency: str
    start_date: date
    end_date: date | None
    signed_at: date | None
    valid_from: date | None
    valid_to: date | None = None
    task_id: str | None = None
    practice_id: str | None = None
    legal_entity_id: str | None = None
    transaction_price: Decimal | None = None
    estimated_value: Decimal | None = None
    minimum_commitment: Decimal | None = None
    nte_amount: Decimal | None = None
    included_hours: Decimal | None = None
    eligible_roles: str | None = None
    period_fee: Decimal | None = None
    billing_frequency: str | None = None
    termination_date: date | None = None
    acceptance_required: bool | None = None
    revenue_method: str | None = None
    expense_markup_pct: Decimal | None = None
    discount_pct: Decimal | None = None
    change_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    contract_id: str
    amendment_number: int
    contract_line_id: str
    amount_delta: Decimal
    currency: str
    is_distinct: bool
    signature_date: date
    effective_date: date
    change_kind: str


@dataclass(frozen=True, slots=True)
class RateCard:
    rate_card_row_id: str
    rate_type: str
    scope: str
    scope_id: str | None
    rate: Decimal
    currency: str
    person_id: str | None = None
    role: str | None = None
    region: str | None = None
    work_type: str | None = None
    multiplier: Decimal | None = None
    discount_pct: Decimal | None = None
    zero_rate_reason: str | None = None
    approved_by: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    assignment_id: str
    project_id: str
    task_id: str | None
    person_id: str | None
    role: str | None
    hours_per_day: Decimal | None
    total_hours: Decimal | None
    is_hard: bool | None
    is_billable: bool | None
    kind: str | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Milestone:
    milestone_id: str
    project_id: str
    contract_line_id: str
    milestone_name: str
    amount: Decimal
    currency: str
    planned_date: date | None
    completed_date: date | None
    accepted_date: date | None
    represents: str | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    """`amount` includes tax."""

    expense_id: str
    person_id: str
    project_id: str | None
    expense_date: date
    expense_type: str
    amount: Decimal
    tax_amount: Decimal | None
    is_tax_recoverable: bool | None
    currency: str
    is_billable: bool | None
    status: str
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class BillingEvent:
    billing_event_id: str
    kind: str
    contract_line_id: str | None
    project_id: str | None
    amount: Decimal
    currency: str
    status: str
    period_start: date | None = None
    period_end: date | None = None
    due_date: date | None = None
    milestone_id: str | None = None
    time_entry_id: str | None = None
    expense_id: str | None = None
    invoice_id: str | None = None
    invoice_line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts of a credit note are negative."""

    invoice_id: str
    legal_entity_id: str
    customer_id: str
    contract_id: str
    kind: str
    status: str
    issue_date: date
    posting_date: date | None
    due_date: date | None
    currency: str
    amount_untaxed: Decimal
    amount_tax: Decimal
    amount_due: Decimal
    reverses_invoice_id: str | None = None
    rebill_group_id: str | None = None
    credit_reason: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    invoice_line_id: str
    invoice_id: str
    line_number: int
    contract_line_id: str | None
    project_id: str | None
    kind: str
    quantity: Decimal | None
    amount_untaxed: Decimal
    amount_tax: Decimal
    account_id: str


@dataclass(frozen=True, slots=True)
class Payment:
    payment_id: str
    invoice_id: str
    payment_date: date
    amount: Decimal
    currency: str
    legal_entity_id: str


@dataclass(frozen=True, slots=True)
class RevenueLine:
    revenue_schedule_line_id: str
    contract_line_id: str
    project_id: str | None
    legal_entity_id: str
    period_start: date
    period_end: date
    planned_amount: Decimal | None
    recognized_amount: Decimal | None
    currency: str
    posting_date: date | None
    journal_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class GlEntry:
    """Debit positive, credit negative."""

    journal_id: str
    line_number: int
    legal_entity_id: str
    account_id: str
    account_kind: str
    accounting_date: date
    amount: Decimal
    currency: str
    functional_amount: Decimal | None
    project_id: str | None
    source_document: str
    entry_source: str


@dataclass(frozen=True, slots=True)
class VendorBill:
    vendor_bill_line_id: str
    vendor_name: str
    legal_entity_id: str
    project_id: str | None
    person_id: str | None
    bill_date: date
    amount: Decimal
    currency: str
    is_pass_through: bool | None
    status: str


@dataclass(slots=True)
class Money:
    """Everything that the money metrics are computed from, beside the time sheet.

    `line_copies` are what other systems than the CRM hold of contract lines, by system; no metric counts them.
    """

    opportunities: list[Opportunity] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    contract_lines: list[ContractLine] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    rate_cards: list[RateCard] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    expenses: list[Expense] = field(default_factory=list)
    billing_events: list[BillingEvent] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    invoice_lines: list[InvoiceLine] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    revenue_lines: list[RevenueLine] = field(default_factory=list)
    gl_entries: list[GlEntry] = field(default_factory=list)
    vendor_bills: list[VendorBill] = field(default_factory=list)
    line_copies: dict[str, list[ContractLine]] = field(default_factory=dict)
