"""All about one break: what disagrees, both sides, what it costs and how that is computed, whose it is, its history."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import exact_text, json_cell
from tieout.break_list import HEADLINE_KINDS, SHORT_ID
from tieout.break_words import NOT_KNOWN, money, stake_words
from tieout.errors import TieoutError
from tieout.explain_text import SOURCE_FIELDS, source_text
from tieout.explain_types import Source
from tieout.metrics_service import Cell, Filter, MetricsService
from tieout.metrics_types import BadFilter, UnknownName
from tieout.wording import counted

TABLE = "reconciliation.rec_break"
TRANSACTIONS = "reconciliation.rec_break_transaction"
EVENTS = "reconciliation.rec_break_event"
CHECKS = "reconciliation.rec_check"
SIDES = (("found", "left"), ("against", "right"))
SHOWN = 10
FOLLOWED = 50
Row = Mapping[str, Cell]
# `404900.000000 GBP`, `8.000000 hours`
_MEASURED = re.compile(r"(-?\d+\.\d+) ([A-Z]{3}|hours)")


@dataclass(frozen=True)
class Side:
    """One of the two records that are compared; `source` is where it comes from, as far as the chain knows it."""

    label: str
    system: Cell
    object: Cell
    id: Cell
    value: Cell
    source: Source | None


@dataclass(frozen=True)
class BreakPage:
    """A break, how its check computes the stake, its sides, the largest of its transactions and its history."""

    row: Row
    stake: str
    sides: tuple[Side, ...]
    transactions: tuple[Row, ...]
    events: tuple[Row, ...]


def open_page(service: MetricsService, text: str) -> BreakPage:
    """The break that a text names: its id or the beginning of it, or the record that it is about.

    Raises UnknownName, and BadFilter where several breaks are named."""
    row = _find(service, text.strip())
    own = [Filter("break_id", "=", (str(row["break_id"]),))]
    checks = service.rows(CHECKS, where=[Filter("check_id", "=", (str(row["check_id"]),))]).rows
    return BreakPage(
        row=row,
        stake=str(checks[0].get("stake") or "") if checks else "",
        sides=tuple(_sides(service, row)),
        transactions=tuple(
            service.rows(
                TRANSACTIONS, where=own, order_by=("-primary_reporting", "transaction_key"), limit=SHOWN
            ).rows
        ),
        events=tuple(service.rows(EVENTS, where=own, order_by=("event_number",)).rows),
    )


def _find(service: MetricsService, text: str) -> Row:
    record = text.split(":", 1)[-1]
    asked = (
        [Filter("break_id", "between", (text, text + "g"))],
        [Filter("item_key", "=", (text,))],
        [Filter("left_id", "=", (record,))],
    )
    for where in asked if text else ():
        found = service.rows(TABLE, where=where, order_by=("break_id",), limit=SHOWN)
        if found.total == 1:
            return found.rows[0]
        if found.rows:
            several = ", ".join(
                f"{str(row['break_id'])[:SHORT_ID]} ({row['check_id']} {row['item_name']})"
                for row in found.rows
            )
            raise BadFilter(f"{found.total} breaks are named {text!r}.", f"One of: {several}.")
    gone = service.rows(EVENTS, where=[Filter("break_id", "between", (text, text + "g"))], limit=1).rows
    if gone and text:
        raise UnknownName(
            f"There is no break {text!r} now: {gone[0]['item_name']} agrees again, or is no longer looked at.",
            "tieout breaks lists those that are open.",
        )
    raise UnknownName(
        f"There is no break {text!r}.", "tieout breaks lists them; an id may be cut to its first characters."
    )


def _sides(service: MetricsService, row: Row) -> list[Side]:
    sides = []
    for label, side in SIDES:
        system, kind, record, value = (row[f"{side}_{part}"] for part in ("system", "object", "id", "value"))
        if any(part is not None for part in (system, kind, record, value)):
            sides.append(Side(label, system, kind, record, value, _source(service, system, record)))
    return sides


def _source(service: MetricsService, system: Cell, record: Cell) -> Source | None:
    """Where the record comes from; None where it stands in no chain."""
    if system is None or record is None:
        return None
    try:
        found = service.trace(f"{system}:{record}", FOLLOWED)
    except TieoutError:
        return None
    return found.source_in(system)


def as_json(page: BreakPage) -> str:
    """The contract of `tieout breaks ID --format json`."""
    document = {
        "break": {name: json_cell(value) for name, value in page.row.items()},
        "stake_rule": page.stake,
        "sides": [
            {
                "side": side.label,
                "system": json_cell(side.system),
                "object": json_cell(side.object),
                "id": json_cell(side.id),
                "value": json_cell(side.value),
                "source": {name: getattr(side.source, name) for name in SOURCE_FIELDS}
                if side.source
                else None,
            }
            for side in page.sides
        ],
        "transactions": [
            {name: json_cell(value) for name, value in row.items()} for row in page.transactions
        ],
        "history": [{name: json_cell(value) for name, value in row.items()} for row in page.events],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def print_page(page: BreakPage, console: Console) -> None:
    """What a person needs in order to act, in the order in which it is asked."""
    row = page.row

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=True)

    say(f"{row['check_id']} {row['title']}: {row['item_name']}", "bold")
    say(str(row["finding"]))
    console.print()
    console.print(_sides_table(page.sides))
    console.print()
    kind = str(row["stake_kind"]).replace("_", " ")
    facts = (
        ("Rule", row["rule"]),
        ("To do", row["action"]),
        ("Owner", f"{row['owner_team_name']} ({row['owner_team']})"),
        ("Severity", row["severity"]),
        ("Stake", f"{stake_words(row['stake_text'])} ({kind}){_beside(row)}. {page.stake}".strip()),
        ("Counted", _counted(row)),
        (
            "Age",
            f"{_business_days(row['age_business_days'])} since {row['event_date']}; service level"
            f" {_business_days(row['service_level_business_days'])}: {row['service_level_status']}",
        ),
        (
            "Belongs to",
            f"practice {row['practice_name']}, project {row['project_name']}, customer {row['customer_name']},"
            f" contract {row['contract_id']}",
        ),
        ("Makes uncertain", str(row["touches"] or "no metric").replace(",", ", ")),
        ("Id", row["break_id"]),
    )
    for label, value in facts:
        say(f"{label:<16}{value}")
    if len(page.transactions) > 1:
        console.print()
        console.print(_transactions_table(page.transactions))
        if int(str(row["transaction_count"])) > len(page.transactions):
            say(f"the first {len(page.transactions)} of {row['transaction_count']} transactions", "dim")
    console.print()
    for event in page.events:
        say(
            f"{event['happened_on']}  {str(event['event_kind']).replace('_', ' ')}, {stake_words(event['stake_text'])}",
            "dim",
        )
    for side in page.sides:
        if side.source is not None:
            say(f"Its chain: tieout trace {side.system}:{side.id}")
            break


def _beside(row: Row) -> str:
    """What the rule of the stake shows beside it and does not count, such as the whole value of a contract."""
    shown = row["display_amount"]
    return "" if shown is None else f"; beside it {money(shown, row['currency'])}, not counted"


def _counted(row: Row) -> str:
    """What no earlier cause claims of the money, and what of that is in the headline."""
    currency = row["reporting_currency"]
    if row["primary_reporting"] is None:
        return NOT_KNOWN
    said = f"{money(row['primary_reporting'], currency)} that no earlier cause of its kind claims"
    if row["stake_kind"] not in HEADLINE_KINDS:
        return f"{said}, apart from the headline"
    return f"{said}, {money(row['headline_reporting'], currency)} of it in the headline"


def _business_days(days: Cell) -> str:
    return counted(int(str(days)), "business day")


def _value_words(value: Cell) -> Cell:
    """A side's value; an amount or a number of hours as the command line writes numbers."""
    found = _MEASURED.fullmatch(str(value))
    return f"{exact_text(Decimal(found[1]))} {found[2]}" if found else value


def _sides_table(sides: Sequence[Side]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("side", "system", "object", "id", "value", "source"):
        table.add_column(heading, overflow="fold")
    for side in sides:
        cells = (side.system, side.object, side.id, _value_words(side.value))
        source = source_text(side.source) if side.source else "–"
        table.add_row(side.label, *(Text("–" if cell is None else str(cell)) for cell in cells), Text(source))
    return table


def _transactions_table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("transaction", "event", "stake", "counted", "finding"):
        table.add_column(heading, justify="right" if heading in ("stake", "counted") else "left")
    for row in rows:
        table.add_row(
            Text(str(row["transaction_key"])),
            str(row["event_date"]),
            money(row["stake_amount"], row["currency"] or ""),
            "not known" if row["primary_reporting"] is None else f"{row['primary_reporting']:,.2f}",
            Text(str(row["finding"])),
        )
    return table
