"""The firm file, and what its systems feed, as dbt vars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.feeds import Feed, staging_kinds
from tieout.firm_schema import Firm
from tieout.paths import checks, delivered_entities, staged_objects
from tieout.semantic import CURRENCY_PLACEHOLDER


def with_as_of(variables: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The variables with which SQL is compiled: the firm's, and the day."""
    return {**variables, "as_of": as_of.isoformat()}


def vars_of_any_firm() -> dict[str, Any]:
    """Variables with which the project is parsed, the same for every firm: systems of all kinds that deliver everything.

    What a node depends on is found out by parsing it. With these it depends on all that it can read for some firm; what
    it does read is decided by the firm's own variables, when its SQL is compiled. A record of a drop folder is counted
    where it counts, in the entity, or where its system comes last and does not: so one system of each.
    """
    kinds = ("files", *staging_kinds())
    systems = [*((kind, kind, delivered_entities(kind)) for kind in kinds)]
    spoken_for, silent = ("spoken_for", "files", delivered_entities("files")), ("silent", "files", ())
    domains = {entity: [name for name, _, has in systems if entity in has] for entity in systems[0][2]}
    return {
        "systems": [
            {
                "name": name,
                "kind": kind,
                "entities": list(entities),
                "objects": [] if kind == "files" else list(staged_objects(kind)),
                "does_not_record": [],
            }
            for name, kind, entities in (*systems, spoken_for, silent)
        ],
        "domains": domains,
        "currency_mode": CURRENCY_PLACEHOLDER,
        "checks": list(checks()),
    }


def dbt_vars(
    firm: Firm,
    does_not_record: Mapping[str, tuple[str, ...]],
    fed: Mapping[str, Feed],
    currency_mode: str,
) -> dict[str, Any]:
    """The firm file as dbt vars, without the as-of date: plain values only, so that equal firms give equal parses."""
    policies = firm.policies
    constant = policies.constant_rates
    return {
        "history_from": firm.history_from.isoformat() if firm.history_from else "",
        "reporting_currency": firm.reporting_currency,
        "fiscal_year_start_month": firm.fiscal_year_start_month,
        "systems": [
            {
                "name": system.name,
                "kind": system.kind,
                "entities": list(fed[system.name].entities),
                "objects": list(fed[system.name].objects),
                "does_not_record": list(does_not_record.get(system.name, ())),
            }
            for system in firm.systems
        ],
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
            "bill_rate_levels": list(policies.bill_rate_levels),
            "cost_of_capital_pct": _plain_number(policies.cost_of_capital_pct),
            "weekly_hours_limit": _plain_number(policies.weekly_hours_limit),
        },
        "currency_mode": currency_mode,
        "checks": list(checks()),
    }


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
