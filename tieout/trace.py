"""Walk from any record of the chain to all that stand up- and downstream of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.explain_types import Source
from tieout.metrics_types import BadFilter, Cell, UnknownName
from tieout.serving import OpenVersion
from tieout.trace_links import BY_NAME, KINDS, LINKS, ORDER, WORK, Kind, Link

DEFAULT_LIMIT = 5
_NEAR = 0.85

Nodes = dict[str, set[str]]


@dataclass(frozen=True)
class Match:
    """A record that the id names."""

    kind: str
    system: str
    id: str


@dataclass(frozen=True)
class TraceRecord:
    """One record as its system tells it. `unit` is the currency of `amount`, or hours."""

    id: str
    label: str | None
    date: date | None
    amount: Decimal | None
    unit: str | None
    status: str | None
    is_deleted: bool
    is_focus: bool
    source: Source


@dataclass(frozen=True)
class Total:
    """Records of a stage with one status and unit, and what they add up to. `amount` is None where there is none, and where
    several records tell of one thing (versions, systems): those are not added up. `things` are what the records tell of."""

    status: str | None
    unit: str | None
    count: int
    amount: Decimal | None
    things: int


@dataclass(frozen=True)
class Stage:
    """One kind of record in the chain: the first of `count`, those that were asked for before the others, then by date.
    `missing` says what is not there."""

    kind: str
    title: str
    count: int
    records: tuple[TraceRecord, ...]
    totals: tuple[Total, ...]
    missing: str = ""


@dataclass(frozen=True)
class Trace:
    """The chain of what an id names."""

    asked: str
    matches: tuple[Match, ...]
    stages: tuple[Stage, ...]
    version: str
    as_of: date

    def source_in(self, system: Cell) -> Source | None:
        """Where the record that was asked for comes from, as one system has it: several may hold it. None where that one
        does not."""
        for stage in self.stages:
            for record in stage.records:
                if record.is_focus and record.source.system == system:
                    return record.source
        return None


def trace(opened: OpenVersion, text: str, limit: int = DEFAULT_LIMIT) -> Trace:
    """The chain of the record that `text` names, or of all that it names: an id, or `system:id`, `kind:id`.

    Raises UnknownName with near matches.
    """
    if limit < 0:
        raise BadFilter("A limit cannot be negative.")
    focus, matches = _find(opened, text)
    start = _with_owners(opened, focus)
    found = _merged(start, _upstream(opened, start), _downstream(opened, start))
    _add_companions(opened, found)
    info = opened.version.info()
    return Trace(
        asked=text,
        matches=tuple(matches),
        stages=tuple(_stages(opened, found, focus, limit)),
        version=info.id,
        as_of=info.as_of,
    )


def _find(opened: OpenVersion, text: str) -> tuple[Nodes, list[Match]]:
    """The nodes that an id names; a prefix that is no system and no kind belongs to the id."""
    systems = {system.name for system in opened.version.info().systems}
    asked_system, asked_kind, wanted = "", "", text.strip()
    while ":" in wanted:
        head, rest = wanted.split(":", 1)
        if head in systems and not asked_system:
            asked_system = head
        elif head in BY_NAME and not asked_kind:
            asked_kind = head
        else:
            break
        wanted = rest.strip()
    kinds = [BY_NAME[asked_kind]] if asked_kind else list(KINDS)
    focus: Nodes = {}
    matches: dict[Match, None] = {}
    for kind in kinds:
        _, rows = opened.fetch(
            f"select distinct node, source_system, id from ({kind.records}) as records"
            " where list_contains(names, $id) and ($system = '' or source_system = $system) order by all",
            {"id": wanted, "system": asked_system},
        )
        for node, system, record_id in rows:
            focus.setdefault(kind.name, set()).add(node)
            matches[Match(kind.name, system, record_id)] = None
    if not matches:
        raise _unknown(opened, kinds, text, wanted, asked_system)
    return focus, list(matches)


def _unknown(
    opened: OpenVersion, kinds: Iterable[Kind], text: str, wanted: str, asked_system: str
) -> UnknownName:
    parts = " union all ".join(
        f"select '{kind.name}' as kind, id, source_system from ({kind.records}) as records" for kind in kinds
    )
    # Ids are typed without their zeros, or with too many.
    likeness = (
        "greatest(jaro_winkler_similarity(lower(id), lower($id)),"
        " jaro_winkler_similarity(replace(lower(id), '0', ''), replace(lower($id), '0', '')) - 0.01)"
    )
    _, rows = opened.fetch(
        f"select id, source_system, kind from (select distinct id, source_system, kind, {likeness} as likeness"
        f" from ({parts}) as ids where $system = '' or source_system = $system) as near"
        f" where likeness >= {_NEAR} order by likeness desc, id, source_system, kind limit 5",
        {"id": wanted, "system": asked_system},
    )
    near = ", ".join(f"{system}:{record_id} ({BY_NAME[kind].title})" for record_id, system, kind in rows)
    return UnknownName(
        f"Nothing in the chain has the id {text!r}.",
        f"Near: {near}." if near else f"Ids are of: {', '.join(kind.title for kind in KINDS)}.",
    )


def _with_owners(opened: OpenVersion, focus: Nodes) -> Nodes:
    """The focus and, for what only accompanies the chain (revenue, the ledger), the records that it accompanies."""
    start = {kind: set(nodes) for kind, nodes in focus.items()}
    for lower, uppers in (
        ("journal", ("revenue_schedule", "invoice", "payment")),
        ("revenue_schedule", ("contract_line",)),
    ):
        for upper in uppers:
            _add(start, upper, _through(opened, _links(upper, lower), start.get(lower, ()), up=True))
    return start


def _upstream(opened: OpenVersion, start: Nodes) -> Nodes:
    found = {kind: set(nodes) for kind, nodes in start.items()}
    for kind in reversed(KINDS):
        # A project may serve several lines: it tells the line only where nothing below names one.
        if kind.name == "project" and found.get("contract_line"):
            continue
        _add(found, kind.name, _related(opened, kind, found.get(kind.name, set()), up=True))
        for link in LINKS:
            if link.lower == kind.name and link.upper != kind.name:
                _add(found, link.upper, _through(opened, [link], found.get(kind.name, ()), up=True))
    return found


def _downstream(opened: OpenVersion, start: Nodes) -> Nodes:
    found = {kind: set(nodes) for kind, nodes in start.items()}
    for kind in KINDS:
        # Below a line stands what belongs to it, not all that belongs to its project.
        through_line = kind.name == "project" and bool(found.get("contract_line"))
        nodes = start.get("project", set()) if through_line else found.get(kind.name, set())
        _add(found, kind.name, _related(opened, kind, nodes, up=False))
        for link in LINKS:
            if link.upper == kind.name and link.lower != kind.name:
                _add(found, link.lower, _through(opened, [link], nodes, up=False))
    return found


def _add_companions(opened: OpenVersion, found: Nodes) -> None:
    """What goes with the chain from wherever it was entered: tasks of entries, revenue of lines, the ledger."""
    for link in _links("task", "time_entry"):
        _add(found, "task", _through(opened, [link], found.get("time_entry", ()), up=True))
    for upper, lower in (
        ("contract_line", "revenue_schedule"),
        ("revenue_schedule", "journal"),
        ("invoice", "journal"),
        ("payment", "journal"),
    ):
        _add(found, lower, _through(opened, _links(upper, lower), found.get(upper, ()), up=False))


def _related(opened: OpenVersion, kind: Kind, nodes: set[str], *, up: bool) -> set[str]:
    """Nodes of the same kind, however many links away: invoice, credit note, rebilled invoice."""
    links = _links(kind.name, kind.name)
    found, last = set(nodes), set(nodes)
    while links and last:
        last = _through(opened, links, last, up=up) - found
        found |= last
    return found - nodes


def _links(upper: str, lower: str) -> list[Link]:
    return [link for link in LINKS if (link.upper, link.lower) == (upper, lower)]


def _through(opened: OpenVersion, links: Sequence[Link], nodes: Iterable[str], *, up: bool) -> set[str]:
    """The nodes at the other end of links."""
    given = sorted(nodes)
    if not links or not given:
        return set()
    here, there = ("lower_node", "upper_node") if up else ("upper_node", "lower_node")
    pairs = " union all ".join(f"({link.pairs})" for link in links)
    _, rows = opened.fetch(
        f"select distinct {there} from ({pairs}) as pairs where {here} in (select unnest($nodes))",
        {"nodes": given},
    )
    return {node for (node,) in rows}


def _add(found: Nodes, kind: str, nodes: set[str]) -> None:
    if nodes:
        found.setdefault(kind, set()).update(nodes)


def _merged(*several: Mapping[str, set[str]]) -> Nodes:
    found: Nodes = {}
    for each in several:
        for kind, nodes in each.items():
            _add(found, kind, nodes)
    return found


def _stages(opened: OpenVersion, found: Nodes, focus: Nodes, limit: int) -> Iterable[Stage]:
    """The chain in order, what is missing in it said in its place."""
    worked = any(found.get(kind) for kind in WORK)
    for kind in sorted(KINDS, key=lambda each: ORDER[each.name]):
        nodes = found.get(kind.name, set())
        if nodes:
            yield _stage(opened, kind, nodes, focus.get(kind.name, set()), limit)
        elif kind.name == WORK[0] and not worked:
            yield Stage("work", "work", 0, (), (), "no time entry, expense or milestone yet")
        elif kind.missing:
            yield Stage(kind.name, kind.title, 0, (), (), kind.missing)


def _stage(opened: OpenVersion, kind: Kind, nodes: set[str], focus: set[str], limit: int) -> Stage:
    given = {"nodes": sorted(nodes)}
    chosen = f"from ({kind.records}) as records where node in (select unnest($nodes))"
    _, sums = opened.fetch(
        "select status, case when amount is not null then unit end as unit, count(*), sum(amount), count(distinct node),"
        " max(records) from (select status, unit, amount, node, count(*) over (partition by node) as records"
        f" {chosen} and not is_deleted) as told group by status, 2 order by all",
        given,
    )
    _, rows = opened.fetch(
        "select id, label, record_date, amount, unit, status, is_deleted, node in (select unnest($focus)) as is_focus,"
        f" source_system, source_object, source_id, source_file, source_row, source_url {chosen}"
        f" order by is_focus desc, record_date nulls last, id, source_system, source_id limit {int(limit)}",
        {**given, "focus": sorted(focus)},
    )
    records = tuple(
        TraceRecord(
            id=row[0],
            label=row[1] or None,
            date=row[2],
            amount=row[3],
            unit=row[4] if row[3] is not None else None,
            status=row[5] or None,
            is_deleted=bool(row[6]),
            is_focus=bool(row[7]),
            source=Source(row[8], row[9], row[10], row[11], row[12], row[13]),
        )
        for row in rows
    )
    _, counted = opened.fetch(f"select count(*) {chosen}", given)
    totals = tuple(
        Total(status or None, unit, count, amount if records == 1 else None, things)
        for status, unit, count, amount, things, records in sums
    )
    return Stage(kind.name, kind.title, counted[0][0], records, totals)
