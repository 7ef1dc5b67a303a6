"""Rows of published tables and sums over them, as the metrics service gives them, kept by the version like its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.data import VersionChanged, firm_path, service
from dashboard.kept import kept, read_only
from tieout.errors import TieoutError
from tieout.metrics_service import BreakTotals, Trace
from tieout.metrics_types import Cell, Filter, UnknownName

Conditions = tuple[tuple[str, str, tuple[str, ...]], ...]
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Listed:
    """Rows of a table in the order asked for, and how many fit in all. `lacks`: this version has no such table."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    lacks: bool = False


def until(day: date | None) -> Conditions:
    """Breaks whose event lies on or before a day."""
    return () if day is None else (("event_date", "<=", (day.isoformat(),)),)


def rows(
    version_id: str,
    table: str,
    columns: tuple[str, ...] | None = None,
    where: Conditions = (),
    order_by: tuple[str, ...] = (),
    limit: int = 1000,
) -> Listed:
    """Rows of one published table."""
    return _rows(firm_path(), version_id, table, columns, where, order_by, limit)


@kept(256)
def _rows(
    path: str,
    version_id: str,
    table: str,
    columns: tuple[str, ...] | None,
    where: Conditions,
    order_by: tuple[str, ...],
    limit: int,
) -> Listed:
    try:
        found = service().rows(table, columns, _filters(where), order_by, limit)
    except UnknownName:
        return Listed(lacks=True)
    if found.version != version_id:
        raise VersionChanged(found.version)
    return Listed(read_only(found.rows), found.total)


def break_totals(version_id: str, where: Conditions = ()) -> BreakTotals | None:
    """Count and money of the breaks that fit; None where the version was published without checks."""
    return _break_totals(firm_path(), version_id, where)


@kept(256)
def _break_totals(path: str, version_id: str, where: Conditions) -> BreakTotals | None:
    try:
        found = service().break_totals(_filters(where))
    except UnknownName:
        return None
    if found.version != version_id:
        raise VersionChanged(found.version)
    return found


@kept(64)
def _break_ageing(path: str, version_id: str, by: str, where: Conditions) -> tuple[Row, ...]:
    try:
        return _of(version_id, service().break_ageing(by, _filters(where)))
    except UnknownName:
        return ()


def break_ageing(version_id: str, by: str, where: Conditions = ()) -> tuple[Row, ...]:
    """Money of the breaks that fit by a column of theirs, kind of stake and age band."""
    return _break_ageing(firm_path(), version_id, by, where)


@kept(64)
def _chain(path: str, version_id: str, record: str) -> Trace | None:
    try:
        found = service().trace(record)
    except TieoutError:
        return None
    if found.version != version_id:
        raise VersionChanged(found.version)
    return found


def chain(version_id: str, record: str) -> Trace | None:
    """The chain of records that an id stands in; None where the service cannot follow it."""
    return _chain(firm_path(), version_id, record)


@kept(256)
def _lineage(path: str, version_id: str, metric: str) -> tuple[Row, ...]:
    return _of(version_id, service().lineage(metric))


def lineage(version_id: str, metric: str) -> tuple[Row, ...]:
    """The relations under a metric."""
    return _lineage(firm_path(), version_id, metric)


@kept(8)
def _object_freshness(path: str, version_id: str) -> tuple[Row, ...]:
    return _of(version_id, service().object_freshness())


def object_freshness(version_id: str) -> tuple[Row, ...]:
    """The latest load of each object of each system."""
    return _object_freshness(firm_path(), version_id)


@kept(8)
def _reject_counts(path: str, version_id: str) -> tuple[Row, ...]:
    return _of(version_id, service().reject_counts())


def reject_counts(version_id: str) -> tuple[Row, ...]:
    """Rejected rows by system, object, column and reason."""
    return _reject_counts(firm_path(), version_id)


def runs() -> tuple[Row, ...]:
    """The latest refreshes; not kept, because failed ones publish nothing."""
    return read_only(service().runs())


def _of(version_id: str, found: Sequence[Row]) -> tuple[Row, ...]:
    """Rows that do not name their version: of the one asked for when that is still served after they were read."""
    now = service().version.id
    if now != version_id:
        raise VersionChanged(now)
    return read_only(found)


def _filters(where: Conditions) -> Sequence[Filter]:
    return [Filter(name, operator, values) for name, operator, values in where]
