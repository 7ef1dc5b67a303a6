"""The exact list of metrics, and which dimensions each permits: a change here is a change of the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.metrics_service import MetricsService

CALENDAR = [
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "fiscal_period",
    "fiscal_quarter",
    "fiscal_year",
    "entity_fiscal_period",
]
PERSON = [
    "region",
    "role",
    "level",
    "manager",
    "department",
    "cost_center",
    "location",
    "employment_type",
    "employee",
]
WORK = ["project", "customer", "work_category", "status", "source_system"]

PEOPLE_METRICS = [
    "capacity_standard_hours",
    "capacity_gross_hours",
    "capacity_net_hours",
    "billable_utilization",
    "billable_utilization_std",
    "billable_utilization_net",
    "productive_utilization",
    "productive_utilization_std",
    "productive_utilization_net",
    "resource_utilization",
    "resource_utilization_std",
    "resource_utilization_net",
    "credited_utilization",
    "utilization_target_variance",
    "target_hours",
    "overtime_hours",
    "timesheet_compliance",
    "missing_hours",
    "scheduled_utilization",
    "blended_utilization",
    "bench_hours",
    "bench_rate",
    "capacity_walk",
    "capacity_walk_standard",
    "capacity_walk_pattern_effect",
    "capacity_walk_long_unpaid_leave",
    "capacity_walk_holidays",
    "capacity_walk_gross",
    "capacity_walk_leave",
    "capacity_walk_net",
    "capacity_walk_missing",
    "capacity_walk_above_capacity",
]
TIME_METRICS = [
    "billable_hours",
    "credited_hours",
    "productive_hours",
    "recorded_hours",
    "worked_hours",
    "excluded_hours",
    "contingent_hours",
    "capacity_walk_credited_and_unbilled",
    "capacity_walk_internal_and_training",
    "capacity_walk_recorded_idle",
    "capacity_walk_unapproved",
    "capacity_walk_billable",
]
COST_METRICS = ["cost_standard", "uncosted_hours"]
BENCH_COST_METRICS = ["bench_cost", "uncosted_bench_hours"]
SALE_METRICS = ["unpriced_hours", "rate_realization", "average_bill_rate"]
WIP_METRICS = [
    "unbilled_tm_time",
    "unbilled_expense",
    "unbilled_milestone",
    "unbilled_retainer",
    "unbilled_overage",
    "unbilled_usage",
    "wip_commercial",
    "unbilled_unapproved_time",
    "capped_value",
    "wip_age_days",
]
FLOW_METRICS = ["bookings_tcv", "billed_revenue", "credit_notes"]
REVENUE_METRICS = ["recognized_revenue_ledger"]
# known for whole months
MONTHLY_METRICS = [
    "effective_bill_rate",
    "cost_direct_other",
    "cost_passthrough",
    "project_margin",
    "project_margin_pct",
    "margin_bridge",
    "margin_bridge_service_revenue",
    "margin_bridge_labour",
    "margin_bridge_direct_other",
    "margin_bridge_passthrough_revenue",
    "margin_bridge_passthrough_cost",
    "margin_bridge_margin",
]
BACKLOG_METRICS = [
    "backlog_total",
    "backlog_hard",
    "backlog_soft",
    "backlog_unscheduled",
    "backlog_overrun",
    "tcv",
    "tcv_committed",
    "tcv_estimated",
    "acv",
    "backlog_rollforward",
    "backlog_rollforward_opening",
    "backlog_rollforward_new_bookings",
    "backlog_rollforward_change_orders",
    "backlog_rollforward_re_estimates",
    "backlog_rollforward_cancellations",
    "backlog_rollforward_expiries",
    "backlog_rollforward_revenue",
    "backlog_rollforward_overrun",
    "backlog_rollforward_reclass",
    "backlog_rollforward_fx",
    "backlog_rollforward_closing",
]
BREAK_METRICS = ["exception_open_count", "exception_open_value", "exception_headline_value"]
OF_A_BREAK = ["check", "severity", "owner_team", "break_status", "service_level", "stake_kind"]
OWNER = ["practice", "entity", "contract_type", "contract", "contract_line", "project", "customer"]
RESOURCE = ["resource_practice", "resource_entity", "currency"]

PERMITTED = {
    **{metric: {*CALENDAR, "practice", "entity", *PERSON} for metric in PEOPLE_METRICS},
    **{metric: {*CALENDAR, "practice", "entity", "currency", *PERSON} for metric in BENCH_COST_METRICS},
    **{
        metric: {*CALENDAR, "practice", "entity", *PERSON, *WORK, "resource_practice", "resource_entity"}
        for metric in TIME_METRICS
    },
    **{
        metric: {
            *CALENDAR,
            "practice",
            "entity",
            "resource_practice",
            "resource_entity",
            "currency",
            "contract_type",
            "contract",
            "contract_line",
            *PERSON,
            *WORK,
        }
        for metric in COST_METRICS
    },
    **{metric: {*CALENDAR, *OWNER, *RESOURCE, *PERSON, "status", "source_system"} for metric in SALE_METRICS},
    **{metric: {*OWNER, *OF_A_BREAK} for metric in BREAK_METRICS},
    **{metric: {*CALENDAR, *OWNER, "currency"} for metric in FLOW_METRICS},
    **{metric: {*CALENDAR, *OWNER, "currency"} for metric in REVENUE_METRICS},
    **{metric: {*CALENDAR, *OWNER, "currency"} - {"day", "week"} for metric in MONTHLY_METRICS},
    **{
        metric: {*CALENDAR, *OWNER, *RESOURCE} - {"entity_fiscal_period"}
        for metric in (*WIP_METRICS, "backlog_scheduled")
    },
    **{metric: {*CALENDAR, *OWNER, "currency"} - {"entity_fiscal_period"} for metric in BACKLOG_METRICS},
}

# Of a sum of rows: which link of their chain no record answers. Not of what is divided, nor of the capacity walk, whose
# lines stand on chains of different kinds.
NO_SUM = ("utilization", "_pct", "_rate", "_realization", "_compliance", "_variance", "_std", "_net", "_days")
OTHERS = ("capacity_walk", "exception_")
for _metric, _dimensions in PERMITTED.items():
    if not _metric.endswith(NO_SUM) and not _metric.startswith(OTHERS):
        _dimensions.add("missing_link")


@pytest.fixture(scope="module")
def catalogue(published_tiny: Path) -> dict[str, set[str]]:
    service = MetricsService.open(published_tiny)
    described = {metric.name: set(metric.dimensions) for metric in service.describe()}
    service.close()
    return described


def test_the_metrics_are_exactly_these(catalogue: dict[str, set[str]]) -> None:
    assert set(catalogue) == set(PERMITTED)


@pytest.mark.parametrize("metric", sorted(PERMITTED))
def test_the_dimensions_are_exactly_these(catalogue: dict[str, set[str]], metric: str) -> None:
    assert catalogue[metric] == PERMITTED[metric]
