"""One page is drawn at a time, in the order of asking; who waits for the warehouse lets the next one draw.

Python runs one thread at a time anyhow. Left alone it changes between them after every message to a reader, so twenty
pages that are asked for together are all finished when the last one is. Drawn one after the other, each takes as long as
the pages before it, and none of them takes longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

_turn = Lock()
_mine = local()


@contextmanager
def turn() -> Iterator[None]:
    """Draw, when those who asked before have drawn."""
    _turn.acquire()
    _mine.held = True
    try:
        yield
    finally:
        _mine.held = False
        _turn.release()


@contextmanager
def given_up() -> Iterator[None]:
    """Let others draw while this thread waits; nothing where it does not draw or has given up already. Leave every other
    lock before this block ends: who draws may wait for it."""
    if not getattr(_mine, "held", False):
        yield
        return
    _mine.held = False
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
        _mine.held = True
