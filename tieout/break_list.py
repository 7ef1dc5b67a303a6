"""The breaks of the published version, for people and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import json_cell
from tieout.metrics_service import BREAK_ORDER, Cell, Filter, MetricsService
from tieout.metrics_types import FilterValue
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
# Dimension to the column that holds its members.
FILTERS = {
    "check": "check_id",
    "owner_team": "owner_team",
    "severity": "severity",
    "practice": "practice_name",
    "project": "project_name",
    "customer": "customer_name",
    "contract": "contract_id",
}
Row = dict[str, Cell]


def chosen(service: MetricsService, asked: Mapping[str, str | None]) -> list[Filter]:
    """The filters of the list by dimension, each value as the member that it names. Raises UnknownValue."""
    where = []
    for dimension, text in asked.items():
        if text is not None:
            member = service.member(dimension, text)
            where.append(_condition(service, dimension, member, getattr(member, "key", None)))
    return where


def _condition(service: MetricsService, dimension: str, name: FilterValue, key: str | None) -> Filter:
    """A filter on the column of the breaks that holds a member."""
    if dimension == "project" and key:
        return Filter("project_key", "=", (key,))
    if dimension == "customer" and key:
        customers = service.rows("dim_customer", ("customer_name",), [Filter("customer_key", "=", (key,))])
        return Filter("customer_name", "in", tuple(str(row["customer_name"]) for row in customers.rows))
    if dimension == "contract":
        if key:
            return Filter("contract_id", "=", (key,))
        lines = service.rows("dim_contract_line", ("contract_id",), [Filter("contract_name", "=", (name,))])
        return Filter("contract_id", "in", tuple({str(row["contract_id"]) for row in lines.rows}))
    return Filter(FILTERS[dimension], "=", (name,))


def find(service: MetricsService, where: Sequence[Filter], limit: int) -> tuple[list[Row], int]:
    """Breaks that fit, most money first, and how many there are."""
    found = service.rows(TABLE, COLUMNS, where, BREAK_ORDER, limit)
    return found.rows, found.total


def results(service: MetricsService, where: Sequence[Filter] = ()) -> list[Row]:
    """What each check looked at and found; of the check that is asked for, whatever else the list is limited to."""
    checks = [condition for condition in where if condition.name == "check_id"]
    return service.rows(RESULTS, where=checks, order_by=("check_id",)).rows


def as_json(rows: Sequence[Row], total: int, checks: Sequence[Row]) -> str:
    """Breaks, how many there are in all, and each check's counts."""
    document = {
        "breaks": [{name: json_cell(value) for name, value in row.items()} for row in rows],
        "total": total,
        "checks": [{name: json_cell(value) for name, value in row.items()} for row in checks],
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
