"""DuckDB and PostgreSQL build the same tables and give the same metrics from the same raw history."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer

from tests.portability import tables
from tests.portability.conftest import Both
from tieout.metric_query import REPORT_MODE
from tieout.metrics_catalogue import DIMENSIONS_FILE, Metric, read_catalogue
from tieout.metrics_types import CURRENCY_MODES
from tieout.publish import manifest_name
from tieout.semantic import Request, SemanticLayer

pytestmark = pytest.mark.postgres

DIMENSION_SETS = (
    (),
    ("month",),
    ("week",),
    ("practice",),
    ("month", "entity"),
    ("employee", "role"),
    ("project",),
)
RATIO_TOLERANCE = 1e-9


def test_raw_history_arrives_whole(both: Both) -> None:
    counted = both.duckdb.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = 'warehouse' and starts_with(schema_name, 'raw_')"
    ).fetchall()
    assert counted
    with both.postgres.cursor() as cursor:
        for schema, table in counted:
            (expected,) = both.duckdb.execute(f'select count(*) from {schema}."{table}"').fetchone() or (
                None,
            )
            cursor.execute(f'select count(*) from {schema}."{table}"')
            assert cursor.fetchone() == (expected,), f"{schema}.{table}"


def test_dimensions_and_facts_are_equal_row_for_row(both: Both) -> None:
    names = tables.duckdb_tables(both.duckdb)
    assert {"dim_employee", "fct_capacity_daily", "fct_time_entry", "fct_timesheet_week"} <= set(names)
    assert tables.postgres_tables(both.postgres) == names
    differences = {}
    for name in names:
        columns, expected = tables.duckdb_rows(both.duckdb, name)
        found_columns, found = tables.postgres_rows(both.postgres, name)
        assert found_columns == columns, name
        assert expected, f"{name} is empty, so nothing was compared"
        if said := tables.difference(columns, expected, found):
            differences[name] = said
    assert not differences, "\n".join(f"{name}: {said}" for name, said in differences.items())


@pytest.mark.parametrize("mode", ["as_was", pytest.param("as_is", marks=pytest.mark.slow)])
def test_metrics_are_equal(both: Both, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """Every metric in total and by dimensions, compiled by MetricFlow for each engine."""
    assert _compare(both, monkeypatch, mode, "reporting", lambda metric: True) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("currency", sorted(set(CURRENCY_MODES) - {"reporting"}))
def test_money_is_equal_in_every_currency_mode(
    both: Both, monkeypatch: pytest.MonkeyPatch, currency: str
) -> None:
    assert _compare(both, monkeypatch, "as_was", currency, lambda metric: metric.is_money) > 10


class _PostgresClient:
    """What MetricFlow wants to know of a PostgreSQL server in order to render for it."""

    def __init__(self) -> None:
        self.sql_engine_type = SqlEngine.POSTGRES
        self.sql_plan_renderer = PostgresSQLSqlPlanRenderer()


def _compare(
    both: Both, monkeypatch: pytest.MonkeyPatch, mode: str, currency: str, wanted: Callable[[Metric], bool]
) -> int:
    """Number of values compared; fails on the first that differ."""
    manifest = (both.version.directory / manifest_name(currency)).read_text(encoding="utf-8")
    dimensions = (both.version.directory / DIMENSIONS_FILE).read_text(encoding="utf-8")
    metrics = [m for m in read_catalogue(manifest, dimensions).metrics.values() if wanted(m)]
    requests = list(_requests(metrics, mode))
    duckdb_layer = SemanticLayer(manifest)
    statements = [duckdb_layer.compile(request) for request in requests]
    monkeypatch.setattr("tieout.semantic._CompileOnlyClient", _PostgresClient)
    postgres_layer = SemanticLayer(manifest)
    compared = 0
    for request, statement in zip(requests, statements, strict=True):
        answer = both.duckdb.execute(statement)
        expected = _by_key(request, [str(column[0]) for column in answer.description], answer.fetchall())
        with both.postgres.cursor() as cursor:
            cursor.execute(postgres_layer.compile(request))
            found = _by_key(request, [column.name for column in cursor.description or ()], cursor.fetchall())
        assert found.keys() == expected.keys(), request
        for key, values in expected.items():
            differing = [
                (metric, one, found[key][metric])
                for metric, one in values.items()
                if not _same(one, found[key][metric])
            ]
            assert not differing, (request.group_by, key, differing)
        compared += sum(map(len, expected.values()))
    return compared


def _requests(metrics: Sequence[Metric], mode: str) -> Iterator[Request]:
    """One request per set of dimensions and per way in which metrics name them in the semantic layer."""
    for dimensions in DIMENSION_SETS:
        together: dict[tuple[str, ...], list[str]] = {}
        for metric in metrics:
            if not metric.hidden and set(dimensions) <= set(metric.semantic_names):
                names = tuple(metric.semantic_names[dimension] for dimension in dimensions)
                together.setdefault(names, []).append(metric.name)
        for group_by, asked in together.items():
            yield Request(tuple(asked), group_by, (f"{REPORT_MODE} = '{mode}'",))


def _by_key(
    request: Request, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Metrics by their dimension values. The engine orders the columns as it likes."""
    named = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
    found = {
        tuple(row[name] for name in request.group_by): {name: row[name] for name in request.metrics}
        for row in named
    }
    assert len(found) == len(rows), f"{request}: two rows of one key"
    return found


def _plain(value: Any) -> Any:
    """PostgreSQL gives a period as an instant, DuckDB as a date."""
    return value.date() if isinstance(value, datetime) else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and other is not None:  # PostgreSQL divides some ratios as decimals
        return math.isclose(one, float(other), rel_tol=RATIO_TOLERANCE, abs_tol=RATIO_TOLERANCE)
    return bool(one == other)
