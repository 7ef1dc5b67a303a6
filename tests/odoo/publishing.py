"""Refreshing a firm whose only system is the fake server, and reading what it published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.odoo.fake_odoo import DATABASE, USER, FakeOdoo
from tieout.cli import main

PASSWORD_ENV = "TEST_ERP_PASSWORD"
# Which load brought a row, and where in it, is not what the row says.
LINEAGE = ("load_id", "source_file", "source_row")


def firm_of(server: FakeOdoo, folder: Path, currency: str) -> Path:
    """A firm file in a new folder; its home lies beside it."""
    folder.mkdir()
    path = folder / "firm.yml"
    path.write_text(
        f"""
firm: {{name: Odoo test, reporting_currency: {currency}, timezone: UTC, fiscal_year_start_month: 1}}
home: home
systems:
  - {{name: erp, kind: odoo, url: "{server.url}", database: {DATABASE}, user: {USER}, password_env: {PASSWORD_ENV}}}
""",
        encoding="utf-8",
    )
    return path


def refresh(firm: Path, *options: str) -> None:
    """Refresh in this process; it must publish."""
    assert main(["--firm", str(firm), "refresh", *options]) == 0


def answer(firm: Path, capsys: pytest.CaptureFixture[str], *query: str) -> dict[str, Any]:
    """What a query says as JSON: rows, notes and what they are of."""
    capsys.readouterr()
    assert main(["--firm", str(firm), "query", *query, "--format", "json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def numbers(firm: Path, capsys: pytest.CaptureFixture[str], *query: str) -> list[dict[str, Any]]:
    """Rows of a query as JSON."""
    rows: list[dict[str, Any]] = answer(firm, capsys, *query)["rows"]
    return rows


def published(firm: Path) -> Path:
    """The warehouse file that serves now."""
    home = firm.parent / "home"
    version = json.loads((home / "current").read_text(encoding="utf-8"))["version"]
    path: Path = home / "versions" / version / "warehouse.duckdb"
    return path


def ask(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of one SQL query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


def marts(firm: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every canonical table and mart, without its lineage."""
    found = {}
    with duckdb.connect(str(published(firm)), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns()"
            " where schema_name in ('canonical', 'marts')"
            " and table_name in (select table_name from duckdb_tables()) group by all order by all"
        ).fetchall()
        for table, names in columns:
            listed = ", ".join(f'"{name}"' for name in names if name not in LINEAGE)
            found[table] = connection.execute(f"select {listed} from {table} order by all").fetchall()
    return found


def assert_same_marts(one: Path, other: Path) -> None:
    """Both firms published the same rows."""
    left, right = marts(one), marts(other)
    assert left.keys() == right.keys()
    for table, rows in left.items():
        assert rows == right[table], table
    assert left["marts.fct_time_entry"]
