"""Whether the lines of a report lead from its opening to its closing, and what is in none of them.

Lines are amounts of the days on which something moved; an amount without an exchange rate on its day is in none. So a report
in another currency than that of its contracts may not tie. The difference is a line of its own, and the contract lines that make
it are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout.metrics_catalogue import Catalogue, Metric
from tieout.metrics_types import Query

NAMED = 5


@dataclass(frozen=True)
class Tie:
    """A report whose lines, each with its sign, lead from `opening` to `closing`. `entity` is the key of its rows."""

    report: str
    opening: str
    closing: str
    view: str
    entity: str
    column: str

    @property
    def left(self) -> str:
        """Name of the line that holds what is in no other."""
        return f"{self.report}_unexplained"


TIES = (
    Tie(
        report="backlog_rollforward",
        opening="backlog_rollforward_opening",
        closing="backlog_rollforward_closing",
        view="marts.rpt_backlog_roll",
        entity="backlog_roll_row",
        column="roll_key",
    ),
)
LABEL = "Not explained: without an exchange rate"


def tie_of(query: Query, catalogue: Catalogue) -> Tie | None:
    """The report of a question that must tie; None where it asks for no such report as a whole."""
    return next(
        (tie for tie in TIES if tie.report in query.metrics and tie.report in catalogue.reports), None
    )


def left_open(tie: Tie, catalogue: Catalogue, values: Mapping[str, Any]) -> Decimal:
    """What closing has more than opening and moves, before anything is rounded."""
    lines = catalogue.reports[tie.report]

    def of(name: str) -> Decimal:
        value = values.get(name)
        return value if isinstance(value, Decimal) else Decimal(str(value or 0))

    moved = sum((of(name) for name in lines if name != tie.closing), Decimal(0))
    return of(tie.closing) - moved


def reason(currency: str, unconverted: Sequence[tuple[str, str, int]]) -> str:
    """Why a report does not tie: contract lines, their currency and on how many days it has no rate."""
    if not unconverted:
        return ""
    named = ", ".join(
        f"{line} ({code}, {days:,} day{'s' if days != 1 else ''})" for line, code, days in unconverted[:NAMED]
    )
    more = f" and {len(unconverted) - NAMED} more" if len(unconverted) > NAMED else ""
    return (
        f" Without an exchange rate to {currency} currency on days on which they moved or were balanced: {named}{more}."
        " In transaction currency the report ties."
    )


def line_metrics(catalogue: Catalogue, tie: Tie) -> list[Metric]:
    """The lines of the report."""
    return [catalogue.metrics[name] for name in catalogue.reports[tie.report]]
