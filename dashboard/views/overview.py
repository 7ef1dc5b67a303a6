"""Overview: what is contracted, waits, was billed and earned, and how capacity was turned into it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views import analysis, needs_you, overview_charts, overview_rows, overview_tiles, tiles
from dashboard.views.analysis import Draw, Page
from dashboard.views.view import QUESTIONS, View


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _body(view: View) -> Sequence[Draw]:
    return (
        needs_you.card(view),
        overview_charts.money(view),
        overview_rows.money(view),
        tiles.row(view, "tiles_capacity", overview_tiles.capacity(view)),
        overview_charts.capacity(view),
        overview_rows.capacity(view),
    )


PAGE = Page("Overview", QUESTIONS, "no capacity, no time and no money", overview_tiles.headline, _body)
