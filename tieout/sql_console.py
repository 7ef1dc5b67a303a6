"""SQL over the published version: one read-only statement at a time, within limits of memory and time."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout import publish
from tieout.errors import TieoutError, UsageError
from tieout.firm_schema import Firm
from tieout.metrics_catalogue import near, unknown
from tieout.output import csv_cell
from tieout.published_rows import PUBLISHED_SCHEMAS
from tieout.serving import attach_read_only

MEMORY, SECONDS = "TIEOUT_SQL_MEMORY", "TIEOUT_SQL_SECONDS"
DEFAULT_MEMORY, DEFAULT_SECONDS = "1GB", "60"
TABLE_ROWS = 100
PROMPT, CONTINUED = "tieout> ", "   ...> "
HELP = r"Statements end with ;  \tables lists tables, \describe TABLE its columns, \q leaves."
EXAMPLE = 'tieout sql "select * from metrics.billable_utilization"'
_NO_TABLE = re.compile(r"Table with name (?P<name>\S+) does not exist")
_BATCH = 1000
_READ_ONLY = (
    "tieout sql reads the published version and nothing else: SELECT, WITH, DESCRIBE, SUMMARIZE, EXPLAIN."
)
_NUMBER = (int, float, Decimal)


class SqlFailed(TieoutError):
    """A statement ran out of time or memory."""


class RefusedSql(UsageError):
    """A statement that is wrong, or that is not allowed here."""


class Answer:
    """Columns, and rows as they come: they can be read once, within the time that the statement has."""

    def __init__(self, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        self.columns = _distinct(columns)
        self.rows = rows


class SqlConsole:
    """The published version of a firm, opened in memory for reading.

    What may be done is limited twice: only statements that read are run, and the connection itself is read-only, can
    reach no file, load no extension and change no setting.
    """

    def __init__(self, firm: Firm) -> None:
        self._seconds = _seconds()
        version = publish.current(firm.home)
        memory = os.environ.get(MEMORY, DEFAULT_MEMORY)
        try:
            self._connection = attach_read_only(version.database, memory, is_default=True)
        except (duckdb.ParserException, duckdb.InvalidInputException) as error:
            raise UsageError(
                f"{MEMORY}={memory!r} is no amount of memory.", "Write it as 500MB or 2GB."
            ) from error
        self.version = version.id

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def run(self, sql: str, limit: int | None = None) -> Iterator[Answer]:
        """Run one statement; its rows must be read within the block. Raises RefusedSql or SqlFailed."""
        with self._in_time():
            result = self._connection.execute(self._only_statement(sql))
            names = [column[0] for column in result.description or []]
            yield Answer(names, islice(_fetched(result), limit))

    def tables(self) -> list[tuple[str, int]]:
        """Published tables and views with the number of their columns."""
        marks = ", ".join("?" for _ in PUBLISHED_SCHEMAS)
        return self._connection.execute(
            "select schema_name || '.' || table_name, count(*) from duckdb_columns()"
            f" where database_name = current_database() and schema_name in ({marks}) group by all order by all",
            list(PUBLISHED_SCHEMAS),
        ).fetchall()

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Columns and types of a table, named with or without its schema. Raises UnknownName."""
        found = self._connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = current_database()"
            " and (schema_name || '.' || table_name = $name or (table_name = $name and list_contains($schemas, schema_name)))"
            " order by schema_name, column_index",
            {"name": table, "schemas": list(PUBLISHED_SCHEMAS)},
        ).fetchall()
        if not found:
            names = [name for name, _ in self.tables()]
            raise unknown("table", table, [*names, *(name.split(".")[1] for name in names)], r"See \tables")
        return found

    def _without_table(self, error: duckdb.CatalogException) -> UsageError | None:
        """The engine's own suggestion for a table that is not there may be one of its system tables."""
        found = _NO_TABLE.search(str(error))
        if found is None:
            return None
        names = [name for name, _ in self.tables()]
        wanted = found["name"].lower()
        close = near(wanted, names) or [
            name
            for bare in near(wanted, [n.split(".")[1] for n in names])
            for name in names
            if name.endswith(f".{bare}")
        ]
        cure = (
            f"Did you mean {' or '.join(close[:3])}?"
            if close
            else r"\tables at the prompt of tieout sql lists them."
        )
        return RefusedSql(f"There is no table {found['name']}.", cure)

    def _only_statement(self, sql: str) -> duckdb.Statement:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1:
            raise RefusedSql(
                "There is no statement." if not statements else f"These are {len(statements)} statements.",
                f"Write one: {EXAMPLE}",
            )
        statement = statements[0]
        if statement.type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
            kind = statement.type.name.replace("_", " ")
            cure = "Name the values of a PIVOT with IN (…)." if kind == "MULTI" else _READ_ONLY
            raise RefusedSql(f"A statement of type {kind} is not allowed.", cure)
        return statement

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Interrupt what runs in the block when its time is over, and say in our words what went wrong in it."""
        timer = threading.Timer(self._seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise SqlFailed(
                f"The statement was stopped after {self._seconds:g} seconds.", f"{SECONDS} allows more."
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise SqlFailed(
                "The statement needs more memory than it may have.",
                f"{MEMORY} allows more; so does selecting less.",
            ) from error
        except duckdb.CatalogException as error:
            raise self._without_table(error) or RefusedSql(str(error).strip()) from error
        except duckdb.PermissionException as error:
            raise RefusedSql(str(error).strip(), _READ_ONLY) from error
        except duckdb.Error as error:
            raise RefusedSql(str(error).strip()) from error
        finally:
            timer.cancel()


def _seconds() -> float:
    text = os.environ.get(SECONDS, DEFAULT_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise UsageError(f"{SECONDS}={text!r} is no number of seconds.", "Write it as 60.")
    return seconds


def _fetched(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := result.fetchmany(_BATCH):
        yield from batch


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names, told apart where a statement repeats one."""
    found: list[str] = []
    for name in names:
        number, distinct = 1, name
        while distinct in found:
            number += 1
            distinct = f"{name}_{number}"
        found.append(distinct)
    return found


# Output


def write_csv(answer: Answer, write: Callable[[str], None]) -> None:
    """Header and rows, as they come. What a spreadsheet would take for a formula is kept as text."""
    for row in chain([tuple(answer.columns)], answer.rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([_csv_cell(value) for value in row])
        write(line.getvalue())


def _csv_cell(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else csv_cell(_plain(value))


def write_json(answer: Answer, write: Callable[[str], None]) -> None:
    """A list of objects, as they come. Amounts are decimal strings, days and times ISO text."""
    write("[")
    for place, row in enumerate(answer.rows):
        cells = dict(zip(answer.columns, (_json_cell(value) for value in row), strict=True))
        write(f"{',' if place else ''}\n  {json.dumps(cells, ensure_ascii=False)}")
    write("\n]\n")


def print_table(answer: Answer, console: Console) -> None:
    """Rows for people: at most TABLE_ROWS, and whether there are more."""
    rows = list(islice(answer.rows, TABLE_ROWS))
    if not rows:
        console.print("No rows.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(answer.columns):
        numbers = all(row[place] is None or _is_number(row[place]) for row in rows)
        table.add_column(Text(_shown(name)), justify="right" if numbers else "left")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console.print(table)
    if next(answer.rows, None) is not None:
        more = f"The first {TABLE_ROWS} rows. --format csv gives all."
        console.print(Text(more, style="dim"), soft_wrap=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBER) and not isinstance(value, bool)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return _shown(f"{value:f}" if isinstance(value, Decimal) else str(_plain(value)))


def _shown(text: str) -> str:
    """Text without what would steer a terminal; line breaks stay."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def _plain(value: Any) -> Any:
    """A value that a cell can hold: lists and structs as JSON."""
    if value is None or isinstance(value, str | bool | int | float | Decimal):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _json_cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple | dict):
        return json.loads(json.dumps(value, default=str))
    plain = _plain(value)
    return (
        None
        if isinstance(plain, float) and (plain != plain or plain in (float("inf"), -float("inf")))
        else plain
    )


# The prompt


def prompt(sql: SqlConsole, console: Console, read: Callable[[str], str] = input) -> None:
    """Ask until the user leaves. An error is said and the next statement awaited."""
    with suppress(ImportError):  # not on every platform; it gives input() its history and editing
        import readline  # noqa: F401
    console.print(Text(f"Version {sql.version}. {HELP}", style="dim"), soft_wrap=True)
    lines: list[str] = []
    while True:
        try:
            line = read(CONTINUED if lines else PROMPT).rstrip()
        except EOFError:
            return
        except KeyboardInterrupt:
            lines = []
            console.print()
            continue
        if not lines and line.strip() in (r"\q", "exit", "quit"):
            return
        lines += [line] if line.strip() else []
        if not lines or not (lines[0].lstrip().startswith("\\") or line.endswith(";")):
            continue
        text, lines = "\n".join(lines), []
        try:
            _say(sql, text.strip(), console)
        except TieoutError as error:
            console.print(Text(f"{error.message}\n{error.cure}".strip()), soft_wrap=True)
        except KeyboardInterrupt:
            console.print("Stopped.")


def _say(sql: SqlConsole, text: str, console: Console) -> None:
    command, _, argument = text.rstrip("; ").partition(" ")
    if command == r"\tables":
        for name, columns in sql.tables():
            console.print(Text(f"{name}  ({columns} columns)"), soft_wrap=True)
    elif command == r"\describe":
        for name, kind in sql.columns(argument.strip()):
            console.print(Text(f"{name}  {kind}"), soft_wrap=True)
    elif command.startswith("\\"):
        raise RefusedSql(f"There is no command {command}.", HELP)
    else:
        with sql.run(text) as answer:
            print_table(answer, console)
