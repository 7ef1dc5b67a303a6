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
from tieout.break_words import HEADINGS
from tieout.metrics_service import (
    BREAK_ORDER,
    BreakGroup,
    BreakGroups,
    BreakTotals,
    Cell,
    Filter,
    MetricsService,
)
from tieout.metrics_types import FilterValue
from tieout.output import csv_cell
from tieout.workbook import SheetColumn, write

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
SHORT_ID = 8
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


MONEY = ("stake_reporting", "primary_reporting", "headline_reporting", "cash_delay_cost")
COUNTS = ("age_business_days",)


def as_xlsx(rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    """A workbook of the list: amounts are numbers in reporting currency, days are days, and text is never a formula."""
    columns = [
        SheetColumn(
            name,
            "money" if name in MONEY else "count" if name in COUNTS else "",
            name in ("finding", "action"),
            HEADINGS[name],
        )
        for name in COLUMNS
        if name != "reporting_currency"
    ]
    return write(columns, [{**row, "currency": row["reporting_currency"]} for row in rows], about)


def groups_xlsx(found: BreakGroups, by: Sequence[str], about: Mapping[str, str]) -> bytes:
    """A workbook of the groups. A dimension and the column that holds its members are one column."""
    names = dict.fromkeys([*by, *(name for group in found.groups[:1] for name in group.keys), *GROUP_COLUMNS])
    columns: dict[str, SheetColumn] = {}
    for name in names:
        if name != "currency":
            column = SheetColumn(name, GROUP_UNITS.get(name, ""), name == "action", HEADINGS.get(name, ""))
            columns.setdefault(column.heading, column)
    return write([*columns.values()], [group_row(group) for group in found.groups], about)


KINDS = {
    "leak": "leaks",
    "cash_delay": "waits",
    "misstatement": "misstated",
    "exposure": "exposed",
    "display": "shown",
}
LEGEND = (
    "counts: money that no earlier cause claims, in reporting currency. The headline is what leaks and waits, each"
    " transaction once; misstated and exposed stand apart."
)


def print_breaks(rows: Sequence[Row], total: int, checks: Sequence[Row], console: Console) -> None:
    """The list, most money first, then how complete the checks were."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, right in (
        ("id", False),
        ("check", False),
        ("what", False),
        ("record", False),
        ("project", False),
        ("severity", False),
        ("stake", True),
        ("counts", True),
        ("kind", False),
        ("age", True),
        ("owner", False),
        ("practice", False),
        ("finding", False),
    ):
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "finding")
    for row in rows:
        table.add_row(
            str(row["break_id"])[:SHORT_ID],
            str(row["check_id"]),
            Text(str(row["item_name"])),
            Text(record(row)),
            Text(str(row["project_name"])),
            str(row["severity"]),
            str(row["stake_text"]),
            money(row["primary_reporting"], row["reporting_currency"]),
            KINDS.get(str(row["stake_kind"]), str(row["stake_kind"])),
            f"{row['age_business_days']} bd",
            str(row["owner_team_name"]),
            Text(str(row["practice_name"])),
            Text(str(row["finding"])),
        )
    console.print(table if rows else "No break.")
    if rows:
        first = f"{len(rows):,} of {total:,} breaks, most money first. Largest: {rows[0]['action']}"
        all_of_one = f"All about one: tieout breaks {str(rows[0]['break_id'])[:SHORT_ID]}"
        for line in (first, LEGEND, all_of_one):
            console.print(Text(line, style="dim"), soft_wrap=True)
    _print_checks(checks, console)


def _print_checks(checks: Sequence[Row], console: Console) -> None:
    """How complete the checks were and what each found, whatever else the list is limited to."""
    for check in checks:
        if check["has_run"]:
            claimed = money(check["primary_reporting"], check["currency"]) if check["failed"] else "nothing"
            text = (
                f"{check['check_id']}  looked at {check['population']:,}, tested {check['tested']:,}:"
                f" {check['passed']:,} passed, {check['failed']:,} failed with {claimed}"
            )
        else:
            text = f"{check['check_id']}  did not run: no system delivers {check['entities_missing']}"
        console.print(Text(text, style="dim"), soft_wrap=True)


def record(row: Row) -> str:
    """The record that the break is about, as `tieout trace` takes it."""
    system, record_id = row["left_system"], row["left_id"]
    return f"{system}:{record_id}" if system and record_id else str(record_id or "–")


def money(amount: Cell, currency: Cell) -> str:
    """An amount with its currency, or that it is not known."""
    return "n/a" if amount is None else f"{Decimal(str(amount)):,.2f} {currency}"


GROUP_UNITS = {
    **dict.fromkeys(("headline", "misstated", "exposed"), "money"),
    **dict.fromkeys(("breaks", "without_amount", "past_service_level", "oldest_business_days"), "count"),
}
GROUP_COLUMNS = (
    "breaks",
    "headline",
    "misstated",
    "exposed",
    "without_amount",
    "past_service_level",
    "oldest_business_days",
    "owner",
    "action",
    "currency",
    "largest_break_id",
)


def group_row(group: BreakGroup) -> Row:
    """A group as programs read it."""
    return {
        **group.names,
        **{f"{name}": value for name, value in group.keys.items() if name not in group.names},
        "breaks": group.count,
        "headline": group.headline,
        "misstated": group.misstated,
        "exposed": group.exposed,
        "without_amount": group.unpriced,
        "past_service_level": group.breached,
        "oldest_business_days": group.oldest,
        "owner": group.owner,
        "action": group.action,
        "currency": group.currency_code,
        "largest_break_id": group.largest,
    }


def groups_json(found: BreakGroups, totals: BreakTotals) -> str:
    """Groups, how many there are, and what all breaks that fit hold."""
    document = {
        "groups": [
            {name: json_cell(value) for name, value in group_row(group).items()} for group in found.groups
        ],
        "total": found.total,
        "breaks": totals.count,
        "headline": json_cell(totals.headline),
        "misstated": json_cell(totals.misstated),
        "exposed": json_cell(totals.exposed),
        "currency": totals.currency_code,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def groups_csv(found: BreakGroups, by: Sequence[str]) -> str:
    """Header and one line a group."""
    columns = [*by, *(name for group in found.groups[:1] for name in group.keys), *GROUP_COLUMNS]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(dict.fromkeys(columns))
    for group in found.groups:
        row = group_row(group)
        writer.writerow([csv_cell(row.get(name)) for name in dict.fromkeys(columns)])
    return written.getvalue()


def print_groups(found: BreakGroups, totals: BreakTotals, by: Sequence[str], console: Console) -> None:
    """One line a group, most money first, and all of them together."""
    if not found.groups:
        console.print("No break.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    currency = totals.currency_code or ""
    for name in by:
        table.add_column(name, no_wrap=True)
    for heading in ("breaks", f"leaks or waits ({currency})", "misstated", "exposed", "no amount", "oldest"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("owner", no_wrap=True)
    table.add_column("next action")
    for group in found.groups:
        table.add_row(
            *(Text(_group_name(group, name)) for name in by),
            f"{group.count:,}",
            *(_plain(amount) for amount in (group.headline, group.misstated, group.exposed)),
            f"{group.unpriced:,}",
            f"{group.oldest} bd",
            group.owner,
            Text(group.action),
        )
    table.add_section()
    table.add_row(
        *("all" if place == 0 else "" for place in range(len(by))),
        f"{totals.count:,}",
        *(_plain(amount) for amount in (totals.headline, totals.misstated, totals.exposed)),
        f"{totals.unpriced:,}",
        "",
        "",
        "",
        style="bold",
    )
    console.print(table)
    said = f"{len(found.groups):,} of {found.total:,} groups, most money first, whatever its kind. {LEGEND}"
    console.print(Text(said, style="dim"), soft_wrap=True)


def _group_name(group: BreakGroup, name: str) -> str:
    if name == "check":
        return f"{group.keys['check_id']} {group.keys['title']}"
    return group.names[name]


def _plain(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"
