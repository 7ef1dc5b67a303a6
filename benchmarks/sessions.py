"""The dashboard under many readers at once: how long a page takes on the server, and a click in a real browser.

    python benchmarks/sessions.py [--firm firm.yml] [--sessions 20] [--write]

The dashboard is served as the command line serves it. Readers speak Streamlit's own websocket protocol; each walks over
all pages, practices and months from a place of its own. A run counts from asking for it to the message that it is
finished. First one reader walks alone over addresses that nobody asked for before, so that every number comes from the
warehouse; then all walk over the same addresses with a second to think (half to one and a half), twice, since the order in
which each comes by makes some of them new the first time; then without. The
browser is measured last and alone. CPU is the server's own and, unlike time, means much the same on a busy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from _page import write_section
from _streamlit_client import Reader, Run

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = HERE / "out" / "sessions"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
# The first page has no path of its own.
PAGES = ("", "utilization", "backlog", "billing", "margin", "breaks", "catalogue", "health")
FILTERED = PAGES[:5]
MONTHS = 3
CLICKS = 15
Step = Callable[[Reader], Awaitable[Run]]


@dataclass
class Measured:
    """Runs of all readers together: their seconds, how long it all took, and what the server spent on it."""

    runs: list[Run]
    seconds: float
    cpu: float

    def at(self, share: float) -> float:
        """The run below which this share of them lies, in ms."""
        ordered = sorted(run.seconds for run in self.runs)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    @property
    def row(self) -> str:
        kilobytes = median(run.octets for run in self.runs) / 1024
        return (
            f"{len(self.runs)} | {self.at(0.5):.0f} / **{self.at(0.95):.0f}** | {len(self.runs) / self.seconds:.1f}"
            f" | {self.cpu / len(self.runs) * 1000:.0f} | {kilobytes:.0f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--firm", type=Path, help="a published firm; else a small demo is built")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--laps", type=int, default=1, help="how often each walks over all addresses")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    arguments = parser.parse_args()
    firm = (arguments.firm or _demo()).resolve()
    with _served(firm) as (port, process):
        table = asyncio.run(_walks(port, process, arguments.sessions, arguments.laps))
        if not arguments.no_browser and Path(CHROMIUM).exists():
            table += _clicks(f"http://127.0.0.1:{port}")
    lines = "\n".join([_about(firm), "", *table])
    sys.stdout.write(lines + "\n")
    if arguments.write:
        write_section("sessions", lines)
    return 0


def _demo() -> Path:
    home = OUT / "small"
    if not (home / "firm.yml").exists():
        command = [sys.executable, "-m", "tieout", "demo", "--size", "small", "--home", str(home)]
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True
        )
    return home / "firm.yml"


@contextmanager
def _served(firm: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a dashboard that has drawn nothing yet."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tieout", "--firm", str(firm), "dashboard", "--port", str(port)]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


async def _walks(port: int, process: int, count: int, laps: int) -> list[str]:
    began = time.perf_counter()
    first = await Reader.open(port)
    opened = time.perf_counter() - began
    steps = await _steps(first)
    alone = await _measured([first], [steps], process, 0)
    readers = [await Reader.open(port) for _ in range(count)]
    places = [len(steps) * number // count for number in range(count)]
    walks = [(steps[place:] + steps[:place]) * laps for place in places]
    warm = await _measured([first], [steps], process, 0)
    # Who begins in the middle of the walk chooses a month before a practice, which the first reader never did.
    meeting = await _measured(readers, walks, process, 1)
    thinking = await _measured(readers, walks, process, 1)
    driven = await _measured(readers, walks, process, 0)
    for reader in (first, *readers):
        await reader.close()
    return [
        f"{len(steps)} addresses; the first page after a start took {opened:.1f} s",
        "",
        "| readers | runs | ms p50 / p95 | runs/s | server CPU ms a run | KiB a run |",
        "|---|---|---|---|---|---|",
        f"| 1, nothing asked before | {alone.row} |",
        f"| 1, asked before | {warm.row} |",
        f"| {count}, a second to think, some addresses new | {meeting.row} |",
        f"| {count}, a second to think | {thinking.row} |",
        f"| {count}, driven | {driven.row} |",
    ]


async def _steps(reader: Reader) -> list[Step]:
    """Every page; on those with filters every practice and the last months. A filter is a click, a page a link."""
    await reader.visit(PAGES[0])
    practices = reader.options["practice"][1:]
    months = reader.options["month"][1 : MONTHS + 1]
    steps: list[Step] = []
    for page in PAGES:
        steps.append(_visit(page))
        if page in FILTERED:
            steps += [_choose(page, "practice", option) for option in practices]
            steps += [_choose(page, "month", option) for option in months]
    return steps


def _visit(page: str) -> Step:
    return lambda reader: reader.visit(page)


def _choose(page: str, name: str, option: str) -> Step:
    async def step(reader: Reader) -> Run:
        # Whoever begins in the middle of the walk is not on this page yet; that visit is not what is measured.
        if reader.page != reader.pages[page]:
            await reader.visit(page)
        return await reader.choose(name, option)

    return step


async def _measured(readers: list[Reader], walks: list[list[Step]], process: int, think: float) -> Measured:
    runs: list[Run] = []
    # People do not think in step. With the same second for all, runs that once overlapped end and begin together for ever,
    # and soon all readers do.
    dice = Random(1)  # noqa: S311

    async def walk(reader: Reader, steps: list[Step], wait: float) -> None:
        await asyncio.sleep(wait)
        for step in steps:
            runs.append(await step(reader))
            await asyncio.sleep(think * dice.uniform(0.5, 1.5))

    began, cpu = time.perf_counter(), _cpu(process)
    await asyncio.gather(
        *(
            walk(reader, steps, 3 * think * place / len(readers))
            for place, (reader, steps) in enumerate(zip(readers, walks, strict=True))
        )
    )
    return Measured(runs, time.perf_counter() - began, _cpu(process) - cpu)


def _cpu(process: int) -> float:
    """CPU seconds that a process has used, of user and system."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


READY = """(words) => new Promise((resolve) => {
  let began = 0;
  document.addEventListener("pointerup", () => { began = performance.now(); }, { capture: true, once: true });
  const look = () => {
    const done = document.querySelector(".stApp")?.dataset.testScriptState === "notRunning";
    const said = document.querySelector(".to-sentence")?.textContent ?? "";
    if (began && done && said.startsWith(words)) resolve(performance.now() - began);
    else requestAnimationFrame(look);
  };
  look();
})"""
DRAWN = """() => document.querySelector(".stApp")?.dataset.testScriptState === "notRunning"
  && document.querySelectorAll("[data-testid=stPlotlyChart] .main-svg").length >= 5"""


def _clicks(address: str) -> list[str]:
    """Milliseconds in Chromium: from the click on a practice to the page that shows it, and of a reload."""
    from playwright.sync_api import sync_playwright

    clicks: list[float] = []
    loads: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        for _ in range(6):
            began = time.perf_counter()
            page.goto(address)
            page.wait_for_function(DRAWN)
            loads.append((time.perf_counter() - began) * 1000)
        page.locator(".st-key-filter_practice input").click()
        names = page.get_by_role("option").all_inner_texts()[1:]
        page.keyboard.press("Escape")
        for number in range(CLICKS + len(names)):
            clicks.append(_click(page, names[number % len(names)]))
        browser.close()
    settled = clicks[len(names) :]
    return [
        f"| 1 in Chromium, a click on a practice | {len(settled)} | {median(settled):.0f} / **{max(settled):.0f}** (worst) | | | |",
        f"| 1 in Chromium, the page loaded again | {len(loads) - 1} | {median(loads[1:]):.0f} / **{max(loads[1:]):.0f}** (worst) | | | |",
    ]


def _click(page: Any, name: str) -> float:
    # Not the promise itself, which would be waited for.
    page.evaluate(f"window.ready = ({READY})({name!r} + ' practice'); null")
    # The click that opens the list is not the one that is measured.
    page.locator(".st-key-filter_practice input").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=name, exact=True).click()
    return float(page.evaluate("window.ready"))


def _about(firm: Path) -> str:
    """Which firm, and how busy the machine is: a time without that means nothing."""
    code = (
        "import sys; from tieout.metrics_service import MetricsService as M; v = M.open(sys.argv[1]).version;"
        "print(f'{sum(v.row_counts.values()):,} rows in {len(v.row_counts)} tables')"
    )
    rows = subprocess.run(
        [sys.executable, "-c", code, str(firm)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout.strip()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{firm.parent.name}: {rows}; {os.cpu_count()} cores, load {load} (measuring included)"


if __name__ == "__main__":
    raise SystemExit(main())
