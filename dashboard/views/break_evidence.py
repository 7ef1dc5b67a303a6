"""One break: its rule in words, both sides, the money of its transactions, its history, and the chain it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

import streamlit as st

from dashboard import format as fmt
from dashboard import lists
from dashboard.components import navigation, picks, table_twin
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.lists import Row
from tieout.metrics_service import Trace
from tieout.metrics_types import UNASSIGNED, Cell, VersionInfo

TABLE = "reconciliation.rec_break"
TRANSACTIONS = "reconciliation.rec_break_transaction"
EVENTS = "reconciliation.rec_break_event"
HREF = "_href"
LISTED = 100
SIDES = (
    TableColumn("side", "Side"),
    TableColumn("system", "System", optional=True),
    TableColumn("object", "Object", optional=True),
    TableColumn("id", "Id", optional=True),
    TableColumn("value", "Value", optional=True, long=True),
    TableColumn("place", "File and row", optional=True, long=True),
)
MONEY = (
    TableColumn("transaction_key", "Transaction"),
    TableColumn("event_date", "Event", "day"),
    TableColumn("stake", "Stake"),
    TableColumn("stake_reporting", "Reporting", "money", "The stake in reporting currency"),
    TableColumn("primary_reporting", "Claimed", "money", "What no earlier cause claims within its kind"),
    TableColumn(
        "headline_reporting", "In the headline", "money", "Of leaks and delayed cash, each transaction once"
    ),
    TableColumn("finding", "Finding", long=True),
)
HISTORY = (
    TableColumn("happened_on", "As of", "day"),
    TableColumn("event_kind", "What happened"),
    TableColumn("stake_text", "Stake"),
)
CHAIN = (
    TableColumn("stage", "Stage"),
    TableColumn("record", "Record"),
    TableColumn("label", "Name", optional=True),
    TableColumn("date", "Date", "day", optional=True),
    TableColumn("amount", "Amount or hours", optional=True),
    TableColumn("status", "Status", optional=True),
    TableColumn("system", "System", optional=True),
)


def what(row: Row) -> str:
    """What a break is about; milestones and contracts of many projects share a name."""
    project = row["project_name"]
    known = project not in (None, UNASSIGNED)
    return f"{row['item_name']} · {project}" if known else str(row["item_name"])


def draw(version: VersionInfo, break_id: str) -> None:
    """The evidence of a break, or what became of it."""
    own = (("break_id", "=", (break_id,)),)
    found = lists.rows(version.id, TABLE, where=own, limit=1).rows
    events = lists.rows(version.id, EVENTS, where=own, order_by=("-event_number",), limit=LISTED).rows
    with st.container(key="card_behind", gap=None):
        if found:
            _evidence(version, found[0], events)
        else:
            show(_gone(break_id, events))
            if events:
                _part("History", Table(HISTORY, [_event(row) for row in events]))
        st.button(
            "Close",
            key="close_break",
            type="tertiary",
            icon=":material/close:",
            on_click=picks.pick,
            args=("break", None),
        )


def _gone(break_id: str, events: Sequence[Row]) -> str:
    words = (
        f"{events[0].get('item_name', 'It')} agrees again, or is no longer looked at."
        if events
        else "No refresh has recorded it. The address may be cut short, or from another firm."
    )
    return (
        f'<div class="to-card" id="evidence"><h2>There is no break {text(break_id[:60])} now</h2>'
        f'<p class="to-subtitle">{text(words)}</p></div>'
    )


def _evidence(version: VersionInfo, row: Row, events: Sequence[Row]) -> None:
    currency = str(row["reporting_currency"])
    show(
        f'<div class="to-card" id="evidence"><h2>{text(row["check_id"])} {text(row["title"])}: '
        f'{text(row["item_name"])}</h2><p class="to-subtitle">{text(row["finding"])}</p></div>'
        f"{_facts(row, currency)}"
    )
    _part("Both sides", Table(SIDES, sides(version, row), linked={"place": HREF}, stacked="value"))
    found = lists.rows(
        version.id,
        TRANSACTIONS,
        where=(("break_id", "=", (str(row["break_id"]),)),),
        order_by=("-primary_reporting", "transaction_key"),
        limit=LISTED,
    )
    more = f" (the first {LISTED} of {found.total})" if found.total > len(found.rows) else ""
    total: Row = {
        "transaction_key": "Break",
        "event_date": row["event_date"],
        "stake": fmt.stake(row["stake_text"]),
        **{
            name: fmt.cents(row[name])
            for name in ("stake_reporting", "primary_reporting", "headline_reporting")
        },
        "finding": "",
    }
    _part(
        f"Its transactions and the money it claims of each{more}",
        Table(
            MONEY,
            [_transaction(one) for one in found.rows],
            currency=currency,
            total=total,
            stacked="primary_reporting",
        ),
    )
    _part("History", Table(HISTORY, [_event(one) for one in events]))
    _chain(version, row)


def _facts(row: Row, currency: str) -> str:
    unknown = f"{fmt.UNKNOWN_AMOUNT}: there is no rate or price"
    counted = fmt.cents(row["primary_reporting"])
    facts: list[tuple[str, str]] = [
        ("Rule", text(row["rule"])),
        ("To do", text(row["action"])),
        ("Owner", text(row["owner_team_name"])),
        ("Severity", text(row["severity"])),
        ("Stake", text(fmt.stake(row["stake_text"]))),
        ("Counted", text(unknown if counted is None else fmt.exact_value(counted, "money", currency))),
        (
            "Age",
            text(
                f"{_days(row['age_business_days'])} since {_day(row['event_date'])}; service level "
                f"{_days(row['service_level_business_days'])}: {row['service_level_status']}"
            ),
        ),
        ("First seen", text(f"{_day(row['first_detected_on'])}; now {row['status']}")),
        (
            "Belongs to",
            text(
                f"{row['practice_name']} practice, project {row['project_name']}, customer {row['customer_name']}, "
                f"contract {row['contract_id']}"
            ),
        ),
        (
            "Makes uncertain",
            ", ".join(
                f'<a href="{text(navigation.link("catalogue", metric=name))}" target="_self">{text(name)}</a>'
                for name in str(row["touches"] or "").split(",")
                if name
            )
            or "no metric",
        ),
        ("Id", f'<span class="to-id">{text(row["break_id"])}</span>'),
    ]
    listed = "".join(f"<dt>{text(label)}</dt><dd>{value}</dd>" for label, value in facts)
    return f'<dl class="to-sheet">{listed}</dl>'


def sides(version: VersionInfo, row: Row) -> list[Row]:
    """What is compared, one side a row, and the file and row that it was read from. A side that is missing says so in its
    value."""
    return [
        {
            "side": label,
            "system": row[f"{side}_system"],
            "object": row[f"{side}_object"],
            "id": row[f"{side}_id"],
            "value": row[f"{side}_value"],
            **_place(version, row[f"{side}_system"], row[f"{side}_id"]),
        }
        for side, label in (("left", "Found"), ("right", "Against"))
        if any(row[f"{side}_{part}"] is not None for part in ("system", "object", "id", "value"))
    ]


def _place(version: VersionInfo, system: Cell, record: Cell) -> Row:
    """Where a side comes from, as far as its chain of records knows it; an address of its system is a link."""
    found = _followed(version, system, record)
    source = found.source_in(system) if found else None
    if source is None:
        return {"place": None}
    return {"place": source.place, HREF: _web(source.url)}


def _followed(version: VersionInfo, system: Cell, record: Cell) -> Trace | None:
    if system is None or record is None:
        return None
    return lists.chain(version.id, f"{system}:{record}")


def _web(url: str | None) -> str:
    return url if url and urlsplit(url).scheme in ("http", "https") else ""


def _transaction(row: Row) -> Row:
    amount, currency = row["stake_amount"], str(row["currency"] or "")
    return {
        **{name: row[name] for name in ("transaction_key", "event_date", "finding")},
        "stake": fmt.UNKNOWN_AMOUNT
        if amount is None
        else fmt.exact_value(fmt.cents(amount), "money", currency),
        **{
            name: fmt.cents(row[name])
            for name in ("stake_reporting", "primary_reporting", "headline_reporting")
        },
    }


def _event(row: Row) -> Row:
    return {
        **row,
        "event_kind": str(row["event_kind"]).replace("_", " "),
        "stake_text": fmt.stake(row["stake_text"]),
    }


def _chain(version: VersionInfo, row: Row) -> None:
    """The records up- and downstream, where the service can follow the record of a side."""
    for side in ("left", "right"):
        system, record = row[f"{side}_system"], row[f"{side}_id"]
        found = _followed(version, system, record)
        if found is None:
            continue
        name = f"{system}:{record}"
        table = Table(CHAIN, chain_rows(found), linked={"record": HREF})
        show(
            f'<details class="to-twin"><summary>Trace of {text(name)}: the records it stands among</summary>'
            f"{table_twin.html(table, f'Trace of {name}')}"
            f'<p class="to-legend">The whole chain: <span class="to-id">tieout trace {text(name)}</span></p></details>'
        )


def chain_rows(found: Trace) -> list[Row]:
    """A trace as rows: each record with the address of its system, each stage that has none with why."""
    rows: list[Row] = []
    for stage in found.stages:
        for record in stage.records:
            rows.append(
                {
                    "stage": stage.title,
                    "record": record.id,
                    "label": record.label,
                    "date": record.date,
                    "amount": _amount(record.amount, record.unit),
                    "status": record.status,
                    "system": record.source.system,
                    HREF: _web(record.source.url),
                }
            )
        if not stage.records:
            rows.append({"stage": stage.title, "record": stage.missing or "none"})
    return rows


def _amount(value: Cell, unit: str | None) -> str | None:
    """An amount in its currency, or so many hours."""
    if value is None:
        return None
    if unit in (None, "hours"):
        return f"{fmt.exact_value(value, 'hours')} {unit or ''}".strip()
    return fmt.exact_value(fmt.cents(value), "money", unit)


def _days(value: Cell) -> str:
    return fmt.counted(value, "business day") if isinstance(value, int) else fmt.NOT_AVAILABLE


def _day(value: Cell) -> str:
    return fmt.day(value) if isinstance(value, date) else "n/a"


def _part(title: str, table: Table) -> None:
    show(f'<h3 class="to-part">{text(title)}</h3>{table_twin.html(table, title)}')
