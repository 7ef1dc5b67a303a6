"""A tile: one metric's value, how it moved, what belongs beside it, thirteen periods, and its definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import quote

import streamlit as st

from dashboard import format as fmt
from dashboard.components.markup import show, text
from dashboard.format import Better, Change
from tieout.metrics_types import Cell, MetricDescription

SPARK_WIDTH, SPARK_HEIGHT = 96, 28

Tone = Literal["plain", "warning"]


@dataclass(frozen=True)
class Comparison:
    """One line of comparison: the change, or why there is none, and what it is against (`May 2026`).

    `detail` is the longer reason, for who points at the short one.
    """

    change: Change | None
    against: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Aim:
    """The target of the value: its `words` (`target $2.00m`), and how the value stands to it. Without a change the words
    stand alone: that there is no target, or that it is one of a period that still runs. `detail` is for who points at it."""

    words: str
    change: Change | None = None
    detail: str = ""


@dataclass(frozen=True)
class Line:
    """A figure printed with the tile's own: `standard 68.1 %`. `warning` is for what makes the tile incomplete.

    `link` leads to the rows behind the line.
    """

    label: str
    value: str
    tone: Tone = "plain"
    link: str = ""


@dataclass(frozen=True)
class Tile:
    """Everything a tile shows. `trend` is oldest first, None where a period has no value. `link`: where a click leads."""

    metric: str
    label: str
    basis: str
    unit: str
    value: Cell
    value_text: str
    better: Better
    reason: str
    lines: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    trend: tuple[Cell, ...]
    trend_words: str
    link: str = "#rows"
    aim: Aim | None = None

    @cached_property
    def face(self) -> str:
        """The tile as HTML, the same for everybody who sees it."""
        return html(self)


def html(tile: Tile) -> str:
    """The tile's face."""
    missing = fmt.as_decimal(tile.value) is None
    lines = "".join(
        f'<div class="to-line{" to-warn" if line.tone == "warning" else ""}">'
        f"<span>{text(line.label)}</span><span>{_linked(line)}</span></div>"
        for line in tile.lines
    )
    return (
        f'<section class="to-tile" aria-label="{text(tile.label)}">'
        f'<h2><a href="{text(tile.link)}" target="_self">{text(tile.label)}</a> <span class="to-muted">{text(tile.basis)}</span></h2>'
        f'<div class="to-figure"><span class="to-value" data-metric="{text(tile.metric)}">{text(tile.value_text)}</span>'
        f"{spark(tile.trend, tile.trend_words)}</div>"
        + (f'<div class="to-reason">{text(tile.reason)}</div>' if missing else "")
        + f'<div class="to-changes">{"".join(_comparison(item) for item in tile.comparisons)}{_aim(tile.aim)}</div>'
        + (f'<div class="to-lines">{lines}</div></section>' if lines else "</section>")
    )


def _linked(line: Line) -> str:
    return (
        f'<a href="{text(line.link)}" target="_self">{text(line.value)}</a>'
        if line.link
        else text(line.value)
    )


def _aim(aim: Aim | None) -> str:
    if aim is None:
        return ""
    title = f' title="{text(aim.detail)}"' if aim.detail else ""
    if aim.change is None:
        return f'<div class="to-change"{title}>{text(aim.words)}</div>'
    return f'<div class="to-change"{title}>{_moved(aim.change)} v {text(aim.words)}</div>'


def _moved(change: Change) -> str:
    tone = "" if change.tone == "neutral" else f" to-{change.tone}"
    return f'<span class="to-move{tone}">{text(change.text)}</span>'


def _comparison(item: Comparison) -> str:
    if item.change is None:
        title = f' title="{text(item.detail)}"' if item.detail else ""
        return f'<div class="to-change"{title}>n/a v {text(item.against)}: {text(item.reason)}</div>'
    return f'<div class="to-change">{_moved(item.change)} v {text(item.against)}</div>'


def spark(values: Sequence[Cell], words: str) -> str:
    """A line of up to thirteen periods as a mask, so that it takes the theme's colour; nothing under two points."""
    numbers = [fmt.as_decimal(value) for value in values]
    known = [float(number) for number in numbers if number is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    spread = (high - low) or 1.0
    step = (SPARK_WIDTH - 6) / max(1, len(numbers) - 1)
    runs: list[list[str]] = [[]]
    last = (0.0, 0.0)
    for index, number in enumerate(numbers):
        if number is None:
            runs.append([])
            continue
        last = (3 + index * step, SPARK_HEIGHT - 4 - (float(number) - low) / spread * (SPARK_HEIGHT - 8))
        runs[-1].append(f"{last[0]:.1f},{last[1]:.1f}")
    lines = "".join(f"<polyline points='{' '.join(run)}'/>" for run in runs if len(run) > 1)
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {SPARK_WIDTH} {SPARK_HEIGHT}'>"
        f"<g fill='none' stroke='black' stroke-width='1.5' stroke-linejoin='round'>{lines}</g>"
        f"<circle cx='{last[0]:.1f}' cy='{last[1]:.1f}' r='2.5'/></svg>"
    )
    mask = f"url(&quot;data:image/svg+xml,{quote(svg)}&quot;)"
    return (
        f'<span class="to-spark" role="img" aria-label="{text(words)}" title="{text(words)}" '
        f'style="mask-image:{mask};-webkit-mask-image:{mask}"></span>'
    )


def draw(tile: Tile, entry: MetricDescription | None, sql: Callable[[], str]) -> None:
    """Draw the tile with its definition. `sql` compiles the question, and is called when the definition opens."""
    with st.container(key=f"tile_{tile.metric}", gap=None):
        show(tile.face)
        definition = st.popover(
            f"Definition of {tile.label}",
            icon=":material/info:",
            type="tertiary",
            key=f"definition_{tile.metric}",
            on_change="rerun",
        )
        if definition.open:
            with definition:
                show(definition_html(tile, entry))
                st.code(sql(), language="sql", wrap_lines=True)


def definition_html(tile: Tile, entry: MetricDescription | None) -> str:
    """Description, formula, unit, owner and metric name in words."""
    if entry is None:
        return f"<p>{text(tile.metric)} has no entry in the catalogue of this version.</p>"
    facts = (
        ("Formula", entry.formula),
        ("Unit", entry.unit or "none"),
        ("Owner", entry.owner or "no owner recorded"),
        ("Metric", entry.name),
    )
    listed = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in facts)
    return (
        f'<div class="to-definition"><b>{text(entry.label)}</b><p>{text(entry.description)}</p>'
        f"<dl>{listed}</dl><div>Compiled SQL</div></div>"
    )
