"""`tieout sql`: what it answers, what it refuses, and when it stops."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from tieout import publish, sql_console
from tieout.errors import TieoutError, UsageError
from tieout.firm import load_firm
from tieout.metrics_types import UnknownName
from tieout.sql_console import RefusedSql, SqlConsole, SqlFailed

SLOW = "select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b"


@pytest.fixture
def sql(hand_firm: Path) -> Iterator[SqlConsole]:
    opened = SqlConsole(load_firm(hand_firm))
    yield opened
    opened.close()


def rows(sql: SqlConsole, statement: str, limit: int | None = None) -> list[tuple[object, ...]]:
    with sql.run(statement, limit) as answer:
        return list(answer.rows)


def tieout(
    firm: Path, *arguments: str, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout", "--firm", str(firm), "sql", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_tables_are_read_by_schema_and_name(sql: SqlConsole) -> None:
    (table, columns), *_ = sql.tables()
    described = rows(sql, f"describe {table}")
    assert [(name, kind) for name, kind, *_ in described] == sql.columns(table)
    assert len(described) == columns
    assert sql.columns(table.split(".")[1]) == sql.columns(table)
    assert rows(sql, f"select count(*) from {table}") == rows(sql, f"select count(*) from warehouse.{table}")
    with pytest.raises(UnknownName, match="There is no table"):
        sql.columns("nothing")


def test_reading_statements_are_answered(sql: SqlConsole) -> None:
    assert rows(sql, "with a as (select 1.50 as b) select b, b + 1 from a;") == [
        (Decimal("1.50"), Decimal("2.50"))
    ]
    assert rows(sql, "from range(10) limit 3") == [(0,), (1,), (2,)]
    assert rows(sql, "from range(10)", limit=2) == [(0,), (1,)]
    assert rows(sql, "explain select 1")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('{file}')",
        "select * from '{file}'",
        "select * from read_text('{file}')",
        "select * from glob('/*')",
        "select * from sniff_csv('{file}')",
        "copy (select 1) to '{file}'",
        "copy marts.fct_time_entry to '{file}'",
        "export database '{file}'",
        "attach '{file}' as other",
        "attach '{database}' as again",
        "detach warehouse",
        "use memory",
        "install httpfs",
        "load httpfs",
        "force install httpfs",
        "set threads = 1",
        "set memory_limit = '100GB'",
        "reset memory_limit",
        "set enable_external_access = true",
        "pragma database_list",
        "pragma enable_profiling",
        "call pragma_database_size()",
        "select * from enable_logging(level='trace')",
        "create table memory.main.t as select 1 as a",
        "create temp table t as select 1 as a",
        "create table marts.t as select 1 as a",
        "insert into marts.fct_time_entry select * from marts.fct_time_entry",
        "delete from marts.fct_time_entry",
        "drop table marts.fct_time_entry",
        "explain analyze insert into marts.fct_time_entry select * from marts.fct_time_entry",
        "create macro f() as 1",
        "prepare p as select 1",
        "begin",
        "checkpoint",
        "vacuum",
        "select * from statement",
        "select 1; select 2",
        "",
        "selec 1",
    ],
)
def test_all_else_is_refused(sql: SqlConsole, hand_firm: Path, tmp_path: Path, statement: str) -> None:
    file = tmp_path / "file"
    file.write_text("a,b\n1,2\n")
    database = publish.current(load_firm(hand_firm).home).database
    with pytest.raises(RefusedSql):
        rows(sql, statement.format(file=file, database=database))
    assert file.read_text() == "a,b\n1,2\n"
    assert rows(sql, "select 1") == [(1,)], "the next statement is answered"


def test_a_long_statement_is_stopped(hand_firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sql_console.SECONDS, "0.3")
    opened = SqlConsole(load_firm(hand_firm))
    with pytest.raises(SqlFailed, match="The statement was stopped"):
        rows(opened, SLOW)
    assert rows(opened, "select 1") == [(1,)]
    opened.close()


def test_a_large_statement_is_stopped(hand_firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sql_console.MEMORY, "50MB")
    opened = SqlConsole(load_firm(hand_firm))
    with pytest.raises(SqlFailed, match="more memory"):
        rows(opened, "select list(range) from range(30000000)")
    opened.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [(sql_console.SECONDS, "soon"), (sql_console.SECONDS, "-1"), (sql_console.MEMORY, "much")],
)
def test_limits_that_are_none(
    hand_firm: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=value):
        SqlConsole(load_firm(hand_firm))


def test_output_for_programs(hand_firm: Path, tmp_path: Path) -> None:
    statement = (
        "select 1 as a, 2 as a, 1.50 as b, '=1+1' as c, date '2026-06-30' as d, [1, 2] as e, null as f"
    )
    done = tieout(hand_firm, statement, "--format", "json")
    assert json.loads(done.stdout) == [
        {"a": 1, "a_2": 2, "b": "1.50", "c": "=1+1", "d": "2026-06-30", "e": [1, 2], "f": None}
    ], done.stderr
    (tmp_path / "q.sql").write_text(statement)
    done = tieout(hand_firm, "--file", str(tmp_path / "q.sql"), "--format", "csv")
    assert done.stdout == 'a,a_2,b,c,d,e,f\n1,2,1.50,\'=1+1,2026-06-30,"[1, 2]",\n'
    done = tieout(hand_firm, "--format", "csv", "--limit", "2", given="from range(5)")
    assert done.stdout == "range\n0\n1\n"
    assert json.loads(tieout(hand_firm, "select 1 where false", "--format", "json").stdout) == []


def test_errors_are_one_message(hand_firm: Path) -> None:
    for statement, code in (("select nothing", 2), ("drop table a", 2)):
        done = tieout(hand_firm, statement)
        assert (done.returncode, done.stdout) == (code, "")
        assert "Traceback" not in done.stderr
    done = tieout(hand_firm, SLOW, TIEOUT_SQL_SECONDS="0.5")
    assert done.returncode == 1
    assert done.stderr.startswith("The statement was stopped after 0.5 seconds.")


def test_prompt(sql: SqlConsole) -> None:
    table, _ = sql.tables()[0]
    typed = iter(["select 40 +", " 2 as sum;", "", "selec;", r"\tables", rf"\describe {table}", r"\x", r"\q"])
    out = io.StringIO()
    sql_console.prompt(sql, Console(file=out, width=200), lambda _: next(typed))
    said = out.getvalue()
    for expected in ("42", "Parser Error", table, sql.columns(table)[0][0], r"There is no command \x"):
        assert expected in said
    assert next(typed, None) is None


def test_prompt_ends_with_its_input(sql: SqlConsole) -> None:
    def read(_: str) -> str:
        raise EOFError

    sql_console.prompt(sql, Console(file=io.StringIO()), read)


def test_table_says_that_there_is_more_and_steers_no_terminal(sql: SqlConsole) -> None:
    out = io.StringIO()
    with sql.run("select 'a' || chr(27) || '[2J' as text from range(150)") as answer:
        sql_console.print_table(answer, Console(file=out, width=200))
    assert "\x1b" not in out.getvalue()
    assert "The first 100 rows" in out.getvalue()


def test_errors_have_a_cure(sql: SqlConsole) -> None:
    with pytest.raises(TieoutError) as refused:
        rows(sql, "select * from read_csv('/etc/hostname')")
    assert "SELECT" in refused.value.cure


@pytest.mark.parametrize(
    ("statement", "cure"),
    [
        ("select * from employee", "Did you mean marts.dim_employee?"),
        ("select * from marts.dim_employe", "Did you mean marts.dim_employee?"),
        ("select * from nope", r"\tables"),
    ],
)
def test_only_published_tables_are_suggested(sql: SqlConsole, statement: str, cure: str) -> None:
    with pytest.raises(RefusedSql) as refused:
        rows(sql, statement)
    assert refused.value.message.startswith("There is no table ")
    assert cure in refused.value.cure
    assert "pg_" not in refused.value.message + refused.value.cure


def test_without_a_statement_one_is_shown(sql: SqlConsole) -> None:
    with pytest.raises(RefusedSql) as refused:
        rows(sql, "")
    assert 'tieout sql "select' in refused.value.cure
