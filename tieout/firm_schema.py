"""What a firm file says, typed. `tieout.firm` reads and validates it into these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.connector import SystemConfig
from tieout.paths import Home, delivered_entities

RATE_TYPES: tuple[str, ...] = ("spot", "average", "closing", "budget")
POPULATION_POLICIES: tuple[str, ...] = ("billable_resources", "firm")
REQUIRED_ENTITIES: tuple[str, ...] = ("legal_entity", "employee", "employment", "project", "time_entry")

FIRM_KEYS = ("name", "reporting_currency", "timezone", "fiscal_year_start_month", "as_of", "history_from")
TOP_KEYS = ("firm", "home", "systems", "domains", "policies")
POLICY_KEYS = (
    "utilization_population",
    "standard_hours_per_day",
    "long_unpaid_leave_days",
    "fx_pivot",
    "constant_rates",
)


@dataclass(frozen=True)
class ConstantRates:
    """Which published rates the constant-currency mode uses: the type, and the day whose rate is in force."""

    rate_type: str = "budget"
    date: date | None = None


@dataclass(frozen=True)
class Policies:
    """The choices that the metric catalogue calls settings."""

    utilization_population: str = "billable_resources"
    standard_hours_per_day: Decimal = Decimal(8)
    long_unpaid_leave_days: int = 30
    fx_pivot: str = ""
    constant_rates: ConstantRates = field(default_factory=ConstantRates)


@dataclass(frozen=True)
class Firm:
    """A validated firm file. `path` is the file; relative paths in it are relative to its directory."""

    path: Path
    name: str
    reporting_currency: str
    timezone: str
    fiscal_year_start_month: int
    as_of: date | None
    history_from: date | None
    home: Home
    systems: tuple[SystemConfig, ...]
    domains: Mapping[str, tuple[str, ...]]
    policies: Policies
    system_lines: tuple[int, ...] = ()

    def system(self, name: str) -> SystemConfig | None:
        return next((system for system in self.systems if system.name == name), None)


def dbt_vars(
    firm: Firm, as_of: date, does_not_record: Mapping[str, tuple[str, ...]], currency_mode: str
) -> dict[str, Any]:
    """The firm file as dbt vars: plain values only, so that equal firms give equal parses."""
    policies = firm.policies
    constant = policies.constant_rates
    return {
        "as_of": as_of.isoformat(),
        "history_from": firm.history_from.isoformat() if firm.history_from else "",
        "reporting_currency": firm.reporting_currency,
        "fiscal_year_start_month": firm.fiscal_year_start_month,
        "systems": [
            {
                "name": system.name,
                "kind": system.kind,
                "does_not_record": list(does_not_record.get(system.name, ())),
            }
            for system in firm.systems
        ],
        "kind_entities": {
            kind: list(delivered_entities(kind)) for kind in sorted({system.kind for system in firm.systems})
        },
        "domains": {entity: list(systems) for entity, systems in sorted(firm.domains.items())},
        "policies": {
            "utilization_population": policies.utilization_population,
            "standard_hours_per_day": _plain_number(policies.standard_hours_per_day),
            "long_unpaid_leave_days": policies.long_unpaid_leave_days,
            "fx_pivot": policies.fx_pivot or firm.reporting_currency,
            "constant_rates": {
                "rate_type": constant.rate_type,
                "date": constant.date.isoformat() if constant.date else "",
            },
        },
        "currency_mode": currency_mode,
    }


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
