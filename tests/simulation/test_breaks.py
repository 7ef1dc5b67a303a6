"""The planted faults and the answer sheet of the breaks: what must be found is, look-alikes are not, money counts once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.__main__ import main
from simulation.events import CostRate, Firm, Holiday
from simulation.extracts import firm_file, systems
from simulation.firm import build_firm
from simulation.money_events import GlEntry, Milestone
from simulation.money_truth import MoneyTruth
from simulation.truth_breaks import CHECKS, HEADLINE_KINDS, Break, BreakTruth, higher
from tests.simulation.money_firm import (
    APRIL,
    END,
    JUNE,
    MAY,
    add_line,
    add_rate,
    bill,
    money_firm,
    quote_rate,
    work,
)

SEEDS = (1, 2, 3)
# Billing leaves out enough of the approved time of every firm.
UNPLANTED = {"T-03"}


@pytest.fixture(scope="module")
def faulty() -> dict[int, Firm]:
    return {seed: build_firm("tiny", seed, faults=True) for seed in SEEDS}


@pytest.fixture(scope="module")
def sheets(faulty: dict[int, Firm]) -> dict[int, BreakTruth]:
    return {seed: BreakTruth(firm) for seed, firm in faulty.items()}


# Planting


def test_planting_only_adds_rows_and_a_plain_firm_knows_nothing_of_it() -> None:
    plain, firm = build_firm("tiny", 4), build_firm("tiny", 4, faults=True)
    assert plain.faults == []
    assert "contract_line" not in firm_file(plain)
    assert "  contract_line: [crm, psa, erp]" in firm_file(firm)
    without, with_them = systems(plain), systems(firm)
    assert {f"{s}/{e}" for s, tables in with_them.items() for e in tables} - {
        f"{s}/{e}" for s, tables in without.items() for e in tables
    } == {"psa/contract_line", "erp/contract_line"}
    added = set()
    for system, tables in without.items():
        for entity, (header, rows) in tables.items():
            wider, more = with_them[system][entity]
            width = len(header)
            assert list(wider)[:width] == list(header)
            added |= {f"{entity}.{name}" for name in list(wider)[width:]}
            # The order too: nothing of the plain firm moves or changes.
            kept = iter(tuple(row)[:width] for row in more)
            assert all(tuple(row) in kept for row in rows), f"{system}/{entity}"
    assert added == {
        "legal_entity.holiday_location", "time_entry.work_type", "time_entry.note", "project.start_date",
        "project.end_date",
    }  # fmt: skip


def test_the_money_truth_of_a_faulty_firm_can_be_built(faulty: dict[int, Firm]) -> None:
    truth = MoneyTruth(faulty[1])
    for metric in ("wip_commercial", "billed_revenue", "tcv", "backlog_total", "project_margin"):
        assert truth.values(metric)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_faults_of_each_check_are_planted_and_all_are_found(
    seed: int, faulty: dict[int, Firm], sheets: dict[int, BreakTruth]
) -> None:
    firm, sheet = faulty[seed], sheets[seed]
    planted = Counter(fault.check_id for fault in firm.faults if fault.kind == "primary")
    assert all(planted[check_id] >= 3 for check_id in set(CHECKS) - UNPLANTED), planted
    assert {fault.check_id for fault in firm.faults if fault.kind == "near_miss"} == set(CHECKS) - UNPLANTED
    assert all(sheet.counts(check_id)["failed"] >= 3 for check_id in UNPLANTED)
    for fault in firm.faults:
        found = sheet.find(fault.check_id, fault.item_key)
        if fault.kind == "near_miss":
            assert found is None, fault
            continue
        assert found is not None, fault
        if fault.stake is not None:
            assert sum(stake.amount or 0 for stake in found.stakes) == fault.stake, fault
            assert {stake.currency for stake in found.stakes} == {fault.currency}, fault


@pytest.mark.parametrize("seed", SEEDS)
def test_one_cause_that_several_checks_see_is_claimed_once(
    seed: int, faulty: dict[int, Firm], sheets: dict[int, BreakTruth]
) -> None:
    consequences = [fault for fault in faulty[seed].faults if fault.kind == "consequential"]
    assert {fault.check_id for fault in consequences} == {"T-02", "W-08", "R-01"}
    for fault in consequences:
        found = sheets[seed].find(fault.check_id, fault.item_key)
        assert found is not None
        if fault.check_id == "T-02":
            # Worked and submitted on one day, of one rank: the check id decides who claims.
            closed = sheets[seed].find("T-08", fault.item_key)
            assert closed is not None
            assert found.event == closed.event
            assert (found.headline, closed.headline) == (found.reporting, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_primary_stakes_add_up_to_the_largest_stake_of_each_transaction(
    seed: int, sheets: dict[int, BreakTruth]
) -> None:
    stakes: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for found in sheets[seed].breaks:
        for stake in found.stakes:
            if stake.reporting is None:
                assert stake.primary is None
                continue
            assert stake.reporting >= 0
            assert stake.primary is not None
            assert stake.headline is not None
            stakes[found.check.kind, stake.transaction].append((stake.reporting, stake.primary))
            if found.check.kind in HEADLINE_KINDS:
                stakes["headline", stake.transaction].append((stake.reporting, stake.headline))
            else:
                assert stake.headline == 0
    assert any(len(claims) > 1 for claims in stakes.values())
    for claims in stakes.values():
        assert sum(primary for _, primary in claims) == max(reporting for reporting, _ in claims)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_item_is_left_out_and_every_break_is_a_failed_item(
    seed: int, faulty: dict[int, Firm], sheets: dict[int, BreakTruth]
) -> None:
    sheet, firm = sheets[seed], faulty[seed]
    failed = {
        (check_id, key)
        for check_id, outcomes in sheet.outcomes.items()
        for key, outcome in outcomes.items()
        if outcome.result == "failed"
    }
    assert failed == {(found.check_id, found.key) for found in sheet.breaks}
    assert len({found.break_id for found in sheet.breaks}) == len(failed)
    live = {e.time_entry_id: e for e in firm.time_entries}
    submitted = [
        e for e in live.values() if not e.is_deleted and e.status in ("submitted", "approved", "posted")
    ]
    assert sheet.counts("T-02")["population"] == len(submitted)
    assert sheet.counts("T-08")["population"] == sheet.counts("W-03")["population"]
    signed = [c for c in firm.money.contracts if c.signature_date and c.signature_date <= firm.as_of]
    assert sheet.counts("C-01")["population"] == len(signed)
    assert sheet.counts("R-03")["population"] == sum(c.rate_type == "bill" for c in firm.money.rate_cards)
    for found in sheet.breaks:
        assert found.event <= firm.as_of
        assert found.age > found.check.grace or found.check.grace == 0


def test_the_answers_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    answers = tmp_path / "answers" / "sheet.json"
    out = tmp_path / "firm"
    arguments = ["--size", "tiny", "--seed", "1", "--faults", "--out", str(out)]
    assert main([*arguments, "--answers", str(answers)]) == 0
    sheet = json.loads(answers.read_text(encoding="utf-8"))
    assert set(sheet["checks"]) == set(CHECKS)
    assert len(sheet["planted"]) == len(build_firm("tiny", 1, faults=True).faults)
    assert not [path for path in out.rglob("*") if "answer" in path.name or "fault" in path.name]
    with pytest.raises(SystemExit):
        main([*arguments, "--answers", str(out / "answers.json")])


# By hand: a firm of one consultant, as of Tuesday 30 June 2026


def found(firm: Firm, check_id: str, key: str) -> Break:
    hit = BreakTruth(firm).find(check_id, key)
    assert hit is not None
    return hit


def result(firm: Firm, check_id: str, key: str) -> str:
    return BreakTruth(firm).outcomes[check_id][key].result


def located(firm: Firm, *holidays: tuple[date, str | None]) -> Firm:
    firm.legal_entities = [replace(firm.legal_entities[0], holiday_location="Here")]
    firm.holidays = [
        Holiday("Here", day, None if part is None else Decimal(part), "Holiday") for day, part in holidays
    ]
    return firm


def test_business_days_leave_out_weekends_and_whole_holidays() -> None:
    friday, tuesday = date(2026, 6, 26), END
    firm = located(money_firm(), (date(2026, 6, 29), None), (tuesday, "0.5"))
    assert BreakTruth(firm).business_days(friday, tuesday, "E1") == 1
    assert BreakTruth(firm).business_days(friday, tuesday, None) == 2
    assert BreakTruth(firm).business_days(tuesday, tuesday, "E1") == 0
    assert BreakTruth(money_firm()).business_days(date(2026, 6, 23), tuesday, "E1") == 5


def test_a_submission_waits_for_more_than_two_business_days() -> None:
    firm = money_firm()
    add_rate(firm, "100")
    thursday, friday = date(2026, 6, 25), date(2026, 6, 26)
    late = work(firm, thursday, "8", status="submitted")
    in_time = work(firm, friday, "8", status="submitted")
    future = work(firm, END + timedelta(days=1), "8", status="submitted", entered_on=thursday)
    hit = found(firm, "T-02", f"time|{late}")
    assert (hit.age, hit.entity, hit.severity, hit.status) == (3, "E1", "medium", "ok")
    # 800 for five calendar days at eight per cent a year.
    assert (hit.reporting, hit.primary, hit.cash_delay_cost) == (800, 800, Decimal("0.88"))
    assert result(firm, "T-02", f"time|{in_time}") == "not_yet_due"
    assert result(firm, "T-02", f"time|{future}") == "not_applicable"
    # A holiday on the Monday gives one more day.
    assert result(located(firm, (date(2026, 6, 29), None)), "T-02", f"time|{late}") == "not_yet_due"


def test_bands_of_severity_and_service_levels() -> None:
    for stake, severity in (
        ("999.99", "low"), ("1000", "medium"), ("9999.99", "medium"), ("10000", "high"), ("50000", "critical"),
    ):  # fmt: skip
        assert higher("low", Decimal(stake)) == severity
    assert higher("high", Decimal(1000)) == "high"
    assert higher("low", None) == "low"
    firm = money_firm(contract_type="milestone", transaction_price=Decimal(100000))
    # Reached five, six, seven and eight business days ago: three of them are grace, on the next it is first seen, and
    # three more are the level of "high".
    for number, (day, amount) in enumerate(
        ((23, 900), (22, 900), (19, 900), (18, 900), (24, 60000), (25, 900)), start=1
    ):
        reached = date(2026, 6, day)
        firm.money.milestones.append(
            Milestone(f"M-{number}", "P-1", "K-1-1", "Part", Decimal(amount), "USD", None, reached, None)
        )
    sheet = BreakTruth(firm)
    levels = {b.key: (b.severity, b.age, b.status) for b in sheet.breaks if b.check_id == "B-01"}
    assert levels == {
        "milestone|M-1": ("high", 5, "ok"),
        "milestone|M-2": ("high", 6, "ok"),
        "milestone|M-3": ("high", 7, "breached"),
        "milestone|M-4": ("high", 8, "breached"),
        "milestone|M-5": ("critical", 4, "ok"),
    }
    assert sheet.outcomes["B-01"]["milestone|M-6"].result == "not_yet_due"


def test_a_milestone_that_needs_acceptance_waits_for_it_and_a_released_invoice_bills_nothing() -> None:
    firm = money_firm(contract_type="milestone", acceptance_required=True)
    for number, accepted in ((1, None), (2, MAY), (3, MAY)):
        firm.money.milestones.append(
            Milestone(f"M-{number}", "P-1", "K-1-1", "Part", Decimal(500), "USD", None, APRIL, accepted)
        )
    for number in (2, 3):
        bill(firm, f"I-{number}", JUNE, "500", line_kind="milestone")
        event = firm.money.billing_events
        bill(firm, f"X-{number}", None, "0", ("x",), line_kind="milestone")
        event[-1] = replace(
            event[-1], time_entry_id=None, milestone_id=f"M-{number}", invoice_id=f"I-{number}", amount=Decimal(500)
        )  # fmt: skip
    bill(firm, "CN-3", END, "-500", (), "credit_note", reverses="I-3", reason="rebill")
    assert result(firm, "B-01", "milestone|M-1") == "not_applicable"
    assert result(firm, "B-01", "milestone|M-2") == "passed"
    assert found(firm, "B-01", "milestone|M-3").event == MAY
    assert "milestone|M-3" not in BreakTruth(firm).outcomes["T-06"]


def test_a_partial_retry_doubles_only_its_own_lines() -> None:
    firm = money_firm("EUR")
    quote_rate(firm, "EUR", "USD", "spot", END, "1.10")
    entries = [work(firm, day, "8") for day in (MAY, MAY + timedelta(days=3), MAY + timedelta(days=4))]
    bill(firm, "I-1", date(2026, 6, 5), "800", tuple(entries))
    bill(firm, "I-2", date(2026, 6, 12), "800", tuple(entries[1:]))
    bill(firm, "I-3", date(2026, 6, 15), "800", tuple(entries[2:]))
    # A retry that was credited for a rebill, and one that was never posted, double nothing.
    bill(firm, "I-4", date(2026, 6, 16), "800", tuple(entries))
    bill(firm, "CN-4", date(2026, 6, 17), "-800", (), "credit_note", reverses="I-4", reason="rebill")
    bill(firm, "I-5", None, "800", tuple(entries))
    sheet = BreakTruth(firm)
    assert sheet.outcomes["T-06"][f"time|{entries[0]}"].result == "passed"
    twice, thrice = (sheet.find("T-06", f"time|{entry}") for entry in entries[1:])
    assert twice is not None
    assert thrice is not None
    assert (twice.event, twice.stakes[0].amount, twice.reporting) == (date(2026, 6, 12), 800, 880)
    assert (thrice.event, thrice.stakes[0].amount, thrice.reporting) == (date(2026, 6, 12), 1600, 1760)


def test_journals_that_were_reversed_double_nothing() -> None:
    firm = money_firm()
    amounts = {
        "once": (100,), "twice": (100, 100), "reversed": (100, -100), "mended": (100, 100, -100),
        "anew": (100, -100, 100), "half": (100, 50), "thrice": (100, 100, 100),
    }  # fmt: skip
    for document, journals in amounts.items():
        for number, amount in enumerate(journals):
            for account, sign in (("1100", 1), ("2500", -1)):
                firm.money.gl_entries.append(
                    GlEntry(
                        f"J-{document}-{number}", 1, "E1", account, "x", JUNE + timedelta(days=number),
                        Decimal(sign * amount), "USD", None, None, document, "billing",
                    )
                )  # fmt: skip
    sheet = BreakTruth(firm)
    stakes = {b.key: (b.event.day, b.reporting) for b in sheet.breaks if b.check_id == "T-06"}
    assert stakes == {
        "journal|E1|billing|twice": (2, 100),
        "journal|E1|billing|half": (2, 50),
        "journal|E1|billing|thrice": (2, 200),
    }
    assert sheet.counts("T-06") == {
        "population": 7,
        "passed": 4,
        "failed": 3,
        "not_yet_due": 0,
        "not_applicable": 0,
    }


def test_suspected_duplicates_are_low_until_money_says_more() -> None:
    firm = money_firm()
    add_rate(firm, "200")
    for note in ("Notes", " Notes ", "Other", None, None):
        work(firm, JUNE, "4", note=note)
    for _ in range(2):
        work(firm, JUNE + timedelta(days=1), "8", note="Notes")
    hits = {b.key: (b.severity, b.reporting) for b in BreakTruth(firm).breaks if b.check_id == "T-06"}
    assert hits == {
        "suspected|time|TE-002": ("low", 800),
        "suspected|time|TE-007": ("medium", 1600),
    }


def test_money_counts_once_by_transaction_and_kind() -> None:
    """An entry of a leaver on a closed project that nobody approved, without a price or a cost rate."""
    firm = money_firm()
    firm.employments = [replace(firm.employments[0], valid_to=JUNE)]
    firm.projects = [replace(firm.projects[0], status="closed", valid_from=APRIL)]
    add_rate(firm, "100")
    unapproved = work(firm, date(2026, 6, 10), "8", status="submitted", entered_on=date(2026, 6, 11))
    sheet = BreakTruth(firm)
    key = f"time|{unapproved}"
    claims = {b.check_id: (b.reporting, b.primary, b.headline) for b in sheet.breaks if b.key == key}
    # Exposure, leak and cash delay are kinds of their own; of the last two the headline takes the earlier clock.
    assert claims == {"W-03": (800, 800, 0), "T-08": (800, 800, 800), "T-02": (800, 800, 0)}
    # Approved and unpriced: the leak of a closed project (rank 3) claims before the missing price (rank 5).
    firm = money_firm()
    firm.projects = [replace(firm.projects[0], status="on_hold", valid_from=APRIL)]
    firm.cost_rates = [CostRate("C", "role", Decimal(60), "USD", role="Consultant")]
    work(firm, MAY, "10", project_id="P-2", is_billable=False)
    entry = work(firm, JUNE, "10")
    add_rate(firm, "0", "override", entry)
    add_rate(firm, "90", rate_type="standard")
    firm.projects.append(replace(firm.projects[0], project_id="P-2", status="active", valid_from=None))
    sheet = BreakTruth(firm)
    claims = {b.check_id: (b.reporting, b.primary, b.headline) for b in sheet.breaks}
    assert claims == {"T-08": (900, 900, 900), "R-01": (900, 0, 0)}


def test_a_missing_cost_rate_is_worth_the_average_of_the_role() -> None:
    firm = money_firm()
    rate = CostRate("C", "employee", Decimal(50), "USD", person_id="E-1", valid_to=JUNE)
    firm.cost_rates = [rate, replace(rate, cost_rate_id="D", rate=Decimal(70), valid_from=APRIL)]
    work(firm, MAY, "8")
    missing = [work(firm, JUNE, "3"), work(firm, JUNE, "-1", corrects_id="TE-002")]
    hit = found(firm, "W-08", f"day|E-1|{JUNE}")
    assert [(stake.transaction, stake.amount) for stake in hit.stakes] == [
        (f"time|{missing[0]}", 210),
        (f"time|{missing[1]}", 70),
    ]
    stranger = work(firm, JUNE, "2", person_id="U-9")
    hit = found(firm, "W-08", f"day|U-9|{JUNE}")
    assert (hit.entity, hit.stakes[0].transaction, hit.reporting) == (None, f"time|{stranger}", 140)


def test_impossible_hours_of_days_and_weeks() -> None:
    firm = located(money_firm(), (date(2026, 6, 8), None), (date(2026, 6, 9), "0.5"))
    attribute = next(row for row in firm.attributes if row.attribute == "role")
    firm.attributes.append(replace(attribute, attribute="location", value="Here"))
    add_rate(firm, "10")
    monday = date(2026, 6, 15)
    for place in range(5):
        work(firm, monday + timedelta(days=place), "16")
    work(firm, date(2026, 6, 8), "4", work_type="overtime")
    work(firm, date(2026, 6, 9), "4")
    assert not [b for b in BreakTruth(firm).breaks if b.check_id == "T-15"]
    work(firm, date(2026, 6, 8), "0.5")
    work(firm, monday + timedelta(days=1), "8.25")
    work(firm, date(2026, 6, 2), "-1")
    work(firm, date(2026, 6, 2), "9")
    hits = {b.key: (b.finding, b.event) for b in BreakTruth(firm).breaks if b.check_id == "T-15"}
    assert hits == {
        "day|E-1|2026-06-08": ("day_off", date(2026, 6, 8)),
        "day|E-1|2026-06-16": ("over_24_hours", date(2026, 6, 16)),
        "day|E-1|2026-06-02": ("negative_entry", date(2026, 6, 2)),
        "week|E-1|2026-06-15": ("over_80_hours", date(2026, 6, 19)),
    }
    week = found(firm, "T-15", "week|E-1|2026-06-15")
    # The day of 24.25 hours has claimed its entries; the week claims the other four days.
    assert (week.reporting, week.primary) == (Decimal("882.5"), 640)


def test_rates_that_tie_lose_by_date_or_id() -> None:
    firm = money_firm()
    for rate, more in (
        ("100", {}),
        ("90", {}),
        ("130", {"valid_from": MAY}),
        ("500", {"rate_type": "standard"}),
    ):
        add_rate(firm, rate, role="Consultant", **more)
    add_rate(firm, "70")
    work(firm, APRIL, "2")
    work(firm, JUNE, "3")
    hits = {
        b.key: ([s.amount for s in b.stakes], b.event)
        for b in BreakTruth(firm).breaks
        if b.check_id == "R-03"
    }
    # In April RC-1 wins by id over RC-2; in June RC-3 wins by date over both. RC-5 matches less, and never ties.
    assert hits == {"card|RC-2": ([20, 120], APRIL), "card|RC-1": ([90], JUNE)}
    assert BreakTruth(firm).counts("R-03") == {
        "population": 4,
        "passed": 2,
        "failed": 2,
        "not_yet_due": 0,
        "not_applicable": 0,
    }


def test_values_of_lines_in_several_systems() -> None:
    firm = money_firm("EUR", "fixed_fee", transaction_price=Decimal(1000))
    quote_rate(firm, "EUR", "USD", "spot", APRIL, "1.25")
    line = firm.money.contract_lines[0]
    add_line(firm, 2, "fixed_fee", transaction_price=Decimal(1000), signed_at=JUNE)
    later = firm.money.contract_lines[1]

    def outcome(copy: object) -> tuple[str, str | None]:
        firm.money.line_copies = {"psa": [copy]}  # type: ignore[list-item]
        said = BreakTruth(firm).outcomes["C-03"]
        return said["line|K-1-1|psa"].result, said["line|K-1-1|psa"].reason

    assert outcome(replace(line, transaction_price=Decimal(1005))) == ("passed", None)
    assert outcome(replace(line, transaction_price=Decimal("1005.01"))) == ("failed", "differs")
    assert outcome(replace(line, transaction_price=Decimal(1250), currency="USD")) == ("passed", None)
    assert outcome(replace(line, transaction_price=Decimal(1260), currency="USD")) == ("failed", "differs")
    assert outcome(replace(line, currency="JPY")) == ("failed", "no_exchange_rate")
    tomorrow = END + timedelta(days=1)
    assert outcome(replace(line, signed_at=tomorrow))[0] == "not_applicable"
    assert outcome(replace(line, transaction_price=Decimal(1), valid_from=tomorrow))[1] == "not yet due"
    assert outcome(replace(line, contract_line_id="K-1-9"))[0] == "not_applicable"
    quote_rate(firm, "EUR", "USD", "spot", END, "1.20")
    # Two systems that differ on one line are one sum of money: what PSA and ERP claim together is the larger.
    firm.money.line_copies = {
        "psa": [
            replace(line, transaction_price=Decimal(1100)),
            replace(later, transaction_price=Decimal(1200)),
        ],
        "erp": [replace(line, transaction_price=Decimal(1300))],
    }
    hits = {b.key: (b.reporting, b.primary, b.event) for b in BreakTruth(firm).breaks if b.check_id == "C-03"}
    assert hits == {
        "line|K-1-1|erp": (360, 360, APRIL),
        "line|K-1-1|psa": (120, 0, APRIL),
        "line|K-1-2|psa": (240, 240, APRIL),
    }


def test_a_contract_without_a_project_is_worth_its_first_bill() -> None:
    monday = date(2026, 6, 29)
    firm = money_firm(
        contract_type="retainer", project_id=None, period_fee=Decimal(700), transaction_price=Decimal(8400)
    )
    add_line(
        firm,
        2,
        "subscription",
        project_id="P-404",
        period_fee=Decimal(50),
        start_date=END + timedelta(days=1),
    )
    hit = found(firm, "C-01", "contract|K-1")
    assert (hit.reporting, hit.display, hit.event, hit.entity) == (700, (Decimal(8400), "USD"), APRIL, "E1")
    firm.money.contracts = [replace(firm.money.contracts[0], signature_date=monday)]
    assert result(firm, "C-01", "contract|K-1") == "not_yet_due"
    firm.money.contracts = [replace(firm.money.contracts[0], signature_date=date(2026, 6, 26))]
    assert found(firm, "C-01", "contract|K-1").age == 2
    firm.money.contracts = [replace(firm.money.contracts[0], status="cancelled")]
    assert result(firm, "C-01", "contract|K-1") == "not_applicable"


def test_approved_time_is_posted_once_any_invoice_names_it() -> None:
    firm = money_firm()
    add_rate(firm, "100")
    wednesday, friday = date(2026, 6, 24), date(2026, 6, 26)
    posted = work(firm, wednesday, "8")
    bill(firm, "I-1", None, "800", (posted,))
    late, in_time = work(firm, wednesday, "8"), work(firm, friday, "8")
    inside = work(firm, wednesday, "8", is_billable=False)
    waits = work(firm, wednesday, "8", status="submitted")
    hit = found(firm, "T-03", f"time|{late}")
    assert (hit.check.kind, hit.severity, hit.headline) == ("misstatement", "high", 0)
    assert hit.reporting is not None
    assert hit.reporting >= 800
    assert result(firm, "T-03", f"time|{posted}") == "passed"
    assert result(firm, "T-03", f"time|{in_time}") == "not_yet_due"
    assert result(firm, "T-03", f"time|{inside}") == "not_applicable"
    assert f"time|{waits}" not in BreakTruth(firm).outcomes["T-03"]
