"""The dashboard's only way to numbers: small cached answers of the metrics service, keyed by the version.

Answers are kept by the id of the published version, so that a new version never meets an old number, and as plain
tuples and dicts, because the cache copies what it keeps.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

import streamlit as st

from tieout.metrics_service import MetricsService
from tieout.metrics_types import Cell, Filter, MetricDescription, MixedCurrency, Query, VersionInfo

FIRM_VARIABLE = "TIEOUT_FIRM"
DEFAULT_FIRM = "firm.yml"

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
    """Rows of one question. `refused` says why there are none when the service declined to add currencies."""

    rows: tuple[dict[str, Cell], ...]
    currency_code: str | None
    notes: tuple[str, ...]
    definition: dict[str, str]
    sql: str
    refused: str = ""

    def one(self, metric: str) -> Cell:
        """The value of a question that was asked without a dimension."""
        return self.rows[0].get(metric) if self.rows else None


def firm_path() -> str:
    """Path of the firm file that this process serves."""
    return os.environ.get(FIRM_VARIABLE) or DEFAULT_FIRM


@st.cache_resource(show_spinner=False)
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
    return _ask(
        firm_path(),
        version_id,
        metrics,
        by,
        part.where,
        part.mode,
        part.currency,
        part.date_from,
        part.date_to,
        part.population,
    )


@st.cache_data(show_spinner=False, max_entries=1024)
def _ask(
    path: str,
    version_id: str,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    where: tuple[Condition, ...],
    mode: str,
    currency: str,
    date_from: date,
    date_to: date,
    population: str,
) -> Answer:
    query = Query(
        metrics=metrics,
        by=by,
        where=tuple(Filter(name, "=", (value,)) for name, value in where),
        mode=mode,
        currency=currency,
        date_from=date_from,
        date_to=date_to,
        population=population,
    )
    try:
        result = _open(path).query(query)
    except MixedCurrency as refusal:
        return Answer((), None, (), {}, "", refused=str(refusal))
    if result.version != version_id:
        raise VersionChanged(result.version)
    return Answer(
        rows=tuple(result.rows),
        currency_code=result.currency_code,
        notes=tuple(result.notes),
        definition=dict(result.definition),
        sql=result.sql,
    )


def catalogue(version_id: str) -> dict[str, MetricDescription]:
    """Every metric of the version by name."""
    return _catalogue(firm_path(), version_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _catalogue(path: str, version_id: str) -> dict[str, MetricDescription]:
    return {entry.name: entry for entry in _open(path).describe()}


def values_of(version_id: str, dimension: str) -> tuple[str, ...]:
    """The names that a dimension has in the version, sorted; nothing where the dimension is unknown."""
    return _values_of(firm_path(), version_id, dimension)


@st.cache_data(show_spinner=False, max_entries=32)
def _values_of(path: str, version_id: str, dimension: str) -> tuple[str, ...]:
    return tuple(str(value) for value in _open(path).dimension_values(dimension) if value is not None)


def months_of(version_id: str) -> tuple[date, ...]:
    """First days of the months that the version has capacity or time for, oldest first."""
    return _months_of(firm_path(), version_id)


@st.cache_data(show_spinner=False, max_entries=8)
def _months_of(path: str, version_id: str) -> tuple[date, ...]:
    result = _open(path).query(Query(metrics=("capacity_standard_hours",), by=("month",), population="firm"))
    return tuple(sorted(value for row in result.rows if isinstance(value := row["month"], date)))
