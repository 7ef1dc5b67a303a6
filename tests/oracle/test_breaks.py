"""The checks find what is broken and nothing else, and price it: against an answer sheet that shares no code with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulation.firm import build_firm
from simulation.truth_breaks import BreakTruth
from tieout.metrics_service import MetricsService

SEEDS = (1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow))
SYSTEM = re.compile(r"\|(?:hris|psa|erp|crm):")
COLUMNS = (
    "check_id",
    "item_key",
    "event_date",
    "owner_entity_id",
    "severity",
    "age_business_days",
    "service_level_status",
    "stake_kind",
    "cause_rank",
    "stake_reporting",
    "primary_reporting",
    "headline_reporting",
    "cash_delay_cost",
)


@dataclass(frozen=True)
class Faulty:
    """One published firm with planted faults, and its answer sheet."""

    seed: int
    service: MetricsService
    truth: BreakTruth


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed{seed}")
def faulty(request: pytest.FixtureRequest, faulty_tiny: Callable[[int], Path]) -> Iterator[Faulty]:
    seed = int(request.param)
    service = MetricsService.open(faulty_tiny(seed))
    yield Faulty(seed, service, BreakTruth(build_firm("tiny", seed, faults=True)))
    service.close()


def plain(key: object) -> str:
    """A key without the names of systems, which the answer sheet does not know."""
    return SYSTEM.sub("|", str(key))


def rows(faulty: Faulty, table: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(faulty.service.rows(table, columns, limit=100_000).rows)


def test_every_break_is_found_and_nothing_else(faulty: Faulty) -> None:
    found = {(str(row["check_id"]), plain(row["item_key"])) for row in rows(faulty, "rec_break", COLUMNS[:2])}
    expected = {(each.check_id, each.key) for each in faulty.truth.breaks}
    assert len(expected) > 100
    assert {check for check, _ in expected} == {check for check, _ in found}
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def test_each_check_finds_three_faults_that_were_planted(faulty: Faulty) -> None:
    found = {(str(row["check_id"]), plain(row["item_key"])) for row in rows(faulty, "rec_break", COLUMNS[:2])}
    planted = [fault for fault in faulty.truth.firm.faults if fault.kind != "near_miss"]
    missed = [
        (fault.check_id, fault.item_key) for fault in planted if (fault.check_id, fault.item_key) not in found
    ]
    assert missed == []
    for check in {fault.check_id for fault in planted}:
        assert sum(1 for fault in planted if fault.check_id == check) >= 3, check
    near = [fault for fault in faulty.truth.firm.faults if fault.kind == "near_miss"]
    assert near
    assert [fault for fault in near if (fault.check_id, fault.item_key) in found] == []


def test_money_age_and_severity_equal_the_answer_sheet(faulty: Faulty) -> None:
    expected = {(each.check_id, each.key): each for each in faulty.truth.breaks}
    wrong = []
    for row in rows(faulty, "rec_break", COLUMNS):
        key = (str(row["check_id"]), plain(row["item_key"]))
        truth = expected[key]
        compared = {
            "event_date": (row["event_date"], truth.event),
            "owner": (row["owner_entity_id"], truth.entity),
            "severity": (row["severity"], truth.severity),
            "age": (row["age_business_days"], truth.age),
            "status": (row["service_level_status"], truth.status),
            "kind": (row["stake_kind"], truth.check.kind),
            "rank": (row["cause_rank"], truth.check.rank),
            "stake": (row["stake_reporting"], truth.reporting),
            "primary": (row["primary_reporting"], truth.primary),
            "headline": (row["headline_reporting"], truth.headline),
            "delay cost": (row["cash_delay_cost"], truth.cash_delay_cost),
        }
        for name, (mine, theirs) in compared.items():
            if name == "owner":
                same = (mine or "Unassigned") == (theirs or "Unassigned")
            elif isinstance(mine, Decimal) or isinstance(theirs, Decimal):
                same = mine is not None and theirs is not None and mine == theirs
            else:
                same = mine == theirs
            if not same:
                wrong.append((key, name, mine, theirs))
    assert wrong == []


def test_totals_equal_the_answer_sheet(faulty: Faulty) -> None:
    """What pages and the trust bar show is what the sheet adds up to: the headline, and each kind apart."""
    breaks = faulty.truth.breaks
    totals = faulty.service.break_totals()

    def added(values: list[Decimal | None]) -> Decimal:
        return sum((value for value in values if value is not None), Decimal(0))

    def primary(kind: str) -> Decimal:
        return added([each.primary for each in breaks if each.check.kind == kind])

    assert totals.count == len(breaks)
    assert totals.breached == sum(1 for each in breaks if each.status == "breached")
    assert totals.unpriced == sum(1 for each in breaks if each.reporting is None)
    assert totals.headline == added([each.headline for each in breaks])
    assert totals.leak == primary("leak")
    assert totals.cash_delay == primary("cash_delay")
    assert totals.misstated == primary("misstatement")
    assert totals.exposed == primary("exposure")
    assert totals.cash_delay_cost == added([each.cash_delay_cost for each in breaks])
    assert Decimal(0) < totals.headline < totals.leak + totals.cash_delay + totals.misstated + totals.exposed
    assert totals.headline == (totals.headline_leak or 0) + (totals.headline_delay or 0)


def test_stakes_of_every_transaction_equal_the_answer_sheet(faulty: Faulty) -> None:
    expected = {
        (each.check_id, each.key, stake.transaction): stake
        for each in faulty.truth.breaks
        for stake in each.stakes
    }
    columns = ("check_id", "item_key", "transaction_key", "stake_amount", "currency", "primary_reporting")
    found = {
        (str(row["check_id"]), plain(row["item_key"]), plain(row["transaction_key"])): row
        for row in rows(faulty, "rec_break_transaction", columns)
    }
    assert found.keys() == expected.keys()
    wrong = [
        (key, row["stake_amount"], row["currency"], stake.amount, stake.currency)
        for key, row in found.items()
        for stake in [expected[key]]
        if (row["stake_amount"], row["primary_reporting"]) != (stake.amount, stake.primary)
        or (stake.amount is not None and row["currency"] != stake.currency)
    ]
    assert wrong == []


def test_checks_say_how_much_they_looked_at(faulty: Faulty) -> None:
    columns = (
        "check_id",
        "has_run",
        "population",
        "tested",
        "passed",
        "failed",
        "not_yet_due",
        "not_applicable",
    )
    for row in rows(faulty, "rec_check_result", columns):
        outcomes = faulty.truth.outcomes[str(row["check_id"])].values()
        counted = {
            result: sum(1 for outcome in outcomes if outcome.result == result)
            for result in ("passed", "failed", "not_yet_due", "not_applicable")
        }
        assert row["has_run"], row
        assert row["population"] == len(outcomes), row
        assert {name: row[name] for name in counted} == counted, row
        assert row["tested"] == row["passed"] + row["failed"] + row["not_yet_due"], row
        assert row["population"] == row["tested"] + row["not_applicable"], row
