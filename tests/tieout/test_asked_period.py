"""Every answer says which days it is of; without an end it ends on the as-of date, so that numerator and capacity do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tieout.altered import altered
from tieout.cli import main
from tieout.metrics_service import Filter, MetricsService, Query

AS_OF = date(2026, 6, 30)
FLOWS = ["billable_hours", "capacity_gross_hours", "billable_utilization", "cost_standard"]


@pytest.fixture(scope="module")
def tiny(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def as_of(published: Path, folder: Path, day: date) -> Path:
    """The same version, told to be as of another day."""
    changed = altered(published, folder)
    [document] = folder.rglob("version.json")
    data = json.loads(document.read_text(encoding="utf-8"))
    document.write_text(json.dumps({**data, "as_of": day.isoformat()}), encoding="utf-8")
    return changed


def test_a_question_without_an_end_ends_on_the_as_of_date(published_tiny: Path, tmp_path: Path) -> None:
    day = date(2026, 5, 31)
    service = MetricsService.open(as_of(published_tiny, tmp_path, day))
    for by in ([], ["practice"], ["month"]):
        open_end = service.query(Query(FLOWS, by=by))
        assert open_end.rows == service.query(Query(FLOWS, by=by, date_to=day)).rows
        assert open_end.rows != service.query(Query(FLOWS, by=by, date_to=date.max)).rows
    assert open_end.period.date_to == day
    assert open_end.notes[0].startswith(f"What is dated after the as-of date {day} is left out")
    assert service.explain(Query(["billable_hours"])).agrees
    assert (
        service.explain(Query(["billable_hours"])).value
        == service.query(Query(FLOWS)).rows[0]["billable_hours"]
    )
    asked = service.query(Query(FLOWS, date_to=day))
    assert not [note for note in asked.notes if "left out" in note]
    service.close()


def test_later_records_of_another_slice_are_not_said(published_tiny: Path, tmp_path: Path) -> None:
    later = (
        "insert into warehouse.marts.fct_time_entry select * replace (date '2026-07-15' as work_date,"
        " 'later' as time_entry_key) from warehouse.marts.fct_time_entry where is_approved and is_billable"
        " order by time_entry_key limit 1"
    )
    service = MetricsService.open(altered(published_tiny, tmp_path, later))
    whole = service.query(Query(["recorded_hours"], population="firm"))
    assert "left out" in whole.notes[0]
    row = service.rows("fct_time_entry", where=[Filter("time_entry_key", "=", ("later",))]).rows[0]
    counted = service.query(Query(["recorded_hours"], population="firm", date_to=date(2026, 7, 31))).rows[0]
    ahead = service.query(Query(["recorded_hours"], population="firm", date_from=AS_OF + timedelta(days=1)))
    assert Decimal(str(counted["recorded_hours"])) == Decimal(str(whole.rows[0]["recorded_hours"])) + Decimal(
        str(ahead.rows[0]["recorded_hours"])
    )
    assert Decimal(str(ahead.rows[0]["recorded_hours"])) >= Decimal(str(row["hours"]))
    assert "begins after the as-of date" in ahead.notes[0]
    months = [row["month"] for row in service.query(Query(["recorded_hours"], by=["month"])).rows]
    assert date(2026, 7, 1) not in months
    service.close()


def test_a_later_as_of_date_than_the_latest_extraction_is_said(published_tiny: Path, tmp_path: Path) -> None:
    service = MetricsService.open(as_of(published_tiny, tmp_path, date(2027, 12, 31)))
    notes = service.query(Query(["billable_utilization"])).notes
    assert notes[0].startswith("Nothing was extracted after ")
    assert "to the as-of date 2027-12-31 capacity and balances run on" in notes[0]
    service.close()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query(["billable_hours"]), "2026-04-10 to 2026-06-30"),
        (Query(["billable_hours"], date_from=date(2026, 5, 1)), "2026-05-01 to 2026-06-30"),
        (Query(["billable_hours"], where=[Filter("month", "=", ["2026-05"])]), "2026-05-01 to 2026-05-31"),
        (Query(["billable_hours"], where=[Filter("month", ">=", ["2026-05"])]), "2026-05-01 to 2026-06-30"),
        (
            Query(["billable_hours"], where=[Filter("month", "in", ["2026-04", "2026-06"])]),
            "2026-04-10 to 2026-06-30, in parts",
        ),
        (Query(["wip_commercial"]), "at the end of 2026-06-30"),
        (Query(["wip_commercial"], date_to=date(2026, 5, 31)), "at the end of 2026-05-31"),
        (Query(["wip_commercial"], date_to=date(2030, 1, 1)), "at the end of 2026-06-30"),
        (Query(["wip_commercial"], date_from=date(2030, 1, 1)), "on no day"),
        (
            Query(["wip_commercial"], by=["month"], date_from=date(2026, 5, 1)),
            "at the end of 2 days, 2026-05-31 to 2026-06-30",
        ),
        (
            Query(["billed_revenue", "wip_commercial"], date_from=date(2026, 5, 1)),
            "2026-05-01 to 2026-06-30, balances at the end of 2026-06-30",
        ),
        (
            Query(["backlog_rollforward"], date_from=date(2026, 6, 1)),
            "2026-06-01 to 2026-06-30, opening at the beginning of 2026-06-01, balances at the end of 2026-06-30",
        ),
    ],
)
def test_the_days_that_an_answer_is_of(service: MetricsService, query: Query, words: str) -> None:
    assert service.query(query).period.words() == words


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            Query(["wip_commercial"], date_to=date(2030, 1, 1)),
            "The period asked for ends (2030-01-01) after the as-of date 2026-06-30: balances are those of that day.",
        ),
        (
            Query(["billable_hours"], date_to=date(2030, 1, 1)),
            "The period asked for ends (2030-01-01) after the as-of date 2026-06-30: capacity ends there, and what is"
            " dated ahead counts.",
        ),
        (
            Query(["billable_hours"], date_from=date(2030, 1, 1)),
            "The period begins after the as-of date 2026-06-30: nothing is known of it but what is dated ahead.",
        ),
        (
            Query(["billable_hours"], where=[Filter("month", "=", ["2026-08"])]),
            "The period begins after the as-of date 2026-06-30: nothing is known of it but what is dated ahead.",
        ),
    ],
)
def test_a_period_beyond_the_as_of_date_is_said(service: MetricsService, query: Query, note: str) -> None:
    assert note in service.query(query).notes


def test_text_and_json_say_the_period(hand_firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--firm", str(hand_firm), "query", "wip_commercial", "billed_revenue"]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == (
        "Period: everything from the first record (2026-05-05) to 2026-06-30, balances at the end of 2026-06-30"
    )
    assert main([*asked, "--from", "2026-05-05"]) == 0
    assert capsys.readouterr().out.startswith("Period: 2026-05-05 to 2026-06-30, balances")
    assert main(asked) == 0
    assert "As of 2026-06-30 · as_was" in capsys.readouterr().out
    assert main([*asked, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["period"] == {
        "from": "2026-05-05",
        "to": "2026-06-30",
        "in_parts": False,
        "opens_on": None,
        "balances_on": ["2026-06-30"],
        "words": "2026-05-05 to 2026-06-30, balances at the end of 2026-06-30",
    }
