"""The demo: a simulated firm's extracts, one refresh from them, and the headlines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tieout.errors import TieoutError
from tieout.metrics_service import MetricsService, Query
from tieout.output import display, print_result

HEADLINES = (
    "billable_utilization",
    "billable_utilization_net",
    "billable_utilization_std",
    "timesheet_compliance",
)


def simulate(out: Path, size: str, seed: int) -> Path:
    """Write the simulated firm into `out`; path of its firm file. The simulation runs in a process of its own."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulation", "--size", size, "--seed", str(seed), "--out", str(out)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own module
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines()
        raise TieoutError(
            f"The simulation failed: {lines[-1] if lines else 'no message'}", "Run it from a checkout."
        )
    return out / "firm.yml"


def print_headlines(firm_path: Path, shown_path: str, console: Console) -> None:
    """Utilization on its three denominators, compliance, cost by practice, and how to go on."""
    service = MetricsService.open(firm_path)
    try:
        total = service.query(Query(HEADLINES))
        console.print(Text(f"\n{service.version.firm_name}, as of {total.as_of}\n", style="bold"))
        row = total.rows[0]
        for column in total.columns:
            console.print(Text(f"  {column.label:<36}{display(row[column.name], column):>10}"))
        console.print()
        print_result(service.query(Query(["cost_standard", "uncosted_hours"], by=["practice"])), console)
    finally:
        service.close()
    console.print(
        Text("\nOpen the page:   ", style="bold"), Text(f"tieout --firm {shown_path} dashboard"), sep=""
    )
    console.print(
        Text("Ask a question:  ", style="bold"),
        Text(f"tieout --firm {shown_path} query billable_utilization --by month,practice"),
        sep="",
    )
