"""Opportunities, quotes, contracts, their lines and what changed in them: every billing model, some in one contract."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from simulation.events import Firm, ProjectVersion, Task
from simulation.money_events import Amendment, Contract, ContractLine, Milestone, Money, Opportunity, Quote
from simulation.window import Window

# In the order in which the first projects receive them; see `_model` for the others.
MODELS = (
    "capped",
    "retainer",
    "mixed",
    "percent_of_completion",
    "subscription_usage",
    "two_capped",
    "milestone",
    "cancelled",
    "minimum",
    "foreign",
    "verbal",
)
ELIGIBLE = "Consultant,Senior Consultant,Analyst,Contractor"
THOUSAND = Decimal(1000)


class Desk:
    """What is needed to write one contract."""

    def __init__(self, firm: Firm, window: Window, project: ProjectVersion, number: int) -> None:
        self.firm = firm
        self.window = window
        self.money: Money = firm.money
        self.project = project
        self.number = number
        self.contract_id = f"K-{number:04d}"
        self.currency = project.currency or "USD"
        # A contract that starts on the first day of history is signed on it, so that its booking has a rate.
        self.start = window.history_from
        self.end = window.day(1.0) + timedelta(days=92)
        self.lines = 0

    def line(self, name: str, contract_type: str, **changes: object) -> ContractLine:
        self.lines += 1
        plain = ContractLine(
            f"{self.contract_id}-{self.lines}",
            1,
            self.contract_id,
            self.project.project_id,
            name,
            contract_type,
            self.currency,
            self.start,
            self.end,
            self.start,
            self.start,
        )
        version = replace(plain, **changes)  # type: ignore[arg-type]
        self.money.contract_lines.append(version)
        return version

    def change(
        self, line: ContractLine, when: date, kind: str, effective: date | None = None, **changes: object
    ) -> ContractLine:
        """A further version; the one before ends where it begins."""
        begins = effective or when
        place = self.money.contract_lines.index(line)
        self.money.contract_lines[place] = replace(line, valid_to=begins)
        version = replace(
            line,
            line_version=line.line_version + 1,
            signed_at=None if kind == "re_estimate" else when,
            valid_from=begins,
            valid_to=None,
            change_kind=kind,
            **changes,  # type: ignore[arg-type]
        )
        self.money.contract_lines.append(version)
        if kind != "re_estimate":
            self.money.amendments.append(
                Amendment(
                    self.contract_id,
                    1 + sum(a.contract_id == self.contract_id for a in self.money.amendments),
                    line.contract_line_id,
                    _value(version) - _value(line),
                    self.currency,
                    kind == "change_order" and _value(version) > _value(line),
                    when,
                    begins,
                    kind,
                )
            )
        return version

    def milestones(self, line: ContractLine, parts: tuple[str, ...], first: float, step: float) -> None:
        """One milestone a part of the price: completed on time or late, accepted later, or not at all."""
        price = line.transaction_price or Decimal(0)
        for place, part in enumerate(parts):
            planned = self.window.day(0) + timedelta(
                days=int((first + step * place) * (self.window.as_of - self.window.history_from).days)
            )
            completed = planned + timedelta(days=(self.number * 3 + place * 5) % 9)
            accepted = completed + timedelta(days=4 + place)
            done = completed <= self.window.as_of
            # Every third is complete and waits for its acceptance.
            waits = (self.number + place) % 3 == 2
            self.money.milestones.append(
                Milestone(
                    f"M-{self.number:04d}-{line.contract_line_id[-1]}{place + 1}",
                    self.project.project_id,
                    line.contract_line_id,
                    f"Delivery {place + 1}",
                    (price * Decimal(part)).quantize(Decimal("1")),
                    self.currency,
                    planned,
                    completed if done else None,
                    accepted if done and not waits and accepted <= self.window.as_of else None,
                    None if place else "event",
                )
            )
        self.money.milestones.append(
            Milestone(
                f"M-{self.number:04d}-{line.contract_line_id[-1]}9",
                self.project.project_id,
                line.contract_line_id,
                "Internal checkpoint",
                Decimal(0),
                self.currency,
                planned,
                None,
                None,
                "task",
            )
        )


def _value(version: ContractLine) -> Decimal:
    zero = Decimal(0)
    committed = (version.transaction_price or zero) + (version.minimum_commitment or zero)
    if version.estimated_value is not None:
        return committed + version.estimated_value
    return max(committed, version.nte_amount or zero)


def sign_contracts(firm: Firm, window: Window) -> None:
    """A contract for every customer project whose customer the ERP knows; the others work without one."""
    known = {customer.customer_id for customer in firm.customers if customer.erp_id}
    hours: dict[str, Decimal] = {}
    for entry in firm.time_entries:
        hours[entry.project_id] = hours.get(entry.project_id, Decimal(0)) + entry.hours
    tasks: dict[str, list[Task]] = {}
    for task in firm.tasks:
        tasks.setdefault(task.project_id, []).append(task)
    seen: set[str] = set()
    number = 0
    for project in firm.projects:
        if project.project_id in seen or project.customer_id not in known:
            continue
        seen.add(project.project_id)
        number += 1
        rng = random.Random(f"contract {firm.size} {firm.seed} {number}")
        desk = Desk(firm, window, project, number)
        model = _model(number)
        worked = max(Decimal(40), hours.get(project.project_id, Decimal(0)))
        _write(desk, model, worked, tasks[project.project_id], rng)


def _model(number: int) -> str:
    """A firm has every model. It has one study that was cancelled and one letter of intent, however many its contracts:
    people who go on working without being paid are a fault, and faults are planted."""
    model = MODELS[(number - 1) % len(MODELS)]
    return "open" if number > len(MODELS) and model in ("cancelled", "verbal") else model


def _write(desk: Desk, model: str, worked: Decimal, tasks: list[Task], rng: random.Random) -> None:
    window, money = desk.window, desk.money
    entity = desk.project.legal_entity_id or "US01"
    signed: date | None = desk.start
    status, nte, basis, conversion = "active", None, None, None
    notice: int | None = None

    def rounded(share: str, places: int = 100) -> Decimal:
        """About that share of what the hours of the project are worth, rounded."""
        value = worked * 150 * Decimal(share) * (100 if desk.currency == "JPY" else 1)
        return Decimal(max(1, int(value / places)) * places)

    if model == "foreign":
        desk.currency, conversion = ("JPY", True) if desk.number % 2 == 0 else ("CHF", True)
    if model == "minimum":
        # Signed after the first month of work was recognized.
        signed = desk.start + timedelta(days=40)
    if model == "verbal":
        signed, status = None, "draft"

    if model == "capped":
        first = desk.line("Support", "time_and_materials", nte_amount=rounded("0.4"))
        desk.change(
            first,
            window.mid_month(0.6),
            "change_order",
            # In force from the first of the month after its signature.
            (window.mid_month(0.6).replace(day=1) + timedelta(days=32)).replace(day=1),
            nte_amount=rounded("0.6"),
        )
    elif model == "retainer":
        months = 12 if desk.number % 2 else 24
        desk.end = _months_later(desk.start, months) - timedelta(days=1)
        fee = rounded("0.1")
        desk.line(
            "Managed service",
            "retainer",
            end_date=desk.end,
            transaction_price=fee * months,
            period_fee=fee,
            billing_frequency="monthly",
            included_hours=max(
                Decimal(8), (worked / len(window.months()) * Decimal("0.5")).quantize(Decimal(1))
            ),
            eligible_roles=ELIGIBLE,
            legal_entity_id=entity,
            termination_date=window.day(0.8),
        )
        # Sold by one entity, performed by another.
        entity = "UK01" if entity == "US01" else "US01"
        notice = 60
    elif model == "mixed":
        price = rounded("0.5")
        fixed = desk.line(
            "Implementation",
            "fixed_fee",
            task_id=tasks[0].task_id,
            transaction_price=price,
            acceptance_required=True,
            revenue_method="hours",
        )
        desk.milestones(fixed, ("0.3", "0.3", "0.2", "0.2"), 0.2, 0.25)
        advice = desk.line("Advice", "time_and_materials", estimated_value=rounded("0.4"))
        desk.change(
            advice, window.mid_month(0.5), "re_estimate", estimated_value=rounded("0.55"), practice_id="FIN"
        )
    elif model == "percent_of_completion":
        price = rounded("1.1")
        built = desk.line(
            "Build", "percent_of_completion", transaction_price=price, revenue_method="cost_to_cost"
        )
        desk.milestones(built, ("0.5", "0.5"), 0.4, 0.5)
        more = desk.change(
            built, window.mid_month(0.4), "change_order", transaction_price=price + rounded("0.2")
        )
        desk.change(more, window.mid_month(0.8), "change_order", transaction_price=price - rounded("0.05"))
    elif model == "subscription_usage":
        months = 12
        desk.end = _months_later(desk.start.replace(day=15), months) - timedelta(days=1)
        fee = rounded("0.06")
        desk.line(
            "Platform",
            "subscription",
            start_date=desk.start.replace(day=15),
            end_date=desk.end,
            transaction_price=fee * months,
            period_fee=fee,
            billing_frequency="monthly",
        )
        desk.line("Metered volume", "usage", estimated_value=fee * 3, minimum_commitment=fee)
        desk.line("Help", "time_and_materials", estimated_value=rounded("0.8"), end_date=window.day(0.7))
    elif model == "two_capped":
        nte = rounded("0.9")
        desk.line("Build", "time_and_materials", task_id=tasks[0].task_id, nte_amount=rounded("0.5"))
        desk.line("Advise and the rest", "time_and_materials", estimated_value=rounded("0.4"))
    elif model == "milestone":
        required = desk.number % 2 == 1
        price = rounded("0.9")
        line = desk.line("Delivery", "milestone", transaction_price=price, acceptance_required=required)
        desk.milestones(line, ("0.25", "0.25", "0.25", "0.25"), 0.15, 0.3)
        # The same work, but a milestone counts as soon as it is complete.
        small = desk.line(
            "Documentation", "milestone", transaction_price=rounded("0.1"), acceptance_required=False
        )
        desk.milestones(small, ("0.6", "0.4"), 0.3, 0.4)
    elif model == "cancelled":
        price = rounded("1")
        line = desk.line("Study", "fixed_fee", transaction_price=price, revenue_method="hours")
        desk.milestones(line, ("0.5",), 0.3, 0.1)
        when = window.mid_month(0.7)
        half = (price / 2).quantize(Decimal(1))
        desk.change(line, when, "cancellation", transaction_price=half, end_date=when)
        status = "cancelled"
    elif model == "minimum":
        basis = "contract_signature" if desk.number % 2 else "period_start"
        desk.line(
            "Call-off",
            "time_and_materials",
            signed_at=signed,
            minimum_commitment=rounded("0.2"),
            estimated_value=rounded("0.7"),
            discount_pct=Decimal("7.5"),
        )
    elif model == "foreign":
        desk.line("Expert days", "time_and_materials", estimated_value=rounded("0.9"))
        desk.line("Report", "fixed_fee", transaction_price=rounded("0.3"), task_id=tasks[-1].task_id)
    elif model == "open":
        desk.line("Consulting", "time_and_materials", estimated_value=rounded("1.1"))
    else:
        desk.line("Letter of intent", "time_and_materials", signed_at=None, estimated_value=rounded("1"))
    if model not in ("two_capped", "verbal"):
        desk.line("Expenses", "expense", expense_markup_pct=Decimal(("0", "10", "12.5")[desk.number % 3]))
    if desk.end < window.as_of:
        # Whoever works on after the term does so by the hour.
        after, desk.end = desk.end + timedelta(days=1), window.day(1.0) + timedelta(days=92)
        desk.line(
            "After the term",
            "time_and_materials",
            start_date=after,
            end_date=desk.end,
            estimated_value=rounded("0.4"),
        )
    if signed != desk.start:
        money.contract_lines[-1] = replace(money.contract_lines[-1], signed_at=signed)
    contract = Contract(
        desk.contract_id,
        desk.project.customer_id or "",
        f"Agreement {desk.number:04d}",
        f"O-{desk.number:04d}",
        entity,
        desk.currency,
        status,
        signed,
        desk.start,
        desk.end,
        notice,
        nte,
        basis,
        conversion,
    )
    money.contracts.append(contract)
    _sold_as(desk, contract, rng)


def _sold_as(desk: Desk, contract: Contract, rng: random.Random) -> None:
    """The opportunity and the quotes that led there; every fourth customer has another one still open or lost."""
    amount = sum(
        (
            _value(line)
            for line in desk.money.contract_lines
            if line.contract_id == contract.contract_id and line.line_version == 1
        ),
        Decimal(0),
    )
    won = contract.signature_date is not None
    created = contract.start_date - timedelta(days=60)
    desk.money.opportunities.append(
        Opportunity(
            contract.opportunity_id or "",
            contract.customer_id,
            contract.contract_name,
            "Closed Won" if won else "Verbal",
            won,
            won,
            Decimal(1) if won else Decimal("0.9"),
            amount,
            contract.currency,
            contract.signature_date or desk.window.as_of,
            desk.project.practice_id,
            contract.legal_entity_id,
            created,
        )
    )
    for version in (1, 2):
        desk.money.quotes.append(
            Quote(
                f"Q-{desk.number:04d}",
                version,
                contract.opportunity_id or "",
                contract.customer_id,
                "accepted" if version == 2 and won else "superseded" if version == 1 else "presented",
                version == 2,
                amount if version == 2 else amount + 500,
                contract.currency,
                contract.start_date,
                contract.end_date or desk.end,
            )
        )
    if desk.number % 4 == 0:
        lost = rng.random() < 0.5
        desk.money.opportunities.append(
            Opportunity(
                f"O-{desk.number:04d}-B",
                contract.customer_id,
                "Follow-up",
                "Closed Lost" if lost else "Proposal",
                lost,
                False,
                Decimal(0) if lost else Decimal("0.4"),
                Decimal(rng.randrange(20, 90)) * THOUSAND,
                contract.currency,
                desk.window.as_of + timedelta(days=-20 if lost else 45),
                desk.project.practice_id,
                contract.legal_entity_id,
                desk.window.day(0.5),
            )
        )


def _months_later(day: date, months: int) -> date:
    number = day.month - 1 + months
    return day.replace(year=day.year + number // 12, month=number % 12 + 1)
