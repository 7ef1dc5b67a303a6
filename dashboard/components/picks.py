"""Filters of a list, kept in the address beside what all pages carry: `?check=R-01&service=breached`.

As on the overview the address is the truth; what it names that is not offered is said and left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.components import navigation
from dashboard.components.filters import IGNORED, SEEN
from dashboard.components.markup import fold
from dashboard.components.markup import show as show_html
from tieout.metrics_types import UnknownValue

PREFIX = "pick_"
ALL = ""
LONGEST = 200


@dataclass(frozen=True)
class Pick:
    """One filter: its name in the address, its label, the values offered with their words, and what none is called."""

    name: str
    label: str
    values: Mapping[str, str]
    everything: str
    width: int


def show(
    picks: Sequence[Pick], words: Mapping[str, str] | None = None, own: Sequence[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """Draw the filters and bring them and the address together.

    `words` are fields of free text (name to label), `own` what else of the address belongs to this page. Returns what
    is chosen, by name, and the sentences on what in the address could not be used.
    """
    free = dict(words or {})
    address = {name: given for name in st.query_params if (given := st.query_params[name])}
    if st.session_state.get(SEEN) != address:
        _seed(picks, [*free, *own], address)
    with st.container(key="picks", horizontal=True, gap=8, vertical_alignment="bottom"):
        show_html(fold("Search and filter" if free else "Change filters"))
        for name, label in free.items():
            st.text_input(label, key=PREFIX + name, width=280, max_chars=LONGEST, on_change=_forget_ignored)
        for pick in picks:
            if st.session_state.get(PREFIX + pick.name) not in (ALL, *pick.values):
                st.session_state[PREFIX + pick.name] = ALL
            st.selectbox(
                pick.label,
                [ALL, *pick.values],
                key=PREFIX + pick.name,
                format_func={ALL: pick.everything, **pick.values}.__getitem__,
                width=pick.width,
                on_change=_forget_ignored,
            )
    names = [*free, *(pick.name for pick in picks), *own]
    chosen = {name: value for name in names if (value := st.session_state.get(PREFIX + name))}
    mine = {name for name in navigation.SHARED if name in names}
    kept = {name: value for name, value in navigation.carried(address).items() if name not in mine}
    query = {**kept, **chosen}
    if query != address:
        st.query_params.from_dict(query)
    st.session_state[SEEN] = query
    return chosen, list(st.session_state.get(IGNORED, []))


def pick(name: str, value: str | None) -> None:
    """Choose a value; chosen again, none."""
    key = PREFIX + name
    st.session_state[key] = ALL if not value or st.session_state.get(key) == value else value
    _forget_ignored()


def _seed(picks: Sequence[Pick], free: Sequence[str], address: Mapping[str, str]) -> None:
    ignored = []
    for one in picks:
        wanted = address.get(one.name, ALL)
        if wanted not in (ALL, *one.values):
            unknown = UnknownValue.of(one.label.lower(), wanted, one.values, tuple(one.values.values()))
            ignored.append(f"{unknown} All are shown.")
            wanted = ALL
        st.session_state[PREFIX + one.name] = wanted
    for name in free:
        st.session_state[PREFIX + name] = address.get(name, "")[:LONGEST]
    st.session_state[IGNORED] = ignored


def _forget_ignored() -> None:
    st.session_state[IGNORED] = []
