"""Ask the metrics service what the simulation knows, and list every cell on which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from simulation.truth import COSTS, Truth
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Query

CENT = Decimal("0.005")
HUNDREDTH_HOUR = Decimal("0.005")
RATIO = 1e-9


@dataclass(frozen=True)
class Difference:
    """One cell on which service and truth do not agree."""

    metric: str
    key: tuple[object, ...]
    service: object
    truth: object


def differences(
    service: MetricsService,
    truth: Truth,
    metrics: Sequence[str],
    *,
    by: Sequence[str],
    mode: str,
    currency: str = "reporting",
    population: str = "billable_resources",
) -> Iterator[Difference]:
    """Every cell of every metric that differs; hours and money by half a hundredth, ratios by 1e-9.

    A combination that only one side has must be empty there: zero hours, no money, no ratio.
    """
    # the truth knows what is dated after the as-of date, which a question without an end leaves out
    answer = service.query(
        Query(metrics=metrics, by=by, mode=mode, currency=currency, population=population, date_to=date.max)
    )
    rows = {tuple(_plain(row[name]) for name in by): row for row in answer.rows}
    assert len(rows) == len(answer.rows), f"rows of {metrics} by {by} are not one per combination"
    for metric in metrics:
        known = truth.values(metric, mode, currency, population, tuple(by))
        for key in {**rows, **known}:
            found = rows.get(key, {}).get(metric)
            expected = known.get(key)
            if not _agree(metric, found, expected):
                yield Difference(metric, key, found, expected)


def compared_cells(
    truth: Truth, metric: str, mode: str, currency: str, population: str, by: Sequence[str]
) -> int:
    """How many non-empty cells the truth has: a comparison of nothing proves nothing."""
    values: Mapping[tuple[object, ...], object] = truth.values(metric, mode, currency, population, tuple(by))
    return sum(1 for value in values.values() if value)


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _agree(metric: str, found: object, expected: object) -> bool:
    if isinstance(expected, Fraction) or isinstance(found, float):
        if found is None or expected is None:
            return found is expected
        return abs(float(str(found)) - float(Fraction(str(expected)))) <= RATIO
    difference = Decimal(str(found or 0)) - Decimal(str(expected or 0))
    return abs(difference) <= (CENT if metric in COSTS else HUNDREDTH_HOUR)


def months_of(truth: Truth) -> tuple[date, ...]:
    """Months that have facts."""
    return tuple(sorted({cell.month for cell in truth.cells}))
