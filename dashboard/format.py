"""Numbers, dates and periods as the dashboard prints them.

Every function takes a value and returns text; none of them computes a metric. A missing value is always "n/a", and
the caller says why beside it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from tieout.break_words import NOT_KNOWN
from tieout.metrics_types import Cell

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
NOT_AVAILABLE = "n/a"
UNKNOWN_AMOUNT = NOT_KNOWN

# Decimals of currencies that have not two, as in seeds/currency.csv.
MINOR_UNITS = {
    "BHD": 3,
    "CLP": 0,
    "ISK": 0,
    "JOD": 3,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
    "VND": 0,
}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
SCALES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Better = Literal["up", "down", "neither"]


def as_decimal(value: Cell) -> Decimal | None:
    """A metric's value as a decimal; None where nothing contributed or the value is not a finite number."""
    if value is None or isinstance(value, (bool, str, date)):
        return None
    if isinstance(value, float):
        return Decimal(str(value)) if math.isfinite(value) else None
    number = Decimal(value)
    return number if number.is_finite() else None


def cents(value: Cell) -> Cell:
    """An amount rounded to cents, as tables show it; anything else as it is."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def trimmed(value: Cell) -> Cell:
    """An amount without the zeros that a column of the warehouse adds beyond cents; anything else as it is."""
    rounded = cents(value)
    return rounded if rounded == value or not isinstance(value, Decimal) else value.normalize()


def counted(number: int, one: str, several: str = "") -> str:
    """`1 break`, `5 776 breaks`."""
    return f"{grouped(Decimal(number), 0)} {one if number == 1 else several or f'{one}s'}"


def grouped(value: Decimal, decimals: int) -> str:
    """`1284.5` → `1 284.50`: thin grouping, a real minus, rounded half away from zero."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}".replace(",", NARROW_SPACE)
    return f"{MINUS}{text}" if rounded < 0 else text


def compact(value: Decimal) -> str:
    """Three significant figures with k, m or bn: `2412345` → `2.41m`, `999600` → `1.00m`, `12.34` → `12.3`."""
    rounded = significant(value)
    for scale, suffix in SCALES:
        if abs(rounded) >= scale:
            scaled = rounded / scale
            return grouped(scaled, _decimals_for(scaled)) + suffix
    return grouped(rounded, _decimals_for(rounded))


def significant(value: Decimal, digits: int = 3) -> Decimal:
    """Round to a number of significant figures, half away from zero."""
    if value == 0:
        return Decimal(0)
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1), rounding=ROUND_HALF_UP)


def _decimals_for(value: Decimal) -> int:
    return max(0, min(2, 2 - value.adjusted())) if value else 0


def money_prefix(currency: str | None) -> str:
    """`USD` → `$`; a currency without a sign of its own is printed as its code: `CHF `."""
    if not currency:
        return ""
    return SYMBOLS.get(currency, f"{currency}{NARROW_SPACE}")


def _money(value: Decimal, digits: str, currency: str | None) -> str:
    sign = MINUS if value < 0 and digits.startswith(MINUS) else ""
    return f"{sign}{money_prefix(currency)}{digits.removeprefix(MINUS)}"


def tile_value(value: Cell, unit: str, currency: str | None = None) -> str:
    """Three significant figures with the unit: `$2.41m`, `1 284 h`, `74.2 %`, `21 days`, `n/a`."""
    number = as_decimal(value)
    if number is None:
        return NOT_AVAILABLE
    if unit == "ratio":
        return f"{grouped(number * 100, 1)}{NARROW_SPACE}%"
    if unit == "money":
        return _money(number, compact(number), currency)
    if unit == "hours":
        return f"{_hours(number)}{NARROW_SPACE}h"
    if unit == "days":
        whole = grouped(number, 0)
        return f"{whole}{NARROW_SPACE}{'day' if whole == '1' else 'days'}"
    return compact(number)


def _hours(value: Decimal) -> str:
    """Whole hours up to ten thousand, because a missing hour is a person to ask; compact above."""
    if abs(value) < 100 and value != value.to_integral_value():
        return grouped(value, 1)
    return grouped(value, 0) if abs(value) < 10_000 else compact(value)


def exact_value(value: Cell, unit: str, currency: str | None = None) -> str:
    """Full precision for tables and hover: `$2 412 345.67`, `1 284.50`, `74.23 %`, and `−4.10 pp` for points.

    Money has the decimals of its currency, whatever it came with, so that a column of it is read downwards.
    """
    number = as_decimal(value)
    if number is None:
        return NOT_AVAILABLE
    if unit == "ratio":
        return f"{grouped(number * 100, 2)}{NARROW_SPACE}%"
    if unit == "points":
        return f"{signed(number * 100, 2)}{NARROW_SPACE}pp"
    if unit == "money":
        return _money(number, grouped(number, MINOR_UNITS.get(currency or "", 2)), currency)
    if unit == "count" and number == number.to_integral_value():
        return grouped(number, 0)
    return grouped(number, 1 if unit == "days" else 2)


def stake(words: Cell) -> str:
    """Amounts with their currencies as the warehouse writes them, `EUR 491700.250433; GBP 2.00`, as tables print money;
    what it calls `? unknown` or `EUR unknown` is not known, which is not zero."""
    if words is None:
        return NOT_AVAILABLE
    known = re.sub(r"([A-Z]{3}) (-?\d+(?:\.\d+)?)", _stake, str(words))
    return re.sub(r"(?:\? )?\bunknown\b", UNKNOWN_AMOUNT, known)


def _stake(found: re.Match[str]) -> str:
    return exact_value(cents(Decimal(found[2])), "money", found[1])


def points(value: Cell) -> str:
    """A difference of two ratios in percentage points, always signed: `+1.2 pp`, `−0.8 pp`."""
    number = as_decimal(value)
    return NOT_AVAILABLE if number is None else f"{signed(number * 100, 1)}{NARROW_SPACE}pp"


def signed(value: Decimal, decimals: int) -> str:
    """`+1.2`, `−0.8`, `0.0`: zero carries no sign."""
    text = grouped(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.") else text


@dataclass(frozen=True)
class Change:
    """How a value moved against its comparison. `tone` says better or worse, never up or down."""

    text: str
    tone: Literal["good", "bad", "neutral"]


def change(
    current: Cell, previous: Cell, unit: str, better: Better, currency: str | None = None
) -> Change | None:
    """Ratios move in percentage points, everything else in percent of the comparison. A percentage of nothing or of a loss
    means nothing: there it is the difference itself, `+$12.3k`.

    None when either side is missing: the caller says so in words.
    """
    now, before = as_decimal(current), as_decimal(previous)
    if now is None or before is None:
        return None
    if unit == "ratio":
        moved, text = now - before, points(now - before)
    elif before <= 0:
        moved, words = now - before, tile_value(now - before, unit, currency)
        text = f"+{words}" if moved > 0 else words
    else:
        moved = (now - before) / abs(before) * 100
        text = f"{signed(moved, 1)}{NARROW_SPACE}%"
    if not any(digit in text for digit in "123456789"):
        return Change(f"= {text}", "neutral")
    arrow = "▲" if moved > 0 else "▼"
    if better == "neither":
        return Change(f"{arrow} {text}", "neutral")
    return Change(f"{arrow} {text}", "good" if (moved > 0) == (better == "up") else "bad")


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """`Nov 2026`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """A UTC instant: `22 Nov 2026 21:05 UTC`."""
    return f"{day(value.date())} {value:%H:%M} UTC"


def days(start: date, end: date) -> str:
    """An inclusive range of days: `1–15 Jun 2026`, `15 Jan – 3 Feb 2026`, `15 Dec 2025 – 3 Feb 2026`."""
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{start.day} {MONTHS[start.month - 1]} – {day(end)}"
    return f"{day(start)} – {day(end)}"


def file_name(*parts: str) -> str:
    """A download's name out of any text: letters, digits, dots and hyphens only."""
    words = (re.sub(r"[^a-z0-9.]+", "-", part.lower()).strip("-.") for part in parts)
    return "-".join(word for word in words if word)[:120] or "tieout"
