"""Published versions: immutable directories, and one pointer file that is replaced atomically."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tieout import unplaced
from tieout.errors import TieoutError
from tieout.faults import fault_point
from tieout.metrics_types import NoVersion, SystemFreshness, VersionInfo
from tieout.paths import DATABASE_FILE, Home

KEEP_VERSIONS = 5
VERSION_FILE = "version.json"


class RollbackError(TieoutError):
    """There is no version to go back to."""


@dataclass(frozen=True)
class Version:
    """A published version on disk. `data` is its version.json."""

    id: str
    directory: Path
    data: Mapping[str, Any]

    @property
    def database(self) -> Path:
        return self.directory / DATABASE_FILE

    @property
    def hashes(self) -> Mapping[str, str]:
        """Content hash of every published table, `schema.table` to hex text."""
        hashes: Mapping[str, str] = self.data.get("hashes", {})
        return hashes

    def info(self) -> VersionInfo:
        data = self.data
        return VersionInfo(
            id=self.id,
            as_of=date.fromisoformat(data["as_of"]),
            published_at=datetime.fromisoformat(data["published_at"]),
            firm_name=data["firm_name"],
            reporting_currency=data["reporting_currency"],
            systems=tuple(
                SystemFreshness(
                    name=system["name"],
                    kind=system["kind"],
                    extracted_at=datetime.fromisoformat(system["extracted_at"])
                    if system["extracted_at"]
                    else None,
                    does_not_record=tuple(system.get("does_not_record", ())),
                )
                for system in data["systems"]
            ),
            row_counts=data.get("row_counts", {}),
            rejected={
                f"{one['system']} {one['object']}": rows
                for one in data.get("rejected", ())
                if (rows := one["rejected"] + one["orphaned"])
            },
            unknown_people_note=unplaced.note(unplaced.read(data.get("unplaced", ()))),
        )


def manifest_name(currency_mode: str) -> str:
    """File name of a version's semantic manifest for one currency mode."""
    return f"semantic_manifest_{currency_mode}.json"


def pointer_state(home: Home) -> tuple[int, int] | None:
    """Tells one pointing from another without reading it: each publication makes a new file. None where there is none."""
    try:
        found = home.pointer.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def current_id(home: Home) -> str | None:
    """Id that the pointer names; None before the first publication."""
    try:
        text = home.pointer.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return str(json.loads(text)["version"])
    except (ValueError, KeyError, TypeError):
        raise TieoutError(
            f"The pointer {home.pointer} cannot be read.",
            "Run: tieout rollback --to VERSION, or tieout refresh.",
        ) from None


def load_version(home: Home, version: str) -> Version:
    """Read a version's directory. Raises NoVersion if it is not there or not whole."""
    directory = home.version_dir(version)
    try:
        data = json.loads((directory / VERSION_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise NoVersion(f"Version {version} is not whole in {home.versions}.", "Run: tieout doctor") from None
    return Version(version, directory, data)


def current(home: Home) -> Version:
    """The published version. Raises NoVersion when there is none."""
    version = current_id(home)
    if version is None:
        raise NoVersion("Nothing has been published yet.", "Run: tieout refresh (or tieout demo to see one).")
    return load_version(home, version)


def all_versions(home: Home) -> list[Version]:
    """Every whole version, oldest first (ids begin with their UTC time)."""
    if not home.versions.is_dir():
        return []
    found: list[Version] = []
    for directory in sorted(home.versions.iterdir()):
        try:
            found.append(load_version(home, directory.name))
        except NoVersion:
            continue
    return found


def publish(home: Home, built: Path, version: str, data: Mapping[str, Any]) -> Version:
    """Make the built directory a version and point to it.

    The directory is completed and flushed first, then renamed into place, then the pointer is replaced: at every
    moment the pointer names a complete version, the old or the new.
    """
    (built / VERSION_FILE).write_text(
        json.dumps(data, indent=2, sort_keys=True, default=str), encoding="utf-8"
    )
    for file in built.iterdir():
        _flush(file)
        file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    home.versions.mkdir(parents=True, exist_ok=True)
    os.rename(built, home.version_dir(version))
    _flush(home.versions)
    fault_point("publish_before_pointer")
    point_to(home, version)
    fault_point("publish_after_pointer")
    return load_version(home, version)


def point_to(home: Home, version: str) -> None:
    """Replace the pointer atomically and durably."""
    draft = home.pointer.with_name(f"{home.pointer.name}.{os.getpid()}.new")
    draft.write_text(json.dumps({"version": version}) + "\n", encoding="utf-8")
    _flush(draft)
    os.replace(draft, home.pointer)
    _flush(home.root)


def rollback(home: Home, to: str | None = None) -> tuple[str, str]:
    """Point back to `to`, or to the version before the current one. Returns (from, to)."""
    now = current_id(home)
    ids = [version.id for version in all_versions(home)]
    if to is None:
        earlier = [version for version in ids if now is None or version < now]
        if not earlier:
            raise RollbackError(
                "There is no earlier version to go back to.", _kept([each for each in ids if each != now])
            )
        to = earlier[-1]
    elif to not in ids:
        raise RollbackError(f"There is no version {to}.", _kept(ids))
    point_to(home, to)
    return now or "none", to


def _kept(ids: Sequence[str]) -> str:
    return (
        f"Go to one that is kept with --to VERSION: {', '.join(ids)}." if ids else "No other version is kept."
    )


def prune(home: Home, keep: int = KEEP_VERSIONS) -> list[str]:
    """Delete all but the last `keep` versions, never the current one. Also sweeps what a crash left incomplete."""
    now = current_id(home)
    whole = [version.id for version in all_versions(home)]
    kept = {*whole[-keep:], now}
    removed: list[str] = []
    for directory in sorted(home.versions.iterdir()) if home.versions.is_dir() else []:
        if directory.name not in kept:
            shutil.rmtree(directory, ignore_errors=True)
            removed.append(directory.name)
    return removed


def new_version_id(now: datetime | None = None) -> str:
    """Sortable id: UTC time to the microsecond."""
    return (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%fZ")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
