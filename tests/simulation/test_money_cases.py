"""Acceptance cases of the money metrics, checked by hand, each with a second variant; and single rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from simulation.events import Firm
from simulation.money_events import Expense, Milestone
from simulation.truth_backlog import BacklogTruth
from simulation.truth_facts import Ground
from simulation.truth_margin import MarginTruth
from simulation.truth_revenue import RevenueTruth
from simulation.truth_staffing import StaffingTruth
from simulation.truth_wip import WipTruth
from tests.simulation.money_firm import (
    APRIL,
    END,
    JUNE,
    MAY,
    add_line,
    add_rate,
    bill,
    ground,
    money_firm,
    quote_rate,
    recognize,
    work,
)


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def wip(firm: Firm, metric: str, day: date, currency: str = "transaction") -> Decimal:
    return WipTruth(ground(firm)).values(metric, day, currency=currency).get((), Decimal(0))


# Case 2: 100 h, standard 200, contract 180, billed 16,200


def test_case_2_realization() -> None:
    firm = money_firm()
    add_rate(firm, "200", rate_type="standard")
    add_rate(firm, "180", "contract", "K-1", role="Consultant")
    entries = tuple(work(firm, day, "10") for day in days(JUNE, 10))
    assert wip(firm, "unbilled_tm_time", END) == 18000
    bill(firm, "I-1", date(2026, 6, 20), "16200", entries)
    truth = RevenueTruth(ground(firm))
    assert truth.rate_realization(by=()) == {(): Fraction(9, 10)}
    assert truth.average_bill_rate(by=()) == {(): Fraction(180)}
    billed = truth.ground.total(truth.billed(), by=("month",), measures=("billed_revenue",))
    assert billed == {(JUNE,): Decimal(16200)}
    # Billed whole: the 1,800 not billed are a write-down and no longer work in progress.
    assert wip(firm, "wip_commercial", END) == 0
    assert Fraction(16200, 18000) * Fraction(9, 10) * Fraction(15876, 16200) == Fraction("0.7938")


def test_case_2_by_discount_in_pounds_over_two_months() -> None:
    firm = money_firm("GBP", discount_pct=Decimal(4))
    add_rate(firm, "200", rate_type="standard")
    add_rate(firm, "200", "customer", "C-1", discount_pct=Decimal("6.25"))
    for day in days(MAY, 5) + days(JUNE, 5):
        work(firm, day, "10")
    # 200 × 0.9375 × 0.96 = 180; no exchange rate is needed in the contract's currency.
    truth = RevenueTruth(ground(firm))
    assert truth.rate_realization(currency="transaction", by=("month",)) == {
        (MAY,): Fraction(9, 10),
        (JUNE,): Fraction(9, 10),
    }
    assert truth.rate_realization(currency="reporting", by=()) == {}
    assert truth.unpriced_hours(currency="transaction", by=()) == {}
    assert truth.unpriced_hours(currency="reporting", by=()) == {(): Decimal(100)}
    assert wip(firm, "unbilled_tm_time", date(2026, 5, 31)) == 9000


# Case 5: cap 50,000; 48,000 used; 12 h × 300


def test_case_5_cap_of_a_line() -> None:
    firm = money_firm(nte_amount=Decimal(50000))
    add_rate(firm, "300")
    for day in days(APRIL, 16):
        work(firm, day, "10")
    assert wip(firm, "wip_commercial", END) == 48000
    work(firm, JUNE, "12")
    assert wip(firm, "wip_commercial", END) == 50000
    assert wip(firm, "capped_value", END) == 1600
    assert wip(firm, "wip_commercial", date(2026, 5, 31)) == 48000
    assert wip(firm, "capped_value", date(2026, 5, 31)) == 0


def test_case_5_cap_of_a_contract_with_invoices_and_a_concession() -> None:
    firm = money_firm()
    firm.money.contracts[0] = replace(firm.money.contracts[0], nte_amount=Decimal(50000))
    add_rate(firm, "300")
    billed = tuple(work(firm, day, "10") for day in days(APRIL, 10))
    for day in days(MAY, 6):
        work(firm, day, "10")
    work(firm, JUNE, "12")
    bill(firm, "I-1", MAY, "30000", billed)
    assert wip(firm, "wip_commercial", END) == 20000
    assert wip(firm, "capped_value", END) == 1600
    # A net credit restores room; the credited hours stay billed.
    bill(firm, "CN-1", date(2026, 6, 15), "-1000", (), "credit_note", reverses="I-1", reason="concession")
    assert wip(firm, "wip_commercial", END) == 21000
    assert wip(firm, "capped_value", END) == 600
    assert wip(firm, "capped_value", date(2026, 6, 14)) == 1600


# Case 8: backlog roll with exchange rates


def roll(firm: Firm, after: date, until: date, currency: str) -> dict[str, Decimal]:
    truth = BacklogTruth(ground(firm))
    found = truth.ground.total(truth.rollforward(after, until), currency=currency, by=("measure",))
    return {str(key[0]).removeprefix("backlog_rollforward_"): value for key, value in found.items()}


def test_case_8_backlog_roll() -> None:
    firm = money_firm("EUR", "fixed_fee", transaction_price=Decimal(100000))
    add_line(firm, 2, "fixed_fee", signed_at=date(2026, 6, 10), transaction_price=Decimal(50000))
    recognize(firm, date(2026, 6, 15), "30000")
    for day, rate in ((date(2026, 5, 29), "1.10"), (date(2026, 6, 10), "1.12"), (END, "1.08")):
        quote_rate(firm, "EUR", "USD", "spot", day, rate)
    quote_rate(firm, "EUR", "USD", "average", END, "1.11")
    # 31 May is a Sunday: the rate of Friday holds.
    found = {name: value for name, value in roll(firm, date(2026, 5, 31), END, "reporting").items() if value}
    assert found == {
        "opening": 110000,
        "new_bookings": 56000,
        "revenue": -33300,
        "fx": -3100,
        "closing": 129600,
    }
    assert roll(firm, date(2026, 5, 31), END, "transaction") == {
        "opening": 100000,
        "new_bookings": 50000,
        "revenue": -30000,
        "fx": 0,
        "closing": 120000,
    }


def test_case_8_with_a_reduction_and_an_overrun_by_inverse_rates() -> None:
    firm = money_firm("EUR", "fixed_fee", transaction_price=Decimal(20000))
    first = firm.money.contract_lines[0]
    reduced = replace(
        first, line_version=2, signed_at=date(2026, 6, 10), valid_from=date(2026, 6, 10),
        transaction_price=Decimal(10000), change_kind="cancellation",
    )  # fmt: skip
    firm.money.contract_lines = [replace(first, valid_to=date(2026, 6, 10)), reduced]
    recognize(firm, date(2026, 6, 15), "12000")
    for day, rate in ((date(2026, 5, 29), "0.8"), (date(2026, 6, 10), "0.78125"), (END, "0.8")):
        quote_rate(firm, "USD", "EUR", "spot", day, rate)
    quote_rate(firm, "USD", "EUR", "average", END, "0.625")
    # Opening 20,000 at 1.25; −10,000 at 1.28; revenue −12,000 at 1.6; overrun 2,000 at 1.28; closing nothing.
    found = roll(firm, date(2026, 5, 31), END, "reporting")
    assert found == {
        "opening": 25000,
        "cancellations": -12800,
        "revenue": -19200,
        "overrun": 2560,
        # 20,000 × 0.03 until 10 June; −12,000 × (1.28 − 1.6) on the 15th; nothing is left to revalue after it.
        "fx": 4440,
        "closing": 0,
    }
    truth = BacklogTruth(ground(firm))
    assert truth.values("backlog_overrun", END, currency="transaction") == {(): Decimal(2000)}
    booked = truth.ground.total(truth.bookings(), currency="transaction", by=("month",))
    assert booked == {(APRIL,): Decimal(20000), (JUNE,): Decimal(-10000)}


# Case 13: rebill


def rebilled(credited: date, again: date) -> Firm:
    firm = money_firm()
    add_rate(firm, "100")
    entry_id = work(firm, APRIL, "10")
    bill(firm, "I-1", date(2026, 4, 10), "1000", (entry_id,))
    bill(firm, "CN-1", credited, "-1000", (), "credit_note", reverses="I-1", reason="rebill")
    bill(firm, "I-2", again, "900", (entry_id,), "rebill")
    return firm


def test_case_13_rebill() -> None:
    truth = RevenueTruth(ground(rebilled(date(2026, 4, 20), date(2026, 4, 20))))
    total = truth.ground.total
    assert total(truth.billed(), by=(), measures=("billed_revenue",)) == {(): Decimal(900)}
    assert total(truth.billed(), by=(), measures=("credit_notes",)) == {(): Decimal(1000)}


def test_case_13_with_the_rebill_in_the_next_month() -> None:
    firm = rebilled(date(2026, 4, 20), date(2026, 5, 4))
    truth = RevenueTruth(ground(firm))
    billed = truth.ground.total(truth.billed(), by=("month",), measures=("billed_revenue",))
    assert billed == {(APRIL,): Decimal(0), (MAY,): Decimal(900)}
    # On any past date: billed, released by the credit, billed again.
    by_day = {
        day: wip(firm, "wip_commercial", date(2026, *day)) for day in ((4, 9), (4, 10), (4, 20), (5, 4))
    }
    assert by_day == {(4, 9): 1000, (4, 10): 0, (4, 20): 1000, (5, 4): 0}


# Single rules


def test_drafts_stay_in_work_in_progress_and_late_approvals_are_not_in_it_yet() -> None:
    firm = money_firm()
    add_rate(firm, "100")
    entry_id = work(firm, MAY, "8", approved=date(2026, 5, 20))
    bill(firm, "D-1", None, "800", (entry_id,))
    assert wip(firm, "unbilled_unapproved_time", date(2026, 5, 15)) == 800
    assert wip(firm, "unbilled_tm_time", date(2026, 5, 15)) == 0
    assert wip(firm, "unbilled_unapproved_time", date(2026, 5, 20)) == 0
    assert wip(firm, "unbilled_tm_time", END) == 800
    assert WipTruth(ground(firm)).age(END) == {(): Fraction(60)}


def test_a_retainer_bucket_splits_the_hour_on_its_boundary_and_specialists_never_draw_it() -> None:
    firm = money_firm(
        contract_type="retainer", included_hours=Decimal(10), eligible_roles="Consultant,Analyst",
    )  # fmt: skip
    add_rate(firm, "220")
    for day in days(JUNE, 2):
        work(firm, day, "8")
    assert wip(firm, "unbilled_overage", JUNE) == 0
    assert wip(firm, "unbilled_overage", END) == 6 * 220
    assert wip(firm, "unbilled_tm_time", END) == 0
    firm.attributes = [
        a if a.attribute != "role" else a.__class__("E-1-1", "role", "Partner", a.valid_from, None)
        for a in firm.attributes
    ]
    assert wip(firm, "unbilled_overage", END) == 16 * 220


def test_expenses_are_marked_up_on_what_they_cost() -> None:
    firm = money_firm()
    add_line(firm, 2, "expense", expense_markup_pct=Decimal(10))
    for number, recoverable in enumerate((None, False)):
        firm.money.expenses.append(
            Expense(
                f"X-{number}", "E-1", "P-1", MAY, "travel", Decimal(120), Decimal(20), recoverable, "USD", True,
                "approved", MAY,
            )
        )  # fmt: skip
    assert wip(firm, "unbilled_expense", END) == 110 + 132
    margin = MarginTruth(Ground(firm), RevenueTruth(Ground(firm)))
    assert margin.values("cost_passthrough", by=("contract_type",)) == {("expense",): Decimal(220)}


def test_a_milestone_waits_for_its_acceptance() -> None:
    for required, first in ((True, date(2026, 5, 9)), (None, date(2026, 5, 2))):
        firm = money_firm(
            contract_type="milestone", transaction_price=Decimal(500), acceptance_required=required
        )
        firm.money.milestones.append(
            Milestone(
                "M-1",
                "P-1",
                "K-1-1",
                "Delivery",
                Decimal(500),
                "USD",
                MAY,
                date(2026, 5, 2),
                date(2026, 5, 9),
            )
        )
        assert wip(firm, "unbilled_milestone", first - timedelta(days=1)) == 0
        assert wip(firm, "unbilled_milestone", first) == 500


def test_levels_ties_and_zero_rates() -> None:
    firm = money_firm()
    pricer_rows = (
        ("100", "firm", None, {}),
        ("110", "practice", "A", {}),
        ("120", "customer", "C-1", {}),
        ("130", "project", "P-1", {"role": "Consultant", "region": "Americas"}),
        ("135", "project", "P-1", {"person_id": "E-1"}),
        ("140", "contract", "K-1", {"role": "Consultant"}),
        ("141", "contract", "K-1", {"role": "Consultant"}),
        ("150", "contract", "K-1", {"person_id": "E-1"}),
        ("0", "override", "TE-001", {}),
    )
    entry_id = work(firm, MAY, "1")
    found = []
    for rate, scope, scope_id, more in pricer_rows:
        add_rate(firm, rate, scope, scope_id, **more)
        truth = WipTruth(ground(firm))
        resolved = truth.rates[entry_id]
        assert resolved is not None
        found.append((resolved.level, resolved.unit, resolved.is_ambiguous))
    assert found == [
        ("firm", 100, False),
        ("practice_region", 110, False),
        ("customer", 120, False),
        ("project", 130, False),
        ("project", 135, False),
        ("contract_role", 140, False),
        ("contract_role", 140, True),
        ("contract_person", 150, False),
        ("override", None, False),
    ]
    assert RevenueTruth(ground(firm)).unpriced_hours(by=("contract_type",)) == {
        ("time_and_materials",): Decimal(1)
    }


def test_a_recurring_line_is_hard_up_to_the_day_on_which_the_customer_may_leave() -> None:
    firm = money_firm(
        contract_type="retainer",
        transaction_price=Decimal(9100),
        period_fee=Decimal(3000),
        termination_date=date(2026, 5, 31),
    )
    recognize(firm, date(2026, 4, 30), "3000")
    truth = BacklogTruth(ground(firm))

    def at(metric: str, day: date) -> Decimal:
        return truth.values(metric, day)[()]

    # 91 days at 100 a day; 61 of them until 31 May.
    assert at("backlog_total", MAY) == 6100
    assert at("backlog_hard", MAY) == 3100
    assert at("backlog_soft", MAY) == 3000
    # From June on the customer may leave on any day.
    assert at("backlog_hard", date(2026, 6, 10)) == 4100


def test_an_estimate_expires_with_its_term() -> None:
    firm = money_firm(estimated_value=Decimal(1000), end_date=date(2026, 5, 31))
    recognize(firm, date(2026, 4, 30), "300")
    truth = BacklogTruth(ground(firm))
    assert truth.values("backlog_total", date(2026, 5, 31)) == {(): Decimal(700)}
    assert truth.values("backlog_total", JUNE) == {(): Decimal(0)}
    found = roll(firm, date(2026, 5, 31), JUNE, "transaction")
    assert found == {"opening": 700, "expiries": -700, "fx": 0, "closing": 0}


def test_bench_counts_neither_missing_nor_productive_time() -> None:
    firm = money_firm()
    for day in days(JUNE, 3):
        work(firm, day, "8")
    work(firm, date(2026, 6, 4), "8", project_id="P-IDLE")
    firm.projects.append(
        firm.projects[0].__class__("P-IDLE", "Available", None, None, None, "idle", False, None, "active")
    )
    truth = StaffingTruth(ground(firm))
    # 1 to 5 June: 40 hours, 24 worked, 8 missing. 29 and 30 June lie after the cut-off, 28 June, with nothing booked.
    assert truth.cut_off == date(2026, 6, 28)
    assert truth.values("bench_hours", by=("month",))[(JUNE,)] == 8 + 16
