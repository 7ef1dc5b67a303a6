"""Breaks: what disagrees between systems, most money first, what it rests on, and how much was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard import causes, data, lists, state, theme, touching
from dashboard import format as fmt
from dashboard.components import charts, navigation, picks, states, table_twin, tile, trust_bar
from dashboard.components.charts import Card, Stack
from dashboard.components.markup import show, text
from dashboard.components.picks import Pick
from dashboard.components.table_twin import Table, TableColumn
from dashboard.components.tile import Line, Tile
from dashboard.lists import Conditions, Row
from dashboard.views import break_evidence
from tieout.break_words import HEADINGS
from tieout.metrics_service import BREAK_ORDER, BreakTotals
from tieout.metrics_types import Cell, VersionInfo

TABLE = "reconciliation.rec_break"
CHECKS = "reconciliation.rec_check"
RESULTS = "reconciliation.rec_check_result"
LISTED = 200
EXPORTED = 100_000
HREF = "_href"
TOUCHES = "touches"
SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
STATUSES = {"open": "Open", "reopened": "Reopened"}
SERVICE = {"breached": "Breached", "warn": "Nearly breached", "ok": "Within"}
KINDS = {
    "leak": "leaks",
    "cash_delay": "waits",
    "misstatement": "misstated",
    "exposure": "exposed",
    "display": "shown only",
}
# Filter in the address to column of the table.
COLUMNS = {
    "check": "check_id",
    "owner": "owner_team",
    "severity": "severity",
    "status": "status",
    "practice": "practice_name",
    "project": "project_key",
    "service": "service_level_status",
}
BANDS = ("0 to 5", "6 to 20", "21 to 60", "over 60")


@dataclass(frozen=True)
class Work:
    """What the page is drawn from: the version, what is chosen and the totals of the breaks that fit."""

    version: VersionInfo
    chosen: Mapping[str, str]
    where: Conditions
    totals: BreakTotals
    words: str

    @property
    def context(self) -> dict[str, str]:
        """What every download says of itself."""
        return {
            "as_of": self.version.as_of.isoformat(),
            "filters": self.words,
            "version": self.version.id,
            "firm": self.version.firm_name,
        }


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    head = st.container(gap=None)
    offered = _offered(version)
    choose = st.container(key="choose", gap=8)
    with choose:
        chosen, ignored = picks.show(offered, own=("break", TOUCHES))
    as_of = state.read_as_of(
        st.query_params.get("as_of", ""), data.months_of(version.id), version.as_of, ignored
    )
    with head:
        trust_bar.draw(version, "latest knowledge", version.reporting_currency, as_of)
    where: Conditions = (
        *((column, "=", (chosen[name],)) for name, column in COLUMNS.items() if name in chosen),
        *lists.until(as_of),
    )
    words = sentence(offered, chosen)
    if as_of:
        words += f", events up to {fmt.day(as_of)}"
    if TOUCHES in chosen:
        touched = touching.conditions(version, chosen[TOUCHES])
        if touched is None:
            ignored = [*ignored, f"There is no metric “{chosen[TOUCHES][:60]}”. All breaks are shown."]
        else:
            # The number's own filters: its practice is that of the person where it counts people.
            kept = (condition for condition in where if condition[0] != COLUMNS["practice"])
            where = (*kept, *touched)
            words = f"Only those that touch {chosen[TOUCHES].replace('_', ' ')} as it was asked for, {words[:1].lower()}{words[1:]}"
    totals = lists.break_totals(version.id, where)
    if totals is None:
        show(states.html(*NOT_CHECKED))
        return version.id
    with choose:
        show(f'<p class="to-sentence">{text(words)}</p>')
    if as_of:
        show(_past_html(version, as_of))
    if notes := trust_bar.notes_html([*ignored, *trust_bar.behind(version)], ()):
        show(notes)
    work = Work(version, chosen, where, totals, words)
    with st.container(key="lead", gap=8):
        _draw_tiles(work)
        if "break" in chosen:
            break_evidence.draw(version, chosen["break"])
    if totals.count:
        _draw_picture(work)
        _draw_causes(work)
        _draw_list(work)
    else:
        show(states.html(*nothing(totals, bool(where))))
    _draw_checks(work)
    show('<span id="end_of_page"></span>')
    return version.id


def _past_html(version: VersionInfo, as_of: date) -> str:
    """What an earlier as-of day cannot say of breaks, and the way back to all of them."""
    return (
        f'<p class="to-plain">Of the breaks that are open in this version, those of events up to '
        f"{text(fmt.day(as_of))}: what was solved since is not among them, and ages and states are those of "
        f"{text(fmt.day(version.as_of))}. "
        f'<a href="{text(navigation.link("breaks", as_of=""))}" target="_self">All events</a></p>'
    )


NOT_CHECKED = (
    "This version was published without checks",
    "Its numbers are there, but nothing was compared between systems. Refresh once; the breaks are part of what is "
    "published then.",
    "tieout refresh",
)


def nothing(totals: BreakTotals, filtered: bool) -> tuple[str, str]:
    """What an empty list says: how much was looked at, and what to do."""
    items = fmt.grouped(Decimal(totals.items_tested), 0)
    checks = f"{totals.checks_run} {'check' if totals.checks_run == 1 else 'checks'}"
    if not totals.checks_run:
        return (
            "No check ran",
            "No system of the firm delivers what these checks compare. The table below names what is missing.",
        )
    if filtered:
        return (
            f"No break fits these filters: {items} items looked at",
            f"{checks} tested them. Clear a filter to see breaks of other teams, practices or ages.",
        )
    return f"No break: {items} items looked at", f"{checks} tested them, and every one is in order."


def _offered(version: VersionInfo) -> list[Pick]:
    checks = lists.rows(version.id, CHECKS, order_by=("check_id",)).rows
    teams = sorted({(str(row["owner_team_name"]), str(row["owner_team"])) for row in checks})
    practices = data.values_of(version.id, "practice")
    return [
        Pick(
            "check",
            "Check",
            {str(row["check_id"]): f"{row['check_id']} {row['title']}" for row in checks},
            "All checks",
            216,
        ),
        Pick("owner", "Owner team", {team: name for name, team in teams}, "All teams", 160),
        Pick("severity", "Severity", SEVERITIES, "All severities", 136),
        Pick("status", "Status", STATUSES, "Any status", 120),
        Pick(
            "practice",
            "Practice",
            {name: name for name in (*practices, charts.UNASSIGNED)},
            "All practices",
            168,
        ),
        Pick("project", "Project", _projects(version), "All projects", 168),
        Pick("service", "Service level", SERVICE, "Any service level", 160),
    ]


def _projects(version: VersionInfo) -> dict[str, str]:
    """Projects that have breaks: key to name, by name."""
    found = causes.causes(version.id, by=("project",)).groups
    named = sorted((group.names["project"], group.keys["project_key"]) for group in found)
    return {key: name for name, key in named if key}


def sentence(offered: Sequence[Pick], chosen: Mapping[str, str]) -> str:
    """The filters as one sentence."""
    words = [pick.values[chosen[pick.name]] if pick.name in chosen else pick.everything for pick in offered]
    return ", ".join(
        [words[0], *(f"{word[:1].lower()}{word[1:]}" if word in SMALL else word for word in words[1:])]
    )


SMALL = frozenset(
    (
        *SEVERITIES.values(),
        *STATUSES.values(),
        "All teams",
        "All severities",
        "Any status",
        "All practices",
        "All projects",
        "Any service level",
    )
)


def _draw_tiles(work: Work) -> None:
    totals = work.totals
    day = fmt.day(work.version.as_of)
    money = totals.currency_code or work.version.reporting_currency

    def amount(value: Cell) -> str:
        return fmt.tile_value(value, "money", money)

    count = Decimal(totals.count)
    unpriced = (
        (Line("without a known amount", fmt.grouped(Decimal(totals.unpriced), 0), "warning"),)
        if totals.unpriced
        else ()
    )
    tiles = [
        _tile(
            "breaks_open",
            "Open breaks",
            f"on {day}",
            count,
            fmt.grouped(count, 0),
            (Line("items looked at", fmt.grouped(Decimal(totals.items_tested), 0)), *unpriced),
        ),
        _tile(
            "breaks_headline",
            "Money that leaks or waits",
            "each transaction once",
            totals.headline,
            amount(totals.headline),
            (
                Line("leaks", amount(totals.leak)),
                Line("waits", amount(totals.cash_delay)),
                Line("cost of waiting so far", amount(totals.cash_delay_cost)),
            ),
        ),
        _tile(
            "breaks_misstated",
            "Misstated",
            "each transaction once, apart from the headline",
            totals.misstated,
            amount(totals.misstated),
            (),
        ),
        _tile(
            "breaks_exposed",
            "Exposed",
            "each transaction once, apart from the headline",
            totals.exposed,
            amount(totals.exposed),
            (),
        ),
        _tile(
            "breaks_breached",
            "Past service level",
            f"on {day}",
            Decimal(totals.breached),
            fmt.grouped(Decimal(totals.breached), 0),
            (Line("of open breaks", fmt.grouped(count, 0)),),
            navigation.link("breaks", **{**_kept(work), "service": "breached"}),
        ),
    ]
    grid = st.grid(len(tiles), min_column_width=196, gap=8, key="tiles_breaks")
    for one in tiles:
        with grid.cell(), st.container(key=f"tile_{one.metric}", gap=None):
            show(tile.html(one))


def _tile(
    name: str, label: str, basis: str, value: Cell, words: str, lines: tuple[Line, ...], link: str = "#list"
) -> Tile:
    return Tile(
        metric=name,
        label=label,
        basis=basis,
        unit="",
        value=value,
        value_text=words,
        better="down",
        reason="there are breaks of this kind, and none has a known amount",
        lines=lines,
        comparisons=(),
        trend=(),
        trend_words="",
        link=link,
    )


def _kept(work: Work) -> dict[str, str]:
    return {name: value for name, value in work.chosen.items() if name != "break"}


def _draw_picture(work: Work) -> None:
    rows = lists.break_ageing(work.version.id, "check_id", work.where)
    titles = {row["check_id"]: row["title"] for row in lists.rows(work.version.id, CHECKS).rows}
    groups: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        groups.setdefault((str(row["name"]), str(row["stake_kind"])), {})[str(row["age_band"])] = row
    stacks, picked, table_rows = [], [], []
    for (check, kind), bands in groups.items():
        any_row = next(iter(bands.values()))
        currency = str(any_row["currency"])
        total = fmt.tile_value(any_row["total"], "money", currency)
        label = f"{check} {titles.get(check, '')}".strip()
        picked.append(check)
        stacks.append(
            Stack(
                label=label,
                total=f"{total} {KINDS.get(kind, kind)}",
                values=tuple(bands[band]["amount"] if band in bands else None for band in BANDS),
                words=tuple(_band_words(label, band, bands.get(band)) for band in BANDS),
            )
        )
        table_rows.append(
            {
                "check": label,
                "kind": KINDS.get(kind, kind),
                "breaks": any_row["total_breaks"],
                **{band: bands[band]["amount"] if band in bands else None for band in BANDS},
                "total": any_row["total"],
            }
        )
    columns = (
        TableColumn("check", "Check"),
        TableColumn("kind", "Money"),
        TableColumn("breaks", "Breaks", "count"),
        *(TableColumn(band, f"{band} days", "money", optional=True) for band in BANDS),
        TableColumn("total", "Together", "money"),
    )
    card = Card(
        key="ageing",
        question="Which checks hold how much money, and how old is it?",
        subtitle=f"{work.totals.currency_code or work.version.reporting_currency}, each transaction once within its "
        f"kind · business days since the event · on {fmt.day(work.version.as_of)}",
        alt="Money by check: " + "; ".join(f"{item.label} {item.total}" for item in stacks),
        table=Table(columns, table_rows, currency=work.totals.currency_code, context=work.context),
        file_name=f"breaks by check {work.version.as_of}",
        figure=charts.stacked(tuple(stacks), BANDS, theme.active()),
        picks=tuple(picked),
        shades=tuple(f"{band} business days" for band in BANDS),
    )
    charts.draw(card, lambda name: picks.pick("check", name))


def _band_words(label: str, band: str, row: Row | None) -> str:
    if row is None:
        return f"{label}: nothing {band} business days old"
    amount = fmt.exact_value(row["amount"], "money", str(row["currency"]))
    return f"{label}, {band} business days: {row['breaks']} with {amount}"


CAUSES = (
    TableColumn("title", "Check", note="Lists its breaks"),
    TableColumn("project", "Project"),
    TableColumn("count", "Breaks", "count"),
    TableColumn("headline", HEADINGS["headline"], "money", optional=True),
    TableColumn("misstated", HEADINGS["misstated"], "money", optional=True),
    TableColumn("exposed", HEADINGS["exposed"], "money", optional=True),
    TableColumn("oldest", "Oldest", "count", "Business days since the event"),
    TableColumn("owner", "Owner"),
    TableColumn("action", "Next action", long=True),
)


def _draw_causes(work: Work) -> None:
    """One line a cause: many breaks of one project that one correction heals."""
    found = causes.causes(work.version.id, work.where, LISTED)
    if work.totals.count == 1 or not found.groups:
        return
    rows: list[Row] = [
        {
            "title": f"{group.keys['check_id']} {group.keys['title']}",
            "project": group.names["project"],
            "count": group.count,
            **{name: fmt.cents(getattr(group, name)) for name in ("headline", "misstated", "exposed")},
            "oldest": group.oldest,
            "owner": group.owner,
            "action": group.action,
            "currency": group.currency_code,
            HREF: navigation.link(
                "breaks",
                **{
                    **_kept(work),
                    "check": group.keys["check_id"],
                    **({"project": key} if (key := group.keys["project_key"]) else {}),
                },
            ),
        }
        for group in found.groups
    ]
    words = f"{fmt.grouped(Decimal(found.total), 0)} causes, a check in a project each, most money first"
    if found.total > len(rows):
        words += f"; the first {fmt.grouped(Decimal(len(rows)), 0)} are listed"
    question = "Which causes hold most?"
    with st.container(key="card_causes", gap=None):
        show(
            f'<div class="to-card" id="causes"><h2>{text(question)}</h2><p class="to-subtitle">{text(words)}</p></div>'
        )
        table = Table(
            CAUSES,
            rows,
            currency=work.totals.currency_code,
            context=work.context,
            linked={"title": HREF},
            stacked="headline",
        )
        show(table_twin.html(table, question))
        charts.download("causes", lambda: table, f"causes of breaks {work.version.as_of}", question)
        charts.workbook_download("causes", lambda: table, f"causes of breaks {work.version.as_of}", question)


def _column(
    name: str, unit: str = "", note: str = "", optional: bool = False, long: bool = False
) -> TableColumn:
    """A column of breaks under the heading that the command line's workbook has too."""
    return TableColumn(name, HEADINGS[name], unit, note, optional, long)


LIST = (
    _column("check_id"),
    _column("item_name", note="Opens the evidence"),
    _column("finding", long=True),
    _column("severity"),
    _column("stake_text", note="In the currency of the transaction"),
    _column(
        "primary_reporting",
        "money",
        "What no earlier cause claims of the same money, in reporting currency",
    ),
    TableColumn("kind", HEADINGS["stake_kind"], note="What leaks or waits is in the headline"),
    _column("age_business_days", "count", "Business days since the event"),
    _column("service_level_status"),
    _column("owner_team_name"),
    _column("practice_name"),
    _column("first_detected_on", "day", "As-of day of the first refresh that found it"),
    _column("status"),
)
EXPORT = (
    _column("break_id"),
    _column("check_id"),
    _column("title"),
    _column("item_name"),
    _column("finding", long=True),
    _column("severity"),
    _column("status"),
    _column("stake_kind"),
    _column("stake_text"),
    *(
        _column(name, "money", optional=True)
        for name in ("stake_reporting", "primary_reporting", "headline_reporting", "cash_delay_cost")
    ),
    _column("event_date", "day"),
    _column("age_business_days", "count"),
    _column("service_level_status"),
    _column("first_detected_on", "day"),
    _column("owner_team_name"),
    _column("action", long=True),
    *(
        _column(name, optional=True)
        for name in (
            "practice_name",
            "project_name",
            "customer_name",
            "contract_id",
            "left_system",
            "left_object",
            "left_id",
            "left_value",
            "right_system",
            "right_object",
            "right_id",
            "right_value",
            "item_key",
        )
    ),
)


def _draw_list(work: Work) -> None:
    found = lists.rows(work.version.id, TABLE, where=work.where, order_by=BREAK_ORDER, limit=LISTED)
    rows = [_readable(work, row) for row in found.rows]
    words = f"{fmt.grouped(Decimal(found.total), 0)} breaks, most money first"
    if found.total > len(rows):
        words += f"; the first {fmt.grouped(Decimal(len(rows)), 0)} are listed, the downloads have all"
    question = "What has to be done?"
    with st.container(key="card_list", gap=None):
        show(
            f'<div class="to-card" id="list"><h2>{text(question)}</h2><p class="to-subtitle">{text(words)}</p></div>'
        )
        table = Table(
            LIST,
            rows,
            currency=work.totals.currency_code,
            linked={"check_id": HREF, "item_name": HREF},
            stacked="primary_reporting",
        )
        show(table_twin.html(table, question))
        whole = _exported(work)
        name = f"breaks {work.version.as_of}"
        charts.download("list", whole, name, question)
        charts.workbook_download("list", whole, name, question)


def _readable(work: Work, row: Row) -> Row:
    return {
        **row,
        "item_name": what(row),
        "kind": KINDS.get(str(row["stake_kind"]), row["stake_kind"]),
        "stake_text": fmt.stake(row["stake_text"]),
        "primary_reporting": fmt.cents(row["primary_reporting"]),
        # The amounts listed are in reporting currency; the row's own is that of its stake.
        "currency": row["reporting_currency"],
        "service_level_status": SERVICE.get(str(row["service_level_status"]), row["service_level_status"]),
        HREF: navigation.link("breaks", **_kept(work), **{"break": str(row["break_id"])}),
    }


def what(row: Row) -> str:
    """What a break is about; milestones and contracts of many projects share a name."""
    project = row["project_name"]
    known = project not in (None, charts.UNASSIGNED)
    return f"{row['item_name']} · {project}" if known else str(row["item_name"])


def _exported(work: Work) -> Callable[[], Table]:
    def table() -> Table:
        found = lists.rows(work.version.id, TABLE, where=work.where, order_by=BREAK_ORDER, limit=EXPORTED)
        money = [column.name for column in EXPORT if column.unit == "money"]
        rows = [
            {**row, "currency": row["reporting_currency"], **{name: fmt.trimmed(row[name]) for name in money}}
            for row in found.rows
        ]
        return Table(EXPORT, rows, currency=work.version.reporting_currency, context=work.context)

    return table


def _draw_checks(work: Work) -> None:
    found = lists.rows(work.version.id, RESULTS, order_by=("check_id",)).rows
    rows = [_result(row) for row in found]
    columns = (
        TableColumn("check_id", "Check"),
        TableColumn("title", "Finds"),
        TableColumn("population", "Population", "count", "Items that it concerns", optional=True),
        TableColumn(
            "tested", "Tested", "count", "Items that its rule has something to say of", optional=True
        ),
        TableColumn("passed", "Passed", "count", "In order, or within their grace", optional=True),
        TableColumn("failed", "Failed", "count", "Breaks", optional=True),
        TableColumn(
            "not_applicable", "Not applicable", "count", "The rule has nothing to say of", optional=True
        ),
        TableColumn("money_tested", "Money tested", "money", "At the rate of the as-of day", optional=True),
        TableColumn("outcome", "Outcome", long=True),
    )
    table = Table(
        columns,
        rows,
        currency=work.version.reporting_currency,
        context=work.context,
        links={
            str(row["check_id"]): navigation.link("catalogue", check=str(row["check_id"])) for row in found
        },
    )
    question = "What was looked at?"
    with st.container(key="card_checks", gap=None):
        show(
            f'<div class="to-card" id="checks"><h2>{text(question)}</h2>'
            '<p class="to-subtitle">every item of every check, passed ones too · whatever the filters</p></div>'
        )
        show(table_twin.html(table, question))
        name = f"checks {work.version.as_of}"
        charts.download("checks", lambda: table, name, question)
        charts.workbook_download("checks", lambda: table, name, question)


def _result(row: Row) -> Row:
    counts = ("population", "tested", "passed", "failed", "not_applicable", "money_tested")
    if not row["has_run"]:
        missing = str(row["entities_missing"] or "what it needs").replace(",", ", ").replace("_", " ")
        return {
            **row,
            **dict.fromkeys(counts),
            "outcome": f"did not run: no system delivers {missing}",
        }
    money = row["money_tested"]
    return {
        **row,
        "money_tested": round(money, 2) if isinstance(money, Decimal) else money,
        "outcome": "in order" if not row["failed"] else "has breaks",
    }
