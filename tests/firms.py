"""Published firms that the tests of several files only read: made once per run."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def faultless(folder: Path) -> None:
    """Make the tiny simulated firm (seed 1), in which nobody planted a fault, refreshed and published."""
    run_module("simulation", "--size", "tiny", "--seed", "1", "--out", str(folder))
    run_module("tieout", "--firm", str(folder / "firm.yml"), "refresh")


def demo(seed: int) -> Callable[[Path], None]:
    """Makes the tiny demo of a seed as its users do: a firm with planted faults, refreshed and published."""
    return lambda folder: run_module(
        "tieout", "demo", "--size", "tiny", "--seed", str(seed), "--home", str(folder)
    )


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The firm file in a folder that `make` fills with a published firm: once per run, whichever worker needs it first."""
    shared = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / name
    with _alone(shared / f"{name}.lock"):
        if not (folder / ".tieout" / "current").is_file():
            make(folder)
    return folder / "firm.yml"


def run_module(*arguments: str) -> None:
    """Run a module of the project in a process of its own; the test fails with what it said."""
    command = [sys.executable, "-m", *arguments]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        pytest.fail(
            f"{' '.join(arguments)}: exit {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
        )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
