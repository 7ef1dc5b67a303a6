"""HTML of the dashboard: the only place that writes it to the page, and the escaping that everything goes through."""

from __future__ import annotations

from html import escape

import streamlit as st


def text(value: object) -> str:
    """Any value as literal text inside an element or a quoted attribute."""
    return escape(str(value), quote=True)


def show(html: str) -> None:
    """Put HTML on the page. Everything in it that was not written in this package has been through `text`."""
    st.html(html)
