"""Scheduled and blended utilization and the bench equal what the simulated firm knows of itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.truth import POPULATIONS
from simulation.truth_facts import Ground
from simulation.truth_staffing import METRICS, MONTHLY, StaffingTruth
from tieout.metrics_service import MetricsService, Query

RATIOS = ("scheduled_utilization", "blended_utilization", "bench_rate")
MODES = ("as_was", "as_is")
FIRM_WIDE = ("billable_resources", "firm")
# In these two a row holds one currency; the truth adds them up, and so does the comparison.
CURRENCIES = {"reporting": (), "constant": (), "transaction": ("currency",), "functional": ("currency",)}
HALF = Decimal("0.005")
Values = Mapping[tuple[object, ...], object]


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def truth() -> StaffingTruth:
    return StaffingTruth(Ground(build_firm("tiny", 1)))


def differing(metric: str, found: Values, expected: Values) -> list[tuple[object, ...]]:
    """Cells that differ: money and hours by half a hundredth, ratios by 1e-9."""
    wrong = []
    for key in {**found, **expected}:
        mine, theirs = found.get(key), expected.get(key)
        if metric not in RATIOS:
            same = abs(Decimal(str(mine or 0)) - Decimal(str(theirs or 0))) <= HALF
        elif mine is None or theirs is None:
            same = mine is None and theirs is None
        else:
            same = abs(float(str(mine)) - float(Fraction(str(theirs)))) <= 1e-9
        if not same:
            wrong.append((metric, key, mine, theirs))
    return wrong


def uncosted(
    truth: StaffingTruth, mode: str, currency: str, population: str
) -> dict[tuple[object, ...], Decimal]:
    """Bench hours of the pieces that the truth has no cost for."""
    found: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for day, kind, sides, facts in truth.rows:
        if kind in POPULATIONS[population] and "bench" in facts and f"bench_cost_{currency}" not in facts:
            found[(day.replace(day=1), *sides[mode][:2])] += facts["bench"]
    return found


@pytest.mark.parametrize("population", FIRM_WIDE)
@pytest.mark.parametrize("mode", MODES)
def test_hours_and_ratios_equal_the_truth(
    service: MetricsService, truth: StaffingTruth, mode: str, population: str
) -> None:
    metrics = [metric for metric in METRICS if metric != "bench_cost"]
    answer = service.query(Query(metrics=metrics, by=MONTHLY, mode=mode, population=population))
    for metric in metrics:
        expected = truth.values(metric, mode, population=population)
        found = {tuple(row[name] for name in MONTHLY): row[metric] for row in answer.rows}
        assert differing(metric, found, expected) == []
        assert sum(1 for value in expected.values() if value) >= 10, f"hardly anything to compare in {metric}"


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("population", FIRM_WIDE)
@pytest.mark.parametrize("mode", MODES)
def test_bench_cost_equals_the_truth_in_every_currency(
    service: MetricsService, truth: StaffingTruth, mode: str, population: str, currency: str
) -> None:
    by = (*MONTHLY, *CURRENCIES[currency])
    metrics = ("bench_cost", "uncosted_bench_hours")
    answer = service.query(Query(metrics=metrics, by=by, mode=mode, currency=currency, population=population))
    found: dict[str, dict[tuple[object, ...], Decimal]] = {name: defaultdict(Decimal) for name in metrics}
    for row in answer.rows:
        for metric in metrics:
            found[metric][tuple(row[name] for name in MONTHLY)] += Decimal(str(row[metric] or 0))
    expected = truth.values("bench_cost", mode, currency, population)
    assert differing("bench_cost", found["bench_cost"], expected) == []
    assert sum(1 for value in expected.values() if value) >= 10
    without = uncosted(truth, mode, currency, population)
    assert differing("uncosted_bench_hours", found["uncosted_bench_hours"], without) == []


def test_bookings_beyond_the_as_of_date_are_in_no_utilization(
    service: MetricsService, truth: StaffingTruth
) -> None:
    months = service.query(Query(metrics=("scheduled_utilization",), by=("month",))).rows
    assert max(row["month"] for row in months) == truth.firm.as_of.replace(day=1) == date(2026, 6, 1)
