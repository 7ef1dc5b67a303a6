"""A roll-forward leads from its opening to its closing, or says what is in none of its lines and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tieout.altered import altered
from tieout.cli import main
from tieout.metrics_service import MetricsService, Query

LEFT = "backlog_rollforward_unexplained"
# One line's revenue of one day loses its exchange rate.
WITHOUT_RATE = """
update warehouse.marts.fct_backlog_change_daily set amount_reporting = null
where backlog_change_key = (
    select backlog_change_key from warehouse.marts.fct_backlog_change_daily
    where kind = 'revenue' and amount_reporting <> 0 order by abs(amount_reporting) desc, backlog_change_key limit 1
)
"""


@pytest.fixture(scope="module")
def gap(published_tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return altered(published_tiny, tmp_path_factory.mktemp("gap"), WITHOUT_RATE)


@pytest.fixture(scope="module")
def broken(gap: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(gap)
    yield opened
    opened.close()


def test_what_is_in_no_line_is_a_line_of_its_own(published_tiny: Path, broken: MetricsService) -> None:
    whole = MetricsService.open(published_tiny)
    (row,) = whole.query(Query(["backlog_rollforward"])).rows
    (less,) = broken.query(Query(["backlog_rollforward"])).rows
    before, after = Decimal(str(row[LEFT])), Decimal(str(less[LEFT]))
    lost = whole.rows("fct_backlog_change_daily", where=[], limit=100_000).rows
    largest = max(
        (
            Decimal(str(each["amount_reporting"]))
            for each in lost
            if each["kind"] == "revenue" and each["amount_reporting"] is not None
        ),
        key=abs,
    )
    assert after - before == pytest.approx(largest, abs=Decimal("0.01"))
    assert list(less)[-2:] == [LEFT, "backlog_rollforward_closing"]
    whole.close()


def test_the_lines_and_what_is_left_lead_to_the_closing(broken: MetricsService) -> None:
    for currency in ("reporting", "constant"):
        for by in ([], ["contract"], ["month"]):
            for row in broken.query(Query(["backlog_rollforward"], by=by, currency=currency)).rows:
                lines = [Decimal(str(value or 0)) for name, value in row.items() if name not in by]
                assert abs(sum(lines[:-1]) - lines[-1]) <= Decimal("0.01") * len(lines)


def test_the_reason_names_the_lines(broken: MetricsService) -> None:
    note = broken.query(Query(["backlog_rollforward"])).notes[0]
    assert note.startswith("The lines and the closing do not tie: ")
    assert "Without an exchange rate to reporting currency" in note
    tied = broken.query(Query(["backlog_rollforward"], by=["contract"], currency="transaction"))
    assert all(row[LEFT] == 0 for row in tied.rows)
    assert not [one for one in tied.notes if "do not tie" in one]


def test_an_explanation_does_not_hide_it(gap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(gap), "explain", "backlog_rollforward", "--limit", "1"]) == 0
    shown = capsys.readouterr().out
    assert "lines: each is the sum of its rows. The lines and the closing do not tie: " in shown
    assert main(["--firm", str(gap), "query", "backlog_rollforward"]) == 0
    shown = capsys.readouterr().out
    assert "backlog_rollforward_unexplained (USD)" in shown
    assert "do not tie" in shown
