"""The metric catalogue for people and programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tieout.metrics_types import MetricDescription


def as_json(entries: Sequence[MetricDescription]) -> str:
    """All entries with all their fields."""
    return json.dumps([asdict(entry) for entry in entries], indent=2, ensure_ascii=False)


def print_list(entries: Sequence[MetricDescription], console: Console) -> None:
    """One line a metric."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("metric", "unit", "kind", "description"):
        table.add_column(heading, no_wrap=heading != "description")
    for entry in entries:
        table.add_row(entry.name, entry.unit, entry.kind, Text(entry.description))
    console.print(table)


def print_entry(entry: MetricDescription, console: Console) -> None:
    """All about one metric."""
    console.print(Text(f"{entry.label} ({entry.name})", style="bold"))
    console.print(Text(entry.description))
    facts = (
        ("formula", entry.formula),
        ("unit", entry.unit),
        ("kind", entry.kind),
        ("owner", entry.owner),
        ("made of", ", ".join(entry.components)),
        ("needs", ", ".join(entry.needs)),
        ("dimensions", ", ".join(entry.dimensions)),
    )
    for name, value in facts:
        if value:
            console.print(Text(f"{name:<11}{value}"))
