"""What no tracked file may hold: paths and hosts of one machine, secrets, oversized files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.docs_reference import PROJECT

LARGEST_BYTES = 1_500_000
FORBIDDEN = {
    # Built from parts, so that this file does not find itself.
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home/\w|root/|Users/\w|" + "wo" + r"rk/|bash_jobs)"),
    "a private key": re.compile("-----BEGIN " + r"[A-Z ]*PRIVATE KEY"),
    "an access token": re.compile("(?:gh[pousr]_|github_pat_|xox[bap]-|AKIA)" + r"[A-Za-z0-9_]{16,}"),
    "a password in an address": re.compile(r"\w+://[^\s/:@{}$'\"]+:[^\s/:@{}$'\"]+@"),
}
PRIVATE_HOST = re.compile(r"https?://(?:[^/]*@|localhost|127\.|10\.|192\.168\.|[^/]*:\d|[^/.]+/)")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no list of tracked files")
    return [
        PROJECT / name for name in listed.stdout.decode().split("\0") if name and (PROJECT / name).is_file()
    ]


def lines() -> Iterator[tuple[Path, int, str]]:
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            yield path.relative_to(PROJECT), number, line


def test_nothing_of_one_machine_and_no_secret_is_tracked() -> None:
    found = [
        f"{path}:{number}: {what}"
        for path, number, line in lines()
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_lock_names_no_private_registry() -> None:
    addresses = re.findall(r'"(https?://[^"]+)"', (PROJECT / "uv.lock").read_text())
    assert addresses
    assert not [address for address in addresses if PRIVATE_HOST.match(address)]


def test_no_large_file_is_tracked() -> None:
    large = [str(path.relative_to(PROJECT)) for path in tracked() if path.stat().st_size > LARGEST_BYTES]
    assert not large


def test_telemetry_is_off() -> None:
    assert "send_anonymous_usage_stats: false" in (PROJECT / "dbt_project.yml").read_text()
    assert "dlthub_telemetry = false" in (PROJECT / ".dlt" / "config.toml").read_text()
    assert re.search(r"gatherUsageStats\s*=\s*false", (PROJECT / ".streamlit" / "config.toml").read_text())
