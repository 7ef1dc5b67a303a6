"""The people: a cast of ten whose careers hold every odd case, and an ordinary crowd around them.

In firms of more than sixty people the cast repeats once per sixty, so that odd cases keep their share.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from simulation.events import AttributeRow, CostRate, Person
from simulation.organisation import FULL_TIME_CALENDAR, LEVELS, LOCATIONS, PRACTICES
from simulation.plan import EmploymentPlan, PersonPlan
from simulation.window import HEADCOUNT, Window

CAST_EVERY = 60
ROLE_MIX = (
    ["Partner"]
    + ["Principal"] * 2
    + ["Manager"] * 3
    + ["Senior Consultant"] * 5
    + ["Consultant"] * 6
    + ["Analyst"] * 3
)
PROMOTION = {"Analyst": "Consultant", "Consultant": "Senior Consultant", "Senior Consultant": "Manager"}
EMPLOYEE_RATE = {
    "Partner": 190,
    "Principal": 150,
    "Manager": 115,
    "Senior Consultant": 92,
    "Consultant": 71,
    "Analyst": 52,
    "Operations Specialist": 48,
    "Contractor": 88,
}
FACTOR = {"USD": Decimal(1), "GBP": Decimal("0.79"), "EUR": Decimal("0.92")}
CURRENCY = {"US01": "USD", "UK01": "GBP", "DE01": "EUR"}


def person(number: int) -> Person:
    """Ids of both systems; the PSA numbers people in an order of its own."""
    return Person(
        person_id=f"E-{number:04d}",
        name=f"Consultant {number:04d}",
        employee_number=f"{10000 + number}",
        email=f"consultant.{number:04d}@firm.example",
        psa_id=f"U-{(number * 7919) % 99991:05d}",
    )


def new_employment(
    plan: PersonPlan,
    start: date,
    entity: str,
    role: str,
    practice: str,
    *,
    location: str | None = None,
    calendar: str | None = None,
    fte: str = "1",
    manager: str = "E-0001",
    primary: bool | None = True,
) -> EmploymentPlan:
    """One more employment of that person, with every attribute set from its first day."""
    hired = EmploymentPlan(
        f"{plan.person.person_id}-{len(plan.employments) + 1}",
        plan.person.person_id,
        start,
        is_primary=primary,
    )
    for attribute, value in {
        "practice": practice,
        "department": f"DEP-{practice}",
        "manager": manager,
        "cost_center": f"CC-{entity}-{practice}",
        "location": location or LOCATIONS[entity][0],
        "legal_entity": entity,
        "employment_status": "active",
        "employment_type": "permanent",
        "fte": fte,
        "calendar": calendar or FULL_TIME_CALENDAR[entity],
        "role": role,
        "level": LEVELS[role],
        "is_billable_resource": "true",
    }.items():
        hired.set(attribute, start, value)
    plan.employments.append(hired)
    return hired


def move_entity(employment: EmploymentPlan, when: date, entity: str, location: str) -> None:
    for attribute, value in {
        "legal_entity": entity,
        "location": location,
        "calendar": FULL_TIME_CALENDAR[entity],
        "cost_center": f"CC-{entity}-MOVED",
    }.items():
        employment.set(attribute, when, value)


def own_rates(plan: PersonPlan, rng: random.Random, window: Window) -> None:
    """A rate of the person's own, raised in the middle of a month."""
    first = plan.employments[0]
    entity = first.value("legal_entity", first.start) or "US01"
    role = first.value("role", first.start) or "Consultant"
    base = Decimal(EMPLOYEE_RATE[role]) * FACTOR[CURRENCY[entity]] + Decimal(rng.randrange(-400, 900)) / 100
    raised = (base * Decimal("1.03")).quantize(Decimal("0.01"))
    when = window.mid_month(rng.uniform(0.1, 0.9))
    number = plan.person.person_id[2:]
    for letter, rate, begin, end in (("A", base, None, when), ("B", raised, when, None)):
        plan.rates.append(
            CostRate(
                f"CR-{number}-{letter}",
                "employee",
                rate.quantize(Decimal("0.01")),
                CURRENCY[entity],
                person_id=plan.person.person_id,
                valid_from=begin,
                valid_to=end,
            )
        )


# The cast. Each function plans one career; dates are shares of the window, so that a tiny firm holds them too.


def _mover(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Changes practice, manager and location mid-month; will change again after the as-of date.

    Two unpaid leaves that touch are one long leave.
    """
    job = new_employment(plan, date(2021, 3, 1), "US01", "Consultant", "DATA")
    job.set("practice", window.mid_month(0.25), "CLOUD")
    job.set("department", window.mid_month(0.25), "DEP-CLOUD")
    job.set("manager", window.mid_month(0.6), "E-0003")
    job.set("location", window.mid_month(0.75), "Chicago")
    job.set("practice", window.as_of + timedelta(days=15), "STRAT")
    job.set("role", window.as_of + timedelta(days=15), "Senior Consultant")
    first = window.monday(0.4)
    plan.leave(first, first + timedelta(days=17), kind="parental", unpaid=True)
    plan.leave(first + timedelta(days=17), first + timedelta(days=33), kind="parental", unpaid=True)
    own_rates(plan, rng, window)
    plan.work_after_as_of = [window.as_of + timedelta(days=n) for n in (1, 2, 8)]


def _transferred(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Moves to another legal entity mid-month; a level is backdated without closing the older row.

    An unpaid leave of 20 days is ordinary leave.
    """
    job = new_employment(plan, date(2020, 9, 1), "US01", "Senior Consultant", "CLOUD", manager="E-0003")
    move_entity(job, window.mid_month(0.45), "UK01", "London")
    job.drop("level")
    backdated = window.mid_month(0.3)
    plan.extra_rows += [
        AttributeRow(job.employment_id, "level", "L3", job.start, None),
        AttributeRow(job.employment_id, "level", "L4", backdated, None),
    ]
    first = window.monday(0.7)
    plan.leave(first, first + timedelta(days=20), kind="unpaid", unpaid=True)
    plan.leave(window.monday(0.15), window.monday(0.15) + timedelta(days=3), kind="vacation")


def _fte_part_timer(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """0.8 of a full-time week, with a target of her own, a long unpaid leave, half days and leave on a holiday."""
    job = new_employment(plan, date(2018, 5, 14), "UK01", "Manager", "STRAT", fte="0.8")
    job.set("utilization_target", job.start, "0.60")
    job.set("utilization_target", window.mid_month(0.35), "0.7")
    first = window.day(0.55)
    plan.leave(first, first + timedelta(days=35), kind="sabbatical", unpaid=True)
    for share in (0.2, 0.22):
        day = window.monday(share) + timedelta(days=1)
        plan.leave(day, day + timedelta(days=1), hours="3", kind="medical")
    easter_monday = date(2026, 4, 6)
    plan.leave(easter_monday, easter_monday + timedelta(days=3), kind="vacation")
    own_rates(plan, rng, window)


def _own_pattern(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Works Monday to Wednesday on a pattern of their own, later Monday to Thursday; holidays fall on free days."""
    job = new_employment(
        plan,
        date(2022, 1, 10),
        "DE01",
        "Senior Consultant",
        "CYBER",
        calendar="PT-3D",
        fte="0.6",
        location="Berlin",
    )
    change = window.mid_month(0.7)
    job.set("calendar", change, "PT-4D")
    job.set("fte", change, "0.75")
    plan.leave(date(2026, 4, 3), date(2026, 4, 8), kind="vacation")


def _boomerang(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Leaves mid-month, books two days afterwards, and is hired again in another practice and entity."""
    first = new_employment(plan, date(2023, 2, 1), "US01", "Consultant", "FIN", location="Chicago")
    first.end = window.mid_month(0.3)
    first.termination_reason = "voluntary"
    again = new_employment(plan, window.day(0.65), "UK01", "Senior Consultant", "DATA")
    again.set("manager", window.mid_month(0.9), "E-0003")
    plan.work_after_end = [first.end, first.end + timedelta(days=1)]
    own_rates(plan, rng, window)


def _two_jobs(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Two employments at once, in two entities; leave with and without the employment named."""
    main = new_employment(plan, date(2021, 10, 1), "DE01", "Principal", "DATA", fte="0.6", location="Munich")
    side = new_employment(
        plan, window.day(0.2), "US01", "Principal", "STRAT", fte="0.4", location="New York", primary=False
    )
    whole = window.monday(0.5)
    plan.leave(whole, whole + timedelta(days=2), kind="vacation")
    plan.leave(whole + timedelta(days=8), whole + timedelta(days=9), hours="2", kind="medical")
    plan.leave(
        whole + timedelta(days=14),
        whole + timedelta(days=16),
        employment_id=side.employment_id,
        kind="vacation",
    )
    number = plan.person.person_id
    plan.rates += [
        CostRate(f"CR-{number[2:]}-A", "employee", Decimal("121.35"), "EUR", person_id=number),
        CostRate(
            f"CR-{number[2:]}-B",
            "employee",
            Decimal("164.5"),
            "USD",
            person_id=number,
            employment_id=side.employment_id,
            valid_from=side.start,
        ),
    ]
    main.set("cost_center", window.mid_month(0.5), "CC-DE01-LEAD")


def _contingent(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """A contractor paid in yen, taken over as an employee in the middle of a month."""
    job = new_employment(plan, date(2024, 2, 5), "US01", "Contractor", "CYBER")
    job.set("employment_type", job.start, "contingent")
    job.set("employment_type", window.mid_month(0.8), "permanent")
    job.set("role", window.mid_month(0.8), "Consultant")
    job.set("level", window.mid_month(0.8), "L2")
    number = plan.person.person_id
    plan.rates.append(CostRate(f"CR-{number[2:]}-A", "employee", Decimal(11875), "JPY", person_id=number))


def _operations(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """Not a billable resource, until one Wednesday; paid in francs, which only the pivot converts to euro."""
    job = new_employment(plan, date(2019, 7, 1), "DE01", "Operations Specialist", "FIN", location="Munich")
    job.set("is_billable_resource", job.start, "false")
    job.set("is_billable_resource", window.mid_month(0.6), "true")
    number = plan.person.person_id
    plan.rates.append(CostRate(f"CR-{number[2:]}-A", "employee", Decimal("47.85"), "CHF", person_id=number))


def _gaps(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """HR forgot: no practice for three weeks, no entity at first, a hole in the location, no FTE, no flag, no rate.

    The hole opens and closes on Mondays: whether a carried value starts a new version must not matter.
    """
    start = window.monday(0.15)
    job = new_employment(plan, start, "US01", "Apprentice", "CLOUD")
    for attribute, delay in (("practice", 22), ("legal_entity", 9)):
        value = job.value(attribute, start)
        job.drop(attribute)
        job.set(attribute, start + timedelta(days=delay), value)
    hole = window.monday(0.6)
    job.set("location", hole, None)
    job.set("location", hole + timedelta(days=14), "New York")
    job.drop("fte")
    job.drop("is_billable_resource")


def _leaver(plan: PersonPlan, window: Window, rng: random.Random) -> None:
    """A compressed week, a corrected row, overlapping and tied rates, an end on a Wednesday, and work after it."""
    job = new_employment(plan, date(2022, 6, 1), "US01", "Analyst", "STRAT", calendar="US-4X10")
    job.end = window.mid_month(0.85)
    job.termination_reason = "involuntary"
    job.set("employment_status", job.end - timedelta(days=20), "notice")
    job.drop("cost_center")
    number = plan.person.person_id
    plan.extra_rows += [
        AttributeRow(job.employment_id, "cost_center", "CC-WRONG", job.start, None),
        AttributeRow(job.employment_id, "cost_center", "CC-US01-STRAT", job.start, None),
    ]
    change = window.mid_month(0.4)
    plan.rates += [
        CostRate(f"CR-{number[2:]}-A", "employee", Decimal("50.25"), "USD", person_id=number),
        CostRate(
            f"CR-{number[2:]}-C", "employee", Decimal("58.1"), "USD", person_id=number, valid_from=change
        ),
        CostRate(
            f"CR-{number[2:]}-B",
            "employee",
            Decimal("54.75"),
            "USD",
            person_id=number,
            valid_from=change,
            valid_to=window.mid_month(0.7),
        ),
    ]
    plan.work_after_end = [job.end + timedelta(days=n) for n in (1, 14)]


Career = Callable[[PersonPlan, Window, random.Random], None]
CAST: tuple[Career, ...] = (
    _mover,
    _transferred,
    _fte_part_timer,
    _own_pattern,
    _boomerang,
    _two_jobs,
    _contingent,
    _operations,
    _gaps,
    _leaver,
)


def _ordinary(plan: PersonPlan, window: Window, rng: random.Random, managers: list[str]) -> None:
    """Someone of the crowd: hired at some time, perhaps moved, promoted, part-time or gone."""
    entity = rng.choices(("US01", "UK01", "DE01"), (50, 28, 22))[0]
    role = rng.choice(ROLE_MIX)
    practice = rng.choice(list(PRACTICES))
    if rng.random() < 0.75:
        start = window.history_from - timedelta(days=rng.randrange(30, 2500))
    else:
        start = window.day(rng.uniform(0.02, 0.9))
    job = new_employment(
        plan,
        start,
        entity,
        role,
        practice,
        location=rng.choice(LOCATIONS[entity]),
        fte=rng.choices(("1", "0.9", "0.8", "0.5"), (88, 3, 6, 3))[0],
        manager=rng.choice(managers),
    )
    live = max(start, window.history_from)
    span = (window.as_of - live).days

    def some_day() -> date:
        return live + timedelta(days=rng.randrange(5, max(6, span)))

    if rng.random() < 0.07:
        job.set("employment_type", start, "contingent")
        job.set("role", start, "Contractor")
        job.set("level", start, "L0")
        role = "Contractor"
    elif rng.random() < 0.06:
        job.set("is_billable_resource", start, "false")
        job.set("role", start, "Operations Specialist")
        role = "Operations Specialist"
    if rng.random() < 0.16:
        other = rng.choice([code for code in PRACTICES if code != practice])
        when = some_day()
        job.set("practice", when, other)
        job.set("department", when, f"DEP-{other}")
    if rng.random() < 0.3:
        job.set("manager", some_day(), rng.choice(managers))
    if role in PROMOTION and rng.random() < 0.3:
        when = some_day()
        job.set("role", when, PROMOTION[role])
        job.set("level", when, LEVELS[PROMOTION[role]])
    if rng.random() < 0.05:
        elsewhere = rng.choice([code for code in LOCATIONS if code != entity])
        move_entity(job, some_day(), elsewhere, rng.choice(LOCATIONS[elsewhere]))
    if rng.random() < 0.08:
        job.set("fte", some_day(), rng.choice(("0.6", "0.8", "1")))
    if rng.random() < 0.08:
        job.set("utilization_target", start, rng.choice(("0.5", "0.65", "0.725", "0.85")))
    if rng.random() < 0.14 and span > 60:
        job.end = live + timedelta(days=rng.randrange(30, span))
        job.termination_reason = rng.choice(("voluntary", "involuntary", "retirement"))
    if rng.random() < 0.4:
        own_rates(plan, rng, window)
    _ordinary_leave(plan, job, window, rng)


def _ordinary_leave(plan: PersonPlan, job: EmploymentPlan, window: Window, rng: random.Random) -> None:
    begin = max(job.start, window.history_from)
    end = min(job.end or window.as_of, window.as_of)
    for month in window.months():
        first = month + timedelta(days=rng.randrange(0, 27))
        if not begin <= first < end:
            continue
        draw = rng.random()
        if draw < 0.14:
            status = rng.choices(("approved", "submitted", "rejected", "cancelled"), (88, 5, 3, 4))[0]
            plan.leave(
                first, first + timedelta(days=rng.choice((5, 7, 12, 14))), kind="vacation", status=status
            )
        elif draw < 0.26:
            plan.leave(first, first + timedelta(days=rng.choice((1, 1, 2, 3))), kind="sick")
        elif draw < 0.32:
            plan.leave(
                first, first + timedelta(days=1), hours=rng.choice(("2", "3.75", "4")), kind="vacation"
            )
        elif draw < 0.325:
            plan.leave(first, first + timedelta(days=rng.choice((45, 90))), kind="parental", unpaid=True)


def hire(size: str, seed: int, window: Window) -> list[PersonPlan]:
    """Every person of the firm with employments, leaves and rates of their own."""
    rng = random.Random(f"people {size} {seed}")
    total = HEADCOUNT[size]
    managers = [f"E-{number:04d}" for number in range(1, max(4, total // 8))]
    plans: list[PersonPlan] = []
    for number in range(1, total + 1):
        plan = PersonPlan(person(number), [])
        place = (number - 1) % CAST_EVERY
        if place < len(CAST):
            CAST[place](plan, window, rng)
        else:
            _ordinary(plan, window, rng, managers)
        plans.append(plan)
    return plans
