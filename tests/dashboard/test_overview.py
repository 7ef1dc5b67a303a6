"""The page as a whole, run by Streamlit's own test driver on the made-up service."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard.views.view import target_of
from tests.dashboard.fake_service import FakeMetricsService, Firm
from tieout.metrics_types import Filter, Query, SystemFreshness
from tieout.targets import TargetAnswer

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "app.py")
MONEY_TILES = ("backlog_total", "wip_commercial", "billed_revenue", "project_margin_pct")
TILES = (
    *MONEY_TILES,
    "billable_utilization",
    "timesheet_compliance",
    "billable_hours",
    "productive_utilization",
    "resource_utilization",
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


def face(page: AppTest, metric: str) -> str:
    """What one tile shows."""
    shown = html(page)
    return shown[shown.index(f'data-metric="{metric}"') :].split("</section>")[0]


def links(shown: str) -> list[dict[str, str]]:
    """The addresses that a part of the page leads to."""
    return [
        dict(parse_qsl(unescape(link).removeprefix("?"))) for link in re.findall(r'href="([^"]+)"', shown)
    ]


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
    page = open_page()
    shown = html(page)
    for metric in ("billable_utilization", "productive_utilization", "resource_utilization"):
        for words in ("over standard", "over net", "timesheets in"):
            assert words in face(page, metric), f"{metric} without {words}"
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
    assert len(charts) == 5
    for chart in charts:
        spec = json.loads(chart.proto.spec)
        assert spec["layout"]["template"]["layout"]["separators"] == ".\u202f"
        config = json.loads(chart.proto.config)
        assert config["showSendToCloud"] is False
        assert config["displaylogo"] is False
        assert chart.proto.alt
        assert chart.proto.theme != "streamlit"
    assert html(page).count('<details class="to-twin"') == 5
    assert len(page.get("download_button")) == 7


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


def test_an_earlier_day_is_asked_for_everywhere(firm: Firm) -> None:
    page = open_page()
    firm.asked.clear()
    page.date_input(key="filter_as_of").set_value(date(2026, 5, 14)).run()
    assert not page.exception
    assert address(page) == {"as_of": "2026-05-14"}
    shown = html(page)
    assert f'<b>14 May 2026</b>, seen from version <span class="to-id">{firm.version}</span>' in shown
    assert "May 2026, to 14 May 2026" in shown
    assert "v 1–14 Apr 2026" in shown
    assert "USD on 14 May 2026" in shown
    assert all(query.date_to and query.date_to <= date(2026, 5, 14) for query in firm.asked)
    result = FakeMetricsService().query(
        Query(
            ("backlog_total",),
            date_from=date(2026, 5, 1),
            date_to=date(2026, 5, 14),
            population="billable_resources",
        )
    )
    value = fmt.tile_value(result.rows[0]["backlog_total"], "money", "USD")
    assert f'data-metric="backlog_total">{value}<' in shown
    # Breaks whose event came later are not of that day.
    assert "Breaks</dt><dd>" in shown
    assert "none open" in shown
    for link in links(face(page, "backlog_total")):
        assert link.get("as_of") == "2026-05-14"

    page.date_input(key="filter_as_of").set_value(firm.as_of).run()
    assert address(page) == {}
    assert "seen from version" not in html(page)
    assert "30 Jun 2026" in html(page)


def test_a_tile_says_its_target_or_that_there_is_none(firm: Firm) -> None:
    june = date(2026, 6, 30)
    firm.targets = {
        "billed_revenue": TargetAnswer("billed_revenue", Decimal("500000"), june),
        "timesheet_compliance": TargetAnswer("timesheet_compliance", Decimal("0.5"), june),
        "wip_commercial": TargetAnswer("wip_commercial", None, reason="no target for the firm"),
        "cost_standard": TargetAnswer("cost_standard", Decimal("1000"), june),
    }
    page = open_page()
    value = FakeMetricsService().query(Query(("billed_revenue",), date_from=date(2026, 6, 1), date_to=june))
    moved = fmt.change(value.rows[0]["billed_revenue"], Decimal("500000"), "money", "up")
    assert moved is not None
    assert f"{moved.text}</span> v target $500k" in face(page, "billed_revenue")
    assert "v target 50.0" in face(page, "timesheet_compliance")
    assert "to-good" in face(page, "timesheet_compliance"), "above its target is better"
    assert "no target for the firm" in face(page, "wip_commercial")
    assert ">no target<" in face(page, "backlog_total")
    assert "v target $1.00k" in face(page, "cost_standard")
    assert "no target" not in face(page, "billable_hours"), "only the headline says that there is none"


def test_utilization_has_the_target_of_its_people_where_everyone_has_one(firm: Firm) -> None:
    shown = face(open_page(), "billable_utilization")
    result = FakeMetricsService().query(
        Query(
            ("billable_utilization", "utilization_target_variance", "target_hours", "capacity_gross_hours"),
            date_from=date(2026, 6, 1),
            date_to=date(2026, 6, 30),
            population="billable_resources",
        )
    )
    target = target_of(result.rows[0])
    if target is None:
        assert "v target, of who has one" in shown
    else:
        assert f"v target {fmt.tile_value(target, 'ratio')}" in shown


def test_every_tile_has_both_comparisons(firm: Firm) -> None:
    page = open_page()
    for metric in TILES:
        shown = face(page, metric)
        assert any(words in shown for words in ("v May 2026", "v 31 May 2026")), metric
        assert any(words in shown for words in ("v Jun 2025", "v 30 Jun 2025")), metric


def test_a_target_of_a_running_month_is_named_by_its_end(firm: Firm) -> None:
    firm.targets = {"billed_revenue": TargetAnswer("billed_revenue", Decimal("500000"), date(2026, 6, 30))}
    shown = face(open_page(as_of="2026-06-17"), "billed_revenue")
    assert ">target $500k by 30 Jun 2026<" in shown


def test_whoever_looks_at_the_newest_day_goes_on_with_the_next_version(firm: Firm) -> None:
    page = open_page()
    firm.version, firm.as_of = "20260702T210500Z-9f8e7d", date(2026, 7, 2)
    page.run()
    assert not page.exception
    assert page.date_input(key="filter_as_of").value == date(2026, 7, 2)
    assert "seen from version" not in html(page)
    assert address(page) == {}


def test_whoever_looks_at_an_earlier_day_stays_there(firm: Firm) -> None:
    page = open_page(as_of="2026-05-14")
    firm.version, firm.as_of = "20260702T210500Z-9f8e7d", date(2026, 7, 2)
    page.run()
    assert address(page) == {"as_of": "2026-05-14"}
    assert "<b>14 May 2026</b>" in html(page)


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
    page = open_page(practice=value, month=value, as_of=value)
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
    # a sum over months without a record would be zero, and everything a rise
    hours = shown[shown.index("Billable hours") :]
    assert "n/a v Jun 2025: no data" in hours[: hours.index("gross capacity")]


def test_currencies_that_may_not_be_added_are_refused_with_the_reason(firm: Firm) -> None:
    page = open_page(currency="transaction")
    for metric in (*MONEY_TILES, "cost_standard"):
        assert face(page, metric).startswith(f'data-metric="{metric}">n/a<')
        assert "The amounts are in EUR and USD. Filter by entity." in face(page, metric)
    assert "uncosted" in face(page, "cost_standard")
    assert "unpriced" in face(page, "wip_commercial"), "hours are known where amounts are not"
    assert "The amounts are in EUR and USD." in html(page).split("What waits to be billed?")[1][:600]


def test_one_entity_shows_its_own_currency(firm: Firm) -> None:
    page = open_page(currency="transaction", entity="DE01")
    assert "€" in face(page, "backlog_total")
    assert "$" not in face(page, "backlog_total")
    assert "EUR on 30 Jun 2026" in html(page)


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
    assert 0 < asked <= 45
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


def test_the_first_row_is_money_and_what_it_rests_on(firm: Firm) -> None:
    shown = html(open_page())
    assert re.findall(r'data-metric="(\w+)"', shown) == list(TILES)


def test_a_tile_says_what_belongs_beside_its_money(firm: Firm) -> None:
    page = open_page()
    beside = {
        "backlog_total": ("backlog_hard", "backlog_soft", "backlog_scheduled"),
        "wip_commercial": ("unbilled_unapproved_time", "capped_value", "wip_age_days", "unpriced_hours"),
        "billed_revenue": ("credit_notes", "recognized_revenue_ledger"),
        "project_margin_pct": ("project_margin", "cost_standard", "uncosted_hours"),
    }
    units = {entry.name: entry.unit for entry in FakeMetricsService().describe()}
    for tile, metrics in beside.items():
        query = Query(metrics, date_from=date(2026, 6, 1), date_to=date(2026, 6, 30))
        row = FakeMetricsService().query(query).rows[0]
        for metric in metrics:
            assert f">{fmt.tile_value(row[metric], units[metric], 'USD')}<" in face(page, tile), metric
    assert 'to-line to-warn"><span>unpriced' in face(page, "wip_commercial")
    assert 'to-line to-warn"><span>uncosted' in face(page, "project_margin_pct")


def test_the_largest_causes_are_named_with_their_owner_and_action(firm: Firm) -> None:
    page = html(open_page())
    card = page[page.index("What needs you?") :]
    assert "4 of 4 causes of open breaks, most money first" in card
    assert "Action of " in card
    assert card.count("<li>") == 4
    # three breaks of one check in one project are one line, after what holds more, whatever its kind
    assert "<b>$30.0k</b> misstated" in card
    amounts = re.findall(r"<b>([^<]*)</b>", card)
    assert amounts == ["$30.0k", "$9.00k", "$5.30k", "$700", "$30.0k"]
    single = card[card.index("Largest single break") :]
    assert f"break={4:032x}" in single
    assert "<b>$30.0k</b> misstated · Contract value differs between systems: Time entry TE-4" in single
    assert "Sales operations: Action of C-03." in single
    assert "Bill rate missing: Engagement 1 (3 breaks)" in card
    assert "check=R-01&amp;project=p1" in card
    assert "break=" in card  # of a cause with one break, the evidence


def test_a_tile_says_which_breaks_touch_it(firm: Firm) -> None:
    page = open_page(practice="Data")
    touched = face(page, "wip_commercial")
    assert "± unreconciled, 3 breaks" in touched
    assert "$38.0k" in touched
    assert {"practice": "Data", "touches": "wip_commercial"} in [
        dict(parse_qsl(unescape(link).partition("?")[2]))
        for link in re.findall(r'href="(breaks[^"]*)"', touched)
    ]
    assert "unreconciled" not in face(page, "backlog_total")


def test_a_tile_says_how_much_of_it_is_traced(firm: Firm) -> None:
    """Rounded down, leading to what is missing; nothing where nothing is known of it."""
    page = open_page(practice="Data")
    waiting = face(page, "wip_commercial")
    assert "traced end to end" in waiting
    assert "97" + fmt.NARROW_SPACE + "%" in waiting or "97 %" in waiting
    assert 'href="health?practice=Data&amp;traced=wip_commercial"' in waiting
    assert "100 %" in face(page, "billed_revenue")
    assert "traced" not in face(page, "backlog_total")


def test_the_bar_says_how_far_the_headlines_are_traced(firm: Firm) -> None:
    shown = html(open_page(practice="Data", month="2026-05"))
    assert "May 2026: 97 % or more of every headline, least of" in shown


def test_what_is_traced_is_asked_of_what_the_page_shows(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Query] = []
    said = FakeMetricsService.trust
    monkeypatch.setattr(
        FakeMetricsService, "trust", lambda self, query: asked.append(query) or said(self, query)
    )
    open_page(practice="Data", month="2026-05")
    assert {(query.date_from, query.date_to, query.population) for query in asked} == {
        (date(2026, 5, 1), date(2026, 5, 31), "billable_resources")
    }
    assert all(query.where == (Filter("practice", "=", ("Data",)),) for query in asked)


def test_a_tile_says_of_when_it_is(firm: Firm) -> None:
    shown = html(open_page(month="2026-05"))
    for words in ("USD on 31 May 2026", "USD, May 2026", "over gross, May 2026"):
        assert f'<span class="to-muted">{words}</span>' in shown
    assert '<span class="to-muted">USD, Year to 31 May 2026</span>' in html(
        open_page(period="ytd", month="2026-05")
    )


@pytest.mark.parametrize(
    ("touched", "said"),
    [
        ((2, None, 2), "amount not known"),
        ((2, Decimal(0), 1), "$0"),
    ],
)
def test_what_nobody_knows_is_not_nothing(
    firm: Firm, touched: tuple[int, Decimal | None, int], said: str
) -> None:
    firm.touched = {"billed_revenue": touched}
    shown = face(open_page(), "billed_revenue")
    line = next(one for one in shown.split('<div class="to-line') if "2 breaks" in one)
    assert f">{said}</a>" in line


@pytest.mark.parametrize(
    ("query", "day", "before"),
    [
        ({}, date(2026, 6, 30), date(2026, 5, 31)),
        ({"period": "quarter", "month": "2026-01"}, date(2026, 3, 31), date(2025, 12, 31)),
        ({"period": "custom", "from": "2026-03-10", "to": "2026-03-19"}, date(2026, 3, 19), date(2026, 3, 9)),
        ({"period": "last_12", "month": "2026-02"}, date(2026, 2, 28), date(2025, 2, 28)),
    ],
)
def test_a_balance_is_that_of_the_last_day_and_so_is_its_comparison(
    firm: Firm, query: dict[str, str], day: date, before: date
) -> None:
    page = open_page(**query)
    for metric in ("backlog_total", "wip_commercial"):
        then, now = (
            FakeMetricsService().query(Query((metric,), date_from=one, date_to=one)).rows[0][metric]
            for one in (before, day)
        )
        moved = fmt.change(now, then, "money", "up")
        assert moved is not None
        shown = face(page, metric)
        assert shown.startswith(f'data-metric="{metric}">{fmt.tile_value(now, "money", "USD")}<')
        assert f"{moved.text}</span> v {fmt.day(before)}" in shown
    assert f"USD on {fmt.day(day)}" in html(page)
    assert f"v {fmt.day(before)}" not in face(page, "billed_revenue"), "a flow is that of a period"


def test_a_running_month_takes_the_balance_of_the_as_of_day(firm: Firm) -> None:
    firm.as_of = date(2026, 6, 17)
    page = open_page(month="2026-06")
    assert "USD on 17 Jun 2026" in html(page)
    assert "v 17 May 2026" in face(page, "wip_commercial")


def test_work_in_progress_is_shown_by_its_six_parts(firm: Firm) -> None:
    page = open_page()
    spec = json.loads(page.get("plotly_chart")[0].proto.spec)
    bars = spec["data"][0]
    assert len(bars["customdata"]) == 6
    card = html(page).split("<caption>What waits to be billed?")[1].split("</table>")[0]
    total = FakeMetricsService().query(Query(("wip_commercial",), date_to=date(2026, 6, 30))).rows[0]
    assert fmt.exact_value(total["wip_commercial"], "money", "USD") in card.split("<tfoot>")[1]


def test_the_last_row_of_the_money_table_is_the_tiles(firm: Firm) -> None:
    page = open_page()
    foot = html(page).split('id="rows"')[1].split("<tfoot>")[1].split("</tfoot>")[0]
    cells = re.findall(r"<td[^>]*>(?:<a [^>]*>)?([^<]+)", foot)
    assert "Backlog" in html(page).split('id="rows"')[1].split("</thead>")[0]
    query = Query(MONEY_TILES, date_from=date(2026, 6, 1), date_to=date(2026, 6, 30))
    row = FakeMetricsService().query(query).rows[0]
    units = {entry.name: entry.unit for entry in FakeMetricsService().describe()}
    for metric in MONEY_TILES:
        assert fmt.exact_value(row[metric], units[metric], "USD") in cells


def test_a_tile_leads_to_the_rows_behind_it(firm: Firm) -> None:
    page = open_page(practice="Data", mode="as_is")
    section = html(page).split('aria-label="Work in progress"')[1].split("</section>")[0]
    whole = links(section)[0]
    assert whole == {"practice": "Data", "mode": "as_is", "rows": "wip_commercial"}
    opened = open_page(**whole)
    assert opened.query_params["rows"] in ("wip_commercial", ["wip_commercial"])
    query = Query(
        ("wip_commercial",),
        where=(Filter("practice", "=", ("Data",)),),
        mode="as_is",
        date_from=date(2026, 6, 1),
        date_to=date(2026, 6, 30),
    )
    value = fmt.exact_value(FakeMetricsService().query(query).rows[0]["wip_commercial"], "money", "USD")
    shown = html(opened)
    assert f'data-behind="wip_commercial">{value}<' in shown
    assert f"3 rows sum to {value}: the number above." in shown
    listed = shown.split('id="behind"')[1].split("</table>")[0]
    assert 'href="https://psa.test/Data-1"' in listed
    assert "Cloud-1" not in listed


def test_a_line_of_the_table_leads_to_the_rows_of_its_practice(firm: Firm) -> None:
    table = html(open_page()).split('id="rows"')[1].split("</table>")[0]
    found = links(table)
    assert {"practice": "Data", "rows": "billed_revenue"} in found
    assert {"practice": "Cloud"} in found
    assert {"rows": "wip_commercial"} in found, "the total too"
    shown = html(open_page(practice="Data", rows="billed_revenue"))
    assert "3 rows sum to" in shown
    assert "Data practice" in shown.split('id="behind"')[1][:300]


def test_rows_that_do_not_add_up_are_said(firm: Firm) -> None:
    firm.astray = Decimal("0.01")
    shown = html(open_page(rows="wip_commercial")).split('id="behind"')[1]
    assert "the number above" not in shown
    assert "to-warn" in shown.split("</p>")[1]
    assert "The page shows $" in shown


def test_a_ratio_leads_to_its_parts_and_they_to_their_rows(firm: Firm) -> None:
    shown = html(open_page(rows="project_margin_pct", practice="Data")).split('id="behind"')[1]
    table = shown.split("</table>")[0]
    assert {"practice": "Data", "rows": "project_margin"} in links(table)
    assert {"practice": "Data", "rows": "recognized_revenue_ledger"} in links(table)


def test_rows_of_currencies_that_may_not_be_added_are_refused_with_the_reason(firm: Firm) -> None:
    shown = html(open_page(rows="wip_commercial", currency="transaction")).split('id="behind"')[1]
    assert "The amounts are in EUR and USD. Filter by entity." in shown.split("What waits")[0]


def test_rows_of_an_unknown_number_are_left_out_and_said(firm: Firm) -> None:
    page = open_page(rows="<script>alert(1)</script>")
    assert "This page has no rows behind “&lt;script&gt;" in html(page)
    assert 'id="behind"' not in html(page)
    assert "rows" not in page.query_params


def test_the_rows_can_be_closed_and_follow_the_filters(firm: Firm) -> None:
    page = open_page(rows="wip_commercial")
    page.selectbox(key="filter_practice").select("Data").run()
    assert address(page) == {"rows": "wip_commercial", "practice": "Data"}
    assert "Data practice" in html(page).split('id="behind"')[1][:300]
    page.button(key="close_behind").click().run()
    assert not page.exception
    assert address(page) == {"practice": "Data"}
    assert 'id="behind"' not in html(page)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=1+1"])
def test_a_row_with_code_in_it_stays_text(firm: Firm, name: str) -> None:
    firm.component = name
    shown = html(open_page(rows="wip_commercial"))
    assert "<script" not in shown
    assert escape(name) in shown.split('id="behind"')[1]


def test_a_version_that_lacks_metrics_says_so_and_still_shows_the_rest(firm: Firm) -> None:
    firm.lacks = frozenset({"backlog_total", "backlog_hard", "backlog_soft", "backlog_scheduled"}) | {
        "project_margin",
        "project_margin_pct",
        "credit_notes",
    }
    page = open_page()
    for metric in ("backlog_total", "project_margin_pct"):
        assert "this version does not have the metric" in face(page, metric)
    assert 'data-metric="billed_revenue">$' in html(page)
    assert "credit notes" not in face(page, "billed_revenue")
    assert "rows=backlog" not in html(page)
    assert all("backlog_total" not in query.metrics for query in firm.asked)


def test_days_of_what_is_known_by_month_have_a_reason_and_the_rest_a_figure(firm: Firm) -> None:
    page = open_page(period="custom", **{"from": "2026-03-10", "to": "2026-03-19"})
    assert "project_margin is known by month. Ask for whole months." in face(page, "project_margin_pct")
    assert face(page, "billed_revenue").startswith('data-metric="billed_revenue">$')


def test_a_running_month_of_what_is_known_by_month_is_not_compared_with_a_part_of_one(firm: Firm) -> None:
    firm.as_of = date(2026, 6, 17)
    shown = face(open_page(month="2026-06"), "project_margin_pct")
    assert "n/a v 1–17 May 2026: not comparable" in shown
    assert 'title="project_margin is known by month. Ask for whole months."' in shown
