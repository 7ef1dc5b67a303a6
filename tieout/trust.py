"""How far a number can be trusted: the open breaks that touch it, what they leave uncertain of it in its own unit, and
the share of it that is traced end to end (tieout/traced.py).

Which metrics a check makes uncertain, and what of a transaction the number counts, is said in its metadata. The breaks are
counted by the same semantic layer, under the question's own filters: an owner of money is the break's owner, a person the
break's person. A filter that breaks do not know is left out and named, so that the count is then an upper bound.

What is uncertain may exceed the number, because some of it is not in the number: hours without a price stand in no work in
progress, and would at the average price of their role. That part is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tieout import metric_query
from tieout.asked_period import until_as_of
from tieout.conditions import Conditions
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import METRIC_TIME, Metric
from tieout.metrics_types import Filter, Query
from tieout.paths import DATABASE_ALIAS
from tieout.semantic import Request, used_parameters
from tieout.serving import OpenVersion
from tieout.traced import Traced, traced
from tieout.wording import counted

TOUCHED = "break_touch__metric"
TOUCHING = "break_touch__break"
COUNTS = (
    "touching_breaks",
    "touching_claim",
    "touching_missing",
    "touching_worth",
    "touching_unpriced",
)
# A tenth of a point is printed; what is less is said to be.
SMALLEST_SHARE = Decimal("0.0005")
# Dimensions of a project version are those of the owner of its money, as far as breaks are concerned.
ROLES = {
    "contract_line_version": "contract_line_version",
    "project_version": "contract_line_version",
    "employee_version": "employee_version",
}


@dataclass(frozen=True)
class Trust:
    """The open breaks that touch a metric in a slice.

    `unreconciled` is what they leave uncertain of it, each transaction once, in `unit`: hours, money in reporting
    currency, or ratio (what a share shifts by when its numerator does); None where that cannot be said of a ratio, or no
    amount is known. `missing` is the part of it that is not in the number. `worth` is their money at stake in reporting
    currency, None where none of it is known; `without_amount` of them have none. `left_out` are the filters that breaks
    do not know. `traced` is said of the number itself, under all of its filters. Where no check that has run says of itself
    that it touches the metric, it has no breaks because nobody looks (`is_checked`).
    """

    metric: str
    open_breaks: int
    unreconciled: Decimal | None
    without_amount: int
    currency: str
    left_out: tuple[str, ...] = ()
    unit: str = "money"
    missing: Decimal = Decimal(0)
    worth: Decimal | None = Decimal(0)
    traced: Traced | None = None
    is_checked: bool = True

    def sentence(self) -> str:
        """`± 38,000.00 USD unreconciled, 3 breaks · 97 % traced`; or that there is no break."""
        words = self.traced.words() if self.traced else ""
        return f"{self._breaks()} · {words}" if words else self._breaks()

    def _breaks(self) -> str:
        if not self.open_breaks:
            return "no open break" if self.is_checked else "no check looks at it"
        breaks = counted(self.open_breaks, "break")
        unknown = f" ({self.without_amount:,} without an amount)" if self.without_amount else ""
        if self.worth is None:
            worth = ", amount not known" if self.unreconciled is None else ", money at stake not known"
            unknown = unknown if self.without_amount < self.open_breaks else ""
        else:
            worth = f" worth {self.worth:,.2f} {self.currency}"
        if self.unreconciled is None:
            return f"touched by {breaks}{worth}{unknown}"
        outside = ""
        if self.missing and not (self.unit == "ratio" and self.missing < SMALLEST_SHARE):
            what = "all of it" if self.missing == self.unreconciled else f"{self.amount(self.missing)} of it"
            outside = f", {what} not in the number yet"
        beside = "" if self.unit == "money" else worth
        return f"± {self.amount(self.unreconciled)} unreconciled{outside}, {breaks}{beside}{unknown}"

    def amount(self, value: Decimal) -> str:
        """An amount in the unit of what is uncertain."""
        if self.unit == "ratio":
            return f"{value * 100:,.1f} points" if value >= SMALLEST_SHARE else "less than 0.1 points"
        return f"{value:,.2f} {'h' if self.unit == 'hours' else self.currency}"


def trust(opened: OpenVersion, firm: Firm, query: Query) -> dict[str, Trust]:
    """By metric of the question; metrics that no check touches have no breaks. Raises what the question itself would."""
    catalogue = metric_query.catalogue_of(opened)
    metrics = catalogue.expand(query.metrics)
    query = until_as_of(query, opened.version.info().as_of)
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
    checked = _checked(opened)
    for key, group in together.items():
        conditions, left_out = prepared[key]
        names = conditions_on_metrics(conditions, group)
        layer = metric_query.layer_of(opened, query, ())
        sql = layer.compile(Request(COUNTS, (TOUCHED,), (*key[0], names)))
        columns, rows = opened.fetch(sql, used_parameters(sql, conditions.values))
        by_metric = {row[columns.index(TOUCHED)]: row for row in rows}
        for metric in group:
            row = by_metric.get(metric.name)
            count, claim, missing, worth, unknown = (
                row[columns.index(name)] if row else Decimal(0) for name in COUNTS
            )
            said = Trust(
                metric.name,
                int(count or 0),
                claim if claim is None else Decimal(claim),
                int(unknown or 0),
                currency,
                left_out,
                unit="hours" if metric.unit == "hours" else "money",
                missing=Decimal(missing or 0),
                worth=worth if worth is None else Decimal(worth),
                is_checked=metric.name in checked,
            )
            found[metric.name] = _in_points(opened, firm, query, metric, said)
    proved = traced(opened, query, metrics, metric_query.population_of(firm, query))
    return {metric.name: replace(found[metric.name], traced=proved[metric.name]) for metric in metrics}


def _checked(opened: OpenVersion) -> frozenset[str]:
    """The metrics that a check touches which has run on what this firm delivers."""
    _, rows = opened.fetch(
        "select distinct unnest(string_split(touches, ','))"
        f" from {DATABASE_ALIAS}.reconciliation.rec_check where entities_missing is null"
    )
    return frozenset(name for (name,) in rows)


@dataclass(frozen=True)
class TouchingCheck:
    """What the breaks of one check leave uncertain of a metric, as in Trust, and what they claim of the money at stake, of
    its own kind. None where none of it is known."""

    check_id: str
    title: str
    stake_kind: str
    breaks: int
    unreconciled: Decimal | None
    counted: Decimal | None


def touching(opened: OpenVersion, query: Query) -> tuple[str, ...]:
    """The ids of the breaks that touch the one metric of a question: those that `trust` counts."""
    return tuple(sorted(_claims(opened, query)))


def touching_checks(opened: OpenVersion, query: Query) -> tuple[TouchingCheck, ...]:
    """The breaks that touch the one metric of a question by their check, what is most uncertain first."""
    claims = _claims(opened, query)
    _, rows = opened.fetch(
        "select breaks.check_id, breaks.title, breaks.stake_kind, count(*), sum(claims.claim) as unreconciled,"
        " sum(breaks.primary_reporting)"
        f" from {DATABASE_ALIAS}.reconciliation.rec_break as breaks"
        " inner join (select unnest($ids) as break_id, unnest($claims) as claim) as claims"
        " on breaks.break_id = claims.break_id"
        " group by breaks.check_id, breaks.title, breaks.stake_kind"
        " order by unreconciled desc nulls last, breaks.check_id, breaks.stake_kind",
        {"ids": list(claims), "claims": list(claims.values())},
    )
    return tuple(TouchingCheck(*row) for row in rows)


def _claims(opened: OpenVersion, query: Query) -> dict[str, Decimal | None]:
    """By break that touches the one metric of a question: what it leaves uncertain of it."""
    catalogue = metric_query.catalogue_of(opened)
    query = until_as_of(query, opened.version.info().as_of)
    found: dict[str, Decimal | None] = {}
    for metric in catalogue.expand(query.metrics):
        conditions, templates, _ = _conditions(opened, query, metric)
        names = conditions_on_metrics(conditions, [metric])
        sql = metric_query.layer_of(opened, query, ()).compile(
            Request(COUNTS, (TOUCHING,), (*templates, names))
        )
        columns, rows = opened.fetch(sql, used_parameters(sql, conditions.values))
        for row in rows:
            told = dict(zip(columns, row, strict=True))
            is_known = int(told["touching_unpriced"] or 0) < int(told["touching_breaks"] or 0)
            found[str(told[TOUCHING])] = Decimal(told["touching_claim"] or 0) if is_known else None
    return found


def _in_points(opened: OpenVersion, firm: Firm, query: Query, metric: Metric, said: Trust) -> Trust:
    """A ratio is uncertain by what it shifts by when its numerator does. Only where breaks touch the numerator itself: what
    they leave out of numerator and denominator alike shifts it by nobody knows how much."""
    if metric.composition.type != "ratio" or not said.open_breaks:
        return said
    unknown = replace(said, unreconciled=None, missing=Decimal(0), unit=metric.unit)
    above = metric.composition.inputs[0].name
    catalogue = metric_query.catalogue_of(opened)
    numerator = catalogue.metrics[above]
    is_touched = bool(
        opened.fetch(
            f"select 1 from {DATABASE_ALIAS}.reconciliation.rec_check_touch where metric = ? limit 1", [above]
        )[1]
    )
    if not is_touched or numerator.hidden or metric.unit != "ratio" or query.currency != "reporting":
        return unknown
    asked = replace(query, metrics=[metric.name, above], by=(), limit=None)
    rows = metric_query.answer(opened, firm, asked).rows
    share, amount = (rows[0].get(name) if rows else None for name in (metric.name, above))
    if not isinstance(share, float) or not amount or said.unreconciled is None:
        return unknown
    points = Decimal(str(share)) / Decimal(str(amount))
    return replace(said, unit="ratio", unreconciled=said.unreconciled * points, missing=said.missing * points)


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
        first = None
        last = max(days) if days else date.min if days is not None else _day(opened, query)
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
