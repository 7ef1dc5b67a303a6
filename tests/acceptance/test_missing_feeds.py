"""What nobody delivers: a check that needs it has not run and finds nothing, and a metric says what it lacks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.acceptance.mini_firm import base, employed, refreshed, together, work, write
from tests.acceptance.money_rows import card
from tieout import break_list
from tieout.metrics_service import MetricsService, Query


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> MetricsService:
    """Billable hours and a rate of the whole firm, without a contract line that they could be sold under."""
    rows = together(base(), employed("worker"), work("worker", "2026-06-01", 8), card("R-1", 150))
    return MetricsService.open(refreshed(write(tmp_path_factory.mktemp("feeds"), rows)))


def test_a_check_that_did_not_run_has_no_breaks(service: MetricsService) -> None:
    (result,) = [row for row in break_list.results(service) if row["check_id"] == "R-01"]
    assert (result["has_run"], result["entities_missing"]) == (False, "contract_line")
    assert (result["population"], result["tested"], result["failed"]) == (0, 0, 0)
    assert break_list.find(service, break_list.chosen(service, {"check": "R-01"}), 10) == ([], 0)


def test_an_empty_metric_says_what_it_lacks(service: MetricsService) -> None:
    answer = service.query(Query(["wip_commercial", "unpriced_hours"]))
    assert (
        "wip_commercial: needs contract, contract_line, of which nothing has been delivered." in answer.notes
    )
    assert answer.rows[0]["unpriced_hours"] == Decimal(8)
    assert not any(note.startswith("unpriced_hours:") for note in answer.notes)
    assert service.describe("unbilled_tm_time")[0].needs == ("contract", "contract_line", "rate_card")
