"""The breaks that touch one number: those that its tile counts, under the selection that the address carries."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import data
from dashboard.asked import asked
from dashboard.data import Slice, VersionChanged, firm_path, service
from dashboard.kept import kept
from dashboard.lists import Conditions
from tieout.errors import UsageError
from tieout.metrics_service import TouchingCheck, Trust
from tieout.metrics_types import Filter, Query, VersionInfo


@dataclass(frozen=True)
class Touched:
    """A number and the breaks that touch it: its label, the selection in words, the filter that leaves these breaks, what the
    tile says of them, and the same by check."""

    label: str
    selection: str
    where: Conditions
    trust: Trust | None
    checks: tuple[TouchingCheck, ...]


def touched(version: VersionInfo, metric: str) -> Touched | None:
    """What touches a metric; None where the metric or the selection is not known."""
    entry = data.catalogue(version.id).get(metric)
    if entry is None:
        return None
    question = asked(version)
    found = _found(firm_path(), version.id, metric, question.part)
    if found is None:
        return None
    ids, checks = found
    return Touched(
        label=entry.label,
        selection=question.words,
        where=(("break_id", "in", ids or ("none",)),),
        trust=data.trusted(version.id, (metric,), question.part).get(metric),
        checks=checks,
    )


@kept(32)
def _found(
    path: str, version_id: str, metric: str, part: Slice
) -> tuple[tuple[str, ...], tuple[TouchingCheck, ...]] | None:
    query = Query(
        (metric,),
        where=[Filter(name, "=", (value,)) for name, value in part.where],
        mode=part.mode,
        currency=part.currency,
        date_from=part.date_from,
        date_to=part.date_to,
        population=part.population,
    )
    try:
        found = service().touching(query), service().touching_checks(query)
    except UsageError:
        return None
    if service().version.id != version_id:
        raise VersionChanged(service().version.id)
    return found
