"""Reading a running server: pages, cursor with lag, archived records, deletes, rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.connector import Extraction, ObjectState
from ingestion.odoo.client import OdooError
from tests.odoo.fake_odoo import FakeOdoo, Record
from tests.odoo.reading import MODEL, read, transport
from tests.odoo.small_firm import FIRST_MOMENT

LINES = MODEL["account.analytic.line"]
EMPLOYEES = MODEL["hr.employee"]
NOTHING = ObjectState()


def after(extraction: Extraction) -> ObjectState:
    return ObjectState(cursor=extraction.cursor_to, last_extracted_at=extraction.extracted_at)


def test_a_full_read_takes_everything_page_by_page(server: FakeOdoo) -> None:
    extraction = transport(server, page_size=3).fetch(LINES, NOTHING, full=False)
    rows = read(extraction, LINES)
    assert [row["id"] for row in rows] == [str(number) for number in range(1, 11)]
    assert [row["_row_number"] for row in rows] == list(range(1, 11))
    assert extraction.load_mode == "full"
    assert extraction.live_keys is None
    assert extraction.source_count == 10
    assert extraction.extracted_at == FIRST_MOMENT
    assert extraction.cursor_to == "2026-06-01 08:00:00"


@pytest.mark.parametrize("page_size", [5, 10, 11])
def test_a_page_boundary_loses_and_repeats_nothing(server: FakeOdoo, page_size: int) -> None:
    rows = read(transport(server, page_size).fetch(LINES, NOTHING, full=True), LINES)
    assert len({row["id"] for row in rows}) == len(rows) == 10


def test_a_page_that_the_server_cuts_short_is_not_taken_for_the_last(server: FakeOdoo) -> None:
    server.largest_page = 4
    assert len(read(transport(server).fetch(LINES, NOTHING, full=True), LINES)) == 10


def test_values_become_text(server: FakeOdoo) -> None:
    rows = {row["id"]: row for row in read(transport(server).fetch(LINES, NOTHING, full=True), LINES)}
    assert rows["1"]["employee_id"] == "1"
    assert rows["1"]["employee_id_label"] == "Consultant 1"
    assert rows["1"]["unit_amount"] == "7.5"
    assert rows["3"]["unit_amount"] == "8"
    assert rows["8"]["unit_amount"] == "-1"
    assert rows["5"]["employee_id"] is None  # false stands for nothing …
    contract = read(transport(server).fetch(MODEL["hr.leave"], NOTHING, full=True), MODEL["hr.leave"])[0]
    assert contract["request_unit_half"] == "false"  # … except on a boolean


def test_archived_records_come_and_are_counted(server: FakeOdoo) -> None:
    extraction = transport(server).fetch(EMPLOYEES, NOTHING, full=True)
    active = {row["id"]: row["active"] for row in read(extraction, EMPLOYEES)}
    assert active == {"1": "true", "2": "true", "3": "false", "4": "false", "5": "true", "6": "true"}
    assert extraction.archived_rows == 2


def test_the_cursor_reads_what_was_written_since_and_a_little_before(server: FakeOdoo) -> None:
    first = transport(server).fetch(LINES, NOTHING, full=False)
    read(first, LINES)
    server.now = FIRST_MOMENT + timedelta(hours=1)
    server.write("account.analytic.line", 4, unit_amount=9.0)
    second = transport(server, lag_seconds=120).fetch(LINES, after(first), full=False)
    # everything was written at one moment, so the lag brings it all again; without lag the cursor's second still does
    assert len(read(second, LINES)) == 10
    assert second.load_mode == "delta"
    assert second.cursor_to == "2026-06-10 07:00:00"
    third = transport(server, lag_seconds=60).fetch(LINES, after(second), full=False)
    assert [row["id"] for row in read(third, LINES)] == ["4"]
    assert third.source_count == 1


def test_a_row_written_late_below_the_cursor_is_caught_by_the_lag(server: FakeOdoo) -> None:
    server.write("account.analytic.line", 9, unit_amount=1.0)
    first = transport(server).fetch(LINES, NOTHING, full=False)
    read(first, LINES)
    assert first.cursor_to == "2026-06-10 06:00:00"
    late = server.create("account.analytic.line", 1)
    server.records["account.analytic.line"][late]["write_date"] = (
        "2026-06-10 05:59:00"  # committed after our read
    )
    second = transport(server, lag_seconds=120).fetch(LINES, after(first), full=False)
    assert str(late) in {row["id"] for row in read(second, LINES)}


def test_a_row_edited_between_pages_is_read_again(server: FakeOdoo) -> None:
    def edit_a_row_already_read(_: str, page: list[Record]) -> None:
        if page and page[0]["id"] == 4:
            server.now += timedelta(minutes=30)
            server.write("account.analytic.line", 1, unit_amount=99.0)
            server.write("account.analytic.line", 9, unit_amount=98.0)
            server.after_page = None

    server.after_page = edit_a_row_already_read
    first = transport(server, page_size=3).fetch(LINES, NOTHING, full=False)
    hours = {row["id"]: row["unit_amount"] for row in read(first, LINES)}
    assert (hours["1"], hours["9"]) == ("7.5", "98")
    # the newest write that was seen is later than the one that was missed: the cursor stays at the start
    assert first.cursor_to == "2026-06-10 06:00:00"
    second = transport(server).fetch(LINES, after(first), full=False)
    assert {row["id"]: row["unit_amount"] for row in read(second, LINES)} == {"1": "99", "9": "98"}


def test_the_id_sweep_names_what_still_exists(server: FakeOdoo) -> None:
    first = transport(server).fetch(LINES, NOTHING, full=False)
    read(first, LINES)
    server.unlink("account.analytic.line", 2)
    second = transport(server, page_size=4).fetch(LINES, after(first), full=False)
    read(second, LINES)
    assert second.live_keys is not None
    assert set(second.live_keys) == {str(number) for number in range(1, 11)} - {"2"}


def test_a_row_made_while_reading_is_never_taken_for_deleted(server: FakeOdoo) -> None:
    first = transport(server).fetch(LINES, NOTHING, full=False)
    read(first, LINES)
    second = transport(server).fetch(LINES, after(first), full=False)
    read(second, LINES)
    made = server.create("account.analytic.line", 1)
    assert second.live_keys is not None
    assert str(made) in set(second.live_keys)


def test_a_source_that_moves_while_it_is_read_states_no_count(server: FakeOdoo) -> None:
    def delete_one_read_and_make_two(_: str, page: list[Record]) -> None:
        server.after_page = None
        server.unlink("account.analytic.line", 1)
        server.unlink("account.analytic.line", 10)
        server.unlink("account.analytic.line", 9)

    server.after_page = delete_one_read_and_make_two
    extraction = transport(server, page_size=3).fetch(LINES, NOTHING, full=True)
    assert len(read(extraction, LINES)) == 8
    assert extraction.source_count is None
    assert extraction.notes == [
        "the source changed while it was read: 10 records before, 7 after, 8 received"
    ]


def test_a_count_that_stays_wrong_is_kept_for_the_check(server: FakeOdoo) -> None:
    odoo = transport(server)
    server.answers = []
    extraction = odoo.fetch(LINES, NOTHING, full=True)
    server.after_page = lambda _model, page: page.pop() if page else None  # a proxy that loses a row
    assert len(read(extraction, LINES)) < 10
    assert extraction.source_count == 10


@pytest.mark.parametrize(("how", "words"), [("denied", "may not read"), ("missing", "no such model")])
def test_a_model_that_cannot_be_read_is_said_and_closes_nothing(
    server: FakeOdoo, how: str, words: str
) -> None:
    (server.denied_models if how == "denied" else server.missing_models).add("crm.lead")
    state = ObjectState(
        cursor="2026-06-01 00:00:00", last_extracted_at=datetime(2026, 6, 1, tzinfo=UTC), open_rows=4
    )
    extraction = transport(server).fetch(MODEL["crm.lead"], state, full=True)
    assert read(extraction, MODEL["crm.lead"]) == []
    assert (extraction.load_mode, extraction.live_keys) == ("delta", None)
    assert extraction.cursor_to == state.cursor
    assert words in extraction.notes[0]


def test_a_field_without_rights_is_missing_and_the_rest_goes_on(server: FakeOdoo) -> None:
    server.hidden_fields.add(("hr.employee", "hourly_cost"))
    extraction = transport(server).fetch(EMPLOYEES, NOTHING, full=True)
    rows = read(extraction, EMPLOYEES)
    assert len(rows) == 6
    assert {row["hourly_cost"] for row in rows} == {None}
    assert extraction.missing_columns == ("hourly_cost",)


def test_a_field_that_fails_the_call_is_found_and_left_out(server: FakeOdoo) -> None:
    server.failing_fields.add(("hr.employee", "department_id"))
    extraction = transport(server, page_size=2).fetch(EMPLOYEES, NOTHING, full=True)
    rows = read(extraction, EMPLOYEES)
    assert len(rows) == 6
    assert rows[0]["job_id"] == "1"
    assert extraction.missing_columns == ("department_id",)


def test_other_errors_stop_the_read(server: FakeOdoo) -> None:
    extraction = transport(server).fetch(LINES, NOTHING, full=True)
    error = {"message": "Odoo Server Error", "data": {"name": "psycopg2.OperationalError", "message": "gone"}}
    server.answers = [(200, {}, {"error": error})]
    with pytest.raises(OdooError, match="gone"):
        read(extraction, LINES)


def test_nothing_to_read_is_an_empty_full_load(server: FakeOdoo) -> None:
    extraction = transport(server).fetch(MODEL["account.payment"], NOTHING, full=False)
    assert read(extraction, MODEL["account.payment"]) == []
    assert (extraction.load_mode, extraction.source_count, extraction.cursor_to) == ("full", 0, None)
