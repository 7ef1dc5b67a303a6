"""The chain from an opportunity to the cash: which records there are, and which name which.

A node is one thing, however many records of however many systems tell of it: the id itself, as the models take it, for
what is known by its id everywhere (contracts, lines, events, invoices …), our key for what each system numbers for
itself (entries, expenses, milestones, tasks) and the canonical key of the crosswalk for projects. No amount is computed
here: what a metric is, the semantic layer says.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.paths import DATABASE_ALIAS

_CANONICAL = f"{DATABASE_ALIAS}.canonical"
_MARTS = f"{DATABASE_ALIAS}.marts"

# Which project a record of any system means.
_PROJECT_JOIN = (
    f"left join {DATABASE_ALIAS}.identity.xwalk_project as x"
    " on r.source_system = x.source_system and r.project_id = x.source_id"
)
_PROJECT = "coalesce(x.canonical_key, r.project_id)"


@dataclass(frozen=True)
class Kind:
    """A kind of record. `node`, `id` and the rest are SQL over the table `r` (and `joins`); `unit` is the currency or
    the unit of `amount`; `also` are further names that the record goes by; `missing` is said where there is none."""

    name: str
    title: str
    node: str
    id: str
    date: str = "null"
    amount: str = "null"
    unit: str = "null"
    status: str = "null"
    label: str = "null"
    joins: str = ""
    also: tuple[str, ...] = ()
    missing: str = ""

    @property
    def records(self) -> str:
        """All records of the kind, deleted ones included."""
        entity = "gl_entry" if self.name == "journal" else self.name
        return (
            f"select {self.node} as node, cast({self.id} as varchar) as id, cast({self.label} as varchar) as label,"
            f" cast({self.date} as date) as record_date, cast({self.amount} as decimal(28, 6)) as amount,"
            f" cast({self.unit} as varchar) as unit, cast({self.status} as varchar) as status, r.is_deleted,"
            " r.entity_key, r.source_system, r.source_object, r.source_id, r.source_file, r.source_row, r.source_url,"
            f" [{', '.join(f'cast({name} as varchar)' for name in (self.id, 'r.source_id', 'r.entity_key', *self.also))}]"
            f" as names from {_CANONICAL}.can_{entity} as r {self.joins}"
        )


# In the order of the chain: what stands above is upstream.
KINDS = (
    Kind(
        "opportunity",
        "opportunity",
        "r.opportunity_id",
        "r.opportunity_id",
        "r.close_date",
        "r.amount",
        "r.currency",
        "r.stage",
        "r.opportunity_name",
        missing="no opportunity on record",
    ),
    Kind(
        "contract",
        "contract",
        "r.contract_id",
        "r.contract_id",
        "r.signature_date",
        "r.nte_amount",
        "r.currency",
        "r.status",
        "r.contract_name",
        missing="no contract on record",
    ),
    Kind(
        "contract_line",
        "contract line",
        "r.contract_line_id",
        "r.contract_line_id",
        "coalesce(r.signed_at, r.start_date)",
        "r.transaction_price",
        "r.currency",
        "r.contract_type",
        "concat_ws(' ', r.line_name, 'v' || r.line_version)",
        missing="no contract line: not sold, or not linked",
    ),
    Kind(
        "project",
        "project",
        _PROJECT,
        "r.project_id",
        "coalesce(r.start_date, r.valid_from)",
        status="r.status",
        label="r.project_name",
        joins=_PROJECT_JOIN,
        also=("r.project_code",),
        missing="no project",
    ),
    Kind(
        "task",
        "task",
        "r.entity_key",
        "r.task_id",
        amount="r.allocated_hours",
        unit="'hours'",
        status="r.status",
        label="r.task_name",
    ),
    Kind(
        "time_entry",
        "time entry",
        "r.entity_key",
        "r.time_entry_id",
        "r.work_date",
        "r.hours",
        "'hours'",
        "r.status",
        "r.employee_id",
    ),
    Kind(
        "expense",
        "expense",
        "r.entity_key",
        "r.expense_id",
        "r.expense_date",
        "r.amount",
        "r.currency",
        "r.status",
        "r.expense_type",
    ),
    Kind(
        "milestone",
        "milestone",
        "r.entity_key",
        "r.milestone_id",
        "coalesce(r.accepted_date, r.completed_date, r.planned_date)",
        "r.amount",
        "r.currency",
        "case when r.accepted_date is not null then 'accepted' when r.completed_date is not null then 'completed'"
        " else 'planned' end",
        "r.milestone_name",
    ),
    Kind(
        "billing_event",
        "billing event",
        "r.billing_event_id",
        "r.billing_event_id",
        "coalesce(r.due_date, r.period_start)",
        "r.amount",
        "r.currency",
        "r.status",
        "r.kind",
        missing="no billing event names it",
    ),
    Kind(
        "invoice_line",
        "invoice line",
        "r.invoice_line_id",
        "r.invoice_line_id",
        amount="r.amount_untaxed",
        unit="(select min(i.currency) from "
        + _CANONICAL
        + ".can_invoice as i where i.invoice_id = r.invoice_id)",
        status="r.kind",
        label="r.description",
    ),
    Kind(
        "invoice",
        "invoice",
        "r.invoice_id",
        "r.invoice_id",
        "coalesce(r.issue_date, r.posting_date)",
        "r.amount_untaxed",
        "r.currency",
        "concat_ws(' ', nullif(r.kind, 'invoice'), r.status)",
        "r.invoice_number",
        also=("r.invoice_number",),
        missing="no invoice yet",
    ),
    Kind(
        "payment",
        "payment",
        "r.payment_id",
        "r.payment_id",
        "r.payment_date",
        "r.amount",
        "r.currency",
        label="r.invoice_id",
        missing="no payment yet",
    ),
    Kind(
        "revenue_schedule",
        "revenue line",
        "r.revenue_schedule_line_id",
        "r.revenue_schedule_line_id",
        "coalesce(r.posting_date, r.period_end)",
        "coalesce(r.recognized_amount, r.planned_amount)",
        "r.currency",
        "r.status",
        "r.contract_line_id",
        missing="no revenue line",
    ),
    Kind(
        "journal",
        "journal entry",
        "r.journal_id",
        "r.journal_id",
        "r.accounting_date",
        "r.amount",
        "r.currency",
        "r.account_kind",
        "r.account_id",
        missing="nothing in the ledger",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
ORDER = {kind.name: place for place, kind in enumerate(KINDS)}
WORK = ("time_entry", "expense", "milestone")


@dataclass(frozen=True)
class Link:
    """Pairs of nodes, `upper` upstream of `lower`."""

    upper: str
    lower: str
    pairs: str


def _named(upper: str, lower: str, entity: str, upper_node: str, lower_node: str, joins: str = "") -> Link:
    """Records that name another one by its id."""
    return Link(
        upper,
        lower,
        f"select {upper_node} as upper_node, {lower_node} as lower_node from {_CANONICAL}.can_{entity} as r {joins}"
        f" where not r.is_deleted and {upper_node} is not null and {lower_node} is not null",
    )


def _billed(entity: str) -> Link:
    """Events that name an entry, expense or milestone mean that of their own system; those of a system that keeps
    none, whichever has the id."""
    named = f"{_CANONICAL}.can_{entity}"
    return Link(
        entity,
        "billing_event",
        f"select r.entity_key as upper_node, e.billing_event_id as lower_node from {_CANONICAL}.can_billing_event as e"
        f" inner join {named} as r on e.{entity}_id = r.{entity}_id and (e.source_system = r.source_system"
        f" or e.source_system not in (select o.source_system from {named} as o)) where not e.is_deleted",
    )


def _of_entries(upper: str, column: str) -> Link:
    """What the fact of time says that an entry belongs to: also where the entry itself does not name it."""
    return Link(
        upper,
        "time_entry",
        f"select r.{column} as upper_node, r.time_entry_key as lower_node from {_MARTS}.fct_time_entry as r"
        f" where r.{column} is not null",
    )


LINKS = (
    _named("opportunity", "contract", "contract", "r.opportunity_id", "r.contract_id"),
    _named("contract", "contract_line", "contract_line", "r.contract_id", "r.contract_line_id"),
    _named("contract_line", "project", "contract_line", "r.contract_line_id", _PROJECT, _PROJECT_JOIN),
    _named("contract", "project", "project", "r.contract_id", _PROJECT, _PROJECT_JOIN),
    _named("project", "task", "task", _PROJECT, "r.entity_key", _PROJECT_JOIN),
    _of_entries("contract_line", "contract_line_id"),
    _of_entries("project", "project_key"),
    _of_entries("task", "task_key"),
    _named("project", "expense", "expense", _PROJECT, "r.entity_key", _PROJECT_JOIN),
    Link(
        "contract_line",
        "expense",
        f"select r.contract_line_id as upper_node, r.item_id as lower_node from {_MARTS}.fct_wip_item as r"
        " where r.item_kind = 'expense'"
        f" union select e.contract_line_id, b.upper_node from ({_billed('expense').pairs}) as b"
        f" inner join {_CANONICAL}.can_billing_event as e on b.lower_node = e.billing_event_id"
        " where e.contract_line_id is not null and not e.is_deleted",
    ),
    _named("project", "milestone", "milestone", _PROJECT, "r.entity_key", _PROJECT_JOIN),
    _named("contract_line", "milestone", "milestone", "r.contract_line_id", "r.entity_key"),
    *(_billed(entity) for entity in WORK),
    _named("contract_line", "billing_event", "billing_event", "r.contract_line_id", "r.billing_event_id"),
    _named("project", "billing_event", "billing_event", _PROJECT, "r.billing_event_id", _PROJECT_JOIN),
    _named("billing_event", "invoice_line", "billing_event", "r.billing_event_id", "r.invoice_line_id"),
    _named("billing_event", "invoice_line", "invoice_line", "r.billing_event_id", "r.invoice_line_id"),
    _named("contract_line", "invoice_line", "invoice_line", "r.contract_line_id", "r.invoice_line_id"),
    _named("project", "invoice_line", "invoice_line", _PROJECT, "r.invoice_line_id", _PROJECT_JOIN),
    _named("invoice_line", "invoice", "invoice_line", "r.invoice_line_id", "r.invoice_id"),
    _named("billing_event", "invoice", "billing_event", "r.billing_event_id", "r.invoice_id"),
    _named("contract", "invoice", "invoice", "r.contract_id", "r.invoice_id"),
    _named("time_entry", "invoice", "time_entry", "r.entity_key", "r.invoice_id"),
    _named("expense", "invoice", "expense", "r.entity_key", "r.invoice_id"),
    _named("invoice", "invoice", "invoice", "r.reverses_invoice_id", "r.invoice_id"),
    # An invoice, its credit note and the invoice that takes its place.
    Link(
        "invoice",
        "invoice",
        f"select c.invoice_id as upper_node, r.invoice_id as lower_node from {_CANONICAL}.can_invoice as r"
        f" inner join {_CANONICAL}.can_invoice as c on r.rebill_group_id = c.rebill_group_id"
        " where r.kind = 'rebill' and c.kind = 'credit_note' and not r.is_deleted and not c.is_deleted",
    ),
    _named("invoice", "payment", "payment", "r.invoice_id", "r.payment_id"),
    _named(
        "contract_line",
        "revenue_schedule",
        "revenue_schedule",
        "r.contract_line_id",
        "r.revenue_schedule_line_id",
    ),
    _named(
        "project",
        "revenue_schedule",
        "revenue_schedule",
        _PROJECT,
        "r.revenue_schedule_line_id",
        _PROJECT_JOIN,
    ),
    _named("revenue_schedule", "journal", "revenue_schedule", "r.revenue_schedule_line_id", "r.journal_id"),
    *(
        Link(
            kind,
            "journal",
            f"select o.{column} as upper_node, r.journal_id as lower_node from {_CANONICAL}.can_gl_entry as r"
            f" inner join {_CANONICAL}.can_{kind} as o on r.source_document = o.{column}"
            " where not r.is_deleted and not o.is_deleted",
        )
        for kind, column in (
            ("invoice", "invoice_id"),
            ("payment", "payment_id"),
            ("revenue_schedule", "revenue_schedule_line_id"),
        )
    ),
)
