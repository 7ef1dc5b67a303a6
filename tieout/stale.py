"""What a refresh must build anew: what reads something that differs from the version it starts from.

A version is a copy of the one before it, so a table whose project, variables, raw history and parents are the same is
already right, and so are the tests that passed on it. Everything that descends from a difference is built anew;
another project or other variables are a difference for all of it. A view is its text: where only what it reads is new,
it stands, and what it gives is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tieout.build_database import open_build
from tieout.feeds import Unused
from tieout.rebuild import AS_OF, OWN, Columns, raw_input

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_SPELLED_AS_OF = ("var('as_of')", 'var("as_of")')
_READS_RAW = "macro.tieout.raw_relation"
# gives what the staging gives that the model reads anyway
_REPEATS_A_PARENT = "macro.tieout.rows_of_staging"
_ONE_OBJECT = ("stg_", "rej_")


@dataclass(frozen=True)
class Basis:
    """What a version was built from. `raw` is the state of every raw table by `schema.table`; `warnings` are what its
    tests of severity warn said, by test."""

    project: str
    as_of: str
    raw: Mapping[str, str]
    warnings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self | None:
        """As recorded in a version.json; None where an older program wrote it."""
        found = data.get("built_from_state")
        return cls(**found) if found else None

    def recorded(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """`nodes`: dbt ids of the models, seeds and tests to run. `tables`: the tables and views whose content may be new, as
    `schema.table`. `unchanged`: how many nodes need not run. `inputs`: of every table and test to run, what may have
    changed of that which it is made of, views looked through, and which columns of it matter (None: all of them); None
    where nothing is known of a version before."""

    nodes: frozenset[str]
    tables: frozenset[str]
    unchanged: int = 0
    inputs: Mapping[str, Mapping[str, Columns]] | None = None


def raw_state(database: Path) -> dict[str, str]:
    """State of every raw table. History only ever adds rows and closes them, so counts and latest instants tell."""
    with open_build(database) as connection:
        tables = connection.execute(
            "select schema_name, table_name, column_count from duckdb_tables()"
            " where schema_name like 'raw\\_%' escape '\\' and schema_name <> 'raw_tieout'"
        ).fetchall()
        found = {}
        for schema, table, columns in tables:
            state = connection.execute(
                "select count(*), max(_known_from), count(_known_to), max(_known_to), count(*) filter (where _is_deleted)"
                f' from "{schema}"."{table}"'
            ).fetchone()
            found[f"{schema}.{table}"] = f"{columns}|" + "|".join(str(value) for value in state or ())
    return found


def plan(project: Manifest, unused: Unused, now: Basis, before: Basis | None) -> Plan:
    """What must run to make a version of `now` out of a copy of the version of `before`."""
    nodes = _used(project, unused)
    if before is None or before.project != now.project:
        return Plan(frozenset(nodes), frozenset(_tables(nodes.values())))
    reasons: dict[str, set[str]] = {key: {OWN} for key in _readers_of_the_log(project)}
    changed = {table.split(".", 1)[1] for table, state in now.raw.items() if before.raw.get(table) != state}
    changed |= {table.split(".", 1)[1] for table in before.raw.keys() - now.raw.keys()}
    if changed:
        for key in nodes:
            if read := _changed_read(project, key, changed):
                reasons.setdefault(key, set()).add(read)
    if before.as_of != now.as_of:
        for key in nodes:
            if _reads_as_of(project, key):
                reasons.setdefault(key, set()).add(AS_OF)
    affected = (reasons.keys() | _descendants(project, reasons)) & nodes.keys()
    standing = {key for key in affected - reasons.keys() if _is_view(nodes[key])}
    run = affected - standing
    inputs = {
        _table(nodes[key]): _changed_inputs(nodes, key, affected, reasons)
        for key in run
        if nodes[key].resource_type != "seed" and not _is_view(nodes[key])
    }
    return Plan(
        frozenset(run), frozenset(_tables(nodes[key] for key in affected)), len(nodes) - len(run), inputs
    )


def _used(project: Manifest, unused: Unused) -> dict[str, Any]:
    """The models, seeds and tests of a build; a test that looks at an unused model is none of it."""
    every: Mapping[str, Any] = project.nodes
    left_out = {key for key, node in every.items() if unused.holds(node.name, node.original_file_path)}
    return {
        key: node
        for key, node in every.items()
        if node.resource_type in ("model", "seed", "test")
        and key not in left_out
        and not (node.resource_type == "test" and left_out.intersection(_parents(node)))
    }


def _changed_inputs(
    nodes: Mapping[str, Any], key: str, affected: set[str], reasons: Mapping[str, set[str]]
) -> dict[str, Columns]:
    """What may have changed of that which a node is made of: tables, and what it or a view it reads has of its own. Where
    it, or a view on the way, says which columns of a table it reads, only these matter."""
    found: dict[str, Columns] = {}
    waiting, seen = [key], {key}
    while waiting:
        reader = waiting.pop()
        reads = _meta(nodes[reader]).get("reads", {})
        for reason in reasons.get(reader, ()):
            found[reason] = None
        for parent in _parents(nodes[reader]):
            if parent not in affected:
                continue
            if _is_view(nodes[parent]):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
                continue
            table = _table(nodes[parent])
            columns = frozenset(reads[nodes[parent].name]) if nodes[parent].name in reads else None
            before = found.get(table, frozenset())
            found[table] = None if columns is None or before is None else columns | before
    return found


def _meta(node: Any) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node.config.meta or {}
    return meta


def _tables(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if node.resource_type != "test":
            yield _table(node)


def _table(node: Any) -> str:
    return f"{node.schema}.{node.alias}"


def _is_view(node: Any) -> bool:
    return bool(node.resource_type == "model" and node.config.materialized == "view")


def _readers_of_the_log(project: Manifest) -> Iterator[str]:
    """Every load writes the load log."""
    for key, node in project.nodes.items():
        if any(parent.startswith("source.") for parent in _parents(node)):
            yield key


def _changed_read(project: Manifest, key: str, changed: set[str]) -> str | None:
    """Staging `stg_<kind>__<object>` reads one object of every system; whatever else reads raw history may read all."""
    if not _reaches(project, key, lambda macro: macro == _READS_RAW):
        return None
    name = project.nodes[key].name
    if name.startswith(_ONE_OBJECT) and "__" in name:
        raw_object = name.split("__", 1)[1]
        return raw_input(raw_object) if raw_object in changed else None
    return OWN


def _reads_as_of(project: Manifest, key: str) -> bool:
    node = project.nodes[key]
    own = node.raw_code + str(getattr(node, "test_metadata", "")).replace("\\", "")
    macros = project.macros
    return _names_as_of(own) or _reaches(project, key, lambda name: _names_as_of(macros[name].macro_sql))


def _names_as_of(code: str) -> bool:
    return any(spelled in code for spelled in _SPELLED_AS_OF)


def _reaches(project: Manifest, key: str, wanted: Callable[[str], bool]) -> bool:
    """Whether a node uses, through any number of the project's own macros, one that is `wanted`."""
    seen: set[str] = set()
    waiting = list(project.nodes[key].depends_on.macros)
    while waiting:
        name = waiting.pop()
        macro = project.macros.get(name)
        if (
            name in seen
            or name == _REPEATS_A_PARENT
            or macro is None
            or macro.package_name != project.nodes[key].package_name
        ):
            continue
        seen.add(name)
        if wanted(name):
            return True
        waiting += macro.depends_on.macros
    return False


def _descendants(project: Manifest, keys: Iterable[str]) -> set[str]:
    children: dict[str, list[str]] = {}
    for key, node in project.nodes.items():
        for parent in _parents(node):
            children.setdefault(parent, []).append(key)
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _parents(node: Any) -> list[str]:
    return list(getattr(getattr(node, "depends_on", None), "nodes", ()))
