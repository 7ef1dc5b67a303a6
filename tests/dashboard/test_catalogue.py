"""The catalogue and data health on the made-up service."""

from __future__ import annotations

import json
from datetime import date, datetime
from html import escape

import pytest

from dashboard.views import health
from tests.dashboard.fake_service import FakeMetricsService, Firm
from tests.dashboard.test_breaks import HOSTILE, address, html, open_page
from tieout.metrics_types import Filter, Query


def test_every_metric_and_check_is_listed(firm: Firm) -> None:
    shown = html(open_page("catalogue"))
    for words in (
        "Work in progress",
        "wip_commercial",
        "What wip_commercial means.",
        "Bill rate missing",
        "R-01",
    ):
        assert words in shown
    assert 'href="catalogue?metric=wip_commercial"' in shown
    assert 'href="catalogue?check=R-01"' in shown


def test_words_find_metrics_and_checks(firm: Firm) -> None:
    page = open_page("catalogue", practice="Data")
    page.text_input(key="pick_q").input("bill rate MISSING").run()
    assert not page.exception
    assert address(page) == {"practice": "Data", "q": "bill rate MISSING"}
    shown = html(page)
    assert "Bill rate missing" in shown
    assert 'id="metrics"' not in shown
    assert "0 of " in shown


def test_kind_and_owner_limit_metrics(firm: Firm) -> None:
    shown = html(open_page("catalogue", kind="balance"))
    assert "wip_commercial" in shown
    assert "billable_hours" not in shown
    assert 'id="checks"' not in shown


def test_nothing_found_says_what_to_do(firm: Firm) -> None:
    assert "Nothing is called that" in html(open_page("catalogue", q="zebra"))


def test_a_metric_has_an_address_with_definition_lineage_and_checks(firm: Firm) -> None:
    page = open_page("catalogue", metric="wip_commercial")
    shown = html(page)
    for words in (
        "formula of wip_commercial",
        "Balance: taken on a day",
        "marts.fct_time_entry",
        "Checked by",
    ):
        assert words in shown
    assert not page.get("code"), "SQL is compiled when somebody asks for it"
    page.button(key="close_metric").click().run()
    assert address(page) == {}


def test_a_check_has_an_address_that_leads_to_its_breaks(firm: Firm) -> None:
    shown = html(open_page("catalogue", check="R-01", practice="Data"))
    assert 'href="breaks?practice=Data&amp;check=R-01"' in shown
    assert "It did not run: no system delivers rate card" in html(open_page("catalogue", check="T-15"))


@pytest.mark.parametrize("name", HOSTILE)
def test_an_unknown_name_stays_text(firm: Firm, name: str) -> None:
    shown = html(open_page("catalogue", metric=name, check=name, q=name))
    assert "There is no metric" in shown
    assert "There is no check" in shown
    assert "<script" not in shown
    assert "<img" not in shown


def test_health_shows_loads_identities_gaps_and_version(firm: Firm) -> None:
    firm.rejects = [
        {
            "system": "psa",
            "object": "time_entry",
            "column_name": "hours",
            "rejected_at": "staging",
            "is_duplicate": False,
            "reason": "<b>not a number</b>",
            "cure": "Correct the row.",
            "rows": 4,
        }
    ]
    firm.ledger = [
        {
            "finished_at": datetime(2026, 6, 30, 22, 30),
            "result": "failed",
            "version": None,
            "as_of": None,
            "seconds": 12.5,
            "received": None,
            "changed": None,
        }
    ]
    shown = html(open_page("health"))
    for words in (
        "1 unreadable",
        "holds for all",
        "&lt;b&gt;not a number&lt;/b&gt;",
        "time approval",
        "failed",
        "30 Jun 2026 21:00 UTC",
        firm.version,
    ):
        assert words in shown


def test_health_lists_what_was_loaded_and_folds_what_nobody_delivers(firm: Firm) -> None:
    shown = html(open_page("health"))
    card = shown[shown.index('id="loads"') :].split('id="version"')[0]
    table, folded = card.split("</table>")
    assert "1 load that brought something or failed" in table
    assert "time_entry" in table
    assert "no file of milestone is there" in table, "what came before and does not now is not folded away"
    assert "usage" not in table
    assert "1 load skipped: nobody delivers the object, or nothing in it was new" in folded
    assert "<b>psa</b> usage<" in folded


def test_health_shows_where_a_rejected_row_is(firm: Firm) -> None:
    shown = html(open_page("health"))
    for words in ("time_entry.csv", ">17<", "7,5", "Write digits with a point."):
        assert words in shown
    assert "cost_rate.csv" in shown
    assert "88,40" not in shown, "what somebody costs is not for every reader of the page"


def test_rejects_come_before_what_is_in_order(firm: Firm) -> None:
    calm = html(open_page("health"))
    assert calm.index('id="traced"') < calm.index('id="rejects"')
    firm.version = "20260701T210500Z-2b3c4d"
    firm.rejects = [
        {
            "system": "psa",
            "object": "time_entry",
            "column_name": "hours",
            "reason": "not a number",
            "cure": "Write digits with a point.",
            "rejected_at": "staging",
            "rows": 1,
        }
    ]
    shown = html(open_page("health"))
    assert shown.index('id="rejects"') < shown.index('id="rejected_rows"') < shown.index('id="traced"')
    # of another system there are none
    other = html(open_page("health", system="hris"))
    assert other.index('id="traced"') < other.index('id="rejects"')


def test_health_shows_what_the_headlines_lack(firm: Firm) -> None:
    shown = html(open_page("health"))
    assert "How far is each headline traced?" in shown
    assert "opportunity" in shown
    assert "none: traced end to end" in shown


def test_health_shows_what_the_number_of_a_tile_lacks(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the slice and the days of the tile that led here, before the headlines of all days."""
    asked: list[Query] = []
    said = FakeMetricsService.trust
    monkeypatch.setattr(
        FakeMetricsService, "trust", lambda self, query: asked.append(query) or said(self, query)
    )
    shown = html(open_page("health", traced="wip_commercial", practice="Data", month="2026-05"))
    assert shown.index('id="number"') < shown.index('id="traced"')
    assert "what does the rest lack?" in shown
    assert "Data practice, all entities, May 2026" in shown
    slice_ = "--where practice=Data --from 2026-05-01 --to 2026-05-31 --population billable_resources"
    assert f"tieout explain wip_commercial --where missing_link=opportunity {slice_}" in shown
    (one,) = [query for query in asked if tuple(query.metrics) == ("wip_commercial",)]
    assert (one.date_from, one.date_to) == (date(2026, 5, 1), date(2026, 5, 31))
    assert one.where == (Filter("practice", "=", ("Data",)),)


def test_a_number_that_lacks_nothing_is_asked_for_nothing(firm: Firm) -> None:
    shown = html(open_page("health", traced="billed_revenue"))
    card = shown[shown.index('id="number"') : shown.index('id="traced"')]
    assert "Billed revenue is 100 % traced" in card
    assert "lack" not in card
    assert "tieout explain" not in card


def test_a_number_that_is_traced_as_far_as_an_input_says_so(firm: Firm) -> None:
    """Of an input that nobody can ask for alone there is neither a name nor a command."""
    shown = html(open_page("health", traced="timesheet_compliance"))
    card = shown[shown.index('id="number"') : shown.index('id="traced"')]
    assert "is 99 % traced: what does the rest lack?" in card
    assert "value of one of its inputs, which is traced least of what it is made of," in card
    assert "tieout explain" not in card


@pytest.mark.parametrize("metric", ["nonsense", "<script>", "bench_hours"])
def test_a_number_without_a_share_leaves_health_as_it_is_and_is_said(firm: Firm, metric: str) -> None:
    shown = html(open_page("health", traced=metric))
    assert 'id="number"' not in shown
    assert f"There is no share traced of “{escape(metric)}”. All headlines are shown." in shown


def test_health_shows_how_far_workflows_get(firm: Firm) -> None:
    page = open_page("health")
    shown = html(page)
    assert "How far do the five workflows get, and how long does it take?" in shown
    assert "What waits at" not in shown
    assert 'href="health?waiting=contract_to_project.project#waiting"' in shown
    # where nothing waits, nothing leads anywhere
    assert "waiting=invoice_to_status" not in shown
    (chart,) = page.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    labels = " ".join(figure["layout"]["yaxis"]["ticktext"])
    for words in ("1 · Project there", "1 waiting", "5 · Visible in the CRM", "not recorded", "no items"):
        assert words in labels
    assert [trace["name"] for trace in figure["data"]] == ["not recorded", "done", "waiting"]


def test_a_step_of_a_workflow_lists_what_waits_there(firm: Firm) -> None:
    shown = html(open_page("health", waiting="contract_to_project.project"))
    assert "What waits at: Contract to project: Project there?" in shown
    assert "1 item, longest first" in shown
    assert "Contract &lt;b&gt;K-1&lt;/b&gt;" in shown
    assert "Nothing waits at this step." in html(
        open_page("health", waiting="invoice_to_status.visible_in_crm")
    )
    assert "What waits at" not in html(open_page("health", waiting="nowhere.at_all"))


def test_health_without_rejects_or_runs_says_so(firm: Firm) -> None:
    shown = html(open_page("health"))
    assert "No row was rejected: 1 load looked at." in shown
    assert "No refresh is recorded." in shown


def test_health_of_one_system(firm: Firm) -> None:
    shown = html(open_page("health", system="erp"))
    assert "Nothing has been loaded from this system" in shown
    assert "time approval" in shown
    assert "There is no system “nix”. There are:" in html(open_page("health", system="nix"))


def test_a_load_says_everything_that_does_not_agree() -> None:
    row = {
        "agrees_with_source_count": False,
        "agrees_with_control_total": True,
        "is_balanced": False,
        "note": "cut short",
        "unreadable": 2,
    }
    assert health.state(dict(row)) == (
        "the source counted other rows; rows do not add up; cut short; 2 unreadable"
    )


def test_a_page_forgets_nothing_that_the_address_carries(firm: Firm) -> None:
    for path in ("overview", "breaks", "catalogue", "health"):
        page = open_page(path, practice="Data", mode="as_is")
        assert address(page) == {"practice": "Data", "mode": "as_is"}, path
        links = page.get("page_link")
        assert len(links) >= 4
        assert all("practice=Data" in link.proto.query_string for link in links), path
