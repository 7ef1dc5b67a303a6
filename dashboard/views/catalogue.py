"""Catalogue: what every metric and every check means, found by words, each with an address of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from dashboard import data, lists
from dashboard import format as fmt
from dashboard.components import charts, navigation, picks, states, table_twin, trust_bar
from dashboard.components.markup import show, text
from dashboard.components.picks import Pick
from dashboard.components.table_twin import Table, TableColumn
from dashboard.data import Slice
from dashboard.lists import Row
from tieout.break_words import KINDS as STAKE_KINDS
from tieout.metrics_types import MetricDescription, VersionInfo

CHECKS = "reconciliation.rec_check"
HREF = "_href"
KINDS = {
    "flow": "Flow: adds up over time",
    "balance": "Balance: taken on a day",
    "ratio": "Ratio",
    "age": "Age",
    "report": "Report",
}
METRICS = (
    TableColumn("label", "Metric"),
    TableColumn("name", "Name"),
    TableColumn("description", "Definition", long=True),
    TableColumn("unit", "Unit", optional=True),
    TableColumn("kind", "Kind"),
    TableColumn("owner", "Owner", optional=True),
)
CHECK_COLUMNS = (
    TableColumn("check_id", "Check"),
    TableColumn("title", "Finds"),
    TableColumn("rule", "Rule", long=True),
    TableColumn("severity", "Severity"),
    TableColumn("stake_kind", "Money"),
    TableColumn("owner_team_name", "Owner"),
    TableColumn("systems", "Compares", optional=True),
)
LINEAGE = (
    TableColumn("relation", "Relation"),
    TableColumn("kind", "Kind"),
    TableColumn("step", "Steps away", "count"),
    TableColumn("read_by", "Read by"),
    TableColumn("rows", "Rows", "count", optional=True),
)


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    known = data.catalogue(version.id)
    checks = lists.rows(version.id, CHECKS, order_by=("check_id",)).rows
    owners = sorted({entry.owner for entry in known.values() if entry.owner})
    head = st.container(gap=None)
    choose = st.container(key="choose", gap=8)
    with choose:
        chosen, ignored = picks.show(
            [
                Pick("kind", "Kind", KINDS, "All kinds", 200),
                Pick("steward", "Owner of the metric", {owner: owner for owner in owners}, "All owners", 200),
            ],
            words={"q": "Search metrics and checks"},
            own=("metric", "check"),
        )
    with head:
        trust_bar.draw(version, "", version.reporting_currency)
    found = [entry for entry in known.values() if _fits(entry, chosen)]
    found_checks = [
        row for row in checks if not _limits_metrics(chosen) and _has(row.values(), chosen.get("q", ""))
    ]
    if notes := trust_bar.notes_html(ignored, ()):
        show(notes)
    with choose:
        show(f'<p class="to-sentence">{text(_sentence(found, known, found_checks, checks, chosen))}</p>')
    with st.container(key="lead", gap=8):
        if "metric" in chosen:
            _draw_metric(version, known, chosen["metric"], {str(row["check_id"]): row for row in checks})
        if "check" in chosen:
            _draw_check(checks, chosen["check"], known)
    if not found and not found_checks:
        show(
            states.html(
                "Nothing is called that",
                f"No metric of {len(known)} and no check of {len(checks)} fits what was searched. Try one word of its "
                "name, its definition or its owner, or clear the filters.",
            )
        )
    if found:
        _draw_metrics(version, found, chosen)
    if found_checks:
        _draw_checks(version, found_checks, chosen)
    show('<span id="end_of_page"></span>')
    return version.id


def _limits_metrics(chosen: Mapping[str, str]) -> bool:
    return "kind" in chosen or "steward" in chosen


def _fits(entry: MetricDescription, chosen: Mapping[str, str]) -> bool:
    if chosen.get("kind", entry.kind) != entry.kind or chosen.get("steward", entry.owner) != entry.owner:
        return False
    words = (entry.name, entry.label, entry.description, entry.formula, entry.owner, entry.unit)
    return _has(words, chosen.get("q", ""))


def _has(values: Iterable[object], wanted: str) -> bool:
    """Every word that is searched stands somewhere in the values."""
    held = " ".join(str(value) for value in values if value is not None).casefold()
    return all(word in held for word in wanted.casefold().split())


def _sentence(
    found: Sequence[MetricDescription],
    known: Mapping[str, MetricDescription],
    found_checks: Sequence[Row],
    checks: Sequence[Row],
    chosen: Mapping[str, str],
) -> str:
    words = f"{len(found)} of {fmt.counted(len(known), 'metric')}, {len(found_checks)} of {fmt.counted(len(checks), 'check')}"
    return f"{words} with “{chosen['q']}”" if "q" in chosen else words


def _kept(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if name not in ("metric", "check")}


def _draw_metrics(
    version: VersionInfo, found: Sequence[MetricDescription], chosen: Mapping[str, str]
) -> None:
    rows: list[Row] = [
        {
            "label": entry.label,
            "name": entry.name,
            "description": entry.description,
            "unit": entry.unit or None,
            "kind": entry.kind,
            "owner": entry.owner or None,
            "formula": entry.formula,
            "dimensions": ", ".join(entry.dimensions),
            HREF: navigation.link("catalogue", **_kept(chosen), metric=entry.name),
        }
        for entry in found
    ]
    table = Table(METRICS, rows, linked={"label": HREF, "name": HREF})
    whole = Table(
        (
            *METRICS,
            TableColumn("formula", "Formula", long=True),
            TableColumn("dimensions", "Dimensions", long=True),
        ),
        rows,
        context={"version": version.id, "firm": version.firm_name},
    )
    _card(
        "metrics",
        "What does every metric mean?",
        f"{fmt.counted(len(rows), 'metric')} of version {version.id}",
        table,
        whole,
    )


def _draw_checks(version: VersionInfo, found: Sequence[Row], chosen: Mapping[str, str]) -> None:
    rows: list[Row] = [
        {
            **row,
            "stake_kind": STAKE_KINDS.get(str(row["stake_kind"]), row["stake_kind"]),
            HREF: navigation.link("catalogue", **_kept(chosen), check=str(row["check_id"])),
        }
        for row in found
    ]
    table = Table(CHECK_COLUMNS, rows, linked={"check_id": HREF, "title": HREF})
    whole = Table(
        (
            *CHECK_COLUMNS,
            TableColumn("key", "Item"),
            TableColumn("clock", "Ages from"),
            TableColumn("grace_business_days", "Grace", "count"),
            TableColumn("cause_rank", "Cause rank", "count"),
            TableColumn("action", "To do", long=True),
            TableColumn("touches", "Makes uncertain", long=True, optional=True),
            TableColumn("entities_missing", "Lacks", optional=True),
        ),
        rows,
        context={"version": version.id, "firm": version.firm_name},
    )
    _card(
        "checks",
        "What is checked?",
        f"{fmt.counted(len(rows), 'check')}, each over every item it concerns",
        table,
        whole,
    )


def _card(key: str, question: str, subtitle: str, table: Table, whole: Table) -> None:
    with st.container(key=f"card_{key}", gap=None):
        show(
            f'<div class="to-card" id="{key}"><h2>{text(question)}</h2>'
            f'<p class="to-subtitle">{text(subtitle)}</p></div>{table_twin.html(table, question)}'
        )
        charts.download(key, lambda: whole, key, question)
        charts.workbook_download(key, lambda: whole, key, question)


def _draw_metric(
    version: VersionInfo,
    known: Mapping[str, MetricDescription],
    name: str,
    checks: Mapping[str, Row],
) -> None:
    entry = known.get(name)
    with st.container(key="card_behind", gap=None):
        if entry is None:
            show(
                f'<div class="to-card" id="metric"><h2>There is no metric {text(name[:60])}</h2>'
                '<p class="to-subtitle">This version does not have it. Search below.</p></div>'
            )
        else:
            show(
                f'<div class="to-card" id="metric"><h2>{text(entry.label)}</h2>'
                f'<p class="to-subtitle"><span class="to-id">{text(entry.name)}</span></p></div>'
                f"{_metric_facts(entry, known, checks)}"
            )
            under = lists.lineage(version.id, name)
            table = Table(LINEAGE, under)
            show(f'<h3 class="to-part">Relations under it</h3>{table_twin.html(table, "Relations under it")}')
            _sql(version, entry)
        _close("metric")


def _metric_facts(
    entry: MetricDescription, known: Mapping[str, MetricDescription], checks: Mapping[str, Row]
) -> str:
    parts = ", ".join(
        f'<a href="{text(navigation.link("catalogue", metric=one))}" target="_self">{text(known[one].label)}</a>'
        if one in known
        else text(one)
        for one in entry.components
    )
    watched = ", ".join(
        f'<a href="{text(navigation.link("catalogue", check=check))}" target="_self">{text(check)}</a> '
        f"{text(row['title'])}"
        for check, row in checks.items()
        if entry.name in str(row["touches"] or "").split(",")
    )
    facts = (
        ("Definition", text(entry.description)),
        ("Formula", text(entry.formula)),
        ("Unit", text(entry.unit or "none")),
        ("Kind", text(KINDS.get(entry.kind, entry.kind))),
        ("Owner", text(entry.owner or "no owner recorded")),
        ("By", text(", ".join(entry.dimensions) or "nothing")),
        *((("Made of", parts),) if parts else ()),
        *((("Checked by", watched),) if watched else ()),
    )
    return _sheet(facts)


def _sheet(facts: Sequence[tuple[str, str]]) -> str:
    listed = "".join(f"<dt>{text(label)}</dt><dd>{value}</dd>" for label, value in facts)
    return f'<dl class="to-sheet">{listed}</dl>'


def _sql(version: VersionInfo, entry: MetricDescription) -> None:
    opened = st.expander("Compiled SQL", key="metric_sql", on_change="rerun")
    if not opened.open:
        return
    month = data.months_of(version.id)
    first = month[-1] if month else version.as_of.replace(day=1)
    part = Slice(first, version.as_of, (), "as_was", "reporting", "firm")
    answer = data.ask(version.id, part, (entry.name,))
    with opened:
        if answer.refused:
            show(f'<p class="to-plain">{text(answer.refused)}</p>')
        else:
            days = fmt.days(first, version.as_of)
            show(f'<p class="to-plain">Asked of the whole firm, {text(days)}, as was, reporting currency</p>')
            st.code(answer.sql, language="sql", wrap_lines=True)


def _draw_check(checks: Sequence[Row], check: str, known: Mapping[str, MetricDescription]) -> None:
    row = next((one for one in checks if one["check_id"] == check), None)
    with st.container(key="card_check", gap=None):
        if row is None:
            show(
                f'<div class="to-card" id="check"><h2>There is no check {text(check[:60])}</h2>'
                '<p class="to-subtitle">This version does not have it. Search below.</p></div>'
            )
        else:
            show(
                f'<div class="to-card" id="check"><h2>{text(row["check_id"])} {text(row["title"])}</h2>'
                f'<p class="to-subtitle">{text(row["rule"])}</p></div>{_check_facts(row, known)}'
            )
        _close("check")


def _check_facts(row: Row, known: Mapping[str, MetricDescription]) -> str:
    metrics = ", ".join(
        f'<a href="{text(navigation.link("catalogue", metric=name))}" target="_self">'
        f"{text(known[name].label if name in known else name)}</a>"
        for name in str(row["touches"] or "").split(",")
        if name
    )
    opened = navigation.link("breaks", check=str(row["check_id"]))
    missing = str(row["entities_missing"] or "").replace(",", ", ").replace("_", " ")
    grace = fmt.counted(int(str(row["grace_business_days"])), "business day")
    return _sheet(
        (
            ("One item", text(row["key"])),
            ("Compares", text(str(row["systems"] or "nothing").replace("_", " "))),
            (
                "Ages from",
                text(f"{row['clock']}; a break after {grace} of grace"),
            ),
            ("Severity", text(f"{row['severity']}, or more where the money asks for it")),
            ("Money", text(STAKE_KINDS.get(str(row["stake_kind"]), row["stake_kind"]))),
            ("Cause rank", text(f"{row['cause_rank']}: the smallest claims money first")),
            ("Owner", text(row["owner_team_name"])),
            ("To do", text(row["action"])),
            ("Makes uncertain", metrics or "no metric"),
            (
                "Found now",
                f'<a href="{text(opened)}" target="_self">Its breaks</a>'
                if not missing
                else text(f"It did not run: no system delivers {missing}"),
            ),
        )
    )


def _close(name: str) -> None:
    st.button(
        "Close",
        key=f"close_{name}",
        type="tertiary",
        icon=":material/close:",
        on_click=picks.pick,
        args=(name, None),
    )
