"""Work in progress and billing: what waits to be invoiced, for how long, and what was invoiced and credited."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views import analysis
from dashboard.views.analysis import Bars, Draw, Page
from dashboard.views.tiles import Spec, line
from dashboard.views.view import WIP, WIP_PARTS, View

BILLED = ("billed_revenue", "credit_notes")
QUESTIONS = (WIP, BILLED)
COLUMNS = (
    "wip_commercial",
    "wip_age_days",
    *WIP_PARTS,
    "unbilled_unapproved_time",
    "capped_value",
    "billed_revenue",
    "credit_notes",
    "unpriced_hours",
)
NOTHING_WAITS = "Nothing waits to be billed in this slice."


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _tiles(view: View) -> Sequence[Spec]:
    return (
        Spec(
            "wip_commercial",
            "neither",
            (
                line(view, "time and materials", "unbilled_tm_time"),
                line(view, "age", "wip_age_days"),
                line(view, "unpriced in the period", "unpriced_hours", warn=True),
            ),
            "nothing waits to be invoiced in this slice",
        ),
        Spec("wip_age_days", "down", (), "nothing waits to be invoiced in this slice", "amount-weighted"),
        Spec(
            "unbilled_unapproved_time",
            "down",
            (line(view, "approved, beside it", "wip_commercial"),),
            "no time waits for approval in this slice",
        ),
        Spec("capped_value", "down", (), "nothing goes beyond a cap in this slice"),
        Spec(
            "billed_revenue",
            "up",
            (line(view, "credit notes", "credit_notes"),),
            "nothing was invoiced in this slice",
        ),
        Spec("credit_notes", "neither", (), "nothing was credited in this slice"),
    )


def _body(view: View) -> Sequence[Draw]:
    parts = analysis.parts_card(
        view,
        "wip_parts",
        "What waits to be billed?",
        "wip_commercial",
        WIP_PARTS,
        f"work in progress in {view.money}",
        NOTHING_WAITS,
    )
    practices = analysis.bars_card(
        view,
        Bars(
            "practices",
            "Whose work waits?",
            "wip_commercial",
            "practice",
            f"work in progress in {view.money}",
            "Practice of the contract",
            NOTHING_WAITS,
            beside=("wip_age_days", "unbilled_unapproved_time"),
        ),
    )
    oldest = analysis.bars_card(
        view,
        Bars(
            "oldest",
            "Which contracts have waited longest?",
            "wip_age_days",
            "contract",
            "days since the work, weighted by amount",
            "Contract",
            NOTHING_WAITS,
            beside=("wip_commercial",),
        ),
    )
    largest = analysis.bars_card(
        view,
        Bars(
            "contracts",
            "In which contracts is most of it?",
            "wip_commercial",
            "contract",
            f"work in progress in {view.money}",
            "Contract",
            NOTHING_WAITS,
            beside=("wip_age_days",),
        ),
    )
    billed = analysis.trend_card(
        view,
        "billed",
        "What was invoiced and credited?",
        (("billed_revenue", "Billed"), ("credit_notes", "Credited")),
        f"{view.money} by month",
        "Nothing was invoiced in any month of this slice.",
    )
    waits = analysis.trend_card(
        view,
        "waits",
        "Is more waiting?",
        (("wip_commercial", "Waiting"), ("unbilled_unapproved_time", "Unapproved")),
        f"{view.money} on the last day of each month",
        NOTHING_WAITS,
        beside=("wip_age_days",),
    )
    words = f"{view.money} and days · balances on the last day"
    return (
        analysis.in_columns((parts, practices), (billed, waits), "main"),
        analysis.in_columns((largest,), (oldest,), "contracts"),
        analysis.rows_by(
            view,
            "rows",
            "What does each practice have waiting and billed?",
            "practice",
            "Practice of the contract",
            COLUMNS,
            words,
        ),
        analysis.rows_by(view, "contract_rows", "And each contract?", "contract", "Contract", COLUMNS, words),
    )


PAGE = Page("WIP and billing", QUESTIONS, "nothing waits and nothing was invoiced", _tiles, _body)
