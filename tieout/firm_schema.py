"""What a firm file says, typed. `tieout.firm` reads and validates it into these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from ingestion.connector import SystemConfig
from tieout.paths import Home

RATE_TYPES: tuple[str, ...] = ("spot", "average", "closing", "budget")
POPULATION_POLICIES: tuple[str, ...] = ("billable_resources", "firm")
REQUIRED_ENTITIES: tuple[str, ...] = ("legal_entity", "employee", "employment", "project", "time_entry")

FIRM_KEYS = ("name", "reporting_currency", "timezone", "fiscal_year_start_month", "as_of", "history_from")
TOP_KEYS = ("firm", "home", "systems", "domains", "policies", "targets")
TARGET_KEYS = ("value", "from", "practice")
POLICY_KEYS = (
    "utilization_population",
    "standard_hours_per_day",
    "long_unpaid_leave_days",
    "fx_pivot",
    "constant_rates",
    "bill_rate_levels",
    "cost_of_capital_pct",
    "weekly_hours_limit",
    "max_rejected_pct",
)

# Levels of the search for a bill rate, first to last (the domain's order; a firm may reorder or leave out).
BILL_RATE_LEVELS: tuple[str, ...] = (
    "override",
    "contract_person",
    "contract_role",
    "project",
    "customer",
    "practice_region",
    "firm",
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
    bill_rate_levels: tuple[str, ...] = BILL_RATE_LEVELS
    cost_of_capital_pct: Decimal = Decimal(8)
    weekly_hours_limit: Decimal = Decimal(80)
    max_rejected_pct: int = 50


@dataclass(frozen=True)
class Target:
    """What a metric is to reach, of the firm or of one practice: from a month on, or ever since (None)."""

    value: Decimal
    valid_from: date | None = None
    practice: str = ""


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
    targets: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    system_lines: tuple[int, ...] = ()

    def system(self, name: str) -> SystemConfig | None:
        return next((system for system in self.systems if system.name == name), None)
