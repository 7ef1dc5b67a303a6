"""Fixtures of the Odoo tests: a fake server with a small firm, its two days published, and a real export."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.odoo.exporting import write_export
from tests.odoo.fake_odoo import PASSWORD, FakeOdoo, serving
from tests.odoo.publishing import PASSWORD_ENV, firm_of, refresh
from tests.odoo.small_firm import FIRST_MOMENT, second_day, small_firm

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


@dataclass(frozen=True)
class TwoDays:
    """The small firm refreshed on two days, the second time by cursor and id sweep (`delta`); a copy of it as the first
    day left it; and both days as exports."""

    delta: Path
    first_day: Path
    first_export: Path
    second_export: Path


@pytest.fixture(scope="session")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoDays]:
    """Made once per run, since one worker has all tests of Odoo. Read only; its server goes on with the second day."""
    folder = tmp_path_factory.mktemp("two_days")
    with serving(FakeOdoo(small_firm(), FIRST_MOMENT)) as state:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(PASSWORD_ENV, PASSWORD)
            delta = firm_of(state, folder / "delta", "EUR")
            first = write_export(state, folder / "first")
            refresh(delta)
            first_day = folder / "first_day" / "firm.yml"
            shutil.copytree(delta.parent, first_day.parent)
            second_day(state)
            second = write_export(state, folder / "second")
            refresh(delta)
        yield TwoDays(delta, first_day, first, second)
