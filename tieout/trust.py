"""How far a number can be trusted: the open breaks that touch it, the money that they leave uncertain, and the share of
it that is traced end to end (tieout/traced.py).

Which metrics a check makes uncertain is said in its metadata. The breaks are counted by the same semantic layer, under
the question's own filters: an owner of money is the break's owner, a person the break's person. A filter that breaks do
not know is left out and named, so that the count is then an upper bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tieout import metric_query
from tieout.conditions import Conditions
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import METRIC_TIME, Metric
from tieout.metrics_types import Filter, Query
from tieout.semantic import Request, used_parameters
from tieout.serving import OpenVersion
from tieout.traced import Traced, traced

TOUCHED = "break_touch__metric"
COUNTS = ("touching_breaks", "touching_claim", "touching_unpriced")
# Dimensions of a project version are those of the owner of its money, as far as breaks are concerned.
ROLES = {
    "contract_line_version": "contract_line_version",
    "project_version": "contract_line_version",
    "employee_version": "employee_version",
}


@dataclass(frozen=True)
class Trust:
    """The open breaks that touch a metric in a slice. `unreconciled` is the money of these breaks that no earlier cause
    claims, in reporting currency; `without_amount` of them have no amount. `left_out` are the filters that breaks do not
    know. `traced` is said of the number itself, under all of its filters."""

    metric: str
    open_breaks: int
    unreconciled: Decimal
    without_amount: int
    currency: str
    left_out: tuple[str, ...] = ()
    traced: Traced | None = None

    def sentence(self) -> str:
        """`± 38,000.00 USD unreconciled, 3 breaks · 97 % traced`; or that there is no break."""
        words = self.traced.words() if self.traced else ""
        return f"{self._breaks()} · {words}" if words else self._breaks()

    def _breaks(self) -> str:
        if not self.open_breaks:
            return "no open break"
        breaks = f"{self.open_breaks:,} break{'s' if self.open_breaks != 1 else ''}"
        unknown = f" ({self.without_amount:,} without an amount)" if self.without_amount else ""
        return f"± {self.unreconciled:,.2f} {self.currency} unreconciled, {breaks}{unknown}"


def trust(opened: OpenVersion, firm: Firm, query: Query) -> dict[str, Trust]:
    """By metric of the question; metrics that no check touches have no breaks. Raises what the question itself would."""
    catalogue = metric_query.catalogue_of(opened)
    metrics = catalogue.expand(query.metrics)
    if any(name not in catalogue.metrics for name in COUNTS):
        return {}
    currency = opened.version.info().reporting_currency
    together: dict[tuple[tuple[str, ...], tuple[str | date, ...]], list[Metric]] = {}
    prepared: dict[tuple[tuple[str, ...], tuple[str | date, ...]], tuple[Conditions, tuple[str, ...]]] = {}
    for metric in metrics:
        conditions, templates, left_out = _conditions(opened, query, metric)
        key = (templates, tuple(conditions.values))
        together.setdefault(key, []).append(metric)
        prepared.setdefault(key, (conditions, left_out))
    found: dict[str, Trust] = {}
    for key, group in together.items():
        conditions, left_out = prepared[key]
        names = conditions_on_metrics(conditions, group)
        layer = metric_query.layer_of(opened, query, ())
        sql = layer.compile(Request(COUNTS, (TOUCHED,), (*key[0], names)))
        columns, rows = opened.fetch(sql, used_parameters(sql, conditions.values))
        by_metric = {row[columns.index(TOUCHED)]: row for row in rows}
        for metric in group:
            row = by_metric.get(metric.name)
            count, claim, unknown = (row[columns.index(name)] if row else 0 for name in COUNTS)
            found[metric.name] = Trust(
                metric.name, int(count or 0), Decimal(claim or 0), int(unknown or 0), currency, left_out
            )
    proved = traced(opened, query, metrics, metric_query.population_of(firm, query))
    return {metric.name: replace(found[metric.name], traced=proved[metric.name]) for metric in metrics}


def conditions_on_metrics(conditions: Conditions, metrics: Sequence[Metric]) -> str:
    """Template that names the metrics asked about."""
    marks = ", ".join(conditions.parameter(metric.name) for metric in metrics)
    return f"{{{{ Dimension('{TOUCHED}') }}}} in ({marks})"


def _conditions(
    opened: OpenVersion, query: Query, metric: Metric
) -> tuple[Conditions, tuple[str, ...], tuple[str, ...]]:
    """The question's filters as breaks know them, and the names of those that they do not."""
    conditions = Conditions()
    templates = [f"{metric_query.REPORT_MODE} = '{query.mode}'"]
    left_out = []
    days = metric_query.days_of(opened, query, [metric]).get(metric.opens) if metric.is_balance else None
    for condition in query.where:
        name = _name_on_breaks(metric.semantic_name(condition.name))
        if name is None:
            left_out.append(condition.name)
        elif not (name.startswith(METRIC_TIME) and days is not None):
            templates.append(_template(conditions, condition, metric, name))
    first, last = query.date_from, query.date_to
    if metric.is_balance:
        # what stood on a day is touched by whatever happened until then
        first, last = None, max(days) if days else _day(opened, query)
    templates += conditions.period(first, last)
    return conditions, tuple(templates), tuple(left_out)


def _day(opened: OpenVersion, query: Query) -> date:
    return min(query.date_to or date.max, opened.version.info().as_of)


def _template(conditions: Conditions, condition: Filter, metric: Metric, name: str) -> str:
    return conditions.of(condition, replace(metric, semantic_names={condition.name: name}))


def _name_on_breaks(semantic_name: str) -> str | None:
    if semantic_name.startswith(METRIC_TIME):
        return semantic_name
    entity, _, dimension = semantic_name.partition("__")
    role = ROLES.get(entity)
    return f"{role}__{dimension}" if role and dimension else None
