"""A published firm, its dashboard and a real browser, for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard import registry
from tieout.metrics_service import MetricsService

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 120


def _chromium() -> str:
    found = next((path for path in CHROMIUM if Path(path).exists()), None) or shutil.which("chromium")
    if found:
        return found
    reason = "no Chromium here (apt-get install chromium); set TIEOUT_REQUIRE_BROWSER=1 to fail instead"
    if os.environ.get("TIEOUT_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    executable = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def firm_file(browser: Any, faulty_tiny: Callable[[int], Path]) -> Path:
    """Firm file of a published demo. TIEOUT_DEMO_FIRM names one that is already there."""
    given = os.environ.get("TIEOUT_DEMO_FIRM")
    if given:
        return Path(given)
    return faulty_tiny(1)


@pytest.fixture(scope="session")
def address(firm_file: Path) -> Iterator[str]:
    """Address of the dashboard, served as the command line serves it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tieout", "--firm", str(firm_file), "dashboard", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the dashboard stopped"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="session")
def service(firm_file: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(firm_file)
    yield opened
    opened.close()


class Reader:
    """A browser window that notes what it should not have seen: errors, and requests to other machines."""

    def __init__(self, browser: Any, width: int, scheme: str = "light") -> None:
        height = 844 if width < 600 else 900
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", lambda request: self._check(request.url))

    def _note(self, message: Any) -> None:
        # On any page but the first Streamlit looks for its server below the page's path before it looks at the root.
        sought = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type == "error" and not sought:
            self.complaints.append(message.text)

    def _check(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "127.0.0.1":
            self.complaints.append(f"asked {url}")

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        """Wait until the last part of the page is there and the run has ended."""
        self.page.wait_for_selector("#capacity_rows, #end_of_page", state="attached", timeout=SECONDS * 1000)
        self.page.wait_for_function(
            "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'",
            timeout=SECONDS * 1000,
        )
        # The links between pages are drawn last, above the rest, and the browser shows what it is sent bit by bit.
        self.page.wait_for_function(
            "count => document.querySelectorAll('.st-key-navigation a').length === count",
            arg=len(registry.ENTRIES),
            timeout=SECONDS * 1000,
        )
        if self.page.locator("#capacity_rows").count():
            self.page.wait_for_selector("[data-testid=stPlotlyChart] .main-svg", timeout=SECONDS * 1000)

    def tile(self, metric: str) -> str:
        return str(self.page.locator(f"[data-metric={metric}]").inner_text())

    def unfold(self) -> None:
        """Open the filters where a narrow screen folds them away."""
        fold = self.page.locator(".st-key-choose .to-fold:not([open]) > summary")
        if fold.is_visible():
            fold.click()

    def choose(self, name: str, option: str) -> None:
        """Pick an option of a filter and wait until the address and the page have it."""
        self.page.locator(f".st-key-filter_{name} input").click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.page.wait_for_function(f"location.search.includes('{name}=')", timeout=20_000)
        self.settle()

    def click_first_bar(self, card: str) -> None:
        """Click where the bar is: plotly listens on a layer above it."""
        bar = self.page.locator(f".st-key-{card} .barlayer .point path").first
        bar.scroll_into_view_if_needed()
        box = bar.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)

    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)
