"""A refresh as users meet it: real processes, a simulated firm, kills at named points, readers all along.

The tiny firm is refreshed once (version A), its sources change, it is refreshed again without disturbance (version
B); then the same step from A to B is disturbed. Whatever happened in between, it must end with the content of B.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tieout import ledger, publish
from tieout.faults import POINTS, VARIABLE
from tieout.firm import load_firm
from tieout.paths import Home

READER = """
import json, sys, time
from pathlib import Path
from tieout.errors import TieoutError
from tieout.metrics_service import MetricsService, Query
service = MetricsService.open(sys.argv[1])
seen = {}
stop = Path(sys.argv[2])
while not stop.exists():
    answer = service.query(Query(["recorded_hours", "billable_utilization", "cost_standard"], mode="as_was"))
    text = json.dumps(answer.rows, default=str)
    if seen.setdefault(answer.version, text) != text:
        sys.exit(f"version {answer.version} changed its answer: {text} after {seen[answer.version]}")
    time.sleep(0.2)
print(json.dumps(seen))
"""


@dataclass(frozen=True)
class TinyFirm:
    """The simulated firm on disk, with versions A and B published."""

    path: Path
    home: Home
    version_a: str
    kept_a: Path
    hashes_a: Mapping[str, str]
    hashes_b: Mapping[str, str]
    code: Mapping[str, str]


def tieout(firm: Path, *arguments: str, fault: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({VARIABLE: fault} if fault else {})}
    command = [sys.executable, "-m", "tieout", "--firm", str(firm), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def refreshed(firm: Path, *arguments: str) -> publish.Version:
    done = tieout(firm, "refresh", *arguments)
    assert done.returncode == 0, done.stderr
    return publish.current(load_firm(firm).home)


def change_sources(folder: Path) -> None:
    """Delete the first time entry, correct the second, add one; other files stay as they are."""
    path = folder / "psa" / "time_entry.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    added = {**rows[2], "time_entry_id": "TE-ADDED"}
    changed = [{**rows[1], "hours": "1.25"}, *rows[2:], added]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(changed)


def has_content_of_b(tiny: TinyFirm, version: publish.Version) -> bool:
    """Whether a version's content equals version B's; built by other code, it need not be."""
    assert version.data["code"] == tiny.code, "the code changed while the test ran"
    return version.hashes == tiny.hashes_b


def readable(home: Home) -> str:
    """Id of the current version, after reading it as another process would."""
    version = publish.current(home)
    with duckdb.connect(str(version.database), read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from marts.fct_time_entry").fetchone() == (True,)
    return version.id


@pytest.fixture(scope="module", autouse=True)
def own_cache() -> Iterator[None]:
    """A refresh can be killed while it parses only where nobody has parsed for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TIEOUT_CACHE", raising=False)
        yield


@pytest.fixture(scope="module")
def tiny(published_tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> TinyFirm:
    folder = tmp_path_factory.mktemp("tiny") / "firm"
    shutil.copytree(published_tiny.parent, folder)
    firm = folder / "firm.yml"
    a = publish.current(load_firm(firm).home)
    kept_a = folder.parent / a.id
    shutil.copytree(a.directory, kept_a)
    change_sources(folder)
    b = refreshed(firm)
    assert a.hashes != b.hashes
    return TinyFirm(firm, load_firm(firm).home, a.id, kept_a, dict(a.hashes), dict(b.hashes), b.data["code"])


@pytest.fixture
def reader(tiny: TinyFirm, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A process that asks all the time; afterwards the answers by version are in the dict."""
    stop = tmp_path / "stop"
    answers: dict[str, str] = {}
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(tiny.path), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield answers
        stop.touch()
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        answers.update(json.loads(out))
    finally:
        process.kill()


def back_to_a(tiny: TinyFirm) -> None:
    """Serve version A again, which later versions may have pushed out."""
    if not tiny.home.version_dir(tiny.version_a).is_dir():
        shutil.copytree(tiny.kept_a, tiny.home.version_dir(tiny.version_a))
    publish.point_to(tiny.home, tiny.version_a)


def kill_at(tiny: TinyFirm, point: str) -> None:
    """Refresh from version A to B with a SIGKILL at the point."""
    back_to_a(tiny)
    killed = tieout(tiny.path, "refresh", fault=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert tiny.home.lock.exists()


def test_refresh_says_what_it_published(tiny: TinyFirm) -> None:
    version = publish.current(tiny.home)
    assert version.data["as_of"] == "2026-06-30"
    assert version.data["built_from"] == tiny.version_a
    assert {system["name"] for system in version.data["systems"]} == {"hris", "psa", "erp", "crm"}
    assert all(system["extracted_at"] for system in version.data["systems"])
    assert version.data["row_counts"]["marts.fct_time_entry"] > 500
    assert not [name for name in version.hashes if name.startswith(("raw_", "landing_", "operations."))]
    assert {path.name for path in version.directory.iterdir()} >= {
        "warehouse.duckdb",
        "version.json",
        "run_report.json",
        "semantic_manifest_reporting.json",
        "semantic_manifest_transaction.json",
        "semantic_manifest_functional.json",
        "semantic_manifest_constant.json",
    }
    assert list(tiny.home.work.iterdir()) == []
    assert [entry["result"] for entry in ledger.read(tiny.home.ledger)[:2]] == ["published", "published"]
    changed = {name for name in tiny.hashes_b if tiny.hashes_a.get(name) != tiny.hashes_b[name]}
    assert "canonical.can_time_entry" in changed
    assert "canonical.can_employee" not in changed


def test_amounts_of_two_currency_modes_cannot_meet(tiny: TinyFirm) -> None:
    directory = publish.current(tiny.home).directory
    for mode in ("transaction", "functional", "reporting", "constant"):
        text = (directory / publish.manifest_name(mode)).read_text()
        assert f"cost_amount_{mode}" in text
        assert "__currency_mode__" not in text
        for other in {"transaction", "functional", "reporting", "constant"} - {mode}:
            assert f"cost_amount_{other}" not in text


@pytest.mark.slow
def test_kills_leave_the_old_version_and_the_next_refresh_converges(
    tiny: TinyFirm, reader: dict[str, str]
) -> None:
    for point in ("history", "publish_before_pointer"):
        kill_at(tiny, point)
        assert readable(tiny.home) == tiny.version_a
    orphan = max(path.name for path in tiny.home.versions.iterdir())
    done = tieout(tiny.path, "refresh", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert "took over the lock" in next(event["message"] for event in events if event["event"] == "note")
    assert events[-1]["event"] == "published"
    last = publish.current(tiny.home)
    assert last.id == events[-1]["version"]
    assert has_content_of_b(tiny, last)
    assert not tiny.home.lock.exists()
    assert orphan not in [version.id for version in publish.all_versions(tiny.home)]
    results = {entry["run_id"]: entry["result"] for entry in ledger.read(tiny.home.ledger)}
    assert results[orphan] == "killed"
    assert results[last.id] == "published"


def test_second_refresh_is_refused_while_one_runs(tiny: TinyFirm) -> None:
    command = [sys.executable, "-m", "tieout", "--firm", str(tiny.path), "refresh"]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not tiny.home.lock.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        second = tieout(tiny.path, "refresh")
        assert second.returncode == 3
        assert f"process {first.pid}" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        first.kill()
        first.wait()


def test_source_that_cannot_be_read_leaves_the_old_version(tiny: TinyFirm, tmp_path: Path) -> None:
    before = publish.current(tiny.home).id
    folder = tiny.path.parent
    shutil.move(str(folder / "erp"), str(tmp_path / "erp"))
    try:
        done = tieout(tiny.path, "refresh")
    finally:
        shutil.move(str(tmp_path / "erp"), str(folder / "erp"))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "erp" in done.stderr
    assert readable(tiny.home) == before


def test_full_disk_leaves_the_old_version(tiny: TinyFirm) -> None:
    before = publish.current(tiny.home).id
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6));"
    program = f"{limit} from tieout.cli import main; sys.exit(main(['--firm', sys.argv[1], 'refresh']))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tiny.path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert f"Version {before} still serves." in done.stderr
    assert "Traceback" not in done.stderr
    assert readable(tiny.home) == before
    assert not tiny.home.lock.exists()


def test_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "firm.yml").write_text(
        "firm: {name: A, reporting_currency: USD}\nhome: firm.yml/home\n"
        "systems: [{name: hris, kind: files, path: .}]\n"
    )
    done = tieout(tmp_path / "firm.yml", "refresh")
    assert done.returncode == 1
    assert "cannot be made: Not a directory" in done.stderr


def test_system_that_was_never_loaded_cannot_be_left_out(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulation", "--size", "tiny", "--seed", "3", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    done = tieout(tmp_path / "firm.yml", "refresh", "--system", "hris")
    assert done.returncode == 2
    assert "psa, erp, crm has never been loaded" in done.stderr
    entry = ledger.read(load_firm(tmp_path / "firm.yml").home.ledger)[-1]
    assert entry["result"] == "failed"


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS)
def test_kill_anywhere(tiny: TinyFirm, reader: dict[str, str], point: str) -> None:
    kill_at(tiny, point)
    serving = readable(tiny.home)
    if point in ("publish_after_pointer", "ledger"):
        assert has_content_of_b(tiny, publish.current(tiny.home))
        done = tieout(tiny.path, "refresh")
        assert done.returncode == 0, done.stderr
        results = {entry["run_id"]: entry["result"] for entry in ledger.read(tiny.home.ledger)}
        assert results[serving] == "published"
    else:
        assert serving == tiny.version_a
    back_to_a(tiny)
    assert has_content_of_b(tiny, refreshed(tiny.path))
    shutil.rmtree(tiny.home.cache, ignore_errors=True)


@pytest.mark.long
def test_reader_through_fifty_refreshes(tiny: TinyFirm, reader: dict[str, str]) -> None:
    for turn in range(50):
        # every other one is of another day, so that there is always something to build and to mix up
        version = refreshed(tiny.path, *([] if turn % 2 else ["--as-of", "2026-06-29"]))
        assert has_content_of_b(tiny, version) == bool(turn % 2)
