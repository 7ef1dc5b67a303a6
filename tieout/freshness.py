"""What the load log says of each system: whether it was ever loaded, and how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from tieout.errors import TieoutError

_LATEST = (
    "select system, max(extracted_at) from raw_tieout.loads where finished_at is not null group by system"
)


def system_freshness(connection: duckdb.DuckDBPyConnection) -> Mapping[str, datetime]:
    """When each system's latest completed load was extracted (UTC); empty before the first load."""
    try:
        rows = connection.execute(_LATEST).fetchall()
    except duckdb.CatalogException:
        return {}
    return {
        system: at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        for system, at in rows
        if at
    }


def never_loaded(database: Path, systems: Sequence[str]) -> list[str]:
    """Those of the systems that the build database knows nothing of."""
    if not systems or not database.is_file():
        return list(systems)
    with duckdb.connect(str(database), read_only=True) as connection:
        known = system_freshness(connection)
    return [system for system in systems if system not in known]


def latest_extraction_day(database: Path, timezone: str) -> date:
    """The day, in the firm's time zone, of the latest completed extraction."""
    with duckdb.connect(str(database), read_only=True) as connection:
        known = system_freshness(connection)
    if not known:
        raise TieoutError(
            "No system has been loaded, so there is no day to report as of.", "Give --as-of DATE."
        )
    return max(known.values()).astimezone(ZoneInfo(timezone)).date()
