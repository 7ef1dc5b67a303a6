"""What needs somebody: the breaks with the most money in the selection, each with its owner and next action."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import streamlit as st

from dashboard import format as fmt
from dashboard import lists
from dashboard.components import navigation
from dashboard.components.markup import show, text
from dashboard.lists import Conditions, Row
from dashboard.views.breaks import TABLE, what
from dashboard.views.view import View
from tieout.metrics_service import BREAK_ORDER

SHOWN = 5
COLUMNS = (
    "break_id",
    "check_id",
    "title",
    "item_name",
    "project_name",
    "finding",
    "action",
    "owner_team_name",
    "age_business_days",
    "service_level_status",
    "headline_reporting",
    "primary_reporting",
    "reporting_currency",
)
LATE = {
    "breached": "past its service level",
    "warn": "near its service level",
    "ok": "within its service level",
}


def card(view: View) -> Callable[[], None]:
    """A card with the largest breaks; nothing where the version was published without checks."""
    found = lists.rows(view.version.id, TABLE, COLUMNS, _where(view), BREAK_ORDER, SHOWN)
    return partial(_draw, "" if found.lacks else html(found.rows, found.total, navigation.link("breaks")))


def _draw(face: str) -> None:
    if face:
        with st.container(key="needs_you", border=True):
            show(face)


def _where(view: View) -> Conditions:
    chosen = (("practice_name", view.selection.practice), ("owner_entity_id", view.selection.entity))
    limits = tuple((column, "=", (value,)) for column, value in chosen if value)
    return (*limits, *lists.until(view.selection.as_of))


def html(rows: tuple[Row, ...], total: int, link: str) -> str:
    """The card's face."""
    head = '<div class="to-card"><h2>What needs you?</h2>'
    if not rows:
        return f'{head}<div class="to-muted">No open break in this selection.</div></div>'
    said = f"{len(rows)} of {fmt.grouped(Decimal(total), 0)} open breaks, most money first"
    listed = "".join(f"<li>{_item(row)}</li>" for row in rows)
    return (
        f'{head}<div class="to-muted">{text(said)} · <a href="{text(link)}" target="_self">all breaks</a></div></div>'
        f'<ol class="to-needs">{listed}</ol>'
    )


def _item(row: Row) -> str:
    headline = fmt.as_decimal(row["headline_reporting"])
    money = headline if headline else fmt.as_decimal(row["primary_reporting"])
    amount = fmt.tile_value(money, "money", str(row["reporting_currency"]))
    address = navigation.link("breaks", **{"break": str(row["break_id"])})
    age = f"{row['age_business_days']} business days, {LATE.get(str(row['service_level_status']), '')}"
    late = ' class="to-warn"' if row["service_level_status"] == "breached" else ""
    return (
        f'<a href="{text(address)}" target="_self"><b>{text(amount)}</b> {text(what(row))}: '
        f"{text(row['finding'])}</a>"
        f"<div>{text(row['owner_team_name'])}: {text(row['action'])} <span{late}>{text(age)}</span></div>"
    )
