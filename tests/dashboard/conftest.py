"""The dashboard on a made-up service, so that its tests need no warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest

from dashboard import data, kept
from tests.dashboard import fake_service
from tests.dashboard.browser import address, browser, firm_file, service

__all__ = ["address", "browser", "firm_file", "service"]


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Iterator[fake_service.Firm]:
    """The fake firm, fresh for each test; the page is answered from it."""
    fresh = fake_service.Firm()
    for field in fields(fresh):
        setattr(fake_service.FIRM, field.name, getattr(fresh, field.name))
    monkeypatch.setattr(data, "MetricsService", fake_service.FakeMetricsService)
    kept.clear()
    yield fake_service.FIRM
    kept.clear()
