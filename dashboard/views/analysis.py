"""What the analysis pages have in common: the frame of a page, and the cards and tables that they are made of.

A page names the metrics that it asks for together, its tiles and its parts; it computes nothing. Parts are made first and
drawn afterwards, so that what one reader has seen of a version is only drawn for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import streamlit as st

from dashboard import data, periods, state, theme
from dashboard import format as fmt
from dashboard.asked import offered
from dashboard.components import charts, filters, states, table_twin, trust_bar
from dashboard.components.charts import Bar, Card, Series, Stack, Step
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table, TableColumn
from dashboard.kept import Store
from dashboard.row_words import line_label
from dashboard.views import overview_behind, overview_rows, tiles
from dashboard.views.tiles import Spec
from dashboard.views.view import (
    View,
    column,
    largest_first,
    one_month_words,
    trend_words,
    view_of,
)
from tieout.metrics_types import Cell

# Pages under a selection whose parts are kept; each takes some hundred kilobytes.
KEPT = 96
TREND_MONTHS = 25
LISTED = 200
CHARTED = 10
# Dimensions of which each value has only some of the amounts.
SOME = ("contract", "contract_type", "project")
MIXED = "Amounts of different currencies have no common scale; the table has them."
END_OF_PAGE = '<span id="end_of_page"></span>'
NOTHING_LOADED = (
    "This version has no capacity and no time",
    "It was published, but no employment, calendar or time entry reached it. Check that the firm file names the "
    "systems that hold them, then refresh.",
    "tieout doctor",
)


# A part of a page that is ready to be drawn.
Draw = Callable[[], None]


@dataclass(frozen=True)
class Page:
    """A page: its title, the metrics that it asks for together, what an empty slice lacks, its tiles and what follows."""

    title: str
    questions: tuple[tuple[str, ...], ...]
    lacks: str
    tiles: Callable[[View], Sequence[Spec]]
    body: Callable[[View], Sequence[Draw]]


_PARTS: Store[tuple[Draw, Sequence[Draw], Draw]] = Store(KEPT)


def render(page: Page) -> str:
    """Draw the page. Returns the id of the version that it shows."""
    version = data.version()
    choices = offered(version)
    head = st.container(gap=None)
    if not choices.months:
        with head:
            trust_bar.draw(version, "as was", version.reporting_currency)
        show(states.html(*NOTHING_LOADED))
        return version.id
    choose = st.container(key="choose", gap=8)
    with choose:
        selection, ignored = filters.show(choices)
    view = view_of(version, choices.on(selection.as_of), selection, page.questions)
    with head:
        mode = state.MODE_LABELS[selection.mode].lower()
        slice_ = selection.part(view.period)
        trust_bar.draw(version, mode, view.money, selection.as_of, slice_, view.period.label)
    with choose:
        show(
            f'<h2 class="to-page">{text(page.title)}</h2>'
            f"{filters.sentence_html(selection, view.period, version.reporting_currency)}"
        )
    recorded = {thing for system in version.systems for thing in system.does_not_record}
    recorded |= {version.rejected_note or ""}  # the trust bar says it
    warnings = [*ignored, *trust_bar.behind(version)]
    answers = [view.figures(question[0]) for question in page.questions]
    warnings += [note for answer in answers for note in answer.notes if note not in recorded]
    if notes := trust_bar.notes_html(warnings, trust_bar.missing_records(version.systems)):
        show(notes)
    if is_empty(view):
        show(_empty_html(view, page.lacks))
        show(END_OF_PAGE)
        return version.id
    lead, body, definitions = _PARTS.get((page.title, theme.active(), view.key), lambda: _parts(page, view))
    # In one container, so that a narrow screen can show the rows asked for before the column of tiles.
    with st.container(key="lead", gap=8):
        lead()
        overview_behind.draw(view)
    for part in body:
        part()
    definitions()
    show(END_OF_PAGE)
    return version.id


def _parts(page: Page, view: View) -> tuple[Draw, Sequence[Draw], Draw]:
    definitions = overview_rows.definitions_html(view)
    return tiles.row(view, "tiles", page.tiles(view)), page.body(view), partial(show, definitions)


def is_empty(view: View) -> bool:
    """Nothing at all in the slice, and nothing declined that could say otherwise."""
    for question in view.questions:
        known = [metric for metric in question if metric in view.catalogue]
        if not known:
            continue
        answer = view.figures(known[0])
        if answer.refused or any(fmt.as_decimal(answer.one(metric)) for metric in known):
            return False
    return True


def _empty_html(view: View, lacks: str) -> str:
    first, last = view.choices.months[0], view.choices.months[-1]
    return states.html(
        "Nothing in this slice",
        f"{view.selection.sentence(view.period, view.version.reporting_currency)}: {lacks}. This version has "
        f"{fmt.month(first)} to {fmt.month(last)}. Choose another period, or clear the practice and entity filters.",
    )


def in_columns(left: Sequence[Card], right: Sequence[Card], name: str) -> Draw:
    """Two columns of cards; a bar that stands for a practice or a metric leads to it."""
    return partial(_draw_columns, left, right, name)


def _draw_columns(left: Sequence[Card], right: Sequence[Card], name: str) -> None:
    columns = st.columns([11, 10], gap=8)
    for column_, cards, side in zip(columns, (left, right), ("left", "right"), strict=True):
        with column_, st.container(key=f"stack_{name}_{side}", gap=8):
            for card in cards:
                charts.draw(card, picked(card))


def picked(card: Card) -> Callable[[str], None]:
    """Where a click on a bar of the card leads."""
    return filters.show_rows if card.key.endswith("parts") else filters.pick_practice


def walk_card(
    view: View,
    key: str,
    question: str,
    report: str,
    totals: Iterable[str],
    words: str,
    *,
    when: str = "",
    height: int = 0,
    empty: str,
    gap: str = "",
) -> Card:
    """A report whose lines run from one total to another, as a waterfall that says whether its lines tie."""
    entry = view.catalogue.get(report)
    lines = tuple(line for line in (entry.components if entry else ()) if line in view.catalogue)
    answer = view.ask(lines)
    unit = view.unit(lines[0]) if lines else ""
    stands = set(totals)
    steps = tuple(
        Step(
            label=line_label(view.catalogue[line].label),
            value=answer.one(line),
            kind="total" if line.removeprefix(f"{report}_") in stands else "move",
            definition=view.catalogue[line].description,
        )
        for line in lines
    )
    drawable = any(fmt.as_decimal(step.value) for step in steps)
    tie = ties_words(steps, unit, answer.currency_code, gap) if drawable and unit == "money" else ""
    name = "hours" if unit == "hours" else "amount"
    return Card(
        key=key,
        question=question,
        subtitle=view.subtitle(words, when),
        alt=f"Waterfall, {words}. "
        + "; ".join(
            f"{step.label} {fmt.tile_value(step.value, unit, answer.currency_code)}" for step in steps
        )
        + ".",
        table=Table(
            (
                TableColumn("line", "Line"),
                TableColumn(name, name.capitalize(), unit, optional=unit == "money"),
            ),
            [{"line": step.label, name: step.value} for step in steps],
            currency=answer.currency_code,
            context=view.context(),
            sums=frozenset(step.label for step in steps if step.kind == "total"),
            cell_links={
                (step.label, name): link
                for step, line in zip(steps, lines, strict=True)
                if (link := view.link_to_rows(line))
            },
        ),
        file_name=f"{report} {view.period.label}",
        figure=charts.walk(
            tuple(step for step in steps if step.kind == "total" or fmt.as_decimal(step.value)),
            theme.active(),
            height,
            unit,
            answer.currency_code,
        )
        if drawable
        else None,
        empty=answer.refused or empty,
        legend=tie,
    )


def ties_words(steps: Sequence[Step], unit: str, currency: str | None, gap: str = "") -> str:
    """Whether the lines shown lead to the total shown. Each is rounded on its own, so that cents may be left; `gap`
    says what else may be."""
    left = charts.left_open(steps)
    if left is None:
        return ""
    amount = fmt.exact_value(left, unit, currency)
    if not left:
        return f"Lines and total tie to {amount}."
    last = fmt.as_decimal(steps[-1].value)
    exponent = last.as_tuple().exponent if last is not None else None
    smallest = 10.0**exponent if isinstance(exponent, int) else 0.0
    if abs(left) <= smallest * len(steps) / 2:
        return f"Lines and total tie but for {amount}, because each line is rounded."
    return f"▲ Lines and total do not tie: {amount} is in no line. {gap}".strip()


@dataclass(frozen=True)
class Bars:
    """Bars of one metric by a dimension. `mark` is a second metric shown as a hollow mark instead of the comparison,
    `target` gives the target of a row, `beside` are the further columns of its table."""

    key: str
    question: str
    metric: str
    by: str
    words: str
    noun: str
    empty: str
    beside: tuple[str, ...] = ()
    mark: str = ""
    mark_label: str = ""
    target: Callable[[Mapping[str, Cell]], Cell] | None = None
    when: str = ""
    sort: str = ""


def bars_card(view: View, bars: Bars) -> Card:
    """The metric by the dimension, largest first."""
    metric, by = bars.metric, bars.by
    metrics = tuple(m for m in dict.fromkeys((metric, *bars.beside)) if m in view.catalogue)
    answer = view.figures(metric, (by,))
    rows = [
        row
        for row in largest_first(list(view.by_name(by, metrics).values()), bars.sort or metric)
        if any(fmt.as_decimal(row.get(one)) for one in metrics)
    ]
    against = view.compared[0] if view.compared and not bars.mark else None
    before = (
        {row[by]: row.get(metric) for row in view.figures(metric, (by,), against).rows} if against else {}
    )
    drawn = [row for row in rows if fmt.as_decimal(row.get(metric)) is not None][:CHARTED]
    items = tuple(
        Bar(
            label=named(by, row[by]),
            value=row[metric],
            target=bars.target(row) if bars.target else None,
            before=row.get(bars.mark) if bars.mark else before.get(row[by]),
        )
        for row in drawn
    )
    unit = view.unit(metric)
    day = f"on {fmt.day(against.end)}" if against and view.is_balance(metric) else ""
    before_label = bars.mark_label or (day or against.label if against else "")
    marks = ["│ target, where everyone has one"] if any(item.target is not None for item in items) else []
    marks += [f"○ {before_label}"] if any(item.before is not None for item in items) else []
    if len(rows) > CHARTED and len(drawn) == CHARTED:
        marks.append(f"the {CHARTED} largest of {len(rows)}")
    comparable = unit != "money" or answer.currency_code is not None
    colours = (
        charts.practice_colours(view.choices.practices, theme.active())
        if by == "practice"
        else {item.label: theme.palette(theme.active()).primary for item in items}
    )
    return Card(
        key=bars.key,
        question=bars.question,
        subtitle=view.subtitle(bars.words, bars.when or _when(view, metric)),
        alt=f"{bars.question} "
        + "; ".join(
            f"{item.label} {fmt.tile_value(item.value, unit, answer.currency_code)}" for item in items
        )
        + ".",
        table=table_by(view, by, bars.noun, metrics, rows),
        file_name=f"{metric} by {by} {view.period.label}",
        figure=charts.bars(
            items,
            unit,
            answer.currency_code,
            tuple(colours.items()),
            theme.active(),
            definition=view.about(metric),
            before_label=before_label,
            partial=view.period.partial and not view.is_balance(metric),
        )
        if items and comparable
        else None,
        empty=answer.refused or (MIXED if items else bars.empty),
        legend=" · ".join(marks),
        picks=tuple(item.label for item in items) if by == "practice" else (),
    )


def _when(view: View, metric: str) -> str:
    return f"on {fmt.day(view.period.end)}" if view.is_balance(metric) else ""


def stacks_card(
    view: View,
    key: str,
    question: str,
    by: str,
    noun: str,
    whole: str,
    parts: Sequence[tuple[str, str]],
    words: str,
    empty: str,
) -> Card:
    """A whole and its parts by a dimension, as bars of parts."""
    metrics = tuple(metric for metric in (whole, *(part for part, _ in parts)) if metric in view.catalogue)
    answer = view.figures(whole, (by,))
    rows = [
        row
        for row in largest_first(answer.rows, whole)
        if any(fmt.as_decimal(row.get(metric)) for metric in metrics)
    ]
    labels = tuple(label for _, label in parts)
    unit, currency = view.unit(whole), answer.currency_code
    items = tuple(
        Stack(
            label=named(by, row[by]),
            total=fmt.tile_value(row.get(whole), unit, currency),
            values=tuple(row.get(part) for part, _ in parts),
            words=tuple(f"{label} {fmt.exact_value(row.get(part), unit, currency)}" for part, label in parts),
        )
        for row in rows[:CHARTED]
    )
    return Card(
        key=key,
        question=question,
        subtitle=view.subtitle(words, _when(view, whole)),
        alt=f"{question} " + "; ".join(f"{one.label} {one.total}" for one in items) + ".",
        table=table_by(view, by, noun, metrics, rows),
        file_name=f"{whole} by {by} {view.period.label}",
        figure=charts.stacked(items, labels, theme.active()) if items and currency else None,
        empty=answer.refused or (MIXED if items else empty),
        shades=labels,
        picks=tuple(one.label for one in items) if by == "practice" else (),
    )


def parts_card(
    view: View, key: str, question: str, whole: str, parts: Sequence[str], words: str, empty: str
) -> Card:
    """What one number is made of, each part leading to its rows."""
    known = [metric for metric in parts if metric in view.catalogue]
    answer = view.figures(whole)
    against = view.compared[0] if view.compared else None
    before = view.figures(whole, period=against) if against else None
    rows: list[dict[str, Cell]] = [
        {
            "part": view.catalogue[metric].label,
            "metric": metric,
            "amount": answer.one(metric),
            "before": before.one(metric) if before else None,
        }
        for metric in known
    ]
    ordered = largest_first(rows, "amount")
    shown = [row for row in ordered if fmt.as_decimal(row["amount"]) is not None]
    items = tuple(Bar(str(row["part"]), row["amount"], before=row["before"]) for row in shown)
    unit = view.unit(whole)
    columns = [
        TableColumn("part", "Part"),
        TableColumn("amount", f"On {fmt.day(view.period.end)}", unit, optional=True),
    ]
    total: dict[str, Cell] = {"part": "Total", "amount": answer.one(whole)}
    if against and before:
        columns.append(TableColumn("before", f"On {fmt.day(against.end)}", unit, optional=True))
        total["before"] = before.one(whole)
    primary = theme.palette(theme.active()).primary
    return Card(
        key=key,
        question=question,
        subtitle=view.subtitle(words, _when(view, whole)),
        alt=f"{question} "
        + "; ".join(
            f"{item.label} {fmt.tile_value(item.value, unit, answer.currency_code)}" for item in items
        )
        + ".",
        table=Table(
            tuple(columns),
            ordered,
            currency=answer.currency_code,
            total=total,
            context=view.context(),
            links={
                view.catalogue[metric].label: link for metric in known if (link := view.link_to_rows(metric))
            },
        ),
        file_name=f"{whole} by part {view.period.end.isoformat()}",
        figure=charts.bars(
            items,
            unit,
            answer.currency_code,
            tuple((item.label, primary) for item in items),
            theme.active(),
            definition=view.about(whole),
            before_label=fmt.day(against.end) if against else "",
        )
        if items
        else None,
        empty=answer.refused or empty,
        legend=f"○ {fmt.day(against.end)}"
        if against and any(fmt.as_decimal(item.before) is not None for item in items)
        else "",
        picks=tuple(str(row["metric"]) for row in shown) if view.choices.drills else (),
    )


def trend_card(
    view: View,
    key: str,
    question: str,
    series: Sequence[tuple[str, str]],
    words: str,
    empty: str,
    beside: Sequence[str] = (),
) -> Card:
    """Up to 25 months of metrics of one unit, the selected period shaded."""
    shown = [(metric, label) for metric, label in series if metric in view.catalogue]
    metrics = tuple(metric for metric in (*(one for one, _ in shown), *beside) if metric in view.catalogue)
    found: dict[date, dict[str, Cell]] = {}
    for metric in metrics:
        for month, row in view.history(metric, "month").items():
            found.setdefault(month, {})[metric] = row.get(metric)
    known = sorted(month for month in found if month <= view.as_of)[-TREND_MONTHS:]
    dates = periods.months_between(known[0], known[-1]) if known else []
    rows: list[Mapping[str, Cell]] = [{"month": month, **found.get(month, {})} for month in dates]
    unit = view.unit(metrics[0]) if metrics else "ratio"
    answers = [view.figures(metric) for metric in metrics]
    currency = next((answer.currency_code for answer in answers if answer.currency_code), None)
    running = bool(dates) and view.as_of < periods.last_of_month(dates[-1])
    lines = tuple(Series(label, tuple(row.get(metric) for row in rows)) for metric, label in shown)
    band = (view.period.start, max(view.period.end, view.period.start + timedelta(days=1)))
    drawable = any(fmt.as_decimal(value) is not None for one in lines for value in one.values)
    refused = next((answer.refused for answer in answers if answer.refused), "")
    comparable = unit != "money" or currency is not None
    alone = one_month_words([(one.label, one.values) for one in lines], unit, currency, dates)
    return Card(
        key=key,
        question=question,
        subtitle=" · ".join(
            (
                words,
                state.MODE_LABELS[view.selection.mode].lower(),
                f"as of {fmt.day(view.as_of)}",
                *(["last month to date, dotted"] if running and not alone else []),
                *([] if alone else ["shaded: the selected period"]),
            )
        ),
        alt=f"{words}. "
        + " ".join(trend_words(one.label, unit, currency, dates, one.values) + "." for one in lines),
        table=Table(
            (TableColumn("month", "Month"), *(column(view, metric) for metric in metrics)),
            rows[::-1],
            currency=currency,
            context=view.context()
            | {
                "period_from": dates[0].isoformat() if dates else "",
                "period_to": view.as_of.isoformat(),
            },
        ),
        file_name=f"{key} by month",
        figure=charts.lines(tuple(dates), lines, theme.active(), running, clip(band, dates), unit, currency)
        if drawable and comparable and not alone
        else None,
        empty=refused or (MIXED if drawable and not comparable else alone or empty),
    )


def clip(band: tuple[date, date], dates: Sequence[date]) -> tuple[date, date] | None:
    """The selected days within the months drawn, half a month to either side of a month's mark."""
    start, end = periods.first_of_month(band[0]), periods.first_of_month(band[1])
    half = timedelta(days=15)
    if not dates or end < dates[0] or start > dates[-1]:
        return None
    return max(start, dates[0]) - half, min(end, dates[-1]) + half


def named(by: str, value: Cell) -> str:
    """A dimension's value as people say it: `time_and_materials` is a code."""
    words = table_twin.label_text(value)
    return words.replace("_", " ").capitalize() if by == "contract_type" else words


def _column(view: View, by: str, metric: str) -> TableColumn:
    """Most amounts are of some contracts only: nothing there needs no reason."""
    return replace(column(view, metric), optional=by in SOME and view.unit(metric) != "hours")


def table_by(
    view: View, by: str, noun: str, metrics: Sequence[str], found: Sequence[Mapping[str, Cell]]
) -> Table:
    """Rows of a dimension, whose last row is the tiles; a practice leads to its page, its numbers to their rows."""
    rows: list[Mapping[str, Cell]] = [{**row, by: named(by, row[by])} for row in found]
    names = [table_twin.label_text(row[by]) for row in rows]
    mine = [name for name in names if by == "practice" and name in view.choices.practices]
    return Table(
        columns=(TableColumn(by, noun), *(_column(view, by, metric) for metric in metrics)),
        rows=rows,
        currency=next((code for metric in metrics if (code := view.figures(metric).currency_code)), None),
        total=view.total(metrics, by),
        context=view.context(),
        links={name: view.link(practice=name) for name in mine},
        cell_links={
            (name, metric): link
            for metric in metrics
            for name, link in (
                *((name, view.link_to_rows(metric, practice=name)) for name in mine),
                ("Total", view.link_to_rows(metric)),
            )
            if link
        },
    )


def rows_by(
    view: View, key: str, question: str, by: str, noun: str, wanted: Sequence[str], words: str
) -> Draw:
    """A table by a dimension on the page. Of many rows the first are shown; the download has all."""
    metrics = [metric for metric in wanted if metric in view.catalogue]
    rows = [
        row
        for row in largest_first(list(view.by_name(by, metrics).values()), metrics[0] if metrics else "")
        if any(fmt.as_decimal(row.get(metric)) for metric in metrics)
    ]
    table = table_by(view, by, noun, metrics, rows)
    listed = table if len(rows) <= LISTED else table_by(view, by, noun, metrics, rows[:LISTED])
    more = f" · the first {LISTED} of {len(rows)}, all in the download" if len(rows) > LISTED else ""
    refused = next((reason for metric in metrics if (reason := view.figures(metric, (by,)).refused)), "")
    said = f'<p class="to-subtitle to-warn">{text(refused)}</p>' if refused else ""
    face = (
        f'<div class="to-card" id="{text(key)}"><h2>{text(question)}</h2><p class="to-subtitle">'
        f"{text(view.subtitle(words))} · the last row is the tiles{text(more)}</p>{said}</div>"
        f"{table_twin.html(listed, question)}"
    )
    return partial(charts.draw_rows, key, face, table, f"{key} by {by} {view.period.label}", question)
