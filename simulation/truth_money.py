"""What an hour cost: the cost rate of a day and person, and exchange rates. Part of the oracle.

All amounts are Decimal; rounding is half away from zero.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from simulation.events import CostRate, Firm
from simulation.truth_people import covers

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
MINOR_UNIT = {"USD": 2, "GBP": 2, "EUR": 2, "CHF": 2, "JPY": 0}


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero, to that many decimals."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def line_cost(hours: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Cost of one entry in the currency of its rate."""
    return rounded(EXACT.multiply(hours, rate), MINOR_UNIT[currency])


class CostRates:
    """Finds the rate of an hour: project and person, person, role in an entity, role."""

    def __init__(self, rates: list[CostRate]) -> None:
        self._of: dict[tuple[str, str | None], list[CostRate]] = {}
        for rate in rates:
            subject = rate.role if rate.scope.startswith("role") else rate.person_id
            self._of.setdefault((rate.scope, subject), []).append(rate)
        self._found: dict[tuple[object, ...], CostRate | None] = {}

    def find(
        self,
        person_id: str,
        employment_id: str | None,
        project_id: str,
        role: str | None,
        legal_entity_id: str | None,
        day: date,
    ) -> CostRate | None:
        question = (person_id, employment_id, project_id, role, legal_entity_id, day)
        if question not in self._found:
            self._found[question] = self._search(*question)
        return self._found[question]

    def _search(
        self,
        person_id: str,
        employment_id: str | None,
        project_id: str,
        role: str | None,
        legal_entity_id: str | None,
        day: date,
    ) -> CostRate | None:
        of_person = self._on_day("employee", person_id, day)
        levels = [
            [
                rate
                for rate in self._on_day("project_employee", person_id, day)
                if rate.project_id == project_id
            ],
            [
                rate
                for rate in of_person
                if rate.employment_id is not None and rate.employment_id == employment_id
            ],
            [rate for rate in of_person if rate.employment_id is None],
            [
                rate
                for rate in self._on_day("role_entity", role, day)
                if rate.legal_entity_id == legal_entity_id
            ],
            self._on_day("role", role, day),
        ]
        for level in levels:
            if level:
                latest = max(rate.valid_from or date.min for rate in level)
                tied = [rate for rate in level if (rate.valid_from or date.min) == latest]
                return min(tied, key=lambda rate: rate.cost_rate_id)
        return None

    def _on_day(self, scope: str, subject: str | None, day: date) -> list[CostRate]:
        if subject is None:
            return []
        return [
            rate for rate in self._of.get((scope, subject), []) if covers(day, rate.valid_from, rate.valid_to)
        ]


class Exchange:
    """Exchange rates: as published, else inverted, else through the pivot; None where there is no way."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self._spots: dict[tuple[str, str, date], list[Decimal]] = {}
        self._averages: dict[tuple[str, str, date], Decimal] = {}
        for rate in firm.fx_rates:
            month = (rate.from_currency, rate.to_currency, rate.rate_date.replace(day=1))
            if rate.rate_type == "spot":
                self._spots.setdefault(month, []).append(rate.rate)
            elif rate.rate_type == "average":
                self._averages[month] = rate.rate
        self._found: dict[tuple[str, str, date], Decimal | None] = {}
        self._fixed: dict[tuple[str, str], Decimal | None] = {}

    def average(self, source: str, target: str, day: date) -> Decimal | None:
        """Average rate of the month of that day."""
        question = (source, target, day.replace(day=1))
        if question not in self._found:
            self._found[question] = self._way(source, target, question[2], False)
        return self._found[question]

    def constant(self, source: str, target: str) -> Decimal | None:
        """The firm's constant rate: of the chosen type, the latest on or before the chosen date."""
        if (source, target) not in self._fixed:
            self._fixed[source, target] = self._way(source, target, self.firm.constant_rate_date, True)
        return self._fixed[source, target]

    def _way(self, source: str, target: str, day: date, constant: bool) -> Decimal | None:
        if source == target:
            return Decimal(1)
        straight = self._leg(source, target, day, constant)
        pivot = self.firm.fx_pivot
        if straight is not None or pivot in (source, target):
            return straight
        first = self._leg(source, pivot, day, constant)
        second = self._leg(pivot, target, day, constant)
        return None if first is None or second is None else rounded(EXACT.multiply(first, second), 10)

    def _leg(self, source: str, target: str, day: date, constant: bool) -> Decimal | None:
        published = self._published(source, target, day, constant)
        if published is not None:
            return published
        opposite = self._published(target, source, day, constant)
        return None if opposite is None else rounded(EXACT.divide(Decimal(1), opposite), 10)

    def _published(self, source: str, target: str, day: date, constant: bool) -> Decimal | None:
        if constant:
            candidates = [
                rate
                for rate in self.firm.fx_rates
                if (rate.from_currency, rate.to_currency) == (source, target)
                and rate.rate_type == self.firm.constant_rate_type
                and rate.rate_date <= day
            ]
            return max(candidates, key=lambda rate: rate.rate_date).rate if candidates else None
        if (source, target, day) in self._averages:
            return self._averages[source, target, day]
        spots = self._spots.get((source, target, day))
        if not spots:
            return None
        return rounded(EXACT.divide(sum(spots, Decimal(0)), Decimal(len(spots))), 10)
