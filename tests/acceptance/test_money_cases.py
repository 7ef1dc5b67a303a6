"""Money cases that were worked by hand, with two variants each, through extracts, models and the metrics service."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.acceptance.mini_firm import Rows, base, employed, refreshed, together, write
from tests.acceptance.money_rows import asked, card, contract, hours_on, invoice, line, project
from tieout.metrics_service import MetricsService

FIRST_TEN_WORKING_DAYS = (1, 2, 3, 4, 8, 9, 10, 11, 12, 15)


def case_2() -> list[dict[str, Rows]]:
    """Standard 200 for everybody; what the contract pays differs."""
    ten = FIRST_TEN_WORKING_DAYS
    return [
        card("R-STANDARD", 200, rate_type="standard"),
        # the case: 100 h at 180, billed 16,200
        project("P-RATE"), contract("RATE"), line("RATE-1", "RATE", "P-RATE"),
        card("R-RATE", 180, scope="contract", scope_id="RATE"),
        hours_on("P-RATE", ten, 10, invoice_id="INV-RATE"),
        invoice("INV-RATE", "2026-06-30", [{"contract_line_id": "RATE-1", "amount_untaxed": 16200}]),
        # a discount of the line: 100 h at 240 less 5 % = 228; billed 22,000 less a concession of 300
        project("P-DISC"), contract("DISC"), line("DISC-1", "DISC", "P-DISC", discount_pct=5),
        card("R-DISC", 240, scope="project", scope_id="P-DISC"),
        hours_on("P-DISC", ten, 10, invoice_id="INV-DISC"),
        invoice("INV-DISC", "2026-06-29", [{"contract_line_id": "DISC-1", "amount_untaxed": 22000}]),
        invoice("CN-DISC", "2026-06-30", [{"contract_line_id": "DISC-1", "amount_untaxed": 300}],
                kind="credit_note", credit_reason="quality", reverses_invoice_id="INV-DISC"),
        # 60 h at 180 until the 9th, 40 h at 150 from the 10th; ten more have no price
        project("P-STEP"), contract("STEP"), line("STEP-1", "STEP", "P-STEP"),
        card("R-STEP-1", 180, scope="contract", scope_id="STEP", valid_to="2026-06-10"),
        card("R-STEP-2", 150, scope="contract", scope_id="STEP", valid_from="2026-06-10", valid_to="2026-06-16"),
        hours_on("P-STEP", ten, 10), hours_on("P-STEP", [16], 10),
        invoice("INV-STEP", "2026-06-30", [{"contract_line_id": "STEP-1", "amount_untaxed": 9000},
                                           {"contract_line_id": "STEP-1", "amount_untaxed": 6500}]),
    ]  # fmt: skip


def case_5() -> list[dict[str, Rows]]:
    """100 h × 300 billed on 12 June, 60 h × 300 wait, then 12 h × 300 on the 18th; the cap is 50,000."""
    late = (2, 3, 4, 9, 10, 11)
    rows: list[dict[str, Rows]] = [
        card(f"R-{name}", 300, scope="contract", scope_id=name) for name in ("NTE", "BACK", "BOTH")
    ]
    for name in ("NTE", "BACK"):
        rows += [
            project(f"P-{name}"), contract(name),
            line(f"{name}-1", name, f"P-{name}", nte_amount=50000),
            hours_on(f"P-{name}", [1], 100, invoice_id=f"INV-{name}"),
            invoice(f"INV-{name}", "2026-06-12", [{"contract_line_id": f"{name}-1", "amount_untaxed": 30000}]),
            hours_on(f"P-{name}", late, 10), hours_on(f"P-{name}", [18], 12),
        ]  # fmt: skip
    return [
        *rows,
        # a concession of 1,000 on the 22nd gives as much room back
        invoice("CN-BACK", "2026-06-22", [{"contract_line_id": "BACK-1", "amount_untaxed": 1000}],
                kind="credit_note", credit_reason="quality", reverses_invoice_id="INV-BACK"),
        # one cap of the contract over two lines: the first has billed, the second waits, then the first works
        contract("BOTH", nte_amount=50000),
        project("P-BOTH-1"), line("BOTH-1", "BOTH", "P-BOTH-1"),
        project("P-BOTH-2"), line("BOTH-2", "BOTH", "P-BOTH-2"),
        hours_on("P-BOTH-1", [1], 100, invoice_id="INV-BOTH"),
        invoice("INV-BOTH", "2026-06-12", [{"contract_line_id": "BOTH-1", "amount_untaxed": 30000}]),
        hours_on("P-BOTH-2", late, 10), hours_on("P-BOTH-1", [18], 12),
    ]  # fmt: skip


def case_8() -> list[dict[str, Rows]]:
    """Backlog in euro, reported in dollars."""
    spots = {"05-04": "1.09", "05-29": "1.10", "06-10": "1.12", "06-24": "1.09", "06-30": "1.08"}
    euro = {"from_currency": "EUR", "to_currency": "USD"}
    rates: Rows = [
        *(
            {**euro, "rate_type": "spot", "rate_date": f"2026-{day}", "rate": rate}
            for day, rate in spots.items()
        ),
        {**euro, "rate_type": "average", "rate_date": "2026-06-01", "rate": "1.11"},
    ]
    german = {"legal_entity_id": "DE01", "legal_entity_name": "DE01", "functional_currency": "EUR"}
    rows: list[dict[str, Rows]] = [{"fx_rate": rates, "legal_entity": [german]}]
    fixed = {"contract_type": "fixed_fee", "currency": "EUR"}
    for name, entity in (("ROLL", "US01"), ("ORDER", "DE01"), ("CANCEL", "US01")):
        revenue = {"revenue_schedule_line_id": f"RS-{name}", "contract_line_id": f"{name}-1",
                   "period_start": "2026-06-01", "period_end": "2026-06-30", "recognized_amount": 30000,
                   "currency": "EUR", "posting_date": "2026-06-17", "status": "posted"}  # fmt: skip
        rows += [
            project(f"P-{name}", legal_entity_id=entity),
            contract(name, currency="EUR", legal_entity_id=entity),
            line(f"{name}-1", name, f"P-{name}", transaction_price=100000, **fixed),
            {"revenue_schedule": [revenue]},
        ]
    later = {"line_version": 2, "signed_at": "2026-06-10", "valid_from": "2026-06-10"}
    gone = {"line_version": 2, "signed_at": "2026-06-24", "valid_from": "2026-06-24"}
    return [
        *rows,
        # the case: a second line is signed on the 10th
        line("ROLL-2", "ROLL", "P-ROLL", transaction_price=50000, signed_at="2026-06-10", **fixed),
        # the same as a change order of the line, sold by an entity that counts in euro
        line("ORDER-1", "ORDER", "P-ORDER", transaction_price=150000, **fixed, **later),
        # no booking; on the 24th the client cancels 20,000
        line(
            "CANCEL-1",
            "CANCEL",
            "P-CANCEL",
            transaction_price=80000,
            change_kind="cancellation",
            **fixed,
            **gone,
        ),
    ]


def case_13() -> list[dict[str, Rows]]:
    """10 h × 100 worked on the 2nd, invoiced on the 5th at 1,000, credited on the 15th."""
    rows: list[dict[str, Rows]] = []
    for name in ("REBILL", "GRANT", "WAIT"):
        content = {"contract_line_id": f"{name}-1", "amount_untaxed": 1000}
        event = {"kind": "time", "contract_line_id": f"{name}-1", "time_entry_id": f"P-{name}-02",
                 "currency": "USD", "status": "invoiced"}  # fmt: skip
        rows += [
            project(f"P-{name}"), contract(name), line(f"{name}-1", name, f"P-{name}"),
            card(f"R-{name}", 100, scope="contract", scope_id=name), hours_on(f"P-{name}", [2], 10),
            invoice(f"INV-{name}", "2026-06-05", [content]),
            {"billing_event": [
                {"billing_event_id": f"BE-{name}-1", "amount": 1000, "invoice_id": f"INV-{name}", **event},
                *([{"billing_event_id": f"BE-{name}-2", "amount": 900, "invoice_id": f"NEW-{name}", **event}]
                  if name != "GRANT" else []),
            ]},
            invoice(f"CN-{name}", "2026-06-15", [content if name != "GRANT" else content | {"amount_untaxed": 100}],
                    kind="credit_note", credit_reason="rebill" if name != "GRANT" else "quality",
                    reverses_invoice_id=f"INV-{name}"),
        ]  # fmt: skip
        if name != "GRANT":
            rows.append(invoice(f"NEW-{name}", "2026-06-20", [content | {"amount_untaxed": 900}], kind="rebill",
                                status="posted" if name == "REBILL" else "draft"))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MetricsService]:
    rows = together(base(), employed("worker"), *case_2(), *case_5(), *case_8(), *case_13())
    opened = MetricsService.open(refreshed(write(tmp_path_factory.mktemp("money"), rows)))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 100 × 180 = 18,000 of 100 × 200 = 20,000
        ("RATE", ("0.9", "180", "16200", "0")),
        # 100 × 228 = 22,800 of 20,000: the standard rate is before the line's discount; 22,000 − 300
        ("DISC", ("1.14", "228", "21700", "0")),
        # 60 × 180 + 40 × 150 = 16,800 of 20,000; the ten hours without a price are in neither
        ("STEP", ("0.84", "168", "15500", "10")),
    ],
)
def test_case_2_pricing_and_billing(service: MetricsService, name: str, expected: tuple[str, ...]) -> None:
    metrics = ("rate_realization", "average_bill_rate", "billed_revenue", "unpriced_hours")
    found = asked(service, name, metrics)
    assert [round(found[metric], 9) for metric in metrics] == [Decimal(value) for value in expected]


@pytest.mark.parametrize(
    ("name", "by_day"),
    [
        # cap 50,000 − 30,000 billed = room for 20,000: 18,000 wait, of 3,600 more only 2,000 fit
        ("NTE", {"2026-06-17": (18000, 0), "2026-06-18": (20000, 1600), "2026-06-30": (20000, 1600)}),
        ("BOTH", {"2026-06-17": (18000, 0), "2026-06-18": (20000, 1600), "2026-06-30": (20000, 1600)}),
        # 29,000 net billed from the 22nd: room for 21,000
        ("BACK", {"2026-06-18": (20000, 1600), "2026-06-21": (20000, 1600), "2026-06-22": (21000, 600)}),
    ],
)
def test_case_5_not_to_exceed(service: MetricsService, name: str, by_day: dict[str, tuple[int, int]]) -> None:
    metrics = ("wip_commercial", "capped_value")
    found = {day: asked(service, name, metrics, day) for day in by_day}
    assert {day: tuple(found[day][metric] for metric in metrics) for day in by_day} == by_day


ROLL = ("opening", "new_bookings", "change_orders", "cancellations", "revenue", "fx", "closing")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 100,000 @1.10; 50,000 @1.12; −30,000 @1.11; 120,000 @1.08
        ("ROLL", (110000, 56000, 0, 0, -33300, -3100, 129600)),
        ("ORDER", (110000, 0, 56000, 0, -33300, -3100, 129600)),
        # 100,000 @1.10; −20,000 @1.09; −30,000 @1.11; 50,000 @1.08: 54,000 − 110,000 + 21,800 + 33,300
        ("CANCEL", (110000, 0, 0, -21800, -33300, -900, 54000)),
    ],
)
def test_case_8_backlog_roll(service: MetricsService, name: str, expected: tuple[int, ...]) -> None:
    every = (*ROLL, "re_estimates", "expiries", "overrun", "reclass")
    found = asked(service, name, tuple(f"backlog_rollforward_{part}" for part in every))
    assert tuple(found.values()) == (*expected, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "money", "waiting"),
    [
        # credited whole and invoiced anew at 900: 1,000 − 1,000 + 900; the hours wait in between
        ("REBILL", (900, 1000), {"2026-06-04": 1000, "2026-06-05": 0, "2026-06-15": 1000, "2026-06-20": 0}),
        # a concession of 100 releases nothing
        ("GRANT", (900, 100), {"2026-06-04": 1000, "2026-06-05": 0, "2026-06-15": 0, "2026-06-30": 0}),
        # credited, and the new invoice is a draft
        ("WAIT", (0, 1000), {"2026-06-14": 0, "2026-06-15": 1000, "2026-06-20": 1000, "2026-06-30": 1000}),
    ],
)
def test_case_13_rebill(
    service: MetricsService, name: str, money: tuple[int, int], waiting: dict[str, int]
) -> None:
    assert tuple(asked(service, name, ("billed_revenue", "credit_notes")).values()) == money
    assert {
        day: asked(service, name, ("wip_commercial",), day)["wip_commercial"] for day in waiting
    } == waiting
