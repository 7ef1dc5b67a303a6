"""Periods, what they are compared with, and the address of the page."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import periods, state
from dashboard.state import Choices

AS_OF = date(2026, 6, 30)
CHOICES = Choices(
    as_of=AS_OF,
    months=periods.months_between(date(2024, 7, 1), AS_OF),
    practices=("Data", "Cloud & Infra", "<b>x</b>"),
    entities=("DE01", "US01"),
    drills=("wip_commercial",),
)


@pytest.mark.parametrize(
    ("query", "start", "end", "label", "previous", "year_before"),
    [
        ({}, "2026-06-01", "2026-06-30", "Jun 2026", "May 2026", "Jun 2025"),
        ({"month": "2026-02"}, "2026-02-01", "2026-02-28", "Feb 2026", "Jan 2026", "Feb 2025"),
        (
            {"period": "quarter"},
            "2026-04-01",
            "2026-06-30",
            "Q2 2026",
            "Q1 2026",
            "Q2 2025",
        ),
        (
            {"period": "ytd", "month": "2026-02"},
            "2026-01-01",
            "2026-02-28",
            "Year to 28 Feb 2026",
            "Year to 28 Feb 2025",
            "Year to 28 Feb 2025",
        ),
        (
            {"period": "last_12"},
            "2025-07-01",
            "2026-06-30",
            "12 months to 30 Jun 2026",
            "12 months to 30 Jun 2025",
            "12 months to 30 Jun 2025",
        ),
        (
            {"period": "custom", "from": "2026-03-10", "to": "2026-03-19"},
            "2026-03-10",
            "2026-03-19",
            "10–19 Mar 2026",
            "28 Feb – 9 Mar 2026",
            "10–19 Mar 2025",
        ),
    ],
)
def test_periods(
    query: dict[str, str], start: str, end: str, label: str, previous: str, year_before: str
) -> None:
    selection, ignored = state.from_query(query, CHOICES)
    period = selection.resolved(CHOICES)
    assert not ignored
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)
    assert (period.previous().label, period.year_before().label) == (previous, year_before)


def test_a_running_month_is_named_and_compared_with_as_many_days() -> None:
    as_of = date(2026, 3, 30)
    choices = Choices(as_of, periods.months_between(date(2025, 1, 1), as_of), (), ())
    selection, _ = state.from_query({"month": "2026-03"}, choices)
    period = selection.resolved(choices)
    assert period.partial
    assert period.label == "Mar 2026, to 30 Mar 2026"
    assert period.previous().label == "1–28 Feb 2026"
    assert period.year_before().label == "1–30 Mar 2025"
    assert state.default(choices).month == date(2026, 2, 1), (
        "an unfinished month is not the first thing to see"
    )


def test_a_leap_day_has_a_year_before() -> None:
    period = periods.custom(date(2028, 2, 29), date(2028, 2, 29))
    assert period.year_before().start == date(2027, 2, 28)


def test_the_year_is_the_fiscal_year() -> None:
    assert periods.year_to(date(2026, 2, 1), AS_OF, 4).start == date(2025, 4, 1)
    assert periods.year_to(date(2026, 5, 1), AS_OF, 4).start == date(2026, 4, 1)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"practice": "Cloud & Infra", "entity": "DE01", "mode": "as_is"},
        {"practice": "<b>x</b>", "currency": "constant", "population": "firm", "compare": "none"},
        {"period": "quarter", "month": "2025-01"},
        {"practice": "<b>x</b>", "rows": "wip_commercial"},
        {"period": "custom", "from": "2026-03-10", "to": "2026-03-19"},
    ],
)
def test_an_address_survives_the_round_trip(query: dict[str, str]) -> None:
    selection, ignored = state.from_query(query, CHOICES)
    assert not ignored
    assert state.to_query(selection, state.default(CHOICES)) == query


@pytest.mark.parametrize(
    "query",
    [
        {"practice": "'; DROP TABLE fct_time; --"},
        {"practice": "{{ 7*7 }}"},
        {"entity": "<script>alert(1)</script>"},
        {"mode": "as_reported"},
        {"currency": "EUR"},
        {"population": "all"},
        {"compare": "budget"},
        {"rows": "fct_time_entry"},
        {"period": "decade"},
        {"month": "2031-01"},
        {"month": "junk"},
        {"as_of": "2031-01-01"},
        {"as_of": "2024-06-30"},
        {"as_of": "<b>yesterday</b>"},
        {"period": "custom", "from": "2026-13-01", "to": "2026-03-19"},
        {"period": "custom", "from": "2026-03-20", "to": "2026-03-19"},
    ],
)
def test_what_this_version_does_not_know_is_left_out_and_said(query: dict[str, str]) -> None:
    selection, ignored = state.from_query(query, CHOICES)
    base = state.default(CHOICES)
    assert len(ignored) == 1
    assert state.Selection(**{**vars(selection), "period": "month"}) == base, (
        "nothing of it reaches a question"
    )


def test_days_after_the_as_of_day_are_cut_and_said() -> None:
    selection, ignored = state.from_query(
        {"period": "custom", "from": "2026-06-20", "to": "2027-01-01"}, CHOICES
    )
    assert selection.date_to == AS_OF
    assert len(ignored) == 1


def test_an_earlier_day_is_the_last_of_everything() -> None:
    selection, ignored = state.from_query({"as_of": "2026-05-14"}, CHOICES)
    seen = CHOICES.on(selection.as_of)
    period = selection.resolved(seen)
    assert not ignored
    assert (period.start, period.end) == (date(2026, 5, 1), date(2026, 5, 14)), "its own month, up to it"
    assert period.previous().label == "1–14 Apr 2026"
    assert seen.months[-1] == date(2026, 5, 1)
    assert selection.sentence(period, "USD").endswith("as of 14 May 2026")
    assert state.to_query(selection, state.default(seen)) == {"as_of": "2026-05-14"}


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ({"period": "quarter"}, "2026-04-01", "2026-05-14"),
        ({"period": "ytd"}, "2026-01-01", "2026-05-14"),
        ({"period": "last_12"}, "2025-06-01", "2026-05-14"),
        ({"month": "2026-03"}, "2026-03-01", "2026-03-31"),
        ({"period": "custom", "from": "2026-05-01", "to": "2026-05-10"}, "2026-05-01", "2026-05-10"),
    ],
)
def test_every_period_ends_on_an_earlier_as_of_day_at_most(
    query: dict[str, str], start: str, end: str
) -> None:
    asked = {"as_of": "2026-05-14", **query}
    selection, ignored = state.from_query(asked, CHOICES)
    seen = CHOICES.on(selection.as_of)
    period = selection.resolved(seen)
    assert not ignored
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert state.to_query(selection, state.default(seen)) == asked


def test_the_day_of_the_version_is_no_earlier_day() -> None:
    selection, ignored = state.from_query({"as_of": AS_OF.isoformat()}, CHOICES)
    assert not ignored
    assert selection == state.default(CHOICES)


def test_a_month_after_an_earlier_day_is_left_out_and_said() -> None:
    selection, ignored = state.from_query({"as_of": "2026-05-14", "month": "2026-06"}, CHOICES)
    assert selection.month == date(2026, 5, 1)
    assert ignored == [
        "“2026-06” is not a month of this version as of 14 May 2026, which has Jul 2024 to May 2026."
    ]


def test_the_sentence() -> None:
    selection, _ = state.from_query({"practice": "Data", "currency": "constant"}, CHOICES)
    period = selection.resolved(CHOICES)
    assert selection.sentence(period, "USD") == (
        "Data practice, all entities, Jun 2026, as was, USD at constant rates, billable resources"
    )


def test_the_slice_holds_typed_pairs_only() -> None:
    selection, _ = state.from_query({"practice": "Data", "entity": "US01"}, CHOICES)
    part = selection.part(selection.resolved(CHOICES))
    assert part.where == (("practice", "Data"), ("entity", "US01"))
