"""Kill the process at a named point, so that crash safety can be tested. Without TIEOUT_FAULT_AT it does nothing."""

from __future__ import annotations

import os
import signal

VARIABLE = "TIEOUT_FAULT_AT"
POINTS: tuple[str, ...] = (
    "extract",
    "landing",
    "history",
    "load_done",
    "parse",
    "build_mid",
    "build_done",
    "gate",
    "manifest",
    "publish_before_pointer",
    "publish_after_pointer",
    "ledger",
)


def fault_point(name: str) -> None:
    """Kill this process with SIGKILL if TIEOUT_FAULT_AT names this point (nothing is flushed or released)."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
