"""The five workflows between systems on the page of data health: how far each got, how long it took, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard import format as fmt
from dashboard import lists, theme
from dashboard.components import charts, navigation
from dashboard.components.charts import Card, Stack
from dashboard.components.table_twin import Table, TableColumn
from dashboard.lists import Row
from tieout.metrics_types import VersionInfo

STEPS = "operations.ops_workflow"
ITEMS = "operations.ops_workflow_step"
# From light to dark: what nobody can tell, what is done, what waits.
STATES = ("not recorded", "done", "waiting")
LISTED = 200
EMPTY = "This version was published without workflows: refresh once."

TABLE = (
    TableColumn("step", "Step", note="Opens what waits there"),
    TableColumn("workflow", "Workflow"),
    TableColumn("items", "Items", "count"),
    TableColumn("done", "Done", "count"),
    TableColumn("dated", "With a day", "count", "Done, and a record keeps the day"),
    TableColumn("waiting", "Waiting", "count"),
    TableColumn("stopped_here", "Stopped here", "count", "Waiting at this step first"),
    TableColumn("not_recorded", "Not recorded", "count", "No record can tell"),
    TableColumn(
        "median_lag_days", "Median days", "count", "Calendar days since the item began", optional=True
    ),
    TableColumn("p90_lag_days", "90 % within", "count", "Calendar days", optional=True),
    TableColumn("median_lag_business_days", "Median business days", "count", optional=True),
    TableColumn("p90_lag_business_days", "90 % within, business days", "count", optional=True),
    TableColumn("oldest_waiting_since", "Waiting since", "day", optional=True),
    TableColumn("oldest_waiting_item", "Oldest", optional=True, long=True),
)
WAITING = (
    TableColumn("item_name", "What"),
    TableColumn("started_on", "Began", "day", optional=True),
    TableColumn("waiting_days", "Days", "count", optional=True),
    TableColumn("waiting_business_days", "Business days", "count", optional=True),
    TableColumn("stopped", "Stopped here", note="No earlier step of it waits"),
    TableColumn("source_system", "System"),
    TableColumn("source_id", "Id"),
    TableColumn("correlation_id", "Correlation id", optional=True),
)


def names(version: VersionInfo) -> dict[str, str]:
    """Steps that can be looked into, `workflow.step` to words."""
    return {_key(row): f"{row['workflow_name']}: {row['step_name']}" for row in steps(version)}


def steps(version: VersionInfo) -> Sequence[Row]:
    return lists.rows(version.id, STEPS, order_by=("workflow_order", "step_order")).rows


def _key(row: Row) -> str:
    return f"{row['workflow']}.{row['step']}"


def picture(version: VersionInfo) -> Card:
    """Done, waiting and not recorded as shares of the items of each step, over the table that says it in figures."""
    found = steps(version)
    stacks = tuple(
        Stack(
            label=f"{row['workflow_order']} · {row['step_name']}",
            total=_beside(row),
            values=tuple(_share(row, state) for state in STATES),
            words=tuple(
                f"{row['workflow_name']}: {_number(row[_column(state)])} of {_number(row['items'])} {state}"
                for state in STATES
            ),
        )
        for row in found
    )
    rows = [{**row, "step": row["step_name"], "workflow": row["workflow_name"]} for row in found]
    return Card(
        key="workflows",
        question="How far do the five workflows get, and how long does it take?",
        subtitle="share of the items of each step · lags since the item began · on "
        f"{fmt.day(version.as_of)} · 1 contract, 2 employee, 3 time, 4 milestone, 5 invoice · a step leads to what waits there",
        alt="Workflow steps: " + "; ".join(f"{stack.label} {stack.total}" for stack in stacks),
        table=Table(
            TABLE,
            [
                {
                    **row,
                    "_waiting": navigation.link("health", waiting=_key(one)) + "#waiting"
                    if one["waiting"]
                    else None,
                }
                for row, one in zip(rows, found, strict=True)
            ],
            context=_context(version),
            linked={"step": "_waiting"},
        ),
        file_name=f"workflows {version.as_of}",
        figure=charts.stacked(stacks, STATES, theme.active()) if stacks else None,
        empty=EMPTY,
        picks=tuple(_key(row) for row in found),
        shades=STATES,
    )


def waiting(version: VersionInfo, key: str) -> tuple[str, Table]:
    """What waits at a step, longest first, with what the list is of."""
    workflow, _, step = key.partition(".")
    found = lists.rows(
        version.id,
        ITEMS,
        where=(("workflow", "=", (workflow,)), ("step", "=", (step,)), ("state", "=", ("waiting",))),
        order_by=("started_on", "item_key"),
        limit=LISTED,
    )
    rows = [{**row, "stopped": "yes" if row["is_stopped_here"] else "earlier"} for row in found.rows]
    words = f"{_number(found.total)} {'item' if found.total == 1 else 'items'}, longest first"
    if found.total > len(rows):
        words += f"; the first {len(rows)} are listed"
    return words, Table(WAITING, rows, context=_context(version))


def _context(version: VersionInfo) -> dict[str, str]:
    return {"version": version.id, "as_of": version.as_of.isoformat()}


def _column(state: str) -> str:
    return state.replace(" ", "_")


def _beside(row: Row) -> str:
    """What stands beside a bar: how many wait, or why nothing can."""
    if not row["items"]:
        return "no items"
    return "not recorded" if row["not_recorded"] == row["items"] else f"{_number(row['waiting'])} waiting"


def _share(row: Row, state: str) -> float | None:
    items = row["items"]
    counted = row[_column(state)]
    return int(str(counted)) / int(str(items)) if items else None


def _number(value: object) -> str:
    return fmt.grouped(Decimal(str(value or 0)), 0)
