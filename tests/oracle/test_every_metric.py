"""Every metric of the service equals what the simulated firm knows of itself, cell by cell."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.money_truth import METRICS as MONEY_METRICS
from simulation.truth import COSTS, METRICS, Truth
from tests.oracle.comparison import compared_cells, differences
from tieout.metrics_service import MetricsService

MODES = ("as_was", "as_is")
CELL = ("month", "practice", "entity")


@dataclass(frozen=True)
class Firm:
    """A published firm, and the truth about it."""

    service: MetricsService
    truth: Truth

    def metrics(self) -> list[str]:
        """Metrics that the catalogue and the truth both have."""
        return [metric.name for metric in self.service.describe() if metric.name in METRICS]


@pytest.fixture(scope="module")
def tiny(published_tiny: Path) -> Iterator[Firm]:
    service = MetricsService.open(published_tiny)
    yield Firm(service, Truth(build_firm("tiny", 1)))
    service.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    folder = tmp_path_factory.mktemp("small")
    for arguments in (
        ["-m", "simulation", "--size", "small", "--seed", "2", "--out", str(folder)],
        ["-m", "tieout", "--firm", str(folder / "firm.yml"), "refresh"],
    ):
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    service = MetricsService.open(folder / "firm.yml")
    yield Firm(service, Truth(build_firm("small", 2)))
    service.close()


def test_the_catalogue_has_no_metric_that_the_truth_lacks(tiny: Firm) -> None:
    catalogued = {metric.name for metric in tiny.service.describe()}
    known = {*METRICS, *MONEY_METRICS}
    reports = {"capacity_walk", "backlog_rollforward", "margin_bridge"}
    # compared with the answer sheet of the breaks, break by break
    of_breaks = {"exception_open_count", "exception_open_value", "exception_headline_value"}
    others = {"target_hours", "uncosted_bench_hours"}
    assert catalogued - known == reports | of_breaks | others, "a metric without an oracle"


def compare(firm: Firm, mode: str) -> None:
    people = [metric for metric in firm.metrics() if metric not in COSTS]
    assert len(people) >= 30
    for population in ("billable_resources", "firm"):
        assert all(
            compared_cells(firm.truth, metric, mode, "reporting", population, CELL)
            for metric in people
            if not metric.startswith("capacity_walk")
        ), "a metric was compared on no cell"
        found = differences(firm.service, firm.truth, people, by=CELL, mode=mode, population=population)
        assert list(found) == []
    for currency in ("reporting", "constant"):
        found = differences(firm.service, firm.truth, COSTS, by=CELL, mode=mode, currency=currency)
        assert list(found) == []
    for currency in ("transaction", "functional"):
        found = differences(
            firm.service, firm.truth, COSTS, by=(*CELL, "currency"), mode=mode, currency=currency
        )
        assert list(found) == []


@pytest.mark.parametrize("mode", MODES)
def test_tiny_firm_equals_its_truth(tiny: Firm, mode: str) -> None:
    compare(tiny, mode)


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_demo_firm_equals_its_truth(small: Firm, mode: str) -> None:
    compare(small, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "dimension", ["practice", "entity", "role", "department", "location", "employment_type"]
)
def test_single_dimensions_and_totals_equal_the_truth(tiny: Firm, mode: str, dimension: str) -> None:
    metrics = ("billable_hours", "capacity_gross_hours", "billable_utilization", "missing_hours")
    assert list(differences(tiny.service, tiny.truth, metrics, by=(dimension,), mode=mode)) == []
    assert list(differences(tiny.service, tiny.truth, metrics, by=(), mode=mode)) == []


def test_the_two_modes_differ_where_people_moved(tiny: Firm) -> None:
    as_was = tiny.truth.values("billable_hours", "as_was", by=("practice",))
    as_is = tiny.truth.values("billable_hours", "as_is", by=("practice",))
    assert as_was != as_is, "the firm has no transfer: the comparison of modes proves nothing"
    assert sum(filter(None, as_was.values())) == sum(filter(None, as_is.values()))
