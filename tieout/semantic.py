"""MetricFlow in process: compile a metric request to SQL from a published semantic manifest, never execute."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tieout.errors import TieoutError

CURRENCY_PLACEHOLDER = "__currency_mode__"
# Statements that are held; a firm's pages ask for some hundred.
HELD = 4096
_PARAMETER = re.compile(r"'__tieout_(\d+)__'")

# MetricFlow numbers its aliases through a process-wide counter: one compilation at a time.
_COMPILING = threading.Lock()


class CompileError(TieoutError):
    """MetricFlow refused the request."""


@dataclass(frozen=True)
class Request:
    """What is compiled: names of the semantic layer, and conditions whose values are parameters.

    A condition is a MetricFlow where-template made by `tieout.conditions` only: it holds names of the catalogue and
    `'__tieout_<n>__'` in place of the n-th value, so that no text of a user is ever part of a template or of SQL.
    """

    metrics: tuple[str, ...]
    group_by: tuple[str, ...]
    conditions: tuple[str, ...]


class SemanticLayer:
    """One manifest. The engine is built on first use (importing MetricFlow takes over a second).

    `compiled` are statements that this very manifest gave before; `keep` is told of each that it gives now."""

    def __init__(
        self,
        manifest_json: str,
        compiled: Mapping[Request, str] | None = None,
        keep: Callable[[Request, str], None] = lambda request, sql: None,
    ) -> None:
        self._manifest_json = manifest_json
        self._engine: Any = None
        self._compiled: dict[Request, str] = dict(compiled or {})
        self._keep = keep

    def compile(self, request: Request) -> str:
        """SQL of a request; parameters are written `$p<n>`. Cached, since a manifest never changes."""
        sql = self._compiled.get(request)
        if sql is None:
            with _COMPILING:
                # Somebody else may have asked the same while this one waited for its turn.
                sql = self._compiled.get(request)
                if sql is None:
                    sql = _PARAMETER.sub(r"$p\1", self._explain(request))
                    if len(self._compiled) >= HELD:
                        self._compiled.clear()
                    self._compiled[request] = sql
                    self._keep(request, sql)
        return sql

    def _explain(self, request: Request) -> str:
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest, MetricFlowQueryType

        if self._engine is None:
            self._engine = _engine(self._manifest_json)
        kind = MetricFlowQueryType.METRIC if request.metrics else MetricFlowQueryType.DIMENSION_VALUES
        try:
            explained = self._engine.explain(
                MetricFlowQueryRequest.create(
                    metric_names=list(request.metrics) or None,
                    group_by_names=list(request.group_by),
                    where_constraints=list(request.conditions) or None,
                    query_type=kind,
                )
            )
        except Exception as error:
            first = next(
                (line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__
            )
            raise CompileError(
                f"The metric layer refused {', '.join(request.metrics) or 'the request'}"
                f" by {', '.join(request.group_by) or 'nothing'}: {first[:300]}",
                "This is a fault of the semantic models or of metric_dimensions.csv, not of the question.",
            ) from error
        return str(explained.sql_statement.without_descriptions.sql)


class _CompileOnlyClient:
    """What the engine wants to know of a database in order to render for it; it is never asked to run anything."""

    def __init__(self) -> None:
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer

        self.sql_engine_type = SqlEngine.DUCKDB
        self.sql_plan_renderer = DuckDbSqlPlanRenderer()


def _engine(manifest_json: str) -> Any:
    logging.getLogger("metricflow").setLevel(logging.ERROR)
    logging.getLogger("metricflow_semantics").setLevel(logging.ERROR)
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=manifest_json)
    client: Any = _CompileOnlyClient()
    return MetricFlowEngine(semantic_manifest_lookup=SemanticManifestLookup(manifest), sql_client=client)


def used_parameters(sql: str, values: Sequence[str | date]) -> dict[str, str | date]:
    """The parameters that a compiled statement names, as DuckDB takes them."""
    return {f"p{i}": value for i, value in enumerate(values) if re.search(rf"\$p{i}\b", sql)}


def readable(sql: str, values: Sequence[str | date]) -> str:
    """The statement with its values written as literals, to be read or run elsewhere."""

    def literal(match: re.Match[str]) -> str:
        value = values[int(match.group(1))]
        if isinstance(value, date):
            return f"DATE '{value.isoformat()}'"
        return "'" + value.replace("'", "''") + "'"

    return re.sub(r"\$p(\d+)\b", literal, sql)


def manifests_by_currency(parsed: str, modes: Sequence[str]) -> Mapping[str, str]:
    """One manifest per currency mode from the one that was parsed with the placeholder.

    Each is a text replacement, so amounts of two modes can never meet in one manifest.
    """
    return {mode: parsed.replace(CURRENCY_PLACEHOLDER, mode) for mode in modes}
