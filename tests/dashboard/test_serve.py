"""How the dashboard is served: at once, and through the one starter that sees to it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.serve import PromptLoop, PromptLoops
from tieout.cli import cli


def accepted_without_delay(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a connection that a server of the loop accepts on a socket given to it sends at once."""
    found: list[int] = []

    async def serve() -> None:
        done = asyncio.Event()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            found.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            done.set()

        # As the server of the dashboard makes it: the protocol is left to the system.
        listening = socket.socket(socket.AF_INET)
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(answer, sock=listening)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        await done.wait()
        writer.close()
        server.close()

    # In a thread of its own: a browser that an earlier test of this process opened has a loop that is running in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(loop.run_until_complete, serve()).result()
    loop.close()
    return bool(found[0])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere connections do not take the socket's option")
def test_what_is_sent_does_not_wait() -> None:
    assert accepted_without_delay(PromptLoops().new_event_loop())
    assert isinstance(PromptLoops().new_event_loop(), PromptLoop)
    assert not accepted_without_delay(asyncio.SelectorEventLoop()), "then PromptLoop is not needed any more"


def test_what_threads_bring_is_all_done_and_wakes_the_loop_once() -> None:
    """Three threads bring a thousand calls each, some at once and some when the loop has gone to sleep again."""
    loop, done = PromptLoop(), []
    written = 0
    write = loop._csock.send

    class Counted:
        def send(self, data: bytes) -> int:
            nonlocal written
            written += 1
            return write(data)

    wake, loop._csock = loop._csock, Counted()

    def bring(number: int) -> None:
        for place in range(1000):
            loop.call_soon_threadsafe(done.append, (number, place))
            if place % 250 == 249:
                time.sleep(0.02)

    async def wait() -> None:
        with ThreadPoolExecutor(3) as threads:
            await asyncio.gather(*(loop.run_in_executor(threads, bring, number) for number in range(3)))

    with ThreadPoolExecutor(1) as alone:
        alone.submit(loop.run_until_complete, wait()).result(60)
    loop._csock = wake
    loop.close()
    assert sorted(done) == [(number, place) for number in range(3) for place in range(1000)]
    assert 0 < written < 1500


def test_the_command_line_starts_it(published_tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        os, "execve", lambda _, arguments, environment: started.append((arguments, environment))
    )
    monkeypatch.setattr(os, "chdir", lambda _: None)
    result = CliRunner().invoke(cli, ["--firm", str(published_tiny), "dashboard", "--port", "8600"])
    assert result.exit_code == 0, result.output
    ((arguments, environment),) = started
    assert arguments[1:3] == ["-m", "dashboard.serve"]
    assert arguments[arguments.index("--server.address") + 1] == "127.0.0.1"
    assert arguments[arguments.index("--server.port") + 1] == "8600"
    assert environment["TIEOUT_FIRM"] == str(published_tiny.resolve())
