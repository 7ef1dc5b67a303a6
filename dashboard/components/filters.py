"""One row of filters, kept in the address of the page and read out as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from dashboard import format as fmt
from dashboard import periods, state
from dashboard.components.markup import fold, text
from dashboard.components.markup import show as show_html
from dashboard.state import Choices, Selection

PREFIX = "filter_"
SEEN = "_address_seen"
IGNORED = "_address_ignored"
OFFERED = "_practices_offered"
NEWEST = "_as_of_offered"
ALL = ""


def show(choices: Choices) -> tuple[Selection, list[str]]:
    """Draw the filters and bring them and the address together.

    Returns the selection and the sentences on what in the address could not be used. Where the selection has an as-of
    day of its own, everything else of it is what that day offers.
    """
    address = {name: value for name in st.query_params if (value := st.query_params[name])}
    if st.session_state.get(SEEN) != address:
        selection, ignored = state.from_query(address, choices)
        st.session_state[IGNORED] = ignored
        _seed(selection, choices)
    st.session_state[OFFERED] = tuple(choices.practices)
    with st.container(key="filters", horizontal=True, gap=8, vertical_alignment="bottom"):
        show_html(fold("Change filters"))
        choices = choices.on(_as_of(choices))
        _select("period", "Period", list(state.PERIOD_LABELS), state.PERIOD_LABELS, width=128)
        if st.session_state[PREFIX + "period"] == "custom":
            _days(choices)
        else:
            _month(choices)
        _names("practice", "Practice", choices.practices, "All practices", width=184)
        _names("entity", "Entity", choices.entities, "All entities", width=152)
        _select("mode", "Mode", list(state.MODE_LABELS), state.MODE_LABELS, width=96, help_text=MODE_HELP)
        _select(
            "currency",
            "Currency",
            list(state.CURRENCY_LABELS),
            state.CURRENCY_LABELS,
            width=140,
            help_text=CURRENCY_HELP,
        )
        _select(
            "population",
            "Population",
            list(state.POPULATION_LABELS),
            state.POPULATION_LABELS,
            width=160,
            help_text=POPULATION_HELP,
        )
        _select("compare", "Compared with", list(state.COMPARE_LABELS), state.COMPARE_LABELS, width=184)
    selection = _read(choices)
    query = state.to_query(selection, state.default(choices))
    if query != address:
        st.query_params.from_dict(query)
    st.session_state[SEEN] = query
    return selection, list(st.session_state.get(IGNORED, []))


def forget() -> None:
    """Read the address again: the widgets of a page lose their values while another one is shown."""
    st.session_state.pop(SEEN, None)


AS_OF_HELP = (
    "Balances are those of this day, and what happened counts up to it, as the version knows it now. Whole months are not "
    "known within a month."
)
MODE_HELP = (
    "As was: hours and money count in the practice, entity and role that held on their day. "
    "As is: in those of today."
)
CURRENCY_HELP = (
    "Reporting: the firm's currency, what happened at the average rate of its month and what is owed at the rate of "
    "its day. Constant: at one fixed rate, so that only the work moves the number. Functional: the currency of the "
    "entity. Transaction: of the contract, the invoice or the cost rate."
)
POPULATION_HELP = (
    "Billable resources: people whose job is client work. Whole firm: everyone employed. "
    "Money is not limited by it."
)


def sentence_html(selection: Selection, period: periods.Period, currency_code: str) -> str:
    """The filters as one sentence."""
    return f'<p class="to-sentence">{text(selection.sentence(period, currency_code))}</p>'


def show_rows(metric: str | None) -> None:
    """List the rows behind a metric, or none."""
    st.session_state[PREFIX + "rows"] = metric


def pick_practice(name: str) -> None:
    """Show one practice; picked again, all of them. A name that the filter does not offer changes nothing."""
    key = PREFIX + "practice"
    if name in st.session_state.get(OFFERED, ()):
        st.session_state[key] = ALL if st.session_state.get(key) == name else name
        _forget_ignored()


def _seed(selection: Selection, choices: Choices) -> None:
    values: dict[str, Any] = {
        "as_of": selection.as_of or choices.as_of,
        "period": selection.period,
        "month": _anchor(selection.month, selection.period),
        "practice": selection.practice or ALL,
        "entity": selection.entity or ALL,
        "mode": selection.mode,
        "currency": selection.currency,
        "population": selection.population,
        "compare": selection.compare,
        "from": selection.date_from,
        "to": selection.date_to,
        "rows": selection.rows,
    }
    for name, value in values.items():
        st.session_state[PREFIX + name] = value


def _forget_ignored() -> None:
    st.session_state[IGNORED] = []


def _select(
    name: str,
    label: str,
    options: Sequence[Any],
    labels: Mapping[Any, str] | Callable[[Any], str],
    width: int,
    help_text: str | None = None,
) -> None:
    key = PREFIX + name
    # A value that this version no longer offers would stop the page; fall back to the first option.
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    st.selectbox(
        label,
        options,
        key=key,
        format_func=labels if callable(labels) else labels.__getitem__,
        width=width,
        help=help_text,
        on_change=_forget_ignored,
    )


def _names(name: str, label: str, values: Sequence[str], all_label: str, width: int) -> None:
    _select(name, label, [ALL, *values], lambda value: value or all_label, width)


def _as_of(choices: Choices) -> date | None:
    """The as-of day: any day of the version, at first its last."""
    key = PREFIX + "as_of"
    first = choices.months[0] if choices.months else choices.as_of
    # Who has not chosen an earlier day wants the newest, also when a version with a newer one has been published.
    if st.session_state.get(NEWEST) == st.session_state.get(key):
        st.session_state[key] = choices.as_of
    st.session_state[NEWEST] = choices.as_of
    _within(key, first, choices.as_of)
    day: date = st.date_input(
        "As of",
        key=key,
        min_value=first,
        max_value=choices.as_of,
        format="YYYY-MM-DD",
        width=128,
        help=AS_OF_HELP,
        on_change=_as_of_chosen,
        args=(choices,),
    )
    return day if day < choices.as_of else None


def _within(key: str, first: date | None, last: date) -> None:
    """A day outside what is offered would stop the page."""
    day = st.session_state[key] or last
    wanted = min(max(day, first or day), last)
    if st.session_state[key] != wanted:
        st.session_state[key] = wanted


def _as_of_chosen(choices: Choices) -> None:
    """The period becomes the one that the day lies in: a balance is taken on the period's last day, which is then it."""
    day = st.session_state[PREFIX + "as_of"] or choices.as_of
    seen = choices.on(day)
    st.session_state[PREFIX + "month"] = seen.default_month
    st.session_state[PREFIX + "to"] = day
    if (start := st.session_state.get(PREFIX + "from")) is not None:
        st.session_state[PREFIX + "from"] = min(start, day)
    _forget_ignored()


def _anchor(month: date, kind: str) -> date:
    return periods.first_of_quarter(month) if kind == "quarter" else periods.first_of_month(month)


def _month(choices: Choices) -> None:
    kind = st.session_state[PREFIX + "period"]
    newest_first = list(dict.fromkeys(_anchor(month, kind) for month in reversed(choices.months)))
    wanted = st.session_state.get(PREFIX + "month", choices.default_month)
    st.session_state[PREFIX + "month"] = _anchor(wanted, kind)
    label = "Quarter" if kind == "quarter" else "Month" if kind == "month" else "Up to"

    def name(value: date) -> str:
        words = periods.quarter_label(value) if kind == "quarter" else fmt.month(value)
        whole = periods.quarter_of if kind == "quarter" else periods.month_of
        return f"{words} (to date)" if whole(value, choices.as_of).partial else words

    _select("month", label, newest_first or [choices.default_month], name, width=152)


def _days(choices: Choices) -> None:
    first = choices.months[0] if choices.months else choices.as_of
    for name, label in (("from", "From"), ("to", "To")):
        _within(PREFIX + name, None, choices.as_of)
        st.date_input(
            label,
            key=PREFIX + name,
            min_value=min(first, st.session_state[PREFIX + name]),
            max_value=choices.as_of,
            format="YYYY-MM-DD",
            width=128,
            on_change=_forget_ignored,
        )


def _read(choices: Choices) -> Selection:
    def value(name: str) -> Any:
        return st.session_state[PREFIX + name]

    base = state.default(choices)
    start, end = st.session_state.get(PREFIX + "from"), st.session_state.get(PREFIX + "to")
    return Selection(
        month=st.session_state.get(PREFIX + "month", base.month),
        date_from=start or base.date_from,
        # A first day after the last shows that one day instead of an error.
        date_to=max(start or base.date_from, end or base.date_to),
        period=value("period"),
        practice=value("practice") or None,
        entity=value("entity") or None,
        mode=value("mode"),
        currency=value("currency"),
        population=value("population"),
        compare=value("compare"),
        as_of=choices.as_of if choices.is_past else None,
        rows=rows if (rows := st.session_state.get(PREFIX + "rows")) in choices.drills else None,
    )
