"""Backlog: what is contracted and not yet earned, how much of it is sure and planned, and how it moved."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as fmt
from dashboard.views import analysis
from dashboard.views.analysis import Draw, Page
from dashboard.views.tiles import Spec, line
from dashboard.views.view import View

LEFT = (
    "backlog_total",
    "backlog_hard",
    "backlog_soft",
    "backlog_unscheduled",
    "backlog_overrun",
    "tcv",
    "tcv_committed",
    "tcv_estimated",
    "acv",
)
SCHEDULED = ("backlog_scheduled",)
BOOKED = ("bookings_tcv",)
QUESTIONS = (LEFT, SCHEDULED, BOOKED)
PARTS = (("backlog_hard", "hard"), ("backlog_soft", "soft"))
COLUMNS = (
    "backlog_total",
    "backlog_hard",
    "backlog_soft",
    "backlog_scheduled",
    "backlog_unscheduled",
    "backlog_overrun",
    "tcv",
    "acv",
    "bookings_tcv",
)
NOTHING_LEFT = "no contracted work is left in this slice"


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _tiles(view: View) -> Sequence[Spec]:
    return (
        Spec(
            "backlog_total",
            "up",
            (
                line(view, "hard", "backlog_hard"),
                line(view, "soft", "backlog_soft"),
                line(view, "overrun, beside it", "backlog_overrun", warn=True),
            ),
            NOTHING_LEFT,
        ),
        Spec(
            "backlog_hard",
            "up",
            (line(view, "committed value", "tcv_committed"),),
            "nothing that is left is committed",
        ),
        Spec(
            "backlog_soft",
            "neither",
            (line(view, "estimated value", "tcv_estimated"),),
            "nothing that is left is an estimate",
        ),
        Spec(
            "backlog_scheduled",
            "up",
            (line(view, "not scheduled", "backlog_unscheduled", warn=True),),
            "nothing that is left is planned",
        ),
        Spec(
            "tcv",
            "up",
            (line(view, "a year’s worth (ACV)", "acv"),),
            "no contract stands in this slice",
        ),
        Spec(
            "bookings_tcv",
            "up",
            (line(view, "contracted in all", "tcv"),),
            "nothing was booked in this slice",
        ),
    )


def _body(view: View) -> Sequence[Draw]:
    practices = analysis.stacks_card(
        view,
        "practices",
        "Which practices have work to come?",
        "practice",
        "Practice of the contract",
        "backlog_total",
        PARTS,
        f"backlog in {view.money}, hard and soft",
        "No contracted work is left in this slice.",
    )
    kinds = analysis.stacks_card(
        view,
        "contract_types",
        "In which kinds of contract?",
        "contract_type",
        "Contract type",
        "backlog_total",
        PARTS,
        f"backlog in {view.money}, hard and soft",
        "No contracted work is left in this slice.",
    )
    roll = analysis.walk_card(
        view,
        "roll",
        "How did the backlog move?",
        "backlog_rollforward",
        ("opening", "closing"),
        f"{view.money}, opening to closing",
        when=f"{fmt.day(view.period.start)} – {fmt.day(view.period.end)}",
        empty="No backlog at the beginning or the end of this slice.",
        gap="What moved on a day without an exchange rate is in none; at constant rates it is.",
    )
    trend = analysis.trend_card(
        view,
        "trend",
        "Is the backlog growing?",
        (("backlog_total", "Total"), ("backlog_hard", "Hard"), ("backlog_scheduled", "Scheduled")),
        f"{view.money} on the last day of each month",
        "No month of this slice has backlog.",
        beside=("backlog_soft", "bookings_tcv"),
    )
    words = f"{view.money} · balances on the last day"
    return (
        analysis.in_columns((roll, trend), (practices, kinds), "main"),
        analysis.rows_by(
            view,
            "rows",
            "What does each practice have left?",
            "practice",
            "Practice of the contract",
            COLUMNS,
            words,
        ),
        analysis.rows_by(
            view, "contract_rows", "Which contracts is it in?", "contract", "Contract", COLUMNS, words
        ),
    )


PAGE = Page("Backlog", QUESTIONS, "no contracted work and no bookings", _tiles, _body)
