"""Revenue and margin: what the ledger recognized, what an hour brought, and what is left after the costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dashboard.components import charts
from dashboard.views import analysis
from dashboard.views.analysis import Bars, Draw, Page
from dashboard.views.tiles import Spec, line
from dashboard.views.view import LABOUR, NO_COST, View

MARGIN = (
    "project_margin",
    "project_margin_pct",
    "cost_direct_other",
    "cost_passthrough",
)
# Apart from margin: days that margin refuses still have a revenue.
EARNED = ("recognized_revenue_ledger", "billed_revenue")
HOUR = ("effective_bill_rate",)
RATES = ("rate_realization", "average_bill_rate", "unpriced_hours")
COST = ("cost_standard", "uncosted_hours")
QUESTIONS = (EARNED, MARGIN, HOUR, RATES, COST)
COLUMNS = (
    "recognized_revenue_ledger",
    "billed_revenue",
    "project_margin",
    "project_margin_pct",
    "cost_standard",
    "cost_direct_other",
    "cost_passthrough",
    "uncosted_hours",
    "rate_realization",
    "average_bill_rate",
    "effective_bill_rate",
)
NO_REVENUE = "no revenue in this slice to take a share of"


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _tiles(view: View) -> Sequence[Spec]:
    return (
        Spec(
            "recognized_revenue_ledger",
            "up",
            (line(view, "billed", "billed_revenue"),),
            "the ledger posted no revenue in this slice",
        ),
        Spec(
            "project_margin",
            "up",
            (
                line(view, "other direct cost", "cost_direct_other"),
                line(view, "pass-through cost", "cost_passthrough"),
                line(view, "uncosted", "uncosted_hours", warn=True),
            ),
            "no revenue and no cost of projects in this slice",
        ),
        Spec(
            "project_margin_pct",
            "up",
            (line(view, "margin", "project_margin"),),
            NO_REVENUE,
            "of service revenue",
        ),
        Spec(
            "cost_standard",
            "neither",
            (
                line(view, "of it in the margin", LABOUR),
                line(view, "uncosted", "uncosted_hours", warn=True),
            ),
            NO_COST,
        ),
        Spec(
            "effective_bill_rate",
            "up",
            (line(view, "price of an hour", "average_bill_rate"),),
            "no revenue, or no hour sold, in this slice",
        ),
        Spec(
            "rate_realization",
            "up",
            (line(view, "unpriced", "unpriced_hours", warn=True),),
            "no hour of this slice has a list price",
            "of list price",
        ),
    )


def _body(view: View) -> Sequence[Draw]:
    practices = analysis.bars_card(
        view,
        Bars(
            "practices",
            "Which practices keep most of what they earn?",
            "project_margin_pct",
            "practice",
            "margin over service revenue",
            "Practice of the contract or project",
            "No practice has revenue in this slice.",
            beside=("project_margin",),
        ),
    )
    kinds = analysis.bars_card(
        view,
        Bars(
            "contract_types",
            "Which kinds of contract leave most?",
            "project_margin",
            "contract_type",
            f"project margin in {view.money}",
            "Contract type",
            "No kind of contract has revenue or cost in this slice.",
            beside=("project_margin_pct",),
        ),
    )
    bridge = analysis.walk_card(
        view,
        "bridge",
        "What is left of revenue?",
        "margin_bridge",
        ("service_revenue", "margin"),
        f"{view.money}, service revenue to project margin · labour: approved time on projects with a customer; the "
        "tile Standard labour cost has all approved time",
        empty="No revenue and no cost of projects in this slice.",
    )
    trend = analysis.trend_card(
        view,
        "trend",
        "Is the margin moving?",
        (("project_margin_pct", "Margin"),),
        "project margin over service revenue by month",
        "No month of this slice has revenue.",
        beside=("project_margin",),
    )
    money = analysis.trend_card(
        view,
        "revenue",
        "What was recognized and billed?",
        (("recognized_revenue_ledger", "Recognized"), ("billed_revenue", "Billed")),
        f"{view.money} by month",
        "No month of this slice has revenue.",
    )
    words = f"{view.money}, shares and hours"
    rows = (
        ("rows", "What does each practice earn and keep?", "practice", "Practice of the contract or project"),
        ("contract_type_rows", "And each kind of contract?", "contract_type", "Contract type"),
        ("project_rows", "And each project?", "project", "Project"),
    )
    return (
        analysis.in_columns((bridge, money), (practices, kinds), "main"),
        partial(charts.draw, trend),
        *(
            analysis.rows_by(view, key, question, by, noun, COLUMNS, words)
            for key, question, by, noun in rows
        ),
    )


PAGE = Page("Revenue and margin", QUESTIONS, "no revenue, no price and no cost", _tiles, _body)
