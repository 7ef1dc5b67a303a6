"""Every money metric answers by name, in both modes and four currency modes, on any past day."""

from __future__ import annotations

from datetime import date

import pytest

from simulation.firm import build_firm
from simulation.money_truth import BALANCES, METRICS, ROLL_LINES, MoneyTruth
from simulation.second_export import next_export
from simulation.truth import MODES
from simulation.truth_facts import CURRENCIES

PAST = date(2026, 5, 15)


@pytest.fixture(scope="module")
def tiny() -> MoneyTruth:
    return MoneyTruth(build_firm("tiny", 1))


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_an_answer(tiny: MoneyTruth, metric: str) -> None:
    for mode in MODES:
        for currency in CURRENCIES:
            found = tiny.values(metric, mode, currency, after=date(2026, 4, 30))
            # Nothing was recognized before its signature in the tiny firm's last two months.
            assert found or metric.endswith(("_reclass", "_new_bookings"))


def test_what_was_billed_since_is_still_unbilled_on_a_past_day(tiny: MoneyTruth) -> None:
    on_the_day = {fact.item for fact in tiny.wip.facts(PAST) if fact.measure == "unbilled_tm_time"}
    now = {fact.item for fact in tiny.wip.facts(tiny.ground.firm.as_of)}
    assert any(tiny.wip.billed.by("time", item, tiny.ground.firm.as_of) for item in on_the_day - now)


def test_a_change_of_owner_moves_money_between_the_modes(tiny: MoneyTruth) -> None:
    for metric in ("billed_revenue", "wip_commercial", "project_margin"):
        assert tiny.values(metric, "as_was") != tiny.values(metric, "as_is"), metric


def test_the_second_export_has_a_truth_as_well(tiny: MoneyTruth) -> None:
    later = MoneyTruth(next_export(tiny.ground.firm))
    assert later.values("wip_commercial") != tiny.values("wip_commercial")
    assert later.values("billed_revenue", currency="transaction") == tiny.values(
        "billed_revenue", currency="transaction"
    )


def test_an_unknown_metric_and_an_unbounded_roll_are_refused(tiny: MoneyTruth) -> None:
    assert set(BALANCES) | set(ROLL_LINES) <= set(METRICS)
    for metric in ("revenue", ROLL_LINES[0]):
        with pytest.raises(ValueError, match=metric):
            tiny.values(metric)
