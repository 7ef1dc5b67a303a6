"""What the loads of the published version brought and left behind, and which refreshes there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tieout import ledger
from tieout.metrics_types import Cell
from tieout.paths import Home
from tieout.serving import OpenVersion


def _rows(opened: OpenVersion, sql: str) -> list[dict[str, Cell]]:
    names, rows = opened.fetch(sql)
    return [dict(zip(names, row, strict=True)) for row in rows]


def freshness(opened: OpenVersion) -> list[dict[str, Cell]]:
    """The latest load that brought something of each object, and when the object was last looked at."""
    return _rows(
        opened,
        "select system, object, load_mode, looked_at, extracted_at, received, unreadable, new_versions,"
        " changed_versions, closed_by_sweep, agrees_with_source_count, agrees_with_control_total, is_balanced, note"
        " from (select *, max(extracted_at) over (partition by system, object) as looked_at,"
        " row_number() over (partition by system, object order by skipped, extracted_at desc nulls last, load_id desc)"
        " as place from warehouse.operations.ops_load where finished_at is not null)"
        " where place = 1 and not skipped order by system, object",
    )


def rejects(opened: OpenVersion) -> list[dict[str, Cell]]:
    """Rejected rows counted by system, object, column and reason; what they hold is not in it."""
    return _rows(
        opened,
        "select system, object, column_name, rejected_at, is_duplicate, reason, max(cure) as cure, count(*) as rows"
        " from warehouse.operations.ops_rejected_row"
        " group by system, object, column_name, rejected_at, is_duplicate, reason"
        " order by rows desc, system, object, column_name, reason",
    )


def runs(home: Home, limit: int) -> list[dict[str, Cell]]:
    """The latest entries of the run ledger, newest first, without what only an operator at the machine needs."""
    return [_run(entry) for entry in reversed(ledger.read(home.ledger)[-limit:])] if limit > 0 else []


def _run(entry: Mapping[str, Any]) -> dict[str, Cell]:
    # Why a run failed may name files and values of the machine, so it stays with who reads the ledger there.
    loads = [load for load in entry.get("loads") or [] if isinstance(load, dict)]
    seconds = entry.get("seconds")
    return {
        "finished_at": _moment(entry.get("finished_at")),
        "result": _text(entry.get("result")),
        "version": _text(entry.get("version")),
        "as_of": _text(entry.get("as_of")),
        "seconds": round(float(seconds), 1) if isinstance(seconds, (int, float)) else None,
        "received": _sum(load.get("received") for load in loads) if loads else None,
        "changed": _sum(load.get(name) for load in loads for name in ("new_versions", "changed_versions"))
        if loads
        else None,
    }


def _sum(values: Iterable[Any]) -> int:
    return sum(value for value in values if isinstance(value, int))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None
