"""Overview: is our capacity turned into client work, what does it cost, and where did the rest of the time go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st

from dashboard import data, periods, state, theme
from dashboard import format as fmt
from dashboard.components import charts, filters, states, table_twin, tile, trust_bar
from dashboard.components.charts import Bar, Card, Series, Step
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.components.tile import Comparison, Line, Tile
from dashboard.data import Answer
from dashboard.format import Better
from dashboard.periods import Period
from dashboard.state import Choices, Selection
from tieout.metrics_types import Cell, MetricDescription, VersionInfo

SPARK_PERIODS = 13
TREND_MONTHS = 25

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
ROW_COLUMNS = (
    *COST,
    "billable_hours",
    "capacity_gross_hours",
    *RATIOS,
    "missing_hours",
    "capacity_net_hours",
    "capacity_standard_hours",
)
WALK = "capacity_walk"
WALK_TOTALS = frozenset({"standard", "gross", "net", "billable"})
TREND = (
    ("billable_utilization", "Billable"),
    ("productive_utilization", "Productive"),
    ("resource_utilization", "Resource"),
)


@dataclass(frozen=True)
class View:
    """What the page is drawn from: the version, its catalogue, the selection and its three periods."""

    version: VersionInfo
    catalogue: Mapping[str, MetricDescription]
    choices: Choices
    selection: Selection
    period: Period
    previous: Period
    year_before: Period

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
        return data.ask(self.version.id, self.selection.part(period or self.period), known, by)

    def ask_costs(self, period: Period | None = None) -> Answer:
        """Cost and the hours without one. Where amounts may not be added, the hours are still known."""
        answer = self.ask(COST, period=period)
        if not answer.refused:
            return answer
        return replace(self.ask(COST[1:], period=period), refused=answer.refused, currency_code=None)

    def about(self, metric: str) -> str:
        entry = self.catalogue.get(metric)
        return f"{entry.label}: {entry.formula or entry.description}" if entry else metric

    def subtitle(self, unit: str) -> str:
        return " · ".join(
            (
                unit,
                self.period.label,
                state.MODE_LABELS[self.selection.mode].lower(),
                f"as of {fmt.day(self.version.as_of)}",
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
            "as_of": self.version.as_of.isoformat(),
            "version": self.version.id,
        }


def render() -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    choices = Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=data.values_of(version.id, "practice"),
        entities=data.values_of(version.id, "entity"),
        year_starts_in=data.year_starts_in(),
    )
    head = st.container(gap=None)
    if not choices.months:
        with head:
            show(trust_bar.html(version, "as was", version.reporting_currency))
        show(states.html(*NOTHING_LOADED))
        return version.id
    selection, ignored = filters.show(choices)
    view = _view(version, choices, selection)
    money = selection.money_words(version.reporting_currency)
    with head:
        show(trust_bar.html(version, state.MODE_LABELS[selection.mode].lower(), money))
    figures = view.ask(RATIOS + HOURS)
    costs = view.ask_costs()
    show(filters.sentence_html(selection, view.period, version.reporting_currency))
    recorded = {thing for system in version.systems for thing in system.does_not_record}
    warnings = [*ignored, *trust_bar.behind(version)]
    warnings += [note for note in (*figures.notes, *costs.notes) if note not in recorded]
    if notes := trust_bar.notes_html(warnings, trust_bar.missing_records(version.systems)):
        show(notes)
    if _is_empty(figures, costs):
        show(_empty_html(view))
        return version.id
    _tiles(view, figures, costs)
    _charts(view, figures, costs)
    _rows(view, figures, costs)
    show(_definitions_html(view, figures, costs))
    return version.id


NOTHING_LOADED = (
    "This version has no capacity and no time",
    "It was published, but no employment, calendar or time entry reached it. Check that the firm file names the "
    "systems that hold them, then refresh.",
    "tieout doctor",
)


def _view(version: VersionInfo, choices: Choices, selection: Selection) -> View:
    period = selection.resolved(choices)
    return View(
        version=version,
        catalogue=data.catalogue(version.id),
        choices=choices,
        selection=selection,
        period=period,
        previous=period.previous(),
        year_before=period.year_before(),
    )


def _is_empty(figures: Answer, costs: Answer) -> bool:
    """Nothing at all: neither capacity nor work nor cost in the slice."""
    values = [fmt.as_decimal(figures.one(metric)) for metric in HOURS]
    values += [fmt.as_decimal(costs.one(metric)) for metric in COST]
    return not costs.refused and not any(values)


def _empty_html(view: View) -> str:
    first, last = view.choices.months[0], view.choices.months[-1]
    return states.html(
        "Nothing in this slice",
        f"{view.selection.sentence(view.period, view.version.reporting_currency)}: no capacity, no time and no cost. "
        f"This version has {fmt.month(first)} to {fmt.month(last)}. Choose another period, or clear the practice and "
        "entity filters.",
    )


# --- tiles -----------------------------------------------------------------------------------------------------


def _tiles(view: View, figures: Answer, costs: Answer) -> None:
    grid = st.grid(6, min_column_width=196, gap=8, key="tiles")
    histories = _histories(view)
    compliance = Line("timesheets in", fmt.tile_value(figures.one("timesheet_compliance"), "ratio"))
    variance = Line("v target", fmt.points(figures.one("utilization_target_variance")))

    def basis(metric: str) -> tuple[Line, ...]:
        return (
            Line("over standard", fmt.tile_value(figures.one(f"{metric}_std"), "ratio")),
            Line("over net", fmt.tile_value(figures.one(f"{metric}_net"), "ratio")),
        )

    def hours(label: str, metric: str, answer: Answer = figures, warn: bool = False) -> Line:
        value = answer.one(metric)
        tone = "warning" if warn and fmt.as_decimal(value) else "plain"
        return Line(label, fmt.tile_value(value, "hours"), "warning" if tone == "warning" else "plain")

    no_capacity = "no capacity in this slice"
    specs: tuple[tuple[str, str, Better, Answer, tuple[Line, ...], str], ...] = (
        (
            "billable_utilization",
            "over gross",
            "up",
            figures,
            (*basis("billable_utilization"), variance, compliance),
            no_capacity,
        ),
        (
            "productive_utilization",
            "over gross",
            "up",
            figures,
            (*basis("productive_utilization"), compliance),
            no_capacity,
        ),
        (
            "resource_utilization",
            "over gross",
            "neither",
            figures,
            (*basis("resource_utilization"), compliance),
            no_capacity,
        ),
        (
            "billable_hours",
            "",
            "up",
            figures,
            (
                hours("gross capacity", "capacity_gross_hours"),
                hours("net", "capacity_net_hours"),
                hours("standard", "capacity_standard_hours"),
            ),
            "no approved billable time in this slice",
        ),
        (
            "timesheet_compliance",
            "of net capacity",
            "up",
            figures,
            (hours("missing", "missing_hours", warn=True), hours("net capacity", "capacity_net_hours")),
            no_capacity,
        ),
        (
            "cost_standard",
            view.selection.money_words(view.version.reporting_currency),
            "neither",
            costs,
            (hours("uncosted", "uncosted_hours", costs, warn=True),),
            _no_cost(costs),
        ),
    )
    for metric, basis_words, better, answer, lines, reason in specs:
        with grid.cell():
            one = _tile(view, metric, basis_words, better, answer, lines, reason, histories)
            tile.draw(one, view.catalogue.get(metric), partial(_sql, view, metric))


NO_COST = "No approved hour in this slice has a cost rate and an exchange rate."


def _no_cost(costs: Answer) -> str:
    return costs.refused or NO_COST


def _sql(view: View, metric: str) -> str:
    answer = view.ask((metric,))
    return answer.sql or answer.refused


def _tile(
    view: View,
    metric: str,
    basis: str,
    better: Better,
    answer: Answer,
    lines: tuple[Line, ...],
    reason: str,
    histories: Mapping[str, tuple[Sequence[date], Sequence[Cell]]],
) -> Tile:
    entry = view.catalogue.get(metric)
    unit = entry.unit if entry else ""
    value = answer.one(metric)
    dates, trend = histories.get(metric, ((), ()))
    comparisons = tuple(_comparison(view, metric, unit, better, value, period) for period in view.compared)
    label = entry.label if entry else metric.replace("_", " ").capitalize()
    return Tile(
        metric=metric,
        label=label,
        basis=basis,
        unit=unit,
        value=value,
        value_text=fmt.tile_value(value, unit, answer.currency_code),
        better=better,
        reason=reason if entry else "this version does not have the metric",
        lines=lines,
        comparisons=comparisons,
        trend=tuple(trend),
        trend_words=_trend_words(label, unit, answer.currency_code, dates, trend),
    )


def _comparison(
    view: View, metric: str, unit: str, better: Better, value: Cell, period: Period
) -> Comparison:
    answer = view.ask_costs(period) if metric in COST else view.ask(RATIOS + HOURS, period=period)
    before = answer.one(metric)
    moved = fmt.change(value, before, unit, better)
    if moved is not None:
        return Comparison(moved, period.label)
    if fmt.as_decimal(value) is None:
        return Comparison(None, period.label, "no value now")
    first = view.choices.months[0]
    if period.end < first:
        return Comparison(None, period.label, "no data", f"This version’s data starts {fmt.month(first)}.")
    return Comparison(None, period.label, "no value then")


def _histories(view: View) -> dict[str, tuple[Sequence[date], Sequence[Cell]]]:
    """Up to thirteen periods of each tile's metric, the last of which ends where the selection ends."""
    quarterly = view.selection.period == "quarter"
    grain = "quarter" if quarterly else "month"
    last = view.period.end
    start = periods.first_of_quarter(last) if quarterly else periods.first_of_month(last)
    dates = [periods.add_months(start, -(3 if quarterly else 1) * back) for back in range(SPARK_PERIODS)][
        ::-1
    ]
    dates = [value for value in dates if value >= _first(view, grain)]
    if not dates:
        return {}
    span = periods.custom(dates[0], last)
    found: dict[str, tuple[Sequence[date], Sequence[Cell]]] = {}
    for metrics in (RATIOS + HOURS, COST):
        by_date = _by_date(view.ask(metrics, (grain,), span), grain)
        for metric in metrics:
            found[metric] = (dates, [by_date.get(value, {}).get(metric) for value in dates])
    return found


def _first(view: View, grain: str) -> date:
    first = view.choices.months[0]
    return periods.first_of_quarter(first) if grain == "quarter" else first


def _by_date(answer: Answer, grain: str) -> dict[date, Mapping[str, Cell]]:
    return {value: row for row in answer.rows if isinstance(value := row[grain], date)}


def _trend_words(
    label: str, unit: str, currency: str | None, dates: Sequence[date], values: Sequence[Cell]
) -> str:
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


# --- charts ----------------------------------------------------------------------------------------------------


def _charts(view: View, figures: Answer, costs: Answer) -> None:
    main, side = st.columns([11, 10], gap=8)
    beside = (_utilization_card(view, figures), _cost_card(view, costs))
    with main:
        charts.draw(_walk_card(view, charts.height_beside(beside)))
    with side, st.container(key="side", gap=8):
        for card in beside:
            charts.draw(card)
    charts.draw(_trend_card(view, figures))


def _walk_card(view: View, height: int) -> Card:
    entry = view.catalogue.get(WALK)
    lines = tuple(line for line in (entry.components if entry else ()) if line in view.catalogue)
    answer = view.ask(lines)
    steps = [
        Step(
            label=_walk_label(view.catalogue[line].label),
            value=answer.one(line),
            kind="total" if _walk_part(line) in WALK_TOTALS else "move",
            definition=view.catalogue[line].description,
        )
        for line in lines
    ]
    drawable = any(fmt.as_decimal(step.value) for step in steps)
    rows: list[dict[str, Cell]] = [{"line": step.label, "hours": step.value} for step in steps]
    alt = (
        "Waterfall in hours. "
        + "; ".join(f"{step.label} {fmt.tile_value(step.value, 'hours')}" for step in steps)
        + "."
    )
    return Card(
        key="walk",
        question="Where does capacity go?",
        subtitle=view.subtitle("hours, standard to billable"),
        alt=alt,
        table=Table(
            (TableColumn("line", "Line of the walk"), TableColumn("hours", "Hours", "hours")),
            rows,
            context=view.context(),
        ),
        file_name=f"capacity walk {view.period.label}",
        figure=charts.walk(steps, theme.active(), height) if drawable else None,
        empty=answer.refused or "No capacity in this slice, so there is nothing to walk.",
    )


def _walk_part(line: str) -> str:
    return line.removeprefix(f"{WALK}_").removeprefix("capacity_").removesuffix("_hours")


def _walk_label(label: str) -> str:
    """`Walk 04: public holidays` → `Public holidays`: the order is already on the page."""
    words = label.partition(":")[2].strip() or label
    return words[:1].upper() + words[1:]


def _utilization_card(view: View, figures: Answer) -> Card:
    metrics = (
        "billable_utilization",
        "billable_utilization_std",
        "billable_utilization_net",
        "utilization_target_variance",
        "timesheet_compliance",
        "billable_hours",
        "capacity_gross_hours",
        "target_hours",
    )
    answer = view.ask(metrics, ("practice",))
    total = view.ask(metrics)
    rows = _sorted(answer.rows, "billable_utilization")
    against = view.compared[0] if view.compared else None
    before = _before(view, "billable_utilization", against)
    items = [
        Bar(
            label=table_twin.label_text(row["practice"]),
            value=row["billable_utilization"],
            target=_target(row),
            before=before.get(row["practice"]),
        )
        for row in rows
        if fmt.as_decimal(row.get("billable_utilization")) is not None
    ]
    compliance = fmt.tile_value(figures.one("timesheet_compliance"), "ratio")
    marks = ["│ target"] if any(item.target is not None for item in items) else []
    marks += [f"○ {against.label}"] if against and any(item.before is not None for item in items) else []
    table = Table(
        columns=(
            TableColumn("practice", "Practice of the person"),
            *(_column(view, metric) for metric in metrics),
        ),
        rows=rows,
        total={"practice": "Total", **{metric: total.one(metric) for metric in metrics}},
        context=view.context(),
    )
    return Card(
        key="utilization",
        question="Which practices turn capacity into billable work?",
        subtitle=f"{view.subtitle('billable over gross hours')} · timesheets in {compliance}",
        alt="Billable utilization by practice: " + _bars_words(items, "ratio", None),
        table=table,
        file_name=f"utilization by practice {view.period.label}",
        figure=_bars(view, items, "ratio", None, "billable_utilization", against) if items else None,
        empty=answer.refused or "No practice has capacity in this slice.",
        legend="   ".join(marks),
    )


def _target(row: Mapping[str, Cell]) -> Cell:
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


def _before(view: View, metric: str, period: Period | None) -> dict[Cell, Cell]:
    if period is None:
        return {}
    return {row["practice"]: row.get(metric) for row in view.ask((metric,), ("practice",), period).rows}


def _bars(
    view: View, items: Sequence[Bar], unit: str, currency: str | None, metric: str, against: Period | None
) -> go.Figure:
    return charts.bars(
        items,
        unit,
        currency,
        charts.practice_colours(view.choices.practices, theme.active()),
        theme.active(),
        definition=view.about(metric),
        before_label=against.label if against else "",
        partial=view.period.partial,
    )


def _cost_card(view: View, costs: Answer) -> Card:
    answer = view.ask(COST, ("practice",))
    rows = [
        row for row in _sorted(answer.rows, "cost_standard") if any(fmt.as_decimal(row.get(m)) for m in COST)
    ]
    items = [
        Bar(label=table_twin.label_text(row["practice"]), value=row["cost_standard"])
        for row in rows
        if fmt.as_decimal(row.get("cost_standard")) is not None
    ]
    money = view.selection.money_words(view.version.reporting_currency)
    table = Table(
        columns=(
            TableColumn("practice", "Practice of the project"),
            *(_column(view, metric) for metric in COST),
        ),
        rows=rows,
        currency=answer.currency_code,
        total={"practice": "Total", **{metric: costs.one(metric) for metric in COST}},
        context=view.context(),
    )
    comparable = answer.currency_code is not None
    return Card(
        key="cost",
        question="Which practices’ projects carry the cost?",
        subtitle=view.subtitle(f"standard cost in {money}")
        + f" · {fmt.tile_value(costs.one('uncosted_hours'), 'hours')} uncosted",
        alt="Standard cost by practice: " + _bars_words(items, "money", answer.currency_code),
        table=table,
        file_name=f"cost by practice {view.period.label}",
        figure=_bars(view, items, "money", answer.currency_code, "cost_standard", None)
        if items and comparable
        else None,
        empty=answer.refused
        or (
            "Amounts of different currencies have no common scale; the table has them." if items else NO_COST
        ),
    )


def _trend_card(view: View, figures: Answer) -> Card:
    last = view.choices.months[-1]
    span = periods.custom(periods.add_months(last, 1 - TREND_MONTHS), view.version.as_of)
    metrics = (*(metric for metric, _ in TREND), "timesheet_compliance")
    answer = view.ask(metrics, ("month",), span)
    by_date = _by_date(answer, "month")
    dates = [month for month in periods.months_between(span.start, view.version.as_of) if month in by_date]
    rows: list[Mapping[str, Cell]] = [by_date[month] for month in dates]
    running = bool(dates) and view.version.as_of < periods.last_of_month(dates[-1])
    series = [Series(label, [row.get(metric) for row in rows]) for metric, label in TREND]
    band = (view.period.start, max(view.period.end, view.period.start + timedelta(days=1)))
    drawable = any(fmt.as_decimal(value) is not None for one in series for value in one.values)
    alt = "Utilization over gross capacity by month. " + " ".join(
        _trend_words(one.label, "ratio", None, dates, one.values) + "." for one in series
    )
    return Card(
        key="trend",
        question="Is utilization moving?",
        subtitle=" · ".join(
            (
                "share of gross capacity by month",
                f"timesheets in {fmt.tile_value(figures.one('timesheet_compliance'), 'ratio')} in {view.period.label}",
                state.MODE_LABELS[view.selection.mode].lower(),
                f"as of {fmt.day(view.version.as_of)}",
                *(["last month to date, dotted"] if running else []),
                "shaded: the selected period",
            )
        ),
        alt=alt,
        table=Table(
            (TableColumn("month", "Month"), *(_column(view, metric) for metric in metrics)),
            rows[::-1],
            context=view.context(),
        ),
        file_name="utilization by month",
        figure=charts.lines(dates, series, theme.active(), running, _clip(band, dates)) if drawable else None,
        empty=answer.refused or "No month of this slice has capacity.",
    )


def _clip(band: tuple[date, date], dates: Sequence[date]) -> tuple[date, date] | None:
    """The selected days within the months drawn, half a month to either side of a month's mark."""
    start, end = periods.first_of_month(band[0]), periods.first_of_month(band[1])
    half = timedelta(days=15)
    if not dates or end < dates[0] or start > dates[-1]:
        return None
    return max(start, dates[0]) - half, min(end, dates[-1]) + half


def _bars_words(items: Sequence[Bar], unit: str, currency: str | None) -> str:
    return "; ".join(f"{item.label} {fmt.tile_value(item.value, unit, currency)}" for item in items) + "."


def _sorted(rows: Sequence[Mapping[str, Cell]], metric: str) -> list[Mapping[str, Cell]]:
    """Largest first, nothing last."""

    def key(row: Mapping[str, Cell]) -> tuple[bool, float]:
        number = table_twin.number(row.get(metric))
        return number is None, -float(number or 0)

    return sorted(rows, key=key)


def _column(view: View, metric: str) -> TableColumn:
    entry = view.catalogue.get(metric)
    if entry is None:
        return TableColumn(metric, metric, "hours")
    # A difference of two shares is in points, not in percent.
    unit = "points" if metric == "utilization_target_variance" else entry.unit
    return TableColumn(metric, entry.label, unit, f"{entry.description} {entry.formula}".strip())


# --- rows ------------------------------------------------------------------------------------------------------


def _rows(view: View, figures: Answer, costs: Answer) -> None:
    """Every figure of the tiles by practice, with the tiles' own figures as the totals row."""
    by = ("practice",)
    hours = {row["practice"]: row for row in view.ask(RATIOS + HOURS, by).rows}
    money = view.ask(COST, by)
    rows: list[dict[str, Cell]] = [{"practice": name, **row} for name, row in hours.items()]
    cost_rows = {row["practice"]: row for row in money.rows}
    for row in rows:
        row.update({metric: cost_rows.get(row["practice"], {}).get(metric) for metric in COST})
    rows += [dict(row) for name, row in cost_rows.items() if name not in hours]
    table = Table(
        columns=(TableColumn("practice", "Practice"), *(_column(view, metric) for metric in ROW_COLUMNS)),
        rows=[
            row
            for row in _sorted(rows, "cost_standard")
            if any(fmt.as_decimal(row.get(m)) for m in (*HOURS, *COST))
        ],
        currency=money.currency_code,
        total={
            "practice": "Total",
            **{metric: figures.one(metric) for metric in (*HOURS, *RATIOS)},
            **{metric: costs.one(metric) for metric in COST},
        },
        context=view.context(),
        links=_practice_links(view),
    )
    question = "What is behind the tiles, by practice?"
    with st.container(key="card_rows", gap=None):
        show(
            f'<div class="to-card" id="rows"><h2>{text(question)}</h2><p class="to-subtitle">'
            f"{text(view.subtitle('hours, shares and ' + view.selection.money_words(view.version.reporting_currency)))}"
            " · hours by the person’s practice, cost by the project’s · the last row is the tiles</p></div>"
            f"{table_twin.html(table, question)}"
        )
        charts.download("rows", table, f"overview by practice {view.period.label}", question)


def _practice_links(view: View) -> dict[str, str]:
    base = state.default(view.choices)
    return {
        name: f"?{urlencode(state.to_query(replace(view.selection, practice=name), base))}"
        for name in view.choices.practices
    }


def _definitions_html(view: View, figures: Answer, costs: Answer) -> str:
    """For paper only: what each printed figure means."""
    words = {**figures.definition, **costs.definition}
    listed = "".join(
        f"<dt>{text(view.catalogue[metric].label)}</dt><dd>{text(definition)}</dd>"
        for metric, definition in words.items()
        if metric in view.catalogue
    )
    return f'<section class="to-print"><h2>Definitions</h2><dl>{listed}</dl></section>'
