"""The breaks of the published version, for people and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import json_cell
from tieout.metrics_service import BREAK_ORDER, Cell, Filter, MetricsService, UnknownName
from tieout.output import csv_cell

TABLE = "reconciliation.rec_break"
RESULTS = "reconciliation.rec_check_result"
COLUMNS = (
    "break_id",
    "check_id",
    "title",
    "item_name",
    "finding",
    "severity",
    "status",
    "owner_team",
    "owner_team_name",
    "action",
    "event_date",
    "age_business_days",
    "service_level_status",
    "first_detected_on",
    "stake_kind",
    "stake_text",
    "stake_reporting",
    "primary_reporting",
    "headline_reporting",
    "cash_delay_cost",
    "reporting_currency",
    "practice_name",
    "project_name",
    "customer_name",
    "left_system",
    "left_object",
    "left_id",
    "left_value",
    "right_system",
    "right_object",
    "right_id",
    "right_value",
    "item_key",
)
Row = dict[str, Cell]


def find(
    service: MetricsService,
    check: str | None,
    owner: str | None,
    severity: str | None,
    practice: str | None,
    limit: int,
) -> tuple[list[Row], int]:
    """Breaks that fit, most money first, and how many there are. Raises UnknownName for a check that does not exist."""
    where = [
        Filter(column, "=", (value,))
        for column, value in (
            ("check_id", check),
            ("owner_team", owner),
            ("severity", severity),
            ("practice_name", practice),
        )
        if value is not None
    ]
    if (
        check is not None
        and not service.rows(RESULTS, ("check_id",), [Filter("check_id", "=", (check,))]).rows
    ):
        known = [
            str(row["check_id"]) for row in service.rows(RESULTS, ("check_id",), order_by=("check_id",)).rows
        ]
        raise UnknownName(f"There is no check {check!r}.", f"Checks: {', '.join(known)}.")
    found = service.rows(TABLE, COLUMNS, where, BREAK_ORDER, limit)
    return found.rows, found.total


def results(service: MetricsService) -> list[Row]:
    """What each check looked at and found."""
    return service.rows(RESULTS, order_by=("check_id",)).rows


def as_json(rows: Sequence[Row], total: int, checks: Sequence[Row], notes: Sequence[str | None] = ()) -> str:
    """Breaks, how many there are in all, each check's counts, and what else a reader should know."""
    document = {
        "breaks": [{name: json_cell(value) for name, value in row.items()} for row in rows],
        "total": total,
        "checks": [{name: json_cell(value) for name, value in row.items()} for row in checks],
        "notes": [note for note in notes if note],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_csv(rows: Sequence[Row]) -> str:
    """Header and rows; what a spreadsheet would take for a formula is kept as text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in COLUMNS])
    return written.getvalue()


def print_breaks(rows: Sequence[Row], total: int, checks: Sequence[Row], console: Console) -> None:
    """The list, most money first, then how complete the checks were."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, right in (
        ("check", False),
        ("what", False),
        ("severity", False),
        ("stake", True),
        ("counts", True),
        ("age", True),
        ("owner", False),
        ("practice", False),
        ("finding", False),
    ):
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "finding")
    for row in rows:
        counts = row["primary_reporting"]
        table.add_row(
            str(row["check_id"]),
            Text(str(row["item_name"])),
            str(row["severity"]),
            str(row["stake_text"]),
            "n/a" if counts is None else f"{Decimal(str(counts)):,.2f} {row['reporting_currency']}",
            f"{row['age_business_days']} bd",
            str(row["owner_team_name"]),
            Text(str(row["practice_name"])),
            Text(str(row["finding"])),
        )
    console.print(table if rows else "No break.")
    if rows:
        console.print(
            Text(
                f"{len(rows)} of {total} breaks, most money first. Largest: {rows[0]['action']}", style="dim"
            )
        )
    for check in checks:
        if check["has_run"]:
            text = (
                f"{check['check_id']}  looked at {check['population']:,}, tested {check['tested']:,}:"
                f" {check['passed']:,} passed, {check['failed']:,} failed"
            )
        else:
            text = f"{check['check_id']}  did not run: no system delivers {check['entities_missing']}"
        console.print(Text(text, style="dim"), soft_wrap=True)
