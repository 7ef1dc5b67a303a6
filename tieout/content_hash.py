"""Content of published tables as hashes: equal content gives equal hashes, whatever run brought it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tieout.paths import DATABASE_ALIAS, project_dir

# What belongs to the load that brought a row, not to the row.
RUN_COLUMNS = frozenset({"known_from", "known_to", "loaded_at", "load_id"})
# `operations` is the history of the runs themselves.
HASHED_SCHEMAS = ("canonical", "identity", "intermediate", "marts", "metrics", "reconciliation", "reference")
_CODE = ("models", "macros", "seeds", "ingestion", "tieout")
_CODE_SUFFIXES = frozenset({".sql", ".yml", ".csv", ".py", ".md"})


@dataclass(frozen=True)
class Content:
    """Hash and row count of tables, by `schema.table`.

    A hash is the row count and the sum of the rows' own hashes, so that order does not matter but repetition does.
    """

    hashes: Mapping[str, str]
    row_counts: Mapping[str, int]


def table_content(connection: duckdb.DuckDBPyConnection, known: Content) -> Content:
    """Of every published table (views repeat tables); those that are `known` are not read.

    Of `source_file` only the file's name counts: where the firm keeps its extracts is not content.
    """
    hashes, counts = dict(known.hashes), dict(known.row_counts)
    for (schema, table), names in _columns(connection, HASHED_SCHEMAS).items():
        name = f"{schema}.{table}"
        if name not in hashes:
            count, total = _count_and_total(connection, f"{_quoted(schema)}.{_quoted(table)}", names)
            hashes[name], counts[name] = _hash(count, total), count
    return Content(hashes, counts)


def moved_content(
    connection: duckdb.DuckDBPyConnection, before: Content, rows: Mapping[str, tuple[str, str]]
) -> Content:
    """Of tables of which some rows went and others came: what they were, less the ones and with the others. `rows` names
    for each the relations that hold them."""
    columns = _columns(connection, {name.split(".", 1)[0] for name in rows})
    hashes: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, (gone, come) in rows.items():
        if name not in before.hashes:
            continue
        schema, _, table = name.partition(".")
        names = columns[(schema, table)]
        less, less_total = _count_and_total(connection, gone, names)
        more, more_total = _count_and_total(connection, come, names)
        count, total = before.hashes[name].split(":")
        counts[name] = int(count) + more - less
        hashes[name] = _hash(counts[name], int(total, 16) + more_total - less_total)
    return Content(hashes, counts)


def _columns(
    connection: duckdb.DuckDBPyConnection, schemas: Collection[str]
) -> dict[tuple[str, str], list[str]]:
    """The columns of every table of these schemas, in one order."""
    marks = ", ".join("?" for _ in schemas) or "null"
    found = connection.execute(
        "select c.schema_name, c.table_name, c.column_name"
        " from duckdb_columns() as c join duckdb_tables() as t"
        " on t.database_name = c.database_name and t.schema_name = c.schema_name and t.table_name = c.table_name"
        f" where c.database_name = ? and c.schema_name in ({marks})"
        " order by c.schema_name, c.table_name, c.column_name",
        [DATABASE_ALIAS, *sorted(schemas)],
    ).fetchall()
    tables: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in found:
        tables.setdefault((schema, table), []).append(column)
    return tables


def _count_and_total(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str]
) -> tuple[int, int]:
    parts = ", ".join(_expression(name) for name in columns if name not in RUN_COLUMNS) or "0"
    row = connection.execute(
        f"select count(*), coalesce(sum(cast(hash({parts}) as hugeint)), 0) from {DATABASE_ALIAS}.{relation}"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _hash(count: int, total: int) -> str:
    return f"{count}:{total:x}"


def code_digest() -> str:
    """Digest of everything that decides what a refresh computes: models, macros, seeds and the program."""
    root = project_dir()
    files = [root / "dbt_project.yml"]
    for room in _CODE:
        files += [path for path in (root / room).rglob("*") if path.suffix in _CODE_SUFFIXES]
    return digest(path for path in sorted(files) if path.is_file())


def digest(files: Iterable[Path]) -> str:
    """Digest of files and their names (relative to the project where they are inside it)."""
    found = hashlib.sha256()
    for path in files:
        name = path.relative_to(project_dir()) if path.is_relative_to(project_dir()) else Path(path.name)
        found.update(f"{name}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _expression(column: str) -> str:
    if column == "source_file":
        return "parse_filename(cast(source_file as varchar))"
    return _quoted(column)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
