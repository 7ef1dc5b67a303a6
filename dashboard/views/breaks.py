"""Breaks: what disagrees between systems, most money first, what it rests on, and how much was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from dashboard.touching import Touched
from dashboard.views import break_evidence
from dashboard.views.tiles import uncertain
from tieout.break_words import HEADINGS, KINDS, typed
from tieout.metrics_service import BREAK_ORDER, BreakTotals, Trust
from tieout.metrics_types import UNASSIGNED, Cell, VersionInfo

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
# Filter in the address to column of the table; a project is more than its column (dashboard/causes.py).
COLUMNS = {
    "check": "check_id",
    "owner": "owner_team",
    "severity": "severity",
    "status": "status",
    "practice": "practice_name",
    "service": "service_level_status",
}
KIND_WORDS = "What leaks or waits is in the headline"
BANDS = ("0 to 5", "6 to 20", "21 to 60", "over 60")


@dataclass(frozen=True)
class Work:
    """What the page is drawn from: the version, what is chosen and the totals of the breaks that fit. `is_whole`: no filter
    leaves a part of what the checks looked at; `touched`: the number whose breaks are asked for."""

    version: VersionInfo
    chosen: Mapping[str, str]
    where: Conditions
    totals: BreakTotals
    words: str
    is_whole: bool = True
    touched: Touched | None = None

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
        trust_bar.draw(version, "", version.reporting_currency, as_of)
    where: Conditions = (*_conditions(offered, chosen), *lists.until(as_of))
    words = sentence(offered, chosen)
    touched = touching.touched(version, chosen[TOUCHES]) if TOUCHES in chosen else None
    if touched:
        # The number's own filters: its practice is that of the person where it counts people.
        kept = (condition for condition in where if condition[0] != COLUMNS["practice"])
        where = (*kept, *touched.where)
        others = sentence([pick for pick in offered if pick.name != "practice"], chosen)
        words = f"Breaks that touch {touched.label} ({touched.selection}), {_lowered(others)}"
    elif TOUCHES in chosen:
        ignored = [*ignored, f"There is no metric “{chosen[TOUCHES][:60]}”. All breaks are shown."]
    if as_of:
        words += f", events up to {fmt.day(as_of)}"
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
    is_whole = all(condition[0] == COLUMNS["check"] for condition in where)
    work = Work(version, chosen, where, totals, words, is_whole, touched)
    if "break" in chosen:
        break_evidence.draw(version, chosen["break"])
    if touched and touched.trust and touched.trust.open_breaks:
        _draw_touched(work, touched, touched.trust)
    _draw_tiles(work)
    if totals.count:
        _draw_list(work)
        _draw_causes(work)
        _draw_picture(work)
    else:
        show(states.html(*nothing(totals, bool(where), is_whole)))
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


def _conditions(offered: Sequence[Pick], chosen: Mapping[str, str]) -> Conditions:
    """The filters of the address as conditions on the breaks."""
    simple = ((column, "=", (chosen[name],)) for name, column in COLUMNS.items() if name in chosen)
    if "project" not in chosen:
        return tuple(simple)
    projects = next(pick.values for pick in offered if pick.name == "project")
    named_so = [key for key, name in projects.items() if name == UNASSIGNED != key]
    return (*simple, *causes.of_project(chosen["project"], named_so))


def _lowered(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def nothing(totals: BreakTotals, filtered: bool, is_whole: bool) -> tuple[str, str]:
    """What an empty list says: how much was looked at, and what to do."""
    items = fmt.counted(totals.items_looked_at, "item")
    tested = fmt.grouped(Decimal(totals.items_tested), 0)
    checks = fmt.counted(totals.checks_run, "check")
    if not totals.checks_run:
        return (
            "No check ran",
            "No system of the firm delivers what these checks compare. The table below names what is missing.",
        )
    if filtered and not is_whole:
        return (
            "No break fits these filters",
            f"Of the whole firm {checks} looked at {items} and tested {tested}. Clear a filter to see breaks of other teams, "
            "practices or ages.",
        )
    if filtered:
        return (
            f"No break: {items} looked at",
            f"{checks} tested {tested} of them. Clear the filter to see others.",
        )
    return f"No break: {items} looked at", f"{checks} tested {tested} of them, and every one is in order."


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
            {name: name for name in (*practices, UNASSIGNED)},
            "All practices",
            168,
        ),
        Pick("project", "Project", _projects(version), "All projects", 168),
        Pick("service", "Service level", SERVICE, "Any service level", 160),
    ]


def _projects(version: VersionInfo) -> dict[str, str]:
    """Projects that have breaks: key to name, by name; then that of breaks without one."""
    found = causes.causes(version.id, by=("project",)).groups
    named = sorted((group.names["project"], group.keys["project_key"]) for group in found)
    without = {UNASSIGNED: UNASSIGNED} if any(not key for _, key in named) else {}
    return {key: name for name, key in named if key} | without


def sentence(offered: Sequence[Pick], chosen: Mapping[str, str]) -> str:
    """The filters as one sentence."""
    words = [_said(pick, chosen[pick.name]) if pick.name in chosen else pick.everything for pick in offered]
    return ", ".join(
        [words[0], *(f"{word[:1].lower()}{word[1:]}" if word in SMALL else word for word in words[1:])]
    )


def _said(pick: Pick, value: str) -> str:
    """A chosen value in the sentence; a name does not say what it is the name of."""
    word = pick.values[value]
    return f"{pick.name} {word}" if pick.name in ("practice", "project") else word


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
            (*_looked_at(work), *unpriced),
        ),
        _tile(
            "breaks_headline",
            "Money that leaks or waits",
            "each transaction once",
            totals.headline,
            amount(totals.headline),
            (
                Line("leaks", amount(totals.headline_leak)),
                Line("waits", amount(totals.headline_delay)),
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
    # Two beside each other on a phone, so that the list is not far below them.
    grid = st.grid(len(tiles), min_column_width=164, gap=8, key="tiles_breaks")
    for one in tiles:
        with grid.cell(), st.container(key=f"tile_{one.metric}", gap=None):
            show(tile.html(one))


def _looked_at(work: Work) -> tuple[Line, ...]:
    """How much the checks looked at, in the words of the command line. Nobody counts that of a part of a check."""
    if not work.is_whole:
        return ()
    counts = (("items looked at", work.totals.items_looked_at), ("items tested", work.totals.items_tested))
    return tuple(Line(label, fmt.grouped(Decimal(count), 0)) for label, count in counts)


TOUCHED_WORDS = (
    "± is how far this number may still move, each transaction once. The money counted is what leaks or waits, is misstated "
    "or exposed, each transaction once within its kind: a check may put more of a transaction at stake than stands in this "
    "number, and kinds are not added up."
)
SHARE_WORDS = (
    "± is how far this share moves when its numerator does by all that is uncertain of it, each transaction once. The money "
    "below is what the same breaks put at stake, by kind; it is of another unit and does not add up to points."
)


def _draw_touched(work: Work, touched: Touched, trust: Trust) -> None:
    """What the tile of a number says is uncertain, and how the money of the breaks leads to it."""
    amount = uncertain(trust)
    question = f"± {amount or fmt.UNKNOWN_AMOUNT} in {touched.label}: where does it come from?"
    said = f"{fmt.counted(trust.open_breaks, 'open break')} · {touched.selection}"
    if trust.without_amount:
        said += f" · {fmt.grouped(Decimal(trust.without_amount), 0)} without a known amount"
    if (missing := uncertain(replace(trust, unreconciled=trust.missing))) and trust.missing:
        said += f" · {missing} of it is not in the number yet"
    back = f'<a href="{text(navigation.link("breaks"))}" target="_self">All breaks</a>'
    with st.container(key="card_touched", gap=None):
        show(
            f'<div class="to-card" id="touched"><h2>{text(question)}</h2>'
            f'<p class="to-subtitle">{text(said)}</p></div>'
            f'<p class="to-plain">{text(SHARE_WORDS if trust.unit == "ratio" else TOUCHED_WORDS)} {back}</p>'
        )
        # A share moves by what its numerator does: its checks are those of another unit.
        if amount is not None and trust.unit != "ratio":
            table = _touched_table(work, touched, trust)
            show(table_twin.html(table, question))
            charts.download(
                "touched", lambda: table, f"uncertain {trust.metric} {work.version.as_of}", question
            )


def _touched_table(work: Work, touched: Touched, trust: Trust) -> Table:
    rows: list[Row] = [
        {
            "check": f"{one.check_id} {one.title}",
            "breaks": one.breaks,
            "unreconciled": _rounded(one.unreconciled, trust.unit),
            "counted": fmt.cents(one.counted),
            "kind": KINDS.get(one.stake_kind, one.stake_kind),
            HREF: navigation.link("breaks", **{**_kept(work), "check": one.check_id}),
        }
        for one in touched.checks
    ]
    return Table(
        (
            TableColumn("check", "Check", note="Lists its breaks"),
            TableColumn("kind", HEADINGS["stake_kind"], "", KIND_WORDS, optional=True),
            TableColumn("breaks", "Breaks", "count"),
            TableColumn("unreconciled", f"± in {touched.label}", trust.unit, TOUCHED_WORDS),
            TableColumn(
                "counted", HEADINGS["primary_reporting"], "money", "As in the list below", optional=True
            ),
        ),
        rows,
        currency=trust.currency,
        total={
            "check": "All",
            "breaks": trust.open_breaks,
            "unreconciled": _rounded(trust.unreconciled, trust.unit),
        },
        context=work.context,
        linked={"check": HREF},
        stacked="unreconciled",
    )


def _rounded(value: Decimal | None, unit: str) -> Cell:
    return fmt.cents(value) if unit == "money" else value


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
        known = fmt.as_decimal(any_row["total"]) is not None
        total = fmt.tile_value(any_row["total"], "money", currency) if known else f"{fmt.UNKNOWN_AMOUNT},"
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
    known = fmt.as_decimal(row["amount"]) is not None
    amount = fmt.exact_value(row["amount"], "money", str(row["currency"])) if known else fmt.UNKNOWN_AMOUNT
    return f"{label}, {band} business days: {fmt.counted(int(str(row['breaks'])), 'break')}, {amount}"


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
            HREF: causes.address(group, **_kept(work)),
        }
        for group in found.groups
    ]
    words = f"{fmt.counted(found.total, 'cause')}, a check in a project each, most money first"
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
    TableColumn("kind", HEADINGS["stake_kind"], note=KIND_WORDS),
    _column("age_business_days", "count", "Business days since the event"),
    _column("service_level_status"),
    _column("owner_team_name"),
    _column("action", long=True),
    _column("practice_name"),
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
    _column("stake_amount", "number", "In the currency beside it", optional=True),
    _column("stake_currency", optional=True),
    _column("stake_note", optional=True),
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
    words = f"{fmt.counted(found.total, 'break')}, most money first"
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
        "item_name": break_evidence.what(row),
        "kind": KINDS.get(str(row["stake_kind"]), row["stake_kind"]),
        "stake_text": fmt.stake(row["stake_text"]),
        "primary_reporting": fmt.cents(row["primary_reporting"]),
        # The amounts listed are in reporting currency; the row's own is that of its stake.
        "currency": row["reporting_currency"],
        "service_level_status": SERVICE.get(str(row["service_level_status"]), row["service_level_status"]),
        HREF: navigation.link("breaks", **_kept(work), **{"break": str(row["break_id"])}),
    }


def _exported(work: Work) -> Callable[[], Table]:
    def table() -> Table:
        found = lists.rows(work.version.id, TABLE, where=work.where, order_by=BREAK_ORDER, limit=EXPORTED)
        money = [column.name for column in EXPORT if column.unit == "money"]
        rows = [{**_typed(row), **{name: fmt.trimmed(row[name]) for name in money}} for row in found.rows]
        return Table(EXPORT, rows, currency=work.version.reporting_currency, context=work.context)

    return table


def _typed(row: Row) -> Row:
    """A break as a spreadsheet adds it up, in the numbers of the page."""
    amount = row["stake_amount"]
    note = fmt.stake(row["stake_text"]) if amount is None else None
    return {**typed(row), "stake_amount": fmt.trimmed(amount), "stake_note": note}


def _draw_checks(work: Work) -> None:
    found = lists.rows(work.version.id, RESULTS, order_by=("check_id",)).rows
    rows = [_result(row) for row in found]
    columns = (
        TableColumn("check_id", "Check"),
        TableColumn("title", "Finds"),
        TableColumn("population", "Looked at", "count", "Items that it concerns", optional=True),
        TableColumn(
            "tested", "Tested", "count", "Items that its rule has something to say of", optional=True
        ),
        TableColumn("passed", "Passed", "count", "In order", optional=True),
        TableColumn("failed", "Failed", "count", "Breaks", optional=True),
        TableColumn(
            "not_yet_due",
            "Not yet due",
            "count",
            "Within their grace, or dated after the as-of date",
            optional=True,
        ),
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
    counts = ("population", "tested", "passed", "failed", "not_yet_due", "not_applicable", "money_tested")
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
