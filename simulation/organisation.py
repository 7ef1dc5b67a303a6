"""What the firm is made of before anyone is hired: entities, practices, roles, locations, calendars, holidays."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from simulation.events import CalendarDay, Holiday, LegalEntity, Practice
from simulation.window import Window

LEGAL_ENTITIES = (
    LegalEntity("US01", "Simulated Firm Inc", "USD", "US", "Americas", 1, None, "US_GAAP"),
    LegalEntity("UK01", "Simulated Firm Ltd", "GBP", "GB", "Europe", 4, Decimal("7.5"), "IFRS"),
    LegalEntity("DE01", "Simulated Firm GmbH", "EUR", "DE", "Europe", 1, Decimal(8), "IFRS"),
)

PRACTICES = {
    "DATA": "Data",
    "CLOUD": "Cloud",
    "STRAT": "Strategy",
    "CYBER": "Security",
    "FIN": "Finance Advisory",
}

LOCATIONS = {"US01": ("New York", "Chicago"), "UK01": ("London",), "DE01": ("Berlin", "Munich")}
FULL_TIME_CALENDAR = {"US01": "US-40", "UK01": "UK-37", "DE01": "DE-40"}
LEVELS = {
    "Partner": "L6",
    "Principal": "L5",
    "Manager": "L4",
    "Senior Consultant": "L3",
    "Consultant": "L2",
    "Analyst": "L1",
    "Operations Specialist": "L2",
    "Contractor": "L0",
    "Apprentice": "L0",
}

# The truth reads these; seeds/role_utilization_target.csv states the same for the warehouse, and a test compares.
# A role that is not listed has no default target.
ROLE_TARGETS = {
    "Partner": Decimal("0.35"),
    "Principal": Decimal("0.55"),
    "Manager": Decimal("0.65"),
    "Senior Consultant": Decimal("0.75"),
    "Consultant": Decimal("0.80"),
    "Analyst": Decimal("0.80"),
}


def practices(manager_id: str) -> list[Practice]:
    return [Practice(code, name, manager_id) for code, name in PRACTICES.items()]


def calendars(window: Window) -> list[CalendarDay]:
    """Full-time weeks, a compressed week, two part-timers' own weeks, and one week that changes on a Monday."""
    rows: list[CalendarDay] = []

    def week(
        code: str,
        name: str,
        hours: list[str],
        full_time: bool | None,
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> None:
        for weekday, text in enumerate(hours, start=1):
            rows.append(CalendarDay(code, weekday, Decimal(text), full_time, name, valid_from, valid_to))

    change = window.monday(0.5)
    week("US-40", "US 40 h", ["8", "8", "8", "8", "8", "0", "0"], True)
    week("UK-37", "UK 37.5 h", ["7.5", "7.5", "7.5", "7.5", "7.5"], True)
    week("DE-40", "DE 40 h", ["8", "8", "8", "8", "8", "0", "0"], True, None, change)
    week("DE-40", "DE 38 h", ["8", "8", "8", "8", "6", "0", "0"], True, change, None)
    week("US-4X10", "US four days of ten", ["10", "10", "10", "10"], None)
    week("PT-3D", "Own week, Monday to Wednesday", ["8", "8", "8", "0", "0", "0", "0"], False)
    week("PT-4D", "Own week, Monday to Thursday", ["8", "8", "8", "6", "0", "0", "0"], False)
    return rows


def easter(year: int) -> date:
    """Easter Sunday (Gregorian, anonymous algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday (0 = Monday) of a month; nth = -1 is the last."""
    if nth == -1:
        last = (date(year, month, 28) + timedelta(days=7)).replace(day=1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def holidays(window: Window) -> list[Holiday]:
    """Public holidays of every location, some on weekends, and half days."""
    rows: list[Holiday] = []
    half = Decimal("0.5")
    for year in range(window.history_from.year, window.as_of.year + 1):
        sunday = easter(year)
        memorial = _nth_weekday(year, 5, 0, -1)
        american: list[tuple[date, Decimal | None, str]] = [
            (date(year, 1, 1), None, "New Year"),
            (memorial, Decimal(1), "Memorial Day"),
            (memorial - timedelta(days=3), half, "Half day before Memorial Day"),
            (date(year, 7, 4), None, "Independence Day"),
            (_nth_weekday(year, 9, 0, 1), None, "Labor Day"),
            (_nth_weekday(year, 11, 3, 4), None, "Thanksgiving"),
            (date(year, 12, 25), None, "Christmas Day"),
        ]
        british: list[tuple[date, Decimal | None, str]] = [
            (date(year, 1, 1), None, "New Year"),
            (sunday - timedelta(days=2), None, "Good Friday"),
            (sunday + timedelta(days=1), None, "Easter Monday"),
            (_nth_weekday(year, 5, 0, 1), None, "Early May"),
            (memorial, None, "Spring"),
            (_nth_weekday(year, 8, 0, -1), None, "Summer"),
            (date(year, 12, 24), half, "Christmas Eve, half day"),
            (date(year, 12, 25), None, "Christmas Day"),
            (date(year, 12, 26), None, "Boxing Day"),
        ]
        german: list[tuple[date, Decimal | None, str]] = [
            (date(year, 1, 1), None, "New Year"),
            (sunday - timedelta(days=2), None, "Good Friday"),
            (sunday + timedelta(days=1), None, "Easter Monday"),
            (date(year, 5, 1), None, "Labour Day"),
            (sunday + timedelta(days=39), None, "Ascension"),
            (sunday + timedelta(days=50), None, "Whit Monday"),
            (date(year, 10, 3), None, "Unity Day"),
            (date(year, 12, 24), half, "Christmas Eve, half day"),
            (date(year, 12, 25), None, "Christmas Day"),
            (date(year, 12, 26), None, "Second Christmas Day"),
            (date(year, 12, 31), half, "New Year's Eve, half day"),
        ]
        bavarian = [
            *german,
            (date(year, 1, 6), None, "Epiphany"),
            (sunday + timedelta(days=60), None, "Corpus Christi"),
        ]
        for location, table in (
            ("New York", american),
            ("Chicago", american[:2] + american[3:]),
            ("London", british),
            ("Berlin", german),
            ("Munich", bavarian),
        ):
            rows += [Holiday(location, day, part, name) for day, part, name in table]
    return rows
