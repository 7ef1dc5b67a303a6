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
from tieout.metrics_types import VersionInfo

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
    """One number of the page that led here: its label, its slice in words and as options of the command line, and what is
    said of its trust."""

    label: str
    selection: str
    options: str
    trust: Trust


def number(version: VersionInfo, metric: str) -> Number | None:
    """The metric in the slice that the address names; None where it is not known or has no share."""
    entry = data.catalogue(version.id).get(metric)
    if entry is None:
        return None
    question = asked(version)
    trust = data.trusted(version.id, (metric,), question.part).get(metric)
    if trust is None or trust.traced is None or trust.traced.share is None:
        return None
    return Number(entry.label, question.words, _options(question.part), trust)


def _options(part: Slice) -> str:
    """The slice as the command line takes it: `--where practice=Data --from 2026-06-01 --to 2026-06-30`."""
    words = [word for name, value in part.where for word in ("--where", f"{name}={value}")]
    words += ["--from", part.date_from.isoformat(), "--to", part.date_to.isoformat()]
    for option, value, usual in (
        ("--mode", part.mode, "as_was"),
        ("--currency", part.currency, "reporting"),
        ("--population", part.population, "billable_resources"),
    ):
        words += [option, value] if value != usual else []
    return shlex.join(words)


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
