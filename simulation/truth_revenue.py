"""Billed and recognized revenue, and what hours were sold for. Part of the oracle.

Rules are those of MONEY_RULES.md, chapters "Billed", "Recognized" and "Rates earned".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from simulation.truth import UNASSIGNED
from simulation.truth_facts import Fact, Ground, Key, ratio
from simulation.truth_people import ZERO
from simulation.truth_pricing import Rate

MONTHLY = ("month", "practice", "entity", "contract_type")


class RevenueTruth:
    """Flows by month of posting (billed, recognized) or of work (rates)."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.firm = ground.firm
        self._hours: list[Fact] | None = None

    def billed(self) -> list[Fact]:
        """billed_revenue and, as positive amounts, credit_notes: posted lines by posting date."""
        invoices = {invoice.invoice_id: invoice for invoice in self.firm.money.invoices}
        found: list[Fact] = []
        for row in self.firm.money.invoice_lines:
            invoice = invoices[row.invoice_id]
            if invoice.status not in ("posted", "paid") or invoice.posting_date is None:
                continue
            if row.contract_line_id is None:
                continue
            day = invoice.posting_date
            fact = self.ground.line_fact
            found.append(
                fact(
                    "billed_revenue", row.contract_line_id, day, row.amount_untaxed, item=row.invoice_line_id
                )
            )
            if invoice.kind == "credit_note":
                found.append(
                    fact(
                        "credit_notes",
                        row.contract_line_id,
                        day,
                        -row.amount_untaxed,
                        item=row.invoice_line_id,
                    )
                )
        return found

    def recognized(self, basis: str = "ledger") -> list[Fact]:
        """recognized_revenue_ledger: posted revenue lines by posting date, or by service period."""
        found: list[Fact] = []
        for row in self.firm.money.revenue_lines:
            if row.status == "posted" and row.posting_date is not None and row.recognized_amount is not None:
                day = row.posting_date if basis == "ledger" else row.period_start
                found.append(
                    self.ground.line_fact(
                        "recognized_revenue_ledger", row.contract_line_id, day, row.recognized_amount,
                        item=row.revenue_schedule_line_id,
                    )
                )  # fmt: skip
        return found

    def priced_hours(self) -> list[Fact]:
        """Approved billable client hours by work date, with contract and standard value where they have them.

        Measures: billable (hours only, every entry), unpriced (hours of time and materials and of work without a
        line that found no price), contract (value at the contract rate), and for entries that have both values
        realized and standard.
        """
        if self._hours is not None:
            return self._hours
        ground, truth, book = self.ground, self.ground.truth, self.ground.book
        found: list[Fact] = []
        for entry in truth.entries:
            hours = truth.hours_of(entry)
            if "billable" not in hours:
                continue
            line = book.line_for(entry.project_id, entry.task_id, entry.work_date)
            if line is None:
                plain = ground.project_fact(
                    "billable", entry.project_id, None, UNASSIGNED, entry.work_date, None, UNASSIGNED,
                    hours=entry.hours, item=entry.time_entry_id,
                )  # fmt: skip
                found += [plain, _renamed(plain, "unpriced")]
                continue

            def fact(measure: str, rate: Rate | None, entry=entry, line=line) -> Fact:  # type: ignore[no-untyped-def]
                amount = ground.pricer.price(entry.hours, rate, line.currency)
                return ground.line_fact(
                    measure, line.contract_line_id, entry.work_date, amount,
                    hours=entry.hours, item=entry.time_entry_id,
                )  # fmt: skip

            found.append(fact("billable", None))
            if line.contract_type != "time_and_materials":
                continue
            sold = ground.pricer.of_entry(entry, line)
            if sold is None or sold.unit is None:
                found.append(fact("unpriced", None))
                continue
            found.append(fact("contract", sold))
            standard = ground.pricer.of_entry(entry, line, "standard")
            if standard is not None and standard.unit is not None:
                found += [fact("realized", sold), fact("standard", standard)]
        self._hours = found
        return found

    def unpriced_hours(
        self, mode: str = "as_was", currency: str = "transaction", by: Sequence[str] = MONTHLY
    ) -> dict[Key, object]:
        """Hours without a price; in a converted currency also those whose price has no exchange rate."""
        missing = [
            fact
            for fact in self.priced_hours()
            if fact.measure == "unpriced" or (fact.measure == "contract" and fact.amounts[currency] is None)
        ]
        return dict(self.ground.hours(missing, mode, currency, by))

    def rate_realization(
        self, mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = MONTHLY
    ) -> dict[Key, Fraction | None]:
        facts = self.priced_hours()
        above = self.ground.total(facts, mode, currency, by, ("realized",))
        below = self.ground.total(facts, mode, currency, by, ("standard",))
        return {key: ratio(above[key], below.get(key)) for key in above}

    def average_bill_rate(
        self, mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = MONTHLY
    ) -> dict[Key, Fraction | None]:
        """Contract value over the hours that have one, in money an hour; time and materials only."""
        priced = [
            f for f in self.priced_hours() if f.measure == "contract" and f.amounts[currency] is not None
        ]
        value = self.ground.total(priced, mode, currency, by)
        hours = self.ground.hours(priced, mode, currency, by)
        return {key: ratio(value[key], hours[key]) for key in value}

    def effective_bill_rate(
        self, mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = MONTHLY
    ) -> dict[Key, Fraction | None]:
        """Recognized net service revenue by service month over billable hours; None without revenue or hours."""
        service = [f for f in self.recognized("service") if f.contract_type != "expense"]
        revenue = self.ground.total(service, mode, currency, by)
        billable = [fact for fact in self.priced_hours() if fact.measure == "billable"]
        hours = self.ground.hours(billable, mode, currency, by)
        return {key: ratio(revenue.get(key), hours.get(key, ZERO)) for key in {**hours, **revenue}}


def _renamed(fact: Fact, measure: str) -> Fact:
    return replace(fact, measure=measure)
