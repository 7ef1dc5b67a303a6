"""One refresh at a time: a lock file with its owner; the lock of a dead process is taken over."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tieout.errors import EXIT_LOCKED, TieoutError


class Locked(TieoutError):
    """Another refresh holds the lock."""

    exit_code = EXIT_LOCKED


@dataclass(frozen=True)
class Owner:
    """Who holds the lock. `process_started` tells a reused process id from the owner's (clock ticks since boot)."""

    pid: int
    host: str
    started_at: datetime
    process_started: str
    run_id: str

    def age(self, now: datetime | None = None) -> str:
        seconds = int(((now or datetime.now(UTC)) - self.started_at).total_seconds())
        if seconds < 120:
            return f"{max(seconds, 0)} s"
        return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"

    def is_dead(self) -> bool:
        """True only if this host is the owner's and the process is gone: a remote owner may always be alive."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return _process_start(self.pid) != self.process_started


def _process_start(pid: int) -> str:
    """Start time and state of a process as the kernel gives it; empty where it does not (not Linux) or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "zombie" if fields[0] in ("Z", "X") else fields[19]


def read_owner(path: Path) -> Owner | None:
    """The lock's owner; None if there is no lock. A torn file counts as a dead owner of this host."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        data = json.loads(text)
        return Owner(
            pid=int(data["pid"]),
            host=str(data["host"]),
            started_at=datetime.fromisoformat(data["started_at"]),
            process_started=str(data["process_started"]),
            run_id=str(data["run_id"]),
        )
    except (ValueError, KeyError, TypeError):
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Owner(
            pid=0, host=socket.gethostname(), started_at=modified, process_started="torn", run_id="unknown"
        )


@contextmanager
def refresh_lock(path: Path, run_id: str) -> Iterator[Owner | None]:
    """Hold the lock for the block. Yields the dead owner whose lock was taken over, else None.

    Raises Locked when a live process (or one on another host) holds it. The file is created with its content in
    one step (a hard link of a complete file), so that nobody ever reads half a lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = Owner(
        pid=os.getpid(),
        host=socket.gethostname(),
        started_at=datetime.now(UTC),
        process_started=_process_start(os.getpid()),
        run_id=run_id,
    )
    draft = path.with_name(f"{path.name}.{run_id}.{os.getpid()}")
    draft.write_text(
        json.dumps(asdict(owner) | {"started_at": owner.started_at.isoformat()}), encoding="utf-8"
    )
    taken_over: Owner | None = None
    try:
        for _ in range(5):
            try:
                os.link(draft, path)
                break
            except FileExistsError:
                holder = read_owner(path)
                if holder is None:
                    continue
                if not _abandoned(holder):
                    raise Locked(
                        f"Another refresh holds the lock: process {holder.pid} on {holder.host}, "
                        f"run {holder.run_id}, for {holder.age()}.",
                        "Wait for it to finish"
                        + (
                            "."
                            if holder.host == owner.host
                            else f"; if that machine is gone, delete {path} and run again."
                        ),
                    ) from None
                _remove_if_still(path, holder)
                taken_over = holder
        else:
            raise Locked("The lock keeps changing hands.", "Run again in a moment.")
    finally:
        draft.unlink(missing_ok=True)
    try:
        yield taken_over
    finally:
        held = read_owner(path)
        if held is not None and held.run_id == run_id and held.pid == owner.pid:
            path.unlink(missing_ok=True)


def _abandoned(holder: Owner) -> bool:
    return holder.process_started == "torn" or holder.is_dead()


def _remove_if_still(path: Path, holder: Owner) -> None:
    """Remove a dead owner's lock, but never one that somebody else has taken meanwhile.

    The file is moved aside first (one of two takers wins the move) and put back if it was not the dead one's.
    """
    aside = path.with_name(f"{path.name}.dead.{os.getpid()}")
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return
    moved = read_owner(aside)
    if moved is not None and (moved.pid, moved.run_id) != (holder.pid, holder.run_id):
        with suppress(FileExistsError):
            os.link(aside, path)
    aside.unlink(missing_ok=True)
