"""What a refresh says while it runs: a live line on a terminal, JSON lines with --json, plain lines otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.status import Status

# Said in whole sentences; the facts are for programs.
LEFT_OUT = ("rejected", "duplicates", "not_read", "dated_ahead", "unknown_employee", "unknown_project")


class Progress(Protocol):
    """Receives events: a name, and facts about it."""

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None: ...


def sentence(event: str, facts: Mapping[str, Any]) -> str:
    """One line for a person: `gate: success 104, pass 154`."""
    if event == "node":
        return f"build: {facts.get('name')} {facts.get('status')}"
    if event in LEFT_OUT:
        return f"{event.replace('_', ' ')}: {facts['message']}"
    if event in ("extracted", "loaded"):
        return f"{event}: {facts.get('system')}.{facts.get('object')}, {facts.get('received', facts.get('rows'))} rows"
    details = ", ".join(
        f"{key.replace('_', ' ')} {round(value, 1) if isinstance(value, float) else value}"
        for key, value in facts.items()
        if value is not None and key != "message"
    )
    text = str(facts.get("message") or event.replace("_", " "))
    return f"{text}: {details}" if details else text


class JsonProgress:
    """One JSON object a line on standard output."""

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        record = {"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
        sys.stdout.write(json.dumps(record, default=str) + "\n")
        sys.stdout.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class PlainProgress:
    """One line an event on standard error, for logs and schedulers; of hundreds of objects only what went wrong."""

    DETAILS = ("extracted", "landed", "loaded", "node")

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        fine = str(facts.get("status", "success")) in ("success", "pass") and not facts.get("unreadable")
        if event in self.DETAILS and fine:
            return
        print(sentence(event, facts), file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class TerminalProgress:
    """A spinner with the current event; stages leave a line behind."""

    STAGES = ("load_system", "system_loaded", "build", "gate", "published", "failed", "note", *LEFT_OUT)

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._status = Status("starting", console=self._console)

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        line = sentence(event, facts)
        self._status.update(line)
        if event in self.STAGES:
            self._console.print(line, highlight=False, markup=False)

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()


def progress_for(as_json: bool) -> JsonProgress | TerminalProgress | PlainProgress:
    """The progress that fits where the output goes."""
    if as_json:
        return JsonProgress()
    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()


def silent(event: str, facts: Mapping[str, Any]) -> None:
    """Say nothing."""
