"""Rows of contracts, prices and invoices for a hand-made firm; what a caller names replaces what is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.acceptance.mini_firm import Rows
from tieout import publish
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService
from tieout.metrics_types import Filter, Query


def project(name: str, **changes: object) -> dict[str, Rows]:
    """A client project of practice A and entity US01."""
    row = {"project_id": name, "project_name": name, "customer_id": "C-1", "practice_id": "A",
           "legal_entity_id": "US01", "is_billable_default": "true"}  # fmt: skip
    return {"project": [row | changes]}


def contract(name: str, **changes: object) -> dict[str, Rows]:
    """A contract signed on 4 May 2026 that runs for the year, in US dollars."""
    row = {"contract_id": name, "contract_name": name, "customer_id": "C-1", "legal_entity_id": "US01",
           "currency": "USD", "status": "signed", "signature_date": "2026-05-04", "start_date": "2026-01-01",
           "end_date": "2026-12-31"}  # fmt: skip
    return {"contract": [row | changes]}


def line(name: str, contract_id: str, project_id: str, **changes: object) -> dict[str, Rows]:
    """The first version of a time-and-materials line, signed with its contract."""
    row = {"contract_line_id": name, "line_version": 1, "contract_id": contract_id, "project_id": project_id,
           "contract_type": "time_and_materials", "practice_id": "A", "currency": "USD",
           "start_date": "2026-01-01", "end_date": "2026-12-31", "signed_at": "2026-05-04",
           "valid_from": "2026-01-01"}  # fmt: skip
    return {"contract_line": [row | changes]}


def card(name: str, rate: object, **changes: object) -> dict[str, Rows]:
    """A bill rate in US dollars of the whole firm."""
    row = {"rate_card_row_id": name, "rate_type": "bill", "scope": "firm", "rate": rate, "currency": "USD"}
    return {"rate_card": [row | changes]}


def invoice(
    name: str, posted: str, lines: Iterable[Mapping[str, object]], **changes: object
) -> dict[str, Rows]:
    """A posted invoice in US dollars with lines of time, numbered from 1."""
    row = {"invoice_id": name, "legal_entity_id": "US01", "customer_id": "C-1", "kind": "invoice",
           "status": "posted", "issue_date": posted, "posting_date": posted, "currency": "USD"}  # fmt: skip
    return {
        "invoice": [row | changes],
        "invoice_line": [
            {"invoice_line_id": f"{name}-{number}", "invoice_id": name, "line_number": number, "kind": "time"}
            | dict(content)
            for number, content in enumerate(lines, 1)
        ],
    }


def hours_on(
    project_id: str, days: Iterable[int], hours: object, person: str = "worker", **changes: object
) -> dict[str, Rows]:
    """Approved billable hours of a person on each of these days of June 2026."""
    return {
        "time_entry": [
            {"time_entry_id": f"{project_id}-{day:02}", "employee_id": person, "project_id": project_id,
             "work_date": f"2026-06-{day:02}", "hours": hours, "status": "approved"} | changes
            for day in days
        ]
    }  # fmt: skip


def asked(
    service: MetricsService, contract_name: str, metrics: tuple[str, ...], day: str = ""
) -> dict[str, Decimal]:
    """The metrics of one contract, of June 2026 or of one of its days; nothing is zero."""
    answer = service.query(
        Query(
            metrics=metrics,
            by=("day",) if day else ("month",),
            where=[Filter("contract", "=", [contract_name]), Filter("month", "=", ["2026-06-01"])],
        )
    )
    rows = [row for row in answer.rows if not day or str(row["day"])[:10] == day]
    assert len(rows) <= 1
    return {metric: Decimal(str((rows[0] if rows else {}).get(metric) or 0)) for metric in metrics}


def records(firm: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the firm's published tables."""
    database = publish.current(load_firm(firm).home).database
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()
