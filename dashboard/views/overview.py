"""Overview: what is contracted, waits, was billed and earned, and how capacity was turned into it."""

from __future__ import annotations

from dashboard.views import analysis, needs_you, overview_charts, overview_rows, overview_tiles
from dashboard.views.analysis import Page
from dashboard.views.view import QUESTIONS, View


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _body(view: View) -> None:
    needs_you.draw(view)
    overview_charts.draw_money(view)
    overview_rows.draw_money(view)
    overview_tiles.draw_capacity(view)
    overview_charts.draw_capacity(view)
    overview_rows.draw_capacity(view)


PAGE = Page("Overview", QUESTIONS, "no capacity, no time and no money", overview_tiles.draw, _body)
