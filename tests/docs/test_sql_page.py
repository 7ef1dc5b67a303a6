"""Every query of the page on SQL runs on the published version of the tiny firm, and gives rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.docs_reference import PROJECT
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService, Query
from tieout.sql_console import SqlConsole

PAGE = (PROJECT / "docs/how-to/query-with-sql.md").read_text(encoding="utf-8")
QUERIES = dict(
    re.findall(r"^## ([^\n]+)\n(?:(?!^## )[^\n]*\n)*?```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)


SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SUMS = {
    title: found.groups()
    for title, text in SECTIONS.items()
    if (
        found := re.search(
            r"column `(\w+)` sums\s+to\s+the\s+metric\s+`(\w+)`( in transaction currency)?", text
        )
    )
}


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


def test_utilization_has_one_row_a_month_and_practice_and_is_the_metric(
    sql: SqlConsole, published_tiny: Path
) -> None:
    with sql.run(QUERIES["Utilization by practice"]) as answer:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    found = {(row["month"], row["practice"]): row["utilization_pct"] for row in rows}
    assert len(found) == len(rows)
    service = MetricsService.open(published_tiny)
    try:
        asked = service.query(Query(["billable_utilization"], by=["month", "practice"])).rows
    finally:
        service.close()
    expected = {(row["month"], row["practice"]): row["billable_utilization"] for row in asked}
    assert {key for key, value in found.items() if value is not None} == {
        key for key, value in expected.items() if value is not None
    }
    for key, value in expected.items():
        assert value is None or float(found[key]) == pytest.approx(100 * float(value), abs=0.0501), key


def test_items_of_a_check_are_those_of_its_result(sql: SqlConsole) -> None:
    with sql.run(QUERIES["Every item of one check"]) as answer:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    found: dict[str, int] = {}
    for row in rows:
        name = str(row["result"]).replace(" ", "_")
        found[name] = found.get(name, 0) + int(row["items"])
    names = ("passed", "failed", "not_yet_due", "not_applicable")
    with sql.run(
        f"select {', '.join(names)} from reconciliation.rec_check_result where check_id = 'T-03'"
    ) as answer:
        (result,) = answer.rows
    assert {name: found.get(name, 0) for name in names} == dict(zip(names, result, strict=True))


def test_recipes_that_name_a_metric_are_compared() -> None:
    assert len(SUMS) == PAGE.count(" sums to the metric") == 5


@pytest.mark.parametrize("title", SUMS)
def test_a_recipe_gives_the_value_of_its_metric(sql: SqlConsole, published_tiny: Path, title: str) -> None:
    column, metric, in_transaction_currency = SUMS[title]
    by_currency: dict[str, Decimal] = {}
    with sql.run(QUERIES[title]) as answer:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    for row in rows:
        currency = str(row["currency_transaction"]) if in_transaction_currency else "all"
        by_currency[currency] = by_currency.get(currency, Decimal(0)) + Decimal(row[column] or 0)
    service = MetricsService.open(published_tiny)
    try:
        asked = (
            Query([metric], by=["currency"], currency="transaction")
            if in_transaction_currency
            else Query([metric])
        )
        expected = {
            str(row.get("currency", "all")): row[metric] for row in service.query(asked).rows if row[metric]
        }
    finally:
        service.close()
    # each row may be rounded by half a cent, a metric as a whole
    slack = Decimal("0.01") * (len(rows) + 1)
    assert {currency for currency, amount in by_currency.items() if amount} == set(expected)
    for currency, value in expected.items():
        assert isinstance(value, Decimal)
        assert abs(by_currency[currency] - value) <= slack, (currency, by_currency[currency], value)
