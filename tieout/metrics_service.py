"""The one place that answers questions about numbers: `query`, `rows`, `describe`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tieout.metrics_types import (
    BadFilter,
    Cell,
    Column,
    Filter,
    MetricDescription,
    MixedCurrency,
    NotPermitted,
    NoVersion,
    Query,
    Result,
    RowsResult,
    SystemFreshness,
    UnknownName,
    VersionInfo,
)

__all__ = [
    "BadFilter",
    "Cell",
    "Column",
    "Filter",
    "MetricDescription",
    "MetricsService",
    "MixedCurrency",
    "NoVersion",
    "NotPermitted",
    "Query",
    "Result",
    "RowsResult",
    "SystemFreshness",
    "UnknownName",
    "VersionInfo",
]


class MetricsService:
    """Answers from the version that is published now. Thread-safe; follows the pointer between questions."""

    @classmethod
    def open(cls, firm_path: Path | str) -> MetricsService:
        """Open the firm's published version. Raises NoVersion when nothing has been published."""
        raise NotImplementedError

    @property
    def version(self) -> VersionInfo:
        """The version that a question asked now is answered from."""
        raise NotImplementedError

    def query(self, query: Query) -> Result:
        """Metrics by dimensions. Raises UnknownName, NotPermitted, BadFilter, MixedCurrency."""
        raise NotImplementedError

    def rows(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int = 1000,
        offset: int = 0,
    ) -> RowsResult:
        """Rows of a published table (`schema.table` or its bare name). `-column` in `order_by` sorts descending."""
        raise NotImplementedError

    def describe(self, name: str | None = None) -> list[MetricDescription]:
        """The catalogue, or the one entry of `name`. Raises UnknownName."""
        raise NotImplementedError

    def dimension_values(self, dimension: str) -> list[Cell]:
        """Distinct values of a dimension over the metrics that have it, sorted, None last."""
        raise NotImplementedError

    def close(self) -> None:
        """Release the database."""
        raise NotImplementedError
