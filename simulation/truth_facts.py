"""Money facts of the oracle: one signed amount with its date, its owners and its value in four currency modes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from simulation.events import Firm
from simulation.truth import UNASSIGNED, Truth
from simulation.truth_money import EXACT, Exchange, rounded
from simulation.truth_people import ZERO
from simulation.truth_pricing import Book, Pricer, Spot

CURRENCIES = ("transaction", "functional", "reporting", "constant")
Key = tuple[object, ...]
Amounts = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Fact:
    """`sides` are (practice name, entity) by mode. An amount of None has no exchange rate, or no price."""

    measure: str
    day: date
    sides: dict[str, tuple[str, str]]
    contract_type: str
    contract: str
    line: str
    project: str
    currency: str
    functional_currency: str
    amounts: Amounts
    hours: Decimal = ZERO
    item: str = ""
    extra: dict[str, Decimal] = field(default_factory=dict)

    def dimension(self, name: str, mode: str, currency: str, reporting: str) -> object:
        if name == "month":
            return self.day.replace(day=1)
        if name in ("practice", "entity"):
            return self.sides[mode][("practice", "entity").index(name)]
        if name == "currency":
            if currency == "transaction":
                return self.currency
            return self.functional_currency if currency == "functional" else reporting
        return getattr(self, name)


class Ground:
    """What all money truths stand on: the hour truth, the contracts, the prices and the exchange rates of one firm."""

    def __init__(self, firm: Firm, truth: Truth | None = None) -> None:
        self.firm = firm
        self.truth = truth or Truth(firm)
        self.people = self.truth.people
        self.book = Book(firm)
        self.pricer = Pricer(firm, self.people, self.book)
        self.exchange = Exchange(firm)
        self.spot = Spot(firm)
        self.own_currency = {e.legal_entity_id: e.functional_currency for e in firm.legal_entities}

    def sides_of_line(self, line_id: str, day: date) -> dict[str, tuple[str, str]]:
        return {"as_was": self.book.side(line_id, day), "as_is": self.book.side(line_id, self.firm.as_of)}

    def sides_of_project(self, project_id: str | None, day: date) -> dict[str, tuple[str, str]]:
        return {
            "as_was": self.book.project_side(project_id, day),
            "as_is": self.book.project_side(project_id, self.firm.as_of),
        }

    def flow(self, amount: Decimal | None, currency: str, own: str | None, day: date) -> Amounts:
        """Two steps at the average of the month: functional, then reporting. Constant is direct."""
        found: Amounts = dict.fromkeys(CURRENCIES)
        if amount is None:
            return found
        found["transaction"] = amount
        fixed = self.exchange.constant(currency, self.firm.reporting_currency)
        found["constant"] = None if fixed is None else rounded(EXACT.multiply(amount, fixed), 6)
        first = self.exchange.average(currency, own, day) if own else None
        if first is not None and own is not None:
            functional = found["functional"] = rounded(EXACT.multiply(amount, first), 6)
            second = self.exchange.average(own, self.firm.reporting_currency, day)
            found["reporting"] = None if second is None else rounded(EXACT.multiply(functional, second), 6)
        return found

    def at_spot(self, amount: Decimal | None, currency: str, own: str | None, day: date) -> Amounts:
        """Straight to functional and to reporting currency at the spot rate of that day. Constant is direct."""
        found: Amounts = dict.fromkeys(CURRENCIES)
        if amount is None:
            return found
        found["transaction"] = amount
        for mode, rate in (
            ("functional", self.spot.rate(currency, own, day) if own else None),
            ("reporting", self.spot.rate(currency, self.firm.reporting_currency, day)),
            ("constant", self.exchange.constant(currency, self.firm.reporting_currency)),
        ):
            found[mode] = None if rate is None else rounded(EXACT.multiply(amount, rate), 6)
        return found

    def line_fact(
        self,
        measure: str,
        line_id: str,
        day: date,
        amount: Decimal | None,
        at_spot: date | None = None,
        **more: object,
    ) -> Fact:
        """A fact of a contract line. With `at_spot`, converted at the spot of that day; else at month averages."""
        version = self.book.version_on(line_id, day)
        entity = self.book.entity_id(line_id, day)
        own = self.own_currency.get(entity)
        amounts = (
            self.flow(amount, version.currency, own, day)
            if at_spot is None
            else self.at_spot(amount, version.currency, own, at_spot)
        )
        return Fact(
            measure,
            day,
            self.sides_of_line(line_id, day),
            version.contract_type,
            version.contract_id,
            line_id,
            version.project_id or UNASSIGNED,
            version.currency,
            own or UNASSIGNED,
            amounts,
            **more,  # type: ignore[arg-type]
        )

    def project_fact(
        self,
        measure: str,
        project_id: str,
        line_id: str | None,
        contract_type: str,
        day: date,
        amount: Decimal | None,
        currency: str,
        **more: object,
    ) -> Fact:
        """A cost of a project: practice, entity and functional currency are the project's."""
        own = self.own_currency.get(self.book.project_side(project_id, day)[1])
        contract = self.book.last[line_id].contract_id if line_id else UNASSIGNED
        return Fact(
            measure,
            day,
            self.sides_of_project(project_id, day),
            contract_type,
            contract,
            line_id or UNASSIGNED,
            project_id,
            currency,
            own or UNASSIGNED,
            self.flow(amount, currency, own, day),
            **more,  # type: ignore[arg-type]
        )

    def total(
        self,
        facts: Iterable[Fact],
        mode: str = "as_was",
        currency: str = "reporting",
        by: Sequence[str] = (),
        measures: Iterable[str] | None = None,
    ) -> dict[Key, Decimal]:
        """Sums of amounts; nulls are skipped, and a group of nulls only is absent."""
        wanted = set(measures) if measures is not None else None
        sums: dict[Key, Decimal] = {}
        for fact in facts:
            amount = fact.amounts[currency]
            if amount is None or (wanted is not None and fact.measure not in wanted):
                continue
            key = self.key(fact, mode, currency, by)
            sums[key] = sums.get(key, ZERO) + amount
        return sums

    def hours(
        self, facts: Iterable[Fact], mode: str = "as_was", currency: str = "reporting", by: Sequence[str] = ()
    ) -> dict[Key, Decimal]:
        sums: dict[Key, Decimal] = {}
        for fact in facts:
            key = self.key(fact, mode, currency, by)
            sums[key] = sums.get(key, ZERO) + fact.hours
        return sums

    def key(self, fact: Fact, mode: str, currency: str, by: Sequence[str]) -> Key:
        return tuple(fact.dimension(name, mode, currency, self.firm.reporting_currency) for name in by)


def ratio(above: Decimal | None, below: Decimal | None) -> Fraction | None:
    """A ratio of sums; None where the denominator is zero or absent."""
    if above is None or not below:
        return None
    return Fraction(above) / Fraction(below)
