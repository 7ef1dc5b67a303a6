"""The target of a question: whose it is, from when it holds, and what it is added over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tieout import targets
from tieout.firm_schema import Firm, Policies, Target
from tieout.metrics_catalogue import Metric
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query
from tieout.paths import Home

AS_OF = date(2026, 6, 30)
FLOW = Metric(
    name="billed_revenue",
    label="Billed revenue",
    description="",
    formula="",
    unit="money",
    kind="flow",
    owner="",
    semantic_names={},
    components=(),
    entities=frozenset(),
    relations=(),
    has_population=False,
    hidden=False,
)
BALANCE = replace(FLOW, name="backlog_total", kind="balance")
SHARE = replace(FLOW, name="billable_utilization", unit="ratio", kind="ratio", has_population=True)
SAID = {
    "billed_revenue": (
        Target(Decimal(100), date(2026, 1, 1)),
        Target(Decimal(130), date(2026, 5, 1)),
        Target(Decimal(40), date(2026, 1, 1), "Data"),
    ),
    "backlog_total": (Target(Decimal(900)), Target(Decimal(950), date(2026, 6, 1))),
    "billable_utilization": (Target(Decimal("0.7")),),
}
FIRM = Firm(
    path=Path("firm.yml"),
    name="Firm",
    reporting_currency="USD",
    timezone="UTC",
    fiscal_year_start_month=1,
    as_of=None,
    history_from=None,
    home=Home(Path("home")),
    systems=(),
    domains={},
    policies=Policies(),
    targets=SAID,
)


def asked(metric: Metric, first: str, last: str, **changes: object) -> targets.TargetAnswer:
    query = Query((metric.name,), date_from=date.fromisoformat(first), date_to=date.fromisoformat(last))
    return targets.of(FIRM, metric, replace(query, **changes), AS_OF)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "first", "last", "value", "until"),
    [
        (FLOW, "2026-04-01", "2026-04-30", 100, "2026-04-30"),
        (FLOW, "2026-05-01", "2026-05-31", 130, "2026-05-31"),
        (FLOW, "2026-04-01", "2026-06-30", 360, "2026-06-30"),
        (FLOW, "2026-05-01", "2026-05-14", 130, "2026-05-31"),
        (BALANCE, "2026-05-01", "2026-05-31", 900, "2026-05-31"),
        (BALANCE, "2026-05-10", "2026-06-14", 950, "2026-06-14"),
        (BALANCE, "2026-05-01", "2026-12-31", 950, "2026-06-30"),
    ],
)
def test_a_flow_is_added_by_month_and_a_balance_is_the_last(
    metric: Metric, first: str, last: str, value: int, until: str
) -> None:
    found = asked(metric, first, last)
    assert (found.value, found.until) == (value, date.fromisoformat(until))
    assert found.reason == ""


def test_a_practice_has_its_own_and_makes_none_of_the_firm() -> None:
    data = [Filter("practice", "=", ("Data",))]
    assert asked(FLOW, "2026-05-01", "2026-06-30", where=data).value == 80
    assert asked(BALANCE, "2026-05-01", "2026-06-30", where=data).reason == "no target for the practice"
    only_data = replace(FIRM, targets={"billed_revenue": (Target(Decimal(40), None, "Data"),)})
    query = Query(("billed_revenue",), date_from=date(2026, 5, 1), date_to=date(2026, 5, 31))
    assert targets.of(only_data, FLOW, query, AS_OF).reason == "no target for the firm"


@pytest.mark.parametrize(
    ("metric", "first", "last", "changes", "reason"),
    [
        (replace(FLOW, name="credit_notes"), "2026-05-01", "2026-05-31", {}, "no target"),
        (FLOW, "2025-12-01", "2026-01-31", {}, "no target for all of these months"),
        (FLOW, "2025-11-01", "2025-12-31", {}, "no target then"),
        (FLOW, "2026-05-10", "2026-05-31", {}, "target by month only"),
        (FLOW, "2026-05-01", "2026-05-31", {"currency": "constant"}, "target in reporting currency only"),
        (
            FLOW,
            "2026-05-01",
            "2026-05-31",
            {"where": [Filter("entity", "=", ("US01",))]},
            "no target for one entity",
        ),
        (
            SHARE,
            "2026-05-01",
            "2026-05-31",
            {"population": "firm"},
            "target for billable resources only",
        ),
    ],
)
def test_where_there_is_none_that_is_said(
    metric: Metric, first: str, last: str, changes: dict[str, object], reason: str
) -> None:
    found = asked(metric, first, last, **changes)
    assert (found.value, found.reason) == (None, reason)


def test_the_service_answers_from_the_firm_file(published_tiny: Path) -> None:
    opened = MetricsService.open(published_tiny)
    found = opened.targets(Query(("project_margin_pct", "billed_revenue")))
    opened.close()
    assert found["project_margin_pct"].value == Decimal("0.3")
    assert found["billed_revenue"].reason == "no target"
