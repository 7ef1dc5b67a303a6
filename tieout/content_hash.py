"""Content of published tables as hashes: equal content gives equal hashes, whatever run brought it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import duckdb

from tieout.paths import DATABASE_ALIAS, project_dir

# What belongs to the load that brought a row, not to the row.
RUN_COLUMNS = frozenset({"known_from", "known_to", "loaded_at", "load_id"})
# `operations` is the history of the runs themselves.
HASHED_SCHEMAS = ("canonical", "identity", "intermediate", "marts", "metrics", "reconciliation", "reference")
_CODE = ("models", "macros", "seeds", "ingestion", "tieout")
_CODE_SUFFIXES = frozenset({".sql", ".yml", ".csv", ".py", ".md"})


def table_hashes(
    connection: duckdb.DuckDBPyConnection, without: Collection[str] = ()
) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Hash and row count of every published table (views repeat tables) but those of `without`, by `schema.table`.

    A hash is the row count and the sum of the rows' own hashes, so that order does not matter but repetition does.
    Of `source_file` only the file's name counts: where the firm keeps its extracts is not content.
    """
    marks = ", ".join("?" for _ in HASHED_SCHEMAS)
    columns = connection.execute(
        "select c.schema_name, c.table_name, c.column_name"
        " from duckdb_columns() as c join duckdb_tables() as t"
        " on t.database_name = c.database_name and t.schema_name = c.schema_name and t.table_name = c.table_name"
        f" where c.database_name = ? and c.schema_name in ({marks})"
        " order by c.schema_name, c.table_name, c.column_name",
        [DATABASE_ALIAS, *HASHED_SCHEMAS],
    ).fetchall()
    tables: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in columns:
        if f"{schema}.{table}" in without:
            continue
        tables.setdefault((schema, table), []).append(column)
    hashes: dict[str, str] = {}
    counts: dict[str, int] = {}
    for (schema, table), names in tables.items():
        parts = ", ".join(_expression(name) for name in names if name not in RUN_COLUMNS) or "0"
        row = connection.execute(
            f"select count(*), coalesce(sum(cast(hash({parts}) as hugeint)), 0)"
            f" from {DATABASE_ALIAS}.{_quoted(schema)}.{_quoted(table)}"
        ).fetchone()
        count, total = row if row else (0, 0)
        counts[f"{schema}.{table}"] = count
        hashes[f"{schema}.{table}"] = f"{count}:{total:x}"
    return hashes, counts


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
