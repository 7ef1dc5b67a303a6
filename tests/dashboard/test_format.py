"""How numbers, changes and dates are printed."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dashboard import format as fmt

S = fmt.NARROW_SPACE


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        (Decimal("2412345.67"), "EUR", "€2.41m"),
        (Decimal("999600"), "USD", "$1.00m"),
        (Decimal("999499"), "USD", "$999k"),
        (Decimal("1234567890"), "GBP", "£1.23bn"),
        (Decimal("-38200"), "EUR", "−€38.2k"),
        (Decimal("12.345"), "USD", "$12.3"),
        (Decimal("0.5"), "USD", "$0.50"),
        (Decimal("0"), "USD", "$0"),
        (Decimal("41200"), "CHF", f"CHF{S}41.2k"),
        (None, "USD", "n/a"),
    ],
)
def test_money_on_a_tile_has_three_figures_and_its_currency(
    value: Decimal | None, currency: str, expected: str
) -> None:
    assert fmt.tile_value(value, "money", currency) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.7423, "ratio", f"74.2{S}%"),
        (1.0, "ratio", f"100.0{S}%"),
        (1.013, "ratio", f"101.3{S}%"),
        (-0.02, "ratio", f"−2.0{S}%"),
        (Decimal("1284"), "hours", f"1{S}284{S}h"),
        (Decimal("1284.5"), "hours", f"1{S}285{S}h"),
        (Decimal("7.5"), "hours", f"7.5{S}h"),
        (Decimal("12840"), "hours", f"12.8k{S}h"),
        (Decimal("0"), "hours", f"0{S}h"),
        (Decimal("20.898"), "days", f"21{S}days"),
        (Decimal("1.2"), "days", f"1{S}day"),
        (float("nan"), "ratio", "n/a"),
        (float("inf"), "ratio", "n/a"),
        (None, "hours", "n/a"),
    ],
)
def test_ratios_and_hours_on_a_tile(value: object, unit: str, expected: str) -> None:
    assert fmt.tile_value(value, unit) == expected  # type: ignore[arg-type]


def test_tables_keep_full_precision_and_the_decimals_of_the_currency() -> None:
    assert fmt.exact_value(Decimal("2412345.67"), "money", "EUR") == f"€2{S}412{S}345.67"
    assert fmt.exact_value(Decimal("2412345"), "money", "JPY") == f"JPY{S}2{S}412{S}345"
    assert fmt.exact_value(Decimal("-1.250"), "money", "KWD") == f"−KWD{S}1.250"
    assert fmt.exact_value(Decimal("1358558.0532"), "money", "USD") == f"$1{S}358{S}558.05"
    assert fmt.exact_value(Decimal("12"), "money", "USD") == "$12.00", "a column is read downwards"
    assert fmt.exact_value(Decimal("-1284.5"), "hours") == f"−1{S}284.50"
    assert fmt.exact_value(Decimal("20.898"), "days") == "20.9"
    assert fmt.exact_value(0.742349, "ratio") == f"74.23{S}%"
    assert fmt.exact_value(-0.0412, "points") == f"−4.12{S}pp"
    assert fmt.exact_value(None, "money") == "n/a"


def test_rounding_is_half_away_from_zero() -> None:
    assert fmt.grouped(Decimal("0.125"), 2) == "0.13"
    assert fmt.grouped(Decimal("-0.125"), 2) == "−0.13"
    assert fmt.grouped(Decimal("-0.004"), 2) == "0.00"


@pytest.mark.parametrize(
    ("now", "before", "unit", "better", "text", "tone"),
    [
        (0.75, 0.738, "ratio", "up", f"▲ +1.2{S}pp", "good"),
        (0.73, 0.738, "ratio", "up", f"▼ −0.8{S}pp", "bad"),
        (Decimal(106), Decimal(100), "money", "neither", f"▲ +6.0{S}%", "neutral"),
        (Decimal(106), Decimal(100), "hours", "down", f"▲ +6.0{S}%", "bad"),
        (Decimal(-90), Decimal(-100), "money", "up", "▲ +$10.0", "good"),
        (Decimal(-120), Decimal(-100), "money", "up", "▼ −$20.0", "bad"),
        (Decimal(46354), Decimal(-70885), "money", "up", "▲ +$117k", "good"),
        (Decimal(5), Decimal(0), "hours", "down", f"▲ +5{S}h", "bad"),
        (Decimal(0), Decimal(0), "money", "up", "= $0", "neutral"),
        (0.75, 0.75, "ratio", "up", f"= 0.0{S}pp", "neutral"),
        (0.75001, 0.75, "ratio", "up", f"= 0.0{S}pp", "neutral"),
    ],
)
def test_a_change_has_arrow_sign_and_tone(
    now: object, before: object, unit: str, better: str, text: str, tone: str
) -> None:
    assert fmt.change(now, before, unit, better, "USD") == fmt.Change(text, tone)  # type: ignore[arg-type]


def test_no_change_is_made_up() -> None:
    assert fmt.change(None, 1.0, "ratio", "up") is None
    assert fmt.change(1.0, None, "ratio", "up") is None


def test_one_is_not_several() -> None:
    assert fmt.counted(1, "break") == "1 break"
    assert fmt.counted(5776, "break") == f"5{S}776 breaks"
    assert fmt.counted(0, "business day") == "0 business days"


def test_dates() -> None:
    assert fmt.day(date(2026, 11, 22)) == "22 Nov 2026"
    assert fmt.month(date(2026, 11, 1)) == "Nov 2026"
    assert fmt.moment(datetime(2026, 11, 22, 9, 5)) == "22 Nov 2026 09:05 UTC"
    assert fmt.days(date(2026, 6, 1), date(2026, 6, 15)) == "1–15 Jun 2026"
    assert fmt.days(date(2026, 1, 15), date(2026, 2, 3)) == "15 Jan – 3 Feb 2026"
    assert fmt.days(date(2025, 12, 15), date(2026, 2, 3)) == "15 Dec 2025 – 3 Feb 2026"
    assert fmt.days(date(2026, 6, 1), date(2026, 6, 1)) == "1 Jun 2026"


def test_file_names_are_harmless() -> None:
    assert fmt.file_name("Capacity walk", "../../etc/passwd <b>") == "capacity-walk-etc-passwd-b"
    assert fmt.file_name("…") == "tieout"


def test_decimals_are_those_of_the_warehouse() -> None:
    with (Path(__file__).resolve().parents[2] / "seeds" / "currency.csv").open(encoding="utf-8") as file:
        known = {row["currency"]: int(row["minor_unit"]) for row in csv.DictReader(file)}
    assert {code: units for code, units in known.items() if units != 2} == fmt.MINOR_UNITS


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("EUR 491700.00", f"€491{S}700.00"),
        ("EUR 1.00; GBP -2500.505", f"€1.00; −£2{S}500.51"),
        ("CHF 5", f"CHF{S}5.00"),
        ("EUR unknown", "EUR amount not known"),
        ("? unknown", "amount not known"),
        ("EUR 1.00; GBP unknown", "€1.00; GBP amount not known"),
        (None, "n/a"),
    ],
)
def test_a_stake_is_printed_like_every_amount(words: str | None, shown: str) -> None:
    assert fmt.stake(words) == shown
