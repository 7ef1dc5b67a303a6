"""The share of a number that is traced end to end: how much of it stands in rows whose chain of references is whole.

A row says itself which link of its chain no record answers (`missing_link`, models/marts/missing_link.md). The value of
a metric is asked for by this dimension, from the same semantic layer under the question's own conditions, with one
change: each measure counts its amounts without their sign. So a credit note weighs as much as an invoice, and two rows
that cancel are two rows to prove. A ratio is traced no further than its weakest input.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tieout import metric_query
from tieout.metrics_catalogue import ADDITIVE, Catalogue, Metric
from tieout.metrics_types import Query
from tieout.publish import manifest_name
from tieout.semantic import Request, SemanticLayer, used_parameters
from tieout.serving import OpenVersion

WHOLE = "none"
NOTHING = "there is no value to trace"
SEVERAL_CURRENCIES = "amounts of several currencies are not added: ask in reporting currency"
_ZERO = Decimal(0)
_SIX_DECIMALS = Decimal("0.000001")


@dataclass(frozen=True)
class Traced:
    """How much of a metric's value is traced, in absolute amounts of its `unit` (hours, or money in `currency`).

    `missing` is the rest by the first missing link, largest first. Of a ratio all of this is said of `part`, the input
    that is traced least. `reason` says why there is no share.
    """

    metric: str
    value: Decimal = _ZERO
    traced: Decimal = _ZERO
    missing: tuple[tuple[str, Decimal], ...] = ()
    unit: str = ""
    currency: str | None = None
    part: str = ""
    reason: str = ""

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1, six decimals, rounded down: 1 means that nothing is missing."""
        if self.reason or not self.value:
            return None
        return (self.traced / self.value).quantize(_SIX_DECIMALS, ROUND_FLOOR)

    def words(self) -> str:
        """`97 % traced`, rounded down so that only what is whole reads 100; empty where there is no share."""
        return f"{percent(self.share)} traced" if self.share is not None else ""


def percent(share: Decimal) -> str:
    """A share in whole per cent, rounded down."""
    whole = int(share * 100)
    return "under 1 %" if share and not whole else f"{whole} %"


@dataclass
class _Group:
    """Inputs that one statement answers: rows of one kind under the same conditions."""

    values: list[Any]
    metrics: dict[str, Metric] = field(default_factory=dict)


# names to group by, conditions, their values, and whether amounts of money are counted
_Key = tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...], bool]


def traced(
    opened: OpenVersion, query: Query, metrics: Sequence[Metric], population: str
) -> dict[str, Traced]:
    """By metric of the question, for the whole of it: a balance on the last of its days."""
    query = replace(query, by=(), limit=None)
    catalogue = metric_query.catalogue_of(opened)
    groups: dict[_Key, _Group] = {}
    asked: dict[str, list[tuple[_Key, Metric]]] = {}
    refused: dict[str, str] = {}
    for metric in metrics:
        asked[metric.name] = []
        for leaf, filters, reason in _leaves(catalogue, metric, ()):
            if reason:
                refused[metric.name] = reason
                continue
            days = metric_query.days_of(opened, query, [leaf])
            templates, values = metric_query.conditions_of(leaf, query, population, days)
            by = [leaf.composition.link]
            if leaf.counts_money and query.currency in ("transaction", "functional"):
                by += [leaf.semantic_name("currency")] if "currency" in leaf.semantic_names else []
            key = (tuple(by), (*templates, *filters), tuple(values), leaf.counts_money)
            groups.setdefault(key, _Group(values)).metrics[leaf.name] = leaf
            asked[metric.name].append((key, leaf))
    found = {key: _ask(opened, query, key, group) for key, group in groups.items()}
    return {
        metric.name: Traced(metric.name, reason=refused[metric.name])
        if metric.name in refused
        else _weakest(metric, [found[key][leaf.name] for key, leaf in asked[metric.name]])
        for metric in metrics
    }


def _leaves(
    catalogue: Catalogue, metric: Metric, filters: tuple[str, ...]
) -> list[tuple[Metric, tuple[str, ...], str]]:
    """The sums of rows that a metric is made of, with the conditions that hold for each, or why one is none."""
    composition = metric.composition
    if composition.inputs:
        return [
            leaf
            for given in composition.inputs
            for leaf in (
                [(metric, filters, f"{given.name} is of another period")]
                if given.is_offset
                else _leaves(
                    catalogue,
                    catalogue.input_of(metric, given),
                    (*filters, *composition.filters, *given.filters),
                )
            )
        ]
    if composition.type != "simple" or composition.aggregation not in ADDITIVE:
        return [(metric, filters, f"{metric.name} is no sum of rows")]
    if not composition.link:
        return [(metric, filters, f"the rows of {metric.name} do not say what their chain of records lacks")]
    return [(metric, filters, "")]


def _ask(opened: OpenVersion, query: Query, key: _Key, group: _Group) -> dict[str, Traced]:
    """Absolute amounts by missing link, of each metric of a group."""
    by, templates, _, is_money = key
    layer = _layer(opened, query.currency if is_money else metric_query.DEFAULT_CURRENCY_MODE)
    sql = layer.compile(Request(tuple(group.metrics), by, templates))
    names, rows = metric_query.fetch(opened, sql, used_parameters(sql, group.values), query)
    places = [names.index(name) for name in by]
    in_reporting = query.currency not in ("transaction", "functional")
    found = {}
    for name, metric in group.metrics.items():
        place = names.index(name)
        amounts: dict[str, Decimal] = {}
        currencies: set[str] = set()
        for row in rows:
            amount = Decimal(str(row[place] or 0))
            if not amount:
                continue
            link = str(row[places[0]])
            amounts[link] = amounts.get(link, _ZERO) + amount
            currencies |= {str(row[index]) for index in places[1:]}
        value = sum(amounts.values(), _ZERO)
        missing = sorted(
            ((link, amount) for link, amount in amounts.items() if link != WHOLE),
            key=lambda each: (-each[1], each[0]),
        )
        code = opened.version.info().reporting_currency if in_reporting else next(iter(currencies), None)
        found[name] = Traced(
            name,
            value,
            amounts.get(WHOLE, _ZERO),
            tuple(missing),
            metric.unit,
            code if metric.is_money else None,
            reason=SEVERAL_CURRENCIES if len(currencies) > 1 else "" if value else NOTHING,
        )
    return found


def _weakest(metric: Metric, parts: Sequence[Traced]) -> Traced:
    """A number is traced no further than the least traced of what it is made of; what is empty weighs nothing."""
    if refused := next((part for part in parts if part.reason not in ("", NOTHING)), None):
        return Traced(metric.name, reason=refused.reason)
    known = [part for part in parts if part.share is not None]
    if not known:
        return Traced(metric.name, reason=NOTHING)
    least = min(known, key=lambda part: part.traced / part.value)
    return replace(least, metric=metric.name, part=least.metric if least.metric != metric.name else "")


def _layer(opened: OpenVersion, currency: str) -> SemanticLayer:
    key = f"absolute_{currency}"
    if key not in opened.extras:
        opened.extras[key] = SemanticLayer(absolute(opened.files[manifest_name(currency)]))
    layer: SemanticLayer = opened.extras[key]
    return layer


def absolute(manifest_json: str) -> str:
    """The semantic manifest in which every sum counts amounts without their sign, and nothing else is changed."""
    manifest = json.loads(manifest_json)
    for model in manifest["semantic_models"]:
        for measure in model["measures"]:
            if measure["agg"] == "sum":
                measure["expr"] = f"abs({measure.get('expr') or measure['name']})"
    return json.dumps(manifest)
