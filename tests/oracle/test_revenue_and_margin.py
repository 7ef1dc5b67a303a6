"""Recognized revenue, what an hour earned, costs and project margin equal what the simulated firm knows of itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.money_truth import MoneyTruth
from simulation.truth_margin import BRIDGE
from tests.oracle.test_work_in_progress import CURRENCIES, MODES, Values, asked
from tieout.metrics_service import MetricsService

BY = ("month", "practice", "entity", "contract_type")
SUMS = ("recognized_revenue_ledger", "cost_direct_other", "cost_passthrough", "project_margin")
CELLS = (*SUMS, *BRIDGE)
RATIOS = ("effective_bill_rate", "project_margin_pct")


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def truth() -> MoneyTruth:
    return MoneyTruth(build_firm("tiny", 1))


def agree(metric: str, key: tuple[object, ...], found: object, expected: object) -> bool:
    """Sums to half a hundredth, rates to half a minor unit of their currency, ratios to 1e-9; null is only null."""
    if found is None or expected is None:
        return found is expected
    if metric == "project_margin_pct":
        return abs(float(str(found)) - float(Fraction(str(expected)))) <= 1e-9
    if metric == "effective_bill_rate":
        return abs(Fraction(str(found)) - Fraction(str(expected))) <= Fraction(1, 2 if "JPY" in key else 200)
    return abs(Decimal(str(found)) - Decimal(str(expected))) <= Decimal("0.005")


def differing(metric: str, found: Values, expected: Values) -> list[tuple[object, ...]]:
    """Cells that differ."""
    return [
        (metric, key, found.get(key), expected.get(key))
        for key in {**found, **expected}
        if not agree(metric, key, found.get(key), expected.get(key))
    ]


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("mode", MODES)
def test_every_cell_equals_the_truth(
    service: MetricsService, truth: MoneyTruth, mode: str, currency: str
) -> None:
    by = (*BY, *CURRENCIES[currency])
    found = asked(service, (*CELLS, *RATIOS), mode, currency, by)
    for metric in (*CELLS, *RATIOS):
        expected = truth.values(metric, mode, currency, by)
        assert sum(1 for value in expected.values() if value) > 5, "nothing compared"
        assert differing(metric, found[metric], expected) == []


def test_margin_is_revenue_less_costs_of_the_firm(service: MetricsService, truth: MoneyTruth) -> None:
    found = asked(service, SUMS, "as_was", "reporting", ())
    for metric in SUMS:
        assert differing(metric, found[metric], truth.values(metric, "as_was", "reporting", ())) == []
    whole = {metric: Decimal(str(cells[()])) for metric, cells in found.items()}
    labour = Decimal(str(truth.margin.values("labour", by=())[()]))
    left = whole["recognized_revenue_ledger"] - whole["cost_direct_other"] - whole["cost_passthrough"]
    assert abs(left - labour - whole["project_margin"]) <= Decimal("0.02")


def test_the_lines_of_the_bridge_leave_the_margin(service: MetricsService) -> None:
    """Each line is rounded on its own: half a hundredth a line is what may be between them and the margin."""
    assert service.describe("margin_bridge")[0].components == tuple(BRIDGE)
    by = ("month", "practice")
    found = asked(service, (*BRIDGE, "project_margin"), "as_was", "reporting", by)
    margin = found["project_margin"]
    assert found["margin_bridge_margin"] == margin
    for key, value in margin.items():
        lines = [found[line].get(key) for line in BRIDGE if line != "margin_bridge_margin"]
        left = sum((Decimal(str(line)) for line in lines if line is not None), Decimal(0))
        assert abs(left - Decimal(str(value))) <= Decimal("0.03"), key
