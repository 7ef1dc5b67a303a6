"""The teams that breaks are routed to, as the seed names them: for help texts and reference pages."""

from __future__ import annotations

import csv

from tieout.paths import project_dir

SEED = "seeds/owner_team.csv"


def owner_teams() -> dict[str, str]:
    """Code to name of every team; none where the program runs without its project."""
    path = project_dir() / SEED
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["owner_team"]: row["owner_team_name"] for row in csv.DictReader(file)}


def owner_codes() -> str:
    """`SO Sales operations, PMO Project office …`."""
    return ", ".join(f"{code} {name}" for code, name in owner_teams().items())
