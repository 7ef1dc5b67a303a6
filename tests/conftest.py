"""What tests of several rooms share: one published version of the tiny simulated firm."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# These refresh a firm or more: started first, so that no worker is left alone with one at the end.
SLOW = (
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
    items.sort(key=lambda item: not item.path.relative_to(HERE).as_posix().startswith(SLOW))


@pytest.fixture(scope="session")
def published_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Firm file of the tiny simulated firm (seed 1), refreshed and published. Read only: never refresh it again.

    Made once per test run, whichever worker needs it first.
    """
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "published_tiny"
    with _alone(shared / "published_tiny.lock"):
        if not (folder / ".tieout" / "current").is_file():
            simulate = ["-m", "simulation", "--size", "tiny", "--seed", "1", "--out", str(folder)]
            _run(simulate)
            _run(["-m", "tieout", "--firm", str(folder / "firm.yml"), "refresh"])
    return folder / "firm.yml"


def _run(arguments: list[str]) -> None:
    finished = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        pytest.fail(
            f"{' '.join(arguments)}: exit {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
        )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
