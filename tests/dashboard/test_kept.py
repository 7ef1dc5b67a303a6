"""What pages keep: made once, shared by all, never changed, and forgotten in order."""

from __future__ import annotations

from threading import Barrier, Thread
from time import sleep

import pytest

from dashboard.kept import Store, kept, read_only


def test_a_result_is_made_once_and_shared() -> None:
    made: list[str] = []

    @kept(4)
    def squares(name: str, upto: int) -> tuple[int, ...]:
        made.append(name)
        return tuple(number * number for number in range(upto))

    assert squares("a", 3) is squares("a", 3)
    assert squares("a", upto=3) == (0, 1, 4)
    assert squares("b", 3) == (0, 1, 4)
    assert made == ["a", "a", "b"], "an argument given by its name is another key"


def test_who_comes_while_it_is_made_waits_for_it() -> None:
    made: list[int] = []
    store: Store[int] = Store(4)
    together = Barrier(8)

    def make() -> int:
        sleep(0.05)
        made.append(1)
        return len(made)

    def ask() -> None:
        together.wait()
        found.append(store.get("key", make))

    found: list[int] = []
    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert found == [1] * 8


def test_a_failure_is_not_kept() -> None:
    answers = iter([ValueError("the first time"), None])

    @kept(4)
    def ask() -> str:
        failure = next(answers)
        if failure:
            raise failure
        return "there"

    with pytest.raises(ValueError, match="the first time"):
        ask()
    assert ask() == ask() == "there"


def test_what_was_not_asked_for_longest_goes() -> None:
    made: list[str] = []
    store: Store[str] = Store(2)

    def ask(name: str) -> None:
        store.get(name, lambda: made.append(name) or name)

    for name in ("a", "b", "a", "c", "a", "b"):
        ask(name)
    assert made == ["a", "b", "c", "b"]


def test_rows_cannot_be_changed() -> None:
    mine = {"metric": 1}
    (row,) = read_only([mine])
    mine["metric"] = 2
    assert row == {"metric": 1}
    with pytest.raises(TypeError):
        row["metric"] = 3  # type: ignore[index]
