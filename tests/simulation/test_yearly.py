"""The year in daily states: the answer sheet of every day tells the story that the script announces."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from simulation.extracts import systems
from simulation.truth_breaks import CHECKS, BreakTruth
from simulation.yearly import DAYS, FIRST_DAY, Expected, StatusEvent, expected, states

# The script tells no story of T-03: nothing that it bills by the hour is posted on purpose.
SCRIPTED = set(CHECKS) - {"T-03"}


def told(seed: int, days: int) -> Expected:
    """What the answer sheets of successive days say happened."""
    found: Expected = {}
    standing: dict[tuple[str, str], Decimal | None] = {}
    for day, firm in states(seed, days):
        today = {(b.check_id, b.key): b.reporting for b in BreakTruth(firm).breaks if b.check_id in SCRIPTED}
        for name, stake in today.items():
            if name not in standing:
                what = "reopened" if name in found else "opened"
                found.setdefault(name, []).append(StatusEvent(day, what, stake))
            elif standing[name] != stake:
                found[name].append(StatusEvent(day, "amount_changed", stake))
        for name in standing.keys() - today.keys():
            found[name].append(StatusEvent(day, "resolved", None))
        standing = today
    return found


def test_the_sheets_of_half_a_year_tell_what_the_script_announces() -> None:
    announced = expected(2, 175)
    assert told(2, 175) == announced
    events = Counter((name[0], event.what) for name, events in announced.items() for event in events)
    assert {check_id for check_id, _ in events} == SCRIPTED
    assert all(events[check_id, "opened"] and events[check_id, "resolved"] for check_id in SCRIPTED)
    for what, least in (("reopened", 4), ("amount_changed", 5)):
        assert sum(events[check_id, what] > 0 for check_id in SCRIPTED) >= least


def test_a_month_holds_every_story() -> None:
    announced = expected(1, 35)
    assert told(1, 35) == announced
    assert {what for events in announced.values() for _, what, _ in events} == {
        "opened", "resolved", "reopened", "amount_changed",
    }  # fmt: skip
    assert {name[0] for name in announced} == SCRIPTED


def test_a_reopened_break_keeps_its_id_and_its_clock() -> None:
    name = ("T-02", "time|TE-A-00")
    story = expected(1)[name]
    assert [event.what for event in story] == ["opened", "resolved", "reopened", "amount_changed", "resolved"]
    by_day = {day: BreakTruth(firm).find(*name) for day, firm in states(1, 40)}
    seen = {day: found for day, found in by_day.items() if found is not None}
    assert len({(found.break_id, found.event) for found in seen.values()}) == 1
    ages = [found.age for found in seen.values()]
    assert ages == sorted(ages)
    for day, found in seen.items():
        working = [
            found.event + timedelta(days=n)
            for n in range(1, (day - found.event).days + 1)
            if (found.event + timedelta(days=n)).weekday() < 5
        ]
        assert found.age == len(working)
        assert story[0].day <= day < story[-1].day


def test_states_stay_small_and_name_the_same_files_every_day() -> None:
    first = last = None
    for day, firm in states(3, DAYS):
        assert firm.as_of == day
        last = firm
        first = first or firm
    assert first is not None
    assert last is not None
    assert last.as_of == FIRST_DAY + timedelta(days=DAYS - 1)
    assert len(last.people) == 6
    assert len(last.time_entries) < 300

    def shape(firm: object) -> dict[str, list[str]]:
        return {f"{s}/{e}": list(t[0]) for s, tables in systems(firm).items() for e, t in tables.items()}  # type: ignore[arg-type]

    assert shape(first) == shape(last)
    assert shape(first)["erp/legal_entity"][-1] == "holiday_location"


def test_the_same_seed_tells_the_same_year() -> None:
    once, again = (list(states(5, 25)) for _ in range(2))
    assert [replace(firm, seed=0) for _, firm in once] == [replace(firm, seed=0) for _, firm in again]
    assert expected(5) != expected(6)
    assert min(event.day for events in expected(5).values() for event in events) >= date(2025, 7, 7)
