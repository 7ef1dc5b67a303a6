"""What tests of several rooms share: one published version of the tiny simulated firm."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


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
