"""Statements that MetricFlow compiled before, kept in the firm's home: compiling is most of the time of a first answer.

A statement depends on the semantic manifest and on MetricFlow's version and on nothing else, so each pair of these has a
file to which every process adds a line for what it compiled: the refresh, the command line, the dashboard. A file that
cannot be read or written, or a line that was cut off, only costs the time again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from contextlib import suppress
from pathlib import Path

from tieout.semantic import Request, SemanticLayer

# One file per currency mode of a manifest; the older ones are of manifests that are gone.
KEPT_FILES = 12
LARGEST = 64 * 1024 * 1024


def layer(manifest: str, folder: Path) -> SemanticLayer:
    """The semantic layer of a manifest that begins with what is kept in the folder, and keeps there what it adds."""
    file = folder / f"{_name(manifest)}.jsonl"
    known = _read(file)
    _prune(folder, file)
    return SemanticLayer(manifest, known, lambda request, sql: _add(file, request, sql))


def _name(manifest: str) -> str:
    version = importlib.metadata.version("metricflow")
    return hashlib.sha256(f"{version}\0{manifest}".encode()).hexdigest()[:32]


def _read(file: Path) -> dict[Request, str]:
    found: dict[Request, str] = {}
    with suppress(OSError), file.open(encoding="utf-8") as lines:
        for line in lines:
            with suppress(ValueError, TypeError):
                metrics, group_by, conditions, sql = json.loads(line)
                found[Request(tuple(metrics), tuple(group_by), tuple(conditions))] = str(sql)
    return found


def _add(file: Path, request: Request, sql: str) -> None:
    line = json.dumps([request.metrics, request.group_by, request.conditions, sql])
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        # One write of one line at the end: what another process adds meanwhile stands before or after it.
        with file.open("ab", buffering=0) as end:
            if end.tell() < LARGEST:
                end.write(f"{line}\n".encode())


def _prune(folder: Path, current: Path) -> None:
    with suppress(OSError):
        if current.exists():
            current.touch()
        files = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[KEPT_FILES:]:
            file.unlink(missing_ok=True)
