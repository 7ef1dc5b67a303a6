"""Versions are immutable, the pointer always names a whole one, and old ones go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tieout import ledger, publish
from tieout.errors import TieoutError
from tieout.metrics_types import NoVersion
from tieout.paths import Home


def put(home: Home, version: str) -> None:
    built = home.work / version
    built.mkdir(parents=True)
    (built / "warehouse.duckdb").write_text(version)
    publish.publish(home, built, version, {"as_of": "2026-06-30"})


def test_pointer_names_what_was_published(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(NoVersion, match="Nothing has been published yet"):
        publish.current(home)
    put(home, "v1")
    put(home, "v2")
    assert json.loads(home.pointer.read_text()) == {"version": "v2"}
    assert publish.current(home).database.read_text() == "v2"
    assert not list(tmp_path.glob("current.*"))
    assert publish.current(home).database.stat().st_mode & 0o222 == 0


def test_last_five_are_kept_and_the_current_always(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for number in range(1, 8):
        put(home, f"v{number}")
    publish.point_to(home, "v1")
    assert publish.prune(home) == ["v2"]
    assert [version.id for version in publish.all_versions(home)] == ["v1", "v3", "v4", "v5", "v6", "v7"]


def test_incomplete_directories_are_swept_and_never_listed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put(home, "v1")
    (home.versions / "v2").mkdir()
    assert [version.id for version in publish.all_versions(home)] == ["v1"]
    assert publish.prune(home) == ["v2"]


def test_rollback(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for number in (1, 2, 3):
        put(home, f"v{number}")
    assert publish.rollback(home) == ("v3", "v2")
    assert publish.rollback(home) == ("v2", "v1")
    with pytest.raises(publish.RollbackError, match="no earlier version"):
        publish.rollback(home)
    assert publish.rollback(home, "v3") == ("v1", "v3")
    with pytest.raises(publish.RollbackError, match="no version v9") as caught:
        publish.rollback(home, "v9")
    assert caught.value.cure == "Go to one that is kept with --to VERSION: v1, v2, v3."


def test_broken_pointer_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put(home, "v1")
    home.pointer.write_text("{")
    with pytest.raises(TieoutError, match="cannot be read") as caught:
        publish.current(home)
    assert "rollback --to" in caught.value.cure
    publish.point_to(home, "v9")
    with pytest.raises(NoVersion, match="v9 is not whole"):
        publish.current(home)


def test_ids_sort_by_time() -> None:
    ids = [publish.new_version_id() for _ in range(50)]
    assert ids == sorted(ids)


def test_ledger_survives_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "home" / "runs.jsonl"
    assert ledger.read(path) == []
    ledger.append(path, {"run_id": "a"})
    with path.open("ab") as file:
        file.write(b'{"run_id": "to')
    assert [entry["run_id"] for entry in ledger.read(path)] == ["a"]
    ledger.append(path, {"run_id": "b", "note": "line\nbreak"})
    ledger.append(path, {"run_id": "c"})
    assert [entry["run_id"] for entry in ledger.read(path)] == ["a", "b", "c"]
    with path.open("ab") as file:
        file.write(b"[1]\n\xff\xfe\n")
    assert len(ledger.read(path)) == 3
