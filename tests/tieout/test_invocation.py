"""What a message tells a user to type works from where they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tieout.invocation import program


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in .venv of a folder, which is the current one; nothing of it is on PATH."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "tieout").write_text("#!/bin/sh\n")
    (folder / "tieout").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.chdir(tmp_path)
    return folder / "tieout"


def test_the_short_path_where_the_shell_does_not_find_it(script: Path) -> None:
    assert program() == os.path.join(".venv", "bin", "tieout")


def test_the_name_where_the_environment_is_activated(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin")
    assert program() == "tieout"


def test_the_whole_path_from_elsewhere(
    script: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert program() == str(script)
