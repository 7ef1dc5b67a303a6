"""What may have been meant is what is the fewest letters away."""

from __future__ import annotations

import pytest

from tieout.metrics_types import UnknownValue
from tieout.spelling import closest, edits

ENGAGEMENTS = [f"Engagement {number:04d}" for number in range(60)]


@pytest.mark.parametrize(
    ("first", "second", "away"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "ac", 1), ("004", "0024", 1), ("x", "yz", 2)],
)
def test_letters_between_two_words(first: str, second: str, away: int) -> None:
    assert edits(first, second) == edits(second, first) == away


def test_the_nearest_come_first_and_there_are_several() -> None:
    assert closest("Engagement 004", ENGAGEMENTS) == ["Engagement 0004", "Engagement 0014", "Engagement 0024"]
    assert closest("Deliverey", ["Delivery", "Billing", "DEL"]) == ["Delivery"]
    assert closest("delivery", ["Delivery"]) == ["Delivery"]
    assert closest("zzz", ["Delivery"]) == []


def test_a_refusal_names_them() -> None:
    said = UnknownValue.of("project", "Engagement 004", ENGAGEMENTS).cure
    assert said == "Did you mean Engagement 0004, Engagement 0014 or Engagement 0024?"
