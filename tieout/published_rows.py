"""Rows of published tables, for lists and drill-down: allow-listed names, values always bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from tieout.conditions import check_operator
from tieout.metrics_catalogue import unknown
from tieout.metrics_types import BadFilter, Filter, RowsResult, UnknownName
from tieout.paths import DATABASE_ALIAS
from tieout.serving import OpenVersion

MAX_ROWS = 100_000
PUBLISHED_SCHEMAS = ("canonical", "identity", "marts", "metrics", "operations", "reconciliation", "reference")


def tables(opened: OpenVersion) -> Mapping[str, Mapping[str, str]]:
    """Published tables: `schema.table` to its columns and their types."""
    if "tables" not in opened.extras:
        marks = ", ".join("?" for _ in PUBLISHED_SCHEMAS)
        _, rows = opened.fetch(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            f" where database_name = ? and schema_name in ({marks}) and not internal"
            " order by schema_name, table_name, column_index",
            [DATABASE_ALIAS, *PUBLISHED_SCHEMAS],
        )
        found: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in rows:
            found.setdefault(f"{schema}.{table}", {})[column] = kind
        opened.extras["tables"] = found
    listed: Mapping[str, Mapping[str, str]] = opened.extras["tables"]
    return listed


def read(
    opened: OpenVersion,
    table: str,
    columns: Sequence[str] | None,
    where: Sequence[Filter],
    order_by: Sequence[str],
    limit: int,
    offset: int,
) -> RowsResult:
    """Rows of one table. Raises UnknownName or BadFilter."""
    if not 0 <= limit <= MAX_ROWS or offset < 0:
        raise BadFilter(f"limit must lie between 0 and {MAX_ROWS}, and offset cannot be negative.")
    name = resolve(opened, table)
    known = tables(opened)[name]
    chosen = list(known) if columns is None else [column_of(name, known, column) for column in columns]
    if not chosen:
        raise BadFilter(f"Name at least one column of {name}.")
    clause, parameters = conditions(opened, name, where)
    relation = relation_of(name)
    order = [
        f"{quoted(column_of(name, known, column.removeprefix('-')))}{' desc' if column.startswith('-') else ''} nulls last"
        for column in order_by
    ]
    ordering = f" order by {', '.join(order)}" if order else ""
    try:
        _, total = opened.fetch(f"select count(*) from {relation}{clause}", parameters)
        _, rows = opened.fetch(
            f"select {', '.join(quoted(column) for column in chosen)} from {relation}{clause}{ordering}"
            f" limit {int(limit)} offset {int(offset)}",
            parameters,
        )
    except duckdb.ConversionException as error:
        raise BadFilter(f"A value does not fit its column of {name}: {str(error).splitlines()[0]}") from error
    return RowsResult(
        table=name,
        columns=tuple(chosen),
        rows=[dict(zip(chosen, row, strict=True)) for row in rows],
        total=total[0][0],
        version=opened.version.id,
    )


def conditions(opened: OpenVersion, table: str, where: Sequence[Filter]) -> tuple[str, list[Any]]:
    """The filters as a where clause, empty without any, and the values to bind. Raises UnknownName and BadFilter."""
    name = resolve(opened, table)
    known = tables(opened)[name]
    parameters: list[Any] = []
    held = [_condition(name, known, condition, parameters) for condition in where]
    return (f" where {' and '.join(held)}" if held else ""), parameters


def relation_of(name: str) -> str:
    """A resolved table as SQL names it."""
    return ".".join(quoted(part) for part in (DATABASE_ALIAS, *name.split(".", 1)))


def resolve(opened: OpenVersion, table: str) -> str:
    """`schema.table` of a published table. Raises UnknownName."""
    known = tables(opened)
    if table in known:
        return table
    matches = [name for name in known if name.split(".", 1)[1] == table]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UnknownName(f"There are several tables {table!r}.", f"Name one of {', '.join(matches)}.")
    bare = [name.split(".", 1)[1] for name in known]
    raise unknown("published table", table, [*known, *bare], "Published tables are listed in the docs")


def column_of(table: str, known: Mapping[str, str], column: str) -> str:
    """The column's name, known to exist. Raises UnknownName."""
    if column not in known:
        raise unknown(f"column of {table} named", column, known, f"Columns: {', '.join(known)}")
    return column


def _condition(table: str, known: Mapping[str, str], condition: Filter, parameters: list[Any]) -> str:
    check_operator(condition)
    column = column_of(table, known, condition.name)
    name = quoted(column)
    mark = f"cast(? as {known[column]})"
    parameters.extend(condition.values)
    marks = ", ".join(mark for _ in condition.values)
    match condition.operator:
        case "between":
            return f"{name} between {mark} and {mark}"
        case "in":
            return f"{name} in ({marks})"
        case "not in" | "!=":
            return f"({name} is null or {name} not in ({marks}))"
        case operator:
            return f"{name} {operator} {mark}"


def quoted(identifier: str) -> str:
    """An identifier as SQL takes it, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'
