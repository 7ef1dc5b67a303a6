"""Every page in a real browser under axe-core: nothing that keeps somebody from reading or using it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.dashboard.browser import Reader
from tieout.metrics_service import BREAK_ORDER, MetricsService

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("", "utilization", "backlog", "billing", "margin", "breaks", "catalogue", "health")
# What opens inside a page, by the part of the address that opens it.
OPENED = (
    "?rows=wip_commercial",
    "backlog?rows=backlog_total&period=custom&from=2026-05-04&to=2026-05-13",
    "backlog?period=custom&from=2020-05-04&to=2020-05-13",
    "breaks?break={break_id}",
    "catalogue?metric=wip_commercial",
    "catalogue?q=nothing+is+called+this",
    "health?traced=project_margin_pct&period=ytd",
)
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const words = one.innerText || one.getAttribute("aria-label") || "";
  return [one.tagName, words.slice(0, 40), style.outlineStyle, style.boxShadow];
}"""
BLOCKING = ("serious", "critical")


def complaints(reader: Reader) -> list[str]:
    """What axe-core finds to be serious or critical: rule, what to do, and where."""
    found = Axe().run(reader.page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {' '.join(node['target'])}\n    {node['html'][:200]}"
        for rule in found
        if rule["impact"] in BLOCKING
        for node in rule["nodes"]
    ]


# Colours do not depend on the width, nor the layout on the scheme: the other two pairs look at neither anew.
SCREENS = (
    ("light", 1440),
    ("dark", 390),
    pytest.param("dark", 1440, marks=pytest.mark.long),
    pytest.param("light", 390, marks=pytest.mark.long),
)


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.parametrize("path", [*PAGES, *OPENED])
def test_nothing_keeps_a_reader_out(
    browser: Any, address: str, service: MetricsService, path: str, scheme: str, width: int
) -> None:
    first = service.rows("reconciliation.rec_break", ("break_id",), order_by=BREAK_ORDER, limit=1).rows[0]
    reader = Reader(browser, width, scheme)
    reader.open(f"{address}/{path.format(**first)}")
    shown = reader.page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme")
    assert shown == scheme
    assert "traced=" not in path or reader.page.locator("#number").count() == 1
    found = complaints(reader)
    assert not found, "\n".join(found)
    reader.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_keyboard_stands_on_is_seen(browser: Any, address: str, scheme: str) -> None:
    reader = Reader(browser, 1440, scheme)
    reader.open(f"{address}/backlog")
    seen = {}
    for _ in range(60):
        reader.page.keyboard.press("Tab")
        tag, words, outline, shadow = reader.page.evaluate(FOCUSED)
        if tag in ("A", "BUTTON", "SUMMARY", "DIV"):
            seen[f"{tag} {words}"] = outline != "none" or shadow != "none"
    assert len(seen) > 20, "the keyboard must have reached navigation, filters and tiles"
    assert [words for words, visible in seen.items() if not visible] == []
    reader.context.close()


def test_the_rules_are_looked_at(browser: Any) -> None:
    """A page that nobody can read is complained of, so that an empty answer means something."""
    reader = Reader(browser, 1440)
    reader.page.set_content(
        "<html lang=en><title>x</title><main><h1 style='color:#ddd;background:#fff'>pale</h1><img src=data:,></main>"
    )
    rules = {line.split(" ")[0] for line in complaints(reader)}
    assert rules == {"color-contrast", "image-alt"}
    reader.context.close()
