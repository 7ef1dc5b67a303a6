"""Work in progress on any day, and what hours are sold for, equal what the simulated firm knows of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from simulation.firm import build_firm
from simulation.money_truth import MoneyTruth
from simulation.truth_wip import BALANCES
from tieout.metrics_service import Filter, MetricsService, Query

MODES = ("as_was", "as_is")
SLICE = ("practice", "entity", "contract_type")
RATES = ("unpriced_hours", "rate_realization", "average_bill_rate")
CURRENCIES = {"reporting": (), "constant": (), "transaction": ("currency",), "functional": ("currency",)}
Values = Mapping[tuple[object, ...], object]


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def truth() -> MoneyTruth:
    return MoneyTruth(build_firm("tiny", 1))


def asked(
    service: MetricsService,
    metrics: Sequence[str],
    mode: str,
    currency: str,
    by: Sequence[str],
    day: date | None = None,
) -> dict[str, dict[tuple[object, ...], object]]:
    """Each metric by the dimensions; a balance on one day."""
    where = (Filter("day", "=", (day,)),) if day else ()
    # the truth knows what is dated after the as-of date, which a question without an end leaves out
    answer = service.query(
        Query(metrics=metrics, by=by, mode=mode, currency=currency, where=where, date_to=date.max)
    )
    return {
        metric: {tuple(row[name] for name in by): row[metric] for row in answer.rows} for metric in metrics
    }


def differing(metric: str, found: Values, expected: Values) -> list[tuple[object, ...]]:
    """Cells that differ: money and hours by half a hundredth, ratios by 1e-9, days by a millionth."""
    wrong = []
    for key in {**found, **expected}:
        mine, theirs = found.get(key), expected.get(key)
        if metric in (*RATES, "wip_age_days") and metric != "unpriced_hours":
            if mine is None or theirs is None:
                same = mine is None and theirs is None
            else:
                # a rate is rounded to the minor unit of its currency
                rate = 0.5 if "JPY" in key else 0.005
                # amounts are rounded to six decimals before they are weighted with days
                days = 1e-6 * max(1, abs(float(Fraction(str(theirs)))))
                near = {"wip_age_days": days, "average_bill_rate": rate}.get(metric, 1e-9)
                same = abs(float(str(mine)) - float(Fraction(str(theirs)))) <= near
        else:
            same = abs(Decimal(str(mine or 0)) - Decimal(str(theirs or 0))) <= Decimal("0.005")
        if not same:
            wrong.append((metric, key, mine, theirs))
    return wrong


@pytest.mark.parametrize("mode", MODES)
def test_work_in_progress_on_ten_past_days_equals_the_truth(
    service: MetricsService, truth: MoneyTruth, mode: str
) -> None:
    last = truth.ground.firm.as_of
    metrics = (*BALANCES, "wip_age_days")
    compared = dict.fromkeys(metrics, 0)
    for day in (last - timedelta(days=days) for days in range(0, 500, 50)):
        for currency, more in CURRENCIES.items():
            by = (*SLICE, *more)
            found = asked(service, metrics, mode, currency, by, day)
            for metric in metrics:
                expected = truth.values(metric, mode, currency, by, as_of=day)
                compared[metric] += sum(1 for value in expected.values() if value)
                cells = found[metric]
                if metric == "wip_age_days":
                    # of less than a unit of money it is the age of what rounding to six decimals left
                    whole = truth.values("wip_commercial", mode, currency, by, as_of=day)
                    tiny = {key for key, value in whole.items() if value is None or abs(value) < 1}
                    cells = {key: value for key, value in cells.items() if key not in tiny}
                    expected = {key: value for key, value in expected.items() if key not in tiny}
                assert differing(metric, cells, expected) == [], (day, currency)
    # the tiny firm sells no usage; every other part waits on some day
    assert [metric for metric, cells in compared.items() if not cells] in ([], ["unbilled_usage"])


@pytest.mark.parametrize("mode", MODES)
def test_what_hours_are_sold_for_equals_the_truth(
    service: MetricsService, truth: MoneyTruth, mode: str
) -> None:
    for currency, more in CURRENCIES.items():
        # hours without a price have no currency: by currency only sums of money can be compared
        metrics = RATES if not more else RATES[1:]
        by = ("month", *SLICE, *more)
        found = asked(service, metrics, mode, currency, by)
        for metric in metrics:
            expected = truth.values(metric, mode, currency, by)
            assert any(expected.values()), "nothing compared"
            assert differing(metric, found[metric], expected) == [], currency


def test_the_parts_are_the_whole(service: MetricsService) -> None:
    parts = [metric for metric in BALANCES if metric.startswith("unbilled_") and "unapproved" not in metric]
    last = service.version.as_of
    by_part = asked(service, [*parts, "wip_commercial"], "as_was", "reporting", ("contract",), last)
    contracts = by_part["wip_commercial"]
    assert len(contracts) > 3
    for key, whole in contracts.items():
        total = sum(Decimal(str(by_part[part].get(key) or 0)) for part in parts)
        # each part is rounded on its own
        assert abs(total - Decimal(str(whole or 0))) <= Decimal("0.03"), key
