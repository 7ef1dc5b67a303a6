"""The breaks page on the made-up service: list, filters, totals, evidence, checks and what it says when there is none."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.runtime.pages_manager import calc_hash
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard import lists
from dashboard.components import table_twin, workbook
from dashboard.components.table_twin import Table, TableColumn
from dashboard.data import VersionChanged
from dashboard.views import breaks
from tests.dashboard import fake_lists
from tests.dashboard.fake_service import FakeMetricsService, Firm

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "app.py")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE rec_break; --",
    '=HYPERLINK("http://evil.test")',
    "+1+1",
    "@SUM(A1)",
)


def open_page(path: str, **query: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=30)
    page._page_hash = calc_hash(path)
    for name, value in query.items():
        page.query_params[name.rstrip("_")] = value
    page.run()
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def listed(page: AppTest) -> str:
    """The work list alone."""
    return html(page).split('id="list"')[1].split('id="checks"')[0]


def address(page: AppTest) -> dict[str, str]:
    found = page.query_params
    return {name: value if isinstance(value, str) else value[-1] for name, value in found.items()}


def face(page: AppTest, name: str) -> str:
    shown = html(page)
    return shown[shown.index(f'data-metric="{name}"') :].split("</section>")[0]


def test_most_money_that_leaks_or_waits_comes_first(firm: Firm) -> None:
    shown = listed(open_page("breaks"))
    order = re.findall(r"TE-(\d)", re.sub(r'href="[^"]*"', "", shown))
    assert list(dict.fromkeys(order)) == ["4", "1", "2", "5", "3", "6"]
    assert "$9\u202f000.00" in shown, "counted money is in reporting currency"
    assert "€9\u202f000.00" in shown, "a stake is in its own currency, written like every amount"
    assert "EUR 9000.00" not in shown


def test_bars_name_their_checks_and_rows_become_cards(firm: Firm) -> None:
    page = open_page("breaks")
    names = json.loads(page.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"]
    assert any(name.startswith("R-01 Bill rate missing") for name in names)
    for part in ("list", "causes"):
        card = html(page).split(f'id="{part}"')[1]
        assert '<table class="to-table to-stacked">' in card.split("</div>", 1)[1][:200]
    row = listed(page).split("<tbody>")[1].split("</tr>")[0]
    for heading in ("Counted", "Owner", "Age", "Stake"):
        assert f'data-label="{heading}"' in row


def test_the_columns_of_a_workbook_are_those_of_the_page(firm: Firm) -> None:
    table = Table(
        (TableColumn("item_name", "What"), TableColumn("primary_reporting", "Counted", "money")),
        [{"item_name": "Milestone of a project with a long name", "primary_reporting": Decimal("-1234.5")}],
        currency="USD",
        total={"item_name": "Total", "primary_reporting": Decimal("-1234.5")},
        context={"as_of": "2026-06-30"},
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx_bytes(table)))
    sheet = book["Rows"]
    assert [cell.value for cell in sheet[1]] == ["What", "Counted", "Currency"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C2", "the total is not filtered away"
    assert [cell.value for cell in sheet[3]] == ["Total", -1234.5, "USD"]
    assert sheet["B2"].number_format == "#,##0.00"
    assert sheet["A3"].font.bold
    assert 39 <= sheet.column_dimensions["A"].width <= 45
    assert 9 <= sheet.column_dimensions["B"].width <= 16
    assert book["About"]["A1"].value == "As of"
    listed_columns = {column.name: column.label for column in breaks.LIST}
    exported = {column.name: column.label for column in breaks.EXPORT}
    assert {name: label for name, label in exported.items() if name in listed_columns} == {
        name: label for name, label in listed_columns.items() if name in exported
    }
    assert not [label for label in exported.values() if "_" in label or label.islower()]


def test_tiles_keep_misstatement_and_exposure_apart(firm: Firm) -> None:
    page = open_page("breaks")
    assert ">6<" in face(page, "breaks_open")
    assert "$14.3k" in face(page, "breaks_headline")
    assert "$30.0k" in face(page, "breaks_misstated")
    assert "$700" in face(page, "breaks_exposed")
    assert "without a known amount" in face(page, "breaks_open")


def test_filters_change_list_tiles_and_address(firm: Firm) -> None:
    page = open_page("breaks", month="2026-05", compare="none")
    page.selectbox(key="pick_check").select("R-01").run()
    page.selectbox(key="pick_service").select("ok").run()
    assert not page.exception
    assert address(page) == {"month": "2026-05", "compare": "none", "check": "R-01", "service": "ok"}
    shown = listed(page)
    assert "TE-2" in shown
    assert "TE-1" not in shown
    assert ">1<" in face(page, "breaks_open")


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [
        ("owner", "DEL", "15"),
        ("severity", "medium", "5"),
        ("status", "reopened", "3"),
        ("practice", "Cloud", "2"),
        ("service", "warn", "3"),
    ],
)
def test_an_address_filters(firm: Firm, name: str, value: str, ids: str) -> None:
    shown = re.sub(r'href="[^"]*"', "", listed(open_page("breaks", **{name: value})))
    assert set(re.findall(r"TE-(\d)", shown)) == set(ids)


def test_what_an_address_cannot_mean_is_said(firm: Firm) -> None:
    page = open_page("breaks", check="<b>X</b>", severity="dire")
    assert "There is no check “&lt;b&gt;X&lt;/b&gt;”. There are:" in html(page)
    assert "There is no severity “dire”. There are:" in html(page)
    assert address(page) == {}


def test_evidence_shows_rule_sides_money_history_and_chain(firm: Firm) -> None:
    page = open_page("breaks", **{"break": f"{2:032x}", "check": "R-01"})
    shown = html(page)
    for words in (
        "Rule of R-01.",
        "Action of R-01.",
        "8 hours",
        "no row",
        "time|psa:TE-2",
        "opened",
        "Trace of psa:TE-2",
        "https://psa.test/1",
        "Billing",
    ):
        assert words in shown
    assert 'href="catalogue?metric=wip_commercial"' in shown
    page.button(key="close_break").click().run()
    assert address(page) == {"check": "R-01"}
    assert "Rule of R-01." not in html(page)


def test_a_break_that_is_gone_says_so(firm: Firm) -> None:
    shown = html(open_page("breaks", **{"break": "<i>gone</i>"}))
    assert "There is no break &lt;i&gt;gone&lt;/i&gt; now" in shown


def test_checks_say_what_was_looked_at_and_what_did_not_run(firm: Firm) -> None:
    shown = html(open_page("breaks", practice="Cloud")).split('id="checks"')[1]
    assert "did not run: no system delivers rate card" in shown
    for words in ("Looked at", "Tested", "Not applicable", "$120\u202f000.00"):
        assert words in shown


def test_no_break_says_how_much_was_looked_at(firm: Firm) -> None:
    firm.breaks.clear()
    page = open_page("breaks")
    assert "No break: 150 items looked at" in html(page)
    assert "3 checks tested 120 of them" in html(page)
    assert "none open" in html(page)
    filtered = html(open_page("breaks", severity="low"))
    assert "No break fits these filters" in filtered
    assert "Of the whole firm 3 checks looked at 150 items and tested 120." in filtered


@pytest.mark.parametrize(
    ("query", "is_said"),
    [
        ({}, True),
        ({"check": "R-01"}, True),
        ({"project": "p1"}, False),
        ({"touches": "wip_commercial"}, False),
    ],
)
def test_what_was_looked_at_is_said_of_whole_checks_only(
    firm: Firm, query: dict[str, str], is_said: bool
) -> None:
    shown = face(open_page("breaks", **query), "breaks_open")
    for label, count in (("items looked at", 150), ("items tested", 120)):
        assert (f"<span>{label}</span><span>{count}</span>" in shown) is is_said


def test_what_has_to_be_done_comes_before_the_picture(firm: Firm) -> None:
    page = open_page("breaks")
    shown = html(page)
    assert (
        shown.index('id="list"')
        < shown.index('id="causes"')
        < shown.index("Which checks hold how much money")
    )
    assert "Action of B-01." in listed(page).split('id="causes"')[0]
    opened = html(open_page("breaks", **{"break": f"{2:032x}"}))
    assert opened.index('id="evidence"') < opened.index('data-metric="breaks_open"')


def test_a_cause_without_a_project_leads_to_the_breaks_that_it_counts(firm: Firm) -> None:
    none: dict[str, Any] = {"project_key": None, "project_name": "Unassigned"}
    firm.breaks += [
        fake_lists.made_break(7, 2, "50.00", **none),
        fake_lists.made_break(8, 2, "60.00", **none),
        # A project may be called so; it is not the lack of one.
        fake_lists.made_break(9, 2, "70.00", project_key="p9", project_name="Unassigned"),
    ]
    shown = html(open_page("breaks"))
    assert "check=C-03&amp;project=Unassigned" in shown[shown.index('id="causes"') :]
    page = open_page("breaks", check="C-03", project="Unassigned")
    assert set(re.findall(r"TE-(\d)", listed(page).split('id="causes"')[0])) == {"7", "8"}
    assert "project Unassigned" in html(page)
    assert ">2<" in face(page, "breaks_open")
    named = open_page("breaks", check="C-03", project="p9")
    assert set(re.findall(r"TE-(\d)", listed(named).split('id="causes"')[0])) == {"9"}


def test_both_sides_say_where_they_were_read(firm: Firm) -> None:
    firm.breaks = [fake_lists.made_break(2, 0, "1.00", right_system="erp", right_id="TE-2")]
    shown = html(open_page("breaks", **{"break": f"{2:032x}"}))
    sides = shown[shown.index(">Both sides<") :].split("</table>")[0]
    assert '<a href="https://psa.test/1"' in sides
    assert "hours.csv row 8" in sides


def test_an_export_has_stakes_as_numbers(firm: Firm) -> None:
    firm.breaks = [
        fake_lists.made_break(1, 1, "9000.00"),
        fake_lists.made_break(2, 0, None, stake_text="? unknown", currency=None),
        fake_lists.made_break(3, 0, None, stake_text="CHF 4.87; JPY 880.00", currency=None),
    ]
    version = FakeMetricsService().version
    table = breaks._exported(
        breaks.Work(version, {}, (), fake_lists.totals(firm.breaks, (), version.id), "")
    )()
    head, *rows = openpyxl.load_workbook(io.BytesIO(workbook.xlsx_bytes(table)))["Rows"].iter_rows()
    names = {column.label: column.name for column in breaks.EXPORT}
    found = [
        {names.get(str(title.value), ""): cell.value for title, cell in zip(head, row, strict=True)}
        for row in rows
    ]
    stakes = [(row["stake_amount"], row["stake_currency"], row["stake_note"]) for row in found]
    assert stakes == [
        (9000, "EUR", None),
        (None, None, "amount not known"),
        (None, None, f"CHF{fmt.NARROW_SPACE}4.87; JPY{fmt.NARROW_SPACE}880"),
    ]
    assert found[0]["stake_kind"] == "waits"


def test_a_version_without_checks_says_so_on_its_page_and_nothing_elsewhere(firm: Firm) -> None:
    firm.has_checks = False
    assert "published without checks" in html(open_page("breaks"))
    assert "<dt>Breaks</dt>" not in html(open_page("overview"))


def test_rows_of_another_version_are_never_kept(firm: Firm) -> None:
    for ask in (
        lambda: lists.rows("older", "reconciliation.rec_break"),
        lambda: lists.break_totals("older"),
        lambda: lists.break_ageing("older", "check_id"),
        lambda: lists.chain("older", "psa:TE-1"),
        lambda: lists.lineage("older", "wip_commercial"),
        lambda: lists.object_freshness("older"),
        lambda: lists.reject_counts("older"),
    ):
        with pytest.raises(VersionChanged):
            ask()


def test_the_trust_bar_leads_to_breaks_and_keeps_shared_filters(firm: Firm) -> None:
    shown = html(open_page("overview", practice="Data"))
    assert 'href="breaks?practice=Data"' in shown
    assert "6 open, $14.3k leaks or waits" in shown


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(firm: Firm, name: str) -> None:
    firm.breaks = [
        fake_lists.made_break(
            7,
            0,
            "10.00",
            item_name=name,
            finding=name,
            practice_name=name,
            left_value=name,
            project_name=name,
        )
    ]
    page = open_page("breaks", **{"break": f"{7:032x}"})
    shown = html(page)
    assert table_twin.text(name) in shown
    assert "<script" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize("name", HOSTILE)
def test_a_workbook_is_typed_and_never_a_formula(name: str) -> None:
    table = Table(
        (
            TableColumn("what", "What"),
            TableColumn("day", "Day", "day"),
            TableColumn("at", "At"),
            TableColumn("amount", "Amount", "money"),
            TableColumn("age", "Age", "count"),
            TableColumn("none", "None", "money", optional=True),
        ),
        [
            {
                "what": name,
                "day": date(2026, 6, 30),
                "at": datetime(2026, 6, 30, 9, 5),
                "amount": Decimal("-12.50"),
                "age": 3,
                "none": None,
            }
        ],
        currency="EUR",
        context={"firm": name},
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx_bytes(table)))
    head, row = book["Rows"].iter_rows()
    assert [cell.value for cell in head] == ["What", "Day", "At", "Amount", "Age", "None", "Currency"]
    cells: list[Any] = [cell.value for cell in row]
    assert cells == [name, datetime(2026, 6, 30), datetime(2026, 6, 30, 9, 5), -12.5, 3, None, "EUR"]
    assert [cell.data_type for cell in row][:5] == ["s", "d", "d", "n", "n"]
    assert row[0].hyperlink is None
    assert book["About"]["B1"].value == name
    assert book["About"]["B1"].data_type == "s"
    (line,) = csv.DictReader(io.StringIO(table_twin.csv_bytes(table).decode("utf-8-sig")))
    assert not line["what"].startswith(("=", "+", "@"))
    assert line["amount"] == "-12.50"


def test_the_breaks_of_a_number_are_those_that_its_tile_counts(firm: Firm) -> None:
    page = open_page("breaks", touches="wip_commercial", practice="Data")
    shown = html(page)
    assert "Breaks that touch Work in progress (Data practice, all entities, Jun 2026, as was, USD" in shown
    assert "± $38.0k in Work in progress: where does it come from?" in shown
    bridge = shown[shown.index('id="touched"') :].split("</table>")[0]
    assert "$38\u202f000.00" in bridge.split("<tfoot>")[1], "the figure of the tile"
    assert "touches=wip_commercial&amp;check=B-01" in bridge or "check=B-01" in bridge
    shown = shown[shown.index('id="list"') :]
    listed = set(re.findall(r"TE-(\d)", shown))
    assert listed == {"1", "3", "5", "6"}
    assert "touches=wip_commercial" in shown  # a break that is opened from here stays in this list


def test_causes_lead_to_their_breaks(firm: Firm) -> None:
    shown = html(open_page("breaks"))
    card = shown[shown.index("Which causes hold most?") :]
    assert "4 causes, a check in a project each, most money first" in card
    assert "check=R-01&amp;project=p1" in card
    only = html(open_page("breaks", check="R-01", project="p1"))
    assert set(re.findall(r"TE-(\d)", only)) == {"2", "3", "6"}
