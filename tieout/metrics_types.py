"""Requests and answers of the metrics service: what clients build and what they get back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from tieout.errors import TieoutError, UsageError
from tieout.spelling import closest
from tieout.wording import listed

MODES: tuple[str, ...] = ("as_was", "as_is", "as_reported")
CURRENCY_MODES: tuple[str, ...] = ("transaction", "functional", "reporting", "constant")
POPULATIONS: tuple[str, ...] = ("billable_resources", "firm")
OPERATORS: tuple[str, ...] = ("=", "!=", "in", "not in", ">=", "<=", "between")

LONGEST_QUOTED = 60
# What belongs to no member of a dimension: no practice, no project, no customer.
UNASSIGNED = "Unassigned"
# The dimension of what the records of a row lack first.
MISSING_LINK = "missing_link"

FilterValue = str | int | bool | Decimal | date
Cell = str | int | float | bool | Decimal | date | datetime | None


class NoVersion(TieoutError):
    """Nothing has been published yet (or the firm's home has been emptied)."""


class UnknownName(UsageError):
    """A metric, dimension, table or column that does not exist; the message names the closest match."""


class NotPermitted(UsageError):
    """A dimension that this metric does not have; the message lists those that it has."""


class BadFilter(UsageError):
    """An operator or a value that does not fit the dimension."""


class UnknownValue(BadFilter):
    """A value that no member of the dimension has; the message names the closest, or what there is."""

    @classmethod
    def of(cls, dimension: str, text: str, known: Iterable[str], few: Sequence[str] = ()) -> UnknownValue:
        """For a text that is none of the known members. `few` are said where none of these is close."""
        close = closest(text, known)
        if close:
            cure = f"Did you mean {listed(close, 'or')}?"
        elif few:
            cure = f"There are: {', '.join(few)}."
        else:
            cure = f"List them: tieout query METRIC --by {dimension}"
        shown = text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"
        return cls(f"There is no {dimension.replace('_', ' ')} “{shown}”.", cure)


class MixedCurrency(UsageError):
    """One row of the answer would add amounts of two currencies."""


@dataclass(frozen=True)
class Filter:
    """One condition. `name` is a dimension (`query`) or a column (`rows`).

    `=`, `!=`, `>=`, `<=` take one value, `between` two (both inclusive), `in` and `not in` one or more. Values are
    data: whatever text they carry is compared as text and never read as SQL or as a template. A value of `query` is the
    name of a member, or an id that a system gives it; one that no member has is refused.
    """

    name: str
    operator: str
    values: Sequence[FilterValue]


@dataclass(frozen=True)
class Query:
    """One question to the metric layer. `date_from` and `date_to` are inclusive days of `metric_time`. Without an end it ends
    on the as-of date; `date.max` is no end at all.

    `population` is `billable_resources` or `firm` (None: the firm's policy); it applies to the capacity and
    utilization metrics only. `limit` leaves the largest rows of one metric, and the first by the `by` columns of several metrics
    or of periods.
    """

    metrics: Sequence[str]
    by: Sequence[str] = ()
    where: Sequence[Filter] = ()
    mode: str = "as_was"
    currency: str = "reporting"
    date_from: date | None = None
    date_to: date | None = None
    population: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Column:
    """A column of a result. `unit` of a metric: hours, money, ratio, count, days or empty; of a dimension: empty."""

    name: str
    label: str
    role: Literal["dimension", "metric"]
    unit: str = ""


@dataclass(frozen=True)
class Period:
    """The days that an answer is of. What happens is counted from `date_from` to `date_to`, both inclusive, or on some of
    the days between (`in_parts`); balances are taken at the end of `balances_on`, and an opening balance at the beginning
    of `opens_on`. None and empty where the answer has no such metric, or the question no such day. It `is_all` where the
    question names no beginning, so that it begins with the first record."""

    date_from: date | None = None
    date_to: date | None = None
    in_parts: bool = False
    has_balances: bool = False
    balances_on: tuple[date, ...] = ()
    opens_on: date | None = None
    is_all: bool = False

    def heading(self) -> str:
        """The same as one reads it above a table: `everything from the first record (2024-07-01) to 2026-06-30`."""
        if self.is_all and self.date_from and self.date_to:
            return f"everything from the first record ({self.date_from}) {self.words()[11:]}"
        return self.words()

    def words(self) -> str:
        """`2026-01-01 to 2026-06-30, balances at the end of 2026-06-30`."""
        said = []
        if self.date_from and self.date_to:
            said.append(f"{self.date_from} to {self.date_to}" + (", in parts" if self.in_parts else ""))
        if self.opens_on:
            said.append(f"opening at the beginning of {self.opens_on}")
        if self.has_balances:
            before = "balances " if said else ""
            days = self.balances_on
            if not days:
                said.append(f"{before}on no day")
            elif len(days) == 1:
                said.append(f"{before}at the end of {days[0]}")
            else:
                said.append(f"{before}at the end of {len(days)} days, {days[0]} to {days[-1]}")
        return ", ".join(said) or "no day"


@dataclass(frozen=True)
class Result:
    """Rows (one dict per row, keyed by column name) and all that is needed to read them rightly.

    Money and hours are `Decimal`, ratios `float`, time dimensions `date`; a value that nothing contributed to is None.
    `currency` is the mode asked for; `currency_code` is the one currency of all amounts, None where rows differ
    (then ask with `--by currency`) or no money was asked. `definition` maps metric to its definition in words.
    """

    columns: tuple[Column, ...]
    rows: list[dict[str, Cell]]
    as_of: date
    mode: str
    currency: str
    currency_code: str | None
    population: str | None
    definition: Mapping[str, str]
    version: str
    notes: list[str]
    sql: str
    period: Period = Period()


@dataclass(frozen=True)
class RowsResult:
    """Rows of one published table, in the order asked for. `total` counts all rows that the filters leave."""

    table: str
    columns: tuple[str, ...]
    rows: list[dict[str, Cell]]
    total: int
    version: str


@dataclass(frozen=True)
class SystemFreshness:
    """How fresh one system's data is. `extracted_at` (UTC) is when its latest complete load was extracted."""

    name: str
    kind: str
    extracted_at: datetime | None
    does_not_record: tuple[str, ...] = ()


@dataclass(frozen=True)
class VersionInfo:
    """The published version that answers. `published_at` is UTC; `rejected` are the rows that are in no number, by
    object (`psa time_entry`); `unknown_people_note` says what work of people whom no system delivers there is."""

    id: str
    as_of: date
    published_at: datetime
    firm_name: str
    reporting_currency: str
    systems: tuple[SystemFreshness, ...]
    row_counts: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    unknown_people_note: str | None = None

    @property
    def rejected_rows(self) -> int:
        """How many received rows are in no number."""
        return sum(self.rejected.values())

    @property
    def rejected_note(self) -> str | None:
        """The sentence beside every answer: how many received rows are in no number, of what most, and where to see
        them. None where there are none."""
        if not self.rejected:
            return None
        ranked = sorted(self.rejected.items(), key=lambda item: (-item[1], item[0]))
        total = self.rejected_rows
        named = ", ".join(f"{name} {rows:,}" for name, rows in ranked[:3])
        more = f" and {len(ranked) - 3} more" if len(ranked) > 3 else ""
        verb = "rows are" if total != 1 else "row is"
        where = 'tieout sql "from operations.ops_rejected_row"'
        return f"{total:,} rejected {verb} in no number ({named}{more}): {where}"


@dataclass(frozen=True)
class MetricDescription:
    """Catalogue entry of a metric. `kind`: flow, balance, ratio, age or report; `components`: what a ratio divides
    or which lines a report has; `needs`: the entities without which it is empty, beyond those of a first load;
    `dimensions`: the names that `by` and `where` accept for it."""

    name: str
    label: str
    description: str
    formula: str
    unit: str
    kind: str
    owner: str
    dimensions: tuple[str, ...]
    components: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
