"""One door to every money metric of the oracle, by name.

truth = MoneyTruth(build_firm("tiny", 1))
truth.values("billed_revenue")                                  # flow, by month, practice, entity, contract_type
truth.values("wip_commercial", as_of=date(2026, 5, 15))         # balance on a day
truth.values("backlog_rollforward_fx", after=date(2026, 4, 30), as_of=date(2026, 5, 31))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from simulation.events import Firm
from simulation.truth import Truth
from simulation.truth_backlog import BALANCES as BACKLOG
from simulation.truth_backlog import ROLL_LINES, BacklogTruth
from simulation.truth_facts import Ground, Key
from simulation.truth_margin import BRIDGE, MarginTruth
from simulation.truth_revenue import RevenueTruth
from simulation.truth_staffing import METRICS as STAFFING
from simulation.truth_staffing import StaffingTruth
from simulation.truth_wip import BALANCES as WIP
from simulation.truth_wip import WipTruth

FLOWS = ("bookings_tcv", "billed_revenue", "credit_notes", "recognized_revenue_ledger")
RATES = ("rate_realization", "average_bill_rate", "effective_bill_rate", "unpriced_hours")
MARGIN = ("cost_direct_other", "cost_passthrough", "project_margin", "project_margin_pct", *BRIDGE)
BALANCES = (*BACKLOG, *WIP, "wip_age_days")
METRICS = (*FLOWS, *RATES, *MARGIN, *STAFFING, *BALANCES, *ROLL_LINES)
SLICE = ("practice", "entity", "contract_type")


class MoneyTruth:
    """All money metrics of one firm. A truth of the same firm may be passed to save the time of building it."""

    def __init__(self, firm: Firm, truth: Truth | None = None) -> None:
        self.ground = Ground(firm, truth)
        self.wip = WipTruth(self.ground)
        self.backlog = BacklogTruth(self.ground)
        self.revenue = RevenueTruth(self.ground)
        self.margin = MarginTruth(self.ground, self.revenue)
        self.staffing = StaffingTruth(self.ground)

    def values(
        self,
        metric: str,
        mode: str = "as_was",
        currency: str = "reporting",
        by: Sequence[str] | None = None,
        as_of: date | None = None,
        after: date | None = None,
        population: str = "billable_resources",
    ) -> dict[Key, object]:
        """One metric by dimensions; money and hours are Decimal, ratios, rates and days Fraction or None.

        Dimensions are month, practice, entity, contract_type, currency, contract, line, project; those of staffing
        metrics month and the person's. Balances take `as_of` (default: the firm's) and know no month; lines of the
        roll-forward run from the close of `after` to the close of `as_of`. A group without an amount is absent.
        Raises ValueError for an unknown metric and for a roll without `after`.
        """
        day = as_of or self.ground.firm.as_of
        if metric in STAFFING:
            return self.staffing.values(
                metric, mode, currency, population, by or ("month", "practice", "entity")
            )
        if metric in BALANCES or metric in ROLL_LINES:
            by = SLICE if by is None else by
            if metric == "wip_age_days":
                return dict(self.wip.age(day, mode, currency, by))
            if metric in WIP:
                return dict(self.wip.values(metric, day, mode, currency, by))
            if metric in BACKLOG:
                return dict(self.backlog.values(metric, day, mode, currency, by))
            if after is None:
                raise ValueError(f"{metric} needs the day after whose close the roll begins")
            return dict(
                self.ground.total(self.backlog.rollforward(after, day), mode, currency, by, (metric,))
            )
        by = ("month", *SLICE) if by is None else by
        if metric in MARGIN:
            return self.margin.values(metric, mode, currency, by)
        if metric in RATES:
            return dict(getattr(self.revenue, metric)(mode, currency, by))
        if metric == "bookings_tcv":
            facts = self.backlog.bookings()
        elif metric == "recognized_revenue_ledger":
            facts = self.revenue.recognized()
        elif metric in FLOWS:
            facts = self.revenue.billed()
        else:
            raise ValueError(f"unknown metric {metric}")
        return dict(self.ground.total(facts, mode, currency, by, (metric,)))
