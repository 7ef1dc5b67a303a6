"""Words for breaks, for people: the same on the page and in every workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from tieout.metrics_types import Cell

NOT_KNOWN = "amount not known"

# What becomes of the money of a break, by its kind of stake.
KINDS: Mapping[str, str] = {
    "leak": "leaks",
    "cash_delay": "waits",
    "misstatement": "misstated",
    "exposure": "exposed",
    "display": "shown only",
}
HEADINGS: Mapping[str, str] = {
    "break_id": "Break",
    "check_id": "Check",
    "title": "Title",
    "item_name": "What",
    "finding": "Finding",
    "severity": "Severity",
    "status": "Status",
    "owner_team": "Owner code",
    "owner_team_name": "Owner",
    "owner": "Owner",
    "action": "Next action",
    "event_date": "Event",
    "age_business_days": "Age",
    "service_level_status": "Service level",
    "first_detected_on": "First seen",
    "stake_kind": "Kind",
    "stake_text": "Stake",
    "stake_amount": "Stake",
    "stake_currency": "Stake currency",
    "stake_note": "Note on the stake",
    "stake_reporting": "Stake, reporting currency",
    "primary_reporting": "Counted",
    "headline_reporting": "In the headline",
    "cash_delay_cost": "Cost of waiting",
    "practice_name": "Practice",
    "project_name": "Project",
    "project_key": "Project key",
    "customer_name": "Customer",
    "contract_id": "Contract",
    "left_system": "Found in system",
    "left_object": "Found object",
    "left_id": "Found id",
    "left_value": "Found value",
    "right_system": "Against system",
    "right_object": "Against object",
    "right_id": "Against id",
    "right_value": "Against value",
    "item_key": "Item",
    "breaks": "Breaks",
    "count": "Breaks",
    "headline": "Leaks or waits",
    "misstated": "Misstated",
    "exposed": "Exposed",
    "without_amount": "Without a known amount",
    "past_service_level": "Past service level",
    "oldest": "Oldest",
    "largest_break_id": "Largest break",
}

# As the warehouse writes what is at stake: `EUR 491700.00`, `EUR unknown`, `? unknown`.
_AMOUNT = re.compile(r"([A-Z]{3}|\?) (-?\d+(?:\.\d+)?|unknown)")


def money(amount: Cell, currency: Cell) -> str:
    """`491,700.00 EUR`, or that it is not known."""
    return NOT_KNOWN if amount is None else f"{Decimal(str(amount)):,.2f} {currency or ''}".rstrip()


def stake_words(text: Cell) -> str:
    """What is at stake, each currency as the command line writes money: `491,700.00 EUR; 2.00 GBP`."""
    return _AMOUNT.sub(
        lambda found: money(None if found[2] == "unknown" else found[2], found[1].strip("?")), str(text)
    )


def typed(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A break as a spreadsheet adds it up: its stake is a number with its currency beside it, and where it is not one amount
    a note says what it is. `currency` is that of the other amounts."""
    is_one = row["stake_amount"] is not None
    return {
        **row,
        "stake_kind": KINDS.get(str(row["stake_kind"]), row["stake_kind"]),
        "stake_currency": row["currency"],
        "stake_note": None if is_one else stake_words(row["stake_text"]),
        "currency": row["reporting_currency"],
    }
