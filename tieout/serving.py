"""The published version, attached read-only in memory; follows the pointer, one version per question."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from time import sleep
from typing import Any

import duckdb

from tieout import publish
from tieout.metrics_catalogue import DIMENSIONS_FILE
from tieout.metrics_types import CURRENCY_MODES, NoVersion
from tieout.paths import DATABASE_ALIAS, Home


@dataclass
class OpenVersion:
    """A version with its own database instance. Questions hold it (`users`) until they are done with it.

    `files` are the texts beside the database, read when it is opened: the directory may be pruned while the version
    is still in use. `extras` keeps what clients derive from the version (catalogue, compiled queries), so that it
    goes with it. `statements` is the folder where compiled queries outlive it.
    """

    version: publish.Version
    connection: duckdb.DuckDBPyConnection
    files: Mapping[str, str]
    statements: Path
    users: int = 0
    retired: bool = False
    extras: dict[str, Any] = field(default_factory=dict)

    def fetch(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a statement on a cursor of its own; column names and rows."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql, parameters or None)
            return [column[0] for column in cursor.description or []], cursor.fetchall()
        finally:
            cursor.close()


class Serving:
    """Hands out the version that the pointer names now. Thread-safe.

    A version is opened once and kept while it is current; a question that began on an older version finishes on it.
    The database is attached before external access is switched off and the configuration locked, so that no
    statement can reach another file, attach anything or lift a limit.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._open: OpenVersion | None = None
        self._pointer: tuple[int, int] | None = None

    @contextmanager
    def lease(self) -> Iterator[OpenVersion]:
        """Hold the current version for the block. Raises NoVersion when nothing has been published."""
        with self._lock:
            opened = self._current()
            opened.users += 1
        try:
            yield opened
        finally:
            with self._lock:
                opened.users -= 1
                _close_if_done(opened)

    def close(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open.retired = True
                _close_if_done(self._open)
                self._open = None

    def _current(self) -> OpenVersion:
        # A version can be pruned between reading the pointer and opening it only if newer ones were published
        # meanwhile: then the pointer names another one.
        failure: Exception | None = None
        for attempt in range(10):
            # looked at before it is read: what is published in between differs from it the next time
            pointer = publish.pointer_state(self._home)
            if self._open is not None and pointer is not None and pointer == self._pointer:
                return self._open
            wanted = publish.current_id(self._home)
            if self._open is not None and self._open.version.id == wanted:
                self._pointer = pointer
                return self._open
            try:
                version = publish.current(self._home)
                opened = OpenVersion(
                    version, _attach(version.database), texts(version.directory), self._home.statements
                )
            except (NoVersion, duckdb.Error, OSError) as error:
                if wanted is None:
                    raise
                failure = error
                sleep(0.01 * attempt)
                continue
            if self._open is not None:
                self._open.retired = True
                _close_if_done(self._open)
            self._open = opened
            self._pointer = pointer
            return opened
        if isinstance(failure, NoVersion):
            raise failure
        raise NoVersion(
            f"The published version cannot be opened: {failure}", "Run: tieout doctor"
        ) from failure


def _close_if_done(opened: OpenVersion) -> None:
    if opened.retired and opened.users == 0:
        opened.connection.close()


def texts(directory: Path) -> Mapping[str, str]:
    """The semantic manifests and the permitted dimensions that lie beside a version's database."""
    names = [DIMENSIONS_FILE, *(publish.manifest_name(mode) for mode in CURRENCY_MODES)]
    return {name: (directory / name).read_text(encoding="utf-8") for name in names}


def _attach(database: Path) -> duckdb.DuckDBPyConnection:
    return attach_read_only(database, os.environ.get("TIEOUT_SERVE_MEMORY_LIMIT", "1GB"))


def attach_read_only(
    database: Path, memory_limit: str, *, is_default: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection in memory that reads this database and reaches nothing else. `is_default`: its tables need no
    database before their names."""
    if not database.is_file():
        raise NoVersion(f"{database} is missing.", "Run: tieout doctor")
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": int(os.environ.get("TIEOUT_SERVE_THREADS", str(os.cpu_count() or 1))),
            "temp_directory": str(Path(tempfile.gettempdir()) / f"tieout-serve-{os.getpid()}"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # A name that is no table must not be looked for among the variables of the program.
            "python_enable_replacements": False,
        },
    )
    try:
        path = str(database).replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS {DATABASE_ALIAS} (READ_ONLY)")
        if is_default:
            connection.execute(f"USE {DATABASE_ALIAS}")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except Exception:
        connection.close()
        raise
    return connection


def minor_units(opened: OpenVersion) -> Mapping[str, int]:
    """Currency code to number of decimals, from the published reference table; 2 where a currency is not in it."""
    cached = opened.extras.get("minor_units")
    if cached is None:
        try:
            _, rows = opened.fetch(f"select currency, minor_unit from {DATABASE_ALIAS}.reference.currency")
        except duckdb.CatalogException:
            rows = []
        cached = {str(code): int(unit) for code, unit in rows}
        opened.extras["minor_units"] = cached
    units: Mapping[str, int] = cached
    return units


def as_date(value: Any) -> Any:
    """A date for a timestamp at midnight (what truncating a date to a period gives); anything else unchanged."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    return value
