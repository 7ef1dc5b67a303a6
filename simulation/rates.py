"""Standard cost rates of roles and of people on projects, and the exchange rates that treasury publishes."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from simulation.events import CostRate, FxRate, TimeEntry
from simulation.people import EMPLOYEE_RATE
from simulation.projects import Portfolio
from simulation.window import Window, days
from simulation.work import PSA_ONLY_PERSON

CENT = Decimal("0.01")
ENTITY_FACTOR = {"UK01": ("GBP", Decimal("0.77")), "DE01": ("EUR", Decimal("0.94"))}


def role_rates(window: Window) -> list[CostRate]:
    """By role and entity, and by role for the rest.

    Analysts have no rate in DE01, so the firm-wide rate in another currency applies. Contractors have one in US01
    only and apprentices none at all: their hours stay uncosted unless they have a rate of their own.
    """
    rates: list[CostRate] = []
    raise_date = window.mid_month(0.5)
    for position, (role, amount) in enumerate(EMPLOYEE_RATE.items(), start=1):
        if role == "Contractor":
            rates.append(
                CostRate(
                    "CR-RE-US-08", "role_entity", Decimal("84.4"), "USD", role=role, legal_entity_id="US01"
                )
            )
            continue
        base = Decimal(amount)
        raised = (base * Decimal("1.035")).quantize(CENT, ROUND_HALF_UP)
        rates.append(CostRate(f"CR-R-{position:02d}-1", "role", base, "USD", role=role, valid_to=raise_date))
        rates.append(
            CostRate(f"CR-R-{position:02d}-2", "role", raised, "USD", role=role, valid_from=raise_date)
        )
        for entity, (currency, factor) in ENTITY_FACTOR.items():
            if (role, entity) in (("Analyst", "DE01"), ("Operations Specialist", "UK01")):
                continue
            local = (base * factor + Decimal("0.35")).quantize(CENT, ROUND_HALF_UP)
            rates.append(
                CostRate(
                    f"CR-RE-{entity[:2]}-{position:02d}",
                    "role_entity",
                    local,
                    currency,
                    role=role,
                    legal_entity_id=entity,
                )
            )
    return rates


def project_rates(entries: list[TimeEntry], portfolio: Portfolio, window: Window) -> list[CostRate]:
    """Rates agreed for one person on one project; the PSA keeps them. One is a deliberate zero."""
    currency = {project.project_id: project.currency for project in portfolio.projects}
    worked: Counter[tuple[str, str]] = Counter()
    for entry in entries[:20000]:
        if currency.get(entry.project_id) and entry.person_id.startswith("E-"):
            worked[entry.person_id, entry.project_id] += 1
    pairs = sorted(pair for pair, count in worked.items() if count >= 5)
    pairs = pairs[:: max(1, len(pairs) // 8)][:8]
    begin = window.mid_month(0.3)
    rates: list[CostRate] = []
    for position, (person_id, project_id) in enumerate(pairs, start=1):
        zero = position == 3
        rates.append(
            CostRate(
                f"PR-{position:04d}",
                "project_employee",
                Decimal(0) if zero else Decimal(60 + 7 * position) + Decimal("0.15"),
                currency[project_id] or "USD",
                person_id=person_id,
                project_id=project_id,
                valid_from=None if zero else begin,
                zero_rate_reason="seconded without charge" if zero else None,
            )
        )
    rates.append(
        CostRate(
            "PR-9001",
            "project_employee",
            Decimal("95.5"),
            "EUR",
            person_id=PSA_ONLY_PERSON,
            project_id="P-1001",
        )
    )
    return rates


def fx_rates(window: Window, seed: int, size: str) -> list[FxRate]:
    """EUR→USD and JPY→USD direct, USD→GBP so that GBP→USD is an inverse, CHF→USD by monthly average only.

    EUR and GBP meet through the pivot. One average of EUR and one of GBP is missing (the mean of the spots counts),
    the yen has a month without any rate and no budget rate.
    """
    rng = random.Random(f"fx {size} {seed}")
    months = window.months()
    no_average = {"EUR": months[int(0.6 * len(months))], "GBP": months[int(0.35 * len(months))]}
    yen_hole = months[int(0.75 * len(months))]
    rates: list[FxRate] = []
    for code, source, target, level, places in (
        ("EUR", "EUR", "USD", 1.09, "0.0001"),
        ("GBP", "USD", "GBP", 0.7800, "0.00001"),
        ("JPY", "JPY", "USD", 0.0067, "0.0000001"),
    ):
        month_spots: dict[date, list[Decimal]] = {}
        month_end: dict[date, date] = {}
        for day in days(window.history_from, window.as_of):
            if day.weekday() > 4:
                continue
            level *= 1 + rng.uniform(-0.004, 0.004)
            spot = Decimal(str(level)).quantize(Decimal(places), ROUND_HALF_UP)
            month = day.replace(day=1)
            if code == "JPY" and month == yen_hole:
                continue
            rates.append(FxRate(source, target, "spot", day, spot))
            month_spots.setdefault(month, []).append(spot)
            month_end[month] = day
        for month, spots in month_spots.items():
            last = month_end[month]
            rates.append(FxRate(source, target, "closing", last, spots[-1]))
            if no_average.get(code) != month:
                step = Decimal("0.0000000001" if code == "JPY" else "0.000001")
                mean = (sum(spots, Decimal(0)) / len(spots)).quantize(step, ROUND_HALF_UP)
                rates.append(FxRate(source, target, "average", last, mean))
    franc = 1.12
    for month in months:
        franc *= 1 + rng.uniform(-0.01, 0.012)
        rates.append(
            FxRate(
                "CHF",
                "USD",
                "average",
                month.replace(day=15),
                Decimal(str(franc)).quantize(Decimal("0.000001")),
            )
        )
    for year, euro, pound in ((2024, "1.08", "0.79"), (2025, "1.1", "0.785"), (2026, "1.12", "0.76")):
        rates.append(FxRate("EUR", "USD", "budget", date(year, 1, 1), Decimal(euro)))
        rates.append(FxRate("USD", "GBP", "budget", date(year, 1, 1), Decimal(pound)))
    rates.append(FxRate("CHF", "USD", "budget", date(2024, 1, 1), Decimal("1.13")))
    return rates
