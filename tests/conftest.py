"""What tests of several rooms share: published versions of the tiny simulated firm, and who runs what."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.firms import demo, faultless, made_once

# These refresh a firm or more: started first, the longest before the others, so that no worker is left alone with one at
# the end.
SLOW = (
    "acceptance/test_year_of_breaks",
    "odoo",
    "tieout/test_refresh",
    "portability",
    "oracle",
    "acceptance",
    "models/test_unit",
    "docs/test_firm",
    "dashboard/test_",
)
# Files that share a firm, a browser or a server: one worker has them all.
TOGETHER = {
    "odoo": ("odoo/",),
    "browser": (
        "dashboard/test_browser",
        "dashboard/test_accessibility",
        "dashboard/test_analysis_browser",
        "dashboard/test_as_of",
        "dashboard/test_links_browser",
    ),
}


HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Firms of the tests share their parses, and keep them for the next run: they are kept by content."""
    cache = getattr(config, "cache", None)
    if cache is not None:
        os.environ.setdefault("TIEOUT_CACHE", str(cache.mkdir("parses")))


class ByFile(LoadScopeScheduling):
    """Gives a worker whole files, since their tests share what is slow to make, and some files together. By their path
    alone: what marks say of groups is lost on the way to the scheduler since pytest 9."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0].removeprefix("tests/")
        return next((group for group, files in TOGETHER.items() if file.startswith(files)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    file = item.path.relative_to(HERE).as_posix()
    return next((turn for turn, start in enumerate(SLOW) if file.startswith(start)), len(SLOW))


@pytest.fixture(scope="session")
def published_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Firm file of the tiny simulated firm (seed 1), refreshed and published. Read only: never refresh it again."""
    return made_once(tmp_path_factory, "published_tiny", faultless)


@pytest.fixture(scope="session")
def faulty_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Gives the firm file of the tiny demo of a seed, which has planted faults. Read only."""
    return lambda seed: made_once(tmp_path_factory, f"demo_tiny_{seed}", demo(seed))
