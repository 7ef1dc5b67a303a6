"""A record leads to its whole chain, from wherever in it one begins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tieout.altered import altered
from tieout.cli import main
from tieout.errors import EXIT_USAGE
from tieout.metrics_service import BadFilter, MetricsService, Trace, UnknownName
from tieout.trace_links import KINDS

ALL = 1_000_000


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def ids(trace: Trace) -> dict[str, set[str]]:
    return {stage.kind: {record.id for record in stage.records} for stage in trace.stages}


@pytest.fixture(scope="module")
def chain(service: MetricsService) -> dict[str, set[str]]:
    """The chain of the first entry that has been billed, invoiced and paid and has a task."""
    events = service.rows("can_billing_event", ["time_entry_id", "invoice_id"], limit=100_000).rows
    paid = {row["invoice_id"] for row in service.rows("can_payment", ["invoice_id"], limit=100_000).rows}
    entries = service.rows("can_time_entry", ["time_entry_id", "task_id"], limit=100_000).rows
    with_task = {row["time_entry_id"] for row in entries if row["task_id"]}
    first = min(
        str(row["time_entry_id"])
        for row in events
        if row["invoice_id"] in paid and row["time_entry_id"] in with_task
    )
    return ids(service.trace(first, ALL))


def test_the_chain_of_a_paid_entry_is_whole(chain: dict[str, set[str]]) -> None:
    for kind in ("opportunity", "contract", "contract_line", "project", "task", "time_entry"):
        assert len(chain[kind]) == 1
    for kind in ("billing_event", "invoice_line", "invoice", "payment", "revenue_schedule", "journal"):
        assert chain[kind]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.name not in ("expense", "milestone")])
def test_every_kind_of_record_leads_to_the_same_chain(
    service: MetricsService, chain: dict[str, set[str]], kind: str
) -> None:
    for record in sorted(chain[kind]):
        found = ids(service.trace(record, ALL))
        for other in ("opportunity", "contract", "contract_line", "project", "time_entry"):
            assert chain[other] <= found[other], (record, other)
        for other in ("billing_event", "invoice_line", "invoice", "payment"):
            assert found[other] & chain[other], (record, other)
        assert found["revenue_schedule"]
        assert found["journal"]


def test_an_invoice_its_credit_note_and_its_rebill_are_one_chain(service: MetricsService) -> None:
    credits = service.rows("can_invoice", limit=100_000).rows
    group = {row["rebill_group_id"]: row["invoice_id"] for row in credits if row["kind"] == "rebill"}
    chains = [
        {str(row["reverses_invoice_id"]), str(row["invoice_id"]), str(group[row["rebill_group_id"]])}
        for row in credits
        if row["kind"] == "credit_note" and row["rebill_group_id"] in group
    ]
    assert chains
    for each in chains:
        for invoice in each:
            assert ids(service.trace(invoice, ALL))["invoice"] == each


@pytest.mark.parametrize("kind", ["expense", "milestone"])
def test_expenses_and_milestones_lead_to_their_invoice_and_back(service: MetricsService, kind: str) -> None:
    events = service.rows("can_billing_event", [f"{kind}_id", "invoice_id"], limit=100_000).rows
    billed = [row for row in events if row[f"{kind}_id"] and row["invoice_id"]]
    assert billed
    for row in billed:
        down = ids(service.trace(f"{kind}:{row[f'{kind}_id']}", ALL))
        assert row["invoice_id"] in down["invoice"]
        assert len(down["opportunity"]) == 1
        assert row[f"{kind}_id"] in ids(service.trace(str(row["invoice_id"]), ALL))[kind]


def test_what_is_missing_is_said_in_its_place(service: MetricsService) -> None:
    billed = {
        row["time_entry_id"]
        for row in service.rows("can_billing_event", ["time_entry_id"], limit=100_000).rows
    }
    entries = service.rows("fct_wip_item", limit=100_000).rows
    unbilled = next(
        str(row["source_id"])
        for row in entries
        if row["item_kind"] == "time" and row["source_id"] not in billed
    )
    trace = service.trace(unbilled)
    said = {stage.kind: stage.missing for stage in trace.stages}
    assert said["billing_event"] == "no billing event names it"
    assert said["invoice"] == "no invoice yet"
    assert said["payment"] == "no payment yet"
    assert not said["contract"]


def test_a_line_shows_its_own_work_and_not_all_of_its_project(service: MetricsService) -> None:
    lines = service.rows(
        "fct_time_entry", ["contract_line_id", "project_key", "time_entry_id"], limit=100_000
    ).rows
    by_project: dict[object, set[object]] = {}
    for row in lines:
        if row["contract_line_id"]:
            by_project.setdefault(row["project_key"], set()).add(row["contract_line_id"])
    shared = [line for each in by_project.values() if len(each) > 1 for line in each]
    assert shared
    for line in shared:
        own = {row["time_entry_id"] for row in lines if row["contract_line_id"] == line}
        assert ids(service.trace(f"contract_line:{line}", ALL))["time_entry"] == own


def test_large_stages_are_counted_and_summed(service: MetricsService) -> None:
    lines = service.rows("fct_time_entry", ["project_key", "time_entry_id"], limit=100_000).rows
    keys = [row["project_key"] for row in lines if row["project_key"]]
    project = max(set(keys), key=keys.count)
    name = service.rows("dim_project", limit=100_000).rows
    project_id = next(row["project_id"] for row in name if row["project_key"] == project)
    trace = service.trace(f"project:{project_id}", limit=2)
    entries = next(stage for stage in trace.stages if stage.kind == "time_entry")
    assert len(entries.records) == 2
    assert entries.count == keys.count(project)
    assert sum(total.count for total in entries.totals) == entries.count
    whole = service.trace(f"project:{project_id}", ALL)
    hours = next(stage for stage in whole.stages if stage.kind == "time_entry").records
    assert sum((total.amount or Decimal(0) for total in entries.totals), Decimal(0)) == sum(
        (record.amount or Decimal(0) for record in hours), Decimal(0)
    )
    assert ids(service.trace(f"project:{project_id}", 0))["time_entry"] == set()
    with pytest.raises(BadFilter):
        service.trace(str(project_id), -1)


def test_versions_of_one_thing_are_not_added_up(service: MetricsService) -> None:
    versions = service.rows(
        "can_contract_line", ["contract_line_id", "transaction_price"], limit=100_000
    ).rows
    ids_of = [str(row["contract_line_id"]) for row in versions]
    line = next(one for one in sorted(set(ids_of)) if ids_of.count(one) > 1)
    stage = next(
        stage for stage in service.trace(f"contract_line:{line}", 0).stages if stage.kind == "contract_line"
    )
    assert sum(total.count for total in stage.totals) == ids_of.count(line)
    assert {total.things for total in stage.totals} == {1}
    assert {total.amount for total in stage.totals} == {None}


def test_without_records_the_stages_are_still_named(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = str(service.rows("can_contract", ["contract_id"], limit=1).rows[0]["contract_id"])
    assert main(["--firm", str(published_tiny), "trace", f"contract:{contract}", "--limit", "0"]) == 0
    shown = capsys.readouterr().out
    for stage in service.trace(f"contract:{contract}").stages:
        assert stage.title in shown


def test_an_id_of_two_systems_is_listed_and_can_be_qualified(published_tiny: Path, tmp_path: Path) -> None:
    firm = altered(
        published_tiny,
        tmp_path,
        """
        insert into canonical.can_expense by name select * replace (
            'TE-0000001' as expense_id, md5('other') as entity_key, 'hris' as source_system
        ) from canonical.can_expense limit 1
        """,
    )
    service = MetricsService.open(firm)
    both = service.trace("TE-0000001")
    assert {(match.kind, match.system) for match in both.matches} == {
        ("time_entry", "psa"),
        ("expense", "hris"),
    }
    assert {"time_entry", "expense"} <= set(ids(both))
    for text in ("psa:TE-0000001", "time_entry:TE-0000001", "psa:time_entry:TE-0000001"):
        assert [match.kind for match in service.trace(text).matches] == ["time_entry"]
    service.close()
    assert main(["--firm", str(firm), "trace", "TE-0000001"]) == 0


def test_systems_that_name_a_project_differently_meet_in_it(published_tiny: Path, tmp_path: Path) -> None:
    """A milestone of another system that names the project by that system's id, known through the crosswalk."""
    firm = altered(
        published_tiny,
        tmp_path,
        """
        insert into identity.xwalk_project by name select * replace ('erp' as source_system, 'JOB-7' as source_id)
        from identity.xwalk_project where canonical_id = 'P-1001' and source_system = 'psa';
        insert into canonical.can_milestone by name select * replace (
            'M-JOB' as milestone_id, md5('job') as entity_key, 'erp' as source_system, 'JOB-7' as project_id,
            null as contract_line_id
        ) from canonical.can_milestone limit 1
        """,
    )
    service = MetricsService.open(firm)
    assert ids(service.trace("M-JOB"))["project"] == {"P-1001"}
    assert "M-JOB" in ids(service.trace("P-1001", ALL))["milestone"]
    service.close()


@pytest.mark.parametrize(
    "text",
    ["x' or 1=1 --", "$id", "'; drop table can_invoice; --", "%", "", "nosystem:TE-0000001", "{{ x }}"],
)
def test_an_id_is_text_and_nothing_else(service: MetricsService, text: str) -> None:
    with pytest.raises(UnknownName, match="Nothing in the chain"):
        service.trace(text)


def test_near_matches_are_named(published_tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(published_tiny), "trace", "TE-42"]) == EXIT_USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert "Near: psa:TE-0000042 (time entry)" in said.err


def test_page_and_json(
    published_tiny: Path, chain: dict[str, set[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    invoice = min(chain["invoice"])
    assert main(["--firm", str(published_tiny), "trace", invoice]) == 0
    page = capsys.readouterr().out
    assert f"{invoice}: invoice {invoice} of erp" in page
    assert "→  invoice" in page
    assert f"erp invoice {invoice} (invoice.csv row" in page
    assert main(["--firm", str(published_tiny), "trace", f"erp:{invoice}", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["matches"] == [{"kind": "invoice", "system": "erp", "id": invoice}]
    stages = {stage["kind"]: stage for stage in answer["stages"]}
    record = stages["invoice"]["records"][0]
    assert record["is_asked_for"] is True
    assert record["source"]["file"] == "invoice.csv"
    assert Decimal(record["amount"]) != 0


def test_a_chain_says_where_its_record_was_read(service: MetricsService) -> None:
    entry = service.rows("can_time_entry", ["source_system", "time_entry_id"], limit=1).rows[0]
    found = service.trace(f"{entry['source_system']}:{entry['time_entry_id']}").source_in(
        entry["source_system"]
    )
    assert found is not None
    assert found.place == f"{found.file} row {found.row}"
    assert service.trace(f"{entry['source_system']}:{entry['time_entry_id']}").source_in("none") is None
