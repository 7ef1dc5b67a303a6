"""Builds the whole firm from a size and a seed. Same input, same log, on every machine and every day."""

from __future__ import annotations

from dataclasses import replace

from simulation.events import Firm, Person
from simulation.faults import plant
from simulation.money import add_money
from simulation.organisation import LEGAL_ENTITIES, calendars, holidays, practices
from simulation.people import hire
from simulation.projects import open_projects
from simulation.rates import fx_rates, project_rates, role_rates
from simulation.window import WINDOWS
from simulation.work import PSA_ONLY_PERSON, record_time

SIZES = tuple(WINDOWS)


def build_firm(size: str = "small", seed: int = 1, faults: bool = False) -> Firm:
    """A firm of that size: tiny (10 people, 3 months), small (60), medium (600), large (2,000 and three years; the others two).

    With faults it also holds what the checks must find, and look-alikes that they must not; each is recorded in
    `firm.faults`.
    """
    if size not in WINDOWS:
        raise ValueError(f"size {size!r} is not one of {', '.join(SIZES)}")
    window = WINDOWS[size]
    plans = hire(size, seed, window)
    for number, plan in enumerate(plans, start=1):
        if number % 60 == 59:
            # On the payroll, never given a login to the PSA.
            plan.person = replace(plan.person, in_psa=False)
    portfolio = open_projects(size, seed, window)
    firm = Firm(size, seed, window.history_from, window.as_of)
    firm.legal_entities = list(LEGAL_ENTITIES)
    firm.practices = practices("E-0003")
    firm.calendar_days = calendars(window)
    firm.holidays = holidays(window)
    firm.people = [plan.person for plan in plans]
    firm.people.append(
        Person(
            PSA_ONLY_PERSON,
            "Contractor 0001",
            "90001",
            "contractor.0001@elsewhere.example",
            "U-99997",
            in_hris=False,
        )
    )
    firm.employments = [job.employment() for plan in plans for job in plan.employments]
    for plan in plans:
        for job in plan.employments:
            firm.attributes += job.rows()
        firm.attributes += plan.extra_rows
        firm.leaves += plan.leaves
        firm.cost_rates += plan.rates
    firm.customers = portfolio.customers
    firm.projects = portfolio.projects
    firm.tasks = portfolio.tasks
    firm.time_entries = record_time(plans, portfolio, firm.calendar_days, firm.holidays, window, seed, size)
    firm.cost_rates += role_rates(window) + project_rates(firm.time_entries, portfolio, window)
    firm.fx_rates = fx_rates(window, seed, size)
    add_money(firm, window)
    if faults:
        plant(firm, window)
    return firm
