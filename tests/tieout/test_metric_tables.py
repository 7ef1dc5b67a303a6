"""The tables of metrics hold what `tieout query` answers, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tieout import metric_tables, publish
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService, Query
from tieout.sql_console import SqlConsole

TOLERANCE = Decimal("0.0000000001")


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sql(published_tiny: Path) -> Iterator[SqlConsole]:
    opened = SqlConsole(load_firm(published_tiny))
    yield opened
    opened.close()


def rows(sql: SqlConsole, statement: str) -> list[tuple[object, ...]]:
    with sql.run(statement) as answer:
        return list(answer.rows)


@pytest.mark.parametrize("table", metric_tables.TABLES)
def test_every_value_is_what_a_query_answers(service: MetricsService, sql: SqlConsole, table: str) -> None:
    dimensions = metric_tables.TABLES[table]
    found: dict[str, dict[tuple[object, ...], Decimal]] = {}
    for metric, *key, value in rows(
        sql, f"select metric, {', '.join(dimensions)}, value from metrics.{table}"
    ):
        found.setdefault(str(metric), {})[tuple(key)] = Decimal(str(value))
    asked = [
        each.name
        for each in service.describe()
        if each.kind != "report" and set(dimensions) <= set(each.dimensions)
    ]
    assert len(asked) > 40
    assert set(found) <= set(asked)
    assert len(found) > len(asked) * 3 / 4
    # Asked one by one: the tables ask for all at once.
    for metric in [*asked[::4], "billable_utilization", "wip_commercial", "backlog_total"]:
        if set(dimensions) <= set(service.describe(metric)[0].dimensions):
            unit = service.describe(metric)[0].unit
            answer = service.query(Query([metric], by=dimensions)).rows
            expected = {
                tuple(row[name] for name in dimensions): Decimal(str(row[metric]))
                for row in answer
                if row[metric] or (row[metric] is not None and unit == "ratio")
            }
            mine = found.get(metric, {})
            assert mine.keys() == expected.keys(), metric
            assert [key for key in mine if abs(mine[key] - expected[key]) > TOLERANCE] == [], metric


def test_each_metric_has_a_view_under_its_name(sql: SqlConsole) -> None:
    names = [name for (name,) in rows(sql, "select distinct metric from metrics.monthly order by all")]
    published = {name for name, _ in sql.tables()}
    assert {f"metrics.{name}" for name in names} <= published
    for name in names:
        held = rows(sql, f"select count(*), sum(value)::double from metrics.monthly where metric = '{name}'")
        seen = rows(sql, f"select count({name}), sum({name})::double from metrics.{name}")
        assert seen[0][0] == held[0][0]
        assert seen[0][1] == pytest.approx(held[0][1])


def test_amounts_say_their_currency_and_every_column_is_described(sql: SqlConsole) -> None:
    assert rows(
        sql, "select count(*) from metrics.monthly where (unit = 'money') <> (currency is not null)"
    ) == [(0,)]
    assert rows(
        sql,
        "select count(*) from duckdb_columns() where schema_name = 'metrics' and comment is null"
        " and table_name in ('monthly', 'monthly_by_contract_type')",
    ) == [(0,)]


def test_tables_are_hashed_and_read_by_the_service(service: MetricsService, published_tiny: Path) -> None:
    version = publish.current(load_firm(published_tiny).home)
    assert {f"metrics.{table}" for table in metric_tables.TABLES} <= set(version.hashes)
    assert (
        service.rows("metrics.monthly", ("metric",), limit=1).total
        == version.data["row_counts"]["metrics.monthly"]
    )


def test_statements_are_kept_for_the_next_refresh(published_tiny: Path) -> None:
    assert list(load_firm(published_tiny).home.statements.glob("*.jsonl"))
