"""Write a firm of a few hand-made rows as drop folders and refresh it through the real program."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tieout.firm import load_firm
from tieout.refresh import Options, refresh

Rows = Sequence[Mapping[str, object]]

FIRM = """
firm:
  name: Hand-checked Firm
  reporting_currency: USD
  as_of: 2026-06-30
  history_from: 2026-06-01
systems:
  - {name: hr, kind: files, path: extracts}
"""


def employed(
    person: str, *, calendar: str = "FULL", fte: str = "1", practices: Sequence[tuple[str, str, str]] = ()
) -> dict[str, Rows]:
    """A person employed since 2025 in Lisbon by US01; `practices` are (code, valid_from, valid_to)."""
    history = practices or (("A", "2025-01-01", ""),)
    always = {"location": "LIS", "legal_entity": "US01", "calendar": calendar, "fte": fte}
    attributes: list[Mapping[str, object]] = [
        {
            "employment_id": person,
            "attribute": "practice",
            "attribute_value": code,
            "valid_from": start,
            "valid_to": end,
        }
        for code, start, end in history
    ]
    attributes += [
        {
            "employment_id": person,
            "attribute": name,
            "attribute_value": value,
            "valid_from": "2025-01-01",
            "valid_to": "",
        }
        for name, value in always.items()
    ]
    return {
        "employee": [{"employee_id": person, "employee_name": person}],
        "employment": [{"employment_id": person, "employee_id": person, "valid_from": "2025-01-01"}],
        "employee_attribute": attributes,
    }


def base() -> dict[str, Rows]:
    """Two calendars (a full week, and Monday to Thursday of a part-timer), one holiday, a client project."""
    full = [
        {"calendar_id": "FULL", "weekday": day, "hours": 8, "is_full_time_pattern": "true"}
        for day in range(1, 6)
    ]
    part = [
        {"calendar_id": "MON-THU", "weekday": day, "hours": 8, "is_full_time_pattern": "false"}
        for day in range(1, 5)
    ]
    return {
        "legal_entity": [
            {
                "legal_entity_id": "US01",
                "legal_entity_name": "US01",
                "functional_currency": "USD",
                "standard_hours_per_day": 8,
            }
        ],
        "practice": [{"practice_id": code, "practice_name": f"Practice {code}"} for code in "ABC"],
        "calendar": full + part,
        "holiday": [{"location": "LIS", "holiday_date": "2026-06-05"}],
        "customer": [{"customer_id": "C-1", "customer_name": "Client"}],
        "project": [
            {
                "project_id": "P-1",
                "project_name": "Project",
                "customer_id": "C-1",
                "practice_id": "A",
                "legal_entity_id": "US01",
                "is_billable_default": "true",
            }
        ],
        "cost_rate": [
            {"cost_rate_id": "CR-1", "scope": "role", "role": "none", "rate": "1", "currency": "USD"}
        ],
    }


def work(person: str, day: str, hours: object, **changes: object) -> dict[str, Rows]:
    """One approved billable entry."""
    return {
        "time_entry": [
            {
                "time_entry_id": f"{person}-{day}",
                "employee_id": person,
                "project_id": "P-1",
                "work_date": day,
                "hours": hours,
                "status": "approved",
            }
            | changes
        ]
    }


def together(*parts: Mapping[str, Rows]) -> dict[str, list[Mapping[str, object]]]:
    """The rows of several parts, by entity."""
    merged: dict[str, list[Mapping[str, object]]] = {}
    for part in parts:
        for entity, rows in part.items():
            merged.setdefault(entity, []).extend(rows)
    return merged


def write(folder: Path, rows: Mapping[str, Rows]) -> Path:
    """Write extracts and the firm file; the firm file's path."""
    (folder / "extracts").mkdir(parents=True, exist_ok=True)
    for entity, records in rows.items():
        columns = list(dict.fromkeys(name for record in records for name in record))
        with (folder / "extracts" / f"{entity}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(records)
    firm = folder / "firm.yml"
    firm.write_text(FIRM, encoding="utf-8")
    return firm


def refreshed(firm: Path) -> Path:
    """Refresh the firm; raises with the reason when nothing is published."""
    refresh(load_firm(firm), Options(), lambda event, facts: None)
    return firm
