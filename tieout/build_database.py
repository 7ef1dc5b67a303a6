"""Opening the database that a refresh builds, in the memory that a build may take."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

# The engine's share; Python, dbt and the loader take about half a GiB beside it. profiles.yml has the same.
MEMORY = "3GB"


def open_build(database: Path, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A connection within TIEOUT_MEMORY_LIMIT. Without a limit the engine takes most of the machine's memory to digest a
    large table, which it could do within a part of it."""
    limit = os.environ.get("TIEOUT_MEMORY_LIMIT", MEMORY)
    return duckdb.connect(str(database), read_only=read_only, config={"memory_limit": limit})
