"""Start the dashboard: `python -m dashboard.serve [options of streamlit run]`, with TIEOUT_FIRM naming the firm file.

The server sends a page as some hundred small messages. Its listening socket names no protocol, and asyncio switches off
Nagle's algorithm only for sockets that do; so each run waited for the reader's delayed acknowledgement, 40 ms.
Connections take the option from the socket that they came in on.

Each of these messages woke the loop by a byte of its own, and every such write hands over the interpreter: more than half
of the time of a page that had been seen before. One byte is enough until the loop has woken.

A collection of all garbage stops every reader for as long as it takes to look at every object, 150 ms. So what is there
from the start is not looked at again, and the rest ten times less often; most of what a run leaves is found by the
small collections.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from pathlib import Path
from typing import Any

from streamlit.web.cli import main as streamlit

import dashboard.registry  # noqa: F401 - every page is there before the first reader

APP = Path(__file__).with_name("app.py")
# Collections of one generation to one of the next: what Python has, and ten times that for the last.
YOUNG, OLD = 10, 100


class PromptLoop(asyncio.SelectorEventLoop):
    """An event loop whose servers send what they have at once, and that other threads wake once, however much they bring.

    Both use what asyncio keeps to itself in the versions of Python that are supported.
    """

    _is_woken = False

    def _write_to_self(self) -> None:
        # Whatever was brought before the loop clears the mark is in its queue, which it looks at before it sleeps again.
        if not self._is_woken:
            self._is_woken = True
            super()._write_to_self()  # type: ignore[misc]

    def _process_self_data(self, data: bytes) -> None:
        self._is_woken = False
        super()._process_self_data(data)  # type: ignore[misc]

    async def create_server(self, *arguments: Any, **named: Any) -> Any:
        given = named.get("sock")
        if isinstance(given, socket.socket) and given.family in (socket.AF_INET, socket.AF_INET6):
            given.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await super().create_server(*arguments, **named)


class PromptLoops(asyncio.DefaultEventLoopPolicy):
    """Every event loop of the process is such a loop."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return PromptLoop()


def main() -> None:
    """Serve until the process is told to stop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(gc.get_threshold()[0], YOUNG, OLD)
    asyncio.set_event_loop_policy(PromptLoops())
    streamlit(["run", str(APP), *sys.argv[1:]])


if __name__ == "__main__":
    main()
