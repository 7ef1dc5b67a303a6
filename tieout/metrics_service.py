"""The one place that answers questions about numbers: `query`, `rows`, `describe`, `explain`, `trace`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tieout import (
    break_totals,
    data_health,
    explain,
    lineage,
    members,
    metric_query,
    published_rows,
    targets,
    trace,
)
from tieout.break_totals import BREAK_ORDER, BreakGroup, BreakGroups, BreakTotals
from tieout.explain_types import ExplainedRow, Explanation, NotExplainable, Source
from tieout.firm import load_firm
from tieout.firm_schema import Firm
from tieout.metrics_types import (
    BadFilter,
    Cell,
    Column,
    Filter,
    FilterValue,
    MetricDescription,
    MixedCurrency,
    NotPermitted,
    NoVersion,
    Query,
    Result,
    RowsResult,
    SystemFreshness,
    UnknownName,
    UnknownValue,
    VersionInfo,
)
from tieout.serving import Serving
from tieout.targets import NO_TARGET, TargetAnswer
from tieout.trace import Trace
from tieout.traced import percent as traced_percent
from tieout.trust import TouchingCheck, Trust, touching, touching_checks, trust

__all__ = [
    "BREAK_ORDER",
    "NO_TARGET",
    "BadFilter",
    "BreakGroup",
    "BreakGroups",
    "BreakTotals",
    "Cell",
    "Column",
    "ExplainedRow",
    "Explanation",
    "Filter",
    "MetricDescription",
    "MetricsService",
    "MixedCurrency",
    "NoVersion",
    "NotExplainable",
    "NotPermitted",
    "Query",
    "Result",
    "RowsResult",
    "Source",
    "SystemFreshness",
    "TargetAnswer",
    "TouchingCheck",
    "Trace",
    "Trust",
    "UnknownName",
    "UnknownValue",
    "VersionInfo",
    "traced_percent",
]


class MetricsService:
    """Answers from the version that is published now. Thread-safe; follows the pointer between questions."""

    def __init__(self, firm: Firm) -> None:
        self._firm = firm
        self._serving = Serving(firm.home)

    @classmethod
    def open(cls, firm_path: Path | str) -> MetricsService:
        """Open the firm's published version. Raises NoVersion when nothing has been published, FirmError when the
        firm file is wrong."""
        service = cls(load_firm(firm_path))
        with service._serving.lease():
            return service

    @property
    def firm(self) -> Firm:
        """The firm file that this service was opened with."""
        return self._firm

    @property
    def version(self) -> VersionInfo:
        """The version that a question asked now is answered from."""
        with self._serving.lease() as opened:
            return opened.version.info()

    def query(self, query: Query) -> Result:
        """Metrics by dimensions. Raises UnknownName, NotPermitted, BadFilter, MixedCurrency."""
        with self._serving.lease() as opened:
            return metric_query.answer(opened, self._firm, members.resolved(opened, self._firm, query))

    def whole(self, query: Query) -> dict[str, Cell] | None:
        """The one row of a grouped question without its groups: the last line of a table. None where there are no groups, or
        where the groups cannot be taken together: amounts in several currencies, balances of several days."""
        if not query.by:
            return None
        with self._serving.lease() as opened:
            asked = members.resolved(opened, self._firm, query)
            return metric_query.whole(opened, self._firm, asked)

    def explain(self, query: Query, limit: int = explain.DEFAULT_LIMIT) -> Explanation:
        """The rows that make the one metric of the query, the `limit` largest of them with their sources, and whether
        all of them sum to it. Raises what `query` raises, and NotExplainable."""
        with self._serving.lease() as opened:
            return explain.explain(opened, self._firm, members.resolved(opened, self._firm, query), limit)

    def trace(self, text: str, limit: int = trace.DEFAULT_LIMIT) -> Trace:
        """The chain of records that an id (or `system:id`, `kind:id`) stands in, the first `limit` of each kind.

        Raises UnknownName with near matches."""
        with self._serving.lease() as opened:
            return trace.trace(opened, text, limit)

    def trust(self, query: Query) -> dict[str, Trust]:
        """By metric: the open breaks that touch it under the question's filters, and the money that they leave
        unreconciled. Raises what the question itself would."""
        with self._serving.lease() as opened:
            return trust(opened, self._firm, members.resolved(opened, self._firm, query))

    def touching(self, query: Query) -> tuple[str, ...]:
        """The ids of the open breaks that touch the metric of the question: those that `trust` counts."""
        with self._serving.lease() as opened:
            return touching(opened, members.resolved(opened, self._firm, query))

    def touching_checks(self, query: Query) -> tuple[TouchingCheck, ...]:
        """The same breaks by check: what each leaves uncertain of the metric, and the money that it claims."""
        with self._serving.lease() as opened:
            return touching_checks(opened, members.resolved(opened, self._firm, query))

    def targets(self, query: Query) -> dict[str, TargetAnswer]:
        """By metric: what the firm file set out to reach under the question's filters. Raises UnknownName."""
        with self._serving.lease() as opened:
            catalogue = metric_query.catalogue_of(opened)
            as_of = opened.version.info().as_of
        return {
            metric.name: targets.of(self._firm, metric, query, as_of)
            for metric in catalogue.expand(query.metrics)
        }

    def rows(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int = 1000,
        offset: int = 0,
    ) -> RowsResult:
        """Rows of a published table (`schema.table` or its bare name). `-column` in `order_by` sorts descending.

        Raises UnknownName for a table or column that is not published, BadFilter for a wrong filter.
        """
        with self._serving.lease() as opened:
            return published_rows.read(opened, table, columns, where, order_by, limit, offset)

    def tables(self) -> dict[str, tuple[str, ...]]:
        """The tables that `rows` reads: `schema.table` to column names."""
        with self._serving.lease() as opened:
            return {name: tuple(columns) for name, columns in published_rows.tables(opened).items()}

    def describe(self, name: str | None = None) -> list[MetricDescription]:
        """The catalogue, or the one entry of `name`. Raises UnknownName."""
        with self._serving.lease() as opened:
            catalogue = metric_query.catalogue_of(opened)
        return [catalogue.describe(each) for each in (catalogue.names() if name is None else [name])]

    def dimension_values(self, dimension: str) -> list[Cell]:
        """Distinct values of a dimension over the metrics that have it, sorted, None last."""
        with self._serving.lease() as opened:
            return metric_query.dimension_values(opened, self._firm, dimension)

    def member(self, dimension: str, text: str) -> FilterValue:
        """The member of a dimension that a text names: by its name or code in any case, or by an id of a system.

        Raises UnknownValue with the closest, UnknownName for the dimension."""
        with self._serving.lease() as opened:
            metric_query.catalogue_of(opened).check_dimension(dimension)
            return members.member(opened, self._firm, dimension, text)

    def break_totals(self, where: Sequence[Filter] = ()) -> BreakTotals:
        """Count and money of the breaks that fit. Raises UnknownName for a version or column without, BadFilter."""
        with self._serving.lease() as opened:
            return break_totals.totals(opened, where)

    def break_groups(self, by: Sequence[str], where: Sequence[Filter] = (), limit: int = 1000) -> BreakGroups:
        """Count, money, oldest and next action of the breaks that fit, by check, project, contract, customer, practice or
        owner; most money first. Raises UnknownName, BadFilter."""
        with self._serving.lease() as opened:
            return break_totals.grouped(opened, by, where, limit)

    def break_ageing(self, by: str, where: Sequence[Filter] = ()) -> list[dict[str, Cell]]:
        """Count and money of the breaks that fit, by a column of theirs, kind of stake and age band."""
        with self._serving.lease() as opened:
            return break_totals.ageing(opened, by, where)

    def lineage(self, metric: str) -> list[dict[str, Cell]]:
        """The relations under a metric, nearest first. Raises UnknownName."""
        with self._serving.lease() as opened:
            return lineage.relations_under(opened, metric)

    def object_freshness(self) -> list[dict[str, Cell]]:
        """The latest load of each object of each system."""
        with self._serving.lease() as opened:
            return data_health.freshness(opened)

    def reject_counts(self) -> list[dict[str, Cell]]:
        """Rejected rows counted by system, object, column and reason."""
        with self._serving.lease() as opened:
            return data_health.rejects(opened)

    def runs(self, limit: int = 20) -> list[dict[str, Cell]]:
        """The latest refreshes and rollbacks of the run ledger, newest first."""
        return data_health.runs(self._firm.home, limit)

    def close(self) -> None:
        """Release the database."""
        self._serving.close()
