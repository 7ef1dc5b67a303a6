"""What project work costs and leaves over. Part of the oracle.

Rules are those of MONEY_RULES.md, chapter "Margin".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from simulation.truth import APPROVED, UNASSIGNED
from simulation.truth_facts import Amounts, Fact, Ground, Key, ratio
from simulation.truth_people import ZERO
from simulation.truth_revenue import MONTHLY, RevenueTruth
from simulation.truth_wip import net_cost

COSTS = ("labour", "cost_direct_other", "cost_passthrough")
REVENUES = ("service_revenue", "passthrough_revenue")
# Lines of the bridge from revenue to margin, in their order: what each is, and whether it takes away.
BRIDGE = {
    "margin_bridge_service_revenue": ("service_revenue", 1),
    "margin_bridge_labour": ("labour", -1),
    "margin_bridge_direct_other": ("cost_direct_other", -1),
    "margin_bridge_passthrough_revenue": ("passthrough_revenue", 1),
    "margin_bridge_passthrough_cost": ("cost_passthrough", -1),
    "margin_bridge_margin": ("project_margin", 1),
}


class MarginTruth:
    """Costs of projects that have a customer, and the margin of the ledger's revenue over them, by month."""

    def __init__(self, ground: Ground, revenue: RevenueTruth) -> None:
        self.ground = ground
        self.firm = ground.firm
        self.revenue = revenue
        self.facts = self._labour() + self._bills() + self._expenses() + self._recognized()

    def values(
        self, metric: str, mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = MONTHLY
    ) -> dict[Key, object]:
        """A cost, a revenue, a line of the bridge, project_margin (money) or project_margin_pct (Fraction or None)."""
        if metric in BRIDGE:
            measure, sign = BRIDGE[metric]
            found_by_key = self.values(measure, mode, currency, by)
            return {key: sign * value for key, value in found_by_key.items() if isinstance(value, Decimal)}
        total = self.ground.total
        if metric in (*COSTS, *REVENUES):
            return dict(total(self.facts, mode, currency, by, (metric,)))
        service = total(self.facts, mode, currency, by, ("service_revenue",))
        passed = total(self.facts, mode, currency, by, ("passthrough_revenue",))
        costs = total(self.facts, mode, currency, by, COSTS)
        margin = {
            key: service.get(key, ZERO) + passed.get(key, ZERO) - costs.get(key, ZERO)
            for key in {**service, **passed, **costs}
        }
        if metric == "project_margin":
            return dict(margin)
        found: dict[Key, Fraction | None] = {key: ratio(margin[key], service.get(key)) for key in margin}
        return dict(found)

    def _has_customer(self, project_id: str | None, day: date) -> bool:
        project = self.ground.book.project_on(project_id, day)
        return project is not None and project.customer_id is not None

    def _labour(self) -> list[Fact]:
        """Standard cost of approved time, whatever its category, but for leave."""
        ground, truth = self.ground, self.ground.truth
        found: list[Fact] = []
        for entry in truth.entries:
            if entry.status not in APPROVED or truth.category(entry) == "leave":
                continue
            if not self._has_customer(entry.project_id, entry.work_date):
                continue
            line = ground.book.line_for(entry.project_id, entry.task_id, entry.work_date)
            costs, currency, own = truth.cost_of(entry)
            if costs["transaction"] is None or currency is None:
                continue
            contract_type = line.contract_type if line else UNASSIGNED
            fact = ground.project_fact(
                "labour", entry.project_id, line.contract_line_id if line else None, contract_type,
                entry.work_date, costs["transaction"], currency, item=entry.time_entry_id,
            )  # fmt: skip
            # Labour is converted as cost_standard is: by way of the currency of the entity that employs the person.
            found.append(_with(fact, costs, own or UNASSIGNED))
        return found

    def _bills(self) -> list[Fact]:
        found: list[Fact] = []
        for bill in self.firm.money.vendor_bills:
            # Hours of a contractor are costed already; the bill that names one settles them.
            if bill.status == "draft" or bill.project_id is None or bill.person_id is not None:
                continue
            if not self._has_customer(bill.project_id, bill.bill_date):
                continue
            measure = "cost_passthrough" if bill.is_pass_through else "cost_direct_other"
            found.append(
                self._cost(
                    measure,
                    bill.project_id,
                    bill.bill_date,
                    bill.amount,
                    bill.currency,
                    bill.vendor_bill_line_id,
                )
            )
        return found

    def _expenses(self) -> list[Fact]:
        found: list[Fact] = []
        for expense in self.firm.money.expenses:
            if expense.status not in APPROVED or expense.project_id is None:
                continue
            if not self._has_customer(expense.project_id, expense.expense_date):
                continue
            measure = "cost_passthrough" if expense.is_billable else "cost_direct_other"
            found.append(
                self._cost(
                    measure, expense.project_id, expense.expense_date, net_cost(expense), expense.currency,
                    expense.expense_id,
                )
            )  # fmt: skip
        return found

    def _cost(
        self, measure: str, project_id: str, day: date, amount: Decimal, currency: str, item: str
    ) -> Fact:
        """Contract type: the expense line's where the customer is charged, else the project's main line's."""
        book = self.ground.book
        line = book.line_for(project_id, None, day)
        if measure == "cost_passthrough":
            line = book.expense_line(project_id, day) or line
        return self.ground.project_fact(
            measure, project_id, line.contract_line_id if line else None,
            line.contract_type if line else UNASSIGNED, day, amount, currency, item=item,
        )  # fmt: skip

    def _recognized(self) -> list[Fact]:
        return [
            _named(fact, "passthrough_revenue" if fact.contract_type == "expense" else "service_revenue")
            for fact in self.revenue.recognized()
        ]


def _named(fact: Fact, measure: str) -> Fact:
    return replace(fact, measure=measure)


def _with(fact: Fact, amounts: Amounts, own: str) -> Fact:
    return replace(fact, amounts=amounts, functional_currency=own)
