"""What is said of a number's trust: the breaks that touch it, under the question's own filters and in its own unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.metrics_service import Filter, MetricsService, Query, Trust, UnknownValue


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def touching(service: MetricsService, metric: str) -> list[dict[str, object]]:
    """The touches of a metric, each with the practice and the day of its break."""
    breaks = {
        row["break_id"]: row
        for row in service.rows("rec_break", ("break_id", "practice_name", "event_date"), limit=100_000).rows
    }
    rows = service.rows("rec_break_touch", where=[Filter("metric", "=", (metric,))], limit=100_000).rows
    return [{**row, **breaks[row["break_id"]]} for row in rows]


def added(rows: list[dict[str, object]], name: str = "claim_amount") -> Decimal:
    return sum((Decimal(str(row[name] or 0)) for row in rows), Decimal(0))


def test_a_number_carries_the_breaks_that_touch_it(service: MetricsService) -> None:
    found = service.trust(Query(["wip_commercial", "capacity_gross_hours"]))
    rows = touching(service, "wip_commercial")
    assert len(rows) > 20
    said = found["wip_commercial"]
    assert said.open_breaks == len(rows)
    assert said.unreconciled == added(rows)
    assert said.missing == added([row for row in rows if row["is_missing"]]) > 0
    assert said.without_amount == sum(1 for row in rows if row["claim_amount"] is None)
    assert said.sentence().startswith("± ")
    assert "of it not in the number yet" in said.sentence()
    assert found["capacity_gross_hours"].open_breaks == 0
    # no break, because none of the checks is about it
    assert found["capacity_gross_hours"].sentence() == "no check looks at it · 100 % traced"


def test_what_is_in_a_number_is_not_uncertain_by_more_than_it(service: MetricsService) -> None:
    for metric in ("unbilled_unapproved_time", "unbilled_tm_time", "wip_commercial", "recorded_hours"):
        for where in ([], [Filter("practice", "=", ["Data"])], [Filter("practice", "=", ["Cloud"])]):
            query = Query([metric], where=where, population="firm")
            said, value = service.trust(query)[metric], service.query(query).rows[0][metric]
            assert said.unreconciled is not None
            assert said.unreconciled - said.missing <= Decimal(str(value or 0)), (metric, where)


def test_hours_are_uncertain_by_hours(service: MetricsService) -> None:
    query = Query(["billable_hours"])
    said = service.trust(query)["billable_hours"]
    rows = touching(service, "billable_hours")
    assert said.unit == "hours"
    assert said.unreconciled == added(rows) > 0
    hours = {
        row["time_entry_id"]: Decimal(str(row["hours"]))
        for row in service.rows("fct_time_entry", ("time_entry_id", "hours"), limit=100_000).rows
    }
    ids = {row["break_id"] for row in rows}
    entries = {
        str(row["left_id"])
        for row in service.rows("rec_break", ("break_id", "left_id"), limit=100_000).rows
        if row["break_id"] in ids
    }
    assert said.unreconciled <= sum((abs(hours[entry]) for entry in entries), Decimal(0))
    assert " h unreconciled" in said.sentence()
    assert f"worth {said.worth:,.2f} USD" in said.sentence()


def test_a_share_is_uncertain_by_what_its_numerator_shifts_it(service: MetricsService) -> None:
    query = Query(["billable_utilization", "billable_hours", "capacity_gross_hours"])
    said, row = service.trust(query), service.query(query).rows[0]
    share = said["billable_utilization"]
    assert share.unit == "ratio"
    hours = said["billable_hours"].unreconciled
    assert hours is not None
    assert share.unreconciled is not None
    shifted = float(str(row["billable_utilization"])) * float(hours) / float(str(row["billable_hours"]))
    assert float(share.unreconciled) == pytest.approx(shifted)
    assert " points unreconciled" in share.sentence()
    # unpriced hours are in neither part of the realization: no one knows where they would move it
    other = service.trust(Query(["rate_realization"]))["rate_realization"]
    assert (other.open_breaks > 0, other.unreconciled) == (True, None)
    assert other.sentence().startswith(f"touched by {other.open_breaks:,} breaks worth ")


def test_filters_and_periods_hold_for_the_breaks_too(service: MetricsService) -> None:
    in_data = service.trust(Query(["wip_commercial"], where=[Filter("practice", "=", ("Data",))]))
    rows = [row for row in touching(service, "wip_commercial") if row["practice_name"] == "Data"]
    assert in_data["wip_commercial"].open_breaks == len(rows) > 0
    # a flow is touched by what happened in its period, a balance by all that happened until its day
    last = service.version.as_of
    first = last.replace(day=1)
    flow = service.trust(Query(["cost_standard"], date_from=first, date_to=last))["cost_standard"]
    dated = [str(row["event_date"]) for row in touching(service, "cost_standard")]
    assert flow.open_breaks == sum(1 for day in dated if str(first) <= day <= str(last)) > 0
    balance = service.trust(Query(["wip_commercial"], date_from=first, date_to=first))["wip_commercial"]
    dated = [str(row["event_date"]) for row in touching(service, "wip_commercial")]
    assert balance.open_breaks == sum(1 for day in dated if day <= str(first)) > 0


def test_a_balance_of_no_day_is_touched_by_nothing(service: MetricsService) -> None:
    query = Query(["wip_commercial"], date_from=date(2030, 1, 1))
    assert service.query(query).rows[0]["wip_commercial"] is None
    assert service.trust(query)["wip_commercial"].sentence() == "no open break"


def test_the_breaks_that_are_counted_can_be_listed(service: MetricsService) -> None:
    for metric in ("wip_commercial", "billable_hours", "billable_utilization"):
        for where in ([], [Filter("practice", "=", ["Data"])]):
            query = Query([metric], where=where, date_from=date(2026, 1, 1))
            assert len(service.touching(query)) == service.trust(query)[metric].open_breaks > 0


def test_checks_add_up_to_what_is_said_of_the_number(service: MetricsService) -> None:
    for metric in ("wip_commercial", "billable_hours", "project_margin"):
        for where in ([], [Filter("practice", "=", ["Data"])]):
            query = Query([metric], where=where, date_from=date(2026, 1, 1))
            said, checks = service.trust(query)[metric], service.touching_checks(query)
            assert sum(one.breaks for one in checks) == said.open_breaks
            assert sum((one.unreconciled or Decimal(0) for one in checks), Decimal(0)) == said.unreconciled
            ids = set(service.touching(query))
            rows = service.rows("rec_break", limit=100_000).rows
            for one in checks:
                mine = [row for row in rows if row["break_id"] in ids and row["check_id"] == one.check_id]
                assert len(mine) == one.breaks
                assert {row["stake_kind"] for row in mine} == {one.stake_kind}
                assert (one.counted or Decimal(0)) == sum(
                    (Decimal(str(row["primary_reporting"] or 0)) for row in mine), Decimal(0)
                )


def test_what_is_not_known_is_not_said_to_be_nothing() -> None:
    unknown = Trust("billed_revenue", 2, None, 2, "EUR", worth=None)
    assert unknown.sentence() == "touched by 2 breaks, amount not known"
    share = Trust("rate_realization", 1, None, 0, "EUR", unit="ratio", worth=Decimal(7))
    assert share.sentence() == "touched by 1 break worth 7.00 EUR"
    partly = Trust("billed_revenue", 2, Decimal(5), 1, "EUR", worth=Decimal(5))
    assert partly.sentence() == "± 5.00 EUR unreconciled, 2 breaks (1 without an amount)"


def test_a_filter_that_breaks_do_not_know_is_named(service: MetricsService) -> None:
    query = Query(["billable_hours"], where=[Filter("status", "=", ("approved",))])
    said = service.trust(query)["billable_hours"]
    assert said.left_out == ("status",)
    assert said.open_breaks == service.trust(replace(query, where=()))["billable_hours"].open_breaks


def test_values_of_filters_stay_text(service: MetricsService) -> None:
    hostile = Filter("practice", "=", ("Data' or 1=1 --",))
    with pytest.raises(UnknownValue):
        service.trust(Query(["wip_commercial"], where=[hostile]))
