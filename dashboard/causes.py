"""Breaks by cause: one check in one project, kept by the version like all answers of the metrics service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard import format as fmt
from dashboard.components import navigation
from dashboard.data import VersionChanged, firm_path, service
from dashboard.kept import kept
from dashboard.lists import Conditions
from tieout.metrics_service import BreakGroup
from tieout.metrics_types import UNASSIGNED, Filter, UnknownName

CAUSE = ("check", "project")


@dataclass(frozen=True)
class Causes:
    """The first causes, most money first, of `total`. `lacks`: this version has no breaks."""

    groups: tuple[BreakGroup, ...] = ()
    total: int = 0
    lacks: bool = False


def causes(version_id: str, where: Conditions = (), limit: int = 1000, by: tuple[str, ...] = CAUSE) -> Causes:
    """The breaks that fit by cause, or by another grouping."""
    return _causes(firm_path(), version_id, by, where, limit)


@kept(64)
def _causes(path: str, version_id: str, by: tuple[str, ...], where: Conditions, limit: int) -> Causes:
    try:
        found = service().break_groups(by, [Filter(*condition) for condition in where], limit)
    except UnknownName:
        return Causes(lacks=True)
    if found.version != version_id:
        raise VersionChanged(found.version)
    return Causes(found.groups, found.total)


def address(group: BreakGroup, **kept: str) -> str:
    """Where exactly the breaks of a cause are listed; those of no project are asked for as such. `kept` is what else the
    address says."""
    project = group.keys["project_key"] or UNASSIGNED
    return navigation.link("breaks", **{**kept, "check": group.keys["check_id"], "project": project})


def of_project(project: str, named_so: Sequence[str]) -> Conditions:
    """The filter for a project by its key. Breaks of none carry a name for that, which the projects `named_so` (their keys)
    may have too."""
    if project != UNASSIGNED:
        return (("project_key", "=", (project,)),)
    others: Conditions = (("project_key", "not in", tuple(named_so)),) if named_so else ()
    return (("project_name", "=", (UNASSIGNED,)), *others)


def money(group: BreakGroup) -> tuple[Decimal | None, str]:
    """The largest of what a group leaks or lets wait, misstates or exposes, and the word for it."""
    kinds = ((group.headline, "leaks or waits"), (group.misstated, "misstated"), (group.exposed, "exposed"))
    known = [(amount, word) for amount, word in kinds if amount is not None]
    return max(known, default=(None, fmt.UNKNOWN_AMOUNT), key=lambda each: each[0] or Decimal(0))
