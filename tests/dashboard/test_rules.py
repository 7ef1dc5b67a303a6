"""Rules of the house that are checked by reading the dashboard's own code and settings."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from dashboard import theme
from dashboard.components.charts import PLOTLY_CONFIG

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "dashboard").rglob("*.py"))
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

AGGREGATES = {
    "sum",
    "fsum",
    "mean",
    "fmean",
    "median",
    "groupby",
    "agg",
    "aggregate",
    "cumsum",
    "pivot_table",
    "reduce",
}
DATA_LIBRARIES = {"pandas", "numpy", "polars", "duckdb", "pyarrow", "statistics", "sqlite3"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_dashboard_aggregates_nothing(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        assert name not in AGGREGATES, f"{path.name}:{node.lineno} computes {name}; ask the metrics service"
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            assert module.split(".")[0] not in DATA_LIBRARIES, f"{path.name} imports {module}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.upper()
            assert "SELECT " not in words or " FROM " not in words, f"{path.name}:{node.lineno} writes SQL"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_dashboard_knows_the_metrics_service_and_nothing_below_it(path: Path) -> None:
    allowed = {"tieout.metrics_service", "tieout.metrics_types", "tieout.explain_types", "tieout.errors"}
    # One writes what it is given, the other names columns; neither knows a number.
    allowed |= {"tieout.workbook", "tieout.break_words"}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
            "tieout",
            "ingestion",
            "simulation",
        ):
            assert node.module in allowed, f"{path.name}:{node.lineno} imports {node.module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_html_and_plotly_reach_the_page_in_one_place_each(path: Path) -> None:
    homes = {
        "html": {"markup.py", "app.py"},
        "plotly_chart": {"charts.py"},
        "markdown": set(),
        "write": {"charts.py"},
    }
    for node in ast.walk(_tree(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = getattr(node.func.value, "id", "")
        if owner == "st" and node.func.attr in homes:
            assert path.name in homes[node.func.attr], f"{path.name}:{node.lineno} calls st.{node.func.attr}"
        if owner == "st" and node.func.attr == "plotly_chart":
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            assert isinstance(given["config"], ast.Name)
            assert given["config"].id == "PLOTLY_CONFIG"
            assert "alt" in given
        for keyword in node.keywords:
            assert keyword.arg not in ("unsafe_allow_html", "unsafe_allow_javascript"), (
                f"{path.name}:{node.lineno}"
            )


def test_no_chart_offers_to_send_its_data_away() -> None:
    assert PLOTLY_CONFIG["showSendToCloud"] is False
    assert PLOTLY_CONFIG["displaylogo"] is False
    assert PLOTLY_CONFIG["plotlyServerURL"] == ""


def test_the_server_is_private_and_quiet() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["toolbarMode"] == "minimal"
    assert CONFIG["client"]["disableDataExport"] is True
    assert CONFIG["runner"]["postScriptGC"] is False


def test_settings_are_one_file() -> None:
    assert (ROOT / ".streamlit" / "config.toml").resolve() == theme.CONFIG.resolve()


def test_colours_are_written_in_the_settings_only() -> None:
    import re

    for path in [*SOURCES, theme.STYLE]:
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8")), path.name


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("role", ["text", "muted", "primary", "good", "bad", "warning"])
@pytest.mark.parametrize("ground", ["surface", "page"])
def test_words_can_be_read_on_their_ground(name: theme.ThemeName, role: str, ground: str) -> None:
    colours = theme.palette(name)
    high, low = sorted(
        (_luminance(getattr(colours, role)), _luminance(getattr(colours, ground))), reverse=True
    )
    assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_each_theme_has_its_own_template(name: theme.ThemeName) -> None:
    template = theme.plotly_template(name).to_plotly_json()["layout"]
    colours = theme.palette(name)
    assert template["font"]["color"] == colours.text
    assert tuple(template["colorway"]) == colours.categories
    assert len(colours.categories) == 6
    assert template["showlegend"] is False
