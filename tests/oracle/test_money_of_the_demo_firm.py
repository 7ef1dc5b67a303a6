"""The money metrics of a larger and odder firm equal what it knows of itself: the comparisons of the tiny one again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

import tests.oracle.test_backlog as backlog
import tests.oracle.test_billing_and_bookings as billing
import tests.oracle.test_revenue_and_margin as revenue
import tests.oracle.test_staffing as staffing
import tests.oracle.test_work_in_progress as wip
from simulation.firm import build_firm
from simulation.money_truth import MoneyTruth
from simulation.truth_facts import Ground
from simulation.truth_staffing import StaffingTruth
from tieout.metrics_service import MetricsService

pytestmark = pytest.mark.long
MODES = ("as_was", "as_is")
POPULATIONS = ("billable_resources", "firm")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MetricsService]:
    folder = tmp_path_factory.mktemp("small")
    for arguments in (
        ["-m", "simulation", "--size", "small", "--seed", "2", "--out", str(folder)],
        ["-m", "tieout", "--firm", str(folder / "firm.yml"), "refresh"],
    ):
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    opened = MetricsService.open(folder / "firm.yml")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def truth() -> MoneyTruth:
    return MoneyTruth(build_firm("small", 2))


@pytest.mark.parametrize("currency", billing.CURRENCIES)
@pytest.mark.parametrize("mode", MODES)
def test_bookings_and_billed_revenue(
    service: MetricsService, truth: MoneyTruth, mode: str, currency: str
) -> None:
    billing.test_bookings_and_billing_equal_the_truth(service, truth, mode, currency)


@pytest.mark.parametrize("currency", revenue.CURRENCIES)
@pytest.mark.parametrize("mode", MODES)
def test_revenue_and_margin(service: MetricsService, truth: MoneyTruth, mode: str, currency: str) -> None:
    revenue.test_every_cell_equals_the_truth(service, truth, mode, currency)


@pytest.mark.parametrize("mode", MODES)
def test_backlog_balances(service: MetricsService, truth: MoneyTruth, mode: str) -> None:
    backlog.test_balances_on_ten_past_days_equal_the_truth(service, truth, mode)


@pytest.mark.parametrize("mode", MODES)
def test_backlog_roll_forward(service: MetricsService, truth: MoneyTruth, mode: str) -> None:
    last = truth.ground.firm.as_of
    # the first contracts are signed on the first day of history
    before = truth.ground.firm.history_from - timedelta(days=1)
    backlog.compare_rolls(
        service,
        truth,
        mode,
        ((before, last), (date(2025, 9, 30), date(2025, 12, 31)), (date(2026, 5, 31), last)),
    )


@pytest.mark.parametrize("mode", MODES)
def test_work_in_progress(service: MetricsService, truth: MoneyTruth, mode: str) -> None:
    wip.test_work_in_progress_on_ten_past_days_equals_the_truth(service, truth, mode)


@pytest.mark.parametrize("mode", MODES)
def test_what_hours_are_sold_for(service: MetricsService, truth: MoneyTruth, mode: str) -> None:
    wip.test_what_hours_are_sold_for_equals_the_truth(service, truth, mode)


@pytest.mark.parametrize("population", POPULATIONS)
@pytest.mark.parametrize("mode", MODES)
def test_staffing(service: MetricsService, mode: str, population: str) -> None:
    known = StaffingTruth(Ground(build_firm("small", 2)))
    staffing.test_hours_and_ratios_equal_the_truth(service, known, mode, population)
    for currency in staffing.CURRENCIES:
        staffing.test_bench_cost_equals_the_truth_in_every_currency(
            service, known, mode, population, currency
        )
