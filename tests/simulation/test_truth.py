"""The oracle itself: hand-checked cases, and the identities that its numbers must keep."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from simulation.events import (
    AttributeRow,
    CalendarDay,
    CostRate,
    Employment,
    Firm,
    FxRate,
    Holiday,
    Leave,
    LegalEntity,
    Person,
    Practice,
    ProjectVersion,
    TimeEntry,
)
from simulation.firm import build_firm
from simulation.oddities import count
from simulation.organisation import ROLE_TARGETS
from simulation.truth import COSTS, METRICS, MODES, SUMS, Truth
from simulation.truth_people import value_on

JUNE = date(2026, 6, 1)
SEED = Path(__file__).parents[2] / "seeds/role_utilization_target.csv"


@pytest.fixture(scope="module")
def tiny() -> Truth:
    return Truth(build_firm("tiny", 1))


@pytest.fixture(scope="module")
def small() -> Truth:
    return Truth(build_firm("small", 1))


def attribute(name: str, value: str, start: date = date(2020, 1, 1), end: date | None = None) -> AttributeRow:
    return AttributeRow("E-1-1", name, value, start, end)


def entry(number: int, day: date, hours: str, **changes: object) -> TimeEntry:
    plain = TimeEntry(
        f"TE-{number}",
        "E-1",
        None,
        "P-1",
        None,
        day,
        Decimal(hours),
        "approved",
        True,
        None,
        None,
        day,
        day,
        False,
    )
    return plain._replace(**changes)


def one_person_firm() -> Firm:
    """Acceptance case 1: 0.8 of 8 hours, June 2026 with one holiday, two days of leave, 92 billable hours."""
    firm = Firm("hand", 0, JUNE, date(2026, 6, 30))
    firm.legal_entities = [LegalEntity("US01", "US", "USD", "US", "Americas", 1, None, "US_GAAP")]
    firm.practices = [Practice("A", "Alpha", None), Practice("B", "Beta", None)]
    firm.calendar_days = [CalendarDay("C", weekday, Decimal(8), True, "Week") for weekday in range(1, 6)]
    firm.holidays = [Holiday("Here", date(2026, 6, 19), None, "Holiday")]
    firm.people = [Person("E-1", "Consultant 0001", "1", "consultant@firm.example", "U-1")]
    firm.employments = [Employment("E-1-1", "E-1", True, None, date(2020, 1, 1), None)]
    firm.attributes = [
        attribute("practice", "A"),
        attribute("legal_entity", "US01"),
        attribute("location", "Here"),
        attribute("calendar", "C"),
        attribute("fte", "0.8"),
        attribute("role", "Consultant"),
    ]
    firm.leaves = [
        Leave("L-1", "E-1", None, None, "vacation", None, "approved", date(2026, 6, 8), date(2026, 6, 10))
    ]
    firm.projects = [ProjectVersion("P-1", "Work", "C-1", "A", "US01", "client", True, "USD", "active")]
    days = [date(2026, 6, 1) + timedelta(days=n) for n in range(30)]
    work = [day for day in days if day.weekday() < 5 and day not in (date(2026, 6, 19), *days[7:9])][:16]
    firm.time_entries = [entry(number, day, "5.75") for number, day in enumerate(work)]
    return firm


def test_acceptance_case_1_capacity() -> None:
    truth = Truth(one_person_firm())
    key = (JUNE, "Alpha", "US01")
    assert truth.values("capacity_standard_hours") == {key: Decimal("140.8")}
    assert truth.values("capacity_gross_hours") == {key: Decimal("134.4")}
    assert truth.values("capacity_net_hours") == {key: Decimal("121.6")}
    assert truth.values("billable_hours") == {key: Decimal(92)}
    for name, percent in (("_std", "65.3"), ("", "68.5"), ("_net", "75.7")):
        ratio = truth.values(f"billable_utilization{name}")[key]
        assert isinstance(ratio, Fraction)
        assert round(float(ratio) * 100, 1) == float(percent)


def test_acceptance_case_10_mid_month_transfer() -> None:
    firm = one_person_firm()
    firm.attributes[0] = attribute("practice", "A", end=date(2026, 6, 16))
    firm.attributes.append(attribute("practice", "B", date(2026, 6, 16)))
    firm.time_entries = [entry(1, date(2026, 6, 15), "5"), entry(2, date(2026, 6, 16), "6")]
    truth = Truth(firm)
    assert truth.values("billable_hours", by=["practice"]) == {("Alpha",): Decimal(5), ("Beta",): Decimal(6)}
    assert truth.values("billable_hours", "as_is", by=["practice"]) == {("Beta",): Decimal(11)}
    # 15 June is a Monday: the week is cut between Monday and Tuesday, so a surplus cannot fill the other practice.
    assert truth.values("missing_hours", by=["practice"])[("Alpha",)] == Decimal("6.4") * 8 + Decimal("1.4")


def test_a_long_unpaid_leave_of_two_requests_leaves_gross_and_its_holiday_is_not_taken_twice() -> None:
    firm = one_person_firm()
    firm.time_entries = []
    firm.leaves = [
        Leave("L-1", "E-1", None, None, "unpaid", True, "approved", date(2026, 6, 1), date(2026, 6, 16)),
        Leave("L-2", "E-1", None, None, "unpaid", True, "approved", date(2026, 6, 16), date(2026, 7, 1)),
    ]
    assert Truth(firm).total("capacity_gross_hours") == 0
    assert Truth(firm).total("capacity_walk_holidays") == 0
    firm.long_unpaid_leave_days = 31
    assert Truth(firm).total("capacity_gross_hours") == Decimal("134.4")
    assert Truth(firm).total("capacity_net_hours") == 0


def test_cost_rounds_each_line_half_away_from_zero_and_converts_in_two_steps() -> None:
    firm = one_person_firm()
    firm.legal_entities[0] = LegalEntity("US01", "UK", "GBP", "GB", "Europe", 4, None, "IFRS")
    firm.time_entries = [
        entry(1, date(2026, 6, 1), "0.5"),
        entry(2, date(2026, 6, 1), "-0.5"),
        entry(3, date(2026, 6, 2), "2", person_id="E-9"),
    ]
    firm.cost_rates = [CostRate("R", "role", Decimal("10.01"), "EUR", role="Consultant")]
    firm.fx_rates = [
        FxRate("EUR", "USD", "spot", date(2026, 6, 1), Decimal("1.1")),
        FxRate("EUR", "USD", "spot", date(2026, 6, 2), Decimal("1.2")),
        FxRate("USD", "GBP", "average", date(2026, 6, 30), Decimal("0.75")),
        FxRate("EUR", "USD", "budget", date(2024, 1, 1), Decimal("1.3")),
    ]
    truth = Truth(firm)
    first, second, stranger = (truth.cost_of(row)[0] for row in firm.time_entries)
    assert first["transaction"] == Decimal("5.01")
    assert second["transaction"] == Decimal("-5.01")
    # EUR to GBP over the pivot: 1.15 × 0.75 = 0.8625; GBP to USD inverted: 1.3333333333.
    assert first["functional"] == Decimal("4.321125")
    assert first["reporting"] == Decimal("5.761500")
    assert first["constant"] == Decimal("6.513000")
    assert set(stranger.values()) == {None}
    assert truth.total("uncosted_hours") == 2


def test_the_narrowest_cost_rate_wins_and_ties_have_an_order() -> None:
    firm = one_person_firm()
    firm.time_entries = [entry(1, date(2026, 6, 1), "1")]
    rates = [
        CostRate("Z", "role", Decimal(1), "USD", role="Consultant"),
        CostRate("Y", "role_entity", Decimal(2), "USD", role="Consultant", legal_entity_id="US01"),
        CostRate("X", "employee", Decimal(3), "USD", person_id="E-1"),
        CostRate("W", "employee", Decimal(4), "USD", person_id="E-1", valid_from=JUNE),
        CostRate("V", "employee", Decimal(5), "USD", person_id="E-1", valid_from=JUNE),
        CostRate("U", "employee", Decimal(6), "USD", person_id="E-1", employment_id="E-1-1"),
        CostRate("T", "project_employee", Decimal(7), "USD", person_id="E-1", project_id="P-1"),
        CostRate("S", "project_employee", Decimal(8), "USD", person_id="E-1", project_id="P-2"),
        CostRate("R", "employee", Decimal(9), "USD", person_id="E-1", employment_id="E-1-2"),
    ]
    # Taking the winner away leaves the next one, down to none.
    for winner in ("T", "U", "V", "W", "X", "Y", "Z"):
        firm.cost_rates = rates
        found = Truth(firm).rate_of(firm.time_entries[0])
        assert found is not None
        assert found.cost_rate_id == winner
        rates = [rate for rate in rates if rate is not found]
    firm.cost_rates = rates
    assert Truth(firm).rate_of(firm.time_entries[0]) is None


def test_overlaps_gaps_and_late_starts_of_an_attribute() -> None:
    rows = [
        AttributeRow("E", "level", "1", date(2026, 1, 1), date(2026, 3, 1)),
        AttributeRow("E", "level", "2", date(2026, 2, 1), None, known=1),
        AttributeRow("E", "level", "3", date(2026, 1, 10), date(2026, 1, 20), known=2),
        AttributeRow("E", "level", "none", date(2026, 1, 5), date(2026, 1, 5)),
    ]
    found = {day: value_on(rows, date(2026, 1, day)) for day in (1, 5, 10, 19, 20)}
    assert found == {1: "1", 5: "1", 10: "3", 19: "3", 20: "1"}
    assert value_on(rows, date(2025, 12, 31)) is None
    assert value_on(rows, date(2026, 2, 15)) == "2"
    assert value_on(rows[:1], date(2026, 12, 31)) == "1"


def test_statuses_and_categories_land_where_they_should() -> None:
    firm = one_person_firm()
    day = date(2026, 6, 2)
    truth = Truth(firm)
    assert set(truth.hours_of(entry(1, day, "1", status="submitted"))) == {"recorded", "worked", "unapproved"}
    for status in ("draft", "rejected"):
        assert truth.hours_of(entry(1, day, "1", status=status)) == {}
    for status in ("posted", "not_recorded"):
        assert "billable" in truth.hours_of(entry(1, day, "1", status=status))
    assert "credited" in truth.hours_of(entry(1, day, "1", is_billable=False, is_credited=True))
    assert "unbilled_client" in truth.hours_of(entry(1, day, "1", is_billable=False))


def test_targets_agree_with_the_seed() -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        assert {row["role"]: Decimal(row["target"]) for row in csv.DictReader(file)} == ROLE_TARGETS


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_every_odd_case_is_there(size: str, tiny: Truth, small: Truth) -> None:
    truth = tiny if size == "tiny" else small
    found = count(truth.firm, truth)
    print(f"\n{size}")
    for name, number in found.items():
        print(f"  {name:<62}{number:>8}")
    assert [name for name, number in found.items() if number <= 0] == []
    # A case that counts by key would vanish from the counts when it no longer occurs.
    assert len(found) == 97, "cases were added or lost: state the new number"


@pytest.mark.parametrize("population", ["billable_resources", "firm"])
@pytest.mark.parametrize("mode", MODES)
def test_the_walk_closes_exactly_in_every_cell(mode: str, population: str, small: Truth) -> None:
    def line(name: str) -> dict[tuple[object, ...], Decimal]:
        found = small.values(f"capacity_walk_{name}", mode, population=population)
        return {key: Decimal(str(value)) for key, value in found.items()}

    lines = {
        name.removeprefix("capacity_walk_"): line(name.removeprefix("capacity_walk_"))
        for name in SUMS
        if "_walk_" in name
    }
    keys = {key for found in lines.values() for key in found}
    assert len(keys) > 200

    def at(name: str, key: tuple[object, ...]) -> Decimal:
        return lines[name].get(key, Decimal(0))

    for key in keys:
        to_gross = ("standard", "pattern_effect", "long_unpaid_leave", "holidays")
        assert sum(at(name, key) for name in to_gross) == at("gross", key)
        assert at("gross", key) + at("leave", key) == at("net", key)
        to_billable = (
            "net",
            "credited_and_unbilled",
            "internal_and_training",
            "recorded_idle",
            "unapproved",
            "missing",
            "above_capacity",
        )
        assert sum(at(name, key) for name in to_billable) == at("billable", key), key


@pytest.mark.parametrize("mode", MODES)
def test_slices_add_up_to_the_total(mode: str, small: Truth) -> None:
    for metric in (*SUMS, *COSTS):
        for by in (
            ["practice"],
            ["entity"],
            ["month"],
            ["role", "location"],
            ["resource_practice"],
            ["employee"],
        ):
            slices = small.values(metric, mode, by=by)
            assert sum(Decimal(str(value)) for value in slices.values()) == small.total(metric, mode), (
                metric,
                by,
            )


def test_modes_move_hours_between_slices_but_not_the_total(small: Truth) -> None:
    for metric in METRICS:
        assert small.total(metric, "as_was") == small.total(metric, "as_is"), metric
        if metric not in ("uncosted_hours",):
            assert small.values(metric, "as_was") != small.values(metric, "as_is"), metric


def test_recorded_hours_are_the_sum_of_their_parts(small: Truth) -> None:
    parts = ("billable", "credited", "unbilled_client", "internal", "training", "idle", "unapproved")
    for population in ("billable_resources", "firm", "everyone"):
        total = sum(Decimal(str(small.total(f"{part}_hours", population=population))) for part in parts)
        assert total == small.total("recorded_hours", population=population)


def test_missing_rates_are_hours_and_never_zero(small: Truth) -> None:
    totals = {
        mode: small.total("uncosted_hours", currency=mode)
        for mode in ("transaction", "functional", "constant")
    }
    assert len(set(totals.values())) == 3
    assert all(value is not None and value > 0 for value in totals.values())


def test_each_currency_is_summed_by_itself(small: Truth) -> None:
    currencies = {key[3] for key in small.by_currency("cost_standard", "as_was", "transaction")}
    assert currencies == {"USD", "GBP", "EUR", "CHF", "JPY"}
    assert {key[3] for key in small.by_currency("cost_standard", "as_was", "functional")} == {
        "USD",
        "GBP",
        "EUR",
    }


def test_cost_has_the_projects_practice_and_hours_the_persons(tiny: Truth) -> None:
    projects = tiny.values("cost_standard", by=["practice"])
    people = tiny.values("cost_standard", by=["resource_practice"])
    assert projects.keys() | people.keys() >= {("Unassigned",)}
    assert projects != people
    with pytest.raises(ValueError, match="capacity_gross_hours has no project"):
        tiny.values("capacity_gross_hours", by=["project"])


def test_days_and_weeks_add_up_to_months() -> None:
    firm = build_firm("tiny", 1)
    daily, monthly = Truth(firm, grain="day"), Truth(firm)
    for metric in (*SUMS, *COSTS):
        assert daily.values(metric) == monthly.values(metric), metric
        weeks = daily.values(metric, by=["week"])
        assert sum(Decimal(str(value)) for value in weeks.values()) == monthly.total(metric)
    with pytest.raises(ValueError, match="grain month has no week"):
        monthly.values("billable_hours", by=["week"])


def second_job(firm: Firm) -> None:
    """A second employment of the same person from 10 June: 0.25 of the week, not primary, in practice Beta."""
    firm.employments.append(Employment("E-1-2", "E-1", False, None, date(2026, 6, 10), None))
    for row in list(firm.attributes):
        value = {"practice": "B", "fte": "0.25"}.get(row.attribute, row.value)
        firm.attributes.append(AttributeRow("E-1-2", row.attribute, value, date(2026, 6, 10), None))


def test_work_and_leave_of_someone_with_two_employments() -> None:
    firm = one_person_firm()
    second_job(firm)
    firm.time_entries = [
        entry(1, date(2026, 6, 11), "1"),
        entry(2, date(2026, 6, 11), "2", employment_id="E-1-2"),
        entry(3, date(2026, 6, 1), "4", employment_id="E-1-2"),
    ]
    firm.leaves = [
        Leave("L-1", "E-1", None, None, "vacation", None, "approved", date(2026, 6, 24), date(2026, 6, 25)),
        Leave(
            "L-2", "E-1", None, Decimal(1), "medical", None, "approved", date(2026, 6, 25), date(2026, 6, 26)
        ),
        Leave(
            "L-3",
            "E-1",
            "E-1-2",
            Decimal(9),
            "medical",
            None,
            "approved",
            date(2026, 6, 26),
            date(2026, 6, 27),
        ),
        Leave("L-4", "E-1", None, None, "vacation", None, "rejected", date(2026, 6, 29), date(2026, 7, 1)),
    ]
    truth = Truth(firm)
    # The third entry names a job that had not begun: it counts there, outside the employment, without capacity.
    assert truth.values("billable_hours", by=["practice"]) == {("Alpha",): Decimal(1), ("Beta",): Decimal(6)}
    assert truth.values("overtime_hours", by=["practice"])[("Beta",)] == 4
    # 15 weekdays from 10 June, of which one is a holiday.
    assert truth.values("capacity_gross_hours", by=["practice"]) == {
        ("Alpha",): Decimal("134.4"),
        ("Beta",): 28,
    }
    # A whole day takes both jobs', hours without a job take the primary one's, and never more than the day has.
    assert truth.values("capacity_walk_leave", by=["practice"]) == {
        ("Alpha",): Decimal("-7.4"),
        ("Beta",): -4,
    }


def test_patterns_half_holidays_and_contingent_people() -> None:
    firm = one_person_firm()
    firm.time_entries = []
    firm.leaves = [
        Leave("L", "E-1", None, None, "vacation", None, "approved", date(2026, 6, 18), date(2026, 6, 20))
    ]
    firm.holidays = [
        Holiday("Here", date(2026, 6, 18), Decimal("0.5"), "Half a day"),
        Holiday("Here", date(2026, 6, 19), None, "A free Friday"),
        Holiday("There", date(2026, 6, 22), None, "Elsewhere"),
    ]
    hours = (10, 10, 4, 6)
    firm.calendar_days = [
        CalendarDay("C", day, Decimal(h), False, "Own") for day, h in enumerate(hours, start=1)
    ]
    truth = Truth(firm)
    # June 2026 has five Mondays and Tuesdays, and four of the others; FTE is in the pattern already.
    assert truth.total("capacity_walk_pattern_effect") == Decimal(140) - Decimal("140.8")
    assert truth.total("capacity_walk_holidays") == -3
    assert truth.total("capacity_walk_leave") == -3
    firm.attributes.append(attribute("employment_type", "contingent"))
    firm.time_entries = [entry(1, date(2026, 6, 2), "8")]
    truth = Truth(firm)
    assert truth.total("contingent_hours") == 8
    assert truth.total("capacity_standard_hours", population="everyone") == 0
    assert truth.total("billable_hours", population="firm") is None
    assert truth.total("billable_utilization", population="firm") is None


def test_variance_counts_only_people_with_a_target() -> None:
    firm = one_person_firm()
    # 92 hours over 134.4, against the role's 0.80.
    assert Truth(firm).total("utilization_target_variance") == Fraction(92) / Fraction("134.4") - Fraction(
        "0.8"
    )
    firm.attributes.append(attribute("utilization_target", "0.5"))
    assert Truth(firm).total("utilization_target_variance") == Fraction(92) / Fraction("134.4") - Fraction(
        "0.5"
    )
    firm.attributes = [row for row in firm.attributes if row.attribute not in ("utilization_target", "role")]
    assert Truth(firm).total("utilization_target_variance") is None


def test_strangers_and_future_deleted_and_repeated_rows() -> None:
    firm = one_person_firm()
    day = date(2026, 6, 2)
    firm.time_entries = [
        entry(1, day, "3", person_id="nobody"),
        entry(2, date(2026, 7, 1), "8"),
        entry(3, day, "5", is_deleted=True),
        entry(4, day, "6"),
        entry(4, day, "7"),
        entry(5, day, "-2", corrects_id="TE-4"),
    ]
    truth = Truth(firm)
    june = (JUNE, JUNE)
    assert truth.values("billable_hours", population="firm", by=["practice", "entity"], months=june) == {
        ("Unassigned", "Unassigned"): Decimal(3),
        ("Alpha", "US01"): Decimal(5),
    }
    assert truth.total("billable_hours", months=june) == 5
    assert truth.total("capacity_walk_above_capacity", population="firm", months=june) == 3
