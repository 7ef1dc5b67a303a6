"""What an explanation of a number is made of: the number, its parts, and the rows that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.errors import TieoutError
from tieout.metrics_types import Cell


class NotExplainable(TieoutError):
    """The metric is there, but its semantic model does not say which rows it adds up."""


@dataclass(frozen=True)
class Source:
    """Where a row comes from. `row` counts the rows of `file`; None where the system does not say."""

    system: str | None
    object: str | None
    id: str | None
    file: str | None
    row: int | None
    url: str | None

    @property
    def place(self) -> str | None:
        """Its address, else its file and row: `time_entry.csv row 7`."""
        if self.url:
            return self.url
        return f"{self.file} row {self.row}" if self.file and self.row is not None else self.file


@dataclass(frozen=True)
class ExplainedRow:
    """One row of a number. `contribution` is exact, in the metric's unit and the currency asked for; `columns` are for
    people, `priced_by` says how it was priced, `trace` is what `tieout trace` takes."""

    key: str
    contribution: Decimal | float | int
    date: date | None
    columns: Mapping[str, Cell]
    priced_by: Mapping[str, Cell]
    source: Source
    trace: str | None


@dataclass(frozen=True)
class Explanation:
    """A number and what makes it: `rows` (the largest first, at most as many as asked for) of `row_count`, or `parts`
    (the inputs of a ratio or derived metric, the lines of a report), or nothing where nothing contributed.

    `value` is the number as a query gives it, `exact` before it is rounded, `row_sum` the sum of all `row_count` rows
    recomputed from the published rows of `table`. `agrees` says whether number and rows, or number and parts, are the
    same, and `closing` says it in words.
    """

    metric: str
    label: str
    definition: str
    formula: str
    unit: str
    owner: str
    value: Cell
    exact: Decimal | float | int | None
    currency_code: str | None
    slice: tuple[str, ...]
    sql: str
    rows_sql: str
    table: str
    rows: tuple[ExplainedRow, ...]
    row_count: int
    row_sum: Decimal | float | int | None
    parts: tuple[Explanation, ...]
    agrees: bool
    closing: str
    version: str
    as_of: date
    mode: str
    currency: str
    population: str | None
    notes: tuple[str, ...] = ()

    @property
    def largest(self) -> ExplainedRow | None:
        """The row to walk on from: the largest that can be traced, of this number or of its first such part."""
        for row in self.rows:
            if row.trace:
                return row
        return next((found for part in self.parts if (found := part.largest)), None)
