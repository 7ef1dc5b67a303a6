"""What a page is drawn from: the version, the selection and its periods, and the questions asked about them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dashboard import data, periods, state
from dashboard import format as fmt
from dashboard.components import table_twin
from dashboard.components.table_twin import TableColumn, currency_of
from dashboard.data import Answer
from dashboard.periods import Period
from dashboard.row_words import line_label
from dashboard.state import Choices, Selection
from tieout.metrics_service import TargetAnswer, Trust
from tieout.metrics_types import Cell, MetricDescription, VersionInfo

HOURS = (
    "capacity_standard_hours",
    "capacity_gross_hours",
    "capacity_net_hours",
    "billable_hours",
    "missing_hours",
)
RATIOS = (
    "billable_utilization",
    "billable_utilization_std",
    "billable_utilization_net",
    "productive_utilization",
    "productive_utilization_std",
    "productive_utilization_net",
    "resource_utilization",
    "resource_utilization_std",
    "resource_utilization_net",
    "utilization_target_variance",
    "timesheet_compliance",
)
COST = ("cost_standard", "uncosted_hours")
BACKLOG = ("backlog_total", "backlog_hard", "backlog_soft", "backlog_scheduled")
WIP_PARTS = (
    "unbilled_tm_time",
    "unbilled_expense",
    "unbilled_milestone",
    "unbilled_retainer",
    "unbilled_overage",
    "unbilled_usage",
)
WIP = (
    "wip_commercial",
    *WIP_PARTS,
    "unbilled_unapproved_time",
    "capped_value",
    "wip_age_days",
    "unpriced_hours",
)
BILLED = ("billed_revenue", "credit_notes", "recognized_revenue_ledger")
MARGIN = ("project_margin_pct", "project_margin", "uncosted_hours")
# Submitted and not yet approved: the walk's line, which takes it away from billable and so has a minus.
UNAPPROVED = "capacity_walk_unapproved"
# The margin's own line of labour cost, likewise.
LABOUR = "margin_bridge_labour"
FIGURES = (*RATIOS, *HOURS, "target_hours", UNAPPROVED)
# Metrics that are asked for together, with the hours that their amounts leave out. Money of different origin is not:
# where the service declines one, the others still have a figure.
MONEY = (BACKLOG, WIP, BILLED, MARGIN, COST)
QUESTIONS = (*MONEY, FIGURES)
NO_COST = "No approved hour in this slice has a cost rate and an exchange rate."


@dataclass(frozen=True)
class View:
    """What the page is drawn from: the version, its catalogue, the selection and its three periods.

    `questions` are the metrics that the page asks for together.
    `answers` are those of this run: tiles, charts and rows ask some of the same questions.
    """

    version: VersionInfo
    catalogue: Mapping[str, MetricDescription]
    choices: Choices
    selection: Selection
    period: Period
    previous: Period
    year_before: Period
    questions: Sequence[tuple[str, ...]] = QUESTIONS
    answers: dict[tuple[object, ...], Answer] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> Hashable:
        """What everything that is drawn from this view depends on."""
        return data.firm_path(), self.version.id, self.selection

    @property
    def as_of(self) -> date:
        """The day that the version is seen from: its own, or the earlier one that was chosen."""
        return self.choices.as_of

    @property
    def compared(self) -> tuple[Period, ...]:
        """The periods that the reader compares with; one where previous and a year before are the same days."""
        wanted = {
            "both": (self.previous, self.year_before),
            "prior_period": (self.previous,),
            "prior_year": (self.year_before,),
            "none": (),
        }[self.selection.compare]
        seen: dict[tuple[date, date], Period] = {}
        for period in wanted:
            seen.setdefault((period.start, period.end), period)
        return tuple(seen.values())

    def ask(self, metrics: Sequence[str], by: tuple[str, ...] = (), period: Period | None = None) -> Answer:
        """A question about the selection, for its own period or another. Unknown metrics are left out."""
        known = tuple(metric for metric in metrics if metric in self.catalogue)
        if not known:
            return Answer((), None, (), {}, "", refused="This version does not have these metrics.")
        wanted = period or self.period
        key = (known, by, wanted.start, wanted.end)
        if key not in self.answers:
            self.answers[key] = data.ask(self.version.id, self.selection.part(wanted), known, by)
        return self.answers[key]

    def history(self, metric: str, grain: str) -> dict[date, Mapping[str, Cell]]:
        """Every month or quarter of the version, by its first day: one question whichever period is selected."""
        span = periods.custom(self.choices.months[0], self.as_of)
        return by_date(self.figures(metric, (grain,), span), grain)

    def figures(self, metric: str, by: tuple[str, ...] = (), period: Period | None = None) -> Answer:
        """A metric and those asked for with it. Where amounts may not be added, hours beside them are still known."""
        question = next((group for group in self.questions if metric in group), (metric,))
        answer = self.ask(question, by, period)
        hours = tuple(name for name in question if self.unit(name) == "hours")
        if not answer.refused or not hours:
            return answer
        return replace(self.ask(hours, by, period), refused=answer.refused, currency_code=None)

    def trusted(self, metrics: Sequence[str]) -> Mapping[str, Trust]:
        """The open breaks that touch the metrics of the selection."""
        known = tuple(metric for metric in metrics if metric in self.catalogue)
        return data.trusted(self.version.id, known, self.selection.part(self.period)) if known else {}

    def targets(self, metrics: Sequence[str]) -> Mapping[str, TargetAnswer]:
        """What the firm set out to reach with the metrics of the selection."""
        known = tuple(metric for metric in metrics if metric in self.catalogue)
        return data.targets(self.version.id, known, self.selection.part(self.period)) if known else {}

    def one(self, metric: str) -> Cell:
        """A metric's value for the whole selection."""
        return self.figures(metric).one(metric)

    def by_practice(self, metrics: Sequence[str]) -> dict[Cell, dict[str, Cell]]:
        """The metrics of every practice, by its name."""
        return self.by_name("practice", metrics)

    def by_name(self, dimension: str, metrics: Sequence[str]) -> dict[Cell, dict[str, Cell]]:
        """The metrics of every value of a dimension; what was asked for apart meets here, nothing is added up."""
        found: dict[Cell, dict[str, Cell]] = {}
        for metric in metrics:
            answer = self.figures(metric, (dimension,))
            for row in answer.rows:
                mine = found.setdefault(row[dimension], {dimension: row[dimension]})
                mine |= self._with_currency(metric, row, answer)
        return found

    def total(self, metrics: Sequence[str], dimension: str = "practice") -> dict[str, Cell]:
        """The metrics of the whole selection: the last row of a table by practice or another dimension."""
        total: dict[str, Cell] = {dimension: "Total"}
        for metric in metrics:
            answer = self.figures(metric)
            total |= self._with_currency(metric, answer.rows[0] if answer.rows else {}, answer)
        return total

    def _with_currency(self, metric: str, row: Mapping[str, Cell], answer: Answer) -> dict[str, Cell]:
        """A value; with its currency where those of one row may differ."""
        value = {metric: row.get(metric)}
        if self.selection.currency in ("reporting", "constant") or self.unit(metric) != "money":
            return value
        return value | {currency_of(metric): row.get("currency") or answer.currency_code}

    def link(self, **changes: Any) -> str:
        """Address of this page with some of its selection changed."""
        query = state.to_query(replace(self.selection, **changes), state.default(self.choices))
        return f"?{urlencode(query)}"

    def link_to_rows(self, metric: str, **changes: Any) -> str:
        """Address of the rows behind a metric; empty where it has none."""
        return self.link(rows=metric, **changes) if metric in self.choices.drills else ""

    def unit(self, metric: str) -> str:
        return self.catalogue[metric].unit if metric in self.catalogue else ""

    def is_balance(self, metric: str) -> bool:
        """Taken on the last day of the period, not added over it."""
        return metric in self.catalogue and self.catalogue[metric].kind in ("balance", "age")

    @property
    def money(self) -> str:
        """The currency of amounts in words: `USD`, `USD at constant rates`, `functional currencies`."""
        return self.selection.money_words(self.version.reporting_currency)

    def name(self, metric: str) -> str:
        """A metric's label as a heading says it; of a line of a report, of which one."""
        if metric not in self.catalogue:
            return metric
        label = self.catalogue[metric].label
        report = next((one for one in self.catalogue.values() if metric in _lines(one)), None)
        if report is None or line_label(label) == label:
            return label
        return f"“{line_label(label)}” in the {report.label[:1].lower()}{report.label[1:]}"

    def about(self, metric: str) -> str:
        entry = self.catalogue.get(metric)
        return f"{entry.label}: {entry.formula or entry.description}" if entry else metric

    def subtitle(self, unit: str, when: str = "") -> str:
        return " · ".join(
            (
                unit,
                when or self.period.label,
                state.MODE_LABELS[self.selection.mode].lower(),
                f"as of {fmt.day(self.as_of)}",
            )
        )

    def context(self) -> dict[str, str]:
        """What every line of a download says about itself."""
        return {
            "period_from": self.period.start.isoformat(),
            "period_to": self.period.end.isoformat(),
            "practice_filter": self.selection.practice or "all",
            "entity_filter": self.selection.entity or "all",
            "mode": self.selection.mode,
            "currency_mode": self.selection.currency,
            "population": self.selection.population,
            "as_of": self.as_of.isoformat(),
            "version": self.version.id,
        }


def _lines(entry: MetricDescription) -> tuple[str, ...]:
    return entry.components if entry.kind == "report" else ()


def view_of(
    version: VersionInfo,
    choices: Choices,
    selection: Selection,
    questions: Sequence[tuple[str, ...]] = QUESTIONS,
) -> View:
    """The page's view of a version under a selection."""
    period = selection.resolved(choices)
    return View(
        version=version,
        catalogue=data.catalogue(version.id),
        choices=choices,
        selection=selection,
        period=period,
        previous=period.previous(),
        year_before=period.year_before(),
        questions=questions,
    )


def by_date(answer: Answer, grain: str) -> dict[date, Mapping[str, Cell]]:
    """Rows of an answer by their period's first day."""
    return {value: row for row in answer.rows if isinstance(value := row[grain], date)}


def trend_words(
    label: str, unit: str, currency: str | None, dates: Sequence[date], values: Sequence[Cell]
) -> str:
    """A series in words: its first and last value, for who cannot see the line."""
    known = [
        (day, value) for day, value in zip(dates, values, strict=True) if fmt.as_decimal(value) is not None
    ]
    if len(known) < 2:
        return ""
    (first_day, first), (last_day, last) = known[0], known[-1]
    return (
        f"{label}, {len(known)} periods: {fmt.tile_value(first, unit, currency)} in {fmt.month(first_day)}, "
        f"{fmt.tile_value(last, unit, currency)} in {fmt.month(last_day)}"
    )


def one_month_words(
    lines: Sequence[tuple[str, Sequence[Cell]]], unit: str, currency: str | None, dates: Sequence[date]
) -> str:
    """What a trend says instead of its lines (label and values) while they have one month; else nothing."""
    known = {
        day
        for _, values in lines
        for day, value in zip(dates, values, strict=True)
        if fmt.as_decimal(value) is not None
    }
    if len(known) != 1:
        return ""
    (month,) = known
    place = list(dates).index(month)
    said = ", ".join(f"{label} {fmt.tile_value(values[place], unit, currency)}" for label, values in lines)
    return f"There is only one month to show, {fmt.month(month)}: {said}. A line needs a second one."


def largest_first(rows: Sequence[Mapping[str, Cell]], metric: str) -> list[Mapping[str, Cell]]:
    """Largest first, nothing last."""

    def key(row: Mapping[str, Cell]) -> tuple[bool, float]:
        number = table_twin.number(row.get(metric))
        return number is None, -float(number or 0)

    return sorted(rows, key=key)


def column(view: View, metric: str) -> TableColumn:
    """A table column of a metric, with its definition as help."""
    entry = view.catalogue.get(metric)
    if entry is None:
        return TableColumn(metric, metric, "hours")
    # A difference of two shares is in points, not in percent.
    unit = "points" if metric == "utilization_target_variance" else entry.unit
    return TableColumn(metric, entry.label, unit, f"{entry.description} {entry.formula}".strip())


def target_of(row: Mapping[str, Cell]) -> Cell:
    """The target that the variance was measured from, where it is one for everybody; else None.

    The variance counts only people who have a target. It starts from the utilization shown, and a line on the bar
    is true, only if that is everyone: then the target hours are the same share of the whole capacity.
    """
    actual = fmt.as_decimal(row.get("billable_utilization"))
    variance = fmt.as_decimal(row.get("utilization_target_variance"))
    wanted, capacity = (
        fmt.as_decimal(row.get("target_hours")),
        fmt.as_decimal(row.get("capacity_gross_hours")),
    )
    if actual is None or variance is None or wanted is None or not capacity:
        return None
    target = actual - variance
    return target if abs(target - wanted / capacity) < Decimal("0.00001") else None
