"""An HTTP session that retries what may be retried, and not for ever."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from ingestion.errors import SourceError

RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long: `attempts` in all; waits grow from `first_wait` to `longest_wait` seconds, each cut at
    random by up to half so that clients do not return in step. A `Retry-After` of the server wins, up to
    `longest_retry_after` seconds; a longer one is an error that says so."""

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_retry_after: float = 300.0
    timeout: tuple[float, float] = (10.0, 120.0)

    def wait(self, attempt: int) -> float:
        """Seconds to wait after the failed attempt number `attempt` (1-based)."""
        full: float = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return full * secrets.SystemRandom().uniform(0.5, 1.0)


class RetryingSession:
    """`requests.Session` with bounded retries on connection errors and on the statuses of `RETRY_STATUS`.

    Use it only for calls that may be repeated (reads). Other statuses are returned to the caller as they are.
    """

    def __init__(
        self,
        policy: RetryPolicy | None = None,
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.policy = policy or RetryPolicy()
        self.session = session or requests.Session()
        self._sleep = sleep

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """Send one call. Raises `SourceError` when the attempts are used up."""
        kwargs.setdefault("timeout", self.policy.timeout)
        reason = ""
        for attempt in range(1, self.policy.attempts + 1):
            try:
                response = self.session.request(method, url, **kwargs)
            except (requests.ConnectionError, requests.Timeout) as error:
                reason = f"{type(error).__name__}: {error}"
                wait = self.policy.wait(attempt)
            else:
                if response.status_code not in RETRY_STATUS:
                    return response
                reason = f"status {response.status_code}"
                wait = self._wait_asked_for(response, url, attempt)
                response.close()
            if attempt < self.policy.attempts:
                self._sleep(wait)
        raise SourceError(
            f"{url} did not answer after {self.policy.attempts} attempts ({reason}).",
            "Check that the system is up and reachable, then refresh again.",
        )

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        return self.request("GET", url, **kwargs)

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        return self.request("POST", url, **kwargs)

    def close(self) -> None:
        self.session.close()

    def _wait_asked_for(self, response: requests.Response, url: str, attempt: int) -> float:
        asked = retry_after_seconds(response.headers.get("Retry-After"))
        if asked is None:
            return self.policy.wait(attempt)
        if asked > self.policy.longest_retry_after:
            raise SourceError(
                f"{url} asks to wait {asked:.0f} s, longer than the limit of {self.policy.longest_retry_after:.0f} s.",
                "Refresh again later.",
            )
        # A server that says 0 must not be called in a tight loop.
        return max(asked, self.policy.first_wait)


def retry_after_seconds(header: str | None) -> float | None:
    """Seconds that a `Retry-After` header asks for (a number or an HTTP date); null when it says nothing usable."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
