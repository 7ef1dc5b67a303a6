"""The HTTP session: what is retried, how long is waited, when it gives up."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
import requests

from ingestion.errors import SourceError
from ingestion.retry import RetryingSession, RetryPolicy, retry_after_seconds


class Script(requests.Session):
    """Answers with a list of statuses (and headers), or raises what is in it."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        assert kwargs["timeout"]
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        response = requests.Response()
        response.status_code = status
        response.headers.update(headers)
        response.raw = io.BytesIO()
        return response


def session(*answers: Any) -> tuple[RetryingSession, list[float], Script]:
    waits: list[float] = []
    script = Script(*answers)
    return RetryingSession(RetryPolicy(attempts=3), script, sleep=waits.append), waits, script


def test_retries_until_it_works_with_growing_waits() -> None:
    http, waits, _ = session(503, requests.ConnectionError("reset"), 200)
    assert http.get("http://x").status_code == 200
    assert 0.25 <= waits[0] <= 0.5 < waits[1] * 1.01
    assert waits[1] <= 1.0


@pytest.mark.parametrize("header", [lambda: "7", lambda: formatdate(9_999_999_999, usegmt=True)])
def test_retry_after_wins(header: Callable[[], str]) -> None:
    http, waits, _ = session((429, {"Retry-After": header()}), 200)
    if header() == "7":
        assert http.get("http://x").status_code == 200
        assert waits == [7.0]
    else:
        with pytest.raises(SourceError, match="longer than the limit"):
            http.get("http://x")


def test_retry_after_zero_does_not_loop_at_once() -> None:
    http, waits, _ = session((429, {"Retry-After": "0"}), 200)
    http.get("http://x")
    assert waits == [0.5]


def test_gives_up_with_a_cure() -> None:
    http, waits, script = session(500, 500, 500, 200)
    with pytest.raises(SourceError, match="after 3 attempts"):
        http.get("http://x")
    assert len(waits) == 2
    assert script.answers == [200]


def test_other_statuses_come_back_as_they_are() -> None:
    http, waits, _ = session(404)
    assert http.post("http://x").status_code == 404
    assert waits == []


def test_unusable_retry_after_is_no_answer() -> None:
    assert retry_after_seconds(None) is None
    assert retry_after_seconds("soon") is None
    assert retry_after_seconds("-3") == 0.0
