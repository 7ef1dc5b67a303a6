"""What needs somebody: the causes with the most money in the selection, each with its owner and next action."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import streamlit as st

from dashboard import causes, lists
from dashboard import format as fmt
from dashboard.components import navigation
from dashboard.components.markup import show, text
from dashboard.lists import Conditions
from dashboard.views.view import View
from tieout.metrics_service import BreakGroup

SHOWN = 5


def card(view: View) -> Callable[[], None]:
    """A card with the largest causes; nothing where the version was published without checks."""
    found = causes.causes(view.version.id, _where(view), SHOWN)
    return partial(_draw, "" if found.lacks else html(found.groups, found.total, navigation.link("breaks")))


def _draw(face: str) -> None:
    if face:
        with st.container(key="needs_you", border=True):
            show(face)


def _where(view: View) -> Conditions:
    chosen = (("practice_name", view.selection.practice), ("owner_entity_id", view.selection.entity))
    limits = tuple((column, "=", (value,)) for column, value in chosen if value)
    return (*limits, *lists.until(view.selection.as_of))


def html(groups: tuple[BreakGroup, ...], total: int, link: str) -> str:
    """The card's face."""
    head = '<div class="to-card"><h2>What needs you?</h2>'
    if not groups:
        return f'{head}<div class="to-muted">No open break in this selection.</div></div>'
    said = f"{len(groups)} of {fmt.grouped(Decimal(total), 0)} causes of open breaks, most money first"
    listed = "".join(f"<li>{_item(group)}</li>" for group in groups)
    return (
        f'{head}<div class="to-subtitle">{text(said)} · <a href="{text(link)}" target="_self">all breaks</a></div></div>'
        f'<ol class="to-needs">{listed}</ol>'
    )


def _item(group: BreakGroup) -> str:
    money, word = causes.money(group)
    amount = fmt.tile_value(money, "money", group.currency_code)
    what = f"{group.keys['title']}: {group.names['project']}"
    several = f"{fmt.grouped(Decimal(group.count), 0)} breaks" if group.count != 1 else "1 break"
    age = f"oldest {group.oldest} business days"
    late = ""
    if group.breached:
        age += f", {fmt.grouped(Decimal(group.breached), 0)} past the service level"
        late = ' class="to-warn"'
    return (
        f'<a href="{text(address(group))}" target="_self"><b>{text(amount)}</b> {text(word)} · {text(what)} '
        f"({text(several)})</a>"
        f"<div>{text(group.owner)}: {text(group.action)} <span{late}>{text(age)}</span></div>"
    )


def address(group: BreakGroup) -> str:
    """Where the breaks of a cause are listed; of a single one, its evidence."""
    own = {"check": group.keys["check_id"], "project": group.keys["project_key"]}
    if group.count == 1:
        own["break"] = group.largest
    return navigation.link("breaks", **{name: value for name, value in own.items() if value})
