"""What lies in a drop folder: which file belongs to which entity, and what it is by content."""

from __future__ import annotations

import csv
import difflib
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ingestion.errors import ConfigurationError

CONTROL_FILE = "_control.csv"
FORMATS = ("csv", "jsonl", "parquet")


@dataclass(frozen=True)
class SourceFile:
    """One file of an entity. `name` is its path inside the folder, with `/`."""

    path: Path
    name: str
    format: str
    size: int


@dataclass(frozen=True)
class Control:
    """What `_control.csv` states for one file; rows or total may be left out."""

    rows: int | None
    column: str | None
    total: Decimal | None


@dataclass
class Folder:
    """Files by entity, in the order in which their rows count as received (by name), and remarks on the rest.

    `not_read` are the files that belong to no entity, each with a hint."""

    files: dict[str, list[SourceFile]] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)


def scan(folder: Path, entities: Collection[str]) -> Folder:
    """List a drop folder. Raises `ConfigurationError` when it is not there.

    `<entity>.<format>`, `<entity>__<anything>.<format>` and `<entity>/<anything>.<format>`, in any letter case.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"The folder {folder} does not exist.", "Create it, or correct `path`.")
    found = Folder()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "~")) for part in name.split("/")) or name.lower() == "readme.md":
            continue
        if name.lower() == CONTROL_FILE:
            found.controls, remarks = _read_control(path)
            found.remarks.extend(remarks)
            continue
        entity = _entity_of(name)
        extension = path.suffix.lower().lstrip(".")
        if entity in entities and extension in FORMATS:
            file = SourceFile(path, name, extension, path.stat().st_size)
            found.files.setdefault(entity, []).append(file)
        else:
            why, hint = _unknown(entity, extension, entities)
            found.remarks.append(f"{name}: {why}, not read; {hint}")
            found.not_read.append(f"{name} ({hint})")
    for files in found.files.values():
        files.sort(key=lambda file: file.name)
    return found


def sha256(path: Path) -> str:
    """Content hash of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _entity_of(name: str) -> str:
    first = name.split("/")[0].lower()
    stem = first.rsplit(".", 1)[0] if "/" not in name else first
    return stem.split("__", 1)[0].strip()


def _unknown(entity: str, extension: str, entities: Collection[str]) -> tuple[str, str]:
    """Why a file is not read, and a hint."""
    if entity in entities:
        return f"unknown format .{extension}", f"use {', '.join('.' + f for f in FORMATS)}"
    close = difflib.get_close_matches(entity, list(entities), n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else "see the list of entities in the files contract"
    return f"no entity is called {entity!r}", hint


def _read_control(path: Path) -> tuple[dict[str, Control], list[str]]:
    controls: dict[str, Control] = {}
    remarks: list[str] = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            fields = {str(k).strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)}
            try:
                rows = int(fields["rows"]) if fields.get("rows") else None
                total = Decimal(fields["control_total"]) if fields.get("control_total") else None
                controls[fields["file"]] = Control(rows, fields.get("control_column") or None, total)
            except (KeyError, ValueError, InvalidOperation):
                remarks.append(
                    f"{CONTROL_FILE} row {reader.line_num} is not usable; columns are file, rows, control_column, control_total"
                )
    return controls, remarks
