"""The tiles of the overview.

Money and what it rests on stand first; the capacity that earns it has a row of its own further down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.views.tiles import NO_CAPACITY, Spec, line, utilization
from dashboard.views.view import NO_COST, UNAPPROVED, View


def headline(view: View) -> Sequence[Spec]:
    """The first row: what waits, what was billed and earned, and how far these figures can be relied on."""
    money = (
        Spec(
            "backlog_total",
            "up",
            (
                line(view, "hard", "backlog_hard"),
                line(view, "soft", "backlog_soft"),
                line(view, "scheduled", "backlog_scheduled"),
            ),
            "no contracted work is left in this slice",
        ),
        Spec(
            "wip_commercial",
            "neither",
            (
                line(view, "unapproved, beside it", "unbilled_unapproved_time"),
                line(view, "beyond caps", "capped_value"),
                line(view, "age", "wip_age_days"),
                line(view, "unpriced in the period", "unpriced_hours", warn=True),
            ),
            "nothing waits to be invoiced in this slice",
        ),
        Spec(
            "billed_revenue",
            "up",
            (
                line(view, "credit notes", "credit_notes"),
                line(view, "recognized, ledger", "recognized_revenue_ledger"),
            ),
            "nothing was invoiced in this slice",
        ),
        Spec(
            "project_margin_pct",
            "up",
            (
                line(view, "margin", "project_margin"),
                line(view, "standard labour cost", "cost_standard"),
                line(view, "uncosted", "uncosted_hours", warn=True),
            ),
            "no revenue in this slice to take a share of",
        ),
    )
    people = (
        utilization(view, "billable_utilization"),
        Spec(
            "timesheet_compliance",
            "up",
            (
                line(view, "missing", "missing_hours", warn=True),
                line(view, "awaiting approval", UNAPPROVED, warn=True),
                line(view, "net capacity", "capacity_net_hours"),
            ),
            NO_CAPACITY,
            "of net capacity",
        ),
    )
    return tuple(replace(spec, aimed=True) for spec in (*money, *people))


def capacity(view: View) -> Sequence[Spec]:
    """The second row: how capacity was used, and what it cost."""
    return (
        Spec(
            "billable_hours",
            "up",
            (
                line(view, "gross capacity", "capacity_gross_hours"),
                line(view, "net", "capacity_net_hours"),
                line(view, "standard", "capacity_standard_hours"),
            ),
            "no approved billable time in this slice",
        ),
        utilization(view, "productive_utilization"),
        utilization(view, "resource_utilization", "neither"),
        Spec(
            "cost_standard",
            "neither",
            (line(view, "uncosted", "uncosted_hours", warn=True),),
            NO_COST,
        ),
    )
