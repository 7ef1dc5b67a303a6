"""Entry of the dashboard: `streamlit run dashboard/app.py`, with TIEOUT_FIRM naming the firm file."""

from __future__ import annotations

import logging

import streamlit as st

from dashboard import data, theme
from dashboard.components import states
from dashboard.components.markup import show
from dashboard.views import overview
from tieout.errors import TieoutError
from tieout.metrics_types import NoVersion

log = logging.getLogger("tieout.dashboard")

REDRAWS = 3
SHOWN = "_version_shown"
NOTHING = ""
LOADING = (
    "Reading the published version",
    "The first page after a start takes some seconds, because the metric layer starts with it.",
)
WATCH_EVERY = "60s"


def main() -> None:
    """Set the page up, then draw the page that was asked for, or say why it cannot be drawn."""
    st.set_page_config(page_title="Overview · Tieout", layout="wide", initial_sidebar_state="collapsed")
    st.html(theme.style_sheet())
    page = st.navigation(
        [st.Page(_overview, title="Overview", url_path="overview", default=True)], position="hidden"
    )
    page.run()
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


def _overview() -> None:
    # The first page of a session may have to start the metric layer, which takes seconds; later ones must not flicker.
    loading = st.empty()
    if st.session_state.get(SHOWN) is None:
        with loading:
            show(states.html(*LOADING))
    try:
        st.session_state[SHOWN] = overview.render()
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
        log.exception("the overview could not be drawn")
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


main()
