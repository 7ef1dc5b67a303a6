"""A chain as a page for people and JSON for programs."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.amounts import exact_text, json_cell
from tieout.explain_text import SOURCE_FIELDS, source_text
from tieout.trace import Stage, Total, Trace, TraceRecord
from tieout.trace_links import BY_NAME


def as_json(trace: Trace) -> str:
    """The contract of `tieout trace --format json`."""
    document = {
        "asked": trace.asked,
        "matches": [{"kind": match.kind, "system": match.system, "id": match.id} for match in trace.matches],
        "stages": [_stage_document(stage) for stage in trace.stages],
        "as_of": trace.as_of.isoformat(),
        "version": trace.version,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _stage_document(stage: Stage) -> dict[str, Any]:
    return {
        "kind": stage.kind,
        "count": stage.count,
        "missing": stage.missing or None,
        "totals": [
            {
                "status": each.status,
                "unit": each.unit,
                "count": each.count,
                "things": each.things,
                "amount": json_cell(each.amount),
            }
            for each in stage.totals
        ],
        "records": [_record_document(record) for record in stage.records],
    }


def _record_document(record: TraceRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "label": record.label,
        "date": json_cell(record.date),
        "amount": json_cell(record.amount),
        "unit": record.unit,
        "status": record.status,
        "is_deleted": record.is_deleted,
        "is_asked_for": record.is_focus,
        "source": {name: getattr(record.source, name) for name in SOURCE_FIELDS},
    }


def print_trace(trace: Trace, console: Console) -> None:
    """What the id names, and the chain with what is missing in it."""
    names = [f"{BY_NAME[match.kind].title} {match.id} of {match.system}" for match in trace.matches[:10]]
    more = f" and {len(trace.matches) - 10} more" if len(trace.matches) > 10 else ""
    console.print(Text(f"{trace.asked}: {', '.join(names)}{more}", style="bold"), soft_wrap=True)
    if len({(match.kind, match.system) for match in trace.matches}) > 1:
        first = trace.matches[0]
        console.print(
            Text(f"It names several; one alone: tieout trace {first.system}:{first.kind}:{first.id}"),
            soft_wrap=True,
        )
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "record", "id", "date"):
        table.add_column(name, no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    for name in ("status", "what"):
        table.add_column(name)
    table.add_column("source", overflow="fold")
    for stage in trace.stages:
        if stage.missing:
            table.add_row("", Text(stage.title), Text("–"), "", "", Text(stage.missing, style="yellow"))
        for record in stage.records:
            table.add_row(
                *(Text(cell, style="bold" if record.is_focus else "") for cell in _cells(stage, record))
            )
        if stage.count > len(stage.records):
            left = stage.count - len(stage.records)
            title = "" if stage.records else stage.title
            more = f"… {left:,} more" if stage.records else f"{left:,}"
            table.add_row("", Text(title), Text(more, style="dim"), "", "", Text(_totals(stage), style="dim"))
    console.print(table)
    console.print(Text(f"As of {trace.as_of} · version {trace.version}", style="dim"), soft_wrap=True)


def _cells(stage: Stage, record: TraceRecord) -> list[str]:
    amount = f"{exact_text(record.amount)} {record.unit or ''}".strip() if record.amount is not None else "–"
    status = "deleted in the source" if record.is_deleted else record.status or "–"
    return [
        "→" if record.is_focus else "",
        stage.title,
        record.id,
        record.date.isoformat() if record.date else "–",
        amount,
        status,
        record.label or "",
        source_text(record.source),
    ]


def _totals(stage: Stage) -> str:
    """What all records of a stage add up to, by status."""
    return "all: " + "; ".join(_total(each) for each in stage.totals)


def _total(total: Total) -> str:
    amount = f": {exact_text(total.amount)} {total.unit or ''}".rstrip() if total.amount is not None else ""
    # versions of one thing, or what several systems tell of it
    several = f" (records of {total.things:,}, not added up)" if total.things < total.count else ""
    return f"{total.count:,} {total.status or ''}".strip() + several + amount
