"""What stands behind a number, in words for people: names of lines, units of parts, headings of columns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dashboard import data, row_words, state
from dashboard.data import Behind, Part
from dashboard.format import NARROW_SPACE
from dashboard.state import Choices
from dashboard.views import overview_behind
from dashboard.views.view import View, view_of
from tests.dashboard.fake_service import Firm


def view(rows: str) -> View:
    version = data.version()
    choices = Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=(),
        entities=(),
        drills=data.drills(version.id),
    )
    return view_of(version, choices, replace(state.default(choices), rows=rows))


def test_what_money_divides_to_give_days_is_money_times_days(firm: Firm) -> None:
    parts = (
        Part("wip_aged_amount_days", "Aged work in progress", Decimal("1730479762.10"), "money", None),
        Part("wip_commercial", "Work in progress", Decimal("5652441.98"), "money", None),
    )
    aged, whole = overview_behind.parts_table(view("wip_age_days"), Behind(parts=parts)).rows
    assert aged["unit"] == "USD × days"
    assert aged["value"] == f"1{NARROW_SPACE}730{NARROW_SPACE}479{NARROW_SPACE}762.10"
    assert (whole["unit"], whole["value"]) == ("USD", f"$5{NARROW_SPACE}652{NARROW_SPACE}441.98")
    margin, *_ = overview_behind.parts_table(view("project_margin_pct"), Behind(parts=parts[1:])).rows
    assert margin["unit"] == "USD"


def test_a_line_of_a_report_is_named_as_one(firm: Firm) -> None:
    assert (
        view("capacity_walk_unapproved").name("capacity_walk_unapproved").startswith("“Unapproved” in the ")
    )
    assert view("wip_commercial").name("wip_commercial") == "Work in progress"


def test_headings_are_words_of_people() -> None:
    assert row_words.heading("amount_untaxed_transaction") == "Amount before tax in its own currency"
    assert row_words.heading("currency_transaction") == "Own currency"
    assert row_words.heading("leave_hours") == "Leave hours"
