"""What was worked out once, for every session of the process: answers, tables and figures of a published version.

Unlike Streamlit's own cache it hands out what it keeps instead of a copy, and finds it by the arguments themselves
instead of by a digest of them: that was over a quarter of what a page cost. So whatever is kept must never be changed, and is
made of tuples, frozen dataclasses and read-only mappings.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from threading import Lock
from types import MappingProxyType
from typing import Generic, ParamSpec, TypeVar

from dashboard.turns import given_up

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")


class _Place(Generic[R]):
    """Where one result goes. Whoever comes while it is made waits for it instead of making it again."""

    __slots__ = ("lock", "result")

    def __init__(self) -> None:
        self.lock = Lock()
        self.result: tuple[R] | None = None


class Store(Generic[R]):
    """Results by their key; of more than `limit` the one that was not asked for longest goes. Thread-safe."""

    every: list[Store[object]] = []  # noqa: RUF012 - one list of them all is the point

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._places: OrderedDict[Hashable, _Place[R]] = OrderedDict()
        Store.every.append(self)  # type: ignore[arg-type]

    def get(self, key: Hashable, make: Callable[[], R]) -> R:
        """What is kept under the key, made if it is not. What making it raises is raised and not kept."""
        with self._lock:
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = _Place()
                if len(self._places) > self._limit:
                    self._places.popitem(last=False)
            else:
                self._places.move_to_end(key)
        if place.result is None:
            with given_up(), place.lock:
                if place.result is None:
                    place.result = (make(),)
        return place.result[0]

    def clear(self) -> None:
        with self._lock:
            self._places.clear()


def kept(limit: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the results of a function by its arguments, which must be hashable."""

    def keeping(make: Callable[P, R]) -> Callable[P, R]:
        store: Store[R] = Store(limit)

        @wraps(make)
        def get(*arguments: P.args, **named: P.kwargs) -> R:
            return store.get((arguments, tuple(sorted(named.items()))), lambda: make(*arguments, **named))

        return get

    return keeping


def clear() -> None:
    """Forget everything."""
    for store in Store.every:
        store.clear()


def read_only(rows: Iterable[Mapping[K, V]]) -> tuple[Mapping[K, V], ...]:
    """Rows that nobody can change."""
    return tuple(MappingProxyType(dict(row)) for row in rows)
