"""The charts: figures built from values that were asked for, and the card that each is shown in.

Text that comes from data is escaped before plotly sees it, because plotly reads a little HTML in labels.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from html import escape
from typing import Any, Literal
from zlib import crc32

import plotly.graph_objects as go
import streamlit as st

from dashboard import format as fmt
from dashboard import theme
from dashboard.components import table_twin, workbook
from dashboard.components.markup import show, text
from dashboard.components.table_twin import Table
from dashboard.theme import Palette, ThemeName
from tieout.metrics_types import UNASSIGNED, Cell

# "Send to cloud" uploads a chart's data; it is on by default in plotly 7. Client figures never leave the firm.
PLOTLY_CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "showEditInChartStudio": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
BAR_HEIGHT = 27
# About the width of a character of the charts' text, in pixels, and the height of a line of it.
CHARACTER = 7
LINE_HEIGHT = 15
# Characters beside a bar that leave it room on a phone.
LINE_LENGTH = 36
# Building a figure costs more than everything else of a run that finds its numbers cached. A figure is never changed
# after it was built, so equal values may share one.
KEPT = 64
LEGEND_HEIGHT = 24
CARD_HEIGHT = 104


@dataclass(frozen=True)
class Step:
    """One line of a walk. A `total` stands on zero, a `move` hangs from the line before."""

    label: str
    value: Cell
    kind: Literal["total", "move"]
    definition: str = ""


@dataclass(frozen=True)
class Bar:
    """One horizontal bar. `target` and `before` (the comparison) are marks on it, in the bar's unit."""

    label: str
    value: Cell
    target: Cell = None
    before: Cell = None


@dataclass(frozen=True)
class Series:
    """One line over time; `values` match the dates of the chart."""

    label: str
    values: tuple[Cell, ...]
    definition: str = ""


@dataclass(frozen=True)
class Card:
    """A chart with its words: the question, unit · currency · mode · as-of, what a screen reader says.

    `legend` names marks that cannot carry a label of their own; `empty` says why there is no figure. `picks` are the
    names behind the bars, in order, where a click on a bar leads to its own page. `shades` names the segments of
    stacked bars.
    """

    key: str
    question: str
    subtitle: str
    alt: str
    table: Table
    file_name: str
    figure: go.Figure | None
    empty: str = ""
    legend: str = ""
    picks: tuple[str, ...] = ()
    shades: tuple[str, ...] = ()

    @cached_property
    def twin(self) -> str:
        """The table that says the same, as HTML: long, and the same for everybody who sees the card."""
        return (
            f'<details class="to-twin"><summary>Table</summary>'
            f"{table_twin.html(self.table, self.question)}</details>"
        )


def draw(card: Card, on_pick: Callable[[str], None] | None = None) -> None:
    """The card: question, chart (or why there is none), table twin and download. `on_pick` gets the bar clicked."""
    with st.container(key=f"card_{card.key}", gap=None):
        show(
            f'<div class="to-card"><h2>{text(card.question)}</h2>'
            f'<p class="to-subtitle">{text(card.subtitle)}</p></div>'
        )
        if card.figure is None:
            show(f'<p class="to-empty">{text(card.empty)}</p>')
        else:
            _plot(card, on_pick if card.picks else None)
        # In one piece: what a page costs to draw is mostly the number of its pieces.
        show(_legend(card) + card.twin)
        download(card.key, lambda: card.table, card.file_name, card.question)


def _legend(card: Card) -> str:
    if card.figure is None:
        return ""
    words = f'<p class="to-legend">{text(card.legend)}</p>' if card.legend else ""
    return f'{words}<p class="to-legend">{shades(card.shades, theme.active())}</p>' if card.shades else words


def draw_rows(key: str, face: str, table: Table, file_name: str, question: str) -> None:
    """A card that is a table, given as HTML, with its download."""
    with st.container(key=f"card_{key}", gap=None):
        show(face)
        download(key, lambda: table, file_name, question)


def _plot(card: Card, on_pick: Callable[[str], None] | None) -> None:
    """The only call that shows a plotly figure: our template, no theme of Streamlit's, nothing sent anywhere."""
    # A chart remembers what was clicked by its key; with other bars it must forget, or a second click does nothing.
    key = f"chart_{card.key}_{crc32(repr(card.picks).encode()):x}" if on_pick else f"chart_{card.key}"

    def picked() -> None:
        name = clicked(st.session_state.get(key), card.picks)
        if name is not None and on_pick is not None:
            on_pick(name)

    st.plotly_chart(
        card.figure,
        theme=None,
        key=key,
        alt=card.alt,
        config=PLOTLY_CONFIG,
        on_select=picked if on_pick else "ignore",
        selection_mode="points",
    )


def clicked(selected: Any, names: Sequence[str]) -> str | None:
    """The name of the one bar that plotly says was clicked; None where it says anything else."""
    try:
        points = selected["selection"]["points"]
        place = points[0]["y"] if len(points) == 1 else None
    except (KeyError, TypeError, IndexError):
        return None
    return names[place] if isinstance(place, int) and 0 <= place < len(names) else None


def download(key: str, table: Callable[[], Table], file_name: str, question: str) -> None:
    """A CSV of the table. The button reads "CSV"; its name says of which question, for who cannot see where it is.

    The table is a call, so that its file is written only when somebody wants it.
    """
    st.download_button(
        f"Download: {question}",
        lambda: table_twin.csv_bytes(table()),
        file_name=f"{fmt.file_name(file_name)}.csv",
        mime="text/csv",
        key=f"csv_{key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def workbook_download(key: str, table: Callable[[], Table], file_name: str, question: str) -> None:
    """The same as a workbook, beside the CSV. The button reads "XLSX"."""
    st.download_button(
        f"Download as a workbook: {question}",
        lambda: workbook.xlsx_bytes(table()),
        file_name=f"{fmt.file_name(file_name)}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key=f"xlsx_{key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/table:",
    )


def wrapped(value: str) -> str:
    """Literal text in lines short enough for a hover label on a phone."""
    return "<br>".join(literal(line) for line in textwrap.wrap(value, 52))


def literal(value: str) -> str:
    """Text that plotly shows as it is: no tags, no links, no template marks."""
    return escape(value, quote=False).replace("%{", "%\u200b{")


def _figure(name: ThemeName, height: int, **layout: Any) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(template=theme.plotly_template(name), height=height, **layout)
    return figure


def _float(value: Cell) -> float | None:
    number = fmt.as_decimal(value)
    return None if number is None else float(number)


def _percent(value: Cell) -> float | None:
    number = _float(value)
    return None if number is None else number * 100


def height_beside(cards: Sequence[Card]) -> int:
    """Height of a figure whose card stands beside these, one above the other, so that both columns end together."""
    figures = [card.figure.layout.height for card in cards if card.figure is not None]
    legends = [LEGEND_HEIGHT for card in cards if card.legend]
    frames = [CARD_HEIGHT] * (len(cards) - 1)
    height = 0
    for part in (*figures, *legends, *frames):
        height += int(part)
    return height


def left_open(steps: Sequence[Step]) -> Decimal | None:
    """What the last total has more than the first one and the moves: a check of the statement, shown beside it."""
    level: Decimal | None = None
    for place, step in enumerate(steps):
        value = fmt.as_decimal(step.value) or Decimal(0)
        if step.kind == "move":
            level = (level or Decimal(0)) + value
        elif place == len(steps) - 1:
            return value - (level or Decimal(0))
        elif level is None:
            level = value
    return None


def _levels(steps: Sequence[Step]) -> list[float]:
    """Where each line of a walk ends: what the axis must have room for."""
    levels: list[float] = []
    level = 0.0
    for step in steps:
        value = _float(step.value) or 0.0
        level = value if step.kind == "total" else level + value
        levels.append(level)
    return levels


def _ends(steps: Sequence[Step]) -> list[float]:
    """The right end of each bar of a walk."""
    levels = _levels(steps)
    before = [0.0, *levels[:-1]]
    return [
        max(level, 0.0 if step.kind == "total" else start)
        for step, level, start in zip(steps, levels, before, strict=True)
    ]


@lru_cache(maxsize=KEPT)
def walk(
    steps: tuple[Step, ...],
    name: ThemeName,
    height: int = 0,
    unit: str = "hours",
    currency: str | None = None,
) -> go.Figure:
    """A waterfall that reads like a statement: lines from the top, totals in ink, moves in grey.

    Grey on purpose: colour would say that leave is bad and a holiday good. `height` is what is wished for; lines are
    never closer than can be read nor further apart than can be followed.
    """
    colours = theme.palette(name)
    labels = [literal(step.label) for step in steps]
    values = [_float(step.value) or 0.0 for step in steps]
    words = [_walk_text(step, unit, currency) for step in steps]
    closest, widest = len(steps) * BAR_HEIGHT, len(steps) * BAR_HEIGHT * 3 // 2
    figure = _figure(
        name,
        min(max(height, closest), widest),
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False},
        xaxis={"visible": False, "range": _room(_levels(steps), 1.0)},
        bargap=0.3,
        # Words stand to the right of their bars, the widest ones beyond the longest bar.
        margin={"l": 8, "r": 12 + CHARACTER * max(map(len, words), default=0), "t": 8, "b": 8},
    )
    figure.add_trace(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=values,
            measure=["absolute" if step.kind == "total" else "relative" for step in steps],
            connector={"line": {"color": colours.line, "width": 1}, "mode": "between"},
            totals={"marker": {"color": colours.primary}},
            increasing={"marker": {"color": colours.categories[-1]}},
            decreasing={"marker": {"color": colours.categories[-1]}},
            customdata=[[_walk_hover(step, unit, currency), wrapped(step.definition)] for step in steps],
            hovertemplate="<b>%{y}</b><br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        )
    )
    # In a trace of their own: beside a waterfall's bar plotly puts what is taken away to the left, over the names.
    figure.add_trace(
        go.Scatter(
            mode="text",
            x=_ends(steps),
            y=labels,
            text=[f" {one}" for one in words],
            textposition="middle right",
            textfont={"size": 12, "color": colours.text},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    return figure


def _walk_hover(step: Step, unit: str, currency: str | None) -> str:
    return (
        _walk_text(step, unit, currency) if unit == "hours" else fmt.exact_value(step.value, unit, currency)
    )


def _walk_text(step: Step, unit: str, currency: str | None) -> str:
    number = fmt.as_decimal(step.value)
    if number is None:
        return fmt.NOT_AVAILABLE
    if unit != "hours":
        words = fmt.tile_value(number, unit, currency)
        return f"+{words}" if step.kind == "move" and number > 0 else words
    return fmt.grouped(number, 0) if step.kind == "total" else fmt.signed(number, 0)


def _room(values: Sequence[float], factor: float) -> list[float]:
    """From zero, or from a little below the lowest value, to a little beyond the highest."""
    low, high = min([0.0, *values]), max([0.0, *values])
    beyond = (high - low) * (factor - 1)
    return [low - beyond if low < 0 else 0.0, high + beyond if high > low else factor]


def _named(items: Sequence[tuple[str, str]]) -> list[list[str]]:
    """What stands beside each bar: its name and its value, below each other in all where one would be too long."""
    if all(len(label) + len(value) <= LINE_LENGTH for label, value in items):
        return [[f"{literal(label)}   <b>{literal(value)}</b>"] for label, value in items]
    return [
        [*(literal(line) for line in textwrap.wrap(label, LINE_LENGTH)), f"<b>{literal(value)}</b>"]
        for label, value in items
    ]


def _bars_height(names: Sequence[Sequence[str]]) -> int:
    """Pixels of a chart whose bars have these names, each as high as the one with the most lines."""
    lines = max(map(len, names), default=1)
    return len(names) * max(BAR_HEIGHT + 5, lines * LINE_HEIGHT + 8) + 16


@lru_cache(maxsize=KEPT)
def bars(
    items: tuple[Bar, ...],
    unit: str,
    currency: str | None,
    colours_by_label: tuple[tuple[str, str], ...],
    name: ThemeName,
    definition: str = "",
    before_label: str = "",
    partial: bool = False,
) -> go.Figure:
    """Horizontal bars from zero, the value beside the name, target as a thin line, comparison as a hollow mark."""
    colours = theme.palette(name)
    values = [_float(item.value) for item in items]
    marks = [number for item in items for number in (_float(item.target), _float(item.before))]
    names = _named([(item.label, _bar_text(item, unit, currency)) for item in items])
    positions = list(range(len(items)))
    own = dict(colours_by_label)
    figure = _figure(
        name,
        _bars_height(names),
        yaxis={
            "range": [len(items) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": positions,
            "ticktext": ["<br>".join(lines) for lines in names],
            "showgrid": False,
            "tickfont": {"color": colours.text},
        },
        xaxis={
            "visible": False,
            "range": _room([number for number in [*values, *marks] if number is not None], 1.04),
        },
        bargap=0.42,
    )
    hover = [
        [literal(item.label), literal(_bar_hover(item, unit, currency, before_label)), wrapped(definition)]
        for item in items
    ]
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=positions,
            x=values,
            marker={
                "color": [own.get(item.label, colours.categories[-1]) for item in items],
                "pattern": {"shape": "/" if partial else "", "size": 6, "solidity": 0.3},
                "line": {"width": 0},
            },
            # A click leads on; it does not make the other bars fade.
            unselected={"marker": {"opacity": 1}},
            customdata=hover,
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        )
    )
    _marks(
        figure,
        positions,
        [_float(item.before) for item in items],
        "circle",
        7,
        colours.surface,
        colours.text,
        1.5,
    )
    _marks(
        figure,
        positions,
        [_float(item.target) for item in items],
        "line-ns",
        28,
        colours.text,
        colours.text,
        1.5,
    )
    return figure


def _marks(
    figure: go.Figure,
    positions: Sequence[int],
    values: Sequence[float | None],
    symbol: str,
    size: int,
    fill: str,
    line: str,
    width: float,
) -> None:
    if all(value is None for value in values):
        return
    figure.add_trace(
        go.Scatter(
            mode="markers",
            x=list(values),
            y=list(positions),
            marker={"symbol": symbol, "size": size, "color": fill, "line": {"color": line, "width": width}},
            hoverinfo="skip",
        )
    )


def _bar_text(item: Bar, unit: str, currency: str | None) -> str:
    return fmt.tile_value(item.value, unit, currency)


def _bar_hover(item: Bar, unit: str, currency: str | None, before_label: str) -> str:
    words = [fmt.exact_value(item.value, unit, currency)]
    if item.target is not None:
        words.append(f"target {fmt.exact_value(item.target, unit, currency)}")
    if item.before is not None and before_label:
        words.append(f"{before_label} {fmt.exact_value(item.before, unit, currency)}")
    return " · ".join(words)


@dataclass(frozen=True)
class Stack:
    """One horizontal bar of segments: the name, what stands beside it, and a value with its words for each segment."""

    label: str
    total: str
    values: tuple[Cell, ...]
    words: tuple[str, ...]


@lru_cache(maxsize=KEPT)
def stacked(items: tuple[Stack, ...], segments: tuple[str, ...], name: ThemeName) -> go.Figure:
    """Horizontal bars of up to five segments, from light to dark: the darker, the later in their order."""
    colours = theme.palette(name)
    positions = list(range(len(items)))
    scale = colours.sequential[len(colours.sequential) - 2 * len(segments) + 1 :: 2]
    names = _named([(item.label, item.total) for item in items])
    figure = _figure(
        name,
        _bars_height(names),
        yaxis={
            "range": [len(items) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": positions,
            "ticktext": ["<br>".join(one) for one in names],
            "showgrid": False,
            "tickfont": {"color": colours.text},
        },
        xaxis={"visible": False},
        barmode="stack",
        bargap=0.42,
    )
    for place, segment in enumerate(segments):
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=positions,
                x=[_float(item.values[place]) for item in items],
                name=literal(segment),
                marker={"color": scale[place], "line": {"width": 0}},
                unselected={"marker": {"opacity": 1}},
                customdata=[[literal(item.label), literal(item.words[place])] for item in items],
                hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
            )
        )
    return figure


def shades(segments: Sequence[str], name: ThemeName) -> str:
    """The segments of stacked bars with their shades, as HTML."""
    scale = theme.palette(name).sequential
    scale = scale[len(scale) - 2 * len(segments) + 1 :: 2]
    return "".join(
        f'<span class="to-shade"><span style="background:{colour}"></span>{text(segment)}</span>'
        for segment, colour in zip(segments, scale, strict=False)
    )


@lru_cache(maxsize=KEPT)
def lines(
    dates: tuple[date, ...],
    series: tuple[Series, ...],
    name: ThemeName,
    partial_last: bool,
    band: tuple[date, date] | None = None,
    unit: str = "ratio",
    currency: str | None = None,
) -> go.Figure:
    """Values over months, named at their ends. The running month is dashed, hollow and called "to date"."""
    colours = theme.palette(name)
    drawn = [[_scaled(value, unit) for value in one.values] for one in series]
    figure = _figure(
        name,
        292,
        yaxis={"ticksuffix": f"{fmt.NARROW_SPACE}%", "nticks": 6}
        if unit == "ratio"
        else _amount_axis(
            [value for values in drawn for value in values if value is not None], unit, currency
        ),
        xaxis={
            "type": "date",
            "tickformat": "%b<br>%Y",
            "tick0": dates[0] if dates else None,
            "dtick": f"M{next((step for step in (1, 3, 6) if len(dates) <= step * 6), 12)}",
            "tickangle": 0,
            "ticklabelstandoff": 4,
            "range": _date_range(dates),
        },
        hovermode="x",
        margin={"l": 8, "r": _label_room(series, unit, currency), "t": 12, "b": 8},
    )
    if band is not None:
        figure.add_vrect(
            x0=band[0], x1=band[1], fillcolor=colours.primary, opacity=0.08, line_width=0, layer="below"
        )
    palette = (colours.primary, colours.categories[2], colours.categories[1])
    ends: list[tuple[float, str, str]] = []
    for one, values, colour in zip(series, drawn, palette, strict=False):
        _line(figure, dates, values, one, colour, colours, partial_last, unit, currency)
        known = [place for place, value in enumerate(values) if value is not None]
        if known:
            words = fmt.tile_value(one.values[known[-1]], unit, currency)
            ends.append((values[known[-1]] or 0.0, f"{one.label} {words}", colour))
    for height, (value, label, colour) in _spread(
        ends, 20.0 if unit == "ratio" else max([abs(value) for value, _, _ in ends], default=1.0)
    ):
        figure.add_annotation(
            x=1,
            xref="paper",
            y=value,
            yshift=height,
            xshift=6,
            xanchor="left",
            showarrow=False,
            text=literal(label),
            font={"color": colour, "size": 12},
            align="left",
        )
    if partial_last and dates:
        figure.add_annotation(
            x=dates[-1],
            y=1,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            text="to date",
            font={"color": colours.muted, "size": 12},
        )
    return figure


def _line(
    figure: go.Figure,
    dates: Sequence[date],
    values: Sequence[float | None],
    one: Series,
    colour: str,
    colours: Palette,
    partial_last: bool,
    unit: str,
    currency: str | None,
) -> None:
    whole = len(values) - 1 if partial_last else len(values)
    hover = "%{customdata[0]} %{customdata[1]}<extra></extra>"
    data = [[literal(one.label), fmt.exact_value(value, unit, currency)] for value in one.values]
    figure.add_trace(
        go.Scatter(
            x=list(dates[:whole]),
            y=list(values[:whole]),
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2},
            # a value between two gaps has no line
            marker={"size": [6 if alone else 0 for alone in _alone(values[:whole])], "opacity": 1},
            customdata=data[:whole],
            hovertemplate=hover,
            name=literal(one.label),
        )
    )
    if not partial_last or not values:
        return
    start = max(0, whole - 1)
    figure.add_trace(
        go.Scatter(
            x=list(dates[start:]),
            y=list(values[start:]),
            mode="lines",
            line={"color": colour, "width": 2, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[dates[-1]],
            y=[values[-1]],
            mode="markers",
            customdata=data[-1:],
            hovertemplate=hover.replace("<extra>", " to date<extra>"),
            marker={"size": 8, "color": colours.surface, "line": {"color": colour, "width": 2}},
        )
    )


def _alone(values: Sequence[float | None]) -> list[bool]:
    """Whether each value is known and neither of its neighbours is."""
    around = [None, *values, None]
    return [
        value is not None and before is None and after is None
        for before, value, after in zip(around, values, around[2:], strict=False)
    ]


def _label_room(series: Sequence[Series], unit: str, currency: str | None) -> int:
    """Pixels to the right of lines, for the longest name with its last value."""
    if unit == "ratio":
        return 116
    last = [next((value for value in reversed(one.values) if value is not None), None) for one in series]
    longest = [
        len(f"{one.label} {fmt.tile_value(value, unit, currency)}")
        for one, value in zip(series, last, strict=True)
    ]
    return max([116, *(24 + 7 * length for length in longest)])


def _scaled(value: Cell, unit: str) -> float | None:
    return _percent(value) if unit == "ratio" else _float(value)


def _amount_axis(values: Sequence[float], unit: str, currency: str | None) -> dict[str, Any]:
    """Four or five round marks from zero, written like the tiles."""
    low, high = min([0.0, *values]), max([0.0, *values])
    step = _round_step((high - low) / 4 or 1.0)
    marks = [step * place for place in range(int(low // step), int(high // step) + 2)]
    return {
        "range": [marks[0] if low < 0 else 0.0, max(high * 1.06, marks[-2] if len(marks) > 1 else high)],
        "tickmode": "array",
        "tickvals": marks,
        "ticktext": [literal(fmt.tile_value(mark, unit, currency)) if mark else "0" for mark in marks],
    }


def _round_step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next((power * factor for factor in (1, 2, 2.5, 5) if power * factor >= size), power * 10)


def _spread(
    ends: Sequence[tuple[float, str, str]], nearest: float = 20.0
) -> list[tuple[int, tuple[float, str, str]]]:
    """Push labels of lines that end close together apart, in pixels, highest line on top."""
    ordered = sorted(ends, key=lambda end: -end[0])
    if len(ordered) < 2:
        return [(0, end) for end in ordered]
    spread = (ordered[0][0] - ordered[-1][0]) or 1.0
    placed: list[tuple[int, tuple[float, str, str]]] = []
    above = None
    for end in ordered:
        shift = 0
        if above is not None and above - end[0] < 0.08 * max(spread, nearest):
            shift = placed[-1][0] - 14
        placed.append((shift, end))
        above = end[0]
    return placed


def _date_range(dates: Sequence[date]) -> list[date] | None:
    return [dates[0], dates[-1]] if len(dates) > 1 else None


def practice_colours(names: Sequence[str], name: ThemeName) -> dict[str, str]:
    """One colour a practice, by its place in the full sorted list, so that a filter never repaints it.

    Five practices have a colour of their own; the rest, and what is unassigned, share the last.
    """
    categories = theme.palette(name).categories
    own = [label for label in sorted(names) if label != UNASSIGNED]
    return {label: categories[min(index, len(categories) - 1)] for index, label in enumerate(own)}
