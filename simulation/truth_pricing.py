"""What an hour is sold for: its contract line, its rate, and why. Part of the oracle.

Rules are those of MONEY_RULES.md, chapters "Which line", "Which rate" and "Price".
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from simulation.events import Firm, ProjectVersion, TimeEntry
from simulation.money_events import Contract, ContractLine, RateCard
from simulation.truth_money import EXACT, MINOR_UNIT, Exchange, rounded
from simulation.truth_people import NOTHING_KNOWN, ZERO, People, covers

LINE_ORDER = ("time_and_materials", "retainer", "fixed_fee", "milestone", "percent_of_completion")
LEVELS = ("override", "contract_person", "contract_role", "project", "customer", "practice_region", "firm")
ONE = Decimal(1)
HUNDRED = Decimal(100)


class Spot:
    """Spot rates of a day: of the day itself, else the latest of the five business days before it, else none."""

    def __init__(self, firm: Firm) -> None:
        self.pivot = firm.fx_pivot
        self._rates = {
            (rate.from_currency, rate.to_currency, rate.rate_date): rate.rate
            for rate in firm.fx_rates
            if rate.rate_type == "spot"
        }
        self._found: dict[tuple[str, str, date], Decimal | None] = {}

    def rate(self, source: str, target: str, day: date) -> Decimal | None:
        if source == target:
            return ONE
        question = (source, target, day)
        if question not in self._found:
            straight = self._leg(source, target, day)
            if straight is None and self.pivot not in (source, target):
                first = self._leg(source, self.pivot, day)
                second = self._leg(self.pivot, target, day)
                if first is not None and second is not None:
                    straight = rounded(EXACT.multiply(first, second), 10)
            self._found[question] = straight
        return self._found[question]

    def _leg(self, source: str, target: str, day: date) -> Decimal | None:
        direct = self._latest(source, target, day)
        if direct is not None:
            return direct
        opposite = self._latest(target, source, day)
        return None if opposite is None else rounded(EXACT.divide(ONE, opposite), 10)

    def _latest(self, source: str, target: str, day: date) -> Decimal | None:
        business_days = 0
        while True:
            found = self._rates.get((source, target, day))
            if found is not None:
                return found
            if day.weekday() < 5:
                business_days += 1
            if business_days > 5:
                return None
            day -= timedelta(days=1)


class Book:
    """Contracts and their lines: which version holds when, and which line an hour belongs to."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        money = firm.money
        self.contracts = {contract.contract_id: contract for contract in money.contracts}
        self.versions: dict[str, list[ContractLine]] = {}
        for version in money.contract_lines:
            self.versions.setdefault(version.contract_line_id, []).append(version)
        for versions in self.versions.values():
            versions.sort(key=lambda version: version.line_version)
        self.last = {line_id: versions[-1] for line_id, versions in self.versions.items()}
        self._of_project: dict[str, list[ContractLine]] = {}
        for version in self.last.values():
            if version.project_id and self.contracts[version.contract_id].signature_date is not None:
                self._of_project.setdefault(version.project_id, []).append(version)
        self._projects: dict[str, list[ProjectVersion]] = {}
        for project in firm.projects:
            self._projects.setdefault(project.project_id, []).append(project)
        self._practice_name = {practice.practice_id: practice.practice_name for practice in firm.practices}

    def contract(self, line_id: str) -> Contract:
        return self.contracts[self.last[line_id].contract_id]

    def version_on(self, line_id: str, day: date) -> ContractLine:
        """By validity; outside all intervals the last before, else the first."""
        versions = self.versions[line_id]
        on_day = [version for version in versions if covers(day, version.valid_from, version.valid_to)]
        begun = [version for version in versions if (version.valid_from or date.min) <= day]
        chosen = on_day or begun
        return chosen[-1] if chosen else versions[0]

    def taken_effect(self, version: ContractLine) -> date | None:
        """Day from which the values of a version count: its signature; a re-estimate needs none. None: never."""
        signature_date = self.contracts[version.contract_id].signature_date
        if signature_date is None:
            return None
        if version.signed_at is not None:
            return version.signed_at
        return max(version.valid_from or signature_date, signature_date)

    def signed(self, line_id: str, day: date) -> ContractLine | None:
        """The version whose values hold on that day; None before the first signature."""
        held: ContractLine | None = None
        for version in self.versions[line_id]:
            since = self.taken_effect(version)
            if since is not None and since <= day:
                held = version
        return held

    def line_for(self, project_id: str, task_id: str | None, day: date) -> ContractLine | None:
        """The line that work of that day belongs to: its task's line, else time and materials first."""
        running = [
            line
            for line in self._of_project.get(project_id, [])
            if line.contract_type in LINE_ORDER
            and line.start_date <= day
            and (line.end_date is None or day <= line.end_date)
            and line.task_id in (None, task_id)
        ]
        if not running:
            return None
        return min(
            running,
            key=lambda line: (
                line.task_id is None,
                LINE_ORDER.index(line.contract_type),
                line.contract_line_id,
            ),
        )

    def expense_line(self, project_id: str | None, day: date) -> ContractLine | None:
        running = [
            line
            for line in self._of_project.get(project_id or "", [])
            if line.contract_type == "expense"
            and line.start_date <= day
            and (line.end_date is None or day <= line.end_date)
        ]
        return min(running, key=lambda line: line.contract_line_id) if running else None

    def project_on(self, project_id: str | None, day: date) -> ProjectVersion | None:
        """The project on that day; outside its intervals the last before, else the first."""
        versions = sorted(
            self._projects.get(project_id or "", []), key=lambda version: version.valid_from or date.min
        )
        on_day = [version for version in versions if covers(day, version.valid_from, version.valid_to)]
        begun = [version for version in versions if (version.valid_from or date.min) <= day]
        chosen = on_day or begun
        return chosen[-1] if chosen else versions[0] if versions else None

    def practice_id(self, line_id: str, day: date) -> str | None:
        version = self.version_on(line_id, day)
        if version.practice_id:
            return version.practice_id
        project = self.project_on(version.project_id, day)
        return project.practice_id if project else None

    def entity_id(self, line_id: str, day: date) -> str:
        return self.version_on(line_id, day).legal_entity_id or self.contract(line_id).legal_entity_id

    def side(self, line_id: str, day: date) -> tuple[str, str]:
        """(practice name, entity) of a line on a day."""
        practice = self._practice_name.get(self.practice_id(line_id, day) or "", "Unassigned")
        return practice, self.entity_id(line_id, day)

    def project_side(self, project_id: str | None, day: date) -> tuple[str, str]:
        """(practice name, entity) of a project on a day."""
        project = self.project_on(project_id, day)
        if project is None:
            return "Unassigned", "Unassigned"
        return (
            self._practice_name.get(project.practice_id or "", "Unassigned"),
            project.legal_entity_id or "Unassigned",
        )


class Rate(NamedTuple):
    """A resolved rate. `unit` is per hour in contract currency after multiplier and discounts, to ten decimals."""

    unit: Decimal | None
    level: str
    row_id: str
    is_ambiguous: bool


class Pricer:
    """Prices hours. One question is asked of the rate cards once."""

    def __init__(self, firm: Firm, people: People, book: Book) -> None:
        self.firm = firm
        self.people = people
        self.book = book
        self.exchange = Exchange(firm)
        self._cards: dict[tuple[str, str, str | None], list[RateCard]] = {}
        for card in firm.money.rate_cards:
            scope_id = None if card.scope == "firm" else card.scope_id
            self._cards.setdefault((card.rate_type, card.scope, scope_id), []).append(card)
        self._overridden = {c.scope_id for c in firm.money.rate_cards if c.scope == "override"}
        self._found: dict[tuple[object, ...], Rate | None] = {}

    def role_and_region(
        self, person_id: str, day: date, named: str | None = None
    ) -> tuple[str | None, str | None]:
        job = self.people.employment_of(person_id, day, named)
        attributes = self.people.as_was(job, day) if job else NOTHING_KNOWN
        entity = self.people.entities.get(attributes["legal_entity"] or "")
        return attributes["role"], entity.region if entity else None

    def of_entry(self, entry: TimeEntry, line: ContractLine, rate_type: str = "bill") -> Rate | None:
        role, region = self.role_and_region(entry.person_id, entry.work_date, entry.employment_id)
        override = entry.time_entry_id if entry.time_entry_id in self._overridden else None
        return self.rate(line, entry.work_date, entry.person_id, role, region, override, rate_type)

    def rate(
        self,
        line: ContractLine,
        day: date,
        person_id: str | None,
        role: str | None,
        region: str | None,
        time_entry_id: str | None = None,
        rate_type: str = "bill",
    ) -> Rate | None:
        """None where no row matches; a unit of None where the row that wins gives no price."""
        question = (line.contract_line_id, day, person_id, role, region, time_entry_id, rate_type)
        if question not in self._found:
            self._found[question] = self._search(line, day, person_id, role, region, time_entry_id, rate_type)
        return self._found[question]

    def price(self, hours: Decimal, rate: Rate | None, currency: str) -> Decimal | None:
        """Hours at a rate, rounded once to the minor unit."""
        if rate is None or rate.unit is None:
            return None
        return rounded(EXACT.multiply(hours, rate.unit), MINOR_UNIT[currency])

    def contest(self, entry: TimeEntry, line: ContractLine) -> list[tuple[RateCard, Decimal]]:
        """The bill rate rows that match an entry equally well on the level that wins, the winner first.

        With each row its rate in contract currency, before multiplier and discounts, to ten decimals.
        """
        role, region = self.role_and_region(entry.person_id, entry.work_date, entry.employment_id)
        contract = self.book.contracts[line.contract_id]
        for _, level in self._levels(
            line, entry.work_date, entry.person_id, role, region, entry.time_entry_id, "bill"
        ):
            tied = self._tied(level, contract, entry.work_date)
            if tied:
                return [(card, rounded(EXACT.multiply(card.rate, factor), 10)) for card, factor in tied]
        return []

    def _levels(
        self,
        line: ContractLine,
        day: date,
        person_id: str | None,
        role: str | None,
        region: str | None,
        time_entry_id: str | None,
        rate_type: str,
    ) -> list[tuple[str, list[RateCard]]]:
        """The rows that match, by level in the order in which levels are asked."""
        contract = self.book.contracts[line.contract_id]
        work_type = "weekend" if day.weekday() > 4 else "standard"
        on = day
        if contract.rate_date_basis == "contract_signature" and contract.signature_date is not None:
            on = contract.signature_date
        elif contract.rate_date_basis == "period_start":
            on = day.replace(day=1)
        practice = self.book.practice_id(line.contract_line_id, day)

        def rows(scope: str, scope_id: str | None) -> list[RateCard]:
            return [
                card
                for card in self._cards.get((rate_type, scope, scope_id), [])
                if covers(on, card.valid_from, card.valid_to)
                and card.person_id in (None, person_id)
                and card.role in (None, role)
                and card.region in (None, region)
                and card.work_type in (None, work_type)
            ]

        of_contract = rows("contract", contract.contract_id)
        levels: tuple[list[RateCard], ...] = (
            rows("override", time_entry_id) if time_entry_id else [],
            [card for card in of_contract if card.person_id is not None],
            [card for card in of_contract if card.person_id is None],
            rows("project", line.project_id),
            rows("customer", contract.customer_id),
            (rows("practice", practice) if practice else []) + (rows("region", region) if region else []),
            rows("firm", None),
        )
        return list(zip(LEVELS, levels, strict=True))

    def _search(
        self,
        line: ContractLine,
        day: date,
        person_id: str | None,
        role: str | None,
        region: str | None,
        time_entry_id: str | None,
        rate_type: str,
    ) -> Rate | None:
        contract = self.book.contracts[line.contract_id]
        for name, level in self._levels(line, day, person_id, role, region, time_entry_id, rate_type):
            tied = self._tied(level, contract, day)
            if tied:
                card, factor = tied[0]
                unit: Decimal | None = rounded(EXACT.multiply(card.rate, factor), 10)
                if card.rate == 0 and not card.zero_rate_reason:
                    unit = None
                if unit is not None:
                    for part in (
                        card.multiplier if card.multiplier is not None else ONE,
                        ONE - (card.discount_pct or ZERO) / HUNDRED,
                        self._line_factor(line, day) if name != "override" and rate_type == "bill" else ONE,
                    ):
                        unit = rounded(EXACT.multiply(unit, part), 10)
                return Rate(unit, name, card.rate_card_row_id, len(tied) > 1)
        return None

    def _line_factor(self, line: ContractLine, day: date) -> Decimal:
        version = self.book.version_on(line.contract_line_id, day)
        return ONE - (version.discount_pct or ZERO) / HUNDRED

    def _tied(self, level: list[RateCard], contract: Contract, day: date) -> list[tuple[RateCard, Decimal]]:
        """The rows of a level that match best, with their conversion factors; the row that wins stands first."""
        usable = [(card, ONE) for card in level if card.currency == contract.currency]
        if not usable and contract.conversion_allowed:
            for card in level:
                factor = self.exchange.average(card.currency, contract.currency, day)
                if factor is not None:
                    usable.append((card, factor))
        if not usable:
            return []

        def closeness(card: RateCard) -> tuple[bool, int]:
            matched = sum(value is not None for value in (card.role, card.region, card.work_type))
            return card.person_id is not None, matched

        closest = max(closeness(card) for card, _ in usable)
        tied = [(card, factor) for card, factor in usable if closeness(card) == closest]
        return sorted(
            tied,
            key=lambda pair: (-(pair[0].valid_from or date.min).toordinal(), pair[0].rate_card_row_id),
        )
