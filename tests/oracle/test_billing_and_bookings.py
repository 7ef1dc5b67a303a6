"""Bookings, billed revenue and credit notes equal what the simulated firm knows of itself.

The truth leaves out invoice lines that name no contract line. A ledger has them and they are billed, so they stand under
the contract type Unassigned; the comparison leaves this bucket out, and the simulated firm has nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.money_truth import MoneyTruth
from simulation.truth import UNASSIGNED
from tieout.metrics_service import MetricsService, Query

METRICS = ("bookings_tcv", "billed_revenue", "credit_notes")
SLICE = ("month", "practice", "entity", "contract_type")
CURRENCIES = {"reporting": (), "constant": (), "transaction": ("currency",), "functional": ("currency",)}
HALF_A_CENT = Decimal("0.005")


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def truth() -> MoneyTruth:
    return MoneyTruth(build_firm("tiny", 1))


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("mode", ["as_was", "as_is"])
def test_bookings_and_billing_equal_the_truth(
    service: MetricsService, truth: MoneyTruth, mode: str, currency: str
) -> None:
    by = (*SLICE, *CURRENCIES[currency])
    rows = service.query(Query(metrics=METRICS, by=by, mode=mode, currency=currency)).rows
    for metric in METRICS:
        found = {tuple(row[name] for name in by): row[metric] for row in rows if row[metric] is not None}
        expected = truth.values(metric, mode, currency, by)
        assert sum(1 for value in expected.values() if value) > 5, "nothing compared"
        assert [key for key in found if UNASSIGNED in key[3:4]] == []
        assert [
            (metric, key, found.get(key), expected.get(key))
            for key in {**found, **expected}
            if abs(Decimal(str(found.get(key) or 0)) - Decimal(str(expected.get(key) or 0))) > HALF_A_CENT
        ] == []


def test_credit_notes_are_part_of_billed_revenue(service: MetricsService, truth: MoneyTruth) -> None:
    (row,) = service.query(Query(metrics=METRICS)).rows
    assert Decimal(str(row["credit_notes"])) > 0
    gross = sum(
        (
            fact.amounts["reporting"] or Decimal(0)
            for fact in truth.revenue.billed()
            if fact.measure == "billed_revenue" and not fact.item.startswith("CN-")
        ),
        Decimal(0),
    )
    billed = Decimal(str(row["billed_revenue"])) + Decimal(str(row["credit_notes"]))
    assert abs(billed - gross) <= Decimal("0.01")
