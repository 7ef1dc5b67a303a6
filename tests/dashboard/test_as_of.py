"""Any past day in a real browser: what the pages show of it is what the command line answers for it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard import format as fmt
from tests.dashboard.browser import ROOT, Reader
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Query

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A page, one of its balances and one of its flows.
PAGES = (
    ("", "wip_commercial", "billed_revenue"),
    ("backlog", "backlog_total", "bookings_tcv"),
    ("billing", "wip_commercial", "credit_notes"),
    ("utilization", "bench_hours", "billable_utilization"),
)


def answered(firm_file: Path, day: date, *metrics: str) -> dict[str, str]:
    """What the command line says of the month up to a day, as tiles write it."""
    period = ("--from", f"{day:%Y-%m-01}", "--to", day.isoformat())
    command = [sys.executable, "-m", "tieout", "--firm", str(firm_file), "query", *metrics, *period]
    printed = subprocess.run(
        [*command, "--population", "billable_resources", "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = json.loads(printed)
    with closing(MetricsService.open(firm_file)) as opened:
        units = {entry.name: entry.unit for entry in opened.describe()}
    (row,) = found["rows"]
    return {
        metric: fmt.tile_value(_number(row[metric]), units[metric], found["currency_code"])
        for metric in metrics
    }


def _number(value: Any) -> Any:
    return float(value) if value is not None else None


@pytest.fixture(scope="module")
def day(service: MetricsService) -> date:
    """A day within the month before the version's last one, on which work waits."""
    last = service.version.as_of.replace(day=1) - timedelta(days=1)
    chosen = last.replace(day=14)
    row = service.query(Query(("wip_commercial", "backlog_total"), date_to=chosen)).rows[0]
    assert row["wip_commercial"]
    assert row["backlog_total"]
    return chosen


@pytest.mark.parametrize(("path", "balance", "flow"), PAGES)
def test_a_page_of_a_past_day_is_what_the_command_line_answers(
    browser: Any, address: str, firm_file: Path, day: date, path: str, balance: str, flow: str
) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/{path}?as_of={day.isoformat()}")
    shown = {metric: reader.tile(metric) for metric in (balance, flow)}
    assert shown == answered(firm_file, day, balance, flow)
    reader.open(f"{address}/{path}")
    assert reader.tile(balance) != shown[balance], "the newest day has another balance"
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_reader_picks_a_past_day_and_returns(
    browser: Any, address: str, firm_file: Path, service: MetricsService, day: date, width: int
) -> None:
    reader = Reader(browser, width)
    reader.open(f"{address}/backlog")
    newest = reader.tile("backlog_total")
    pick(reader, day)
    reader.page.wait_for_function(f"location.search.includes('as_of={day.isoformat()}')", timeout=20_000)
    reader.page.get_by_text("seen from version").wait_for(timeout=20_000)
    reader.settle()
    assert reader.query() == {"as_of": [day.isoformat()]}
    said = reader.page.locator(".to-trust").inner_text()
    assert f"{fmt.day(day)}, seen from version {service.version.id}" in " ".join(said.split())
    wanted = answered(firm_file, day, "backlog_total")
    assert {"backlog_total": reader.tile("backlog_total")} == wanted
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"

    # The day goes along to another page, and the rows behind a number sum to that of the day.
    reader.page.locator(".st-key-navigation").get_by_role("link", name="Overview", exact=True).click()
    reader.page.wait_for_function("location.pathname === '/'", timeout=20_000)
    reader.settle()
    reader.page.locator("section", has=reader.page.locator("[data-metric=wip_commercial]")).click()
    reader.page.wait_for_selector("#behind", timeout=20_000)
    reader.settle()
    exact = reader.page.locator("[data-behind=wip_commercial]").inner_text()
    assert f"sum to {exact}: the number above" in reader.page.locator(".to-behind").inner_text()
    assert {"wip_commercial": reader.tile("wip_commercial")} == answered(firm_file, day, "wip_commercial")

    reader.open(f"{address}/backlog?as_of={day.isoformat()}")
    pick(reader, service.version.as_of)
    reader.page.wait_for_function("!location.search.includes('as_of')", timeout=20_000)
    reader.page.get_by_text("seen from version").wait_for(state="detached", timeout=20_000)
    reader.settle()
    assert reader.tile("backlog_total") == newest
    assert reader.complaints == []
    reader.context.close()


def pick(reader: Reader, day: date) -> None:
    """Type a day into the filter, digit by digit as the field takes them. A narrow screen folds the filters."""
    reader.unfold()
    reader.page.locator(".st-key-filter_as_of [role=spinbutton]").first.click()
    reader.page.keyboard.type(f"{day:%Y%m%d}")
    # The calendar that opened is closed, and leaving the field takes what it holds.
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("Tab")


def test_breaks_of_a_past_day_are_those_of_its_events(
    browser: Any, address: str, service: MetricsService, day: date
) -> None:
    rows = service.rows("reconciliation.rec_break", ("event_date",), limit=100_000).rows
    wanted = len([row for row in rows if row["event_date"] <= day])  # type: ignore[operator]
    assert 0 < wanted < len(rows)
    reader = Reader(browser, 1440)
    reader.open(f"{address}/breaks?as_of={day.isoformat()}")
    assert reader.tile("breaks_open") == str(wanted)
    assert f"{wanted} open" in reader.page.locator(".to-trust").inner_text()
    reader.page.get_by_role("link", name="All events").click()
    reader.page.wait_for_function("!location.search.includes('as_of')", timeout=20_000)
    reader.settle()
    assert reader.tile("breaks_open") == str(len(rows))
    assert reader.complaints == []
    reader.context.close()
