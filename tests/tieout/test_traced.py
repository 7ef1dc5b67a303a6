"""The share that is traced, over rows whose sums are easy to do by hand: signs, currencies, inputs, days."""

from __future__ import annotations

from decimal import Decimal

from tieout.metrics_service import Filter, MetricsService, Query
from tieout.traced import NOTHING, SEVERAL_CURRENCIES, Traced


def traced(service: MetricsService, metric: str, **asked: object) -> Traced:
    found = service.trust(Query([metric], **asked))[metric].traced  # type: ignore[arg-type]
    assert found is not None
    return found


def test_signs_do_not_weigh(service: MetricsService) -> None:
    # 400 billed and 10 credited: the number is 390, what is to prove 410
    assert service.query(Query(["billed_revenue"])).rows == [{"billed_revenue": Decimal("390.00")}]
    found = traced(service, "billed_revenue")
    assert (found.value, found.traced, found.missing) == (410, 400, (("contract_line", Decimal(10)),))
    assert found.share == Decimal("0.975609")
    assert found.currency == "USD"


def test_currencies_are_not_added(service: MetricsService) -> None:
    assert traced(service, "billed_revenue", currency="transaction").reason == SEVERAL_CURRENCIES
    in_pounds = [Filter("currency", "=", ("GBP",))]
    found = traced(service, "billed_revenue", currency="transaction", where=in_pounds)
    assert (found.value, found.share, found.currency) == (8, 0, "GBP")
    # hours have none
    assert traced(service, "billable_hours", currency="transaction", population="firm").share == 1


def test_a_ratio_says_it_of_the_input_that_is_traced_least(service: MetricsService) -> None:
    found = traced(service, "billable_utilization")
    assert (found.metric, found.share) == ("billable_utilization", 1)
    assert found.part in ("billable_hours", "capacity_gross_hours")


def test_a_balance_is_that_of_its_last_day(service: MetricsService) -> None:
    assert traced(service, "wip_commercial", by=["month"]).value == 300
    assert traced(service, "wip_commercial", where=[Filter("month", "=", ("2026-05",))]).value == 150


def test_without_a_value_there_is_no_share(service: MetricsService) -> None:
    found = traced(service, "billed_revenue", where=[Filter("month", "=", ("2026-01",))])
    assert (found.share, found.reason, found.words()) == (None, NOTHING, "")


def test_the_order_of_questions_changes_nothing(service: MetricsService) -> None:
    together = service.trust(Query(["project_margin_pct", "project_margin", "billed_revenue"]))
    for metric, said in together.items():
        assert said.traced == traced(service, metric), metric
