"""The pages of the dashboard in the order of the navigation: adding one is adding its view and its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.views import backlog, billing, breaks, catalogue, health, margin, overview, utilization


@dataclass(frozen=True)
class Entry:
    """A page. `render` draws it and returns the id of the version that it shows; the first entry is where one arrives."""

    path: str
    title: str
    render: Callable[[], str]


ENTRIES = (
    Entry("overview", overview.PAGE.title, overview.render),
    Entry("utilization", utilization.PAGE.title, utilization.render),
    Entry("backlog", backlog.PAGE.title, backlog.render),
    Entry("billing", billing.PAGE.title, billing.render),
    Entry("margin", margin.PAGE.title, margin.render),
    Entry("breaks", "Breaks", breaks.render),
    Entry("catalogue", "Catalogue", catalogue.render),
    Entry("health", "Data health", health.render),
)
