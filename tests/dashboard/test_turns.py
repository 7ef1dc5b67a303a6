"""One page is drawn at a time, and none waits for the warehouse of another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from dashboard.kept import Store
from dashboard.turns import given_up, turn

SECONDS = 10


def test_one_draws_at_a_time() -> None:
    begun, may_end = Event(), Event()
    drawn: list[str] = []

    def slow() -> None:
        with turn():
            begun.set()
            may_end.wait(SECONDS)
            drawn.append("slow")

    def quick() -> None:
        with turn():
            drawn.append("quick")

    with ThreadPoolExecutor(2) as readers:
        readers.submit(slow)
        assert begun.wait(SECONDS)
        other = readers.submit(quick)
        assert not other.done()
        may_end.set()
        other.result(SECONDS)
    assert drawn == ["slow", "quick"]


def test_who_waits_for_the_warehouse_lets_others_draw() -> None:
    """Also where both want the same answer: one makes it, the other waits for it, and neither draws meanwhile."""
    asked, answered = Event(), Event()
    store: Store[int] = Store(4)

    def answer() -> int:
        asked.set()
        assert answered.wait(SECONDS)
        return store.get("part of it", lambda: 7)

    def page() -> int:
        with turn():
            return store.get("question", answer)

    def other() -> str:
        with turn():
            return "drawn"

    with ThreadPoolExecutor(3) as readers:
        first = readers.submit(page)
        assert asked.wait(SECONDS)
        second = readers.submit(page)
        assert readers.submit(other).result(SECONDS) == "drawn"
        answered.set()
        assert (first.result(SECONDS), second.result(SECONDS)) == (7, 7)


def test_a_page_that_breaks_off_ends_its_turn() -> None:
    with pytest.raises(RuntimeError, match="broke off"), turn(), given_up():
        raise RuntimeError("broke off")
    with turn():
        pass
