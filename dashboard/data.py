"""The dashboard's only way to numbers: small cached answers of the metrics service, keyed by the version.

Answers are kept by the id of the published version, so that a new version never meets an old number.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from dashboard import row_words
from dashboard.kept import kept, read_only
from tieout.explain_types import ExplainedRow, Explanation, NotExplainable
from tieout.metrics_service import MetricsService, TargetAnswer, Trust
from tieout.metrics_types import (
    BadFilter,
    Cell,
    Column,
    Filter,
    MetricDescription,
    MixedCurrency,
    NotPermitted,
    Query,
    VersionInfo,
)

FIRM_VARIABLE = "TIEOUT_FIRM"
DEFAULT_FIRM = "firm.yml"
LISTED_ROWS = 200
# What the service declines of one question leaves the others of the page standing.
REFUSALS = (MixedCurrency, BadFilter, NotPermitted)

Condition = tuple[str, str]


class VersionChanged(Exception):
    """A new version was published while the page was being drawn; draw it again."""


@dataclass(frozen=True)
class Slice:
    """What a question is asked about; `where` holds (dimension, value) pairs, all of which must hold."""

    date_from: date
    date_to: date
    where: tuple[Condition, ...]
    mode: str
    currency: str
    population: str


@dataclass(frozen=True)
class Answer:
    """Rows of one question. `refused` says why there are none when the service declined: currencies that do not add up,
    days of what is known by month."""

    rows: tuple[Mapping[str, Cell], ...]
    currency_code: str | None
    notes: tuple[str, ...]
    definition: Mapping[str, str]
    sql: str
    refused: str = ""

    def one(self, metric: str) -> Cell:
        """The value of a question that was asked without a dimension."""
        return self.rows[0].get(metric) if self.rows else None


def firm_path() -> str:
    """Path of the firm file that this process serves."""
    return os.environ.get(FIRM_VARIABLE) or DEFAULT_FIRM


@kept(4)
def _open(path: str) -> MetricsService:
    return MetricsService.open(path)


def service() -> MetricsService:
    """The metrics service of the firm. Raises NoVersion when nothing has been published yet."""
    return _open(firm_path())


def version() -> VersionInfo:
    """The version that is published now."""
    return service().version


def year_starts_in() -> int:
    """First month of the firm's fiscal year."""
    return int(service().firm.fiscal_year_start_month)


def ask(version_id: str, part: Slice, metrics: tuple[str, ...], by: tuple[str, ...] = ()) -> Answer:
    """One question of the metrics service, from the cache when this version has answered it before."""
    return _ask(firm_path(), version_id, part, metrics, by)


@kept(1024)
def _ask(path: str, version_id: str, part: Slice, metrics: tuple[str, ...], by: tuple[str, ...]) -> Answer:
    try:
        result = _open(path).query(_query(metrics, by, part))
    except REFUSALS as refusal:
        return Answer((), None, (), {}, "", refused=str(refusal))
    if result.version != version_id:
        raise VersionChanged(result.version)
    return Answer(
        rows=read_only(result.rows),
        currency_code=result.currency_code,
        notes=tuple(result.notes),
        definition=MappingProxyType(dict(result.definition)),
        sql=result.sql,
    )


def _query(metrics: tuple[str, ...], by: tuple[str, ...], part: Slice) -> Query:
    return Query(
        metrics=metrics,
        by=by,
        where=tuple(Filter(name, "=", (value,)) for name, value in part.where),
        mode=part.mode,
        currency=part.currency,
        date_from=part.date_from,
        date_to=part.date_to,
        population=part.population,
    )


def trusted(version_id: str, metrics: tuple[str, ...], part: Slice) -> Mapping[str, Trust]:
    """By metric: the open breaks that touch it in a slice; nothing where the service declines the question."""
    return _trusted(firm_path(), version_id, metrics, part)


@kept(256)
def _trusted(path: str, version_id: str, metrics: tuple[str, ...], part: Slice) -> Mapping[str, Trust]:
    try:
        return MappingProxyType(_open(path).trust(_query(metrics, (), part)))
    except REFUSALS:
        return {}


def targets(version_id: str, metrics: tuple[str, ...], part: Slice) -> Mapping[str, TargetAnswer]:
    """By metric: what the firm set out to reach in a slice, or why it says nothing of it."""
    return _targets(firm_path(), version_id, metrics, part)


@kept(512)
def _targets(path: str, version_id: str, metrics: tuple[str, ...], part: Slice) -> Mapping[str, TargetAnswer]:
    return MappingProxyType(_open(path).targets(_query(metrics, (), part)))


@dataclass(frozen=True)
class Part:
    """One input of a ratio or derived metric, or one line of a report."""

    metric: str
    label: str
    value: Cell
    unit: str
    currency_code: str | None


@dataclass(frozen=True)
class Behind:
    """What makes one number: the largest of its `count` rows, which sum to `total`, or the `parts` it is made of.

    `agrees` says whether the service finds rows and number the same; `closing` is its sentence on that. `refused` says
    why there is nothing to list.
    """

    columns: tuple[Column, ...] = ()
    rows: tuple[Mapping[str, Cell], ...] = ()
    count: int = 0
    value: Cell = None
    total: Cell = None
    currency_code: str | None = None
    parts: tuple[Part, ...] = ()
    agrees: bool = False
    closing: str = ""
    refused: str = ""


def drills(version_id: str) -> tuple[str, ...]:
    """Metrics of the version that can be taken apart into rows or parts."""
    return tuple(catalogue(version_id))


def rows_behind(version_id: str, metric: str, part: Slice, limit: int = LISTED_ROWS) -> Behind:
    """What makes a metric's value for a slice, from the cache when this version has said it before."""
    return _rows_behind(firm_path(), version_id, metric, part, limit)


@kept(32)
def _rows_behind(path: str, version_id: str, metric: str, part: Slice, limit: int) -> Behind:
    try:
        found = _open(path).explain(_query((metric,), (), part), limit=limit)
    except (*REFUSALS, NotExplainable) as refusal:
        return Behind(refused=str(refusal))
    if found.version != version_id:
        raise VersionChanged(found.version)
    return Behind(
        columns=_columns(found),
        rows=read_only(_row(row) for row in found.rows),
        count=found.row_count,
        value=found.value,
        total=found.row_sum,
        currency_code=found.currency_code,
        parts=tuple(
            Part(one.metric, one.label, one.value, one.unit, one.currency_code) for one in found.parts
        ),
        agrees=found.agrees,
        closing=found.closing,
    )


def _columns(found: Explanation) -> tuple[Column, ...]:
    """The record, what it contributes, what people know it by, how it was priced, and where it comes from."""
    shown = dict.fromkeys(name for row in found.rows for name in row.columns)
    priced = dict.fromkeys(name for row in found.rows for name in row.priced_by if name not in shown)
    values = {name: [row.columns.get(name) for row in found.rows] for name in shown}
    values |= {name: [row.priced_by.get(name) for row in found.rows] for name in priced}

    def named(name: str) -> Column:
        return Column(name, row_words.heading(name), "dimension", _unit(name, values[name]))

    return (
        Column("record", "Record", "dimension"),
        Column("date", "Date", "dimension", "day"),
        Column("contribution", row_words.line_label(found.label), "metric", found.unit),
        *(named(name) for name in shown),
        *(named(name) for name in priced),
        Column("source_system", "System", "dimension"),
        Column("source_object", "Object", "dimension"),
        Column("source_file", "File", "dimension"),
        Column("source_row", "Row", "dimension"),
        Column("source_url", "Address", "dimension"),
    )


def _unit(name: str, values: Sequence[Cell]) -> str:
    """`hours` or `number` for a column of numbers, `day` for one of dates, else nothing."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, date) for value in known):
        return "day"
    if not known or any(isinstance(value, (str, bool, date)) for value in known):
        return ""
    return "hours" if "hours" in name else "number"


def _row(row: ExplainedRow) -> dict[str, Cell]:
    return {
        **row.priced_by,
        **row.columns,
        "record": row.source.id or row.key,
        "date": row.date,
        "contribution": row.contribution,
        "source_system": row.source.system,
        "source_object": row.source.object,
        "source_file": row.source.file,
        "source_row": row.source.row,
        "source_url": row.source.url,
    }


def catalogue(version_id: str) -> Mapping[str, MetricDescription]:
    """Every metric of the version by name."""
    return _catalogue(firm_path(), version_id)


@kept(8)
def _catalogue(path: str, version_id: str) -> Mapping[str, MetricDescription]:
    return MappingProxyType({entry.name: entry for entry in _open(path).describe()})


def values_of(version_id: str, dimension: str) -> tuple[str, ...]:
    """The names that a dimension has in the version, sorted; nothing where the dimension is unknown."""
    return _values_of(firm_path(), version_id, dimension)


@kept(32)
def _values_of(path: str, version_id: str, dimension: str) -> tuple[str, ...]:
    return tuple(str(value) for value in _open(path).dimension_values(dimension) if value is not None)


def months_of(version_id: str) -> tuple[date, ...]:
    """First days of the months that the version has capacity or time for, oldest first."""
    return _months_of(firm_path(), version_id)


@kept(8)
def _months_of(path: str, version_id: str) -> tuple[date, ...]:
    result = _open(path).query(Query(metrics=("capacity_standard_hours",), by=("month",), population="firm"))
    return tuple(sorted(value for row in result.rows if isinstance(value := row["month"], date)))
