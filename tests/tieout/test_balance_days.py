"""A balance is taken on the last day of each period, never added over time, and never of another day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.metrics_service import Filter, MetricsService, MixedCurrency, Query

WIP = "wip_commercial"


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def fact(service: MetricsService, day: date, practice: str | None = None) -> Decimal:
    """The sum of the fact's own rows on a day."""
    parts = ("tm_time", "expense", "milestone", "retainer", "overage", "usage")
    rows = service.rows(
        "fct_wip_daily",
        columns=["amount_reporting", "contract_line_version_key_as_was"],
        where=[
            Filter("snapshot_date", "=", [day]),
            Filter("component", "in", [f"unbilled_{part}" for part in parts]),
        ],
        limit=100_000,
    ).rows
    owners = service.rows("dim_contract_line", limit=100_000).rows
    name = {row["contract_line_version_key"]: row["practice_name"] for row in owners}
    return sum(
        (
            Decimal(str(row["amount_reporting"] or 0))
            for row in rows
            if practice in (None, name[row["contract_line_version_key_as_was"]])
        ),
        Decimal(0),
    )


def near(found: object, expected: Decimal) -> bool:
    return abs(Decimal(str(found or 0)) - expected) <= Decimal("0.005")


def test_without_a_period_it_is_the_as_of_date(service: MetricsService) -> None:
    [row] = service.query(Query([WIP])).rows
    assert near(row[WIP], fact(service, service.version.as_of))
    assert row[WIP]


def test_a_range_ends_with_its_last_day(service: MetricsService) -> None:
    day = date(2026, 5, 15)
    [row] = service.query(Query([WIP], date_from=date(2026, 1, 1), date_to=day)).rows
    assert near(row[WIP], fact(service, day))
    [again] = service.query(Query([WIP], where=[Filter("day", "=", [day])])).rows
    assert again[WIP] == row[WIP]


def test_months_show_their_last_days_and_the_running_one_the_as_of_date(service: MetricsService) -> None:
    rows = service.query(
        Query([WIP], by=["month"], date_from=date(2026, 4, 1), date_to=date(2026, 12, 31))
    ).rows
    found = {row["month"]: row[WIP] for row in rows}
    expected = {date(2026, 4, 1): date(2026, 4, 30), date(2026, 5, 1): date(2026, 5, 31)}
    expected[service.version.as_of.replace(day=1)] = service.version.as_of
    assert set(found) == set(expected)
    assert all(near(found[month], fact(service, day)) for month, day in expected.items())


def test_two_months_asked_for_are_the_later_one(service: MetricsService) -> None:
    both = Filter("month", "in", ["2026-04-01", "2026-05-01"])
    [row] = service.query(Query([WIP], where=[both])).rows
    assert near(row[WIP], fact(service, date(2026, 5, 31)))


def test_a_slice_without_rows_on_the_day_is_not_an_older_balance(service: MetricsService) -> None:
    practices = {str(row["practice"]) for row in service.query(Query([WIP], by=["practice", "day"])).rows}
    assert len(practices) > 2
    for day in (date(2026, 4, 2), date(2026, 5, 15), service.version.as_of):
        rows = service.query(Query([WIP], by=["practice"], date_to=day)).rows
        found = {str(row["practice"]): row[WIP] for row in rows}
        assert all(near(found.get(practice), fact(service, day, practice)) for practice in practices)


def test_a_balance_beside_a_flow_keeps_its_days(service: MetricsService) -> None:
    alone = service.query(Query([WIP], by=["month"])).rows
    beside = service.query(Query(["billable_hours", WIP], by=["month"])).rows
    balances = {row["month"]: row[WIP] for row in alone if row[WIP]}
    assert balances == {row["month"]: row[WIP] for row in beside if row[WIP]}


def test_a_balance_does_not_add_currencies(service: MetricsService) -> None:
    with pytest.raises(MixedCurrency):
        service.query(Query([WIP], currency="transaction"))
    rows = service.query(Query([WIP], by=["currency"], currency="transaction")).rows
    assert len({row["currency"] for row in rows if row[WIP]}) > 1


def test_a_roll_opens_on_the_first_day_of_its_period(service: MetricsService) -> None:
    opening, closing, total = "backlog_rollforward_opening", "backlog_rollforward_closing", "backlog_total"

    def stood(day: date) -> object:
        [row] = service.query(Query([total], date_to=day)).rows
        return row[total]

    day, until = date(2026, 5, 15), date(2026, 6, 14)
    [row] = service.query(Query([opening, closing], date_from=day, date_to=until)).rows
    assert (row[opening], row[closing]) == (stood(date(2026, 5, 14)), stood(until))
    rows = service.query(Query([opening, closing], by=["month"], date_from=day)).rows
    found = {row["month"]: (row[opening], row[closing]) for row in rows}
    assert found == {
        date(2026, 5, 1): (stood(date(2026, 5, 14)), stood(date(2026, 5, 31))),
        date(2026, 6, 1): (stood(date(2026, 5, 31)), stood(service.version.as_of)),
    }


def test_a_roll_without_a_period_begins_with_nothing(service: MetricsService) -> None:
    [row] = service.query(Query(["backlog_rollforward"])).rows
    [balance] = service.query(Query(["backlog_total"])).rows
    assert not row["backlog_rollforward_opening"]
    assert row["backlog_rollforward_closing"] == balance["backlog_total"]
    [row] = service.query(Query(["backlog_rollforward"], date_from=date(2026, 6, 1))).rows
    assert row["backlog_rollforward_opening"]
