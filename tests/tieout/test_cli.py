"""The command line: output contract, exit codes, and no traceback for a user's error."""

from __future__ import annotations

import csv
import json
import socket
from pathlib import Path

import pytest

from tests.tieout.conftest import FIRM, publish_hand_version
from tests.tieout.hand_rows import HOSTILE
from tieout.cli import main
from tieout.errors import EXIT_FAILED, EXIT_LOCKED, EXIT_USAGE
from tieout.filter_text import parse_filter
from tieout.firm import load_firm
from tieout.lock import refresh_lock
from tieout.metrics_types import BadFilter, Filter


def test_json_of_a_query(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["--firm", str(hand_firm), "query", "cost_standard", "billable_utilization", "--format", "json"])
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["rows"] == [{"cost_standard": "2712.51", "billable_utilization": pytest.approx(1 / 3)}]
    assert {
        "as_of": "2026-06-30",
        "mode": "as_was",
        "currency": "reporting",
        "currency_code": "USD",
    }.items() <= answer.items()
    assert answer["version"] == "20260701T020000000000Z"
    assert set(answer["definition"]) == {"cost_standard", "billable_utilization"}


def test_groups_filters_and_options(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--firm", str(hand_firm), "query", "billable_hours,productive_hours", "--by", "month,practice"]
    command += [
        "--where",
        "practice in Data,Cloud",
        "--where",
        "month>=2026-05",
        "--to",
        "2026-06-01",
        "--format",
        "json",
    ]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [
        {"month": "2026-05-01", "practice": "Cloud", "billable_hours": "6", "productive_hours": "6"},
        {"month": "2026-05-01", "practice": "Data", "billable_hours": "4", "productive_hours": "6.125"},
    ]


def test_csv_is_safe_for_spreadsheets(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["--firm", str(hand_firm), "query", "billable_hours", "--by", "practice", "--format", "csv"])
        == 0
    )
    written = capsys.readouterr()
    rows = list(csv.reader(written.out.splitlines()))
    assert rows[0] == ["practice", "billable_hours"]
    assert [HOSTILE, "2"] in rows
    # what the numbers are of stands beside the rows, not in them
    assert written.err.startswith("Period: ")
    assert "As of 2026-06-30 · as_was" in written.err
    from tieout.output import csv_cell

    assert [csv_cell(text) for text in ("=1+1", "-x", "@a", "plain")] == ["'=1+1", "'-x", "'@a", "plain"]
    assert csv_cell(-5) == "-5"


def test_table_says_what_it_is_of(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(hand_firm), "query", "billable_utilization"]) == 0
    out = capsys.readouterr().out
    assert "33.3 %" in out
    assert "Period: everything from the first record (2026-04-10) to 2026-06-30\n" in out
    assert "does not record time approval" in out


def test_periods_are_printed_as_filters_take_them_and_groups_have_a_last_line(
    hand_firm: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["--firm", str(hand_firm), "query", "billable_hours"]
    assert main([*ask, "--by", "month"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[2:6] == [["2026-04", "8.00"], ["2026-05", "10.00"], ["2026-06", "2.00"], ["all", "20.00"]]
    for by, first in (("quarter", "2026-Q2"), ("year", "2026")):
        assert main([*ask, "--by", by]) == 0
        assert capsys.readouterr().out.splitlines()[2].split() == [first, "20.00"]
        assert main([*ask, "--where", f"{by}={first}"]) == 0
        capsys.readouterr()


def test_a_balance_is_asked_for_as_of_a_day(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(hand_firm), "query", "wip_commercial", "--as-of", "2026-05-31"]) == 0
    shown = capsys.readouterr().out
    assert "150.00" in shown
    assert "Period: at the end of 2026-05-31\n" in shown


def test_catalogue(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(hand_firm), "metrics"]) == 0
    assert "billable_utilization" in capsys.readouterr().out
    assert main(["--firm", str(hand_firm), "metrics", "billable_utilization"]) == 0
    out = capsys.readouterr().out
    assert "formula    billable_hours / capacity_gross_hours" in out
    assert "dimensions day, week, month" in out
    assert main(["--firm", str(hand_firm), "metrics", "billable_utilization", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["unit"] == "ratio"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["query", "billable_hors"], "Did you mean billable_hours?"),
        (["query", "capacity_gross_hours", "--by", "project"], "does not have the dimension project"),
        (["query", "billable_hours", "--where", "practice"], "is not a filter"),
        (["query", "billable_hours", "--where", "practise=Data"], "Did you mean practice?"),
        (["query", "billable_hours", "--mode", "as_wished"], "Allowed: as_was, as_is, as_reported."),
        (["query", "billable_hours", "--from", "yesterday"], "write it as 2026-06-30"),
        (["query", "cost_standard", "--currency", "transaction"], "would be added across currencies"),
        (["query"], "Name at least one metric."),
        (["metrics", "billable_hors"], "Did you mean billable_hours?"),
        (["metrics", "utilization"], "Did you mean one of billable_utilization, "),
        (["metrics", "wip"], "Did you mean one of wip_commercial, "),
        (["metrics", "margin"], "Did you mean one of project_margin, "),
        (["dashboard", "--port", "80000"], "80000 is not in the range 1<=x<=65535"),
        (["docs", "--serve", "--port", "0"], "0 is not in the range 1<=x<=65535"),
        (["refresh", "--system", "psa"], "There is no system 'psa'"),
        (["refresh", "--as-of", "soon"], "write it as 2026-06-30"),
        (["rfresh"], "No such command"),
        (["query", "--nope"], "No such option"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_cure(
    hand_firm: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--firm", str(hand_firm), *arguments]) == EXIT_USAGE
    captured = capsys.readouterr()
    assert said in " ".join(captured.err.split())
    assert "Traceback" not in captured.err + captured.out


def test_wrong_firm_file_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "firm.yml").write_text(FIRM.replace("USD", "dollars"))
    for command in (
        ["query", "billable_hours"],
        ["refresh"],
        ["metrics"],
        ["rollback"],
        ["dashboard"],
        ["docs"],
    ):
        assert main(["--firm", str(tmp_path / "firm.yml"), *command]) == EXIT_USAGE
        assert "firm.yml:4: firm.reporting_currency: bad value 'dollars'" in capsys.readouterr().err
    assert main(["--firm", str(tmp_path / "none.yml"), "refresh"]) == EXIT_USAGE


def test_nothing_published_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "firm.yml").write_text(FIRM)
    for command in (["query", "billable_hours"], ["metrics"], ["dashboard"], ["docs"]):
        assert main(["--firm", str(tmp_path / "firm.yml"), *command]) == EXIT_FAILED
        assert "Run: tieout refresh" in capsys.readouterr().err
    assert main(["--firm", str(tmp_path / "firm.yml"), "rollback"]) == EXIT_FAILED


def test_held_lock_is_exit_3(
    tmp_path: Path, semantic_manifest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = tmp_path / "firm.yml"
    firm.write_text(FIRM)
    home = load_firm(firm).home
    publish_hand_version(home, semantic_manifest, "v1")
    publish_hand_version(home, semantic_manifest, "v2")
    with refresh_lock(home.lock, "somebody"):
        assert main(["--firm", str(firm), "rollback"]) == EXIT_LOCKED
        assert "run somebody" in capsys.readouterr().err
    assert main(["--firm", str(firm), "rollback"]) == 0
    assert "Version v1 serves now (before: v2)." in capsys.readouterr().out


def test_doctor(tmp_path: Path, semantic_manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    firm = tmp_path / "firm.yml"
    firm.write_text(FIRM.replace("kind: odoo, export_dir: .", "kind: odoo, export_dir: nowhere"))
    publish_hand_version(load_firm(firm).home, semantic_manifest, "v1")
    assert main(["--firm", str(firm), "doctor"]) == EXIT_FAILED
    out = capsys.readouterr().out
    assert "system hris" in out
    assert "version v1, as of 2026-06-30" in out
    assert "lock: free" in out
    (load_firm(firm).home.version_dir("v1") / "semantic_manifest_functional.json").unlink()
    main(["--firm", str(firm), "doctor"])
    assert "version v1 lacks semantic_manifest_functional.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["demo", "refresh", "query", "metrics", "dashboard", "docs", "doctor", "rollback"]
)
def test_help_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Usage: tieout" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("practice=Data", Filter("practice", "=", ("Data",))),
        ("practice = Data & Cloud", Filter("practice", "=", ("Data & Cloud",))),
        ("practice!=a=b", Filter("practice", "!=", ("a=b",))),
        ("practice=", Filter("practice", "=", ("",))),
        ("practice=x in y", Filter("practice", "=", ("x in y",))),
        ('practice in Data,"Cloud, UK"', Filter("practice", "in", ("Data", "Cloud, UK"))),
        ("practice NOT  IN A, B", Filter("practice", "not in", ("A", "B"))),
        ("month>=2026-04", Filter("month", ">=", ("2026-04",))),
        ("month between 2026-04,2026-06", Filter("month", "between", ("2026-04", "2026-06"))),
        ("month between 2026-04 and 2026-06", Filter("month", "between", ("2026-04", "2026-06"))),
        ("role={{ 7*7 }}", Filter("role", "=", ("{{ 7*7 }}",))),
    ],
)
def test_typed_filters(text: str, expected: Filter) -> None:
    assert parse_filter(text) == expected


@pytest.mark.parametrize("text", ["", "practice", "=x", "practice~x", "practice or 1=1"])
def test_what_is_not_a_filter(text: str) -> None:
    with pytest.raises(BadFilter):
        parse_filter(text)


@pytest.mark.parametrize("command", [["dashboard"], ["docs", "--serve"]])
def test_a_port_in_use_is_said_with_another(
    hand_firm: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--firm", str(hand_firm), *command, "--port", str(port)]) == EXIT_FAILED
    captured = capsys.readouterr()
    assert f"Port {port} is not available: something serves there already." in captured.err
    assert "Choose another: --port" in captured.err
    assert "http://" not in captured.err, "nothing is served, so no address is given"


def test_without_a_firm_file_the_first_steps_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIEOUT_FIRM", raising=False)
    assert main(["refresh"]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert said.startswith("There is no firm file firm.yml.")
    for word in ("firm.example.yml", "--firm FILE", "tieout demo"):
        assert word in said
