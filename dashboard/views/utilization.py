"""Utilization: where capacity goes, who uses it, what was planned, and what the bench costs."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components import charts
from dashboard.views import analysis
from dashboard.views.analysis import Bars, Draw, Page
from dashboard.views.overview_charts import WALK, WALK_TOTALS
from dashboard.views.tiles import NO_CAPACITY, Spec, line, utilization
from dashboard.views.view import HOURS, RATIOS, UNAPPROVED, View, target_of

PLANNED = ("scheduled_utilization", "blended_utilization", "bench_hours", "bench_rate")
BENCH = ("bench_cost", "uncosted_bench_hours")
QUESTIONS = ((*RATIOS, *HOURS, *PLANNED, "target_hours", UNAPPROVED), BENCH)
COLUMNS = (
    "billable_utilization",
    "utilization_target_variance",
    "productive_utilization",
    "scheduled_utilization",
    "blended_utilization",
    "billable_hours",
    "capacity_gross_hours",
    "bench_hours",
    "bench_cost",
    "uncosted_bench_hours",
    "missing_hours",
    "timesheet_compliance",
)


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    return analysis.render(PAGE)


def _tiles(view: View) -> Sequence[Spec]:
    return (
        utilization(view, "billable_utilization"),
        utilization(view, "productive_utilization"),
        Spec(
            "scheduled_utilization",
            "up",
            (line(view, "actual, billable", "billable_utilization"),),
            NO_CAPACITY,
            "planned over gross",
        ),
        Spec(
            "blended_utilization",
            "neither",
            (line(view, "gross capacity", "capacity_gross_hours"),),
            NO_CAPACITY,
            "actual, then planned",
        ),
        Spec(
            "bench_hours",
            "down",
            (
                line(view, "share of net capacity", "bench_rate"),
                line(view, "cost", "bench_cost"),
                line(view, "uncosted", "uncosted_bench_hours", warn=True),
            ),
            "nobody was without work in this slice",
        ),
        Spec(
            "timesheet_compliance",
            "up",
            (
                line(view, "missing", "missing_hours", warn=True),
                line(view, "awaiting approval", UNAPPROVED, warn=True),
            ),
            NO_CAPACITY,
            "of net capacity",
        ),
    )


def _body(view: View) -> Sequence[Draw]:
    practices = analysis.bars_card(
        view,
        Bars(
            "utilization",
            "Which practices turn capacity into billable work?",
            "billable_utilization",
            "practice",
            "billable over gross hours",
            "Practice of the person",
            "No practice has capacity in this slice.",
            beside=("utilization_target_variance", "billable_hours", "capacity_gross_hours", "target_hours"),
            target=target_of,
        ),
    )
    planned = analysis.bars_card(
        view,
        Bars(
            "planned",
            "Did practices work what was planned?",
            "scheduled_utilization",
            "practice",
            "planned over gross hours, beside it what became billable",
            "Practice of the person",
            "Nothing was planned in this slice.",
            beside=("billable_utilization", "blended_utilization"),
            mark="billable_utilization",
            mark_label="billable",
        ),
    )
    trend = analysis.trend_card(
        view,
        "trend",
        "Is utilization moving?",
        (
            ("billable_utilization", "Billable"),
            ("productive_utilization", "Productive"),
            ("scheduled_utilization", "Scheduled"),
        ),
        "share of gross capacity by month",
        "No month of this slice has capacity.",
        beside=("blended_utilization", "timesheet_compliance", "bench_hours"),
    )
    walk = analysis.walk_card(
        view,
        "walk",
        "Where does capacity go?",
        WALK,
        WALK_TOTALS,
        "hours, standard to billable",
        height=charts.height_beside((practices, planned)),
        empty="No capacity in this slice, so there is nothing to walk.",
    )
    bench = analysis.bars_card(
        view,
        Bars(
            "bench",
            "Where is the bench?",
            "bench_hours",
            "practice",
            "hours without work",
            "Practice of the person",
            "Nobody was without work in this slice.",
            beside=("bench_rate", *BENCH),
        ),
    )
    return (
        analysis.in_columns((walk,), (practices, planned), "main"),
        analysis.in_columns((trend,), (bench,), "more"),
        analysis.rows_by(
            view,
            "rows",
            "How does each practice use its capacity?",
            "practice",
            "Practice of the person",
            COLUMNS,
            "hours, shares and money",
        ),
        analysis.rows_by(
            view,
            "role_rows",
            "And each role?",
            "role",
            "Role of the person",
            COLUMNS,
            "hours, shares and money",
        ),
    )


PAGE = Page(
    "Utilization",
    QUESTIONS,
    "no capacity and no time",
    _tiles,
    _body,
)
