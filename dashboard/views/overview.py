"""Overview: is our capacity turned into client work, what does it cost, and where did the rest of the time go."""

from __future__ import annotations

import streamlit as st

from dashboard import data, state
from dashboard import format as fmt
from dashboard.components import filters, states, trust_bar
from dashboard.components.markup import show
from dashboard.data import Answer
from dashboard.state import Choices
from dashboard.views import overview_charts, overview_rows, overview_tiles
from dashboard.views.view import COST, FIGURES, HOURS, View, view_of


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    choices = Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=data.values_of(version.id, "practice"),
        entities=data.values_of(version.id, "entity"),
        year_starts_in=data.year_starts_in(),
    )
    head = st.container(gap=None)
    if not choices.months:
        with head:
            show(trust_bar.html(version, "as was", version.reporting_currency))
        show(states.html(*NOTHING_LOADED))
        return version.id
    selection, ignored = filters.show(choices)
    view = view_of(version, choices, selection)
    money = selection.money_words(version.reporting_currency)
    with head:
        show(trust_bar.html(version, state.MODE_LABELS[selection.mode].lower(), money))
    figures = view.ask(FIGURES)
    costs = view.ask_costs()
    show(filters.sentence_html(selection, view.period, version.reporting_currency))
    recorded = {thing for system in version.systems for thing in system.does_not_record}
    warnings = [*ignored, *trust_bar.behind(version)]
    warnings += [note for note in (*figures.notes, *costs.notes) if note not in recorded]
    if notes := trust_bar.notes_html(warnings, trust_bar.missing_records(version.systems)):
        show(notes)
    if _is_empty(figures, costs):
        show(_empty_html(view))
        return version.id
    overview_tiles.draw(view, figures, costs)
    overview_charts.draw(view, figures, costs)
    overview_rows.draw(view, figures, costs)
    show(overview_rows.definitions_html(view, figures, costs))
    return version.id


NOTHING_LOADED = (
    "This version has no capacity and no time",
    "It was published, but no employment, calendar or time entry reached it. Check that the firm file names the "
    "systems that hold them, then refresh.",
    "tieout doctor",
)


def _is_empty(figures: Answer, costs: Answer) -> bool:
    """Nothing at all: neither capacity nor work nor cost in the slice."""
    values = [fmt.as_decimal(figures.one(metric)) for metric in HOURS]
    values += [fmt.as_decimal(costs.one(metric)) for metric in COST]
    return not costs.refused and not any(values)


def _empty_html(view: View) -> str:
    first, last = view.choices.months[0], view.choices.months[-1]
    return states.html(
        "Nothing in this slice",
        f"{view.selection.sentence(view.period, view.version.reporting_currency)}: no capacity, no time and no cost. "
        f"This version has {fmt.month(first)} to {fmt.month(last)}. Choose another period, or clear the practice and "
        "entity filters.",
    )
