"""Every query of the page on SQL runs on the published version of the tiny firm, and gives rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.docs_reference import PROJECT
from tieout.firm import load_firm
from tieout.sql_console import SqlConsole

PAGE = (PROJECT / "docs/how-to/query-with-sql.md").read_text(encoding="utf-8")
QUERIES = dict(
    re.findall(r"^## ([^\n]+)\n(?:(?!^## )[^\n]*\n)*?```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)


@pytest.fixture(scope="module")
def sql(published_tiny: Path) -> Iterator[SqlConsole]:
    opened = SqlConsole(load_firm(published_tiny))
    yield opened
    opened.close()


def test_no_query_is_overlooked() -> None:
    assert len(QUERIES) == PAGE.count("```sql") >= 10


@pytest.mark.parametrize("title", QUERIES)
def test_query_gives_rows(sql: SqlConsole, title: str) -> None:
    with sql.run(QUERIES[title]) as answer:
        rows = list(answer.rows)
    assert rows
    assert len(answer.columns) >= 3
    assert any(None not in row for row in rows), "no row is whole"
