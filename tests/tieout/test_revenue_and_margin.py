"""Revenue that no ledger posted is unknown, not zero; margin is known by whole months. Rows whose answers are known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tieout.metric_query import NOT_POSTED
from tieout.metrics_service import BadFilter, Filter, MetricsService, NotPermitted, Query


def test_revenue_that_nobody_posted_is_null_and_said(service: MetricsService) -> None:
    nothing = service.query(Query(["recognized_revenue_ledger"], date_to=date(2026, 4, 30)))
    assert nothing.rows == [{"recognized_revenue_ledger": None}]
    assert NOT_POSTED in nothing.notes
    something = service.query(Query(["recognized_revenue_ledger"]))
    assert something.rows == [{"recognized_revenue_ledger": Decimal("500.00")}]
    assert NOT_POSTED not in something.notes


def test_margin_without_revenue_says_so(service: MetricsService) -> None:
    april = service.query(Query(["project_margin", "project_margin_pct"], date_to=date(2026, 4, 30)))
    assert april.rows == [{"project_margin": Decimal("-10.00"), "project_margin_pct": None}]
    assert NOT_POSTED in april.notes
    assert NOT_POSTED not in service.query(Query(["project_margin"])).notes
    assert NOT_POSTED not in service.query(Query(["cost_direct_other"], date_to=date(2026, 4, 30))).notes


def test_margin_in_per_cent_divides_by_service_revenue(service: MetricsService) -> None:
    rows = service.query(Query(["project_margin", "project_margin_pct"], by=["month"])).rows
    assert rows == [
        {"month": date(2026, 4, 1), "project_margin": Decimal("-10.00"), "project_margin_pct": None},
        {"month": date(2026, 5, 1), "project_margin": Decimal("300.00"), "project_margin_pct": 0.75},
        {"month": date(2026, 6, 1), "project_margin": Decimal("40.00"), "project_margin_pct": 0.4},
    ]


def test_hours_without_a_cost_are_said_beside_margin(service: MetricsService) -> None:
    notes = service.query(Query(["project_margin"])).notes
    assert any("have no cost" in note for note in notes)
    assert not any("have no cost" in note for note in service.query(Query(["cost_passthrough"])).notes)


def test_what_an_hour_earned_is_of_the_month_of_the_service(service: MetricsService) -> None:
    rows = service.query(Query(["effective_bill_rate"], by=["month"])).rows
    # 400 over the eight hours of April; nothing earned in May; 100 over the sixteen hours of June
    assert rows == [
        {"month": date(2026, 4, 1), "effective_bill_rate": Decimal("50.00")},
        {"month": date(2026, 5, 1), "effective_bill_rate": None},
        {"month": date(2026, 6, 1), "effective_bill_rate": Decimal("6.25")},
    ]


@pytest.mark.parametrize("metric", ["project_margin", "cost_direct_other", "effective_bill_rate"])
@pytest.mark.parametrize(
    ("date_from", "date_to"),
    [
        (date(2026, 5, 2), None),
        (None, date(2026, 5, 30)),
        (date(2026, 5, 1), date(2026, 6, 29)),
        (date(2026, 5, 1), date(2026, 7, 1)),
    ],
)
def test_a_period_that_cuts_a_month_is_refused(
    service: MetricsService, metric: str, date_from: date | None, date_to: date | None
) -> None:
    with pytest.raises(BadFilter, match=f"{metric} is known by month") as caught:
        service.query(Query([metric], date_from=date_from, date_to=date_to))
    assert caught.value.cure == "Ask from the first to the last day of a month."


def test_whole_months_are_answered(service: MetricsService) -> None:
    whole = Query(["project_margin"], date_from=date(2026, 5, 1), date_to=date(2026, 5, 31))
    assert service.query(whole).rows == [{"project_margin": Decimal("300.00")}]
    for name, value in (("month", "2026-05-17"), ("quarter", "2026-05"), ("fiscal_period", "2026-05")):
        asked = Query(["project_margin"], where=(Filter(name, "=", (value,)),))
        assert service.query(asked).rows == [{"project_margin": Decimal("300.00")}], name


@pytest.mark.parametrize("name", ["day", "week"])
def test_margin_has_no_days_and_weeks(service: MetricsService, name: str) -> None:
    with pytest.raises(NotPermitted, match=f"project_margin does not have the dimension {name}"):
        service.query(Query(["project_margin"], by=[name]))
    with pytest.raises(NotPermitted, match=f"project_margin does not have the dimension {name}"):
        service.query(Query(["project_margin"], where=(Filter(name, "=", ("2026-05-31",)),)))
