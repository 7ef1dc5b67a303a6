"""Breaks, catalogue and data health in a real browser: what is seen and downloaded is what the service says."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from dashboard import format as fmt
from dashboard.views.breaks import EXPORT
from tests.dashboard.browser import Reader
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Cell, Filter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BREAKS = "reconciliation.rec_break"
ORDER = ("-primary_reporting", "-severity_order", "event_date", "break_id")
TEXTS = (
    "break_id",
    "check_id",
    "item_name",
    "finding",
    "severity",
    "status",
    "owner_team_name",
)
MONEY = ("stake_reporting", "primary_reporting", "headline_reporting")
LISTED = 200


def breaks(service: MetricsService, **where: str) -> list[dict[str, Cell]]:
    filters = [Filter(name, "=", (value,)) for name, value in where.items()]
    return service.rows(BREAKS, where=filters, order_by=ORDER, limit=100_000).rows


def narrow(reader: Reader, width: int) -> None:
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    main = "[...document.querySelectorAll('[data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"
    assert reader.page.evaluate(f"Math.max(...{main})") <= 0, "the page scrolls sideways"


def listed(reader: Reader) -> int:
    return int(reader.page.locator(".st-key-card_list tbody tr").count())


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["breaks", "catalogue", "health"])
def test_a_page_loads_without_error(browser: Any, address: str, width: int, path: str) -> None:
    reader = Reader(browser, width)
    reader.open(f"{address}/{path}")
    narrow(reader, width)
    for words in ("could not be drawn", "cannot be answered", "Traceback"):
        assert reader.page.get_by_text(words).count() == 0
    assert reader.page.locator("h1").count() == 1
    assert reader.page.locator(".to-table").count() >= 2
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_navigation_leads_everywhere_and_keeps_what_is_shared(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    practice = next(
        str(one) for one in service.dimension_values("practice") if one not in (None, "Unassigned")
    )
    reader = Reader(browser, width)
    reader.open(f"{address}/?{urlencode({'practice': practice, 'mode': 'as_is'})}")
    for title, path in (
        ("Breaks", "/breaks"),
        ("Catalogue", "/catalogue"),
        ("Data health", "/health"),
        ("Breaks", "/breaks"),
        ("Overview", "/"),
    ):
        reader.page.locator(".st-key-navigation").get_by_role("link", name=title, exact=True).click()
        reader.page.wait_for_function(f"location.pathname === '{path}'", timeout=20_000)
        reader.page.locator(".st-key-navigation [class*=st-key-nav_current]").get_by_text(title).wait_for(
            timeout=20_000
        )
        reader.settle()
        assert reader.query() == {"practice": [practice], "mode": ["as_is"]}, path
    reader.page.get_by_text(f"{practice} practice, all entities").wait_for(timeout=20_000)
    reader.page.get_by_text("as is, ").first.wait_for(timeout=20_000)
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_filter_changes_list_tiles_and_address(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    everything = breaks(service)
    check = str(everything[0]["check_id"])
    title = str(everything[0]["title"])
    reader = Reader(browser, width)
    reader.open(f"{address}/breaks")
    assert reader.tile("breaks_open") == fmt.grouped(Decimal(len(everything)), 0)
    assert listed(reader) == min(LISTED, len(everything))
    reader.unfold()
    reader.page.locator(".st-key-pick_check input").click()
    reader.page.get_by_role("option", name=f"{check} {title}", exact=True).click()
    reader.page.wait_for_function(f"location.search.includes('check={check}')", timeout=20_000)
    wanted = breaks(service, check_id=check)
    reader.page.get_by_text(f"{fmt.grouped(Decimal(len(wanted)), 0)} breaks, most money").wait_for(
        timeout=20_000
    )
    reader.settle()
    totals = service.break_totals([Filter("check_id", "=", (check,))])
    assert reader.query() == {"check": [check]}
    assert listed(reader) == min(LISTED, len(wanted))
    assert reader.tile("breaks_open") == fmt.grouped(Decimal(totals.count), 0)
    assert reader.tile("breaks_headline") == fmt.tile_value(totals.headline, "money", totals.currency_code)
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_evidence_opens_from_the_list_and_closes(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    first = breaks(service)[0]
    reader = Reader(browser, width)
    reader.open(f"{address}/breaks")
    reader.page.locator(".st-key-card_list tbody tr").first.locator("a").first.click()
    reader.page.wait_for_selector("#evidence", timeout=20_000)
    reader.settle()
    assert reader.query() == {"break": [str(first["break_id"])]}
    words = reader.page.locator(".st-key-card_behind").inner_text()
    for name in ("rule", "action", "owner_team_name", "left_id", "left_value", "break_id"):
        assert str(first[name]) in words, name
    assert fmt.stake(first["stake_text"]) in words
    own = [Filter("break_id", "=", (str(first["break_id"]),))]
    for row in service.rows("reconciliation.rec_break_transaction", where=own).rows:
        assert str(row["transaction_key"]) in words
        assert (
            fmt.exact_value(fmt.cents(row["primary_reporting"]), "money", str(first["reporting_currency"]))
            in words
        )
    narrow(reader, width)
    reader.page.get_by_role("button", name="Close").click()
    reader.page.wait_for_selector("#evidence", state="detached", timeout=20_000)
    assert reader.query() == {}
    assert reader.complaints == []
    reader.context.close()


def test_the_downloads_are_the_breaks_of_the_service(
    browser: Any, address: str, service: MetricsService, tmp_path: Path
) -> None:
    wanted = breaks(service)
    reader = Reader(browser, 1440)
    reader.open(f"{address}/breaks")
    saved = {}
    for kind in ("csv", "xlsx"):
        with reader.page.expect_download(timeout=20_000) as waiting:
            reader.page.locator(f".st-key-{kind}_list button").click()
        saved[kind] = tmp_path / f"breaks.{kind}"
        waiting.value.save_as(saved[kind])
        assert waiting.value.suggested_filename == f"breaks-{service.version.as_of}.{kind}"

    with saved["csv"].open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["break_id"] for line in lines] == [row["break_id"] for row in wanted]
    for line, row in zip(lines, wanted, strict=True):
        for name in MONEY:
            assert (Decimal(line[name]) if line[name] else None) == row[name], name
        assert (Decimal(line["stake_amount"]) if line["stake_amount"] else None) == row["stake_amount"]
        assert line["stake_currency"] == (row["currency"] or "")
        assert bool(line["stake_note"]) is (row["stake_amount"] is None)
        assert line["currency"] == row["reporting_currency"]
        assert line["version"] == service.version.id

    book = openpyxl.load_workbook(saved["xlsx"])
    head, *body = book["Rows"].iter_rows()
    names = {column.label: column.name for column in EXPORT}
    names = [names.get(str(cell.value), str(cell.value)) for cell in head]
    assert len(body) == len(wanted)
    for cells, row in zip(body, wanted, strict=True):
        found = dict(zip(names, cells, strict=True))
        for name in TEXTS:
            assert found[name].value == row[name], name
            assert found[name].data_type == "s", name
        for name in MONEY:
            amount = row[name]
            assert found[name].data_type == "n", name
            assert found[name].value == (None if amount is None else pytest.approx(float(str(amount)))), name
        event = row["event_date"]
        assert isinstance(event, date)
        assert found["event_date"].value.date() == event
        assert found["age_business_days"].value == row["age_business_days"]
        assert not any(cell.data_type == "f" for cell in cells)
    assert reader.complaints == []
    reader.context.close()


def test_a_bar_filters_by_its_check(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/breaks")
    reader.page.wait_for_selector(".st-key-card_ageing .main-svg", timeout=20_000)
    reader.click_first_bar("card_ageing")
    reader.page.wait_for_function("location.search.includes('check=')", timeout=20_000)
    reader.settle()
    (check,) = reader.query()["check"]
    assert reader.tile("breaks_open") == fmt.grouped(Decimal(len(breaks(service, check_id=check))), 0)
    assert reader.complaints == []
    reader.context.close()


def test_the_checks_table_is_that_of_the_service(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/breaks")
    shown = [
        re.sub(r"\s+", "", row)
        for row in reader.page.locator(".st-key-card_checks tbody tr").all_inner_texts()
    ]
    results = service.rows("reconciliation.rec_check_result", order_by=("check_id",)).rows
    assert len(shown) == len(results)
    for line, row in zip(shown, results, strict=True):
        counts = [
            str(row[name])
            for name in ("population", "tested", "passed", "failed", "not_yet_due", "not_applicable")
        ]
        assert str(row["check_id"]) in line
        assert "".join(counts) in line if row["has_run"] else "didnotrun" in line
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_catalogue_is_searched_and_opens_a_metric(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    reader = Reader(browser, width)
    reader.open(f"{address}/catalogue")
    assert reader.page.locator(".st-key-card_metrics tbody tr").count() == len(service.describe())
    reader.unfold()
    field = reader.page.locator(".st-key-pick_q input")
    field.fill("work in progress")
    field.press("Enter")
    reader.page.wait_for_function("location.search.includes('q=')", timeout=20_000)
    reader.page.get_by_text("with “work in progress”").wait_for(timeout=20_000)
    reader.settle()
    assert 0 < reader.page.locator(".st-key-card_metrics tbody tr").count() < len(service.describe())
    reader.page.locator(".st-key-card_metrics tbody a", has_text="wip_commercial").click()
    reader.page.wait_for_selector("#metric", timeout=20_000)
    reader.settle()
    assert reader.query()["metric"] == ["wip_commercial"]
    reader.page.get_by_text("Compiled SQL").click()
    code = reader.page.locator(".st-key-card_behind code").first
    code.wait_for(timeout=20_000)
    assert re.search(r"\bselect\b", code.inner_text(), re.IGNORECASE)
    words = reader.page.locator(".st-key-card_behind").inner_text()
    entry = service.describe("wip_commercial")[0]
    for told in (
        entry.formula,
        entry.owner,
        *(str(row["relation"]) for row in service.lineage("wip_commercial")),
    ):
        assert told in words
    narrow(reader, width)
    assert reader.complaints == []
    reader.context.close()


def test_a_phone_shows_what_a_break_is_worth_whose_it_is_and_how_old(
    browser: Any, address: str, service: MetricsService
) -> None:
    first = breaks(service)[0]
    reader = Reader(browser, 390)
    reader.open(f"{address}/breaks")
    assert reader.page.locator("[data-metric=breaks_open]").bounding_box()["y"] < 300, "numbers come first"
    assert not reader.page.locator(".st-key-pick_check").is_visible()
    reader.unfold()
    assert reader.page.locator(".st-key-pick_check").is_visible()
    row = reader.page.locator(".st-key-card_list tbody tr").first
    row.scroll_into_view_if_needed()
    for heading in ("Counted", "Owner", "Age"):
        box = row.locator(f"[data-label='{heading}']").bounding_box()
        assert box["x"] >= 0, heading
        assert box["x"] + box["width"] <= 390, heading
    counted = fmt.exact_value(
        fmt.cents(first["primary_reporting"]), "money", str(first["reporting_currency"])
    )
    assert row.locator("[data-label=Counted]").inner_text() == counted
    scroll = reader.page.locator(".st-key-card_list .to-scroll")
    assert scroll.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, "the list scrolls sideways"
    reader.context.close()


def test_health_shows_every_object_and_run(browser: Any, address: str, service: MetricsService) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/health")
    objects = service.object_freshness()
    assert reader.page.locator(".st-key-card_fresh tbody tr").count() == len(objects)
    assert reader.page.locator(".st-key-card_runs tbody tr").count() == len(service.runs())
    system = str(objects[0]["system"])
    reader.page.locator(".st-key-pick_system input").click()
    reader.page.get_by_role("option", name=system, exact=True).click()
    reader.page.wait_for_function(f"location.search.includes('system={system}')", timeout=20_000)
    reader.page.get_by_text(f"System {system}, as of").wait_for(timeout=20_000)
    reader.settle()
    mine = [row for row in objects if row["system"] == system]
    assert reader.page.locator(".st-key-card_fresh tbody tr").count() == len(mine)
    assert service.version.id in reader.page.locator(".st-key-card_version").inner_text()
    assert reader.complaints == []
    reader.context.close()


def test_code_in_an_address_does_not_run(browser: Any, address: str) -> None:
    hostile = '<img src=x onerror="window.touched=true">\'; DROP TABLE rec_break; --'
    reader = Reader(browser, 1440)
    reader.page.add_init_script("window.touched = false")
    for path, names in (
        ("breaks", ("break", "check")),
        ("catalogue", ("metric", "q")),
        ("health", ("system",)),
    ):
        reader.open(f"{address}/{path}?{urlencode(dict.fromkeys(names, hostile))}")
        assert reader.page.evaluate("window.touched") is False
        assert reader.page.locator("img[src=x]").count() == 0
    assert reader.complaints == []
    reader.context.close()
