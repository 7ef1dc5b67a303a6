"""Metrics as tables of the published version: what `tieout query` answers by month, practice and entity, for SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tieout import metric_query
from tieout.build_database import open_build
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import Catalogue, Metric
from tieout.metrics_types import Cell, Query
from tieout.paths import DATABASE_ALIAS, DATABASE_FILE
from tieout.publish import Version
from tieout.published_rows import quoted
from tieout.serving import OpenVersion, attach_read_only, texts

SCHEMA = "metrics"
MODE, CURRENCY = "as_was", "reporting"
# Table to the dimensions that its rows are of. A metric that lacks one of the last is not in that table.
TABLES: Mapping[str, tuple[str, ...]] = {
    "monthly": ("month", "practice", "entity"),
    "monthly_by_contract_type": ("month", "practice", "entity", "contract_type"),
}
DESCRIPTIONS = {
    "metric": "Name of the metric.",
    "month": "First day of the month; a balance is that of its last day, at most the as-of date.",
    "practice": "Practice in force at the time, that the metric belongs to.",
    "entity": "Legal entity in force at the time, that the metric belongs to.",
    "contract_type": "Type of the contract line.",
    "value": "The value; a sum of zero has no row. Ratios cannot be added or averaged over rows; balances cannot be added over months.",
    "unit": "money, hours, ratio, count or days.",
    "currency": "Reporting currency of an amount.",
}
# Ratios keep ten decimals, whole numbers up to 28 digits.
VALUE_TYPE = "decimal(38, 10)"
_MEMORY = "2GB"


@dataclass(frozen=True)
class _Value:
    metric: Metric
    dimensions: tuple[Cell, ...]
    value: Cell


def write(built: Path, firm: Firm, data: Mapping[str, Any]) -> int:
    """Write the tables and a view per metric into the database of a version that is about to be published; number of
    rows. `data` is what its version.json will say of the version itself."""
    database = built / DATABASE_FILE
    opened = OpenVersion(
        Version("building", built, data),
        attach_read_only(database, _MEMORY),
        texts(built),
        firm.home.statements,
    )
    with closing(opened.connection):
        catalogue = metric_query.catalogue_of(opened)
        found = {
            table: list(_values(opened, firm, catalogue, dimensions)) for table, dimensions in TABLES.items()
        }
    with open_build(database, read_only=False) as connection:
        connection.execute("begin")
        connection.execute(f"drop schema if exists {SCHEMA} cascade")
        connection.execute(f"create schema {SCHEMA}")
        for table, dimensions in TABLES.items():
            _table(connection, table, dimensions, found[table], firm.reporting_currency)
        for metric in _metrics(catalogue, TABLES["monthly"]):
            _view(connection, metric, TABLES["monthly"])
        connection.execute("commit")
        connection.execute("checkpoint")
    return sum(len(values) for values in found.values())


def _metrics(catalogue: Catalogue, dimensions: Sequence[str]) -> list[Metric]:
    return [
        metric
        for metric in catalogue.metrics.values()
        if not metric.hidden
        and "report_mode" in metric.entities
        and all(name in metric.semantic_names for name in dimensions)
    ]


def _values(
    opened: OpenVersion, firm: Firm, catalogue: Catalogue, dimensions: tuple[str, ...]
) -> Iterator[_Value]:
    """Every value that the metrics service answers for these dimensions. One question, so that metrics that can be
    compiled together are."""
    metrics = _metrics(catalogue, dimensions)
    if not metrics:
        return
    query = Query([metric.name for metric in metrics], by=dimensions, mode=MODE, currency=CURRENCY)
    for row in metric_query.answer(opened, firm, query).rows:
        key = tuple(row[name] for name in dimensions)
        for metric in metrics:
            value = row[metric.name]
            # A sum asked beside others is 0 wherever one of these has a row: nothing, and no row of its own.
            if value is not None and (value != 0 or metric.unit == "ratio"):
                yield _Value(metric, key, value)


def _table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    dimensions: Sequence[str],
    values: Sequence[_Value],
    currency: str,
) -> None:
    columns: dict[str, str] = {"metric": "varchar"}
    columns |= {name: "date" if name == "month" else "varchar" for name in dimensions}
    columns |= {"value": VALUE_TYPE, "unit": "varchar", "currency": "varchar"}
    relation = f"{DATABASE_ALIAS}.{SCHEMA}.{table}"
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create table {relation} ({typed})")
    rows = [
        (
            each.metric.name,
            *(_text(cell) for cell in each.dimensions),
            _text(each.value),
            each.metric.unit,
            currency if each.metric.is_money else None,
        )
        for each in values
    ]
    if rows:
        marks = ", ".join(f"unnest($c{place}::varchar[])" for place in range(len(columns)))
        lists = {f"c{place}": [row[place] for row in rows] for place in range(len(columns))}
        casts = ", ".join(f"cast({name} as {kind})" for name, kind in columns.items())
        connection.execute(
            f"insert into {relation} select {casts} from (select {marks}) as given ({', '.join(columns)})",
            lists,
        )
    grain = " × ".join(("metric", *dimensions))
    _comment(
        connection, "table", relation, f"{grain}: what `tieout query` answers, {MODE}, {CURRENCY} currency."
    )
    for name in columns:
        _comment(connection, "column", f"{relation}.{name}", DESCRIPTIONS[name])


def _view(connection: duckdb.DuckDBPyConnection, metric: Metric, dimensions: Sequence[str]) -> None:
    """One metric under its own name: the column of its values is named so too."""
    relation = f"{DATABASE_ALIAS}.{SCHEMA}.{quoted(metric.name)}"
    kind = "double" if metric.unit == "ratio" else "decimal(28, 6)"
    connection.execute(
        f"create view {relation} as select {', '.join(dimensions)}, cast(value as {kind}) as {quoted(metric.name)}"
        f" from {DATABASE_ALIAS}.{SCHEMA}.monthly where metric = {_literal(metric.name)}"
    )
    _comment(connection, "view", relation, metric.description)


def _comment(connection: duckdb.DuckDBPyConnection, what: str, name: str, text: str) -> None:
    connection.execute(f"comment on {what} {name} is {_literal(text)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(cell: Cell) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.12f}" if isinstance(cell, float) else str(cell)
