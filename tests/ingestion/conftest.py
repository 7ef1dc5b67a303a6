"""Shared fixtures of the ingestion tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the build file of a test goes; nothing is there yet."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder / "warehouse.duckdb"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """An empty drop folder."""
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder
