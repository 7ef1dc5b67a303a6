"""What a refresh says while it runs, to people and to programs."""

from __future__ import annotations

import json

import pytest

from tieout.progress import JsonProgress, PlainProgress, progress_for, sentence


@pytest.mark.parametrize(
    ("event", "facts", "expected"),
    [
        ("gate", {"success": 104, "pass": 154}, "gate: success 104, pass 154"),
        ("published", {"seconds": 12.345, "removed_versions": None}, "published: seconds 12.3"),
        ("note", {"message": "took over the lock"}, "took over the lock"),
        ("node", {"name": "fct_time", "status": "pass", "finished": 3}, "build: fct_time pass"),
        ("loaded", {"system": "hris", "object": "employee", "received": 7}, "loaded: hris.employee, 7 rows"),
    ],
)
def test_sentences(event: str, facts: dict[str, object], expected: str) -> None:
    assert sentence(event, facts) == expected


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_for(as_json=True) as progress:
        assert isinstance(progress, JsonProgress)
        progress("build", {"as_of": "2026-06-30"})
        progress("node", {"name": "fct_time", "status": "pass"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["build", "node"]
    assert lines[0]["as_of"] == "2026-06-30"


def test_plain_lines_leave_out_what_went_well(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainProgress() as progress:
        progress("node", {"name": "fct_time", "status": "success"})
        progress("node", {"name": "unique_id", "status": "fail"})
        progress("loaded", {"system": "hris", "object": "leave", "received": 3, "unreadable": 0})
        progress("loaded", {"system": "hris", "object": "leave", "received": 3, "unreadable": 1})
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["build: unique_id fail", "loaded: hris.leave, 3 rows"]
    assert captured.out == ""
