"""Money that is well formed and wrong, or not even that: named, never in the way, and the rest adds up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.mini_firm import Rows, base, employed, refreshed, together, write
from tests.acceptance.money_rows import asked, card, contract, hours_on, invoice, line, project, records
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query, UnknownValue


def good() -> list[dict[str, Rows]]:
    """What must come out untouched: 10 h × 100 billed at 950, and 5 h × 100 that wait; 60,000 of fees sold."""
    return [
        project("P-GOOD"), contract("GOOD"), line("GOOD-1", "GOOD", "P-GOOD", nte_amount=20000),
        card("R-GOOD", 100, scope="contract", scope_id="GOOD"),
        hours_on("P-GOOD", [1], 10, invoice_id="INV-GOOD"), hours_on("P-GOOD", [2], 5),
        # the header says 1,000 and the lines 950
        invoice("INV-GOOD", "2026-06-05", [{"contract_line_id": "GOOD-1", "amount_untaxed": 950}],
                amount_untaxed=1000),
        line("GOOD-2", "GOOD", "P-GOOD", contract_type="fixed_fee", transaction_price=60000),
    ]  # fmt: skip


def terms() -> list[dict[str, Rows]]:
    """Contracts, lines and versions."""
    return [
        project("P-CAP"), contract("CAP", nte_amount=-1), line("CAP-1", "CAP", "P-CAP"), hours_on("P-CAP", [3], 6),
        project("P-LCAP"), contract("LCAP"), line("LCAP-1", "LCAP", "P-LCAP", nte_amount="-0.01"),
        # ends before it starts: a contract, a line, an interval of a version, the second version of a line
        project("P-BACK"), contract("BACK", end_date="2025-12-31"), line("BACK-1", "BACK", "P-BACK"),
        project("P-LBACK"), contract("LBACK"),
        line("LBACK-1", "LBACK", "P-LBACK", end_date="2025-12-31", transaction_price=7000),
        line("LBACK-2", "LBACK", "P-LBACK", valid_to="2025-12-31", transaction_price=7000),
        line("LBACK-3", "LBACK", "P-LBACK", contract_type="fixed_fee", transaction_price=3000),
        line("LBACK-3", "LBACK", "P-LBACK", contract_type="fixed_fee", transaction_price=4000, line_version=2,
             signed_at="2026-06-10", valid_from="2026-06-10", end_date="2025-06-30"),
        # a currency that is none
        project("P-COIN"), contract("COIN", currency="ZZZ"),
        line("COIN-1", "COIN", "P-COIN", currency="ZZZ", transaction_price=5000),
        card("R-COIN", 100, scope="contract", scope_id="COIN", currency="ZZZ"), hours_on("P-COIN", [3], 4),
        # signed in the future, with and without a date on the line
        project("P-SOON"), contract("SOON", signature_date="2026-09-01"),
        line("SOON-1", "SOON", "P-SOON", signed_at="2026-09-01", contract_type="fixed_fee", transaction_price=8000),
        line("SOON-2", "SOON", "P-SOON", signed_at="", contract_type="fixed_fee", transaction_price=9000),
        contract("DAY", signature_date="2026-02-31"), line("DAY-1", "DAY", "P-GOOD", signed_at="2026-02-31"),
        # nobody delivers the contract
        line("ORPHAN-1", "NO-SUCH", "P-GOOD", transaction_price=11000),
        contract("LONG", notice_days="99999999999"),
    ]  # fmt: skip


def prices() -> list[dict[str, Rows]]:
    """Rate cards, each asked by 10 h of a project of its own."""
    names = ("ROLE", "ZERO", "GIFT", "TIE", "MINUS", "COMMA", "HUGE", "TIMES", "OFF")
    rows: list[dict[str, Rows]] = []
    for name in names:
        rows += [project(f"P-{name}"), contract(name), line(f"{name}-1", name, f"P-{name}"),
                 hours_on(f"P-{name}", [4], 10)]  # fmt: skip
    of = {name: {"scope": "contract", "scope_id": name} for name in names}
    return [
        *rows,
        card("R-ROLE", 100, role="Sorcerer", **of["ROLE"]),
        card("R-ZERO", 0, **of["ZERO"]),
        card("R-GIFT", 0, zero_rate_reason="pro bono", **of["GIFT"]),
        card("R-TIE-2", 150, **of["TIE"]), card("R-TIE-1", 120, **of["TIE"]),
        card("R-MINUS", -100, **of["MINUS"]),
        card("R-COMMA", "1.234,56", **of["COMMA"]),
        card("R-HUGE", "1e20", **of["HUGE"]),
        card("R-TIMES", 100, multiplier="-1e12", **of["TIMES"]),
        card("R-OFF", 100, discount_pct="1e15", **of["OFF"]),
        line("GOOD-3", "GOOD", "P-GOOD", contract_type="expense", expense_markup_pct="1e18"),
        line("GOOD-4", "GOOD", "P-GOOD", contract_type="retainer", included_hours="1e20", discount_pct="1e19"),
    ]  # fmt: skip


def documents() -> list[dict[str, Rows]]:
    """Invoices, payments, revenue, milestones, expenses and bookings."""
    fee = {"kind": "fee"}
    revenue = {"period_start": "2026-06-01", "period_end": "2026-06-30", "currency": "USD",
               "posting_date": "2026-06-30", "status": "posted"}  # fmt: skip
    spent = {"employee_id": "worker", "project_id": "P-GOOD", "expense_date": "2026-06-09", "expense_type": "travel",
             "currency": "USD", "status": "approved"}  # fmt: skip
    booked = {"project_id": "P-GOOD", "valid_from": "2026-07-01", "valid_to": "2026-07-08"}
    paid = {"payment_date": "2026-06-20", "currency": "USD"}
    return [
        # a line of no contract line that anybody knows, beside one of no invoice
        invoice("INV-LOST", "2026-06-08", [{"contract_line_id": "NO-SUCH", "amount_untaxed": 40, **fee}]),
        {"invoice_line": [
            {"invoice_line_id": "L-ORPHAN", "invoice_id": "NO-SUCH", "amount_untaxed": 77, "line_number": 1},
            {"invoice_line_id": "L-FAR", "invoice_id": "INV-LOST", "amount_untaxed": 1, "line_number": 99999999999},
        ]},
        invoice("INV-HUGE", "2026-06-08", [
            {"contract_line_id": "GOOD-2", "amount_untaxed": "1e20", **fee},
            {"contract_line_id": "GOOD-2", "amount_untaxed": "1.234,56", **fee},
        ]),
        invoice("INV-DAY", "2026-02-31", [{"contract_line_id": "GOOD-2", "amount_untaxed": 500, **fee}]),
        {"payment": [
            {"payment_id": "PAY-1", "invoice_id": "INV-GOOD", "amount": 950, **paid},
            {"payment_id": "PAY-2", "invoice_id": "NO-SUCH", "amount": 60, **paid},
            {"payment_id": "PAY-3", "invoice_id": "INV-GOOD", "amount": "1e20", **paid},
        ]},
        {"revenue_schedule": [
            {"revenue_schedule_line_id": "RS-1", "contract_line_id": "GOOD-2", "recognized_amount": 2500, **revenue},
            {"revenue_schedule_line_id": "RS-2", "contract_line_id": "NO-SUCH", "recognized_amount": 30, **revenue},
            {"revenue_schedule_line_id": "RS-3", "contract_line_id": "GOOD-2", "recognized_amount": "-1e20", **revenue},
        ]},
        {"milestone": [{"milestone_id": "M-1", "project_id": "P-GOOD", "contract_line_id": "GOOD-2",
                        "planned_date": "2026-06-01", "completed_date": "2026-06-02"}]},
        {"expense": [
            {"expense_id": "X-1", "amount": 80, **spent},
            {"expense_id": "X-2", "amount": -30, **spent},
            {"expense_id": "X-3", "amount": "1e20", **spent},
        ]},
        {"assignment": [
            {"assignment_id": "A-1", "employee_id": "worker", "hours_per_day": 8, **booked},
            {"assignment_id": "A-2", "employee_id": "worker", "hours_per_day": "1e15", **booked},
            {"assignment_id": "A-3", "employee_id": "worker", "total_hours": "-1e7", **booked},
            {"assignment_id": "A-4", "role": "Sorcerer", "hours_per_day": 8, **booked, "project_id": "P-ROLE"},
            {"assignment_id": "A-5", "employee_id": "worker", "hours_per_day": 500, **booked, "project_id": "P-ROLE"},
        ]},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = together(base(), employed("worker"), *good(), *terms(), *prices(), *documents())
    return refreshed(write(tmp_path_factory.mktemp("bad-money"), rows))


@pytest.fixture(scope="module")
def service(firm: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(firm)
    yield opened
    opened.close()


NUMBERS = (
    "billed_revenue", "wip_commercial", "capped_value", "unpriced_hours", "recognized_revenue_ledger",
    "backlog_total", "backlog_scheduled", "tcv", "bookings_tcv", "cost_direct_other",
)  # fmt: skip


def numbers(service: MetricsService, name: str) -> dict[str, Decimal]:
    return {metric: value for metric, value in asked(service, name, NUMBERS).items() if value}


def test_each_row_that_cannot_be_used_is_named(firm: Path) -> None:
    found = records(
        firm,
        "select object, column_name, reject_value, case when reason like 'not from %' then 'out of range' else reason end"
        " from operations.ops_rejected_row"
        " where source_file like '%' || object || '.csv' and source_row > 0 and cure <> ''",
    )
    range_, number, day = "out of range", "not a number", "not a date"
    assert set(found) == {
        ("contract", "nte_amount", "-1", range_),
        ("contract", "signature_date", "2026-02-31", day),
        ("contract", "notice_days", "99999999999", range_),
        ("contract_line", "nte_amount", "-0.01", range_),
        ("contract_line", "end_date", "2025-12-31", "before start_date"),
        ("contract_line", "end_date", "2025-06-30", "before start_date"),
        ("contract_line", "valid_to", "2025-12-31", "before valid_from"),
        ("contract_line", "signed_at", "2026-02-31", day),
        ("contract_line", "expense_markup_pct", "1e18", range_),
        ("contract_line", "included_hours", "1e20", range_),
        # the contract of this line was itself rejected, that of the other never came
        ("contract_line", "contract_id", "CAP", "belongs to no known contract"),
        ("contract_line", "contract_id", "NO-SUCH", "belongs to no known contract"),
        ("rate_card", "rate", "1.234,56", number),
        ("rate_card", "rate", "1e20", range_),
        ("rate_card", "multiplier", "-1e12", range_),
        ("rate_card", "discount_pct", "1e15", range_),
        ("invoice", "issue_date", "2026-02-31", day),
        ("invoice_line", "invoice_id", "INV-DAY", "belongs to no known invoice"),
        ("invoice_line", "invoice_id", "NO-SUCH", "belongs to no known invoice"),
        ("invoice_line", "line_number", "99999999999", range_),
        ("invoice_line", "amount_untaxed", "1e20", range_),
        ("invoice_line", "amount_untaxed", "1.234,56", number),
        ("payment", "amount", "1e20", range_),
        ("revenue_schedule", "recognized_amount", "-1e20", range_),
        ("expense", "amount", "1e20", range_),
        ("assignment", "hours_per_day", "1e15", range_),
        ("assignment", "total_hours", "-1e7", range_),
    }
    assert records(firm, "select count(*) from operations.ops_rejected_row") == [(len(found),)]
    assert len(found) == 27
    assert records(firm, "select object from operations.ops_load_identity where not is_balanced") == []


def test_what_is_kept_and_doubtful_is_flagged(firm: Path) -> None:
    flagged = {
        (entity, str(record).split("|")[0], str(flags))
        for entity in (
            "contract",
            "contract_line",
            "rate_card",
            "expense",
            "milestone",
            "assignment",
            "invoice",
        )
        for record, flags in records(
            firm,
            f"select source_id, quality_flags from canonical.can_{entity} where quality_flags is not null",
        )
    }
    assert flagged == {
        ("contract", "BACK", "ends_before_it_starts"),
        ("contract", "COIN", "unknown_currency"),
        ("contract_line", "COIN-1", "unknown_currency"),
        ("rate_card", "R-COIN", "unknown_currency"),
        ("rate_card", "R-ZERO", "zero_rate_without_reason"),
        ("rate_card", "R-MINUS", "negative_rate"),
        ("expense", "X-2", "negative_amount"),
        ("milestone", "M-1", "no_amount"),
        ("assignment", "A-5", "more_than_24_hours"),
    }


def test_the_good_part_is_right(firm: Path, service: MetricsService) -> None:
    assert numbers(service, "GOOD") == {
        # the lines of the invoice, not its header, and nothing of what could not be read
        "billed_revenue": 950,
        # 5 h × 100; the milestone without an amount is worth nothing
        "wip_commercial": 500,
        "recognized_revenue_ledger": 2500,
        # 20,000 within the cap and 60,000 − 2,500 of fees
        "backlog_total": 77500,
        # five working days of 8 h × 100
        "backlog_scheduled": 4000,
        "tcv": 80000,
        # 80 − 30: the negative expense is a refund
        "cost_direct_other": 50,
    }
    assert records(
        firm, "select amount_untaxed from canonical.can_invoice where invoice_id = 'INV-GOOD'"
    ) == [(Decimal(1000),)]


def test_work_without_a_price_is_counted_as_such(service: MetricsService) -> None:
    for name in ("ZERO", "MINUS", "COMMA", "HUGE", "TIMES", "OFF"):
        assert numbers(service, name) == {"unpriced_hours": 10}, name
    # the card asks for a role that the worker has not; the plan of 5 days × 8 h for that role has a price and the
    # line no value that it could be part of
    assert numbers(service, "ROLE") == {"unpriced_hours": 10}
    # given away for a reason: that is a price
    assert numbers(service, "GIFT") == {}


def test_a_tie_of_cards_is_flagged_and_the_lowest_id_wins(firm: Path, service: MetricsService) -> None:
    assert numbers(service, "TIE") == {"wip_commercial": 1200}
    assert records(
        firm, "select time_entry_id, unit_price from marts.fct_time_entry where is_rate_ambiguous"
    ) == [("P-TIE-04", Decimal(120))]


def test_broken_terms_are_no_terms(service: MetricsService) -> None:
    # the first version of its third line stands, 3,000; the others were rejected
    assert numbers(service, "LBACK") == {"backlog_total": 3000, "tcv": 3000}
    assert numbers(service, "LCAP") == {}
    for name in ("CAP", "DAY"):  # the contract itself was rejected, so nobody can ask for it
        with pytest.raises(UnknownValue):
            numbers(service, name)
    # signed in September: neither backlog nor contracted value in June, also where the line has no date of its own
    assert numbers(service, "SOON") == {}


def test_a_currency_that_is_none_stays_in_itself(service: MetricsService) -> None:
    assert numbers(service, "COIN") == {"unpriced_hours": 4}
    answer = service.query(
        Query(
            metrics=("wip_commercial", "backlog_total"),
            by=("currency",),
            where=[Filter("contract", "=", ["COIN"])],
            currency="transaction",
        )
    )
    assert [(row["currency"], row["wip_commercial"], row["backlog_total"]) for row in answer.rows] == [
        ("ZZZ", Decimal(400), Decimal(5000))
    ]


def test_money_of_nothing_known_is_unassigned(firm: Path, service: MetricsService) -> None:
    # an invoice line, revenue and six hours (of the contract whose cap is negative)
    assert numbers(service, "Unassigned") == {
        "billed_revenue": 40, "recognized_revenue_ledger": 30, "unpriced_hours": 6,
    }  # fmt: skip
    assert records(
        firm, "select payment_id, contract_line_id, amount_reporting from marts.fct_payment order by all"
    ) == [("PAY-1", "GOOD-1", Decimal(950)), ("PAY-2", None, Decimal(60))]
