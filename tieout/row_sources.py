"""Which published rows a measure adds up, and what to show of them: the `rows` of a semantic model's or metric's meta.

    rows:
      table: fct_time_entry              # published table, one row per primary entity of the semantic model
      key: time_entry_key                # its key; together with `date` for what is taken on days
      date: work_date
      id: time_entry_id                  # the source's id, where it is not source_id
      trace: time_entry_id               # what `tieout trace` takes; absent where there is nothing to walk
      look_up:                           # columns of other published tables, found one after the other
        - {table: dim_employee, by: {"employee_version_key_{mode}": employee_version_key}, columns: [employee_name]}
      show: [employee_name, hours]       # columns for people, in this order
      priced_by: [rate_trace]            # columns that say how the row was priced
      stands_on: [...]                   # rows under these rows, which add up to each of them: see Items

Where the rows are in several tables, `rows` is a list of such descriptions, and each row is in one of the tables.

`{mode}` in a column's name stands for the report mode, `{currency}` for the currency mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tieout.explain_types import NotExplainable, Source
from tieout.published_rows import column_of, quoted, relation_of, resolve, tables
from tieout.serving import OpenVersion, as_date

SOURCE_COLUMNS = ("source_system", "source_object", "source_id", "source_url", "source_file", "source_row")
CURE = "This is a fault of the `rows` in the semantic models, not of the question."


@dataclass(frozen=True)
class LookUp:
    """Columns of another table, found by equality of columns known so far with columns of that table."""

    table: str
    on: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Amount:
    """How an item contributes to a measure.

    Its amount is `of_item`, times the days since `times_days_since` where given, times `sign`. With a `rate` (spot of
    the row's day) the amount is in the transaction currency, in which the items of a row sum to its column `of_row`.
    """

    of_item: str
    of_row: str = ""
    times_days_since: str = ""
    rate: str = ""
    sign: int = 1


@dataclass(frozen=True)
class Rows:
    """Rows of one published table."""

    table: str
    key: str
    date: str
    id: str
    trace: str
    show: tuple[str, ...]
    priced_by: tuple[str, ...]
    look_up: tuple[LookUp, ...]


@dataclass(frozen=True)
class Items:
    """Rows under other rows: those of `rows.table` that equal the row in the columns `match` and, where `live` names
    two columns, live on the row's date. `amounts` says what each is worth, by measure."""

    rows: Rows
    match: Mapping[str, str]
    live: tuple[str, str] | None
    amounts: Mapping[str, Amount]


def rows_of(tables: Sequence[Mapping[str, Any]], metric: str, modes: Mapping[str, str]) -> tuple[Rows, ...]:
    """Read `rows`, `modes` put in for {mode} and {currency}. Raises NotExplainable."""
    try:
        return tuple(_rows(_filled(config, modes)) for config in tables)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotExplainable(
            f"The rows of {metric} are not described as they must be: {error!r}.", CURE
        ) from error


def items_of(
    tables: Sequence[Mapping[str, Any]], metric: str, measure: str, modes: Mapping[str, str]
) -> list[Items]:
    """What stands under the rows of a measure; nothing where they are the finest. Raises NotExplainable."""
    try:
        found = [_items(each) for config in tables for each in _filled(config, modes).get("stands_on", [])]
    except (KeyError, TypeError, AttributeError) as error:
        raise NotExplainable(
            f"What the rows of {metric} stand on is not described as it must be: {error!r}.", CURE
        ) from error
    items = [each for each in found if measure in each.amounts]
    if items and len(tables) > 1:
        raise NotExplainable(f"The rows of {metric} are in several tables and stand on others.", CURE)
    return items


def _rows(config: Mapping[str, Any]) -> Rows:
    return Rows(
        table=config["table"],
        key=config["key"],
        date=config.get("date", ""),
        id=config.get("id", "source_id"),
        trace=config.get("trace", ""),
        show=tuple(config.get("show", ())),
        priced_by=tuple(config.get("priced_by", ())),
        look_up=tuple(
            LookUp(each["table"], each["by"], tuple(each["columns"])) for each in config.get("look_up", ())
        ),
    )


def _items(config: Mapping[str, Any]) -> Items:
    match = config["match"]
    live = config.get("live")
    return Items(
        rows=_rows(config),
        match=match if isinstance(match, Mapping) else {column: column for column in match},
        live=(live[0], live[1]) if live else None,
        amounts={measure: Amount(**amount) for measure, amount in config["amounts"].items()},
    )


def _filled(value: Any, modes: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, mode in modes.items():
            value = value.replace(f"{{{name}}}", mode)
        return value
    if isinstance(value, Mapping):
        return {_filled(name, modes): _filled(each, modes) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, modes) for each in value]
    return value


def table_of(opened: OpenVersion, table: str, columns: Iterable[str] = ()) -> str:
    """A published table as SQL names it, once it is known to have the columns. Raises UnknownName."""
    name = resolve(opened, table)
    for column in columns:
        column_of(name, tables(opened)[name], column)
    return relation_of(name)


def read_rows(
    opened: OpenVersion, rows: Rows, keys: Sequence[str], day: date | None
) -> dict[str, dict[str, Any]]:
    """Rows by key with everything to be shown of them, looked-up columns included."""
    brought = {column for each in rows.look_up for column in each.columns}
    joined = {column for each in rows.look_up for column in each.on}
    wanted = {rows.key, rows.date, rows.id, rows.trace, *rows.show, *rows.priced_by, *joined} - {""}
    name = resolve(opened, rows.table)
    known = tables(opened)[name]
    columns = [column_of(name, known, column) for column in sorted(wanted - brought - {*SOURCE_COLUMNS})]
    columns += [column for column in SOURCE_COLUMNS if column in known]
    on_day = f" and {quoted(rows.date)} = $day" if day else ""
    parameters: dict[str, Any] = {"keys": list(keys), **({"day": day} if day else {})}
    _, found = opened.fetch(
        f"select {', '.join(quoted(column) for column in columns)} from {relation_of(name)}"
        f" where {quoted(rows.key)} in (select unnest($keys)){on_day}",
        parameters,
    )
    by_key: dict[str, dict[str, Any]] = {}
    for row in found:
        values = {column: as_date(value) for column, value in zip(columns, row, strict=True)}
        by_key[values[rows.key]] = values
    for look_up in rows.look_up:
        _look_up(opened, look_up, list(by_key.values()))
    return by_key


def _look_up(opened: OpenVersion, look_up: LookUp, rows: Sequence[dict[str, Any]]) -> None:
    """Add the columns to the rows; a value that a row has already stays."""
    table = table_of(opened, look_up.table, [*look_up.on.values(), *look_up.columns])
    asked = {
        key: None for row in rows if None not in (key := tuple(row.get(column) for column in look_up.on))
    }
    if not asked:
        return
    marks = {f"k{i}": [key[i] for key in asked] for i in range(len(look_up.on))}
    wanted = ", ".join(f"unnest($k{i}) as k{i}" for i in range(len(look_up.on)))
    joined = " and ".join(
        f"found.{quoted(column)} = wanted.k{i}" for i, column in enumerate(look_up.on.values())
    )
    names = [*(f"wanted.k{i}" for i in range(len(look_up.on)))]
    names += [f"found.{quoted(column)}" for column in look_up.columns]
    _, found = opened.fetch(
        f"select {', '.join(names)} from (select {wanted}) as wanted inner join {table} as found on {joined}",
        marks,
    )
    values = {row[: len(look_up.on)]: row[len(look_up.on) :] for row in found}
    for row in rows:
        got = values.get(tuple(row.get(column) for column in look_up.on))
        for column, value in zip(look_up.columns, got or [None] * len(look_up.columns), strict=True):
            if row.get(column) is None:
                row[column] = as_date(value)


def source_of(rows: Rows, values: Mapping[str, Any]) -> Source:
    """Where a row says that it comes from."""
    return Source(
        system=values.get("source_system"),
        object=values.get("source_object"),
        id=values.get(rows.id),
        file=values.get("source_file"),
        row=values.get("source_row"),
        url=values.get("source_url"),
    )
