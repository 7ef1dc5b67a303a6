"""The way between pages: one row of links that takes along what every page understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

# What a link to another page keeps of the address; the rest of it belongs to one page.
SHARED = (
    "as_of",
    "period",
    "month",
    "from",
    "to",
    "practice",
    "entity",
    "mode",
    "currency",
    "population",
    "compare",
)


def carried(address: Mapping[str, str]) -> dict[str, str]:
    """The part of an address that other pages understand."""
    return {name: value for name in SHARED if (value := address.get(name))}


def link(path: str, **own: str) -> str:
    """Address of a page: what is carried there, then what is its own. Given empty, something is left behind."""
    kept = {name: value for name, value in {**carried(_address()), **own}.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _address() -> dict[str, str]:
    return {name: st.query_params[name] for name in st.query_params}


def draw(pages: Sequence[StreamlitPage], current: StreamlitPage) -> None:
    """The row of links, the page shown set apart."""
    kept = carried(_address())
    with st.container(key="navigation", horizontal=True, gap=None):
        for page in pages:
            place = "current" if page is current else "other"
            with st.container(key=f"nav_{place}_{page.url_path or 'start'}", width="content", gap=None):
                st.page_link(page, query_params=kept or None)
