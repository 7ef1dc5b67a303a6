"""A load that is killed anywhere, then run again, equals one that was left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingestion.loading import RowsConnector, content, load, query

FIRST = [{"id": str(n), "hours": str(n)} for n in range(50)]
SECOND = [{"id": str(n), "hours": str(n % 7)} for n in range(10, 60)]

_KILLED = """
import os, signal, sys
from pathlib import Path
from ingestion.load import load_system
from tests.ingestion import test_kill
from tests.ingestion.loading import RowsConnector

def progress(event, facts):
    if event == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "jobs":
    # Between the arrival of a landing file and the bookkeeping of dlt.
    from dlt.destinations.impl.filesystem.filesystem import FilesystemLoadJob
    run = FilesystemLoadJob.run
    def killed(self):
        run(self)
        os.kill(os.getpid(), signal.SIGKILL)
    FilesystemLoadJob.run = killed
load_system(Path(sys.argv[1]), RowsConnector(test_kill.SECOND), full=False, run_id="second", progress=progress)
"""


@pytest.mark.parametrize("point", ["extracted", "jobs", "landed", "loaded"])
def test_killed_load_then_rerun_equals_undisturbed(tmp_path: Path, point: str) -> None:
    disturbed, calm = tmp_path / "disturbed.duckdb", tmp_path / "calm.duckdb"
    for database in (disturbed, calm):
        load(database, RowsConnector(FIRST))
    before = content(disturbed, "raw_psa.thing")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(disturbed), point],
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert content(disturbed, "raw_psa.thing") == before
    for database in (disturbed, calm):
        load(database, RowsConnector(SECOND), run_id="second")
    assert content(disturbed, "raw_psa.thing") == content(calm, "raw_psa.thing")
    loads = "select object, received, new_versions, changed_versions, unchanged, closed_by_sweep from raw_tieout.loads"
    assert query(disturbed, loads) == query(calm, loads)
