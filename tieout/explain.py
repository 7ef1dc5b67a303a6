"""From a number to the rows that make it, and from them to their sources.

There is no second definition of a metric here: the rows of a metric are the metric itself, compiled by MetricFlow under
the same conditions and grouped by the key of the rows that its measure adds up. What is summed again is what these
rows contribute, as far as they are found in the published tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout import metric_query, report_ties
from tieout.amounts import exact_text, metric_value
from tieout.asked_period import until_as_of
from tieout.explain_types import ExplainedRow, Explanation, NotExplainable
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import ADDITIVE, Catalogue, Metric
from tieout.metrics_types import BadFilter, Cell, Query, Result
from tieout.published_rows import quoted
from tieout.row_sources import Amount, Items, Rows, items_of, read_rows, rows_of, source_of, table_of
from tieout.semantic import Request, SemanticLayer, readable, used_parameters
from tieout.serving import OpenVersion, minor_units

DEFAULT_LIMIT = 20
_SIX_DECIMALS = Decimal("0.000001")

Number = Decimal | float | int | None


@dataclass(frozen=True)
class _Question:
    """What is explained, once for a number and all of its parts."""

    opened: OpenVersion
    query: Query
    population: str
    limit: int
    result: Result
    layer: SemanticLayer
    days: metric_query.BalanceDays
    catalogue: Catalogue

    @property
    def modes(self) -> dict[str, str]:
        """What {mode} and {currency} stand for; what a close froze carries the keys of as_was."""
        mode = "as_was" if self.query.mode == "as_reported" else self.query.mode
        return {"mode": mode, "currency": self.query.currency}


@dataclass(frozen=True)
class _Found:
    """Rows that contribute: the largest of them, how many there are and what they sum to, and what is wrong."""

    table: str
    rows: tuple[ExplainedRow, ...]
    count: int
    total: Number
    under: str
    problem: str


def explain(opened: OpenVersion, firm: Firm, query: Query, limit: int = DEFAULT_LIMIT) -> Explanation:
    """Explain the one metric or report of the query. Raises what a query raises, and NotExplainable."""
    if len(query.metrics) != 1 or query.by:
        raise BadFilter(
            "One number is explained at a time.", "Name one metric, and filter instead of grouping."
        )
    if limit < 0:
        raise BadFilter("A limit cannot be negative.")
    catalogue = metric_query.catalogue_of(opened)
    metrics = catalogue.expand(query.metrics)
    explained = [
        _explain_metric(opened, firm, replace(query, limit=None), metric, limit) for metric in metrics
    ]
    name = query.metrics[0]
    if name not in catalogue.reports:
        return explained[0]
    entry = catalogue.describe(name)
    agrees = all(part.agrees for part in explained)
    words = "each is the sum of its rows." if agrees else "NOT EVERY LINE IS THE SUM OF ITS ROWS."
    if (tie := report_ties.tie_of(query, catalogue)) is not None:
        # lines may each be the sum of their rows and yet not lead from the opening to the closing
        words += "".join(
            f" {note}"
            for note in metric_query.answer(opened, firm, replace(query, limit=None)).notes
            if f"({tie.left})" in note
        )
    return replace(
        explained[0],
        metric=name,
        label=entry.label,
        definition=entry.description,
        formula="",
        value=None,
        exact=None,
        sql=";\n\n".join(part.sql for part in explained),
        rows_sql="",
        table="",
        rows=(),
        row_count=0,
        row_sum=None,
        parts=tuple(explained),
        agrees=agrees,
        closing=f"{len(explained)} lines: {words}",
    )


def _explain_metric(opened: OpenVersion, firm: Firm, query: Query, metric: Metric, limit: int) -> Explanation:
    query = replace(query, metrics=[metric.name])
    result = metric_query.answer(opened, firm, query)
    query = until_as_of(query, result.as_of)
    question = _Question(
        opened=opened,
        query=query,
        population=metric_query.population_of(firm, query),
        limit=limit,
        result=result,
        layer=metric_query.layer_of(opened, query, [metric]),
        days=metric_query.days_of(opened, query, [metric]),
        catalogue=metric_query.catalogue_of(opened),
    )
    return replace(_of(question, metric, ()), notes=tuple(result.notes))


def _of(question: _Question, metric: Metric, filters: tuple[str, ...]) -> Explanation:
    """A metric under the conditions of the question and, as an input of another, under `filters`."""
    sql, parameters, shown_sql = _compiled(question, metric, (), filters)
    _, rows = metric_query.fetch(question.opened, sql, parameters, question.query)
    exact: Number = rows[0][0] if rows else None
    code = question.result.currency_code
    value = metric_value(exact, metric.unit, code, minor_units(question.opened))
    if not question.result.rows:
        value = exact = None
    explained = _blank(question, metric, value, exact, shown_sql)
    if metric.composition.inputs:
        return _from_parts(question, metric, filters, explained)
    if metric.composition.type != "simple":
        raise NotExplainable(
            f"{metric.name} is a {metric.composition.type} metric, whose rows cannot be listed."
        )
    return _from_rows(question, metric, filters, explained)


def _compiled(
    question: _Question, metric: Metric, group_by: tuple[str, ...], filters: tuple[str, ...]
) -> tuple[str, dict[str, Any], str]:
    """A metric's statement with its parameters, and to be read."""
    templates, values = metric_query.conditions_of(metric, question.query, question.population, question.days)
    sql = question.layer.compile(Request((metric.name,), group_by, (*templates, *filters)))
    return sql, used_parameters(sql, values), readable(sql, values)


def _blank(question: _Question, metric: Metric, value: Cell, exact: Number, sql: str) -> Explanation:
    result = question.result
    return Explanation(
        metric=metric.name,
        label=metric.label,
        definition=metric.description,
        formula=metric.formula,
        unit=metric.unit,
        owner=metric.owner,
        value=value,
        exact=exact,
        currency_code=result.currency_code if metric.counts_money else None,
        slice=_words(question, metric),
        sql=sql,
        rows_sql="",
        table="",
        rows=(),
        row_count=0,
        row_sum=None,
        parts=(),
        agrees=True,
        closing="",
        version=result.version,
        as_of=result.as_of,
        mode=result.mode,
        currency=result.currency,
        population=result.population,
    )


def _words(question: _Question, metric: Metric) -> tuple[str, ...]:
    """The slice in plain words."""
    query = question.query
    words = []
    for condition in query.where:
        values = [str(value) for value in condition.values]
        between = " and " if condition.operator == "between" else ", "
        words.append(f"{condition.name} {condition.operator} {between.join(values)}")
    on_days = question.days.get(metric.opens) if metric.is_balance else None
    if on_days is not None:
        place = "beginning" if metric.opens else "end"
        words.append(f"at the {place} of {on_days[0]}" if on_days else "on no day")
    else:
        words.append(question.result.period.words())
    words.append(
        {"as_was": "as it was then (as_was)", "as_is": "as it is now (as_is)"}.get(query.mode, query.mode)
    )
    if metric.counts_money:
        code = question.result.currency_code
        words.append(f"in {query.currency} currency{f' ({code})' if code else ''}")
    if question.result.population and metric.has_population:
        words.append(f"population {question.result.population}")
    return tuple(words)


def _from_parts(
    question: _Question, metric: Metric, filters: tuple[str, ...], explained: Explanation
) -> Explanation:
    """Explain the inputs, and compute the number from them again."""
    composition = metric.composition
    parts = []
    for given in composition.inputs:
        if given.is_offset:
            raise NotExplainable(
                f"{metric.name} looks at {given.name} of another period: explain that metric there."
            )
        parts.append(
            _of(
                question,
                question.catalogue.input_of(metric, given),
                (*filters, *composition.filters, *given.filters),
            )
        )
    again = _recomputed(question, metric, parts)
    same = _same(explained.exact, again) or explained.exact is None
    wrong = [part.metric for part in parts if not part.agrees]
    unit = metric.unit
    words = " and ".join(f"{part.metric} {_text(part.exact)}" for part in parts)
    if wrong:
        closing = f"DOES NOT ADD UP: {' and '.join(wrong)} is not the sum of its rows."
    elif not same:
        closing = f"DOES NOT ADD UP: {words} give {_text(again)}, the number is {_text(explained.exact)}."
    elif explained.exact is None:
        closing = f"{words}: nothing to divide by, so there is no number."
    else:
        shown = f"{float(again or 0) * 100:.4f} %" if unit == "ratio" else _text(again)
        closing = f"{words} give {shown}: the number above."
    return replace(explained, parts=tuple(parts), agrees=same and not wrong, closing=closing)


def _recomputed(question: _Question, metric: Metric, parts: Sequence[Explanation]) -> Number:
    """The number from the sums of its parts' rows, by the metric's own expression."""
    values = [_total(part) for part in parts]
    if metric.composition.type == "ratio":
        above, below = values
        return float(above) / float(below) if above is not None and below else None
    names = [quoted(given.alias) for given in metric.composition.inputs]
    columns = ", ".join(
        f"cast($p{i} as {'double' if isinstance(value, float) else 'decimal(38, 6)'}) as {name}"
        for i, (name, value) in enumerate(zip(names, values, strict=True))
    )
    _, rows = question.opened.fetch(
        f"select {metric.composition.expression} from (select {columns}) as inputs",
        {f"p{i}": value for i, value in enumerate(values)},
    )
    number: Number = rows[0][0]
    return number


def _total(part: Explanation) -> Number:
    """What the rows of a part sum to; 0 and nothing are told apart as the metric does."""
    if part.parts:
        return part.exact
    return part.row_sum if part.row_count else part.exact


def _from_rows(
    question: _Question, metric: Metric, filters: tuple[str, ...], explained: Explanation
) -> Explanation:
    """Explain a sum by its rows."""
    composition = metric.composition
    if composition.aggregation not in ADDITIVE:
        raise NotExplainable(
            f"{metric.name} is no sum of rows ({composition.aggregation}), so there are none that add up to it."
        )
    if not composition.row_entity or not composition.rows:
        raise NotExplainable(
            f"The semantic model of {metric.name} does not say which rows it adds up.",
            "docs/how-to/add-a-metric.md tells what to add.",
        )
    rows = rows_of(composition.rows, metric.name, question.modes)
    items = items_of(composition.rows, metric.name, composition.measure, question.modes)
    sql, parameters, shown_sql = _compiled(question, metric, (composition.row_entity,), filters)
    contributions = (
        f"select {quoted(composition.row_entity)} as row_key, {quoted(metric.name)} as contribution"
        f" from ({sql}) as by_row where {quoted(metric.name)} <> 0"
    )
    on_days = question.days.get(metric.opens) if metric.is_balance else None
    day = on_days[0] if on_days else None
    if day and metric.opens:
        day -= timedelta(days=1)  # what a day opens with stood at the end of the day before
    if items:
        found = _find_items(question, rows[0], items, composition.measure, contributions, parameters, day)
    else:
        found = _find_rows(question, rows, contributions, parameters, day)
    agrees = not found.problem and _same(explained.exact or 0, found.total or 0)
    closing = _closing(explained, found, agrees)
    converted = metric.is_balance or any(each.amounts[composition.measure].rate for each in items)
    if metric.counts_money and question.query.currency != "transaction" and converted:
        closing += _unconverted(question, rows, sql, parameters, metric)
    return replace(
        explained,
        rows_sql=shown_sql,
        table=found.table,
        rows=found.rows,
        row_count=found.count,
        row_sum=found.total,
        agrees=agrees,
        closing=closing,
    )


def _unconverted(
    question: _Question, rows: Sequence[Rows], sql: str, parameters: dict[str, Any], metric: Metric
) -> str:
    """Rows that a currency mode leaves out, said beside the sum that lacks them."""
    statement = f"select count(*) from ({sql}) as by_row where {quoted(metric.name)} is null"
    _, counted = metric_query.fetch(question.opened, statement, parameters, question.query)
    count = counted[0][0]
    if not count:
        return ""
    table = _names(rows)
    subject = f"{count:,} rows of {table} have" if count > 1 else f"1 row of {table} has"
    return f" Not in it: {subject} no exchange rate to {question.query.currency} currency."


def _find_rows(
    question: _Question,
    rows: Sequence[Rows],
    contributions: str,
    parameters: dict[str, Any],
    day: date | None,
) -> _Found:
    """The rows themselves: counted and summed as far as the published tables have them."""
    published = " union all ".join(
        f"select {quoted(each.key)} as found_key from {table_of(question.opened, each.table, [each.key])}"
        + (f" where {quoted(each.date)} = $day" if day else "")
        for each in rows
    )
    given = {**parameters, **({"day": day} if day else {})}
    _, sums = metric_query.fetch(
        question.opened,
        f"with contributions as ({contributions}), published as ({published})"
        " select (select count(*) from contributions), count(*), sum(contribution)"
        " from contributions inner join published on row_key = found_key",
        given,
        question.query,
    )
    expected, count, total = sums[0]
    table = _names(rows)
    has = "has" if len(rows) == 1 else "have"
    problem = "" if count == expected else f"{expected} rows contribute, {table} {has} {count} of them"
    _, largest = question.opened.fetch(
        f"select row_key, contribution from ({contributions}) as contributions"
        f" order by abs(contribution) desc, row_key limit {int(question.limit)}",
        parameters,
    )
    keys = [key for key, _ in largest]
    contribution_of = dict(largest)
    shown = {
        key: _row(each, key, contribution_of[key], values)
        for each in rows
        for key, values in read_rows(question.opened, each, keys, day).items()
    }
    in_order = tuple(shown[key] for key in keys if key in shown)
    return _Found(table, in_order, count, total, "", problem)


def _names(rows: Sequence[Rows]) -> str:
    return " and ".join(each.table for each in rows)


def _find_items(
    question: _Question,
    rows: Rows,
    items: Sequence[Items],
    measure: str,
    contributions: str,
    parameters: dict[str, Any],
    day: date | None,
) -> _Found:
    """What the rows stand on. Every row must be the sum of its items, to the last decimal."""
    _, by_row = metric_query.fetch(question.opened, contributions, parameters, question.query)
    expected = dict(by_row)
    reached = dict.fromkeys(expected, Decimal(0))
    found: list[tuple[Items, str, Decimal]] = []
    wrong: set[str] = set()
    for each in items:
        amount = each.amounts[measure]
        sql = _items_sql(question, rows, each, amount, contributions, day)
        _, lines = question.opened.fetch(sql, {**parameters, **({"day": day} if day else {})})
        row_key, running, converted = None, Decimal(0), Decimal(0)
        for key, of_row, rate, item_key, of_item, days in lines:
            if key != row_key:
                row_key, running, converted = key, Decimal(0), Decimal(0)
            running += of_item * days * amount.sign
            # What is rounded away of one item is carried to the next, so that the items of a row sum to the row.
            before, converted = converted, (running * rate).quantize(_SIX_DECIMALS, ROUND_HALF_UP)
            reached[key] += converted - before
            if converted != before:
                found.append((each, item_key, converted - before))
            # The last item decides: until then the sum has not been reached.
            (wrong.add if amount.of_row and running != of_row else wrong.discard)(key)
    wrong |= {key for key, total in reached.items() if total != expected[key]}
    found.sort(key=lambda item: (-abs(item[2]), item[1]))
    largest = found[: question.limit]
    values: dict[int, dict[str, dict[str, Any]]] = {}
    for each in items:
        keys = [key for of, key, _ in largest if of is each]
        values[id(each)] = read_rows(question.opened, each.rows, keys, None) if keys else {}
    shown = [_row(of.rows, key, contribution, values[id(of)][key]) for of, key, contribution in largest]
    problem = (
        f"{len(wrong)} of {len(expected)} rows of {rows.table} are not the sum of what they stand on"
        if wrong
        else ""
    )
    total = sum((contribution for _, _, contribution in found), Decimal(0))
    names = " and ".join(dict.fromkeys(each.rows.table for each in items))
    under = f"{len(expected):,} row{'s' if len(expected) != 1 else ''} of {rows.table}"
    return _Found(names, tuple(shown), len(found), total, under, problem)


def _items_sql(
    question: _Question, rows: Rows, items: Items, amount: Amount, contributions: str, day: date | None
) -> str:
    """Items with their rows, the items of a row one after the other."""
    own = [*items.match, rows.key, *([rows.date] if day or items.live or amount.rate else [])]
    own += [amount.of_row] if amount.of_row else []
    row_table = table_of(question.opened, rows.table, own)
    used = [items.rows.key, amount.of_item, *items.match.values(), *(items.live or ())]
    used += [amount.times_days_since] if amount.times_days_since else []
    item_table = table_of(question.opened, items.rows.table, used)
    date_of_row = f"rows.{quoted(rows.date)}"
    joined = [f"rows.{quoted(a)} is not distinct from items.{quoted(b)}" for a, b in items.match.items()]
    if items.live:
        live_from, live_to = items.live
        joined += [f"items.{quoted(live_from)} <= {date_of_row}", f"items.{quoted(live_to)} > {date_of_row}"]
    days = (
        f"date_diff('day', items.{quoted(amount.times_days_since)}, {date_of_row})"
        if amount.times_days_since
        else "1"
    )
    rate, rates = "1", ""
    if amount.rate and question.query.currency != "transaction":
        to = f"rows.{quoted('currency_' + question.query.currency)}"
        rate = f"case when rows.currency_transaction = {to} then 1 else rates.rate end"
        constant = question.query.currency == "constant"
        on_day = "" if constant else f" and rates.rate_date = {date_of_row}"
        rates = (
            f" left join {table_of(question.opened, 'dim_fx_rate')} as rates"
            f" on rates.rate_type = {_literal('constant' if constant else amount.rate)}"
            f" and rates.from_currency = rows.currency_transaction and rates.to_currency = {to}{on_day}"
        )
    of_row = f"rows.{quoted(amount.of_row)}" if amount.of_row else "null"
    on_row_day = f" and {date_of_row} = $day" if day else ""
    return (
        f"with contributions as ({contributions})"
        f" select row_key, {of_row}, {rate}, items.{quoted(items.rows.key)}, items.{quoted(amount.of_item)}, {days}"
        f" from contributions inner join {row_table} as rows on row_key = rows.{quoted(rows.key)}{on_row_day}"
        f" inner join {item_table} as items on {' and '.join(joined)}{rates}"
        f" where items.{quoted(amount.of_item)} is not null"
        f" order by row_key, items.{quoted(items.rows.key)}"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _row(rows: Rows, key: str, contribution: Any, values: dict[str, Any]) -> ExplainedRow:
    source = source_of(rows, values)
    id_of = values.get(rows.trace) if rows.trace else None
    return ExplainedRow(
        key=key,
        contribution=contribution,
        date=values.get(rows.date),
        columns={column: values.get(column) for column in rows.show},
        priced_by={column: values[column] for column in rows.priced_by if values.get(column) is not None},
        source=source,
        trace=(f"{source.system}:{id_of}" if source.system else str(id_of)) if id_of is not None else None,
    )


def _same(left: Number, right: Number) -> bool:
    """Equal to the last decimal; what has been divided, as far as floating point goes."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, float) or isinstance(right, float):
        return math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)
    return left == right


def _closing(explained: Explanation, found: _Found, agrees: bool) -> str:
    if not found.count and agrees:
        number = "there is no number" if explained.exact is None else "the number is 0"
        return f"No row contributes: {number}."
    kind = f"{found.count:,} row{'s' if found.count != 1 else ''} of {found.table}"
    if found.under:
        kind += f" under {found.under}"
    total = _text(found.total)
    if not agrees:
        difference = _text(Decimal(str(found.total or 0)) - Decimal(str(explained.exact or 0)))
        reason = f" {found.problem}." if found.problem else ""
        return (
            f"DOES NOT SUM: {kind} sum to {total}, the number is {_text(explained.exact)} (difference {difference})."
            f"{reason}"
        )
    if isinstance(explained.value, Decimal) and explained.value != explained.exact:
        total += f", rounded {explained.value:,f}"
    if len(found.rows) < found.count:
        part = _text(sum((row.contribution for row in found.rows), Decimal(0)))
        largest = f"The {len(found.rows)} largest of {kind} sum to {part}; all" if found.rows else "All"
        amount = f"{found.count:,}" if found.rows else kind
        return f"{largest} {amount} sum to {total}: the number above."
    verb = "sum to" if found.count != 1 else "is"
    return f"{kind} {verb} {total}: the number above."


def _text(value: Number) -> str:
    return "nothing" if value is None else exact_text(value)
