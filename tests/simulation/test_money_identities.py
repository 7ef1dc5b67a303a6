"""What must hold of the simulated firm's money whatever its numbers are, and that each odd case is there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from simulation.firm import build_firm
from simulation.truth_backlog import ROLL_LINES, BacklogTruth, committed, estimated
from simulation.truth_facts import CURRENCIES, Ground
from simulation.truth_margin import MarginTruth
from simulation.truth_revenue import MONTHLY, RevenueTruth
from simulation.truth_wip import PARTS, WipTruth

CENT = Decimal("0.01")
SLICE = ("practice", "entity", "contract_type")


@pytest.fixture(scope="module")
def tiny() -> Ground:
    return Ground(build_firm("tiny", 1))


@pytest.fixture(scope="module")
def some_days(tiny: Ground) -> list[date]:
    return [tiny.firm.as_of - timedelta(days=n) for n in (0, 1, 15, 30, 46, 61, 90)]


def test_the_parts_of_work_in_progress_are_its_total(tiny: Ground, some_days: list[date]) -> None:
    truth = WipTruth(tiny)
    for day in some_days:
        for currency in CURRENCIES:
            parts: dict[object, Decimal] = defaultdict(Decimal)
            for part in PARTS:
                for key, value in truth.values(part, day, "as_was", currency, SLICE).items():
                    parts[key] += value
            assert dict(parts) == truth.values("wip_commercial", day, "as_was", currency, SLICE)


def test_slices_add_up_in_both_modes(tiny: Ground, some_days: list[date]) -> None:
    wip, backlog = WipTruth(tiny), BacklogTruth(tiny)
    for day in some_days:
        for truth, metric in ((wip, "wip_commercial"), (backlog, "backlog_total")):
            whole = truth.values(metric, day).get((), Decimal(0))
            for mode in ("as_was", "as_is"):
                assert sum(truth.values(metric, day, mode, by=SLICE).values(), Decimal(0)) == whole


def test_backlog_is_hard_and_soft_and_scheduled_and_not(tiny: Ground, some_days: list[date]) -> None:
    truth = BacklogTruth(tiny)
    for day in some_days:
        for line_id in truth.lines:
            balance = truth.balance(line_id, day)
            assert Decimal(0) <= balance.hard <= balance.total
            assert Decimal(0) <= balance.scheduled <= balance.total
            assert balance.overrun == 0 or balance.total == 0


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_roll_ties_per_line_and_month_to_month(tiny: Ground, currency: str) -> None:
    truth = BacklogTruth(tiny)
    ends = [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    closed: dict[tuple[object, ...], Decimal] = {}
    for after, until in pairwise(ends):
        facts = truth.rollforward(after, until)
        assert {fact.measure for fact in facts} <= set(ROLL_LINES)
        # A line that some rate is missing for has no roll in that currency.
        gaps = {fact.line for fact in facts if fact.amounts[currency] is None}
        facts = [fact for fact in facts if fact.line not in gaps]
        total = tiny.total(facts, currency=currency, by=("line",))
        closing = tiny.total(
            facts, currency=currency, by=("line",), measures=("backlog_rollforward_closing",)
        )
        opening = tiny.total(
            facts, currency=currency, by=("line",), measures=("backlog_rollforward_opening",)
        )
        for key, value in closing.items():
            assert abs(total[key] - 2 * value) < CENT, (until, key)
            assert abs(opening.get(key, Decimal(0)) - closed.get(key, Decimal(0))) < CENT, (until, key)
            straight = truth.values("backlog_total", until, currency=currency, by=("line",))
            assert abs(straight[key] - value) < CENT
        closed = closing


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_roll_of_the_weeks_is_that_of_the_months(tiny: Ground, currency: str) -> None:
    truth = BacklogTruth(tiny)
    after, until = date(2026, 3, 31), date(2026, 6, 30)
    whole = tiny.total(truth.rollforward(after, until), currency=currency, by=("measure", *SLICE))
    parts: dict[object, Decimal] = defaultdict(Decimal)
    while after < until:
        end = min(after + timedelta(days=7), until)
        rolled = tiny.total(truth.rollforward(after, end), currency=currency, by=("measure", *SLICE))
        for key, value in rolled.items():
            if not str(key[0]).endswith(("_opening", "_closing")):
                parts[key] += value
        after = end
    for key, value in whole.items():
        if not str(key[0]).endswith(("_opening", "_closing")):
            assert parts.get(key, Decimal(0)) == value, key


def test_what_an_owner_gives_another_takes(tiny: Ground) -> None:
    truth = BacklogTruth(tiny)
    after, until = date(2025, 12, 31), date(2026, 6, 30)
    moved = [
        (line, day)
        for line in truth.lines
        for day in (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        if tiny.book.side(line, day) != tiny.book.side(line, day - timedelta(days=1))
        and truth.balance(line, day - timedelta(days=1)).total
    ]
    assert moved, "no line with backlog changed its owner"
    for line, day in moved:
        before = day - timedelta(days=1)
        facts = [fact for fact in truth.rollforward(before, day) if fact.line == line]
        given = tiny.total(
            facts,
            currency="transaction",
            by=("practice", "entity"),
            measures=("backlog_rollforward_reclass",),
        )
        held = truth.balance(line, before).total
        assert given[tiny.book.side(line, before)] == -held
        assert given[tiny.book.side(line, day)] == held


def test_bookings_add_up_to_contracted_value(tiny: Ground) -> None:
    truth = BacklogTruth(tiny)
    booked = tiny.total(truth.bookings(), currency="transaction", by=("line",))
    for line_id in truth.lines:
        versions = [v for v in tiny.book.versions[line_id] if tiny.book.taken_effect(v)]
        if versions and not any(version.change_kind == "re_estimate" for version in versions):
            assert booked[(line_id,)] == committed(versions[-1]) + estimated(versions[-1])


def test_amendments_are_the_differences_of_the_versions(tiny: Ground) -> None:
    lines = {(v.contract_line_id, v.signed_at): v for v in tiny.firm.money.contract_lines}
    assert tiny.firm.money.amendments
    for amendment in tiny.firm.money.amendments:
        after = lines[amendment.contract_line_id, amendment.signature_date]
        before = tiny.book.versions[after.contract_line_id][after.line_version - 2]
        worth = committed(after) + estimated(after) - committed(before) - estimated(before)
        assert amendment.amount_delta == worth


def test_margin_is_the_sum_of_its_parts(tiny: Ground) -> None:
    revenue = RevenueTruth(tiny)
    margin = MarginTruth(tiny, revenue)
    for currency in CURRENCIES:
        whole = margin.values("project_margin", currency=currency, by=())[()]
        slices = margin.values("project_margin", "as_is", currency, MONTHLY)
        assert sum(slices.values(), Decimal(0)) == whole  # type: ignore[arg-type]
        recognized = tiny.total(revenue.recognized(), currency=currency)[()]
        costs = sum(
            margin.values(name, currency=currency, by=())[()]  # type: ignore[misc]
            for name in ("labour", "cost_direct_other", "cost_passthrough")
        )
        assert recognized - costs == whole


@pytest.mark.parametrize(("size", "seed"), [("tiny", 1), ("tiny", 3), ("tiny", 7), ("small", 2)])
def test_books_balance_and_invoices_are_their_lines(size: str, seed: int) -> None:
    money = build_firm(size, seed).money
    journals: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for entry in money.gl_entries:
        journals[entry.journal_id][0] += entry.amount
        journals[entry.journal_id][1] += entry.functional_amount or 0
    assert journals
    assert {tuple(sums) for sums in journals.values()} == {(Decimal(0), Decimal(0))}
    lines: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in money.invoice_lines:
        lines[line.invoice_id][0] += line.amount_untaxed
        lines[line.invoice_id][1] += line.amount_tax
    for invoice in money.invoices:
        assert lines[invoice.invoice_id] == [invoice.amount_untaxed, invoice.amount_tax]
    events: dict[str, Decimal] = defaultdict(Decimal)
    for event in money.billing_events:
        if event.invoice_line_id:
            events[event.invoice_line_id] += event.amount
    credited = {invoice.invoice_id for invoice in money.invoices if invoice.kind == "credit_note"}
    for line in money.invoice_lines:
        if line.invoice_id not in credited:
            assert events[line.invoice_line_id] == line.amount_untaxed
    owed = {invoice.invoice_id: invoice.amount_due for invoice in money.invoices}
    assert min(owed.values()) >= 0


@pytest.mark.parametrize(("size", "seed"), [("tiny", 1), ("tiny", 3), ("small", 2)])
def test_every_case_of_money_is_there(size: str, seed: int) -> None:
    base = Ground(build_firm(size, seed))
    money, wip = base.firm.money, WipTruth(base)
    signed = {c.contract_id for c in money.contracts if c.signature_date}
    types: dict[str, set[str]] = defaultdict(set)
    for line in money.contract_lines:
        types[line.contract_id].add(line.contract_type)
    levels = {rate.level for rate in wip.rates.values() if rate}
    kinds = {(invoice.kind, invoice.status) for invoice in money.invoices}
    counts = {
        "billing models": len(set().union(*(types[c] for c in signed))) == 8,
        "several models in one contract": sum(len(found) > 2 for found in types.values()),
        "verbal contracts": len(money.contracts) - len(signed),
        "reductions": sum(a.amount_delta < 0 and a.change_kind == "change_order" for a in money.amendments),
        "cancellations": sum(a.change_kind == "cancellation" for a in money.amendments),
        "line of another entity than the contract": sum(
            line.legal_entity_id not in (None, base.book.contracts[line.contract_id].legal_entity_id)
            for line in money.contract_lines
        ),
        "levels seen": len(levels) >= 6,
        "levels offered": len({card.scope for card in money.rate_cards}) == 7,
        "ambiguous": sum(rate is not None and rate.is_ambiguous for rate in wip.rates.values()),
        "unpriced": sum(rate is None or rate.unit is None for rate in wip.rates.values()),
        "over a cap": len(wip.values("capped_value", base.firm.as_of, currency="transaction", by=("line",))),
        "overage": len(wip.values("unbilled_overage", base.firm.as_of, currency="transaction", by=("line",))),
        "drafts": ("invoice", "draft") in kinds,
        "void": ("invoice", "void") in kinds,
        "credit notes": ("credit_note", "posted") in kinds,
        "rebills": any(kind == "rebill" for kind, _ in kinds),
        "partly paid": sum(0 < i.amount_due < i.amount_untaxed for i in money.invoices),
        "generic bookings": sum(row.person_id is None for row in money.assignments),
        "soft bookings": sum(row.is_hard is False for row in money.assignments),
        "milestones not accepted": sum(
            m.completed_date is not None and m.accepted_date is None for m in money.milestones
        ),
        "contracts without ledger revenue": len(
            signed - {base.book.last[row.contract_line_id].contract_id for row in money.revenue_lines}
        ),
        "passed on": sum(bill.is_pass_through is True for bill in money.vendor_bills),
        "contractors' bills": sum(bill.person_id is not None for bill in money.vendor_bills),
    }
    print(counts)
    assert [name for name, count in counts.items() if not count] == []
