"""Data health: what was loaded when, what was left behind and why, and what the systems do not record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from dashboard import data, lists, traced
from dashboard import format as fmt
from dashboard.components import charts, navigation, picks, table_twin, trust_bar
from dashboard.components.markup import show, text
from dashboard.components.picks import Pick
from dashboard.components.table_twin import Table, TableColumn
from dashboard.lists import Conditions, Listed, Row
from dashboard.views import health_workflows
from tieout.metrics_types import Cell, VersionInfo

LOADS = "operations.ops_load"
LOAD_IDENTITY = "operations.ops_load_identity"
OBJECT_IDENTITY = "operations.ops_object_identity"
GAPS = "operations.ops_source_gaps"
REJECTED_ROWS = "operations.ops_rejected_row"
LISTED = 200
SKIPPED = ("skipped", "=", ("true",))
NOT_SKIPPED = ("skipped", "=", ("false",))


def _count(name: str, label: str, note: str = "") -> TableColumn:
    return TableColumn(name, label, "count", note, optional=True)


FRESH = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    TableColumn("looked_at", "Looked at", note="When the system was last asked, changed or not"),
    TableColumn("extracted_at", "Last changed", note="The latest load that brought rows"),
    TableColumn("state", "State", long=True),
    TableColumn("load_mode", "Mode"),
    _count("received", "Received"),
    _count("new_versions", "New", "Rows never seen before"),
    _count("changed_versions", "Changed", "Rows that differ from their last version"),
    _count("closed_by_sweep", "Gone", "Rows that the system no longer has"),
    _count("unreadable", "Unreadable"),
)
LOAD = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    TableColumn("finished_at", "Finished", optional=True),
    TableColumn("load_mode", "Mode"),
    _count("source_count", "Source says"),
    _count("received", "Received"),
    _count("landed", "Landed"),
    _count("unreadable", "Unreadable"),
    _count("new_versions", "New"),
    _count("changed_versions", "Changed"),
    _count("unchanged", "Unchanged"),
    _count("closed_by_sweep", "Gone"),
    TableColumn("state", "Proof", long=True),
)
LOAD_PROOF = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    _count("received", "Received"),
    _count("kept_open", "Kept open", "Rows that an incomplete load did not bring and that stay"),
    _count("staged", "Staged"),
    _count("duplicate", "Duplicate"),
    _count("rejected", "Rejected"),
    TableColumn("proof", "Identity", note="Received and kept open = staged + duplicate + rejected"),
)
OBJECT_PROOF = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    _count("open_rows", "Open rows"),
    _count("staged", "Staged"),
    _count("deleted_by_flag", "Deleted by flag"),
    _count("duplicate", "Duplicate"),
    _count("rejected", "Rejected"),
    TableColumn("proof", "Identity", note="Open = staged + deleted + duplicate + rejected"),
)
REJECTS = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    TableColumn("column_name", "Column", optional=True),
    TableColumn("reason", "Reason", long=True),
    TableColumn("cure", "What to do", long=True, optional=True),
    TableColumn("rejected_at", "Where"),
    _count("rows", "Rows"),
)
REJECTED = (
    TableColumn("system", "System"),
    TableColumn("object", "Object"),
    TableColumn("source_file", "File", optional=True),
    _count("source_row", "Row", "The line of the file on which the record begins"),
    TableColumn("column_name", "Column", optional=True),
    TableColumn("reject_value", "Value", optional=True),
    TableColumn("reason", "Reason", long=True),
    TableColumn("cure", "What to do", long=True, optional=True),
    TableColumn("also_wrong", "Also wrong", long=True, optional=True),
)
# What people earn is read by more than those who may know it.
VALUES_NOT_SHOWN = ("cost_rate", "payroll_line", "payroll_run")
TRACED = (
    TableColumn("metric", "Headline"),
    TableColumn("missing_link", "First missing link"),
    TableColumn("share", "Share", "ratio"),
    TableColumn(
        "amount", "Amount", "number", note="Without signs: a credit note weighs as much as an invoice"
    ),
    TableColumn("unit", "Unit"),
)
RUNS = (
    TableColumn("finished_at", "Finished", optional=True),
    TableColumn("result", "Result"),
    TableColumn("version", "Version", optional=True),
    TableColumn("as_of", "As of", optional=True),
    TableColumn("seconds", "Seconds", "days", optional=True),
    _count("received", "Rows received"),
    _count("changed", "New or changed"),
)


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    head = st.container(gap=None)
    names = {system.name: system.name for system in version.systems}
    choose = st.container(key="choose", gap=8)
    with choose:
        chosen, ignored = picks.show(
            [
                Pick("system", "System", names, "All systems", 200),
                Pick("waiting", "Waiting at", health_workflows.names(version), "No step", 320),
            ],
            own=("traced",),
        )
    with head:
        trust_bar.draw(version, "", version.reporting_currency)
    system = chosen.get("system")
    words = f"System {system}" if system else f"All systems: {', '.join(names) or 'none yet'}"
    with choose:
        show(f'<p class="to-sentence">{text(words)}, as of {text(fmt.day(version.as_of))}</p>')
    number = traced.number(version, chosen["traced"]) if "traced" in chosen else None
    if "traced" in chosen and number is None:
        ignored = [
            *ignored,
            f"There is no share traced of “{chosen['traced'][:60]}”. All headlines are shown.",
        ]
    if notes := trust_bar.notes_html([*ignored, *trust_bar.behind(version)], ()):
        show(notes)
    where: Conditions = (("system", "=", (system,)),) if system else ()
    if number:
        _draw_number(version, number)
    # What somebody has to mend comes before what is in order.
    is_first = bool(_mine(lists.reject_counts(version.id), system))
    if is_first:
        _draw_rejected(version, system, where)
    _draw_traced(version)
    _draw_workflows(version, chosen.get("waiting"))
    _draw_freshness(version, system)
    _draw_identity(version, where)
    if not is_first:
        _draw_rejected(version, system, where)
    _draw_gaps(version, where)
    _draw_loads(version, where)
    _draw_runs(version)
    show('<span id="end_of_page"></span>')
    return version.id


def _mine(rows: Sequence[Row], system: str | None) -> list[Row]:
    return [row for row in rows if system is None or row["system"] == system]


def _draw_number(version: VersionInfo, number: traced.Number) -> None:
    """The number whose tile led here: how much of it is traced, and what the rest lacks first."""
    found = number.trust.traced
    if found is None:
        return
    of = f" of {number.said_of}, which is traced least of what it is made of," if number.said_of else ""
    rest = ", and what the others lack first" if found.missing else ""
    command = f" · the rows that lack most: {number.command}" if number.command else ""
    back = f'<a href="{text(navigation.link("health"))}" target="_self">All headlines, all days</a>'
    _card(
        version,
        "number",
        f"{number.label} is {found.words()}{': what does the rest lack?' if found.missing else ''}",
        f"{number.selection} · value{of} in rows whose chain of records is whole{rest}{command}",
        TRACED[1:],
        traced.links(number.trust),
        "",
        f'<p class="to-plain">{back}</p>',
    )


def _draw_traced(version: VersionInfo) -> None:
    found = traced.headlines(version)
    _card(
        version,
        "traced",
        "How far is each headline traced?",
        "the whole firm to the as-of day: value in rows whose chain of records is whole, and what the rest lacks first"
        " · the rows: tieout explain METRIC --where missing_link=LINK",
        TRACED,
        traced.rows(found),
        "No headline has a value yet.",
    )


def _draw_workflows(version: VersionInfo, step: str | None) -> None:
    """The picture of all steps; of the one that is chosen, what waits there."""
    charts.draw(health_workflows.picture(version), lambda name: picks.pick("waiting", name))
    if step is None:
        return
    words, table = health_workflows.waiting(version, step)
    question = f"What waits at: {health_workflows.names(version)[step]}?"
    with st.container(key="card_waiting", gap=None):
        show(
            f'<div class="to-card" id="waiting"><h2>{text(question)}</h2>'
            f'<p class="to-subtitle">{text(words)}</p></div>'
        )
        if not table.rows:
            show('<p class="to-empty">Nothing waits at this step.</p>')
            return
        show(table_twin.html(table, question))
        charts.download("waiting", lambda: table, f"waiting at {step} {version.as_of}", question)


def _draw_freshness(version: VersionInfo, system: str | None) -> None:
    rows = [{**row, "state": state(row)} for row in _mine(lists.object_freshness(version.id), system)]
    off = len([row for row in rows if row["state"] != "complete"])
    subtitle = f"{len(rows)} objects that were delivered · {off or 'none'} with something to look at"
    _card(version, "fresh", "How fresh is every object?", subtitle, FRESH, rows, NO_LOADS)


NO_LOADS = "Nothing has been loaded from this system. Run: tieout refresh"


def state(row: Row) -> str:
    """What a load says of itself: complete, or everything that does not agree."""
    wrong = [
        words
        for name, words in (
            ("agrees_with_source_count", "the source counted other rows"),
            ("agrees_with_control_total", "the control total differs"),
            ("is_balanced", "rows do not add up"),
        )
        if row[name] is False
    ]
    if row["note"]:
        wrong.append(str(row["note"]))
    if row["unreadable"]:
        wrong.append(f"{row['unreadable']} unreadable")
    return "; ".join(wrong) or "complete"


def _draw_identity(version: VersionInfo, where: Conditions) -> None:
    for key, table, columns, question, subtitle, empty in (
        (
            "load_proof",
            LOAD_IDENTITY,
            LOAD_PROOF,
            "Is every received row accounted for?",
            "latest whole load of each object: received and kept open = staged + duplicate + rejected",
            "No object was loaded as a whole; the open rows below prove what deltas brought.",
        ),
        (
            "object_proof",
            OBJECT_IDENTITY,
            OBJECT_PROOF,
            "Is every open row accounted for?",
            "rows open in raw history = staged + deleted by flag + duplicate + rejected",
            "No object has rows.",
        ),
    ):
        found = lists.rows(version.id, table, where=where, order_by=("system", "object")).rows
        rows = [{**row, "proof": "holds" if row["is_balanced"] else "does not hold"} for row in found]
        off = len([row for row in rows if not row["is_balanced"]])
        words = "holds for all" if not off else f"does not hold for {off}"
        _card(version, key, question, f"{subtitle} · {words}", columns, rows, empty)


def _draw_rejected(version: VersionInfo, system: str | None, where: Conditions) -> None:
    _draw_rejects(version, system, where)
    _draw_rejected_rows(version, where)


def _draw_rejects(version: VersionInfo, system: str | None, where: Conditions) -> None:
    rows = _mine(lists.reject_counts(version.id), system)
    looked = loads_words(lists.rows(version.id, LOADS, ("system",), (*where, NOT_SKIPPED), limit=1).total)
    _card(
        version,
        "rejects",
        "What was rejected, and why?",
        "rows by system, object and reason",
        REJECTS,
        rows,
        f"No row was rejected: {looked}.",
    )


def _draw_rejected_rows(version: VersionInfo, where: Conditions) -> None:
    order = ("system", "object", "source_file", "source_row")
    found = lists.rows(version.id, REJECTED_ROWS, where=where, order_by=order, limit=LISTED)
    rows = [
        {**row, "reject_value": "not shown" if row["object"] in VALUES_NOT_SHOWN else row["reject_value"]}
        for row in found.rows
    ]
    subtitle = "each with where it is and what to do"
    if found.total > len(rows):
        subtitle += f"; {len(rows)} of {fmt.grouped(Decimal(found.total), 0)} are listed"
    if rows:
        _card(version, "rejected_rows", "Which rows are they?", subtitle, REJECTED, rows, "")


def loads_words(loads: int) -> str:
    """`58 loads looked at`."""
    return f"{loads_count(loads)} looked at"


def loads_count(loads: int) -> str:
    """`58 loads`."""
    return f"{fmt.grouped(Decimal(loads), 0)} {'load' if loads == 1 else 'loads'}"


def _draw_gaps(version: VersionInfo, where: Conditions) -> None:
    rows = lists.rows(version.id, GAPS, where=where, order_by=("system", "sentence")).rows
    _card(
        version,
        "gaps",
        "What do the systems not record?",
        "metrics that need it are empty or say so",
        (TableColumn("system", "System"), TableColumn("sentence", "Does not record", long=True)),
        rows,
        "Every system records what the models ask of it, as far as its connector knows.",
    )


def _draw_loads(version: VersionInfo, where: Conditions) -> None:
    order = ("-finished_at", "system", "object")
    found = lists.rows(version.id, LOADS, where=(*where, NOT_SKIPPED), order_by=order, limit=LISTED)
    idle = lists.rows(version.id, LOADS, where=(*where, SKIPPED), order_by=order, limit=LISTED)
    # One that was skipped and says why lacks something that was there before.
    noted = [row for row in idle.rows if row["note"]]
    rows = [{**row, "state": state(row)} for row in (*found.rows, *noted)]
    idle = Listed(tuple(row for row in idle.rows if not row["note"]), idle.total - len(noted))
    subtitle = f"{loads_count(found.total)} that brought something or failed, latest first"
    if found.total > len(found.rows):
        subtitle += f"; the first {len(found.rows)} are listed"
    empty = "No load has brought anything yet." if idle.total else NO_LOADS
    _card(
        version,
        "loads",
        "What did the loads bring?",
        subtitle,
        LOAD,
        rows,
        empty,
        skipped_html(idle, version),
    )


def skipped_html(idle: Listed, version: VersionInfo) -> str:
    """One line for all loads that had nothing to do, which opens the names of their objects."""
    if not idle.total:
        return ""
    names = {
        system.name: sorted({str(row["object"]) for row in idle.rows if row["system"] == system.name})
        for system in version.systems
    }
    listed = "".join(
        f'<p class="to-plain"><b>{text(system)}</b> {text(", ".join(objects))}</p>'
        for system, objects in names.items()
        if objects
    )
    return (
        f'<details class="to-twin"><summary>{text(loads_count(idle.total))} skipped: nobody delivers the object, or '
        f"nothing in it was new</summary>{listed}</details>"
    )


def _draw_runs(version: VersionInfo) -> None:
    rows = lists.runs()
    facts = {
        "Version": f'<span class="to-id">{text(version.id)}</span>',
        "Published": text(fmt.moment(version.published_at.replace(tzinfo=None))),
        "As of": text(fmt.day(version.as_of)),
        "Firm": text(version.firm_name),
        "Reporting currency": text(version.reporting_currency),
        "Tables": text(fmt.grouped(Decimal(len(version.row_counts)), 0)),
        "Systems": text(", ".join(f"{one.name} ({one.kind})" for one in version.systems) or "none yet"),
    }
    listed = "".join(f"<dt>{text(label)}</dt><dd>{value}</dd>" for label, value in facts.items())
    counts: list[Row] = [{"table": name, "rows": count} for name, count in sorted(version.row_counts.items())]
    columns = (TableColumn("table", "Table"), TableColumn("rows", "Rows", "count"))
    tables = table_twin.html(Table(columns, counts), "Rows of every published table")
    with st.container(key="card_version", gap=None):
        show(
            '<div class="to-card" id="version"><h2>What is published?</h2>'
            '<p class="to-subtitle">the version that every page shows</p></div>'
            f'<dl class="to-sheet">{listed}</dl>'
            f'<details class="to-twin"><summary>Rows of every table</summary>{tables}</details>'
        )
    _card(
        version,
        "runs",
        "How did the latest refreshes end?",
        "refreshes and rollbacks, latest first; why one failed is said where it ran: tieout doctor",
        RUNS,
        rows,
        "No refresh is recorded.",
    )


def _card(
    version: VersionInfo,
    key: str,
    question: str,
    subtitle: str,
    columns: tuple[TableColumn, ...],
    rows: Sequence[Mapping[str, Cell]],
    empty: str,
    below: str = "",
) -> None:
    """A table with its download, or why it is empty; `below` is HTML that follows either."""
    table = Table(columns, rows, context={"version": version.id, "as_of": version.as_of.isoformat()})
    with st.container(key=f"card_{key}", gap=None):
        show(
            f'<div class="to-card" id="{key}"><h2>{text(question)}</h2>'
            f'<p class="to-subtitle">{text(subtitle)}</p></div>'
        )
        if not rows:
            show(f'<p class="to-empty">{text(empty)}</p>{below}')
            return
        show(table_twin.html(table, question) + below)
        charts.download(key, lambda: table, f"{key} {version.as_of}", question)
