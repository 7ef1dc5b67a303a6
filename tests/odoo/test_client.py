"""The JSON-RPC client: what is an error, what is tried again, and that the password is never said."""

from __future__ import annotations

import pytest

from ingestion.errors import SourceError
from ingestion.odoo.client import OdooError
from tests.odoo.fake_odoo import PASSWORD, FakeOdoo
from tests.odoo.reading import client


def test_logs_in_once_and_sends_all_companies_and_archived_records(server: FakeOdoo) -> None:
    odoo = client(server)
    assert odoo.count("res.partner", []) == 7  # one is archived
    assert odoo.count("hr.employee", []) == 6  # two are archived, one is of another company
    assert odoo.context()["allowed_company_ids"] == [1, 2]
    assert [call for call in server.calls if call == ("res.users", "read")] == [("res.users", "read")]


def test_a_wrong_password_is_refused_without_being_shown(server: FakeOdoo) -> None:
    with pytest.raises(SourceError, match="refused user 'reader'") as caught:
        client(server, password="not-it").login()
    assert "not-it" not in str(caught.value)


def test_an_error_inside_http_200_is_an_error_and_hides_the_password(server: FakeOdoo) -> None:
    message = f"wrong value in {PASSWORD}"
    odoo = client(server)
    odoo.context()
    error = {"message": "Odoo Server Error", "data": {"name": "builtins.ValueError", "message": message}}
    server.answers.append((200, {}, {"jsonrpc": "2.0", "error": error}))
    with pytest.raises(OdooError, match=r"search_count of res.partner: wrong value in \*\*\*") as caught:
        odoo.count("res.partner", [])
    assert PASSWORD not in str(caught.value)
    assert not caught.value.is_access


def test_neither_result_nor_error_is_an_error(server: FakeOdoo) -> None:
    odoo = client(server)
    odoo.context()
    server.answers.append((200, {}, {"jsonrpc": "2.0", "id": 1}))
    with pytest.raises(SourceError, match="neither a result nor an error"):
        odoo.count("res.partner", [])


def test_a_null_result_is_a_result(server: FakeOdoo) -> None:
    odoo = client(server)
    odoo.context()
    server.answers.append((200, {}, {"jsonrpc": "2.0", "id": 1, "result": None}))
    assert odoo.execute("res.partner", "search", [[]], {}) is None


@pytest.mark.parametrize("status", [429, 502])
def test_busy_is_tried_again_but_not_for_ever(server: FakeOdoo, status: int) -> None:
    odoo = client(server)
    odoo.context()
    busy = (status, {"Retry-After": "0"}, "busy")
    server.answers = [busy, busy]
    assert odoo.count("res.partner", []) == 7
    server.answers = [busy, busy, busy]
    with pytest.raises(SourceError, match=f"after 3 attempts .status {status}."):
        odoo.count("res.partner", [])


def test_other_statuses_pages_and_redirects_say_what_to_check(server: FakeOdoo) -> None:
    odoo = client(server)
    odoo.context()
    server.answers = [(404, {}, "no such page")]
    with pytest.raises(SourceError, match="status 404"):
        odoo.count("res.partner", [])
    server.answers = [(200, {}, "<html>maintenance</html>")]
    with pytest.raises(SourceError, match="not JSON-RPC"):
        odoo.count("res.partner", [])
    server.answers = [(302, {"Location": "https://elsewhere.example/jsonrpc"}, "")]
    with pytest.raises(SourceError, match=r"redirects to https://elsewhere\.example"):
        odoo.count("res.partner", [])


def test_a_server_that_is_not_there_is_named(server: FakeOdoo) -> None:
    odoo = client(server)
    odoo.url = "http://127.0.0.1:9"
    with pytest.raises(SourceError, match="did not answer after 3 attempts"):
        odoo.login()


def test_the_clock_is_the_server_s(server: FakeOdoo) -> None:
    odoo = client(server)
    odoo.login()
    assert odoo.now() == server.now
