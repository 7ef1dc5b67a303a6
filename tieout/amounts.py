"""Numbers on their way out: money rounded to its currency, hours exact, ratios as they are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout.metrics_types import Cell

DEFAULT_MINOR_UNIT = 2
_SIX_DECIMALS = Decimal("0.000001")


def metric_value(value: Any, unit: str, currency: str | None, minor_units: Mapping[str, int]) -> Cell:
    """One metric value as a result carries it.

    Money becomes a Decimal rounded half away from zero to the currency's minor unit, hours and days an exact
    Decimal, ratios a float, counts an int. None stays None: nothing contributed, which is not zero.
    """
    if value is None:
        return None
    if unit == "money":
        decimals = minor_units.get(currency or "", DEFAULT_MINOR_UNIT)
        return _decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if unit in ("hours", "days"):
        return _decimal(value)
    if unit == "ratio":
        return float(value)
    if isinstance(value, Decimal) and value == value.to_integral_value() and unit == "count":
        return int(value)
    cell: Cell = value
    return cell


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def decimal_text(value: Decimal) -> str:
    """Plain text of an amount: at most six decimals; hours lose trailing zeros only where they end in them."""
    if value.as_tuple().exponent in (0, -1, -2, -3):
        return f"{value:f}"
    text = f"{value.quantize(_SIX_DECIMALS, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_cell(value: Cell) -> str | int | float | bool | None:
    """A cell for JSON: amounts as decimal strings, dates as ISO text."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.isoformat()


def exact_text(value: Decimal | float | int) -> str:
    """An amount for people to the last decimal that is not 0, at least two: 1,234.50 or 1,234.561234."""
    if isinstance(value, float):
        return f"{value:,.6f}"
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value.quantize(_SIX_DECIMALS, ROUND_HALF_UP):,f}"
    kept = text.rstrip("0")
    decimals = len(kept) - kept.index(".") - 1
    return kept + "0" * max(0, DEFAULT_MINOR_UNIT - decimals)
