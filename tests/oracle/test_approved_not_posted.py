"""T-03 item by item on a firm without planted faults: what it must find, and the look-alikes that it must leave alone."""

from __future__ import annotations

import re
from pathlib import Path

from simulation.firm import build_firm
from simulation.truth_breaks import BreakTruth
from tieout.metrics_service import Filter, MetricsService

REASONS = {
    "not sold by the hour": "not sold by the hour",
    "after the as-of date": "dated after the as-of date",
    "no price": "has no price (R-01)",
    "sold for nothing": "sold for nothing",
}


def test_approved_time_that_nothing_names(published_tiny: Path) -> None:
    service = MetricsService.open(published_tiny)
    truth = BreakTruth(build_firm("tiny", 1))
    expected = truth.outcomes["T-03"]

    def plain(key: object) -> str:
        return re.sub(r"\|\w+:", "|", str(key))

    items = {plain(row["item_key"]): row for row in service.rows("rec_t_03", limit=100_000).rows}
    breaks = {
        plain(row["item_key"])
        for row in service.rows("rec_break", ("item_key",), [Filter("check_id", "=", ("T-03",))]).rows
    }
    service.close()
    assert items.keys() == expected.keys()
    assert breaks == {key for key, outcome in expected.items() if outcome.result == "failed"}
    assert breaks
    for key, outcome in expected.items():
        if outcome.result == "not_applicable":
            assert items[key]["outcome"] == "not_applicable", key
            assert items[key]["finding"] == REASONS[str(outcome.reason)], key
        elif outcome.reason == "not yet due":
            # Approved within the posting window: the condition holds, and it is no break.
            assert (items[key]["outcome"], key in breaks) == ("failed", False), key
        else:
            assert items[key]["outcome"] == outcome.result, key
    reasons = {(outcome.result, outcome.reason) for outcome in expected.values()}
    assert {
        ("passed", None),
        ("not_yet_due", "not yet due"),
        ("not_applicable", "not sold by the hour"),
    } <= reasons
