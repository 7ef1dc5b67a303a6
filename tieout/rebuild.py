"""How far a build may spare what has not changed: what it is told before, and what became of each table.

macros/portable/rebuild.sql decides table by table. It is told which changed relations a table is made of and which records
of raw history are new or closed since the version that the build starts from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from tieout.build_database import open_build

SCHEMA = "rebuild"
# where a greater share of a table's rows is touched, it is made anew as a whole
MOST_ROWS_PCT = 30
# what descends from an object with fewer records is made anew in less time than it takes to ask what of it is touched
LEAST_RECORDS = 100_000
# which columns of an input matter; None: all of them
Columns = frozenset[str] | None
# a table's own statement is another, or reads what is not followed: it is made anew as a whole
OWN = "own.own"
# a table's own statement names the as-of date
AS_OF = "own.as_of"
_RAW = "raw_"


@dataclass(frozen=True)
class Outcome:
    """`same`: tables whose content is what it was, as `schema.table`. `rows`: of tables of which some rows were replaced,
    the relations that hold those that went and those that came."""

    same: frozenset[str] = frozenset()
    rows: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def raw_input(raw_object: str) -> str:
    """The name under which the records of a raw object, of whatever system, are an input."""
    return f"raw.{_RAW}{raw_object}"


def prepare(
    database: Path,
    inputs: Mapping[str, Mapping[str, Columns]],
    now: Mapping[str, str],
    before: Mapping[str, str],
    as_of: tuple[str, str],
) -> dict[str, Any]:
    """What the macros read and write as `graph.rebuild`: what each table and test is made of, which raw records differ, and
    what became of each table. The records themselves lie in schema `rebuild`. `now` and `before` are the states of raw
    tables (tieout.stale.raw_state), `as_of` the days of which the version before and this one speak."""
    states: dict[str, str] = {}
    with open_build(database, read_only=False) as connection:
        forget(connection)
        connection.execute(f"create schema {SCHEMA}")
        for name in sorted(
            {name for made_of in inputs.values() for name in made_of if name.startswith("raw.")}
        ):
            table = name.split(".", 1)[1]
            if _differing_records(connection, table, now, before):
                states[table] = "rows"
        if as_of[0] != as_of[1] and any(_records(state) >= LEAST_RECORDS for state in now.values()):
            states["as_of"] = "rows"
            for side, day in zip(("was", "now"), as_of, strict=True):
                connection.execute(
                    f"create table {SCHEMA}.as_of__{side} as select cast(? as date) as as_of", [day]
                )
    return {
        "inputs": {
            relation: {
                name.split(".", 1)[1]: None if columns is None else ", ".join(sorted(columns))
                for name, columns in sorted(made_of.items())
            }
            for relation, made_of in inputs.items()
        },
        "states": states,
        "decided": {},
        "most_rows_pct": MOST_ROWS_PCT,
    }


def outcome(told: Mapping[str, Any]) -> Outcome:
    """What became of the tables of a build that was told what `prepare` gave."""
    states = {relation: told["states"].get(relation.split(".", 1)[1]) for relation in told["inputs"]}
    return Outcome(
        same=frozenset(relation for relation, state in states.items() if state == "same"),
        rows={
            relation: (_kept(relation, "was"), _kept(relation, "now"))
            for relation, state in states.items()
            if state == "rows"
        },
    )


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave nothing of it in the version that is published."""
    connection.execute(f"drop schema if exists {SCHEMA} cascade")


def _kept(relation: str, side: str) -> str:
    return f'{SCHEMA}."{relation.split(".", 1)[1]}__{side}"'


def _differing_records(
    connection: duckdb.DuckDBPyConnection, name: str, now: Mapping[str, str], before: Mapping[str, str]
) -> bool:
    """Keep the native keys of records that are new, changed or closed since; False where that cannot be told."""
    raw_object = name.removeprefix(_RAW)
    records = sum(_records(state) for table, state in now.items() if table.split(".", 1)[1] == raw_object)
    if records < LEAST_RECORDS:
        return False
    for side in ("was", "now"):
        connection.execute(
            f'create table {SCHEMA}."{name}__{side}" (source_system varchar, native_key varchar)'
        )
    for table in _changed_tables(raw_object, now, before):
        if table not in now or table not in before:
            return False
        columns, count, *_ = now[table].split("|")
        columns_before, count_before, opened, _, closed, _ = before[table].split("|")
        since = max(moment for moment in (opened, closed, "") if moment != "None")
        if columns != columns_before or not since:
            return False
        schema, _, _ = table.partition(".")
        relation = f'"{schema}"."{raw_object}"'
        added = connection.execute(
            f"select count(*) from {relation} where _known_from > cast(? as timestamp)", [since]
        ).fetchone()
        if added != (int(count) - int(count_before),):
            return False
        connection.execute(
            f'insert into {SCHEMA}."{name}__now" select distinct ?, _native_key from {relation}'
            " where _known_from > cast(? as timestamp) or _known_to > cast(? as timestamp)",
            [schema.removeprefix("raw_"), since, since],
        )
    return True


def _records(state: str) -> int:
    return int(state.split("|")[1])


def _changed_tables(raw_object: str, now: Mapping[str, str], before: Mapping[str, str]) -> Iterator[str]:
    for table in sorted(now.keys() | before.keys()):
        if table.split(".", 1)[1] == raw_object and now.get(table) != before.get(table):
            yield table
