"""Odoo's JSON-RPC: one POST per call, errors inside HTTP 200, bounded retries, the password never shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ingestion.errors import SourceError
from ingestion.retry import RetryingSession

Domain = list[list[object]]


class OdooError(SourceError):
    """An error that the server put into the body. `name` is the Python class that it raised."""

    def __init__(self, message: str, name: str = "", cure: str = "") -> None:
        super().__init__(message, cure)
        self.name = name

    @property
    def is_access(self) -> bool:
        """The user may not read this."""
        return self.name.rsplit(".", 1)[-1] in ("AccessError", "AccessDenied")

    @property
    def is_unknown_model(self) -> bool:
        """The model is not installed on this server."""
        return "doesn't exist" in self.message or self.name.rsplit(".", 1)[-1] == "KeyError"


class OdooClient:
    """Calls one database as one user. Every call reads, so every call may be repeated."""

    def __init__(
        self,
        url: str,
        database: str,
        user: str,
        password: str,
        session: RetryingSession | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url = url.rstrip("/")
        self.database = database
        self.user = user
        self._password = password
        self._session = session or RetryingSession()
        self._clock = clock
        self._server_time: datetime | None = None
        self._uid: int | None = None
        self._context: dict[str, object] | None = None
        self._call_number = 0

    def now(self) -> datetime:
        """The server's time at its last answer (whole seconds, UTC); ours where it does not say.

        `write_date` is set by the server's clock, so comparing it with ours would lose rows if clocks differ.
        """
        return self._server_time or self._clock().astimezone(UTC).replace(microsecond=0)

    def login(self) -> int:
        """User id. Raises `SourceError` when the server refuses the user."""
        if self._uid is None:
            uid = self._call("common", "login", [self.database, self.user, self._password])
            if not isinstance(uid, int) or isinstance(uid, bool):
                raise SourceError(
                    f"{self.url} refused user {self.user!r} on database {self.database!r}.",
                    "Check database, user and the password or API key in the variable that password_env names.",
                )
            self._uid = uid
        return self._uid

    def context(self) -> dict[str, object]:
        """Context of every call: archived records too, all companies of the user, labels in one language."""
        if self._context is None:
            base: dict[str, object] = {"active_test": False, "lang": "en_US", "tz": "UTC"}
            try:
                found = self._execute(
                    "res.users", "read", [[self.login()], ["company_ids"]], {"context": base}
                )
            except OdooError as error:
                if not error.is_access:
                    raise
                found = []
            companies = found[0].get("company_ids") if found else None
            self._context = {**base, "allowed_company_ids": sorted(companies)} if companies else base
        return self._context

    def fields(self, model: str) -> dict[str, dict[str, Any]]:
        """Fields of a model that the user may read, with `type`."""
        found = self.execute(model, "fields_get", [], {"attributes": ["type"]})
        return found if isinstance(found, dict) else {}

    def count(self, model: str, domain: Domain) -> int:
        """Number of records that the server states."""
        return int(self.execute(model, "search_count", [domain], {}))

    def ids(self, model: str, domain: Domain, limit: int) -> list[int]:
        """Ids in ascending order."""
        found = self.execute(model, "search", [domain], {"order": "id asc", "limit": limit})
        return [int(number) for number in found]

    def records(self, model: str, domain: Domain, fields: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """Records in ascending order of id."""
        options = {"fields": list(fields), "order": "id asc", "limit": limit}
        found = self.execute(model, "search_read", [domain], options)
        if not isinstance(found, list):
            raise SourceError(f"{self.url}: search_read of {model} gave {type(found).__name__}, not a list.")
        return found

    def execute(self, model: str, method: str, args: list[object], options: dict[str, object]) -> Any:
        """Call a method of a model, in our context."""
        return self._execute(model, method, args, {**options, "context": self.context()})

    def _execute(self, model: str, method: str, args: list[Any], options: dict[str, Any]) -> Any:
        call = [self.database, self.login(), self._password, model, method, args, options]
        return self._call("object", "execute_kw", call, what=f"{method} of {model}")

    def _call(self, service: str, method: str, args: list[object], what: str = "") -> Any:
        what = what or f"{service}.{method}"
        self._call_number += 1
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": self._call_number,
            "params": {"service": service, "method": method, "args": args},
        }
        address = f"{self.url}/jsonrpc"
        response = self._session.post(address, json=body, allow_redirects=False)
        if 300 <= response.status_code < 400:
            raise SourceError(
                f"{address} redirects to {response.headers.get('Location')}.",
                "Put the address that answers in url.",
            )
        if response.status_code != 200:
            raise SourceError(
                f"{address} answered {what} with status {response.status_code}.",
                "Check url, and whether a proxy in front of Odoo lets /jsonrpc through.",
            )
        self._server_time = _http_date(response.headers.get("Date"))
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise SourceError(f"{address} answered {what} with something that is not JSON-RPC.", "Check url.")
        if answer.get("error"):
            raise self._error(what, answer["error"])
        if "result" not in answer:
            # Odoo leaves the key out when a method returns nothing; no method that we call may do that.
            raise SourceError(f"{address} answered {what} with neither a result nor an error.")
        return answer["result"]

    def _error(self, what: str, error: dict[str, Any]) -> OdooError:
        raw = error.get("data")
        data: dict[str, Any] = raw if isinstance(raw, dict) else {}
        text = str(data.get("message") or error.get("message") or "no message")
        text = " ".join(text.replace(self._password, "***").split()) if self._password else text
        name = str(data.get("name") or "")
        return OdooError(f"{what}: {text[:300]} ({name or 'Odoo error'})", name)


def _http_date(header: str | None) -> datetime | None:
    if not header:
        return None
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (TypeError, ValueError):
        return None
