"""Words for what stands behind a number, for people: the warehouse's own names are written for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "amount_transaction": "Amount in its own currency",
    "amount_untaxed_transaction": "Amount before tax in its own currency",
    "check_id": "Check",
    "component": "Part",
    "contract_id": "Contract",
    "contract_line_id": "Contract line",
    "cost_rate_level": "Cost rate is that of the",
    "currency_transaction": "Own currency",
    "customer_name": "Customer",
    "employee_name": "Person",
    "item_name": "What",
    "journal_id": "Journal",
    "line_version": "Version of the line",
    "milestone_name": "Milestone",
    "owner_team_name": "Owner",
    "period_start": "Period from",
    "project_name": "Project",
    "rate_trace": "How it was priced",
    "recognized_amount_transaction": "Recognized in its own currency",
    "recognized_value": "Recognized",
    "unit_price": "Price of a unit",
    "vendor_name": "Vendor",
    "week_start": "Week from",
}


def heading(name: str) -> str:
    """`contract_line_id` → `Contract line`; what is not named here is its name in words."""
    return HEADINGS.get(name) or name.replace("_", " ").capitalize()


def line_label(label: str) -> str:
    """`Walk 04: public holidays` → `Public holidays`: the order is already on the page."""
    words = re.sub(r"^\w+ \d+: *", "", label)
    return words[:1].upper() + words[1:]
