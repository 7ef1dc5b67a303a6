"""Answer one metric question on one version: compile, bind, run, join, round, and say what the answer is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from tieout import report_ties, statements
from tieout.amounts import metric_value
from tieout.asked_period import answered, has_later, remarks, until_as_of
from tieout.balance_days import balance_days
from tieout.conditions import POPULATION_VALUES, Conditions, check_operator, is_on_time
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import (
    DIMENSIONS_FILE,
    METRIC_TIME,
    Catalogue,
    Metric,
    read_catalogue,
)
from tieout.metrics_types import (
    CURRENCY_MODES,
    MODES,
    POPULATIONS,
    BadFilter,
    Cell,
    Column,
    MixedCurrency,
    NotPermitted,
    Query,
    Result,
    VersionInfo,
)
from tieout.paths import DATABASE_ALIAS
from tieout.publish import manifest_name
from tieout.semantic import Request, SemanticLayer, readable, used_parameters
from tieout.serving import OpenVersion, as_date, minor_units
from tieout.whole_months import check_whole_months
from tieout.wording import counted, listed

REPORT_MODE = "{{ Entity('report_mode') }}"
POPULATION = "{{ Entity('population') }}"
DEFAULT_CURRENCY_MODE = "reporting"
RESOURCE_ENTITY = "resource_entity"
# What an amount of each guard is silent about: hours that have no rate, said beside it.
LEFT_OUT = {
    "cost": ("uncosted_hours", "cost"),
    "contract": ("unpriced_hours", "price"),
    "wip": ("unpriced_hours", "price"),
    "bench": ("uncosted_bench_hours", "bench cost"),
    "margin": ("uncosted_hours", "cost"),
}
# The revenue that an amount of each guard is made of: where all of it is missing, that is said.
POSTED = {
    "revenue": "recognized_revenue_ledger",
    "service_month_revenue": "service_month_revenue",
    "margin": "recognized_revenue_ledger",
}
NOT_POSTED = "No revenue lines were posted by the ledger in this selection: recognised revenue is not known."


@dataclass
class _Group:
    """Metrics that one statement can answer: the same names for every dimension, the same population and days."""

    group_by: tuple[str, ...]
    conditions: tuple[str, ...]
    metrics: list[Metric] = field(default_factory=list)
    values: list[str | date] = field(default_factory=list)


@dataclass(frozen=True)
class _Table:
    """Rows by their dimension values, and the statements that gave them."""

    rows: dict[tuple[Any, ...], dict[str, Any]]
    statements: tuple[str, ...]


def catalogue_of(opened: OpenVersion) -> Catalogue:
    """The version's catalogue, read once."""
    if "catalogue" not in opened.extras:
        opened.extras["catalogue"] = read_catalogue(
            opened.files[manifest_name(DEFAULT_CURRENCY_MODE)], opened.files[DIMENSIONS_FILE]
        )
    catalogue: Catalogue = opened.extras["catalogue"]
    return catalogue


def answer(opened: OpenVersion, firm: Firm, query: Query, *, advise: bool = True) -> Result:
    """Answer on this version. Raises UnknownName, NotPermitted, BadFilter, and MixedCurrency, which with `advise` names
    what tells the currencies apart."""
    catalogue = catalogue_of(opened)
    metrics, population = _check(catalogue, firm, query)
    info = opened.version.info()
    as_asked, query = query, until_as_of(query, info.as_of)
    check_whole_months(query, metrics, info.as_of)
    money = any(metric.is_money for metric in metrics)
    watch_currency = any(metric.counts_money for metric in metrics) and query.currency in (
        "transaction",
        "functional",
    )
    asked = list(metrics)
    if watch_currency:
        asked += _currency_metrics(catalogue, query, metrics)
    guards = sorted({metric.guards for metric in metrics if metric.counts_money})
    left_out = _left_out(catalogue, query, metrics)
    posted = {
        name: catalogue.metrics[name]
        for metric in metrics
        if (name := POSTED.get(metric.currency_guard)) and name in catalogue.metrics
    }
    asked += [metric for metric in (*left_out.values(), *posted.values()) if metric not in asked]
    table = _run(opened, query, asked, population)
    codes: dict[tuple[Any, ...], str | None] = {}
    if watch_currency:
        mixed = _mixed(table, guards)
        if mixed is not None:
            raise _refusal(opened, query, metrics, population, *mixed, advise=advise)
        codes = _currency_codes(table, guards)
    row_codes = {code for code in codes.values() if code is not None}
    code = (
        (next(iter(row_codes)) if len(row_codes) == 1 else None)
        if watch_currency
        else info.reporting_currency
    )
    columns = [Column(name, name.replace("_", " ").capitalize(), "dimension") for name in query.by]
    show_code = watch_currency and len(row_codes) > 1 and "currency" not in query.by
    if show_code:
        columns.append(Column("currency", "Currency", "dimension"))
    columns += [Column(metric.name, metric.label, "metric", metric.unit) for metric in metrics]
    tie = report_ties.tie_of(query, catalogue)
    if tie is not None:
        place = next(place for place, column in enumerate(columns) if column.name == tie.closing)
        columns.insert(place, Column(tie.left, report_ties.LABEL, "metric", "money"))
    units = minor_units(opened)
    rows: list[dict[str, Cell]] = []
    for key in sorted(table.rows, key=_sort_key):
        values = table.rows[key]
        if not any(metric.name in values for metric in metrics):
            continue  # only what is said beside the amounts has something here
        row: dict[str, Cell] = dict(zip(query.by, key, strict=True))
        row_code = codes.get(key) if watch_currency else code
        if show_code:
            row["currency"] = row_code
        for metric in metrics:
            if tie is not None and metric.name == tie.closing:
                row[tie.left] = metric_value(
                    report_ties.left_open(tie, catalogue, values), "money", row_code, units
                )
            row[metric.name] = metric_value(values.get(metric.name), metric.unit, row_code, units)
        rows.append(row)
    notes = _source_gaps(opened)
    notes += _without_source(info, metrics)
    if info.rejected_note:
        notes.append(info.rejected_note)
    for word, metric in left_out.items():
        hours = sum((values.get(metric.name) or 0 for values in table.rows.values()), Decimal(0))
        if hours:
            notes.insert(0, f"{hours:,.2f} hours have no {word} and are in no amount (metric {metric.name}).")
    if tie is not None and (left := [row[tie.left] for row in rows if row[tie.left]]):
        where = (
            f"{left[0]:,} {code or ''}".strip()
            if len(left) == len(rows) == 1
            else f"{len(left)} rows have what"
        )
        notes.insert(
            0,
            f"The lines and the closing do not tie: {where} is in no line ({tie.left})."
            + report_ties.reason(query.currency, _unconverted_lines(opened, query, tie, population)),
        )
    if posted and not any(values.get(name) is not None for values in table.rows.values() for name in posted):
        notes.insert(0, NOT_POSTED)
    period = answered(opened, query, metrics, days_of(opened, query, metrics))
    notes = [*remarks(opened, firm, query, period, metrics), *notes]
    if info.unknown_people_note and population == POPULATIONS[0] and any(m.has_population for m in metrics):
        notes.append(info.unknown_people_note)
    if query != as_asked and (later := _left_for_later(opened, query, metrics, population)) is not None:
        much = f" ({', '.join(later)})" if later else ""
        notes.insert(
            0,
            f"What is dated after the as-of date {info.as_of} is left out{much}; a later end (--to) counts it.",
        )
    if query.mode == "as_reported" and not _anything_reported(opened, metrics):
        rows = []
        notes.insert(0, "No period has been closed yet, so nothing has been reported.")
    rows, cut = _ordered(query, metrics, rows)
    if cut:
        notes.insert(0, cut)
    return Result(
        columns=tuple(columns),
        rows=rows,
        as_of=info.as_of,
        mode=query.mode,
        currency=query.currency,
        currency_code=code if money else None,
        population=population if any(metric.has_population for metric in metrics) else None,
        definition={metric.name: _definition(metric) for metric in metrics},
        version=info.id,
        notes=notes,
        sql=";\n\n".join(table.statements),
        period=period,
    )


def _unconverted_lines(
    opened: OpenVersion, query: Query, tie: report_ties.Tie, population: str
) -> list[tuple[str, str, int]]:
    """The contract lines of the slice with an amount that has no exchange rate: line, currency and on how many days."""
    if query.currency == "transaction":
        return []
    catalogue = catalogue_of(opened)
    metrics = report_ties.line_metrics(catalogue, tie)
    days = days_of(opened, query, metrics)
    keys: set[str] = set()
    for metric in metrics:
        templates, values = conditions_of(metric, query, population, days)
        sql = layer_of(opened, query, [metric]).compile(Request((metric.name,), (tie.entity,), templates))
        statement = f"select {tie.entity} from ({sql}) as by_row where {metric.name} is null"
        _, found = fetch(opened, statement, used_parameters(sql, values), query)
        keys |= {str(key) for (key,) in found}
    _, rows = opened.fetch(
        f"select contract_line_id, currency_transaction, count(distinct roll_date) from {DATABASE_ALIAS}.{tie.view}"
        f" where {tie.column} in (select unnest($keys)) and amount_transaction <> 0 and report_mode = $mode"
        " group by all order by 3 desc, 1",
        {"keys": sorted(keys), "mode": query.mode},
    )
    return [(str(line), str(code), int(count)) for line, code, count in rows]


def whole(opened: OpenVersion, firm: Firm, query: Query) -> dict[str, Cell] | None:
    """The answer without the groups of the question; None where they cannot be taken together."""
    metrics = catalogue_of(opened).expand(query.metrics)
    if any(is_on_time(name) for name in query.by) and any(metric.is_balance for metric in metrics):
        return None
    try:
        rows = answer(opened, firm, replace(query, by=(), limit=None), advise=False).rows
    except MixedCurrency:
        return None
    return rows[0] if rows else None


def _ordered(
    query: Query, metrics: Sequence[Metric], rows: list[dict[str, Cell]]
) -> tuple[list[dict[str, Cell]], str]:
    """The rows that a limit leaves, and which they are: of one metric the largest, else the first by the groups."""
    if query.limit is None or query.limit >= len(rows):
        return rows, ""
    many = "" if query.limit == 1 else f"{query.limit:,} "
    words = f"the first {many}of {counted(len(rows), 'row')}, in the order of {', '.join(query.by)}"
    if len(metrics) == 1 and not any(is_on_time(name) for name in query.by):
        name = metrics[0].name
        rows = sorted(rows, key=lambda row: (row[name] is None, -Decimal(str(row[name] or 0))))
        words = f"the {many}largest of {counted(len(rows), 'row')}"
    return rows[: query.limit], f"{words[:1].upper()}{words[1:]}."


def _left_for_later(
    opened: OpenVersion, query: Query, metrics: Sequence[Metric], population: str
) -> list[str] | None:
    """How much of the slice is dated after the end that the question was given, `billable_hours 4.00 h` where it is hours; None
    where nothing is."""
    end = query.date_to
    late = has_later(opened, query, metrics)
    if end is None or not late:
        return None
    catalogue = catalogue_of(opened)
    parts: dict[str, Metric] = {}
    for metric in late:
        parts |= {part.name: part for part in _simple_parts(catalogue, metric)}
    later = replace(
        query, metrics=list(parts), by=(), date_from=end + timedelta(days=1), date_to=None, limit=None
    )
    table = _run(opened, later, list(parts.values()), population)
    values = {name: value for found in table.rows.values() for name, value in found.items() if value}
    if not values:
        return None
    return [
        f"{name} {value:,.2f} h"
        for name, value in values.items()
        if parts[name].unit == "hours" and not parts[name].hidden
    ]


def _simple_parts(catalogue: Catalogue, metric: Metric) -> list[Metric]:
    """The sums that a metric is made of, under its own dimensions."""
    if not metric.composition.inputs:
        return [metric]
    return [
        part
        for given in metric.composition.inputs
        for part in _simple_parts(
            catalogue,
            replace(
                catalogue.metrics[given.name],
                semantic_names=metric.semantic_names,
                has_population=metric.has_population,
            ),
        )
    ]


def _check(catalogue: Catalogue, firm: Firm, query: Query) -> tuple[list[Metric], str]:
    if not query.metrics:
        raise BadFilter("Name at least one metric.", "Run: tieout metrics")
    for what, value, allowed in (
        ("mode", query.mode, MODES),
        ("currency", query.currency, CURRENCY_MODES),
        ("population", query.population or POPULATIONS[0], POPULATIONS),
    ):
        if value not in allowed:
            raise BadFilter(f"There is no {what} {value!r}.", f"Allowed: {', '.join(allowed)}.")
    if query.limit is not None and query.limit < 0:
        raise BadFilter("A limit cannot be negative.")
    if query.date_from and query.date_to and query.date_from > query.date_to:
        raise BadFilter(f"The period ends ({query.date_to}) before it begins ({query.date_from}).")
    metrics = catalogue.expand(query.metrics)
    for name in [*query.by, *(condition.name for condition in query.where)]:
        catalogue.check_dimension(name)
    for condition in query.where:
        check_operator(condition)
    repeated = {name for name in query.by if list(query.by).count(name) > 1}
    if repeated:
        raise BadFilter(f"{', '.join(sorted(repeated))} is asked for twice.")
    for metric in metrics:
        if "report_mode" not in metric.entities:
            raise NotPermitted(f"{metric.name} has no report mode and cannot be queried.")
        for name in query.by:
            metric.semantic_name(name)
    return metrics, population_of(firm, query)


def population_of(firm: Firm, query: Query) -> str:
    """The population asked for, else the firm's."""
    return query.population or firm.policies.utilization_population


def _currency_metrics(catalogue: Catalogue, query: Query, metrics: Sequence[Metric]) -> list[Metric]:
    """The hidden metrics that tell which currencies a row adds up, under the dimensions of the money asked for."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        if not metric.counts_money:
            continue
        for name in metric.guards:
            if name not in catalogue.metrics:
                raise NotPermitted(
                    f"{metric.name} in {query.currency} currency cannot be checked for mixed currencies"
                    f" ({name} is not in the catalogue).",
                    "Ask in reporting or constant currency.",
                )
            found.setdefault(name, replace(catalogue.metrics[name], semantic_names=metric.semantic_names))
    return list(found.values())


def _left_out(catalogue: Catalogue, query: Query, metrics: Sequence[Metric]) -> dict[str, Metric]:
    """The hours without a cost or price by the word for it, said beside every amount that lacks them; not where they
    are asked for anyway or cannot be grouped so."""
    names = [*query.by, *(condition.name for condition in query.where)]
    found: dict[str, Metric] = {}
    for metric in metrics:
        name, word = LEFT_OUT.get(metric.currency_guard, ("", ""))
        hours = catalogue.metrics.get(name) if metric.counts_money else None
        if hours and hours not in metrics and all(each in hours.semantic_names for each in names):
            found[word] = hours
    return found


def _run(opened: OpenVersion, query: Query, metrics: Sequence[Metric], population: str) -> _Table:
    """Compile and run one statement per group of metrics, and join the groups on the dimension values."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...], tuple[str | date, ...]], _Group] = {}
    days = days_of(opened, query, metrics)
    for metric in metrics:
        templates, values = conditions_of(metric, query, population, days)
        group_by = tuple(metric.semantic_name(name) for name in query.by)
        # Conditions alike in words may mean other days: what they stand for tells them apart too.
        group = groups.setdefault(
            (group_by, templates, tuple(values)), _Group(group_by, templates, values=values)
        )
        group.metrics.append(metric)
    layer = layer_of(opened, query, metrics)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    shown = []
    for group in groups.values():
        sql = layer.compile(Request(tuple(m.name for m in group.metrics), group.group_by, group.conditions))
        shown.append(readable(sql, group.values))
        names, found = fetch(opened, sql, used_parameters(sql, group.values), query)
        dimensions = [names.index(name) for name in group.group_by]
        for row in found:
            key_values = tuple(as_date(row[index]) for index in dimensions)
            target = rows.setdefault(key_values, {})
            for metric in group.metrics:
                target[metric.name] = row[names.index(metric.name)]
    return _Table(rows, tuple(shown))


BalanceDays = Mapping[bool, Sequence[date] | None]


def days_of(opened: OpenVersion, query: Query, metrics: Sequence[Metric]) -> BalanceDays:
    """The days on which balances among the metrics are taken, by whether they open a period or close it; None where
    every day is one."""
    as_of = opened.version.info().as_of
    opens = {metric.opens for metric in metrics if metric.is_balance}
    return {first: balance_days(opened, query, as_of, first) for first in opens}


def conditions_of(
    metric: Metric, query: Query, population: str, days: BalanceDays
) -> tuple[tuple[str, ...], list[str | date]]:
    """Where-templates of a metric under a question, and the values of their parameters."""
    conditions = Conditions()
    templates = [f"{REPORT_MODE} = '{query.mode}'"]
    if metric.has_population:
        allowed = ", ".join(f"'{value}'" for value in POPULATION_VALUES[population])
        templates.append(f"{POPULATION} in ({allowed})")
    templates += [conditions.of(condition, metric) for condition in query.where]
    on_days = days.get(metric.opens) if metric.is_balance else None
    if on_days is not None:
        templates += conditions.days(on_days)
    else:
        templates += conditions.period(query.date_from, query.date_to)
    return tuple(templates), conditions.values


def fetch(
    opened: OpenVersion, sql: str, parameters: Mapping[str, Any], query: Query
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run a compiled statement. Raises BadFilter where a value does not fit its dimension."""
    try:
        return opened.fetch(sql, parameters)
    except (duckdb.ConversionException, duckdb.BinderException) as error:
        if not query.where:
            raise
        filters = ", ".join(f"{condition.name} {condition.operator}" for condition in query.where)
        raise BadFilter(
            f"A value does not fit its dimension ({filters}): {str(error).splitlines()[0]}"
        ) from error


def layer_of(opened: OpenVersion, query: Query, metrics: Sequence[Metric]) -> SemanticLayer:
    """The semantic layer in the currency asked for, where that matters."""
    money = any(metric.counts_money for metric in metrics)
    return _layer(opened, query.currency if money else DEFAULT_CURRENCY_MODE)


def layer_key(currency: str) -> str:
    """Where a version keeps its semantic layer of a currency mode."""
    return f"semantic_{currency}"


def _layer(opened: OpenVersion, currency: str) -> SemanticLayer:
    key = layer_key(currency)
    if key not in opened.extras:
        opened.extras[key] = statements.layer(opened.files[manifest_name(currency)], opened.statements)
    layer: SemanticLayer = opened.extras[key]
    return layer


def _codes_of(values: Mapping[str, Any], guards: Sequence[tuple[str, str]]) -> list[str]:
    """The currencies that the amounts of one row are in."""
    return sorted({values[name] for pair in guards for name in pair if values.get(name) is not None})


def _currency_codes(table: _Table, guards: Sequence[tuple[str, str]]) -> dict[tuple[Any, ...], str | None]:
    """Currency of each row, where none is mixed."""
    return {key: next(iter(_codes_of(values, guards)), None) for key, values in table.rows.items()}


def _mixed(table: _Table, guards: Sequence[tuple[str, str]]) -> tuple[tuple[Any, ...], list[str]] | None:
    """The first row of which an amount, or two amounts, add up more than one currency, and these."""
    for key, values in table.rows.items():
        found = _codes_of(values, guards)
        if len(found) > 1:
            return key, found
    return None


def _refusal(
    opened: OpenVersion,
    query: Query,
    metrics: Sequence[Metric],
    population: str,
    key: tuple[Any, ...],
    codes: Sequence[str],
    *,
    advise: bool,
) -> MixedCurrency:
    """Why amounts are not added across currencies, and what to ask instead."""
    where = ", ".join(f"{name} {value}" for name, value in zip(query.by, key, strict=True)) or "the total"
    apart = _telling_apart(opened, query, metrics, population) if advise else []
    said = f"Filter or group by {listed(apart, 'or')}, or ask" if apart else "Ask"
    named = {*query.by, *(condition.name for condition in query.where)}
    why = ""
    if query.currency == "functional" and "entity" in named and RESOURCE_ENTITY in apart:
        why = (
            f"The functional currency of a cost is that of the entity that employs the person ({RESOURCE_ENTITY}), not of"
            " the one that sells the work (entity). "
        )
    return MixedCurrency(
        f"Amounts in {query.currency} currency would be added across currencies"
        f" ({listed(codes, 'and')} in {where}).",
        f"{why}{said} in reporting or constant currency.",
    )


def _telling_apart(
    opened: OpenVersion, query: Query, metrics: Sequence[Metric], population: str
) -> list[str]:
    """The dimensions that leave one currency a row, tried on these very rows: which entity decides is not the same for
    sales and cost, and in today's structure it may be none."""
    amounts = [metric for metric in metrics if metric.counts_money]
    guards = sorted({metric.guards for metric in amounts})
    # with an amount among them, for the layer of a question is that of its amounts
    asked = [*amounts, *_currency_metrics(catalogue_of(opened), query, amounts)]
    return [
        name
        for name in ("currency", "entity", RESOURCE_ENTITY)
        if name not in query.by
        and all(name in metric.semantic_names for metric in asked)
        and _mixed(_run(opened, replace(query, by=[*query.by, name]), asked, population), guards) is None
    ]


def _anything_reported(opened: OpenVersion, metrics: Sequence[Metric]) -> bool:
    """Whether some period has been frozen for these metrics; relations are those of the published manifest."""
    relations = sorted({relation for metric in metrics for relation in metric.relations})
    return any(
        opened.fetch(f"select 1 from {relation} where report_mode = 'as_reported' limit 1")[1]
        for relation in relations
    )


def _sort_key(key: tuple[Any, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, str(value)) for value in key)


def _definition(metric: Metric) -> str:
    return f"{metric.description} Formula: {metric.formula}" if metric.formula else metric.description


def _without_source(info: VersionInfo, metrics: Sequence[Metric]) -> list[str]:
    """Which metrics are empty because something that they need has never been delivered."""
    lacking: dict[str, list[str]] = {}
    for metric in metrics:
        missing = [name for name in metric.needs if info.row_counts.get(f"canonical.can_{name}") == 0]
        if missing:
            lacking.setdefault(", ".join(missing), []).append(metric.name)
    return [
        f"{', '.join(names)}: needs {missing}, of which nothing has been delivered."
        for missing, names in lacking.items()
    ]


def _source_gaps(opened: OpenVersion) -> list[str]:
    """What the firm's systems do not record, said with every answer."""
    if "source_gaps" not in opened.extras:
        try:
            _, rows = opened.fetch(
                f"select distinct system, sentence from {DATABASE_ALIAS}.operations.ops_source_gaps order by all"
            )
        except duckdb.CatalogException:
            rows = []
        opened.extras["source_gaps"] = [f"{system} does not record {sentence}." for system, sentence in rows]
    gaps: list[str] = opened.extras["source_gaps"]
    return list(gaps)


def dimension_values(opened: OpenVersion, firm: Firm, dimension: str) -> list[Cell]:
    """Distinct values of a dimension, over every role that it plays for some metric; sorted, None last."""
    catalogue = catalogue_of(opened)
    catalogue.check_dimension(dimension)
    by_semantic_name: dict[str, Metric] = {}
    for metric in catalogue.metrics.values():
        if dimension in metric.semantic_names and not metric.hidden:
            by_semantic_name.setdefault(metric.semantic_names[dimension], metric)
    found: set[Any] = set()
    for semantic_name, metric in by_semantic_name.items():
        if semantic_name.startswith(METRIC_TIME) or "__" not in semantic_name:
            # Periods and entities exist as far as there is something to count in them.
            rows = answer(opened, firm, Query([metric.name], by=[dimension], population="firm")).rows
            found |= {row[dimension] for row in rows}
        else:
            sql = _layer(opened, DEFAULT_CURRENCY_MODE).compile(Request((), (semantic_name,), ()))
            _, values = opened.fetch(sql)
            found |= {as_date(value) for (value,) in values}
    return sorted(found, key=lambda value: (value is None, str(value)))
