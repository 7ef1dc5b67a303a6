"""Compiled statements outlive the process that compiled them, and are never another manifest's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout import statements
from tieout.semantic import Request, SemanticLayer

QUESTION = Request(("wip_commercial",), ("metric_time__month",), ("{{ x }} = '__tieout_0__'",))
OTHER = Request(("billed_revenue",), (), ())


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request that reached MetricFlow."""
    seen: list[Request] = []

    def explain(_: SemanticLayer, request: Request) -> str:
        seen.append(request)
        return f"select '__tieout_0__' as {request.metrics[0]}"

    monkeypatch.setattr(SemanticLayer, "_explain", explain)
    return seen


def test_another_process_compiles_nothing_again(tmp_path: Path, compiled: list[Request]) -> None:
    first = statements.layer("{manifest}", tmp_path / "kept").compile(QUESTION)
    assert first == "select $p0 as wip_commercial"
    assert statements.layer("{manifest}", tmp_path / "kept").compile(QUESTION) == first
    assert compiled == [QUESTION]


def test_another_manifest_has_its_own(tmp_path: Path, compiled: list[Request]) -> None:
    statements.layer("{manifest}", tmp_path).compile(QUESTION)
    statements.layer("{other}", tmp_path).compile(QUESTION)
    assert compiled == [QUESTION, QUESTION]
    assert len(list(tmp_path.iterdir())) == 2


def test_two_processes_add_to_one_file(tmp_path: Path, compiled: list[Request]) -> None:
    one, two = (statements.layer("{manifest}", tmp_path) for _ in range(2))
    one.compile(QUESTION)
    two.compile(OTHER)
    third = statements.layer("{manifest}", tmp_path)
    third.compile(QUESTION)
    third.compile(OTHER)
    assert compiled == [QUESTION, OTHER]


def test_a_line_that_was_cut_off_costs_one_statement(tmp_path: Path, compiled: list[Request]) -> None:
    layer = statements.layer("{manifest}", tmp_path)
    layer.compile(QUESTION)
    layer.compile(OTHER)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    again = statements.layer("{manifest}", tmp_path)
    again.compile(QUESTION)
    again.compile(OTHER)
    assert compiled == [QUESTION, OTHER, OTHER]


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path, compiled: list[Request]) -> None:
    (tmp_path / "kept").write_text("in the way", encoding="utf-8")
    for _ in range(2):
        statements.layer("{manifest}", tmp_path / "kept").compile(QUESTION)
    assert compiled == [QUESTION, QUESTION]


def test_files_of_manifests_that_are_gone_are_removed(tmp_path: Path, compiled: list[Request]) -> None:
    for number in range(statements.KEPT_FILES + 5):
        statements.layer(f"{{manifest {number}}}", tmp_path).compile(QUESTION)
    statements.layer("{newest}", tmp_path)
    assert len(list(tmp_path.iterdir())) == statements.KEPT_FILES
