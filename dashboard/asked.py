"""The slice and the days that the address of a number names, for pages whose own lists are of all days."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import data, state
from dashboard.data import Slice
from dashboard.state import Choices
from tieout.metrics_types import VersionInfo


@dataclass(frozen=True)
class Asked:
    """A slice, and the same in words as they follow others: `all practices, all entities, Jun 2026, …`."""

    part: Slice
    words: str


def offered(version: VersionInfo) -> Choices:
    """What an address can name of a version."""
    return Choices(
        as_of=version.as_of,
        months=data.months_of(version.id),
        practices=data.values_of(version.id, "practice"),
        entities=data.values_of(version.id, "entity"),
        year_starts_in=data.year_starts_in(),
        drills=data.drills(version.id),
    )


def asked(version: VersionInfo) -> Asked:
    """As the tiles read the address; what this version does not know of it is left out."""
    choices = offered(version)
    address = {name: value for name in st.query_params if (value := st.query_params[name])}
    selection, _ = state.from_query(address, choices)
    period = selection.resolved(choices.on(selection.as_of))
    sentence = selection.sentence(period, version.reporting_currency)
    words = f"{sentence[:1].lower()}{sentence[1:]}" if selection.practice is None else sentence
    return Asked(selection.part(period), words)
