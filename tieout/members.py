"""The values that a filter may name: the members of a dimension, by their name or by an id that a system gives them.

A name that no member has answers every question with nothing, which reads like a fact. So it is refused here, before the
question is asked, with the nearest member. Members are read from the dimension tables, once per version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from ingestion.files.contract import contracts
from tieout import metric_query
from tieout.conditions import ById, is_on_time, text_of
from tieout.firm_schema import Firm
from tieout.metrics_types import UNASSIGNED, BadFilter, Cell, Filter, FilterValue, Query, UnknownValue
from tieout.paths import DATABASE_ALIAS
from tieout.semantic import Request
from tieout.serving import OpenVersion

# Dimensions whose members are codes that a list spells out, and how many members a message lists.
CODED = ("owner_team", "check", "entity")
FEW = 15
EQUALITY = ("=", "!=", "in", "not in")
DIMENSION_TABLES = ("contract_line_version", "employee_version", "project_version")
# Values that a column of the files contract allows are members whether or not a record has them.
ALLOWED = {
    "status": (("time_entry", "status"),),
    "work_category": (("project", "work_category"), ("task", "work_category")),
    "contract_type": (("contract_line", "contract_type"),),
}
FIXED = {
    "break_status": ("open", "reopened"),
    "service_level": ("ok", "warn", "breached"),
    "stake_kind": ("leak", "cash_delay", "misstatement", "exposure", "display"),
}
# Members that reference tables and not the rows of a fact tell: `(member, what else it is called)`.
LISTED = {
    # a contract that has no line yet is one all the same
    "contract": "select coalesce(contract_name, contract_id), null from marts.dim_contract",
    "owner_team": "select owner_team, owner_team_name from reference.owner_team",
    "check": "select check_id, title from reconciliation.rec_check",
    "severity": "select severity, severity from reference.severity_band",
    "currency": "select currency, currency from reference.currency",
    "entity": "select legal_entity_id, legal_entity_name from marts.dim_legal_entity",
    "resource_entity": "select legal_entity_id, legal_entity_name from marts.dim_legal_entity",
    "practice": "select practice_name, practice_id from marts.dim_practice",
    "resource_practice": "select practice_name, practice_id from marts.dim_practice",
}
# What systems call a member, its key in the dimension tables, and its name.
_IDS = (
    "select x.source_id, x.canonical_key, names.name from identity.xwalk_{entity} as x left join ("
    "select {entity}_key, min({entity}_name) as name from marts.dim_{entity} group by all) as names"
    " on x.canonical_key = names.{entity}_key"
)
IDS = {
    "contract": "select contract_id, contract_id, contract_name from marts.dim_contract",
    "customer": _IDS.format(entity="customer"),
    "employee": _IDS.format(entity="employee"),
    "project": _IDS.format(entity="project")
    + " union all select project_code, project_key, project_name from marts.dim_project"
    " where project_code is not null",
}


@dataclass(frozen=True)
class Members:
    """Members of one dimension. `names` are what a filter compares, `called` what a list says of each, `others` which
    members another word stands for, `ids` the keys that an id of a system stands for with the name of each. Where none
    is known, nothing is checked."""

    names: frozenset[str]
    called: Mapping[str, str]
    others: Mapping[str, frozenset[str]]
    ids: Mapping[str, Mapping[str, str]]

    def find(self, text: str) -> FilterValue | None:
        """The member that a text names: its name, else what else it is called, else an id; in any case of letters."""
        if text in self.names:
            return text
        folded = text.casefold()
        called = {name for name in self.names if name.casefold() == folded} or self.others.get(folded, set())
        if len(called) == 1:
            return next(iter(called))
        keys = self.ids.get(folded, {})
        if len(keys) > 1:
            raise BadFilter(
                f"Several have the id {text!r}: {', '.join(sorted(keys.values()))}.", "Filter by name."
            )
        for key, name in keys.items():
            return ById(f"{name} ({text})" if name and name != text else text, key)
        return None


def resolved(opened: OpenVersion, firm: Firm, query: Query) -> Query:
    """The question with every value of its filters as the member that it names. Raises UnknownValue."""
    return replace(query, where=[_resolved(opened, firm, condition) for condition in query.where])


def member(opened: OpenVersion, firm: Firm, dimension: str, text: str) -> FilterValue:
    """The member that a text names. Raises UnknownValue."""
    # What lists tell costs nothing; the semantic layer is asked for the rest, where it is needed.
    for read in (_listed, _all):
        members = _kept(opened, firm, dimension, read)
        found = members.find(text)
        if found is not None:
            return found
    if not (members.names or members.ids):
        return text
    names = sorted(members.names - {UNASSIGNED})
    few = names if len(names) <= FEW else []
    if dimension in CODED:
        few = [f"{name} ({members.called[name]})" if name in members.called else name for name in few]
    # a team or a check is as well known by its name as by its code
    words = {*members.names, *members.called.values()} if dimension in CODED else members.names
    raise UnknownValue.of(dimension, text, words, few)


def _resolved(opened: OpenVersion, firm: Firm, condition: Filter) -> Filter:
    known = metric_query.catalogue_of(opened).dimensions()
    if (
        condition.name not in known
        or condition.operator not in EQUALITY
        or isinstance(condition.values, str)
        or is_on_time(condition.name)
    ):
        return condition
    values = [member(opened, firm, condition.name, text_of(condition, value)) for value in condition.values]
    return replace(condition, values=tuple(values))


def _kept(
    opened: OpenVersion, firm: Firm, dimension: str, read: Callable[[OpenVersion, Firm, str], Members]
) -> Members:
    """Members of a dimension, read once per version."""
    key = f"members{read.__name__}_{dimension}"
    if key not in opened.extras:
        opened.extras[key] = read(opened, firm, dimension)
    found: Members = opened.extras[key]
    return found


def _listed(opened: OpenVersion, firm: Firm, dimension: str) -> Members:
    names = set(FIXED.get(dimension, ()))
    for entity, column in ALLOWED.get(dimension, ()):
        names |= {value for one in contracts()[entity].columns if one.name == column for value in one.allowed}
    if dimension == "source_system":
        names |= {system.name for system in opened.version.info().systems}
    called: dict[str, str] = {}
    others: dict[str, set[str]] = {}
    for name, other in _rows(opened, LISTED.get(dimension)):
        names.add(name)
        if other:
            called[name] = other
            others.setdefault(other.casefold(), set()).add(name)
    if names:
        names.add(UNASSIGNED)
    ids: dict[str, dict[str, str]] = {}
    for text, key, name in _rows(opened, IDS.get(dimension)):
        if text and key:
            ids.setdefault(text.casefold(), {})[key] = name or text
    return Members(frozenset(names), called, {other: frozenset(of) for other, of in others.items()}, ids)


def _all(opened: OpenVersion, firm: Firm, dimension: str) -> Members:
    listed = _kept(opened, firm, dimension, _listed)
    found: Iterable[Cell] = ()
    if roles := _roles(opened, dimension):
        layer = metric_query.layer_of(opened, Query(()), ())
        found = [
            value for role in roles for (value,) in opened.fetch(layer.compile(Request((), (role,), ())))[1]
        ]
    elif not listed.names:
        found = metric_query.dimension_values(opened, firm, dimension)
    names = listed.names | {str(value) for value in found if value is not None}
    return replace(listed, names=names | {UNASSIGNED} if names else names)


def _roles(opened: OpenVersion, dimension: str) -> list[str]:
    """Names of a dimension in the semantic layer that are columns of a dimension table; facts are not read for it."""
    metrics = metric_query.catalogue_of(opened).metrics.values()
    names = {metric.semantic_names.get(dimension, "") for metric in metrics}
    return sorted(name for name in names if name.partition("__")[0] in DIMENSION_TABLES)


def _rows(opened: OpenVersion, sql: str | None) -> Iterable[tuple[Any, ...]]:
    """Rows of a statement over published tables; none where a version was published without one of them."""
    if sql is None:
        return []
    for schema in ("reference", "reconciliation", "marts", "identity"):
        sql = sql.replace(f" {schema}.", f" {DATABASE_ALIAS}.{schema}.")
    try:
        return opened.fetch(sql)[1]
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
