"""The tiny firm on both engines: published with DuckDB, and built again on a private PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg2
import pytest

from tests.portability import postgres_server
from tieout.firm import load_firm
from tieout.publish import Version, current


@dataclass(frozen=True)
class Both:
    """One published version, and open connections to its tables on each engine."""

    firm: Path
    version: Version
    duckdb: duckdb.DuckDBPyConnection
    postgres: psycopg2.extensions.connection


@pytest.fixture(scope="session")
def server() -> Iterator[postgres_server.Server]:
    if reason := postgres_server.missing():
        if os.environ.get("TIEOUT_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres_server.running() as running:
        yield running


@pytest.fixture(scope="session")
def both(published_tiny: Path, server: postgres_server.Server) -> Iterator[Both]:
    """Ship the published version as a user would, and build it there."""
    command = [sys.executable, "-m", "tieout.ship_postgres", "--firm", str(published_tiny)]
    finished = subprocess.run(
        command, env={**os.environ, **server.environment}, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, f"{finished.stdout}\n{finished.stderr}"
    version = current(load_firm(published_tiny).home)
    postgres = server.connect()
    with duckdb.connect() as connection, postgres.cursor() as cursor:
        connection.execute(f"attach '{version.database}' as warehouse (read_only)")
        connection.execute("use warehouse")
        connection.execute("set TimeZone = 'UTC'")
        cursor.execute("set timezone = 'UTC'")
        yield Both(published_tiny, version, connection, postgres)
    postgres.close()
