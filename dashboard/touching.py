"""The breaks that touch one number: those that its tile counts, under the selection that the address carries."""

from __future__ import annotations

import streamlit as st

from dashboard import data, state
from dashboard.data import Slice, VersionChanged, firm_path, service
from dashboard.kept import kept
from dashboard.lists import Conditions
from dashboard.state import Choices
from tieout.errors import UsageError
from tieout.metrics_types import Filter, Query, VersionInfo


def conditions(version: VersionInfo, metric: str) -> Conditions | None:
    """The filter that leaves the breaks which touch a metric; None where the metric or the selection is not known."""
    choices = Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=data.values_of(version.id, "practice"),
        entities=data.values_of(version.id, "entity"),
        year_starts_in=data.year_starts_in(),
    )
    address = {name: value for name in st.query_params if (value := st.query_params[name])}
    selection, _ = state.from_query(address, choices)
    found = _ids(firm_path(), version.id, metric, selection.part(selection.resolved(choices)))
    return None if found is None else (("break_id", "in", found or ("none",)),)


@kept(32)
def _ids(path: str, version_id: str, metric: str, part: Slice) -> tuple[str, ...] | None:
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
        found = service().touching(query)
    except UsageError:
        return None
    if service().version.id != version_id:
        raise VersionChanged(service().version.id)
    return found
