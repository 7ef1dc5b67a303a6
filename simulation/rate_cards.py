"""What an hour is sold for, on all seven levels: with ties, gaps, overlapping rows, multipliers and discounts."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from simulation.events import Firm
from simulation.money_events import RateCard
from simulation.window import Window

# Operations specialists and apprentices are nowhere: their billable hours stay unpriced.
FIRM_RATE = {
    "Partner": 420,
    "Principal": 340,
    "Manager": 260,
    "Senior Consultant": 205,
    "Consultant": 165,
    "Analyst": 125,
    "Contractor": 140,
}
CURRENCY_FACTOR = {"USD": Decimal(1), "GBP": Decimal("0.8"), "EUR": Decimal("0.93")}


class Cards:
    def __init__(self, firm: Firm) -> None:
        self.rows = firm.money.rate_cards

    def add(
        self, scope: str, scope_id: str | None, rate: Decimal | int | str, currency: str, **more: object
    ) -> None:
        rate_type = str(more.pop("rate_type", "bill"))
        number = f"RC-{len(self.rows) + 1:06d}"
        value = Decimal(rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        self.rows.append(RateCard(number, rate_type, scope, scope_id, value, currency, **more))  # type: ignore[arg-type]


def publish_rates(firm: Firm, window: Window) -> None:
    cards = Cards(firm)
    _firm_and_practice(cards, window)
    _agreed(cards, firm, window)
    _overrides(cards, firm)


def _firm_and_practice(cards: Cards, window: Window) -> None:
    middle, gap_from, gap_to = window.mid_month(0.5), window.day(0.3), window.day(0.36)
    for currency, factor in CURRENCY_FACTOR.items():
        for role, base in FIRM_RATE.items():
            rate = base * factor
            cards.add("firm", None, rate * Decimal("1.08"), currency, role=role, rate_type="standard")
            if (role, currency) == ("Analyst", "EUR"):
                # Nobody renewed it in time: a gap.
                cards.add("firm", None, rate, currency, role=role, valid_to=gap_from)
                cards.add("firm", None, rate + 4, currency, role=role, valid_from=gap_to)
                continue
            cards.add("firm", None, rate, currency, role=role, valid_to=middle)
            cards.add("firm", None, rate * Decimal("1.04"), currency, role=role, valid_from=middle)
        # Two rows that overlap: the one that starts later wins.
        cards.add("practice", "DATA", 270 * factor, currency, role="Manager")
        cards.add("practice", "DATA", 280 * factor, currency, role="Manager", valid_from=window.day(0.4))
        # A practice and a region that meet on one level with one dimension each: the lower id wins.
        cards.add("practice", "CLOUD", 172 * factor, currency, role="Consultant")
        cards.add("region", "Europe", 168 * factor, currency, role="Consultant")
        cards.add("region", "Europe", 240 * factor, currency, role="Senior Consultant", work_type="weekend")


def _agreed(cards: Cards, firm: Firm, window: Window) -> None:
    busiest: dict[str, Counter[str]] = {}
    for entry in firm.time_entries:
        if entry.person_id.startswith("E-"):
            busiest.setdefault(entry.project_id, Counter())[entry.person_id] += 1
    money = firm.money
    project_of = {line.contract_id: line.project_id for line in money.contract_lines}
    priced: set[str] = set()
    for contract in money.contracts:
        number = int(contract.contract_id[2:])
        factor = CURRENCY_FACTOR.get(contract.currency)
        project_id = project_of[contract.contract_id] or ""
        # Of equally busy people the lowest id, so that no order of insertion decides.
        people = sorted(busiest.get(project_id, Counter()).items(), key=lambda item: (-item[1], item[0]))
        person = people[0][0] if people else None
        model = (number - 1) % 11
        if factor is None:
            continue
        if model in (0, 5):
            scope_id = contract.contract_id
            for place, role in enumerate(("Consultant", "Senior Consultant", "Manager", "Analyst")):
                rate = (150 + 45 * place) * factor
                cards.add("contract", scope_id, rate, contract.currency, role=role)
                cards.add("contract", scope_id, rate + 6, contract.currency, role=role, region="Europe")
            # Ambiguous: the same dimensions twice. The row that starts later wins, then the lower id.
            cards.add("contract", scope_id, 199, contract.currency, role="Principal")
            cards.add("contract", scope_id, 201, contract.currency, role="Principal")
            if person:
                cards.add(
                    "contract", scope_id, 188 * factor, contract.currency, person_id=person,
                    valid_from=window.day(0.25), valid_to=window.mid_month(0.75),
                )  # fmt: skip
        if model in (2, 3, 4):
            cards.add("project", project_id, 158 * factor, contract.currency, role="Consultant")
            cards.add(
                "project", project_id, 158 * factor, contract.currency,
                role="Consultant", work_type="weekend", multiplier=Decimal("1.5"),
            )  # fmt: skip
            if person:
                cards.add("project", project_id, 177 * factor, contract.currency, person_id=person)
        if number % 3 == 0 and contract.customer_id not in priced:
            priced.add(contract.customer_id)
            cards.add(
                "customer", contract.customer_id, 175 * factor, contract.currency,
                discount_pct=Decimal("5"), valid_from=window.day(0.1),
            )  # fmt: skip
            cards.add("customer", contract.customer_id, 230 * factor, contract.currency, role="Manager")


def _overrides(cards: Cards, firm: Firm) -> None:
    """Agreed for one entry: a price, a deliberate zero with its reason, and a zero that nobody explained."""
    capped = {
        line.project_id: line.currency
        for line in firm.money.contract_lines
        if line.contract_type == "time_and_materials" and line.currency in CURRENCY_FACTOR
    }
    seen: set[str] = set()
    for entry in firm.time_entries:
        usable = (
            entry.project_id in capped
            and entry.status in ("approved", "posted")
            and entry.is_billable is not False
            and entry.time_entry_id not in seen
            and not entry.is_deleted
        )
        if not usable:
            continue
        seen.add(entry.time_entry_id)
        currency = capped[entry.project_id]
        place = len(seen)
        if place % 9 == 0:
            rate, reason = {9: (Decimal(111), None), 18: (Decimal(0), "goodwill"), 27: (Decimal(0), None)}[
                place
            ]
            cards.add(
                "override", entry.time_entry_id, rate, currency, zero_rate_reason=reason, approved_by="E-0003"
            )
        if place == 27:
            return
