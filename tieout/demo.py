"""The demo: a simulated firm's extracts, one refresh from them, and the headlines."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tieout import break_list
from tieout.errors import TieoutError
from tieout.invocation import program
from tieout.metrics_service import MetricsService, Query
from tieout.output import display, print_result

HEADLINES = (
    "billable_utilization",
    "timesheet_compliance",
    "backlog_total",
    "wip_commercial",
    "billed_revenue",
    "project_margin",
    "project_margin_pct",
)
BY_PRACTICE = ("backlog_total", "wip_commercial", "billed_revenue", "project_margin")
TOP_BREAKS = 5
# The firm of `make demo`.
DEMO_SIZE, DEMO_SEED = "small", 1


def simulate(out: Path, size: str, seed: int) -> Path:
    """Write the simulated firm into `out`; path of its firm file. The simulation runs in a process of its own."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulation", "--size", size, "--seed", str(seed), "--faults"]
    command += ["--out", str(out)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own module
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines()
        raise TieoutError(
            f"The simulation failed: {lines[-1] if lines else 'no message'}", "Run it from a checkout."
        )
    return out / "firm.yml"


def print_headlines(firm_path: Path, shown_path: str, console: Console) -> None:
    """The headline metrics with the breaks that touch them, money by practice, the top breaks, and how to go on."""
    service = MetricsService.open(firm_path)
    try:
        as_of = service.version.as_of
        since = as_of.replace(month=1, day=1)
        query = Query(HEADLINES, date_from=since, date_to=as_of)
        total, trusted = service.query(query), service.trust(query)
        head = f"\n{service.version.firm_name}, as of {as_of}, what happened since {since}\n"
        console.print(Text(head, style="bold"))
        row = total.rows[0]
        for column in total.columns:
            said = trusted[column.name].sentence()
            console.print(Text(f"  {column.label:<26}{display(row[column.name], column):>16}  {said}"))
        console.print()
        print_result(service.query(replace(query, metrics=BY_PRACTICE, by=["practice"])), console)
        rows, _ = break_list.find(service, (), TOP_BREAKS)
        console.print(Text("\nThe largest breaks between the systems\n", style="bold"))
        break_list.print_breaks(rows, service.break_totals(), (), console)
    finally:
        service.close()
    console.print()
    for what, command in (
        ("Open the page:   ", "dashboard"),
        ("All breaks:      ", "breaks"),
        # the question of the first line above, so that its last line is the same number
        ("Ask a question:  ", f"query {HEADLINES[0]} --by practice --from {since} --to {as_of}"),
    ):
        line = Text(what, style="bold").append(
            f"{program()} --firm {shlex.quote(shown_path)} {command}", style="not bold"
        )
        console.print(line, soft_wrap=True)
