"""Overview: what is contracted, waits, was billed and earned, and how capacity was turned into it."""

from __future__ import annotations

import streamlit as st

from dashboard import data, state
from dashboard import format as fmt
from dashboard.components import filters, states, trust_bar
from dashboard.components.markup import show
from dashboard.state import Choices
from dashboard.views import overview_behind, overview_charts, overview_rows, overview_tiles
from dashboard.views.view import HOURS, MONEY, QUESTIONS, View, view_of


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    choices = Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=data.values_of(version.id, "practice"),
        entities=data.values_of(version.id, "entity"),
        year_starts_in=data.year_starts_in(),
        drills=data.drills(version.id),
    )
    head = st.container(gap=None)
    if not choices.months:
        with head:
            trust_bar.draw(version, "as was", version.reporting_currency)
        show(states.html(*NOTHING_LOADED))
        return version.id
    selection, ignored = filters.show(choices)
    view = view_of(version, choices, selection)
    with head:
        trust_bar.draw(version, state.MODE_LABELS[selection.mode].lower(), view.money)
    show(filters.sentence_html(selection, view.period, version.reporting_currency))
    recorded = {thing for system in version.systems for thing in system.does_not_record}
    warnings = [*ignored, *trust_bar.behind(version)]
    answers = [view.figures(question[0]) for question in QUESTIONS]
    warnings += [note for answer in answers for note in answer.notes if note not in recorded]
    if notes := trust_bar.notes_html(warnings, trust_bar.missing_records(version.systems)):
        show(notes)
    if _is_empty(view):
        show(_empty_html(view))
        return version.id
    # In one container, so that a narrow screen can show the rows asked for before the column of tiles.
    with st.container(key="lead", gap=8):
        overview_tiles.draw(view)
        overview_behind.draw(view)
    overview_charts.draw_money(view)
    overview_rows.draw_money(view)
    overview_tiles.draw_capacity(view)
    overview_charts.draw_capacity(view)
    overview_rows.draw_capacity(view)
    show(overview_rows.definitions_html(view))
    return version.id


NOTHING_LOADED = (
    "This version has no capacity and no time",
    "It was published, but no employment, calendar or time entry reached it. Check that the firm file names the "
    "systems that hold them, then refresh.",
    "tieout doctor",
)


def _is_empty(view: View) -> bool:
    """Nothing at all: neither capacity nor work nor money in the slice."""
    metrics = [*HOURS, *(metric for question in MONEY for metric in question)]
    if any(view.figures(question[0]).refused for question in MONEY if question[0] in view.catalogue):
        return False
    return not any(fmt.as_decimal(view.one(metric)) for metric in metrics)


def _empty_html(view: View) -> str:
    first, last = view.choices.months[0], view.choices.months[-1]
    return states.html(
        "Nothing in this slice",
        f"{view.selection.sentence(view.period, view.version.reporting_currency)}: no capacity, no time and no money. "
        f"This version has {fmt.month(first)} to {fmt.month(last)}. Choose another period, or clear the practice and "
        "entity filters.",
    )
