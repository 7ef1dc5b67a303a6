"""Which metrics there are, what they mean and which dimensions each permits: read from a published version."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tieout.metric_needs import needs_of
from tieout.metrics_types import MISSING_LINK, MetricDescription, NotPermitted, UnknownName
from tieout.spelling import closest

DIMENSIONS_FILE = "metric_dimensions.csv"
CALENDAR = ("day", "week", "month", "quarter", "year")
METRIC_TIME = "metric_time__"
REPORTS = ("capacity_walk", "backlog_rollforward", "margin_bridge")
ADDITIVE = ("sum", "count", "sum_boolean")
KINDS = {"F": "flow", "B": "balance", "R": "ratio", "A": "age"}


@dataclass(frozen=True)
class Input:
    """A metric that another one is made of, under its name in the other's expression; `filters` are where-templates
    that hold for it there."""

    name: str
    alias: str
    filters: tuple[str, ...] = ()
    is_offset: bool = False


@dataclass(frozen=True)
class Composition:
    """What a metric is made of: inputs (a ratio's numerator and denominator, or those of `expression`), or one measure
    over rows. `row_entity` names the key of these rows in the semantic layer, `link` the dimension that says which link
    of a row's chain is missing, `rows` where they are published, a table each (tieout/row_sources.py)."""

    type: str
    expression: str = ""
    inputs: tuple[Input, ...] = ()
    filters: tuple[str, ...] = ()
    measure: str = ""
    aggregation: str = ""
    row_entity: str = ""
    link: str = ""
    rows: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Metric:
    """A metric of the manifest.

    `semantic_names` maps each permitted dimension to its name in the semantic layer, `relations` are the views under
    its measures and `entities` the entities that all of these have. A metric that `has_population` is always asked of
    one population, so that numerator and denominator count the same people. One of `grain` month is known for whole
    months only. A balance that `opens` is taken on the first day of a period, any other on its last. `needs` are the
    entities without which it is empty, beyond those of a first load.
    """

    name: str
    label: str
    description: str
    formula: str
    unit: str
    kind: str
    owner: str
    semantic_names: Mapping[str, str]
    components: tuple[str, ...]
    entities: frozenset[str]
    relations: tuple[str, ...]
    has_population: bool
    hidden: bool
    currency_guard: str = ""
    composition: Composition = Composition("simple")
    grain: str = "day"
    opens: bool = False
    time_columns: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def guards(self) -> tuple[str, str]:
        """The hidden metrics that tell the first and the last currency which an amount of this metric adds up."""
        return f"{self.currency_guard}_currency_min", f"{self.currency_guard}_currency_max"

    @property
    def counts_money(self) -> bool:
        """An amount, or a ratio of amounts: neither may meet two currencies in one row."""
        return self.is_money or bool(self.currency_guard)

    @property
    def is_balance(self) -> bool:
        """Taken on days, never added over time."""
        return self.kind in ("balance", "age")

    @property
    def is_money(self) -> bool:
        return self.unit == "money"

    def semantic_name(self, dimension: str) -> str:
        try:
            return self.semantic_names[dimension]
        except KeyError:
            raise NotPermitted(
                f"{self.name} does not have the dimension {dimension}.",
                f"Permitted: {', '.join(self.semantic_names)}.",
            ) from None


@dataclass(frozen=True)
class Catalogue:
    """All metrics by name, hidden ones included."""

    metrics: Mapping[str, Metric]
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """What a user may ask for: visible metrics and reports, in catalogue order."""
        return [name for name, metric in self.metrics.items() if not metric.hidden] + list(self.reports)

    def metric(self, name: str) -> Metric:
        """A visible metric. Raises UnknownName with the closest match."""
        metric = self.metrics.get(name)
        if metric is None or metric.hidden:
            raise unknown("metric", name, self.names(), "Run: tieout metrics")
        return metric

    def expand(self, names: Iterable[str]) -> list[Metric]:
        """The metrics asked for, a report replaced by its lines; each once, in the order asked."""
        found: dict[str, Metric] = {}
        for name in names:
            for line in self.reports.get(name, (name,)):
                found.setdefault(line, self.metric(line))
        return list(found.values())

    def input_of(self, metric: Metric, given: Input) -> Metric:
        """An input as the metric above it sees it: under its dimensions, its population and its days."""
        return replace(
            self.metrics[given.name],
            semantic_names=metric.semantic_names,
            has_population=metric.has_population,
            kind=metric.kind,
            opens=metric.opens,
        )

    def dimensions(self) -> list[str]:
        """Every dimension that some metric has, sorted."""
        return sorted({dimension for metric in self.metrics.values() for dimension in metric.semantic_names})

    def check_dimension(self, name: str) -> None:
        """Raises UnknownName unless some metric has the dimension."""
        if name not in self.dimensions():
            raise unknown("dimension", name, self.dimensions(), "Run: tieout metrics NAME")

    def describe(self, name: str) -> MetricDescription:
        """One entry. The dimensions of a report are those that all of its lines have."""
        if name not in self.reports:
            metric = self.metric(name)
            return MetricDescription(
                name=metric.name,
                label=metric.label,
                description=metric.description,
                formula=metric.formula,
                unit=metric.unit,
                kind=metric.kind,
                owner=metric.owner,
                dimensions=tuple(metric.semantic_names),
                components=metric.components,
                needs=metric.needs,
            )
        lines = [self.metrics[line] for line in self.reports[name]]
        common = [d for d in lines[0].semantic_names if all(d in line.semantic_names for line in lines)]
        return MetricDescription(
            name=name,
            label=name.replace("_", " ").capitalize(),
            description="Report whose lines are metrics: " + "; ".join(line.label for line in lines) + ".",
            formula="",
            unit=lines[0].unit,
            kind="report",
            owner=lines[0].owner,
            dimensions=tuple(common),
            components=self.reports[name],
            needs=tuple(dict.fromkeys(need for line in lines for need in line.needs)),
        )


def unknown(what: str, name: str, known: Iterable[str], where: str) -> UnknownName:
    """The error for a name that does not exist, with those that may be meant: first those that hold it as a word."""
    found = near(name, list(known))
    cure = f"Did you mean {found[0]}?" if len(found) == 1 else f"Did you mean one of {', '.join(found)}?"
    return UnknownName(f"There is no {what} {name!r}.", cure if found else f"{where}.")


def near(name: str, known: Sequence[str], limit: int = 4) -> list[str]:
    """Names that may be meant: those that hold the name as a word, the ones that end in it before the others, in the
    order given; else the one that is spelt most alike."""
    word = name.lower()
    holding = [other for other in known if f"_{word}_" in f"_{other}_"]
    holding.sort(key=lambda other: not other.endswith(f"_{word}"))
    return holding[:limit] or closest(name, known, 1)


def read_catalogue(manifest_json: str, dimensions_csv: str) -> Catalogue:
    """The catalogue of a published version, from its semantic manifest and its list of permitted dimensions."""
    permitted: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(dimensions_csv.splitlines()):
        permitted.setdefault(row["metric"], {})[row["dimension"]] = row["semantic_name"]
    return catalogue(json.loads(manifest_json), permitted)


def catalogue(manifest: Mapping[str, Any], permitted: Mapping[str, Mapping[str, str]]) -> Catalogue:
    """Build from a parsed manifest, in the order of the list of dimensions; a metric without any is internal and
    hidden."""
    model_of_measure: dict[str, Mapping[str, Any]] = {}
    for model in manifest["semantic_models"]:
        for measure in model["measures"]:
            model_of_measure[measure["name"]] = model
    defined = {metric["name"]: metric for metric in manifest["metrics"]}
    raw = {name: defined[name] for name in [*(name for name in permitted if name in defined), *defined]}
    metrics = {
        name: _metric(metric, raw, model_of_measure, permitted.get(name, {})) for name, metric in raw.items()
    }
    reports = {
        report: lines
        for report in REPORTS
        if report not in metrics
        and (
            # In the order of the list of dimensions: a manifest that dbt parsed in part has another.
            lines := tuple(
                name for name, m in metrics.items() if name.startswith(report + "_") and not m.hidden
            )
        )
    }
    return Catalogue(metrics, reports)


def _metric(
    raw: Mapping[str, Any],
    all_raw: Mapping[str, Mapping[str, Any]],
    model_of_measure: Mapping[str, Mapping[str, Any]],
    semantic_names: Mapping[str, str],
) -> Metric:
    meta = (raw.get("config") or {}).get("meta") or {}
    models = {
        model["name"]: model
        for measure in _measures(raw, all_raw)
        if (model := model_of_measure.get(measure))
    }
    entities = [frozenset(entity["name"] for entity in model["entities"]) for model in models.values()]
    kind = str(meta.get("kind", ""))
    return Metric(
        name=raw["name"],
        label=raw.get("label") or raw["name"],
        description=" ".join((raw.get("description") or "").split()),
        formula=" ".join(str(meta.get("formula", "")).split()),
        unit=str(meta.get("unit", "")),
        kind=KINDS.get(kind, kind),
        owner=str(meta.get("owner", "")),
        semantic_names=dict(semantic_names),
        components=tuple(given.name for given in _inputs(raw)),
        entities=frozenset.intersection(*entities) if entities else frozenset(),
        relations=tuple(sorted(model["node_relation"]["relation_name"] for model in models.values())),
        has_population=bool(meta.get("population_filtered")),
        hidden=bool(meta.get("hidden")) or not semantic_names,
        currency_guard=str(meta.get("currency_guard", "")),
        composition=_composition(raw, meta, model_of_measure),
        grain=str(meta.get("grain", "day")),
        opens=meta.get("balance_day") == "first",
        time_columns=tuple(sorted({_time_column(model) for model in models.values()})),
        needs=needs_of(raw["name"], all_raw, model_of_measure),
    )


def _time_column(model: Mapping[str, Any]) -> tuple[str, str]:
    """The view of a semantic model and the column that dates its rows."""
    name = (model.get("defaults") or {}).get("agg_time_dimension") or ""
    column = next((each.get("expr") for each in model["dimensions"] if each["name"] == name), None) or name
    return model["node_relation"]["relation_name"], column


def _composition(
    raw: Mapping[str, Any], meta: Mapping[str, Any], model_of_measure: Mapping[str, Mapping[str, Any]]
) -> Composition:
    params = raw["type_params"]
    name = (params.get("measure") or {}).get("name", "")
    model = model_of_measure.get(name, {})
    measures = {measure["name"]: measure for measure in model.get("measures", [])}
    model_meta = (model.get("config") or {}).get("meta") or {}
    row_entity = next(
        (entity["name"] for entity in model.get("entities", []) if entity["type"] == "primary"), ""
    )
    says_link = any(dimension["name"] == MISSING_LINK for dimension in model.get("dimensions") or [])
    return Composition(
        type=raw["type"],
        expression=str(params.get("expr") or ""),
        inputs=tuple(_inputs(raw)),
        filters=_templates(raw),
        measure=name,
        aggregation=measures[name]["agg"] if name in measures else "",
        row_entity=row_entity,
        link=f"{row_entity}__{MISSING_LINK}" if says_link else "",
        rows=_rows(model_meta.get("rows", []), meta.get("rows", {})),
    )


def _rows(of_model: Any, of_metric: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What a semantic model says of its rows, one table or several, under what the metric itself says of them."""
    tables = of_model if isinstance(of_model, list) else [of_model]
    return tuple(rows for each in tables if (rows := {**each, **of_metric}))


def _inputs(raw: Mapping[str, Any]) -> list[Input]:
    """Metrics that a ratio or derived metric is made of."""
    params = raw["type_params"]
    given = (
        [params["numerator"], params["denominator"]]
        if raw["type"] == "ratio"
        else params.get("metrics") or []
    )
    return [
        Input(
            name=each["name"],
            alias=each.get("alias") or each["name"],
            filters=_templates(each),
            is_offset=bool(each.get("offset_window") or each.get("offset_to_grain")),
        )
        for each in given
    ]


def _templates(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        each["where_sql_template"].strip() for each in (raw.get("filter") or {}).get("where_filters", [])
    )


def _measures(raw: Mapping[str, Any], all_raw: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Measures under a metric, through all of its inputs."""
    measure = raw["type_params"].get("measure")
    found = {measure["name"]} if measure else set()
    for given in _inputs(raw):
        found |= _measures(all_raw[given.name], all_raw)
    return found
