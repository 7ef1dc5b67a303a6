"""The analysis pages, run by Streamlit's own test driver on the made-up service."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard.components import charts, table_twin
from dashboard.components.charts import Step
from dashboard.views import analysis, backlog, billing, margin, utilization
from dashboard.views.view import one_month_words
from tests.dashboard.fake_service import LINES, FakeMetricsService, Firm
from tieout.metrics_types import Filter, Query

PAGES = {
    "utilization": utilization.PAGE,
    "backlog": backlog.PAGE,
    "billing": billing.PAGE,
    "margin": margin.PAGE,
}
TILES = {
    "utilization": (
        "billable_utilization",
        "productive_utilization",
        "scheduled_utilization",
        "blended_utilization",
        "bench_hours",
        "timesheet_compliance",
    ),
    "backlog": (
        "backlog_total",
        "backlog_hard",
        "backlog_soft",
        "backlog_scheduled",
        "tcv",
        "bookings_tcv",
    ),
    "billing": (
        "wip_commercial",
        "wip_age_days",
        "unbilled_unapproved_time",
        "capped_value",
        "billed_revenue",
        "credit_notes",
    ),
    "margin": (
        "recognized_revenue_ledger",
        "project_margin",
        "project_margin_pct",
        "cost_standard",
        "effective_bill_rate",
        "rate_realization",
    ),
}
MONEY_PAGES = ("backlog", "billing", "margin")


def script(path: str) -> None:
    """What the driver runs: one page, without the navigation around it."""
    import importlib

    importlib.import_module(f"dashboard.views.{path}").render()


def open_page(path: str, **query: str) -> AppTest:
    page = AppTest.from_function(script, kwargs={"path": path}, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def answers(metrics: tuple[str, ...], *where: Filter, **changes: Any) -> dict[str, str]:
    """What tiles must show in June."""
    june = {"date_from": date(2026, 6, 1), "date_to": date(2026, 6, 30), "population": "billable_resources"}
    result = FakeMetricsService().query(Query(metrics, where=where, **(june | changes)))
    units = {entry.name: entry.unit for entry in FakeMetricsService().describe()}
    return {
        metric: fmt.tile_value(value, units[metric], result.currency_code)
        for metric, value in result.rows[0].items()
    }


@pytest.mark.parametrize("path", PAGES)
def test_tiles_show_what_the_service_says(firm: Firm, path: str) -> None:
    shown = html(open_page(path))
    for metric, value in answers(TILES[path]).items():
        assert f'data-metric="{metric}">{value}<' in shown, metric
    assert PAGES[path].title in shown


@pytest.mark.parametrize("path", PAGES)
def test_a_filter_holds_for_every_question(firm: Firm, path: str) -> None:
    page = open_page(path)
    firm.asked.clear()
    page.selectbox(key="filter_practice").select("Data").run()
    assert not page.exception
    shown = html(page)
    for metric, value in answers(TILES[path], Filter("practice", "=", ("Data",))).items():
        assert f'data-metric="{metric}">{value}<' in shown, metric
    asked = [query for query in firm.asked if query.metrics != ("capacity_standard_hours",)]
    assert asked
    assert all(list(query.where) == [Filter("practice", "=", ("Data",))] for query in asked)


@pytest.mark.parametrize("path", PAGES)
def test_every_chart_has_words_a_table_and_a_download(firm: Firm, path: str) -> None:
    page = open_page(path)
    drawn = page.get("plotly_chart")
    assert len(drawn) >= 3
    for chart in drawn:
        assert chart.proto.alt
        assert json.loads(chart.proto.config)["showSendToCloud"] is False
    assert html(page).count('<details class="to-twin"') == len(drawn)
    assert len(page.get("download_button")) >= len(drawn) + 2


@pytest.mark.parametrize("path", PAGES)
def test_the_last_row_of_every_table_on_the_page_is_the_tiles(firm: Firm, path: str) -> None:
    page = open_page(path)
    tables = html(page).split("<table")[1:]
    feet = [unescape(part.split("<tfoot>")[1]) for part in tables if "<tfoot>" in part]
    units = {entry.name: entry.unit for entry in FakeMetricsService().describe()}
    june = Query(
        TILES[path][:1],
        date_from=date(2026, 6, 1),
        date_to=date(2026, 6, 30),
        population="billable_resources",
    )
    (row,) = FakeMetricsService().query(june).rows
    value = fmt.exact_value(row[TILES[path][0]], units[TILES[path][0]], "USD")
    assert sum(value in foot for foot in feet) >= 2


@pytest.mark.parametrize("path", PAGES)
def test_a_tile_leads_to_what_is_behind_it(firm: Firm, path: str) -> None:
    metric = "bench_hours" if path == "utilization" else TILES[path][0]
    shown = html(open_page(path, rows=metric, practice="Data"))
    assert f'data-behind="{metric}"' in shown
    assert "the number above" in shown


@pytest.mark.parametrize("path", MONEY_PAGES)
def test_currencies_that_may_not_be_added_are_refused_with_the_reason(firm: Firm, path: str) -> None:
    shown = html(open_page(path, currency="transaction"))
    assert "The amounts are in EUR and USD." in shown
    assert "n/a" in shown
    alone = html(open_page(path, currency="functional", entity="DE01"))
    assert "€" in alone
    assert "The amounts are in EUR and USD." not in alone


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_slice_says_what_there_is(firm: Firm, path: str) -> None:
    shown = html(open_page(path, period="custom", **{"from": "2020-01-01", "to": "2020-01-31"}))
    assert "Nothing in this slice" in shown
    assert PAGES[path].lacks in shown
    assert "Jul 2024 to Jun 2026" in shown


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_version_says_what_to_do(firm: Firm, path: str) -> None:
    firm.months = 0
    assert "tieout doctor" in html(open_page(path))


@pytest.mark.parametrize("path", PAGES)
def test_a_version_that_lacks_metrics_still_shows_the_rest(firm: Firm, path: str) -> None:
    firm.lacks = frozenset({TILES[path][0], *LINES, "capacity_walk", "backlog_rollforward", "margin_bridge"})
    shown = html(open_page(path))
    assert "this version does not have the metric" in shown
    for metric, value in answers(TILES[path][1:]).items():
        assert f'data-metric="{metric}">{value}<' in shown, metric


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_a_name_with_code_in_it_stays_text(firm: Firm, path: str, name: str) -> None:
    firm.practices = (name, *firm.practices[1:])
    shown = html(open_page(path, practice=name))
    assert "<script" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize("path", PAGES)
def test_a_second_reader_costs_the_service_nothing(firm: Firm, path: str) -> None:
    open_page(path)
    firm.asked.clear()
    open_page(path)
    assert firm.asked == []


@pytest.mark.parametrize("path", PAGES)
def test_metrics_are_asked_for_together(firm: Firm, path: str) -> None:
    open_page(path)
    whole = [query for query in firm.asked if not query.by]
    periods = {(query.date_from, query.date_to) for query in whole}
    reports = 1
    assert len(whole) <= (len(PAGES[path].questions) + reports) * len(periods)


def test_days_of_what_is_known_by_month_have_a_reason_and_the_rest_a_figure(firm: Firm) -> None:
    shown = html(open_page("margin", period="custom", **{"from": "2026-06-10", "to": "2026-06-20"}))
    assert "is known by month" in shown
    assert 'data-metric="project_margin">n/a<' in shown
    assert 'data-metric="recognized_revenue_ledger">$' in shown
    assert 'data-metric="rate_realization">95.0' in shown


def test_the_roll_forward_and_the_bridge_say_that_they_tie(firm: Firm) -> None:
    for path in ("backlog", "margin"):
        assert "Lines and total tie to $0.00." in html(open_page(path))


def walk(*values: str) -> tuple[Step, ...]:
    kinds = ["total", *["move"] * (len(values) - 2), "total"]
    return tuple(
        Step(f"line {place}", Decimal(value), "total" if kind == "total" else "move")
        for place, (value, kind) in enumerate(zip(values, kinds, strict=True))
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("100.00", "20.00", "-5.00", "115.00"), "Lines and total tie to $0.00."),
        (
            ("100.00", "20.00", "-5.00", "115.01"),
            "Lines and total tie but for $0.01, because each line is rounded.",
        ),
        (("100.00", "20.00", "-5.00", "118.00"), "▲ Lines and total do not tie: $3.00 is in no line."),
    ],
)
def test_a_walk_says_what_is_left_open(values: tuple[str, ...], words: str) -> None:
    assert analysis.ties_words(walk(*values), "money", "USD") == words


def test_a_subtotal_on_the_way_is_not_counted_twice() -> None:
    steps = (*walk("100", "-10", "90"), Step("less", Decimal(-20), "move"), Step("end", Decimal(70), "total"))
    assert charts.left_open(steps) == 0
    assert charts.left_open(()) is None


def test_a_walk_has_room_for_what_rises_above_its_totals() -> None:
    figure = charts.walk(walk("100", "80", "-150", "30"), "light", unit="money", currency="USD")
    low, high = figure.layout.xaxis.range
    assert low <= 0
    assert high >= 180
    below = charts.walk(walk("10", "-40", "-30"), "light", unit="money", currency="USD")
    assert below.layout.xaxis.range[0] <= -30
    assert [one.strip() for one in below.data[1].text] == ["$10.0", "−$40.0", "−$30.0"]


def test_one_month_is_said_instead_of_drawn() -> None:
    months = (date(2026, 5, 1), date(2026, 6, 1))
    words = one_month_words([("Total", (None, Decimal(5_120_000)))], "money", "USD", months)
    assert words == "There is only one month to show, Jun 2026: Total $5.12m. A line needs a second one."
    assert one_month_words([("Total", (Decimal(1), Decimal(2)))], "money", "USD", months) == ""
    assert one_month_words([("Total", (None, None))], "money", "USD", months) == ""


@pytest.mark.parametrize("values", [("1200000", "2500000"), ("0", "0"), ("-300", "900"), ("7",)])
def test_amounts_over_time_start_at_zero_and_carry_round_marks(values: tuple[str, ...]) -> None:
    dates = tuple(date(2026, month, 1) for month in range(1, len(values) + 1))
    series = charts.Series("Backlog", tuple(Decimal(value) for value in values))
    figure = charts.lines(dates, (series,), "light", False, unit="money", currency="USD")
    low, high = figure.layout.yaxis.range
    amounts = [Decimal(value) for value in values]
    assert low <= min([Decimal(0), *amounts])
    assert high >= max(amounts)
    assert 0 in figure.layout.yaxis.tickvals
    assert list(figure.data[0].y) == [float(value) for value in values]


def test_a_value_between_two_gaps_is_a_dot() -> None:
    dates = tuple(date(2026, month, 1) for month in range(1, 7))
    values = (Decimal(1), Decimal(2), None, Decimal(4), None, Decimal(6))
    figure = charts.lines(dates, (charts.Series("Credited", values),), "light", False, unit="hours")
    assert list(figure.data[0].marker.size) == [0, 0, 0, 6, 0, 6]


def test_many_rows_are_cut_on_the_page_and_whole_in_the_download(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "LISTED", 2)
    page = open_page("backlog")
    assert "the first 2 of 5, all in the download" in html(page)


def test_a_line_of_a_report_leads_to_its_rows(firm: Firm) -> None:
    shown = unescape(html(open_page("backlog")))
    assert "rows=backlog_rollforward_new_bookings" in shown


def test_the_label_of_a_line_has_no_number() -> None:
    assert analysis.line_label("Roll 02: new bookings") == "New bookings"
    assert table_twin.label_text(None) == "Unassigned"
