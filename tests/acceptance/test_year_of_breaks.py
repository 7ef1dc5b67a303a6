"""Refreshed day by day, breaks open, age, change their amount, are resolved and come back as the script of the year says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulation.extracts import write_extracts
from simulation.truth_breaks import BreakTruth
from simulation.yearly import DAYS, StatusEvent, expected, states
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService
from tieout.refresh import Options, refresh

SYSTEM = re.compile(r"\|(?:hris|psa|erp|crm):")
COLUMNS = (
    "check_id",
    "item_key",
    "break_id",
    "age_business_days",
    "status",
    "first_detected_on",
    "event_date",
)
EVENTS = ("check_id", "item_key", "break_id", "event_kind", "happened_on", "stake_reporting", "event_number")


def quiet(event: str, facts: dict[str, Any]) -> None:
    """Progress of a refresh that nobody watches."""


def plain(row: dict[str, Any]) -> tuple[str, str]:
    return str(row["check_id"]), SYSTEM.sub("|", str(row["item_key"]))


def live(folder: Path, days: int, seed: int) -> None:
    """Refresh every day, and compare ids, ages and statuses with the answer sheet of the day."""
    ids: dict[tuple[str, str], str] = {}
    firm_file = folder / "firm.yml"
    for day, firm in states(seed, days):
        write_extracts(firm, folder)
        refresh(load_firm(firm_file), Options((), False, None), quiet)
        service = MetricsService.open(firm_file)
        rows = service.rows("rec_break", COLUMNS, limit=100_000).rows
        service.close()
        sheet = {(each.check_id, each.key): each for each in BreakTruth(firm).breaks}
        found = {plain(row): row for row in rows}
        assert found.keys() == sheet.keys(), day
        for name, row in found.items():
            assert (row["age_business_days"], row["event_date"]) == (sheet[name].age, sheet[name].event), (
                day,
                name,
            )
            assert ids.setdefault(name, str(row["break_id"])) == row["break_id"], (day, name)
    # what has been recorded on the way is the whole story, each thing once and on its day
    service = MetricsService.open(firm_file)
    events = service.rows(
        "rec_break_event", EVENTS, order_by=("break_id", "event_number"), limit=100_000
    ).rows
    service.close()
    told: dict[tuple[str, str], list[StatusEvent]] = {}
    for row in events:
        story = told.setdefault(plain(row), [])
        story.append(StatusEvent(row["happened_on"], str(row["event_kind"]), row["stake_reporting"]))
        assert row["event_number"] == len(story)
    # of T-03 the script tells no story; the answer sheet of each day has been compared above
    scripted = {name: story for name, story in told.items() if name[0] != "T-03"}
    assert scripted == expected(seed, days)


# A day costs a refresh, five to ten seconds of a core.
def test_the_days_of_a_month(tmp_path: Path) -> None:
    live(tmp_path, 30, 2)


@pytest.mark.long
def test_the_days_of_a_year(tmp_path: Path) -> None:
    live(tmp_path, DAYS, 2)
