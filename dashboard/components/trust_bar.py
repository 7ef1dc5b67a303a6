"""The trust bar: whose numbers, as of when, in which mode and currency, from which version, how fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from dashboard import format as fmt
from dashboard import lists, traced
from dashboard.components import navigation
from dashboard.components.markup import fold, show, text
from dashboard.data import Slice
from tieout.metrics_service import BreakTotals
from tieout.metrics_types import SystemFreshness, VersionInfo

# What a narrow screen folds away: the sentence above the numbers says mode and currency too.
FOLDED = ("Mode", "Currency", "Version", "Data extracted")


@dataclass(frozen=True)
class Freshness:
    """One system's state in words. `behind`: its last extraction does not reach the as-of day."""

    name: str
    words: str
    behind: bool


def freshness(system: SystemFreshness, as_of: date) -> Freshness:
    """A system is behind when nothing was extracted from it on or after the as-of day, or never."""
    if system.extracted_at is None:
        return Freshness(system.name, "never loaded", True)
    extracted = system.extracted_at
    utc = extracted.astimezone(UTC) if extracted.tzinfo else extracted
    return Freshness(system.name, fmt.moment(utc.replace(tzinfo=None)), utc.date() < as_of)


def missing_records(systems: Sequence[SystemFreshness]) -> list[str]:
    """One sentence a system on what it does not record: `Not recorded in erp: time approval.`"""
    return [
        f"Not recorded in {system.name}: {'; '.join(system.does_not_record)}."
        for system in systems
        if system.does_not_record
    ]


def draw(
    version: VersionInfo,
    mode: str,
    money: str,
    as_of: date | None = None,
    part: Slice | None = None,
    part_words: str = "",
) -> None:
    """The bar of a page, with what the checks of the version found. `as_of`: an earlier day than the version's own. `part`:
    what the page's numbers are of, `part_words` its days; without one it is all that is known. A page whose numbers have no
    `mode` does not name one."""
    breaks = lists.break_totals(version.id, lists.until(as_of))
    days = part_words or f"all to {fmt.day(version.as_of)}"
    proved = traced.least(traced.headlines(version, part), days)
    links = (navigation.link("breaks"), navigation.link("health"))
    show(html(version, mode, money, breaks, *links, as_of, proved))


def html(
    version: VersionInfo,
    mode: str,
    money: str,
    breaks: BreakTotals | None = None,
    link: str = "breaks",
    health: str = "health",
    as_of: date | None = None,
    proved: str = "",
) -> str:
    """The bar. `mode` and `money` are said in words, as in the sentence under the filters."""
    states = [freshness(system, version.as_of) for system in version.systems]
    facts = "".join(
        f'<div class="to-fact{" to-rest" if label in FOLDED else ""}"><dt>{text(label)}</dt><dd>{value}</dd></div>'
        for label, value in (
            ("As of", _as_of(version, as_of)),
            *((("Mode", text(mode)),) if mode else ()),
            ("Currency", text(money)),
            (
                "Version",
                f'<span class="to-id">{text(version.id)}</span> '
                f'<span class="to-muted">published {text(fmt.moment(_utc(version.published_at)))}</span>',
            ),
            *((("Breaks", _breaks(breaks, link)),) if breaks is not None else ()),
            *((("Rejected", _rejected(version.rejected_rows, health)),) if version.rejected else ()),
            *((("Traced", f'<a href="{text(health)}" target="_self">{text(proved)}</a>'),) if proved else ()),
            ("Data extracted", " ".join(_state(state) for state in states) or "no system yet"),
        )
    )
    return (
        f'<header class="to-trust"><h1>{text(version.firm_name)}</h1>{fold("Version and systems")}'
        f'<dl class="to-facts" aria-label="What these numbers rest on">{facts}</dl></header>'
    )


def _rejected(count: int, link: str) -> str:
    """How many received rows are in no number, leading to what is wrong with them."""
    words = f"{fmt.counted(count, 'row')} in no number"
    return f'<a href="{text(link)}#rejects" target="_self"><span class="to-warn">▲ {text(words)}</span></a>'


def _as_of(version: VersionInfo, as_of: date | None) -> str:
    """The version's day, or the earlier one: what is said of that one is said with what is known now."""
    if as_of is None:
        return text(fmt.day(version.as_of))
    return (
        f'<b>{text(fmt.day(as_of))}</b>, seen from version <span class="to-id">{text(version.id)}</span> '
        f'<span class="to-muted">as of {text(fmt.day(version.as_of))}</span>'
    )


def _breaks(breaks: BreakTotals, link: str) -> str:
    """How many are open and what leaks or waits because of them, leading to the list."""
    count = fmt.grouped(Decimal(breaks.count), 0)
    words = f"{count} open" if breaks.count else "none open"
    if breaks.count and breaks.headline is not None:
        words += f", {fmt.tile_value(breaks.headline, 'money', breaks.currency_code)} leaks or waits"
    tone = ' class="to-warn"' if breaks.count else ""
    return f'<a href="{text(link)}" target="_self"><span{tone}>{text(words)}</span></a>'


def notes_html(warnings: Sequence[str], facts: Sequence[str]) -> str:
    """Warnings, then what is simply not recorded, each sentence once; empty when there is nothing to say."""
    seen: dict[str, str] = {}
    for tone, sentences in (("to-warn", warnings), ("to-muted", facts)):
        for sentence in sentences:
            if sentence.strip():
                seen.setdefault(sentence.strip(), tone)
    if not seen:
        return ""
    items = "".join(f'<li class="{tone}">{text(sentence)}</li>' for sentence, tone in seen.items())
    return f'<ul class="to-notes">{items}</ul>'


def behind(version: VersionInfo) -> list[str]:
    """A sentence for each system whose data ends before the as-of day, with what to do."""
    sentences = []
    for system in version.systems:
        state = freshness(system, version.as_of)
        if not state.behind:
            continue
        what = (
            f"{system.name} has never been loaded."
            if system.extracted_at is None
            else f"{system.name} is stale: extracted {state.words}, before the as-of day."
        )
        sentences.append(f"{what} Run: tieout refresh --system {system.name}")
    return sentences


def _state(state: Freshness) -> str:
    mark = '<span class="to-warn">▲ stale</span> ' if state.behind else ""
    return (
        f'<span class="to-system">{mark}<b>{text(state.name)}</b> '
        f'<span class="to-muted">{text(state.words)}</span></span>'
    )


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
