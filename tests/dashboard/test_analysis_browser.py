"""The analysis pages in a real browser, served from a published demo."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard import format as fmt
from tests.dashboard.browser import SECONDS, Reader
from tests.dashboard.test_analysis import PAGES, TILES
from tests.dashboard.test_browser import asked, widest
from tieout.explain_types import NotExplainable
from tieout.metrics_service import MetricsService

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A tile of each page whose number is taken apart, or says why it cannot be.
DRILLS = {
    "utilization": "timesheet_compliance",
    "backlog": "backlog_total",
    "billing": "wip_commercial",
    "margin": "cost_standard",
}


def refusal(service: MetricsService, metric: str, practice: str) -> str:
    """Why a number cannot be taken apart; empty where it can."""
    try:
        service.explain(asked(service, [metric], practice))
    except NotExplainable as reason:
        return str(reason)
    return ""


def tiles(reader: Reader, path: str) -> dict[str, str]:
    """What the tiles of a page show."""
    return {metric: reader.tile(metric) for metric in TILES[path]}


def expected(service: MetricsService, path: str, practice: str | None = None) -> dict[str, str]:
    """What the tiles of a page must show for the default month, straight from the metrics service."""
    result = service.query(asked(service, TILES[path], practice))
    units = {column.name: column.unit for column in result.columns}
    return {
        metric: fmt.tile_value(result.rows[0][metric], units[metric], result.currency_code)
        for metric in TILES[path]
    }


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", PAGES)
def test_the_reader_sees_what_the_service_says(
    browser: Any,
    address: str,
    service: MetricsService,
    path: str,
    width: int,
) -> None:
    reader = Reader(browser, width, "dark" if width == 390 else "light")
    reader.open(f"{address}/{path}")
    assert tiles(reader, path) == expected(service, path)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert reader.page.locator(".to-page").inner_text() == PAGES[path].title
    assert reader.page.locator(".stException").count() == 0
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_filter_and_the_rows_behind_a_number(
    browser: Any,
    address: str,
    service: MetricsService,
    path: str,
    tmp_path: Path,
) -> None:
    metric = DRILLS[path]
    practice = widest(service, metric)
    reader = Reader(browser, 1440)
    reader.open(f"{address}/{path}")
    reader.page.locator(".st-key-filter_practice input").click()
    reader.page.get_by_role("option", name=practice, exact=True).click()
    reader.page.wait_for_function(
        f"location.search.includes('practice={practice.split()[0]}')", timeout=20_000
    )
    reader.page.get_by_text(f"{practice} practice, all entities").wait_for(timeout=20_000)
    reader.settle()
    assert tiles(reader, path) == expected(service, path, practice)
    reader.page.locator("section", has=reader.page.locator(f"[data-metric={metric}]")).locator("h2 a").click()
    reader.page.wait_for_selector("#behind", timeout=20_000)
    reader.settle()
    assert reader.query() == {"practice": [practice], "rows": [metric]}
    result = service.query(asked(service, [metric], practice))
    value = result.rows[0][metric]
    unit = result.columns[-1].unit
    behind = reader.page.locator(".st-key-card_behind")
    if reason := refusal(service, metric, practice):
        assert reason in behind.inner_text()
    else:
        number = fmt.exact_value(value, unit, result.currency_code)
        assert behind.locator(f"[data-behind={metric}]").inner_text().startswith(number)
        assert "the number above" in behind.inner_text() or "these parts give" in behind.inner_text()
    with reader.page.expect_download(timeout=20_000) as waiting:
        reader.page.locator(".st-key-csv_rows button").click()
    target = tmp_path / "rows.csv"
    waiting.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["practice"] == "Total"
    assert Decimal(rows[-1][metric]) == Decimal(str(value))
    assert {row["practice_filter"] for row in rows} == {practice}
    assert reader.complaints == []
    reader.context.close()


def test_a_page_takes_the_filters_of_another_along(browser: Any, address: str) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/backlog?mode=as_is&compare=none")
    reader.page.get_by_role("link", name=PAGES["billing"].title).click()
    reader.page.wait_for_selector("[data-metric=wip_age_days]", timeout=SECONDS * 1000)
    reader.settle()
    assert reader.query() == {"mode": ["as_is"], "compare": ["none"]}
    assert reader.complaints == []
    reader.context.close()
