"""The breaks of the published version, for people and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import json_cell
from tieout.break_words import HEADINGS, KINDS, NOT_KNOWN, money, stake_words, typed
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
from tieout.wording import counted
from tieout.workbook import SheetColumn, write

TABLE = "reconciliation.rec_break"
RESULTS = "reconciliation.rec_check_result"
CHECKS = "reconciliation.rec_check"
# The columns of the page's download, in its order; a test compares them.
COLUMNS = (
    "break_id",
    "check_id",
    "title",
    "item_name",
    "finding",
    "severity",
    "status",
    "stake_kind",
    "stake_amount",
    "stake_currency",
    "stake_note",
    "stake_reporting",
    "primary_reporting",
    "headline_reporting",
    "cash_delay_cost",
    "event_date",
    "age_business_days",
    "service_level_status",
    "first_detected_on",
    "owner_team_name",
    "action",
    "practice_name",
    "project_name",
    "customer_name",
    "contract_id",
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
_TYPED = {"stake_currency": "currency", "stake_note": "stake_text"}
# The columns of the table that these are made of, and what else the list and programs want.
READ = (*(_TYPED.get(name, name) for name in COLUMNS), "owner_team", "reporting_currency")
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
    found = service.rows(TABLE, READ, where, BREAK_ORDER, limit)
    return found.rows, found.total


def results(service: MetricsService, where: Sequence[Filter] = ()) -> list[Row]:
    """What each check looked at and found in the whole firm: all checks, the one that is asked for, or those of which other
    filters leave a break."""
    asked = [condition for condition in where if condition.name == "check_id"]
    rows = service.rows(RESULTS, where=asked, order_by=("check_id",)).rows
    if len(asked) == len(where):
        return rows
    left = {group.keys["check_id"] for group in service.break_groups(("check",), where).groups}
    return [row for row in rows if row["check_id"] in left]


def as_json(rows: Sequence[Row], total: int, checks: Sequence[Row], notes: Sequence[str | None] = ()) -> str:
    """Breaks, how many there are in all, each check's counts, and what else a reader should know."""
    document = {
        "breaks": [{name: json_cell(value) for name, value in row.items()} for row in rows],
        "total": total,
        "checks": [{name: json_cell(value) for name, value in row.items()} for row in checks],
        "notes": [note for note in notes if note],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_csv(rows: Sequence[Row], about: Mapping[str, str]) -> str:
    """The page's download: header and rows, each with its currency and what the list rests on. What a spreadsheet would
    take for a formula is kept as text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*COLUMNS, "currency", *about])
    for row in map(typed, rows):
        writer.writerow(
            [*(csv_cell(row[name]) for name in (*COLUMNS, "currency")), *map(csv_cell, about.values())]
        )
    return written.getvalue()


UNITS = {
    **dict.fromkeys(
        ("stake_reporting", "primary_reporting", "headline_reporting", "cash_delay_cost"), "money"
    ),
    "stake_amount": "number",
    "age_business_days": "count",
}


def as_xlsx(rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    """A workbook of the list: amounts are numbers in reporting currency, days are days, and text is never a formula."""
    columns = [
        SheetColumn(
            name,
            UNITS.get(name, ""),
            name in ("finding", "action"),
            HEADINGS[name],
        )
        for name in COLUMNS
    ]
    return write(columns, [typed(row) for row in rows], about)


def groups_xlsx(found: BreakGroups, by: Sequence[str], about: Mapping[str, str]) -> bytes:
    """A workbook of the groups. A dimension and the column that holds its members are one column."""
    names = dict.fromkeys([*by, *(name for group in found.groups[:1] for name in group.keys), *GROUP_COLUMNS])
    columns: dict[str, SheetColumn] = {}
    for name in names:
        if name != "currency":
            column = SheetColumn(name, GROUP_UNITS.get(name, ""), name == "action", HEADINGS.get(name, ""))
            columns.setdefault(column.heading, column)
    return write([*columns.values()], [group_row(group) for group in found.groups], about)


HEADLINE_KINDS = ("leak", "cash_delay")
LEGEND = (
    "counted: money that no earlier cause of its kind claims, in reporting currency. in headline: the part of it that the"
    " headline holds, which is what leaks and waits, each transaction once; misstated and exposed stand apart."
)
GROUP_LEGEND = (
    "headline: what leaks and waits, each transaction once. Misstated and exposed stand apart, each transaction once"
    " within its kind."
)
# Heading, and whether its column is one of numbers.
LISTED = (
    ("id", False),
    ("check", False),
    ("what", False),
    ("record", False),
    ("project", False),
    ("severity", False),
    ("stake", True),
    ("counted", True),
    ("in headline", True),
    ("kind", False),
    ("age", True),
    ("owner", False),
    ("practice", False),
    ("finding", False),
)


def print_breaks(
    rows: Sequence[Row],
    totals: BreakTotals,
    checks: Sequence[str],
    console: Console,
    nothing: str = "No break.",
) -> None:
    """The list, most money first, what all that fit hold, and what is said of each check; `nothing` where none fits."""
    if not rows:
        console.print(Text(nothing))
    else:
        console.print(_table(rows))
        shown = f"{len(rows):,} of {counted(totals.count, 'break')}" if len(rows) < totals.count else ""
        head = f"{shown or counted(totals.count, 'break')}, most money first. Largest: {rows[0]['action']}"
        one = f"All about one: tieout breaks {str(rows[0]['break_id'])[:SHORT_ID]}"
        for line in (head, all_of_them(totals), LEGEND, one):
            console.print(Text(line, style="dim"), soft_wrap=True)
    for line in checks:
        console.print(Text(line, style="dim"), soft_wrap=True)


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, right in LISTED:
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "finding")
    for row in rows:
        currency = row["reporting_currency"]
        in_headline = str(row["stake_kind"]) in HEADLINE_KINDS
        table.add_row(
            str(row["break_id"])[:SHORT_ID],
            str(row["check_id"]),
            Text(str(row["item_name"])),
            Text(record(row)),
            Text(str(row["project_name"])),
            str(row["severity"]),
            stake_words(row["stake_text"]),
            "not known" if row["primary_reporting"] is None else money(row["primary_reporting"], currency),
            _plain(row["headline_reporting"]) if in_headline else "–",
            KINDS.get(str(row["stake_kind"]), str(row["stake_kind"])),
            f"{row['age_business_days']} bd",
            str(row["owner_team_name"]),
            Text(str(row["practice_name"])),
            Text(str(row["finding"])),
        )
    return table


def all_of_them(totals: BreakTotals) -> str:
    """What the breaks that fit hold, whatever the limit: the headline with the parts that it adds up from, and what
    stands apart."""
    currency = totals.currency_code
    parts = (
        f"headline {money(totals.headline, currency)} (leaks {_plain(totals.headline_leak)}, waits"
        f" {_plain(totals.headline_delay)})",
        f"misstated {money(totals.misstated, currency)}",
        f"exposed {money(totals.exposed, currency)}",
    )
    unknown = f"; {totals.unpriced:,} of them with no known amount" if totals.unpriced else ""
    return (
        f"All {totals.count:,}: {', '.join(parts)}{unknown}"
        if totals.count > 1
        else f"It: {', '.join(parts)}"
    )


def check_lines(service: MetricsService, where: Sequence[Filter]) -> list[str]:
    """One line a check: how complete it was, and what of it the filters leave. Filters that leave breaks of some
    projects or teams say nothing of what a check looked at there, so that only its breaks are told."""
    narrowed = any(condition.name != "check_id" for condition in where)
    groups = {group.keys["check_id"]: group for group in service.break_groups(("check",), where).groups}
    return [
        _check_line(row, groups.get(str(row["check_id"])), narrowed=narrowed)
        for row in results(service, where)
    ]


def _check_line(check: Row, group: BreakGroup | None, *, narrowed: bool) -> str:
    if not check["has_run"]:
        return f"{check['check_id']}  did not run: no system delivers {check['entities_missing']}"
    failed = f"{group.count if group else 0:,} failed"
    worth = f": {_worth(group)}" if group else ""
    if narrowed:
        whole = f" of {check['failed']:,} in all" if group and check["failed"] != group.count else ""
        return f"{check['check_id']}  {failed}{whole}{worth}"
    waiting = f", {check['not_yet_due']:,} not yet due" if check.get("not_yet_due") else ""
    return (
        f"{check['check_id']}  looked at {check['population']:,}, tested {check['tested']:,}:"
        f" {check['passed']:,} passed{waiting}, {failed}{worth}"
    )


def _worth(group: BreakGroup) -> str:
    """What the breaks of a check count, and what of it is in the headline."""
    if group.counted is None:
        return NOT_KNOWN
    said = f"counted {money(group.counted, group.currency_code)}"
    if group.headline is None:
        return f"{said}, apart from the headline"
    if group.headline == group.counted:
        return f"{said}, all of it in the headline"
    return f"{said}, {money(group.headline, group.currency_code)} of it in the headline"


def nothing_fits(service: MetricsService, asked: Mapping[str, str | None], where: Sequence[Filter]) -> str:
    """That no break fits, and where a check was asked for with a team that does not own it, whose it is."""
    filters = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asked.items() if value)
    if not filters:
        return "No break."
    said = f"No break fits: {filters}."
    values = {condition.name: condition.values for condition in where}
    if "check_id" in values and "owner_team" in values:
        check = service.rows(CHECKS, where=[Filter("check_id", "=", values["check_id"])]).rows[0]
        if check["owner_team"] not in values["owner_team"]:
            said += f" {check['check_id']} belongs to {check['owner_team_name']}."
    return said


def record(row: Row) -> str:
    """The record that the break is about, as `tieout trace` takes it."""
    system, record_id = row["left_system"], row["left_id"]
    return f"{system}:{record_id}" if system and record_id else str(record_id or "–")


GROUP_UNITS = {
    **dict.fromkeys(("headline", "misstated", "exposed"), "money"),
    **dict.fromkeys(("count", "without_amount", "past_service_level", "oldest"), "count"),
}
# Those of the page's table of causes under its names and in its order, then what it does not have.
GROUP_COLUMNS = (
    "count",
    "headline",
    "misstated",
    "exposed",
    "oldest",
    "owner",
    "action",
    "currency",
    "without_amount",
    "past_service_level",
    "largest_break_id",
)


def group_row(group: BreakGroup) -> Row:
    """A group as programs read it."""
    return {
        **group.names,
        **{f"{name}": value for name, value in group.keys.items() if name not in group.names},
        "count": group.count,
        "headline": group.headline,
        "misstated": group.misstated,
        "exposed": group.exposed,
        "oldest": group.oldest,
        "owner": group.owner,
        "action": group.action,
        "currency": group.currency_code,
        "without_amount": group.unpriced,
        "past_service_level": group.breached,
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


def print_groups(
    found: BreakGroups, totals: BreakTotals, by: Sequence[str], console: Console, nothing: str = "No break."
) -> None:
    """One line a group, most money first, and all of them together; `nothing` where no break fits."""
    if not found.groups:
        console.print(Text(nothing))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    currency = totals.currency_code or ""
    # of breaks that are grouped by owner the owner stands in front already
    owners = () if "owner" in by else ("owner",)
    for name in by:
        table.add_column(name, no_wrap=True)
    for heading in ("breaks", f"headline ({currency})", "misstated", "exposed", "no amount", "oldest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in (*owners, "next action"):
        table.add_column(heading, no_wrap=heading == "owner")
    for group in found.groups:
        table.add_row(
            *(Text(_group_name(group, name)) for name in by),
            f"{group.count:,}",
            *(_plain(amount) for amount in (group.headline, group.misstated, group.exposed)),
            f"{group.unpriced:,}",
            f"{group.oldest} bd",
            *(group.owner for _ in owners),
            Text(group.action),
        )
    table.add_section()
    table.add_row(
        *("all" if place == 0 else "" for place in range(len(by))),
        f"{totals.count:,}",
        *(_plain(amount) for amount in (totals.headline, totals.misstated, totals.exposed)),
        f"{totals.unpriced:,}",
        style="bold",
    )
    console.print(table)
    groups = counted(found.total, "group")
    shown = f"{len(found.groups):,} of {groups}" if len(found.groups) < found.total else groups
    for line in (f"{shown}, most money first, whatever its kind.", all_of_them(totals), GROUP_LEGEND):
        console.print(Text(line, style="dim"), soft_wrap=True)


def _group_name(group: BreakGroup, name: str) -> str:
    if name == "check":
        return f"{group.keys['check_id']} {group.keys['title']}"
    return group.names[name]


def _plain(amount: Cell) -> str:
    """An amount whose currency stands elsewhere; a dash where there is none to be known."""
    return "–" if amount is None else f"{amount:,.2f}"
