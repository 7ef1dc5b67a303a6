"""Every link can be clicked where it is seen: nothing invisible lies over it, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import registry
from tests.dashboard.browser import Reader
from tieout.metrics_service import BREAK_ORDER, MetricsService

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START = registry.ENTRIES[0].path
PATHS = tuple("" if entry.path == START else entry.path for entry in registry.ENTRIES)
# How many links were looked at, and those that something else covers at their centre. Of a table the first rows, since
# the others are laid out alike.
COVERED = """() => {
    const covered = []; let seen = 0;
    for (const link of document.querySelectorAll('[data-testid=stMain] a')) {
        if (link.closest('details:not([open])') && !link.closest('summary')) continue;
        if (link.closest('tbody tr:nth-child(n+4)')) continue;
        link.scrollIntoView({block: 'center', inline: 'end'});
        const box = link.getClientRects()[0];
        if (!box || !box.width || !box.height) continue;
        seen += 1;
        const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        if (!found || !link.contains(found)) covered.push(`${link.innerText} (${link.getAttribute('href')})`);
    }
    return [seen, covered];
}"""


def check(browser: Any, url: str, width: int) -> None:
    reader = Reader(browser, width)
    reader.open(url)
    seen, covered = reader.page.evaluate(COVERED)
    assert seen >= len(PATHS)
    assert covered == []
    reader.context.close()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_can_be_clicked(browser: Any, address: str, path: str, width: int) -> None:
    check(browser, f"{address}/{path}", width)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_link_of_a_break_and_of_a_number_can_be_clicked(
    browser: Any, address: str, service: MetricsService, width: int
) -> None:
    first = service.rows("reconciliation.rec_break", order_by=BREAK_ORDER, limit=1).rows[0]
    check(browser, f"{address}/breaks?touches=wip_commercial&break={first['break_id']}", width)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_way_to_a_definition_is_no_larger_than_its_icon(browser: Any, address: str, width: int) -> None:
    reader = Reader(browser, width)
    reader.open(f"{address}/")
    boxes = [one.bounding_box() for one in reader.page.locator("[class*=st-key-definition_]").all()]
    assert len(boxes) > 5
    assert all(box["width"] <= 24 and box["height"] <= 24 for box in boxes)
    reader.context.close()


def test_charts_are_set_in_the_typeface_of_the_page(browser: Any, address: str) -> None:
    reader = Reader(browser, 1440)
    reader.open(f"{address}/breaks")
    reader.page.wait_for_selector(".st-key-card_ageing .main-svg .ytick text", timeout=20_000)
    faces = [
        reader.page.locator(chosen).first.evaluate("e => getComputedStyle(e).fontFamily")
        for chosen in (".stApp", ".st-key-card_ageing .main-svg .ytick text")
    ]
    assert faces[0] == faces[1]
    reader.context.close()
