"""The reconciliation checks as their files say: read from the metadata block at the head of each check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from tieout.errors import TieoutError
from tieout.paths import project_dir

CHECKS = "models/reconciliation/checks"
_BLOCK = re.compile(r"\{\{\s*config\(\s*meta\s*=\s*(?P<meta>\{.*?\})\s*\)\s*\}\}", re.DOTALL)
_REQUIRED = (
    "check",
    "title",
    "workflow",
    "systems",
    "key",
    "rule",
    "severity",
    "owner_team",
    "action",
    "clock",
    "stake",
)


class BadCheck(TieoutError):
    """The file of a check has no metadata block, or one that lacks something."""


@dataclass(frozen=True)
class Check:
    """One check. `grace_business_days` after the event its condition is no break yet; `stake` says how its money is computed; `touches` are the metrics that
    its breaks make uncertain; `needs` the canonical entities without which it does not run."""

    check_id: str
    model: str
    title: str
    workflow: str
    systems: tuple[str, ...]
    key: str
    rule: str
    severity: str
    owner_team: str
    action: str
    clock: str
    stake_kind: str
    stake: str
    cause_rank: int
    grace_business_days: int
    needs: tuple[str, ...]
    touches: tuple[str, ...]


def read_checks(folder: Path | None = None) -> list[Check]:
    """All checks, by id. Raises BadCheck."""
    where = folder or project_dir() / CHECKS
    return sorted((_read(path) for path in where.glob("rec_*.sql")), key=lambda check: check.check_id)


def _read(path: Path) -> Check:
    found = _BLOCK.search(path.read_text(encoding="utf-8"))
    meta: Mapping[str, Any] = _literal(found["meta"]) if found else {}
    missing = [name for name in _REQUIRED if not meta.get(name)]
    if missing:
        raise BadCheck(
            f"{path.name} lacks {', '.join(missing)} in its metadata block.",
            "See docs/how-to/add-a-check.md.",
        )
    return Check(
        check_id=str(meta["check"]),
        model=path.stem,
        title=str(meta["title"]),
        workflow=str(meta["workflow"]),
        systems=tuple(meta["systems"]),
        key=str(meta["key"]),
        rule=str(meta["rule"]),
        severity=str(meta["severity"]),
        owner_team=str(meta["owner_team"]),
        action=str(meta["action"]),
        clock=str(meta["clock"]),
        stake_kind=str(meta.get("stake_kind", "display")),
        stake=str(meta["stake"]),
        cause_rank=int(meta.get("cause_rank", 7)),
        grace_business_days=int(meta.get("grace_business_days", 0)),
        needs=tuple(meta.get("needs", ())),
        touches=tuple(str(touch).partition(":")[0] for touch in meta.get("touches", ())),
    )


def _literal(block: str) -> Mapping[str, Any]:
    """The block as dbt reads it: an expression of the template language."""
    value = jinja2.Environment(autoescape=False).compile_expression(block)()  # noqa: S701 - no HTML is made
    return value if isinstance(value, dict) else {}
