"""How far the headlines of the whole firm are traced end to end: for the bar of every page, and row by row for one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboard import data
from dashboard.asked import asked
from dashboard.data import Slice
from dashboard.lists import Row
from tieout.metrics_service import Trust, traced_percent
from tieout.metrics_types import MISSING_LINK, VersionInfo

HEADLINES = (
    "backlog_total",
    "wip_commercial",
    "billed_revenue",
    "recognized_revenue_ledger",
    "project_margin",
    "billable_hours",
    "capacity_gross_hours",
)


@dataclass(frozen=True)
class Headline:
    """A headline with its name for people and what is said of its trust."""

    label: str
    trust: Trust

    @property
    def share(self) -> Decimal | None:
        return self.trust.traced.share if self.trust.traced else None


def headlines(version: VersionInfo, part: Slice | None = None) -> list[Headline]:
    """Of a slice, or of all that happened up to the as-of day, as was, in reporting currency; least traced first, without a
    share last."""
    known = data.catalogue(version.id)
    metrics = tuple(name for name in HEADLINES if name in known)
    asked = part or Slice(date.min, version.as_of, (), "as_was", "reporting", "firm")
    found = data.trusted(version.id, metrics, asked) if metrics else {}
    if not found:
        # One that the service declines takes the others of its question with it.
        found = {
            name: one
            for metric in metrics
            for name, one in data.trusted(version.id, (metric,), asked).items()
        }
    named = [Headline(known[name].label, trust) for name, trust in found.items()]
    return sorted(named, key=lambda each: (each.share is None, each.share or Decimal(0)))


@dataclass(frozen=True)
class Number:
    """One number of the page that led here: its label, its slice in words, what is said of its trust, of which input that
    is said (empty: of itself), and the command that lists the rows of its largest gap (empty where there is none)."""

    label: str
    selection: str
    trust: Trust
    said_of: str
    command: str


def number(version: VersionInfo, metric: str) -> Number | None:
    """The metric in the slice that the address names; None where it is not known or has no share."""
    known = data.catalogue(version.id)
    entry = known.get(metric)
    if entry is None:
        return None
    question = asked(version)
    trust = data.trusted(version.id, (metric,), question.part).get(metric)
    if trust is None or trust.traced is None or trust.traced.share is None:
        return None
    # an input may be of no use on its own, and then it has no entry
    part = known.get(trust.traced.part) if trust.traced.part else entry
    said_of = "" if part is entry else part.label if part else "one of its inputs"
    command = ""
    if part and MISSING_LINK in part.dimensions and trust.traced.missing:
        command = _command(part.name, trust.traced.missing[0][0], question.part)
    return Number(entry.label, question.words, trust, said_of, command)


def _command(metric: str, link: str, part: Slice) -> str:
    """`tieout explain wip_commercial --where missing_link=opportunity --where practice=Data --from … --to … …`."""
    conditions = ((MISSING_LINK, link), *part.where)
    words = [word for name, value in conditions for word in ("--where", f"{name}={value}")]
    words += ["--from", part.date_from.isoformat(), "--to", part.date_to.isoformat()]
    # the firm's policy decides whose hours are meant where nobody says it
    words += ["--population", part.population]
    for option, value, usual in (("--mode", part.mode, "as_was"), ("--currency", part.currency, "reporting")):
        words += [option, value] if value != usual else []
    return shlex.join(["tieout", "explain", metric, *words])


def least(found: Sequence[Headline], of: str) -> str:
    """`Jun 2026: 89 % or more of every headline, least of Backlog`; empty where nothing has a share. `of` says what days."""
    first = next((each for each in found if each.share is not None), None)
    if first is None or first.share is None:
        return ""
    if first.share == 1:
        return f"{of}: all of every headline"
    return f"{of}: {traced_percent(first.share)} or more of every headline, least of {first.label}"


def rows(found: Sequence[Headline]) -> list[Row]:
    """One row a headline and missing link, what is traced first; amounts are absolute."""
    return [{"metric": each.label, **row} for each in found for row in links(each.trust)]


def links(trust: Trust) -> list[Row]:
    """One row a missing link of a number, what is traced first; none where it has no share."""
    traced = trust.traced
    if traced is None or traced.share is None:
        return []
    return [
        {
            "missing_link": link.replace("_", " ") if link != "none" else "none: traced end to end",
            "amount": amount,
            "unit": traced.currency or traced.unit,
            "share": float(amount / traced.value),
        }
        for link, amount in (("none", traced.traced), *traced.missing)
    ]
