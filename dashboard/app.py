"""Entry of the dashboard, which dashboard/serve.py runs, with TIEOUT_FIRM naming the firm file."""

from __future__ import annotations

import logging
from functools import partial

import streamlit as st

from dashboard import data, registry, theme
from dashboard.components import filters, navigation, states
from dashboard.components.markup import show
from dashboard.registry import Entry
from dashboard.turns import turn
from tieout.errors import TieoutError
from tieout.metrics_types import NoVersion

log = logging.getLogger("tieout.dashboard")

REDRAWS = 3
SHOWN = "_version_shown"
PAGE = "_page_shown"
NOTHING = ""
LOADING = (
    "Reading the published version",
    "The first page after a start takes some seconds, because the metric layer starts with it.",
)
WATCH_EVERY = "60s"


def main() -> None:
    """Set the page up, then draw the page that was asked for, or say why it cannot be drawn."""
    pages = [
        st.Page(
            partial(_draw, entry),
            title=entry.title,
            url_path=entry.path if place else None,
            default=place == 0,
        )
        for place, entry in enumerate(registry.ENTRIES)
    ]
    # The first page has no address of its own, and yet others are opened by their names.
    first = registry.ENTRIES[0]
    by_name = st.Page(partial(_draw, first), title=first.title, url_path=first.path, visibility="hidden")
    page = st.navigation([*pages, by_name], position="hidden")
    st.set_page_config(page_title=f"{page.title} · Tieout", layout="wide", initial_sidebar_state="collapsed")
    st.html(theme.style_sheet())
    # Widgets of another page have forgotten what was chosen; the address has not.
    if st.session_state.get(PAGE) != page.title:
        st.session_state[PAGE] = page.title
        filters.forget()
    above = st.container(key="above", gap=None)
    page.run()
    # Filters write the address while the page is drawn, and the links take it along.
    with above:
        navigation.draw(pages, pages[0] if page is by_name else page)
    _watch(st.session_state.get(SHOWN))


@st.fragment(run_every=WATCH_EVERY)
def _watch(shown: str | None) -> None:
    """Draw the page again when another version has been published, for who keeps it open all day."""
    try:
        newest = data.version().id
    except TieoutError:
        return
    if shown is not None and newest != shown:
        st.rerun()


def _draw(entry: Entry) -> None:
    # The first page of a session may have to start the metric layer, which takes seconds; later ones must not flicker.
    loading = st.empty()
    if st.session_state.get(SHOWN) is None:
        with loading:
            show(states.html(*LOADING, kind="loading"))
    try:
        st.session_state[SHOWN] = entry.render()
        st.session_state["_redraws"] = 0
    except NoVersion:
        st.session_state[SHOWN] = NOTHING
        show(
            states.html(
                "Nothing has been published yet",
                "There is no version to show for this firm. Refresh once from its systems; the page shows the result as "
                "soon as it is published.",
                "tieout refresh",
            )
        )
    except data.VersionChanged as changed:
        _redraw(changed)
    except TieoutError as error:
        show(states.html("This cannot be answered", error.message, error.cure))
    except Exception:
        # Details may hold client data and paths: they belong in the server's log, not on the page.
        log.exception("the page %s could not be drawn", entry.path)
        show(
            states.html(
                "The page could not be drawn",
                "The published numbers are untouched. The cause is in the log of the dashboard; reload the page, and "
                "check the installation if it stays.",
                "tieout doctor",
            )
        )
    finally:
        loading.empty()


def _redraw(changed: data.VersionChanged) -> None:
    """Draw again from the version that was just published, but not for ever."""
    tries = st.session_state.get("_redraws", 0)
    if tries < REDRAWS:
        st.session_state["_redraws"] = tries + 1
        st.rerun()
    st.session_state["_redraws"] = 0
    show(states.html("New versions keep arriving", f"The newest is {changed}. Reload the page.", ""))


with turn():
    main()
