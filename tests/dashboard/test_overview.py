"""The page as a whole, run by Streamlit's own test driver on the made-up service."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from tests.dashboard.fake_service import FakeMetricsService, Firm
from tieout.metrics_types import Filter, Query, SystemFreshness

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "app.py")
TILES = (
    "billable_utilization",
    "productive_utilization",
    "resource_utilization",
    "billable_hours",
    "timesheet_compliance",
    "cost_standard",
)


def open_page(**query: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def address(page: AppTest) -> dict[str, str]:
    """The query of the page's address; the driver gives lists for what it was given and text for what was set."""
    found = page.query_params
    return {name: value if isinstance(value, str) else value[-1] for name, value in found.items()}


def html(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_tiles_show_what_the_service_says(firm: Firm) -> None:
    shown = html(open_page())
    result = FakeMetricsService().query(
        Query(TILES, date_from=date(2026, 6, 1), date_to=date(2026, 6, 30), population="billable_resources")
    )
    units = {entry.name: entry.unit for entry in FakeMetricsService().describe()}
    for metric in TILES:
        value = fmt.tile_value(result.rows[0][metric], units[metric], "USD")
        assert f'data-metric="{metric}">{value}<' in shown


def test_the_three_denominators_and_compliance_stand_together(firm: Firm) -> None:
    shown = html(open_page())
    for metric in TILES[:3]:
        face = shown[shown.index(f'data-metric="{metric}"') :].split("</section>")[0]
        for words in ("over standard", "over net", "timesheets in"):
            assert words in face, f"{metric} without {words}"
    assert "missing" in shown
    assert "uncosted" in shown
    assert "no breaks" not in shown.lower()


def test_the_trust_bar_says_what_numbers_rest_on(firm: Firm) -> None:
    shown = html(open_page())
    for words in ("Demo Firm", "30 Jun 2026", "as was", "USD", firm.version, "30 Jun 2026 20:10 UTC"):
        assert words in shown
    assert "Not recorded in erp: time approval" in shown


def test_every_chart_has_a_question_words_a_table_and_a_download(firm: Firm) -> None:
    page = open_page()
    charts = page.get("plotly_chart")
    assert len(charts) == 4
    for chart in charts:
        spec = json.loads(chart.proto.spec)
        assert spec["layout"]["template"]["layout"]["separators"] == ".\u202f"
        config = json.loads(chart.proto.config)
        assert config["showSendToCloud"] is False
        assert config["displaylogo"] is False
        assert chart.proto.alt
        assert chart.proto.theme != "streamlit"
    assert html(page).count("<details") == 4
    assert len(page.get("download_button")) == 5


def test_filters_change_address_sentence_and_questions(firm: Firm) -> None:
    page = open_page()
    page.selectbox(key="filter_practice").select("Data").run()
    page.selectbox(key="filter_mode").select("as_is").run()
    page.selectbox(key="filter_currency").select("constant").run()
    assert not page.exception
    assert address(page) == {"practice": "Data", "mode": "as_is", "currency": "constant"}
    assert "Data practice, all entities, Jun 2026, as is, USD at constant rates" in html(page)
    last = [query for query in firm.asked if not query.by][-1]
    assert list(last.where) == [Filter("practice", "=", ("Data",))]
    assert (last.mode, last.currency) == ("as_is", "constant")


def test_an_address_opens_the_same_page(firm: Firm) -> None:
    page = open_page(
        period="quarter", month="2026-01", entity="US01", compare="prior_year", population="firm"
    )
    shown = html(page)
    assert "All practices, entity US01, Q1 2026, as was, USD, whole firm" in shown
    assert "v Q1 2025" in shown
    assert "v Q4 2025" not in shown
    assert page.selectbox(key="filter_population").value == "firm"


def test_custom_days(firm: Firm) -> None:
    page = open_page(period="custom", **{"from": "2026-03-10", "to": "2026-03-19"})
    assert "10–19 Mar 2026" in html(page)
    page.date_input(key="filter_to").set_value(date(2026, 3, 25)).run()
    assert "10–25 Mar 2026" in html(page)
    assert address(page)["to"] == "2026-03-25"


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE fct_time; --",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
    ],
)
def test_an_address_with_code_in_it_stays_text(firm: Firm, value: str) -> None:
    page = open_page(practice=value, month=value)
    shown = html(page)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "There is no practice" in shown
    assert all(value not in str(query.where) for query in firm.asked), "it reached a question"
    assert "practice" not in page.query_params


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<b>Data</b>", "*Data* :red[x] $x$", "=1+1"])
def test_a_name_with_code_in_it_stays_text(firm: Firm, name: str) -> None:
    firm.practices = (name, "Cloud")
    firm.name = name
    page = open_page()
    page.selectbox(key="filter_practice").select(name).run()
    assert not page.exception
    shown = html(page)
    assert "<script" not in shown
    assert "<b>Data" not in shown
    assert all("<script" not in chart.proto.spec for chart in page.get("plotly_chart"))
    assert address(page)["practice"] == name


def test_nothing_published(firm: Firm) -> None:
    firm.published = False
    page = open_page()
    assert "Nothing has been published yet" in html(page)
    assert "tieout refresh" in html(page)
    firm.published = True
    page.run()
    assert "Billable utilization" in html(page)


def test_an_empty_version(firm: Firm) -> None:
    firm.months = 0
    page = open_page()
    assert "This version has no capacity and no time" in html(page)
    assert not page.get("plotly_chart")


def test_an_empty_slice_says_what_there_is(firm: Firm) -> None:
    firm.months = 3
    page = open_page(period="custom", **{"from": "2025-01-01", "to": "2025-01-31"})
    shown = html(page)
    assert "Nothing in this slice" in shown
    assert "Apr 2026 to Jun 2026" in shown
    assert not page.get("plotly_chart")


def test_a_comparison_before_the_data_says_so(firm: Firm) -> None:
    firm.months = 3
    shown = html(open_page())
    assert "n/a v Jun 2025: no data" in shown
    assert "data starts Apr 2026" in shown


def test_currencies_that_may_not_be_added_are_refused_with_the_reason(firm: Firm) -> None:
    shown = html(open_page(currency="transaction"))
    assert 'data-metric="cost_standard">n/a<' in shown
    assert "The amounts are in EUR and USD." in shown
    assert "uncosted" in shown


def test_a_stale_system_says_what_to_do(firm: Firm) -> None:
    firm.systems = (SystemFreshness("psa", "files", datetime(2026, 6, 1, tzinfo=UTC)),)
    assert "psa is stale" in html(open_page())


def test_a_running_month_is_marked(firm: Firm) -> None:
    firm.as_of = date(2026, 6, 17)
    page = open_page()
    assert "May 2026" in html(page)
    page = open_page(month="2026-06")
    shown = html(page)
    assert "Jun 2026, to 17 Jun 2026" in shown
    assert "v 1–17 May 2026" in shown
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    assert any("to date" in json.dumps(spec["layout"].get("annotations", [])) for spec in specs)
    assert any('"shape": "/"' in json.dumps(spec["data"]) for spec in specs)


def test_a_new_version_is_shown_with_the_next_run(firm: Firm) -> None:
    page = open_page()
    firm.version = "20260701T210500Z-9f8e7d"
    page.run()
    assert "20260701T210500Z-9f8e7d" in html(page)
    assert not page.exception


def test_a_second_reader_costs_the_service_nothing(firm: Firm) -> None:
    open_page()
    asked = len(firm.asked)
    assert 0 < asked <= 20
    open_page()
    assert len(firm.asked) == asked


def test_an_unexpected_failure_shows_no_detail(firm: Firm) -> None:
    firm.fail = RuntimeError("secret path /etc/tieout")
    page = open_page()
    assert "The page could not be drawn" in html(page)
    assert "secret" not in html(page)


def test_a_definition_opens_with_formula_owner_and_sql(firm: Firm) -> None:
    page = open_page()
    assert not page.get("code")
    page.session_state["definition_billable_utilization"] = True
    page.run()
    shown = html(page)
    assert "formula of billable_utilization" in shown
    assert "finance" in shown
    assert "SELECT billable_utilization" in page.get("code")[0].proto.code_text
