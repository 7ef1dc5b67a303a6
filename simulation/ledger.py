"""What the ERP posts: revenue lines, supplier bills, and the journals of invoices, cash, revenue and bills."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulation.billing import ZERO, cents, next_month
from simulation.events import Firm
from simulation.money_events import ContractLine, GlEntry, RevenueLine, VendorBill
from simulation.truth_money import Exchange
from simulation.truth_pricing import Book
from simulation.window import Window

# Account, kind of account, amount, project.
Leg = tuple[str, str, Decimal, str | None]
FLAT_HOUR = {"USD": 170, "GBP": 136, "EUR": 158, "CHF": 190, "JPY": 24000}


def recognize(firm: Firm, window: Window, book: Book) -> None:
    """One revenue line a contract line and month; some contracts have none, because their ERP does not do it."""
    rng = random.Random(f"revenue {firm.size} {firm.seed}")
    hours: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for entry in firm.time_entries:
        line = book.line_for(entry.project_id, entry.task_id, entry.work_date)
        done = entry.status in ("approved", "posted") and entry.work_date <= firm.as_of
        if line and done and entry.is_billable is not False and not entry.is_deleted:
            hours[line.contract_line_id, entry.work_date.replace(day=1)] += entry.hours
    spent: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for event in firm.money.billing_events:
        if event.kind in ("expense", "usage") and event.status == "invoiced":
            invoiced = event.period_start or window.history_from
            spent[event.contract_line_id or "", invoiced.replace(day=1)] += event.amount
    accepted: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for milestone in firm.money.milestones:
        reached = milestone.accepted_date or milestone.completed_date
        if reached:
            accepted[milestone.contract_line_id, reached.replace(day=1)] += milestone.amount
    for line in book.last.values():
        number = int(line.contract_id[2:])
        if book.contracts[line.contract_id].signature_date is None or number % 7 == 5:
            continue
        flat = FLAT_HOUR[line.currency]
        for month in window.months():
            last = next_month(month) - timedelta(days=1)
            key = (line.contract_line_id, month)
            if line.contract_type in ("time_and_materials",):
                amount = hours[key] * flat
            elif line.contract_type == "milestone":
                amount = accepted[key]
            elif line.contract_type in ("expense", "usage"):
                amount = spent[key]
            else:
                amount = _ratable(line, month, last)
                if line.contract_type == "percent_of_completion":
                    # Burns a fifth faster than the calendar: overruns its price a little towards the end.
                    amount *= Decimal("1.2")
            if not amount:
                continue
            # A tenth is posted a month late.
            posted = last if rng.random() < 0.9 else next_month(last) + timedelta(days=9)
            _post(firm, book, line, month, last, posted, cents(amount, line.currency))
        ahead = next_month(window.as_of)
        planned = _ratable(line, ahead, next_month(ahead) - timedelta(days=1))
        if planned:
            _post(firm, book, line, ahead, next_month(ahead) - timedelta(days=1), None, planned)
    # Two corrections, one below zero.
    for source in firm.money.revenue_lines[3:20:12]:
        if source.posting_date and source.posting_date <= firm.as_of and source.recognized_amount:
            line = book.last[source.contract_line_id]
            back = -cents(source.recognized_amount / 4, source.currency)
            _post(firm, book, line, source.period_start, source.period_end, firm.as_of, back)


def _ratable(line: ContractLine, first: date, last: date) -> Decimal:
    """The price by days."""
    if line.transaction_price is None or line.end_date is None or line.contract_type == "milestone":
        return ZERO
    days = (min(last, line.end_date) - max(first, line.start_date)).days + 1
    term = (line.end_date - line.start_date).days + 1
    return cents(line.transaction_price * max(0, days) / term, line.currency)


def _post(
    firm: Firm, book: Book, line: ContractLine, first: date, last: date, posted: date | None, amount: Decimal
) -> None:
    """Planned lines, and lines whose posting would fall after the as-of date, are not posted."""
    done = posted is not None and posted <= firm.as_of
    number = len(firm.money.revenue_lines) + 1
    firm.money.revenue_lines.append(
        RevenueLine(
            f"RS-{number:06d}",
            line.contract_line_id,
            line.project_id,
            book.contract(line.contract_line_id).legal_entity_id,
            first,
            last,
            amount,
            amount if done else None,
            line.currency,
            posted if done else None,
            f"JR-{number:06d}" if done else None,
            "posted" if done else "planned",
        )
    )


def buy(firm: Firm, window: Window) -> None:
    """Supplier bills: passed on and not, of a contractor whose hours are costed already, on no project, a draft."""
    rng = random.Random(f"bills {firm.size} {firm.seed}")
    seen: set[str] = set()
    for project in firm.projects:
        if project.customer_id is None or project.project_id in seen or project.legal_entity_id is None:
            continue
        seen.add(project.project_id)
        if len(seen) % 2 == 0:
            continue
        for share in (0.2, 0.55, 0.85):
            place = len(firm.money.vendor_bills) + 1
            firm.money.vendor_bills.append(
                VendorBill(
                    f"VB-{place:05d}",
                    f"Supplier {place % 7 + 1:02d}",
                    project.legal_entity_id,
                    None if place % 17 == 0 else project.project_id,
                    "X-0001" if place % 8 == 5 else None,
                    window.day(share),
                    Decimal(rng.randrange(300, 9000)) + Decimal("0.45"),
                    "CHF" if place % 11 == 9 else project.currency or "USD",
                    {0: True, 1: None}.get(place % 3, False),
                    "draft" if place % 10 == 4 else "posted",
                )
            )


class Journal:
    """Writes balanced journals; the last line takes what rounding leaves in functional currency."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.exchange = Exchange(firm)
        self.own = {entity.legal_entity_id: entity.functional_currency for entity in firm.legal_entities}

    def post(
        self,
        journal_id: str,
        entity: str,
        day: date,
        currency: str,
        source: str,
        document: str,
        lines: Sequence[Leg],
    ) -> None:
        """One balanced journal."""
        rate = self.exchange.average(currency, self.own[entity], day)
        left = ZERO
        for number, (account, kind, amount, project) in enumerate(lines, start=1):
            functional = None
            if rate is not None:
                functional = (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
                functional = -left if number == len(lines) else functional
                left += functional
            self.firm.money.gl_entries.append(
                GlEntry(
                    journal_id, number, entity, account, kind, day, amount, currency, functional,
                    project, document, source,
                )
            )  # fmt: skip


def keep_books(firm: Firm) -> None:
    journal, money = Journal(firm), firm.money
    lines_of: dict[str, list[Leg]] = defaultdict(list)
    for line in money.invoice_lines:
        lines_of[line.invoice_id].append(("2500", "billings", -line.amount_untaxed, line.project_id))
    for invoice in money.invoices:
        if invoice.posting_date is not None:
            rows: list[Leg] = [("1100", "receivable", invoice.amount_untaxed + invoice.amount_tax, None)]
            rows += lines_of[invoice.invoice_id]
            if invoice.amount_tax:
                rows.append(("2200", "tax", -invoice.amount_tax, None))
            journal.post(
                f"JI-{invoice.invoice_id}", invoice.legal_entity_id, invoice.posting_date, invoice.currency,
                "billing", invoice.invoice_id, rows,
            )  # fmt: skip
    for payment in money.payments:
        journal.post(
            f"JP-{payment.payment_id}", payment.legal_entity_id, payment.payment_date, payment.currency,
            "cash", payment.payment_id,
            [("1000", "bank", payment.amount, None), ("1100", "receivable", -payment.amount, None)],
        )  # fmt: skip
    for revenue in money.revenue_lines:
        if revenue.journal_id and revenue.posting_date and revenue.recognized_amount:
            amount = revenue.recognized_amount
            journal.post(
                revenue.journal_id, revenue.legal_entity_id, revenue.posting_date, revenue.currency,
                "revenue", revenue.revenue_schedule_line_id,
                [("2500", "billings", amount, revenue.project_id), ("4100", "revenue", -amount, revenue.project_id)],
            )  # fmt: skip
    for bill in money.vendor_bills:
        if bill.status != "draft":
            journal.post(
                f"JV-{bill.vendor_bill_line_id}", bill.legal_entity_id, bill.bill_date, bill.currency,
                "purchase", bill.vendor_bill_line_id,
                [("5200", "cost", bill.amount, bill.project_id), ("2000", "payable", -bill.amount, None)],
            )  # fmt: skip
