"""A small HTTP server that answers /jsonrpc as Odoo does, over records held in memory.

What it copies from Odoo: archived records are hidden unless `active_test` is false, records of companies that are
not in `allowed_company_ids` are absent, errors come inside HTTP 200, `fields_get` leaves out fields that the user may
not see while `search_read` of such a field fails as a whole, `write_date` has whole seconds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingestion.odoo.models import MODELS

Record = dict[str, Any]
DATABASE, USER, PASSWORD = "demo", "reader", "s3cret-of-the-test"
UID = 7
TYPE_OF_KIND = {
    "id": "integer",
    "ref": "many2one",
    "text": "char",
    "number": "float",
    "bool": "boolean",
    "json": "json",
}


class Fault(Exception):
    """An error that the server reports inside HTTP 200."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class FakeOdoo:
    """The server's state; a test changes it at will.

    `answers`: replies to give instead of the next calls, as (status, headers, body).
    `after_page`: called with (model, records) after each search_read, to edit records between pages.
    """

    def __init__(self, records: dict[str, list[Record]], now: datetime) -> None:
        self.records = {model: {row["id"]: dict(row) for row in rows} for model, rows in records.items()}
        self.now = now
        self.answers: list[tuple[int, dict[str, str], object]] = []
        self.after_page: Callable[[str, list[Record]], None] | None = None
        self.denied_models: set[str] = set()
        self.hidden_fields: set[tuple[str, str]] = set()
        self.failing_fields: set[tuple[str, str]] = set()
        self.missing_models: set[str] = set()
        self.largest_page: int | None = None
        self.calls: list[tuple[str, str]] = []
        self.domains: list[tuple[str, str, list[Any]]] = []
        self.url = ""

    def write(self, model: str, number: int, **values: Any) -> None:
        """Change a record as Odoo does: `write_date` moves."""
        self.records[model][number].update(values, write_date=self._stamp())

    def create(self, model: str, like: int, **values: Any) -> int:
        """Copy a record under a new id."""
        number = max(self.records[model]) + 1
        stamp = self._stamp()
        row = {**self.records[model][like], "create_date": stamp, "write_date": stamp, **values, "id": number}
        self.records[model][number] = row
        return number

    def unlink(self, model: str, number: int) -> None:
        """Delete without a trace."""
        del self.records[model][number]

    def _stamp(self) -> str:
        return self.now.strftime("%Y-%m-%d %H:%M:%S")

    # -- the API ---------------------------------------------------------------------------------------------

    def answer(self, service: str, method: str, args: list[Any]) -> Any:
        if service == "common":
            return UID if args == [DATABASE, USER, PASSWORD] else False
        database, uid, password, model, call, positional, options = args
        if (database, uid, password) != (DATABASE, UID, PASSWORD):
            raise Fault("odoo.exceptions.AccessDenied", f"Access Denied for {password}")
        self.calls.append((model, call))
        if model in self.missing_models:
            raise Fault("odoo.exceptions.UserError", f"Object {model} doesn't exist")
        context = options.get("context", {})
        if call == "fields_get":
            return {
                name: {"type": kind}
                for name, kind in self._types(model).items()
                if not self._hidden(model, name)
            }
        if model == "res.users" and call == "read":
            return [{"id": UID, "company_ids": sorted(self.records.get("res.company", {1: {}}))}]
        if model in self.denied_models:
            raise Fault("odoo.exceptions.AccessError", f"You are not allowed to access {model}.")
        domain = positional[0]
        self.domains.append((model, call, domain))
        found = sorted(self._matching(model, domain, context), key=lambda row: row["id"])
        if call == "search_count":
            return len(found)
        if call == "search":
            return [row["id"] for row in found[: options.get("limit")]]
        if call == "search_read":
            return self._page(model, found, options)
        raise Fault("builtins.AttributeError", f"no method {call}")

    def _page(self, model: str, found: list[Record], options: dict[str, Any]) -> list[Record]:
        limit = options.get("limit") or len(found)
        page = found[: min(limit, self.largest_page or limit)]
        for name in options["fields"]:
            if (model, name) in self.failing_fields or self._hidden(model, name):
                raise Fault("odoo.exceptions.AccessError", f"You may not read {name} of {model}.")
        rows = [{"id": row["id"], **{n: row.get(n, False) for n in options["fields"]}} for row in page]
        if self.after_page is not None:
            self.after_page(model, rows)
        return rows

    def _types(self, model: str) -> dict[str, str]:
        declared = next((entry for entry in MODELS if entry.name == model), None)
        if declared is None:
            raise Fault("builtins.KeyError", model)
        types = {field.name: TYPE_OF_KIND[field.kind] for field in declared.fields}
        return {**types, "not_declared": "char", "tag_ids": "many2many"}

    def _hidden(self, model: str, name: str) -> bool:
        return (model, name) in self.hidden_fields

    def _matching(self, model: str, domain: list[Any], context: dict[str, Any]) -> Iterator[Record]:
        rows = self.records.get(model, {})
        companies = context.get("allowed_company_ids", [1])
        for row in list(rows.values()):
            if row.get("active") is False and context.get("active_test", True):
                continue
            company = row.get("company_id")
            if isinstance(company, list) and company[0] not in companies:
                continue
            if all(_holds(row, field, operator, value) for field, operator, value in domain):
                yield row


def _holds(row: Record, field: str, operator: str, value: Any) -> bool:
    given = row.get(field)
    if operator == ">":
        return bool(given > value)
    if operator == ">=":
        return bool(str(given) >= value)
    raise Fault("builtins.ValueError", f"no operator {operator}")


def _handler(state: FakeOdoo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body of an answer are one packet: two would wait 40 ms for each other, in each of thousands of calls.
        wbufsize = -1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if state.answers:
                status, headers, answer = state.answers.pop(0)
                self._send(status, headers, answer)
                return
            params = body["params"]
            reply: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
            try:
                reply["result"] = state.answer(params["service"], params["method"], params["args"])
            except Fault as fault:
                reply["error"] = {
                    "code": 200,
                    "message": "Odoo Server Error",
                    "data": {"name": fault.name, "message": str(fault), "debug": "Traceback …"},
                }
            self._send(200, {}, reply)

        def _send(self, status: int, headers: dict[str, str], answer: object) -> None:
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(state.now.astimezone(UTC), usegmt=True))
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Handler


@contextmanager
def serving(state: FakeOdoo) -> Iterator[FakeOdoo]:
    """Run the server for the length of the block; `state.url` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
