"""Cases that were worked by hand, with two variants each, through extracts, models and the metrics service."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.acceptance.mini_firm import base, employed, refreshed, together, work, write
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query

WALK = ("capacity_standard_hours", "capacity_gross_hours", "capacity_net_hours", "billable_hours")
SHARES = ("billable_utilization_std", "billable_utilization", "billable_utilization_net")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MetricsService]:
    transfer = (("A", "2025-01-01", "2026-06-16"), ("B", "2026-06-16", ""))
    there_and_back = (*transfer[:1], ("B", "2026-06-16", "2026-06-23"), ("A", "2026-06-23", ""))
    corrected_that_day = (*transfer[:1], ("C", "2026-06-16", "2026-06-16"), ("B", "2026-06-16", ""))
    leave = [
        {"leave_id": "L-1", "employee_id": "capacity", "valid_from": "2026-06-11", "valid_to": "2026-06-13", "status": "approved"},
        {"leave_id": "L-2", "employee_id": "own pattern", "valid_from": "2026-06-11", "valid_to": "2026-06-13", "status": "approved"},
        {"leave_id": "L-3", "employee_id": "leave on holiday", "valid_from": "2026-06-04", "valid_to": "2026-06-06", "status": "approved"},
        {"leave_id": "L-4", "employee_id": "leave on holiday", "valid_from": "2026-06-08", "valid_to": "2026-06-09", "hours_per_day": "4", "status": "approved"},
        {"leave_id": "L-5", "employee_id": "leave on holiday", "valid_from": "2026-06-24", "valid_to": "2026-06-27", "status": "rejected"},
    ]  # fmt: skip
    rows = together(
        base(),
        {"leave": leave},
        employed("capacity", fte="0.8"),
        employed("own pattern", fte="0.8", calendar="MON-THU"),
        employed("leave on holiday"),
        employed("transfer", practices=transfer),
        employed("there and back", practices=there_and_back),
        employed("corrected that day", practices=corrected_that_day),
        *(
            work(person, f"2026-06-{day:02}", "11.5")
            for person in ("capacity", "own pattern", "leave on holiday")
            for day in (1, 2, 3, 15, 16, 17, 18, 22)
        ),
        *(
            work(person, f"2026-06-{day}", "8")
            for person in ("transfer", "there and back", "corrected that day")
            for day in (15, 16, 22, 23)
        ),
    )
    opened = MetricsService.open(refreshed(write(tmp_path_factory.mktemp("cases"), rows)))
    yield opened
    opened.close()


def june(service: MetricsService, person: str, metrics: tuple[str, ...]) -> list[object]:
    answer = service.query(Query(metrics=metrics, by=("month",), where=[Filter("employee", "=", [person])]))
    assert len(answer.rows) == 1
    return [answer.rows[0][metric] for metric in metrics]


@pytest.mark.parametrize(
    ("person", "hours", "shares"),
    [
        # Case 1: 22 weekdays of 8 h at 0.8, one holiday, two days of leave.
        ("capacity", ("140.8", "134.4", "121.6", "92"), (0.653, 0.685, 0.757)),
        # The same as a part-timer's own week, Monday to Thursday: the holiday and one leave day fall on a Friday.
        ("own pattern", ("140.8", "144", "136", "92"), (0.653, 0.639, 0.676)),
        # Full time; a leave day on the holiday takes nothing, four hours are four hours, rejected leave is work.
        ("leave on holiday", ("176", "168", "156", "92"), (0.523, 0.548, 0.590)),
    ],
)
def test_case_1_capacity(
    service: MetricsService, person: str, hours: tuple[str, ...], shares: tuple[float, ...]
) -> None:
    assert june(service, person, WALK) == [Decimal(value) for value in hours]
    assert [round(float(str(share)), 3) for share in june(service, person, SHARES)] == list(shares)


@pytest.mark.parametrize(
    ("person", "as_was", "as_is"),
    [
        # Case 10: A until the 15th, B from the 16th; a join at month grain would give one of them everything.
        ("transfer", {"Practice A": 8, "Practice B": 24}, {"Practice B": 32}),
        ("there and back", {"Practice A": 16, "Practice B": 16}, {"Practice A": 32}),
        # An interval that ends on the day it starts was a slip, corrected the same day: it holds nowhere.
        ("corrected that day", {"Practice A": 8, "Practice B": 24}, {"Practice B": 32}),
    ],
)
def test_case_10_mid_month_transfer(
    service: MetricsService, person: str, as_was: dict[str, int], as_is: dict[str, int]
) -> None:
    for mode, expected in (("as_was", as_was), ("as_is", as_is)):
        answer = service.query(
            Query(
                metrics=("billable_hours",),
                by=("month", "practice"),
                where=[Filter("employee", "=", [person])],
                mode=mode,
            )
        )
        found = {row["practice"]: row["billable_hours"] for row in answer.rows if row["billable_hours"]}
        assert found == expected
