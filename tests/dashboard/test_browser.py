"""The page in a real browser, served from a published demo: what the reader sees is what the service says."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from dashboard import format as fmt
from dashboard import periods
from tests.dashboard.browser import Reader
from tests.dashboard.test_accessibility import complaints
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query

pytestmark = pytest.mark.browser

TILES = (
    "backlog_total",
    "wip_commercial",
    "billed_revenue",
    "project_margin_pct",
    "billable_utilization",
    "timesheet_compliance",
    "billable_hours",
    "productive_utilization",
    "resource_utilization",
    "cost_standard",
)


def asked(
    service: MetricsService,
    metrics: Sequence[str],
    practice: str | None = None,
    currency: str = "reporting",
    mode: str = "as_was",
) -> Query:
    """The question that the page asks for the default month."""
    month = periods.latest_complete_month(service.version.as_of)
    return Query(
        metrics,
        where=[Filter("practice", "=", [practice])] if practice else [],
        mode=mode,
        currency=currency,
        date_from=month,
        date_to=min(periods.last_of_month(month), service.version.as_of),
        population="billable_resources",
    )


def expected(
    service: MetricsService, practice: str | None = None, currency: str = "reporting", mode: str = "as_was"
) -> dict[str, str]:
    """What the tiles must show for the default month, straight from the metrics service."""
    names = {entry.name for entry in service.describe()}
    known = [metric for metric in TILES if metric in names]
    result = service.query(asked(service, known, practice, currency, mode))
    units = {column.name: column.unit for column in result.columns}
    return dict.fromkeys(TILES, fmt.NOT_AVAILABLE) | {
        metric: fmt.tile_value(result.rows[0][metric], units[metric], result.currency_code)
        for metric in known
    }


@pytest.mark.parametrize("width", [1440, 390])
def test_the_reader_sees_what_the_service_says(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    reader = Reader(browser, width)
    reader.open(address)
    assert {metric: reader.tile(metric) for metric in TILES} == expected(service)
    assert "n/a" not in expected(service)["billable_utilization"]
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    for test_id in ("stAppDeployButton", "stMainMenu", "stDecoration", "stStatusWidget", "stToolbar"):
        assert reader.page.locator(f"[data-testid={test_id}]:visible").count() == 0, test_id
    assert reader.page.locator("footer:visible").count() == 0
    assert reader.page.locator(".main-svg").count() >= 5
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_a_filter_changes_the_numbers_and_the_address(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    practice = next(
        str(name) for name in service.dimension_values("practice") if name not in (None, "Unassigned")
    )
    reader = Reader(browser, width)
    reader.open(address)
    reader.unfold()
    reader.page.locator(".st-key-filter_practice input").click()
    reader.page.get_by_role("option", name=practice, exact=True).click()
    reader.page.wait_for_function(
        f"location.search.includes('practice={practice.split()[0]}')", timeout=20_000
    )
    reader.page.get_by_text(f"{practice} practice, all entities").wait_for(timeout=20_000)
    reader.settle()
    wanted = expected(service, practice)
    assert {metric: reader.tile(metric) for metric in TILES} == wanted
    assert wanted != expected(service), "the filter must move something"
    assert reader.query() == {"practice": [practice]}

    shared = Reader(browser, width, "dark")
    shared.open(reader.page.url)
    assert {metric: shared.tile(metric) for metric in TILES} == wanted, "the address carries the filter"
    assert shared.page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark"
    assert reader.complaints + shared.complaints == []
    reader.context.close()
    shared.context.close()


@pytest.mark.slow
def test_mode_and_currency_change_the_numbers(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(address)
    reader.choose("mode", "As is")
    reader.choose("currency", "Constant rates")
    reader.page.get_by_text("as is, USD at constant rates").wait_for(timeout=20_000)
    wanted = expected(service, currency="constant", mode="as_is")
    assert {metric: reader.tile(metric) for metric in TILES} == wanted
    assert wanted != expected(service)
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_a_tile_leads_to_rows_that_sum_to_it(
    browser: Any, address: str, service: MetricsService, width: int, tmp_path: Path
) -> None:
    practice = widest(service, "wip_commercial")
    reader = Reader(browser, width)
    reader.open(f"{address}/?{urlencode({'practice': practice})}")
    shown = reader.tile("wip_commercial")
    reader.page.locator("section", has=reader.page.locator("[data-metric=wip_commercial]")).click()
    reader.page.wait_for_selector("#behind", timeout=20_000)
    reader.settle()
    assert reader.query() == {"practice": [practice], "rows": ["wip_commercial"]}
    result = service.query(asked(service, ["wip_commercial"], practice))
    value = result.rows[0]["wip_commercial"]
    exact = fmt.exact_value(value, "money", result.currency_code)
    assert reader.page.locator("[data-behind=wip_commercial]").inner_text() == exact
    assert reader.tile("wip_commercial") == shown == fmt.tile_value(value, "money", result.currency_code)
    assert f"sum to {exact}: the number above" in reader.page.locator(".to-behind").inner_text()
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"

    with reader.page.expect_download(timeout=20_000) as waiting:
        reader.page.locator(".st-key-csv_behind button").click()
    target = tmp_path / "rows.csv"
    waiting.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert round(sum(Decimal(row["contribution"]) for row in rows), 2) == value
    assert {row["practice_filter"] for row in rows} == {practice}
    assert all(row["record"] and row["source_system"] for row in rows), "each is a record of a system"
    for cell in (cell for row in rows for cell in row.values()):
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        assert not cell.startswith("-") or Decimal(cell) < 0, cell

    reader.page.get_by_role("button", name="Close").click()
    reader.page.wait_for_function("!location.search.includes('rows=')", timeout=20_000)
    reader.page.wait_for_selector("#behind", state="detached", timeout=20_000)
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.slow
def test_a_part_of_what_waits_and_a_cell_of_the_table_lead_to_their_rows(
    browser: Any, address: str, service: MetricsService
) -> None:
    practice = widest(service, "wip_commercial")
    reader = Reader(browser, 1440)
    reader.open(address)
    reader.click_first_bar("card_wip")
    reader.page.wait_for_selector("#behind", timeout=20_000)
    (part,) = reader.query()["rows"]
    assert part.startswith("unbilled_")
    assert "the number above" in reader.page.locator(".to-behind").inner_text()
    cell = reader.page.locator(".st-key-card_rows tbody tr", has_text=practice).locator(
        "a[href*='rows=wip_commercial']"
    )
    words = cell.inner_text()
    cell.click()
    reader.page.wait_for_selector("[data-behind=wip_commercial]", timeout=20_000)
    assert reader.query() == {"practice": [practice], "rows": ["wip_commercial"]}
    assert reader.page.locator("[data-behind=wip_commercial]").inner_text() == words
    assert reader.complaints == []
    reader.context.close()


def widest(service: MetricsService, metric: str) -> str:
    """The practice with the largest amount."""
    rows = service.query(replace(asked(service, [metric]), by=("practice",))).rows
    found = max((row for row in rows if row[metric] is not None), key=lambda row: Decimal(str(row[metric])))
    return str(found["practice"])


@pytest.mark.slow
def test_the_definition_opens_beside_the_number(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(address)
    reader.page.get_by_role("button", name="Definition of Billable utilization").click()
    panel = reader.page.locator("[data-testid=stPopoverBody]")
    panel.get_by_text("Compiled SQL").wait_for(timeout=20_000)
    entry = service.describe("billable_utilization")[0]
    panel.locator("code").first.wait_for(timeout=20_000)
    words = panel.inner_text()
    assert entry.formula in words
    assert entry.owner in words
    assert re.search(r"\bselect\b", words, re.IGNORECASE)
    assert panel.locator("[data-testid=stCode]").bounding_box()["height"] <= 242, (
        "long SQL scrolls in its box"
    )
    assert panel.get_by_role("button", name="Copy to clipboard").is_visible()
    assert complaints(reader) == []
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.slow
def test_a_download_is_the_table(browser: Any, address: str, service: MetricsService, tmp_path: Path) -> None:
    reader = Reader(browser, 1440)
    reader.open(address)
    with reader.page.expect_download(timeout=20_000) as waiting:
        reader.page.locator(".st-key-csv_walk button").click()
    target = tmp_path / "walk.csv"
    waiting.value.save_as(target)
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("line,hours,period_from,period_to")
    assert len(lines) == 1 + len(service.describe("capacity_walk")[0].components)
    assert service.version.id in lines[1]
    assert waiting.value.suggested_filename.endswith(".csv")
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.slow
def test_code_in_the_address_does_not_run(browser: Any, address: str) -> None:
    reader = Reader(browser, 1440)
    reader.page.add_init_script("window.touched = false")
    reader.open(
        f"{address}/?practice=%3Cimg%20src%3Dx%20onerror%3D%22window.touched%3Dtrue%22%3E&month=%27%3B%20DROP"
    )
    assert reader.page.evaluate("window.touched") is False
    assert reader.page.get_by_text("There is no practice").count() == 1
    assert reader.complaints == []
    reader.context.close()


def test_the_first_page_is_opened_by_its_name_too(browser: Any, address: str) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/overview?month=2026-05")
    assert reader.page.get_by_text("Page not found").count() == 0
    assert reader.page.locator(".st-key-navigation a[aria-current], .st-key-nav_current_start a").count() >= 1
    assert reader.page.get_by_text("May 2026").first.is_visible()
    reader.context.close()


@pytest.mark.slow
def test_a_practice_of_the_table_leads_to_its_own_page(
    browser: Any, address: str, service: MetricsService
) -> None:
    reader = Reader(browser, 1440)
    reader.open(address)
    link = reader.page.locator(".st-key-card_rows tbody th a").first
    practice = link.inner_text()
    link.click()
    reader.page.wait_for_function("location.search.includes('practice=')", timeout=20_000)
    reader.settle()
    assert {metric: reader.tile(metric) for metric in TILES} == expected(service, practice)
    reader.context.close()


@pytest.mark.slow
def test_a_bar_leads_to_its_practice_and_back(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(address)
    reader.click_first_bar("card_cost")
    reader.page.wait_for_function("location.search.includes('practice=')", timeout=20_000)
    reader.settle()
    practice = reader.query()["practice"][0]
    reader.page.get_by_text(f"{practice} practice, all entities").wait_for(timeout=20_000)
    assert {metric: reader.tile(metric) for metric in TILES} == expected(service, practice)
    reader.click_first_bar("card_cost")
    reader.page.wait_for_function("!location.search.includes('practice=')", timeout=20_000)
    reader.page.get_by_text("All practices, all entities").wait_for(timeout=20_000)
    assert reader.complaints == []
    reader.context.close()


def test_the_month_shown_is_a_finished_one(service: MetricsService) -> None:
    month = periods.latest_complete_month(service.version.as_of)
    assert date(month.year, month.month, 1) == month
    assert periods.last_of_month(month) <= service.version.as_of
