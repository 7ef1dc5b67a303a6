"""No column of a mart or of the reconciliation lacks a description: the published catalogue against the YAML files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tieout.docs_reference import PROJECT
from tieout.firm import load_firm
from tieout.paths import checks
from tieout.sql_console import SqlConsole


@pytest.fixture(scope="module")
def sql(published_tiny: Path) -> Iterator[SqlConsole]:
    opened = SqlConsole(load_firm(published_tiny))
    yield opened
    opened.close()


def described() -> dict[str, set[str]]:
    """Model to its columns that have a description."""
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "models").rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models") or []:
            columns = model.get("columns") or []
            found[model["name"]] = {each["name"] for each in columns if each.get("description")}
    return found


def published(sql: SqlConsole, schema: str) -> dict[str, set[str]]:
    tables = [name for name, _ in sql.tables() if name.startswith(f"{schema}.")]
    return {name.split(".")[1]: {column for column, _ in sql.columns(name)} for name in tables}


def test_marts_are_described(sql: SqlConsole) -> None:
    known = described()
    # The views rpt_* repeat columns of facts for the metric layer; they are nobody's to query.
    marts = {
        name: columns for name, columns in published(sql, "marts").items() if not name.startswith("rpt_")
    }
    assert len(marts) > 25
    assert {name: missing for name, columns in marts.items() if (missing := columns - known[name])} == {}


def test_reconciliation_is_described(sql: SqlConsole) -> None:
    known = described()
    page = (PROJECT / "docs/reference/checks.md").read_text(encoding="utf-8")
    of_a_check = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    tables = published(sql, "reconciliation")
    assert set(checks()) <= set(tables)
    missing = {
        name: lacking
        for name, columns in tables.items()
        if (lacking := columns - (of_a_check if name in checks() else known[name]))
    }
    assert missing == {}
    assert of_a_check == set().union(*(tables[name] for name in checks()))


def test_no_column_is_described_that_is_not_there(sql: SqlConsole) -> None:
    known = described()
    tables = published(sql, "marts") | published(sql, "reconciliation")
    assert {
        name: gone for name, columns in tables.items() if (gone := known.get(name, columns) - columns)
    } == {}
