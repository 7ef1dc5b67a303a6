"""HTML of the dashboard: the only place that writes it to the page, and the escaping that everything goes through."""

from __future__ import annotations

from html import escape

import streamlit as st


def text(value: object) -> str:
    """Any value as literal text inside an element or a quoted attribute."""
    return escape(str(value), quote=True)


def fold(words: str) -> str:
    """A line that opens what stands beside it where the screen is narrow; elsewhere everything is there (style.css).

    It says the same every time: the page would close it when it changes.
    """
    return f'<details class="to-fold"><summary>{text(words)}</summary></details>'


def show(html: str) -> None:
    """Put HTML on the page. Everything in it that was not written in this package has been through `text`."""
    st.html(html)
