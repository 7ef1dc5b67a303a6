"""Colours, the plotly template and the style sheet: one source, `.streamlit/config.toml` beside this module.

Streamlit has no theme option for "muted" or "good", so its text colours carry those roles: gray is muted, green is
better than the comparison, red is worse, yellow is a warning.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

ThemeName = Literal["light", "dark"]

CONFIG = Path(__file__).parent / ".streamlit" / "config.toml"
STYLE = Path(__file__).parent / "style.css"
# What Streamlit puts behind the fonts of its theme; without it charts would fall back to another face than the page.
FALLBACK = '"Source Sans", sans-serif'
CSS_NAMES = ("page", "surface", "line", "text", "muted", "primary", "good", "bad", "warning")


@dataclass(frozen=True)
class Palette:
    """The roles of `visual language`, as hex colours of one theme."""

    page: str
    surface: str
    line: str
    text: str
    muted: str
    primary: str
    good: str
    bad: str
    warning: str
    categories: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    font: str


@cache
def _config() -> dict[str, Any]:
    with CONFIG.open("rb") as file:
        theme: dict[str, Any] = tomllib.load(file)["theme"]
    return theme


@cache
def palette(name: ThemeName) -> Palette:
    """The palette of one theme."""
    theme = _config()[name]
    return Palette(
        page=theme["backgroundColor"],
        surface=theme["secondaryBackgroundColor"],
        line=theme["borderColor"],
        text=theme["textColor"],
        muted=theme["grayTextColor"],
        primary=theme["primaryColor"],
        good=theme["greenTextColor"],
        bad=theme["redTextColor"],
        warning=theme["yellowTextColor"],
        categories=tuple(theme["chartCategoricalColors"]),
        sequential=tuple(theme["chartSequentialColors"]),
        diverging=tuple(theme["chartDivergingColors"]),
        font=f"{_config()['font']}, {FALLBACK}",
    )


def active() -> ThemeName:
    """The theme that the reader's browser shows now; light until it has said so."""
    return "dark" if st.context.theme.type == "dark" else "light"


@cache
def plotly_template(name: ThemeName) -> go.layout.Template:
    """The one look of every chart: light horizontal grid, zero line, direct labels, no legend, no frame."""
    colours = palette(name)
    axis: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": True,
        "tickfont": {"size": 12, "color": colours.muted},
        "title": {"font": {"size": 12, "color": colours.muted}},
    }
    layout: dict[str, Any] = {
        "font": {"family": colours.font, "size": 12, "color": colours.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(colours.categories),
        "colorscale": {
            "sequential": _scale(colours.sequential),
            "diverging": _scale(colours.diverging),
        },
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 4},
        "showlegend": False,
        "separators": ".\u202f",
        "bargap": 0.35,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours.surface,
            "bordercolor": colours.line,
            "align": "left",
            "font": {"family": colours.font, "size": 12, "color": colours.text},
        },
        "dragmode": False,
        "xaxis": axis,
        "yaxis": {**axis, "showgrid": True, "gridcolor": colours.line, "gridwidth": 1},
    }
    return go.layout.Template(layout=layout)


def _scale(colours: tuple[str, ...]) -> list[list[object]]:
    return [[index / (len(colours) - 1), colour] for index, colour in enumerate(colours)]


@cache
def style_sheet() -> str:
    """The page's CSS, with the colours of both themes as custom properties.

    `light-dark()` follows the `color-scheme` that Streamlit sets on the page, so text and tables change with the
    theme at once, without asking the server.
    """
    light, dark = palette("light"), palette("dark")
    variables = "".join(
        f"--to-{name}:light-dark({getattr(light, name)},{getattr(dark, name)});" for name in CSS_NAMES
    )
    return f"<style>:root{{{variables}}}\n{STYLE.read_text(encoding='utf-8')}</style>"
