"""Charts, tables, downloads and tiles, from values given."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dashboard import theme
from dashboard.components import charts, states, table_twin, tile, trust_bar
from dashboard.components.charts import Bar, Series, Stack, Step
from dashboard.components.table_twin import Table, TableColumn
from dashboard.components.tile import Comparison, Line, Tile
from dashboard.format import Change
from dashboard.views import overview_behind
from tieout.metrics_types import SystemFreshness, VersionInfo

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE fct_time; --",
    "<b>bold</b>&amp;",
    "=1+1",
)


def _table(name: str, amount: Decimal = Decimal("-12.50")) -> Table:
    return Table(
        columns=(
            TableColumn("practice", "Practice"),
            TableColumn("cost_standard", "Cost", "money"),
            TableColumn("share", "Share", "ratio"),
        ),
        rows=[{"practice": name, "cost_standard": amount, "share": 0.5}],
        currency="EUR",
        total={"practice": "Total", "cost_standard": amount, "share": None},
        context={"as_of": "2026-06-30", "practice_filter": name},
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_literal_in_a_table(name: str) -> None:
    html = table_twin.html(_table(name), name)
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert table_twin.text(name) in html


def test_the_totals_row_is_last_and_missing_is_not_blank() -> None:
    html = table_twin.html(_table("Data"), "caption")
    assert "<tfoot><tr><th scope='row' class=\"to-name\">Total</th>" in html
    assert html.rindex("n/a") > html.index("<tfoot>")
    assert "−€12.50" in html


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        '=HYPERLINK("http://x","y")',
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_text_in_a_download_is_never_a_formula_and_numbers_stay_numbers(name: str) -> None:
    raw = table_twin.csv_bytes(_table(name))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["practice", "cost_standard", "share", "currency", "as_of", "practice_filter"]
    assert rows[1] == [f"'{name}", "-12.50", "0.5", "EUR", "2026-06-30", f"'{name}"]
    assert rows[2][:3] == ["Total", "-12.50", ""]


def test_every_line_of_a_download_says_what_it_is() -> None:
    rows = list(csv.DictReader(io.StringIO(table_twin.csv_bytes(_table("Data")).decode("utf-8-sig"))))
    assert {row["as_of"] for row in rows} == {"2026-06-30"}
    assert {row["currency"] for row in rows} == {"EUR"}


def test_amounts_of_one_line_may_be_of_several_currencies() -> None:
    table = Table(
        columns=(
            TableColumn("practice", "Practice"),
            TableColumn("backlog_total", "Backlog", "money"),
            TableColumn("billed_revenue", "Billed", "money"),
        ),
        rows=[
            {
                "practice": "Data",
                "backlog_total": Decimal("10.00"),
                "backlog_total_currency": "EUR",
                "billed_revenue": Decimal("20.00"),
                "billed_revenue_currency": "GBP",
            }
        ],
        context={"as_of": "2026-06-30"},
    )
    shown = table_twin.html(table, "caption")
    assert "€10.00" in shown
    assert "£20.00" in shown
    (row,) = csv.DictReader(io.StringIO(table_twin.csv_bytes(table).decode("utf-8-sig")))
    assert (row["backlog_total_currency"], row["billed_revenue_currency"]) == ("EUR", "GBP")
    assert "currency" not in row


def test_an_amount_leads_to_its_rows_and_a_missing_one_nowhere() -> None:
    links = {("Data", "cost_standard"): "?rows=x&practice=<Data>", ("Data", "share"): "?rows=y"}
    table = replace(_table("Data"), cell_links=links)
    table = replace(table, rows=[{**table.rows[0], "share": None}])
    shown = table_twin.html(table, "caption")
    assert 'href="?rows=x&amp;practice=&lt;Data&gt;" target="_self">−€12.50</a>' in shown
    assert "?rows=y" not in shown


def test_a_date_is_a_day_and_never_a_month() -> None:
    table = Table((TableColumn("date", "Date", "day"),), [{"date": date(2026, 6, 1)}])
    assert ">1 Jun 2026<" in table_twin.html(table, "caption")
    assert b"2026-06-01" in table_twin.csv_bytes(table)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_literal_in_a_chart(name: str) -> None:
    figure = charts.bars((Bar(name, Decimal(5)),), "money", "EUR", (), "light", definition=name)
    assert "<script" not in (spec := figure.to_json())
    assert "<img" not in spec
    assert charts.literal(name) in figure.layout.yaxis.ticktext[0].replace("<br>", " ")


def test_a_name_is_no_template() -> None:
    assert "%{" not in charts.literal("%{x} and %{customdata[0]}")


def test_a_walk_stands_on_its_totals_and_hangs_its_moves() -> None:
    steps = (
        Step("Standard", Decimal(100), "total"),
        Step("Holidays", Decimal("-8.4"), "move"),
        Step("Above", Decimal("1.2"), "move"),
        Step("Gross", Decimal("92.8"), "total"),
    )
    trace, words = charts.walk(steps, "light").data
    assert list(trace.measure) == ["absolute", "relative", "relative", "absolute"]
    assert [float(value) for value in trace.x] == [100.0, -8.4, 1.2, 92.8]
    assert [one.strip() for one in words.text] == ["100", "−8", "+1", "93"]


def test_the_words_of_a_walk_stand_right_of_their_bars_and_have_room() -> None:
    steps = (
        Step("Service revenue", Decimal(592_000), "total"),
        Step("Standard labour", Decimal(-416_000), "move"),
        Step("Pass-through cost", Decimal(-190_000), "move"),
        Step("Project margin", Decimal(-14_000), "total"),
    )
    figure = charts.walk(steps, "light", unit="money", currency="USD")
    bars, words = figure.data
    assert list(words.x) == [592_000, 592_000, 176_000, 0], "the right end of each bar: names are to the left"
    assert words.textposition == "middle right"
    assert words.cliponaxis is False
    assert figure.layout.margin.r >= 7 * max(len(one) for one in words.text)
    assert bars.text is None


def test_long_names_go_on_in_lines_of_their_own() -> None:
    short = charts.stacked((Stack("Data", "$1.29m", (1,), ("",)),), ("hard",), "light")
    assert list(short.layout.yaxis.ticktext) == ["Data   <b>$1.29m</b>"]
    items = (
        Stack("C-03 Contract value differs between systems", "$614k misstated", (1,), ("",)),
        Stack("T-06 Posted twice", "$310k misstated", (1,), ("",)),
    )
    long = charts.stacked(items, ("hard",), "light")
    assert list(long.layout.yaxis.ticktext) == [
        "C-03 Contract value differs between<br>systems<br><b>$614k misstated</b>",
        "T-06 Posted twice<br><b>$310k misstated</b>",
    ]
    assert long.layout.height > 2 * short.layout.height - 16


def test_a_row_can_become_a_card_whose_cells_say_what_they_are() -> None:
    columns = (
        TableColumn("check", "Check"),
        TableColumn("amount", "Counted", "money"),
        TableColumn("owner", "Owner <team>"),
    )
    rows = [{"check": "R-01", "amount": Decimal("9.5"), "owner": "Billing"}]
    shown = table_twin.html(Table(columns, rows, currency="USD", stacked="amount"), "caption")
    assert '<table class="to-table to-stacked">' in shown
    assert '<td class="to-number to-beside" data-label="Counted">$9.50</td>' in shown
    assert '<td class="to-name" data-label="Owner &lt;team&gt;">Billing</td>' in shown
    assert "data-label" not in table_twin.html(Table(columns, rows, currency="USD"), "caption")


def test_the_bar_folds_on_a_narrow_screen_what_the_sentence_says_too() -> None:
    version = VersionInfo("v1", date(2026, 6, 30), datetime(2026, 7, 1, tzinfo=UTC), "Firm", "USD", ())
    html = trust_bar.html(version, "as was", "USD")
    assert '<details class="to-fold"><summary>Version and systems</summary></details>' in html
    folded = re.findall(r'to-rest"><dt>([^<]+)', html)
    assert folded == ["Mode", "Currency", "Version", "Data extracted"]


def test_a_loading_card_is_seen_only_when_it_lasts() -> None:
    assert 'class="to-state to-loading"' in states.html("a", "b", kind="loading")
    assert "to-loading" not in states.html("a", "b")
    assert ".to-loading { animation: to-wait" in theme.style_sheet()


def test_what_stands_still_in_a_table_lets_nothing_through() -> None:
    rules = theme.style_sheet()
    assert "border-collapse: collapse" not in rules
    total = rules[rules.index(".to-table tfoot th,\n.to-table tfoot td {") :].split("}")[0]
    assert "background: var(--to-surface)" in total
    assert "z-index: 1" in total


def test_bars_start_at_zero_and_carry_target_and_comparison() -> None:
    figure = charts.bars(
        (Bar("Data", 0.7, target=0.78, before=0.72), Bar("Cloud", 0.6)),
        "ratio",
        None,
        (("Data", "#123456"),),
        "dark",
    )
    bars, before, target = figure.data
    assert figure.layout.xaxis.range[0] == 0
    assert list(bars.x) == [0.7, 0.6]
    assert bars.marker.color[0] == "#123456"
    assert list(before.x) == [0.72, None]
    assert list(target.x) == [0.78, None]


def test_a_bar_below_zero_has_room() -> None:
    figure = charts.bars((Bar("A", Decimal(50)), Bar("B", Decimal(-10))), "money", "EUR", (), "light")
    low, high = figure.layout.xaxis.range
    assert low < -10
    assert high > 50
    assert charts.bars((Bar("A", None),), "money", "EUR", (), "light").layout.xaxis.range[1] > 0


def test_a_running_period_is_hatched_or_dotted_and_named() -> None:
    hatched = charts.bars((Bar("Data", 0.7),), "ratio", None, (), "light", partial=True)
    assert hatched.data[0].marker.pattern.shape == "/"
    dates = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
    figure = charts.lines(dates, (Series("Billable", (0.7, 0.71, 0.5)),), "light", partial_last=True)
    whole, dotted, mark = figure.data
    assert list(whole.y) == pytest.approx([70, 71])
    assert dotted.line.dash == "dot"
    assert list(mark.y) == pytest.approx([50])
    assert "to date" in [note.text for note in figure.layout.annotations]


def test_gaps_stay_gaps() -> None:
    dates = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
    figure = charts.lines(dates, (Series("Billable", (0.7, None, 0.5)),), "light", partial_last=False)
    assert figure.data[0].connectgaps is False
    assert figure.data[0].y[1] is None


def test_a_practice_keeps_its_colour() -> None:
    names = ["Cloud", "Data", "E", "F", "G", "H", "I", "Unassigned"]
    colours = charts.practice_colours(names, "light")
    assert colours["Cloud"] != colours["Data"]
    assert colours["H"] == colours["I"], "from the sixth on, they share the last colour"
    assert charts.practice_colours(names[::-1], "light") == colours


def _tile(value: float | None, trend: tuple[float | None, ...] = (0.7, 0.72)) -> Tile:
    return Tile(
        metric="billable_utilization",
        label="Billable <utilization>",
        basis="over gross",
        unit="ratio",
        value=value,
        value_text="n/a" if value is None else "72.0 %",
        better="up",
        reason="no capacity in this slice",
        lines=(Line("missing", "12 h", "warning"),),
        comparisons=(
            Comparison(Change("▼ −1.2 pp", "bad"), "May 2026"),
            Comparison(None, "Jun 2025", "no data", "starts <Jul> 2025"),
        ),
        trend=trend,
        trend_words="two periods",
    )


def test_a_tile_says_value_changes_and_lines() -> None:
    html = tile.html(_tile(0.72))
    assert "Billable &lt;utilization&gt;" in html
    assert '<span class="to-move to-bad">▼ −1.2 pp</span> v May 2026' in html
    assert 'title="starts &lt;Jul&gt; 2025">n/a v Jun 2025: no data<' in html
    assert 'class="to-line to-warn"' in html
    assert 'aria-label="two periods"' in html


def test_a_tile_and_its_lines_lead_to_their_rows() -> None:
    tiled = replace(_tile(0.72), link="?rows=a", lines=(Line("hard", "$1", link="?rows=b&x=<y>"),))
    html = tile.html(tiled)
    assert '<h2><a href="?rows=a" target="_self">' in html
    assert '<a href="?rows=b&amp;x=&lt;y&gt;" target="_self">$1</a>' in html


def test_a_tile_without_a_value_says_why() -> None:
    html = tile.html(_tile(None))
    assert ">n/a<" in html
    assert "no capacity in this slice" in html


def test_one_point_is_no_line() -> None:
    assert tile.spark((0.7, None), "words") == ""
    assert tile.spark((0.7, 0.7), "words") != ""


def test_a_system_that_ends_before_the_as_of_day_is_stale_and_says_what_to_do() -> None:
    version = VersionInfo(
        id="<v1>",
        as_of=date(2026, 6, 30),
        published_at=datetime(2026, 7, 1, tzinfo=UTC),
        firm_name="<i>Firm</i>",
        reporting_currency="USD",
        systems=(
            SystemFreshness("hris", "files", datetime(2026, 6, 30, 0, 5, tzinfo=UTC)),
            SystemFreshness("psa", "files", datetime(2026, 6, 28, 23, 0, tzinfo=UTC)),
            SystemFreshness("erp", "odoo", None, ("time approval",)),
        ),
    )
    sentences = trust_bar.behind(version)
    assert sentences == [
        "psa is stale: extracted 28 Jun 2026 23:00 UTC, before the as-of day. Run: tieout refresh --system psa",
        "erp has never been loaded. Run: tieout refresh --system erp",
    ]
    html = trust_bar.html(version, "as was", "USD")
    assert "<i>" not in html
    assert "&lt;v1&gt;" in html
    assert "28 Jun 2026 23:00 UTC" in html
    assert "Rejected" not in html
    rejected = trust_bar.html(
        replace(version, rejected={"psa time_entry": 2, "erp invoice": 1}), "as was", "USD"
    )
    assert (
        '<a href="health#rejects" target="_self"><span class="to-warn">▲ 3 rows in no number</span>'
        in rejected
    )
    assert "<dt>Mode</dt><dd>as was</dd>" in html
    assert "Mode" not in trust_bar.html(version, "", "USD"), "what has no effect is not named"
    assert trust_bar.missing_records(version.systems) == ["Not recorded in erp: time approval."]
    notes = trust_bar.notes_html(["<b>stale</b>"], ["x", "x"])
    assert notes.count("<li") == 2
    assert "&lt;b&gt;" in notes


@pytest.mark.parametrize(
    ("selected", "name"),
    [
        ({"selection": {"points": [{"y": 1, "curve_number": 0}]}}, "Cloud"),
        ({"selection": {"points": []}}, None),
        ({"selection": {"points": [{"y": 0}, {"y": 1}]}}, None),
        ({"selection": {"points": [{"y": 7}]}}, None),
        ({"selection": {"points": [{"y": "<b>"}]}}, None),
        ({"points": 1}, None),
        (None, None),
    ],
)
def test_a_click_names_a_bar_or_nothing(selected: object, name: str | None) -> None:
    assert charts.clicked(selected, ("Data", "Cloud")) == name


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://psa.test/1", True),
        ("http://psa.test/1", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("psa.test/1", False),
        (None, False),
    ],
)
def test_only_a_web_address_is_a_link(url: str | None, leads: bool) -> None:
    rows = [{"record": "T-1", "source_url": url}]
    assert ("T-1" in overview_behind.addresses(rows)) is leads


def test_an_id_of_two_records_leads_to_neither() -> None:
    rows = [{"record": "1", "source_url": "https://a.test"}, {"record": "1", "source_url": "https://b.test"}]
    assert overview_behind.addresses(rows) == {}
