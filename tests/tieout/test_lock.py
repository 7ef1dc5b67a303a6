"""One refresh at a time, and no lock outlives its owner for long."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tieout.lock import Locked, read_owner, refresh_lock

HOLD = """
import sys, time
from pathlib import Path
from tieout.lock import refresh_lock
with refresh_lock(Path(sys.argv[1]), "theirs"):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_lock_is_released(tmp_path: Path) -> None:
    path = tmp_path / "home" / "lock"
    with refresh_lock(path, "a") as dead:
        assert dead is None
        owner = read_owner(path)
        assert owner is not None
        assert (owner.pid, owner.host, owner.run_id) == (os.getpid(), socket.gethostname(), "a")
    assert list(path.parent.iterdir()) == []


def test_live_owner_is_named_with_its_age(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = hold(path)
    try:
        with (
            pytest.raises(Locked, match=rf"process {process.pid} on .*, run theirs, for \d+ s") as caught,
            refresh_lock(path, "mine"),
        ):
            pass
        assert caught.value.exit_code == 3
        owner = read_owner(path)
        assert owner is not None
        assert owner.run_id == "theirs"
    finally:
        process.kill()
        process.wait()


def test_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = hold(path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with refresh_lock(path, "mine") as dead:
        assert dead is not None
        assert (dead.pid, dead.run_id) == (process.pid, "theirs")
    assert not path.exists()


def test_killed_but_not_yet_reaped_counts_as_dead(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = hold(path)
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with refresh_lock(path, "mine") as dead:
        assert dead is not None
    process.wait()


def test_reused_process_id_is_not_the_owner(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with refresh_lock(path, "mine"):
        data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"process_started": "1", "run_id": "old"}))
    with refresh_lock(path, "mine") as dead:
        assert dead is not None
        assert dead.run_id == "old"


def test_owner_on_another_host_may_be_alive(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with refresh_lock(path, "mine"):
        data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"host": "elsewhere", "pid": 1}))
    with pytest.raises(Locked, match="on elsewhere") as caught, refresh_lock(path, "mine"):
        pass
    assert "falls in ten minutes" in caught.value.cure
    long_ago = path.stat().st_mtime - 601
    os.utime(path, (long_ago, long_ago))
    with refresh_lock(path, "mine") as dead:
        assert dead is not None
        assert dead.host == "elsewhere"


def test_owner_shows_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.lock.SIGN_OF_LIFE_SECONDS", 0.02)
    path = tmp_path / "lock"
    with refresh_lock(path, "mine"):
        os.utime(path, (1, 1))
        deadline = time.monotonic() + 5
        while path.stat().st_mtime == 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime > 1


def test_torn_lock_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text('{"pid": 1')
    with refresh_lock(path, "mine") as dead:
        assert dead is not None


def test_one_of_many_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    start, done = threading.Barrier(8), threading.Barrier(8)
    got: list[str] = []

    def take(name: str) -> None:
        start.wait()
        try:
            with refresh_lock(path, name):
                got.append(name)
                done.wait()
        except Locked:
            done.wait()

    threads = [threading.Thread(target=take, args=(f"run{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
