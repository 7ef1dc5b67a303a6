"""The same firm one refresh later: what people, HR and treasury changed after the first export.

The as-of date stays, so every difference is one of knowledge: approvals, late and corrected time, rows deleted with
and without a trace, backdated HR changes, a re-rated person, published and corrected exchange rates.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from simulation.events import AttributeRow, Employment, Firm, FxRate, Leave, TimeEntry

Item = TypeVar("Item")


def next_export(firm: Firm) -> Firm:
    """A new log, revision 2; the given one is left as it is."""
    rng = random.Random(f"second export {firm.size} {firm.seed}")
    return replace(
        firm,
        revision=2,
        time_entries=_time_sheet(firm, rng),
        attributes=_attributes(firm),
        employments=_resignations(firm),
        leaves=_leaves(firm),
        cost_rates=[
            replace(rate, rate=rate.rate + Decimal("1.5")) if rate.cost_rate_id == "CR-0001-B" else rate
            for rate in firm.cost_rates
        ],
        fx_rates=_fx_rates(firm),
    )


def as_if_first_export(firm: Firm) -> Firm:
    """The same rows, known all at once: what a warehouse that never saw an earlier export must answer."""
    return replace(firm, attributes=[replace(row, known=1) for row in firm.attributes])


def _sample(rng: random.Random, items: Sequence[Item], share: float, least: int) -> list[Item]:
    return rng.sample(items, min(len(items), max(least, int(len(items) * share))))


def _time_sheet(firm: Firm, rng: random.Random) -> list[TimeEntry]:
    entries = list(firm.time_entries)
    ids: dict[str, int] = {}
    for entry in entries:
        ids[entry.time_entry_id] = ids.get(entry.time_entry_id, 0) + 1
    in_chain = {entry.corrects_id for entry in entries if entry.corrects_id}
    plain = [
        place
        for place, entry in enumerate(entries)
        if ids[entry.time_entry_id] == 1
        and entry.corrects_id is None
        and entry.time_entry_id not in in_chain
        and not entry.is_deleted
        and entry.work_date <= firm.as_of
    ]

    def of(*statuses: str) -> list[int]:
        return [place for place in plain if entries[place].status in statuses]

    touched: set[int] = set()
    for place in _sample(rng, of("submitted"), 0.6, 3):
        entries[place] = entries[place]._replace(status="approved", approved_on=firm.as_of)
        touched.add(place)
    for place in _sample(rng, of("draft"), 0.5, 2):
        entries[place] = entries[place]._replace(status="submitted")
        touched.add(place)
    for place in _sample(rng, of("rejected"), 0.3, 1):
        half = entries[place].hours / 2
        entries[place] = entries[place]._replace(status="submitted", hours=half)
        touched.add(place)
    approved = [place for place in of("approved", "posted") if place not in touched]
    edited, trashed, vanished, reversed_ = (
        _sample(rng, approved, share, 2) for share in (0.004, 0.002, 0.002, 0.003)
    )
    for place in edited:
        entries[place] = entries[place]._replace(project_id="P-1003", task_id=None)
    for place in trashed:
        entries[place] = entries[place]._replace(is_deleted=True)
    number = 9_000_000
    fresh: list[TimeEntry] = []

    def add(entry: TimeEntry) -> None:
        nonlocal number
        number += 1
        fresh.append(
            entry._replace(time_entry_id=f"TE-{number}", entered_on=firm.as_of, approved_on=firm.as_of)
        )

    gone = set(vanished)
    for place in reversed_:
        wrong = entries[place]
        if place in gone or wrong.is_deleted:
            continue
        for hours in (-wrong.hours, wrong.hours + Decimal("0.25")):
            add(wrong._replace(hours=hours, status="approved", corrects_id=wrong.time_entry_id))
    for place in _sample(rng, approved, 0.004, 3):
        # Late time: the same person, weeks after the day, on a day that had some already.
        add(
            entries[place]._replace(
                hours=Decimal("1.75"), status="approved", is_deleted=False, corrects_id=None
            )
        )
    return [entry for place, entry in enumerate(entries) if place not in gone] + fresh


def _attributes(firm: Firm) -> list[AttributeRow]:
    rows: list[AttributeRow] = []
    moved_on = firm.as_of - timedelta(days=40)
    for row in firm.attributes:
        open_practice = row.attribute == "practice" and row.valid_to is None
        if row.employment_id == "E-0003-1" and open_practice:
            # A transfer entered forty days late.
            rows.append(replace(row, valid_to=moved_on, known=2))
            rows.append(replace(row, value="CYBER", valid_from=moved_on, known=2))
        elif row.employment_id == "E-0004-1" and row.attribute == "role":
            # A value that was wrong from the start.
            rows.append(replace(row, value="Consultant", known=2))
        elif row.employment_id == "E-0001-1" and row.attribute == "role" and row.valid_from > firm.as_of:
            # A planned promotion was called off: the row is no longer exported.
            continue
        else:
            rows.append(row)
    # Learned later and left open beside rows that start later: what was learned last wins from its first day on.
    start = next(job.valid_from for job in firm.employments if job.employment_id == "E-0002-1")
    rows.append(AttributeRow("E-0002-1", "level", "L5", start + timedelta(days=30), None, known=2))
    return rows


def _resignations(firm: Firm) -> list[Employment]:
    """Someone left a fortnight ago, and HR heard of it only now."""
    left = firm.as_of - timedelta(days=14)
    return [
        replace(job, valid_to=left, termination_reason="voluntary")
        if job.employment_id == "E-0008-1"
        else job
        for job in firm.employments
    ]


def _leaves(firm: Firm) -> list[Leave]:
    leaves = [
        replace(leave, status="cancelled") if leave.leave_id == "L-0002-02" else leave
        for leave in firm.leaves
        if leave.leave_id != "L-0003-03"
    ]
    first = firm.as_of - timedelta(days=20)
    leaves.append(
        Leave("L-0006-90", "E-0006", None, None, "sick", None, "approved", first, first + timedelta(days=2))
    )
    return leaves


def _fx_rates(firm: Firm) -> list[FxRate]:
    """The missing average of the euro is published, and the first one of the pound corrected."""
    published = {
        (r.from_currency, r.rate_date.replace(day=1)) for r in firm.fx_rates if r.rate_type == "average"
    }
    closing = [rate for rate in firm.fx_rates if rate.rate_type == "closing"]
    rates: list[FxRate] = []
    corrected = False
    for rate in firm.fx_rates:
        if not corrected and (rate.from_currency, rate.rate_type) == ("USD", "average"):
            rate, corrected = replace(rate, rate=rate.rate + Decimal("0.003")), True
        rates.append(rate)
    for rate in closing:
        if rate.from_currency == "EUR" and ("EUR", rate.rate_date.replace(day=1)) not in published:
            rates.append(replace(rate, rate_type="average", rate=rate.rate + Decimal("0.0021")))
    return rates
