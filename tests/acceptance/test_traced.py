"""The share of a number that is traced end to end, worked by hand: one row for each link that can be missing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.mini_firm import Rows, base, employed, refreshed, together, write
from tests.acceptance.money_rows import card, contract, hours_on, invoice, line, project
from tieout.metrics_service import Filter, MetricsService, Query
from tieout.traced import Traced

# What only this firm's CRM, billing and ledger deliver: without these entities nobody can miss them.
ORIGINS = ("opportunity", "billing_event", "gl_entry")


def billed(event: str, line_id: str, entry: str, contract_line: str) -> dict[str, Rows]:
    """A billing event of one time entry, raised for an invoice line."""
    return {
        "billing_event": [
            {"billing_event_id": event, "kind": "time", "contract_line_id": contract_line, "amount": 1,
             "currency": "USD", "status": "invoiced", "time_entry_id": entry, "invoice_line_id": line_id}
        ]
    }  # fmt: skip


def posted(name: str, amount: int, contract_line: str, journal: str) -> dict[str, Rows]:
    """A line of recognised revenue that names the journal which posted it."""
    return {
        "revenue_schedule": [
            {"revenue_schedule_line_id": name, "contract_line_id": contract_line, "legal_entity_id": "US01",
             "period_start": "2026-06-01", "period_end": "2026-06-30", "recognized_amount": amount,
             "currency": "USD", "posting_date": "2026-06-30", "journal_id": journal, "status": "posted"}
        ]
    }  # fmt: skip


def the_firm() -> dict[str, Rows]:
    """WON was sold as O-1, COLD as nothing that the CRM knows. `ghost` is known to no people system, `adrift` has a
    calendar that nobody delivers."""
    return together(
        base(),
        employed("worker"), employed("adrift", calendar="NOWHERE"),
        {"opportunity": [{"opportunity_id": "O-1", "customer_id": "C-1", "opportunity_name": "Deal", "stage": "Won",
                          "currency": "USD"}],
         "task": [{"task_id": "T-1", "project_id": "P-WON", "task_name": "Build"}],
         "gl_entry": [{"journal_id": "J-1", "line_number": "1", "legal_entity_id": "US01", "account_id": "4000",
                       "accounting_date": "2026-06-30", "amount": -1400, "currency": "USD"}]},
        card("R-1", 100),
        project("P-WON"), contract("WON", opportunity_id="O-1"), line("WON-1", "WON", "P-WON", estimated_value=10000),
        project("P-COLD"), contract("COLD"), line("COLD-1", "COLD", "P-COLD", estimated_value=30000),
        hours_on("P-WON", [1, 2], 8, task_id="T-1"),
        hours_on("P-WON", [4], 8, person="ghost"),
        hours_on("P-WON", [8], 2, task_id="T-GONE"),
        hours_on("P-COLD", [3], 4),
        hours_on("P-1", [9], 3),
        invoice("INV-1", "2026-06-30", [{"contract_line_id": "WON-1", "amount_untaxed": 1000},
                                        {"contract_line_id": "WON-1", "amount_untaxed": 500}]),
        invoice("INV-2", "2026-06-30", [{"contract_line_id": "COLD-1", "amount_untaxed": 200}]),
        invoice("INV-3", "2026-06-30", [{"contract_line_id": "WON-1", "amount_untaxed": 70}]),
        invoice("INV-4", "2026-06-30", [{"contract_line_id": "WON-1", "amount_untaxed": 30}]),
        invoice("CN-1", "2026-06-30", [{"contract_line_id": "WON-1", "amount_untaxed": 100}],
                kind="credit_note", credit_reason="quality", reverses_invoice_id="INV-1"),
        invoice("CN-2", "2026-06-30", [{"contract_line_id": "WON-1", "amount_untaxed": 50}],
                kind="credit_note", credit_reason="quality", reverses_invoice_id="INV-GONE"),
        billed("B-1", "INV-1-1", "P-WON-01", "WON-1"),
        billed("B-2", "INV-2-1", "P-COLD-03", "COLD-1"),
        billed("B-3", "INV-3-1", "GONE", "WON-1"),
        billed("B-4", "INV-4-1", "P-WON-04", "WON-1"),
        posted("RS-1", 1000, "WON-1", "J-1"),
        posted("RS-2", 600, "WON-1", "J-GONE"),
        posted("RS-3", 400, "COLD-1", "J-1"),
    )  # fmt: skip


def opened(folder: Path, rows: dict[str, Rows]) -> MetricsService:
    return MetricsService.open(refreshed(write(folder, rows)))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MetricsService]:
    found = opened(tmp_path_factory.mktemp("traced"), the_firm())
    yield found
    found.close()


def traced(service: MetricsService, metric: str, **asked: object) -> Traced:
    found = service.trust(Query([metric], **asked))[metric].traced  # type: ignore[arg-type]
    assert found is not None
    return found


BY_HAND = {
    # hours of everybody: 33, of which two days of 8 are whole
    "billable_hours": ("33", "16", {"employee": 8, "opportunity": 4, "contract_line": 3, "task": 2}),
    # 1,000 by its event and entry, and the credit note of 100 that names the invoice; signs do not matter
    "billed_revenue": (
        "1950", "1100",
        {"billing_event": 500, "opportunity": 200, "billed_record": 70, "reversed_invoice": 50, "employee": 30},
    ),
    "credit_notes": ("150", "100", {"reversed_invoice": 50}),
    # the day that is not billed, and the two hours of a task that nobody knows
    "wip_commercial": ("1000", "800", {"task": 200}),
    # 10,000 less 1,600 recognised, and 30,000 less 400
    "backlog_total": ("38000", "8400", {"opportunity": 29600}),
    "bookings_tcv": ("40000", "10000", {"opportunity": 30000}),
    "backlog_rollforward_new_bookings": ("40000", "10000", {"opportunity": 30000}),
    "recognized_revenue_ledger": ("2000", "1000", {"journal": 600, "opportunity": 400}),
    # 22 working days of 8 hours each; the gross capacity of the person without a calendar is nothing
    "capacity_standard_hours": ("352", "176", {"calendar": 176}),
    "capacity_gross_hours": ("168", "168", {}),
}  # fmt: skip


@pytest.mark.parametrize("metric", BY_HAND)
def test_the_share_is_what_it_is_by_hand(service: MetricsService, metric: str) -> None:
    value, whole, missing = BY_HAND[metric]
    found = traced(service, metric, population="firm")
    assert (found.value, found.traced) == (Decimal(value), Decimal(whole))
    assert dict(found.missing) == {link: Decimal(amount) for link, amount in missing.items()}
    assert list(found.missing) == sorted(found.missing, key=lambda each: (-each[1], each[0]))
    assert found.share == (Decimal(whole) / Decimal(value)).quantize(Decimal("0.000001"), "ROUND_FLOOR")


def test_a_ratio_is_traced_no_further_than_its_weakest_input(service: MetricsService) -> None:
    # 25 billable hours of people who count, of which 16 are whole; all of the capacity below is
    found = traced(service, "billable_utilization")
    assert (found.part, found.share) == ("billable_hours", Decimal("0.64"))
    # over standard capacity, of which half is whole, it is the capacity that is traced least
    found = traced(service, "billable_utilization_std")
    assert (found.part, found.share) == ("capacity_standard_hours", Decimal("0.5"))


def test_filters_and_days_are_those_of_the_question(service: MetricsService) -> None:
    cold = [Filter("contract", "=", ("COLD",))]
    assert traced(service, "backlog_total", where=cold).share == 0
    assert traced(service, "backlog_total", where=[Filter("contract", "=", ("WON",))]).share == 1
    assert traced(service, "billed_revenue", where=[Filter("month", "=", ("2026-05",))]).reason
    rest = [Filter("missing_link", "!=", ("none",))]
    assert service.query(Query(["billed_revenue"], where=rest)).rows == [
        {"billed_revenue": Decimal("750.00")}  # 500 + 200 + 70 + 30 - 50
    ]
    explained = service.explain(Query(["billed_revenue"], where=rest))
    assert explained.agrees
    assert explained.row_count == 5


def test_a_number_that_stands_on_no_chain_says_so(service: MetricsService) -> None:
    found = traced(service, "exception_open_count")
    assert found.share is None
    assert "chain of records" in found.reason


def test_every_other_metric_has_a_share_or_no_value(service: MetricsService) -> None:
    names = [entry.name for entry in service.describe() if entry.kind != "report"]
    said = {
        name: one.traced
        for name, one in service.trust(Query(names, population="firm")).items()
        if not name.startswith("exception_")
    }
    assert len(said) > 80
    without = {name: one.reason for name, one in said.items() if one and one.share is None}
    assert set(without.values()) == {"there is no value to trace"}
    for name, one in said.items():
        assert one is not None
        assert one.value == one.traced + sum((amount for _, amount in one.missing), Decimal(0)), name


@pytest.mark.slow
def test_a_link_is_asked_for_only_where_a_system_delivers_such_records(tmp_path: Path) -> None:
    rows = {entity: each for entity, each in the_firm().items() if entity not in ORIGINS}
    found = opened(tmp_path, rows)
    try:
        assert traced(found, "backlog_total").share == 1
        assert traced(found, "recognized_revenue_ledger").share == 1
        assert dict(traced(found, "billed_revenue").missing) == {"reversed_invoice": Decimal(50)}
    finally:
        found.close()
