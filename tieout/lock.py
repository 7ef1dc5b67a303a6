"""One refresh at a time: a lock file with its owner; the lock of a dead process is taken over."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tieout.errors import EXIT_LOCKED, TieoutError

SIGN_OF_LIFE_SECONDS = 15
SILENT_SECONDS = 600


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

    Raises Locked when a live process holds it. A process of this host is asked for; one of another host is taken for
    dead when its lock has shown no sign of life for ten minutes (a live owner touches it every fifteen seconds).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = Owner(
        pid=os.getpid(),
        host=socket.gethostname(),
        started_at=datetime.now(UTC),
        process_started=_process_start(os.getpid()),
        run_id=run_id,
    )
    taken_over = _take(path, owner)
    stop = threading.Event()
    threading.Thread(target=_show_life, args=(path, stop), daemon=True).start()
    try:
        yield taken_over
    finally:
        stop.set()
        held = read_owner(path)
        if held is not None and held.run_id == run_id and held.pid == owner.pid:
            path.unlink(missing_ok=True)


def _take(path: Path, owner: Owner) -> Owner | None:
    """Make the lock ours. It appears with its content in one step (a hard link), so nobody reads half a lock."""
    draft = path.with_name(f"{path.name}.{owner.run_id}.{owner.pid}")
    draft.write_text(
        json.dumps(asdict(owner) | {"started_at": owner.started_at.isoformat()}), encoding="utf-8"
    )
    taken_over: Owner | None = None
    try:
        for _ in range(5):
            try:
                os.link(draft, path)
                return taken_over
            except FileExistsError:
                holder = read_owner(path)
                if holder is None:
                    continue
                if not _abandoned(holder, path, draft):
                    raise Locked(
                        f"Another refresh holds the lock: process {holder.pid} on {holder.host}, "
                        f"run {holder.run_id}, for {holder.age()}.",
                        "Wait for it to finish."
                        if holder.host == owner.host
                        else "Wait for it to finish; if that machine is gone, the lock falls in ten minutes.",
                    ) from None
                _remove_if_still(path, holder)
                taken_over = holder
    finally:
        draft.unlink(missing_ok=True)
    raise Locked("The lock keeps changing hands.", "Run again in a moment.")


def _abandoned(holder: Owner, path: Path, draft: Path) -> bool:
    if holder.process_started == "torn" or holder.is_dead():
        return True
    if holder.host == socket.gethostname():
        return False
    # Both times are the file system's, so clocks of two machines need not agree.
    with suppress(FileNotFoundError):
        return draft.stat().st_mtime - path.stat().st_mtime > SILENT_SECONDS
    return False


def _show_life(path: Path, stop: threading.Event) -> None:
    while not stop.wait(SIGN_OF_LIFE_SECONDS):
        with suppress(OSError):
            os.utime(path)


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
