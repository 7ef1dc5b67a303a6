"""Fixtures of the Odoo tests: the real export where there is one, and a fake server with a small firm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.odoo.fake_odoo import FakeOdoo, serving
from tests.odoo.small_firm import FIRST_MOMENT, small_firm

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def export_dir() -> Path:
    """The export of a real Odoo 17; never part of this repository."""
    path = REPOSITORY / os.environ.get("ODOO_EXPORT_DIR", "../shared/data/odoo-17")
    if not (path / "_manifest.json").is_file():
        pytest.skip(f"no export of a real Odoo at {path}: set ODOO_EXPORT_DIR to one")
    return path


@pytest.fixture
def server() -> Iterator[FakeOdoo]:
    """A running fake server with the small firm's first state."""
    with serving(FakeOdoo(small_firm(), FIRST_MOMENT)) as state:
        yield state
