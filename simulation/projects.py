"""Customers, projects and tasks: what time is recorded on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date

from simulation.events import Customer, ProjectVersion, Task
from simulation.organisation import PRACTICES
from simulation.window import HEADCOUNT, Window

CURRENCY = {"US01": "USD", "UK01": "GBP", "DE01": "EUR"}
COUNTRY = {"US01": "US", "UK01": "GB", "DE01": "DE"}


@dataclass(slots=True)
class Portfolio:
    """All of it, and by practice the client projects that people of the practice work on."""

    customers: list[Customer] = field(default_factory=list)
    projects: list[ProjectVersion] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    client_projects: dict[str, list[str]] = field(default_factory=dict)
    tasks_of: dict[str, list[str]] = field(default_factory=dict)

    def add_task(
        self, project_id: str, name: str, work_category: str | None = None, billable: bool | None = None
    ) -> str:
        known = self.tasks_of.setdefault(project_id, [])
        task_id = f"T{project_id[1:]}-{len(known) + 1}"
        self.tasks.append(Task(task_id, project_id, name, work_category, billable))
        known.append(task_id)
        return task_id


def _customers(portfolio: Portfolio, count: int, rng: random.Random) -> None:
    """Most are linked, some meet the ERP's record by tax registration alone, one of two dozen the ERP does not know."""
    for number in range(1, count + 1):
        country = rng.choice(("US", "GB", "DE"))
        place = number % 6
        is_unknown = number % 24 == 5
        tax = None if is_unknown else f"{country}{100000000 + number * 37}"
        matched_by, erp_id = ("linked", f"{10100 + number}")
        if place in (2, 4):
            matched_by = "tax_registration"
        if is_unknown:
            matched_by, erp_id = ("none", "")
        portfolio.customers.append(
            Customer(
                f"C-{1000 + number}",
                f"Customer {number:04d}",
                erp_id or None,
                matched_by,
                tax,
                country,
                rng.choice(("Enterprise", "Mid-market", "Public")),
            )
        )


def _client_projects(portfolio: Portfolio, count: int, window: Window, rng: random.Random) -> None:
    codes = list(PRACTICES)
    for number in range(1, count + 1):
        project_id = f"P-{1000 + number}"
        practice = codes[(number - 1) % len(codes)]
        entity = rng.choices(("US01", "UK01", "DE01"), (50, 28, 22))[0]
        customer = rng.choice(portfolio.customers).customer_id
        # Every fourth leaves its category to the rule (client, because it has a customer).
        category = None if number % 4 == 0 else "client"
        billable: bool | None = True
        if number % 13 == 7:
            billable = None if number % 2 else False

        def version(
            practice_id: str,
            status: str = "active",
            *,
            project_id: str = project_id,
            number: int = number,
            customer: str = customer,
            entity: str = entity,
            category: str | None = category,
            billable: bool | None = billable,
        ) -> ProjectVersion:
            return ProjectVersion(
                project_id,
                f"Engagement {number:04d}",
                customer,
                practice_id,
                entity,
                category,
                billable,
                CURRENCY[entity],
                status,
            )

        base = version(practice)
        if number % 10 == 1:
            # Owned by another practice from a Wednesday in the middle of a month.
            when = window.mid_month(0.5 if number == 1 else rng.uniform(0.2, 0.8))
            moved = version(codes[number % len(codes)])
            portfolio.projects += [_between(base, None, when), _between(moved, when, None)]
        else:
            portfolio.projects.append(base)
        portfolio.client_projects.setdefault(practice, []).append(project_id)
        portfolio.add_task(project_id, "Build")
        portfolio.add_task(project_id, "Advise")
        if number % 3 == 0:
            portfolio.add_task(project_id, "Travel, not charged", None, False)
        if number % 4 == 1:
            portfolio.add_task(project_id, "Handover training", "training", None)


def _between(project: ProjectVersion, valid_from: date | None, valid_to: date | None) -> ProjectVersion:
    return replace(project, valid_from=valid_from, valid_to=valid_to)


def _firm_projects(portfolio: Portfolio) -> None:
    """Work without a customer. Administration has neither practice nor entity: cost on it stays unassigned."""

    def add(
        code: str,
        name: str,
        category: str | None,
        practice: str | None = None,
        entity: str | None = "US01",
        billable: bool | None = False,
    ) -> None:
        portfolio.projects.append(
            ProjectVersion(code, name, None, practice, entity, category, billable, None, "active")
        )

    add("P-ADMIN", "Administration", "internal", None, None)
    add("P-SALES", "Business development", None, "STRAT", "UK01", None)
    add("P-TRAIN", "Training", "training", "DATA", "US01")
    add("P-BENCH", "Available", "idle", "CLOUD", "DE01")
    add("P-JURY", "Civic duty", "excluded", "FIN", "US01")
    add("P-ABSENCE", "Absence booked as time", "leave", "FIN", "US01")
    portfolio.add_task("P-ADMIN", "Administration")
    portfolio.add_task("P-SALES", "Proposals")
    # Sold work that is recorded on an internal project: the task says what it is.
    portfolio.add_task("P-SALES", "Paid discovery", "client", True)
    portfolio.add_task("P-SALES", "Waiting for access", "idle")
    portfolio.add_task("P-TRAIN", "Course")


def open_projects(size: str, seed: int, window: Window) -> Portfolio:
    rng = random.Random(f"projects {size} {seed}")
    portfolio = Portfolio()
    people = HEADCOUNT[size]
    _customers(portfolio, max(6, people // 4), rng)
    _client_projects(portfolio, max(20, people // 2), window, rng)
    _firm_projects(portfolio)
    return portfolio
