"""What is said of a number's trust: the breaks that touch it, under the question's own filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.metrics_service import Filter, MetricsService, Query

COLUMNS = ("check_id", "practice_name", "event_date", "primary_reporting", "touches")


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def touching(service: MetricsService, metric: str) -> list[dict[str, object]]:
    rows = service.rows("rec_break", COLUMNS, limit=100_000).rows
    return [row for row in rows if metric in str(row["touches"]).split(",")]


def test_a_number_carries_the_breaks_that_touch_it(service: MetricsService) -> None:
    found = service.trust(Query(["wip_commercial", "capacity_gross_hours"]))
    rows = touching(service, "wip_commercial")
    assert len(rows) > 20
    said = found["wip_commercial"]
    assert said.open_breaks == len(rows)
    assert said.unreconciled == sum((Decimal(str(row["primary_reporting"] or 0)) for row in rows), Decimal(0))
    assert said.without_amount == sum(1 for row in rows if row["primary_reporting"] is None)
    assert said.sentence().startswith("± ")
    assert found["capacity_gross_hours"].open_breaks == 0
    assert found["capacity_gross_hours"].sentence() == "no open break · 100 % traced"


def test_filters_and_periods_hold_for_the_breaks_too(service: MetricsService) -> None:
    in_data = service.trust(Query(["wip_commercial"], where=[Filter("practice", "=", ("Data",))]))
    rows = [row for row in touching(service, "wip_commercial") if row["practice_name"] == "Data"]
    assert in_data["wip_commercial"].open_breaks == len(rows) > 0
    # a flow is touched by what happened in its period, a balance by all that happened until its day
    last = service.version.as_of
    first = last.replace(day=1)
    flow = service.trust(Query(["project_margin"], date_from=first, date_to=last))["project_margin"]
    dated = [str(row["event_date"]) for row in touching(service, "project_margin")]
    assert flow.open_breaks == sum(1 for day in dated if str(first) <= day <= str(last)) > 0
    balance = service.trust(Query(["wip_commercial"], date_from=first, date_to=first))["wip_commercial"]
    dated = [str(row["event_date"]) for row in touching(service, "wip_commercial")]
    assert balance.open_breaks == sum(1 for day in dated if day <= str(first)) > 0


def test_a_filter_that_breaks_do_not_know_is_named(service: MetricsService) -> None:
    query = Query(["billable_hours"], where=[Filter("status", "=", ("approved",))])
    said = service.trust(query)["billable_hours"]
    assert said.left_out == ("status",)
    assert said.open_breaks == service.trust(replace(query, where=()))["billable_hours"].open_breaks


def test_values_of_filters_stay_text(service: MetricsService) -> None:
    hostile = Filter("practice", "=", ("Data' or 1=1 --",))
    assert service.trust(Query(["wip_commercial"], where=[hostile]))["wip_commercial"].open_breaks == 0
