"""What needs somebody: the causes with the most money in the selection, each with its owner and next action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

import streamlit as st

from dashboard import causes, lists
from dashboard import format as fmt
from dashboard.components import navigation
from dashboard.components.markup import show, text
from dashboard.lists import Conditions, Row
from dashboard.views.break_evidence import TABLE, what
from dashboard.views.view import View
from tieout.break_words import KINDS
from tieout.metrics_service import BREAK_ORDER, BreakGroup

SHOWN = 5


def card(view: View) -> Callable[[], None]:
    """A card with the largest causes; nothing where the version was published without checks."""
    where = _where(view)
    found = causes.causes(view.version.id, where, SHOWN)
    if found.lacks:
        return partial(_draw, "")
    largest = lists.rows(view.version.id, TABLE, where=where, order_by=BREAK_ORDER, limit=1).rows
    return partial(_draw, html(found.groups, found.total, navigation.link("breaks"), largest))


def _draw(face: str) -> None:
    if face:
        with st.container(key="needs_you", border=True):
            show(face)


def _where(view: View) -> Conditions:
    chosen = (("practice_name", view.selection.practice), ("owner_entity_id", view.selection.entity))
    limits = tuple((column, "=", (value,)) for column, value in chosen if value)
    return (*limits, *lists.until(view.selection.as_of))


def html(groups: tuple[BreakGroup, ...], total: int, link: str, largest: Sequence[Row] = ()) -> str:
    """The card's face: the causes, and the one break that holds most, which a cause of many small ones would hide."""
    head = '<div class="to-card"><h2>What needs you?</h2>'
    if not groups:
        return f'{head}<div class="to-muted">No open break in this selection.</div></div>'
    said = f"{len(groups)} of {fmt.grouped(Decimal(total), 0)} causes of open breaks, most money first"
    listed = "".join(f"<li>{_item(group)}</li>" for group in groups)
    return (
        f'{head}<div class="to-subtitle">{text(said)} · <a href="{text(link)}" target="_self">all breaks</a></div></div>'
        f'<ol class="to-needs">{listed}</ol>{"".join(_single(row) for row in largest)}'
    )


def _single(row: Row) -> str:
    """The largest single break in one line: what, how much, whose, what to do."""
    known = fmt.as_decimal(row["primary_reporting"]) is not None
    amount = (
        fmt.tile_value(row["primary_reporting"], "money", str(row["reporting_currency"]))
        if known
        else fmt.UNKNOWN_AMOUNT
    )
    kind = KINDS.get(str(row["stake_kind"]), str(row["stake_kind"]))
    link = navigation.link("breaks", **{"break": str(row["break_id"])})
    return (
        f'<div class="to-needs to-single">Largest single break: <a href="{text(link)}" target="_self">'
        f"<b>{text(amount)}</b> {text(kind)} · {text(row['title'])}: {text(what(row))}</a>"
        f"<div>{text(row['owner_team_name'])}: {text(row['action'])}</div></div>"
    )


def _item(group: BreakGroup) -> str:
    money, word = causes.money(group)
    amount = "" if money is None else fmt.tile_value(money, "money", group.currency_code)
    cause = f"{group.keys['title']}: {group.names['project']}"
    several = fmt.counted(group.count, "break")
    age = f"oldest {fmt.counted(group.oldest, 'business day')}"
    late = ""
    if group.breached:
        age += f", {fmt.grouped(Decimal(group.breached), 0)} past the service level"
        late = ' class="to-warn"'
    return (
        f'<a href="{text(address(group))}" target="_self"><b>{text(amount)}</b> {text(word)} · {text(cause)} '
        f"({text(several)})</a>"
        f"<div>{text(group.owner)}: {text(group.action)} <span{late}>{text(age)}</span></div>"
    )


def address(group: BreakGroup) -> str:
    """Where the breaks of a cause are listed; of a single one, its evidence."""
    return causes.address(group, **({"break": group.largest} if group.count == 1 else {}))
