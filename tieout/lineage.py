"""Which relations of the published version stand under a metric."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping

from tieout import metric_query
from tieout.metrics_types import Cell
from tieout.paths import DATABASE_ALIAS
from tieout.serving import OpenVersion

# The schema and the name of `schema.name` and of `database.schema.name`.
_NAME = re.compile(r"\b(?:warehouse\.)?([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)\b", re.IGNORECASE)


def relations_under(opened: OpenVersion, metric: str) -> list[dict[str, Cell]]:
    """Relations by distance: what the metric is measured on, then what those views read. Raises UnknownName."""
    catalogue = metric_query.catalogue_of(opened)
    known = _relations(opened)
    found: dict[str, tuple[int, str]] = {}
    level = dict.fromkeys(_listed(name) for each in catalogue.expand([metric]) for name in each.relations)
    queue = deque((name, 0, metric) for name in level if name in known)
    while queue:
        name, step, reads = queue.popleft()
        if name in found:
            continue
        found[name] = (step, reads)
        queue.extend((under, step + 1, name) for under in _read_by(known[name], known) if under not in found)
    return [
        {
            "relation": name,
            "kind": "view" if known[name] else "table",
            "step": step,
            "read_by": reads,
            "rows": opened.version.info().row_counts.get(name),
        }
        for name, (step, reads) in found.items()
    ]


def _relations(opened: OpenVersion) -> Mapping[str, str]:
    """`schema.name` of every table and view to the SQL of the view, empty for a table."""
    if "relations" not in opened.extras:
        _, rows = opened.fetch(
            "select schema_name, view_name, sql from duckdb_views() where database_name = ? and not internal"
            " union all select schema_name, table_name, '' from duckdb_tables() where database_name = ?",
            [DATABASE_ALIAS, DATABASE_ALIAS],
        )
        opened.extras["relations"] = {f"{schema}.{name}": sql for schema, name, sql in rows}
    relations: Mapping[str, str] = opened.extras["relations"]
    return relations


def _listed(name: str) -> str:
    """`schema.name` of a relation as the manifest writes it: `"warehouse"."schema"."name"`."""
    return ".".join(name.replace('"', "").split(".")[-2:])


def _read_by(sql: str, known: Mapping[str, str]) -> list[str]:
    body = sql.partition(" AS ")[2].replace('"', "")
    return sorted({f"{schema}.{name}" for schema, name in _NAME.findall(body)} & set(known))
