"""The Odoo models that are read, and of each the fields: no field comes in that is not named here.

Every field is stored in Odoo's database, so that its `write_date` moves when the field changes (computed
fields change without a trace). Kinds are those of `fields_get`, grouped by how a value becomes text:

- ``id``       the record's number, the native key
- ``ref``      many2one, received as ``[id, label]``, landed as ``<field>`` and ``<field>_label``
- ``text``     char, text, selection, date, datetime: as received
- ``number``   integer, float, monetary: shortest exact decimal text
- ``bool``     'true' or 'false'; on every other kind Odoo's ``false`` means "nothing" and lands as null
- ``json``     compact JSON text; also the one list of links that is read, the order lines of an invoice line
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.connector import ObjectSpec

KINDS = ("id", "ref", "text", "number", "bool", "json")

# Kind of a field by its `fields_get` type: what a server says is compared with what is declared here.
KIND_OF_TYPE = {
    "many2one": "ref",
    "char": "text",
    "text": "text",
    "html": "text",
    "selection": "text",
    "date": "text",
    "datetime": "text",
    "integer": "number",
    "float": "number",
    "monetary": "number",
    "boolean": "bool",
    "json": "json",
    "many2many": "json",
}


@dataclass(frozen=True)
class Field:
    """One field of a model and how its value becomes text."""

    name: str
    kind: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the field lands as."""
        return (self.name, f"{self.name}_label") if self.kind == "ref" else (self.name,)


@dataclass(frozen=True)
class OdooModel:
    """One Odoo model: its technical name, the fields to take, and what its records add up to."""

    name: str
    fields: tuple[Field, ...]
    volatile: frozenset[str] = frozenset()
    control_total: str | None = None

    @property
    def object_name(self) -> str:
        """Name of the raw table: dots become underscores."""
        return self.name.replace(".", "_")

    @property
    def has_active(self) -> bool:
        """Whether records can be archived."""
        return any(field.name == "active" for field in self.fields)

    def spec(self) -> ObjectSpec:
        """The object as the ingestion framework knows it.

        Labels are outside the hash: renaming a partner changes the label on every record that points at
        it without moving their `write_date`, so hashing it would make a full load differ from an incremental.
        """
        labels = {f"{field.name}_label" for field in self.fields if field.kind == "ref"}
        return ObjectSpec(
            name=self.object_name,
            columns=tuple(column for field in self.fields for column in field.columns),
            key=("id",),
            volatile=self.volatile | frozenset(labels),
            control_total=self.control_total,
        )


def _model(
    name: str, *, volatile: tuple[str, ...] = (), control_total: str | None = None, **kinds: str
) -> OdooModel:
    """A model from space-separated field names by kind; every model has id, create_date and write_date."""
    fields = [Field("id", "id")]
    for kind, names in kinds.items():
        if kind not in KINDS:
            raise ValueError(f"{name}: no such kind of field: {kind}")
        fields.extend(Field(field, kind) for field in names.split())
    fields.extend((Field("create_date", "text"), Field("write_date", "text")))
    return OdooModel(name, tuple(fields), frozenset(volatile), control_total)


MODELS: tuple[OdooModel, ...] = (
    _model(
        "res.company",
        text="name fiscalyear_last_month",
        number="fiscalyear_last_day",
        ref="parent_id partner_id currency_id resource_calendar_id internal_project_id leave_timesheet_task_id"
        " project_time_mode_id timesheet_encode_uom_id",
        bool="active",
    ),
    _model(
        "res.partner",
        text="name complete_name type ref vat company_registry",
        ref="parent_id commercial_partner_id country_id company_id industry_id user_id",
        # Counters of use, written without moving write_date: kept, but outside the hash.
        number="customer_rank supplier_rank",
        volatile=("customer_rank", "supplier_rank"),
        bool="is_company active",
    ),
    _model("res.country", text="name code", ref="currency_id"),
    _model(
        "res.currency",
        text="name full_name symbol",
        number="rounding decimal_places",
        bool="active",
    ),
    _model("res.currency.rate", text="name", number="rate", ref="currency_id company_id"),
    _model("hr.department", text="name complete_name", ref="parent_id manager_id company_id", bool="active"),
    _model("hr.job", text="name", ref="department_id company_id", bool="active"),
    _model(
        "hr.employee",
        text="name work_email job_title employee_type first_contract_date departure_date",
        ref="company_id department_id job_id parent_id user_id resource_id resource_calendar_id work_location_id"
        " contract_id departure_reason_id",
        number="hourly_cost",
        bool="active",
    ),
    _model(
        "hr.contract",
        text="name state kanban_state date_start date_end trial_date_end",
        ref="employee_id company_id department_id job_id resource_calendar_id contract_type_id structure_type_id",
        number="wage",
        bool="active",
    ),
    _model(
        "resource.calendar",
        text="name tz",
        number="hours_per_day",
        ref="company_id",
        bool="two_weeks_calendar active",
    ),
    _model(
        "resource.calendar.attendance",
        text="name dayofweek day_period week_type display_type date_from date_to",
        number="hour_from hour_to sequence",
        ref="calendar_id resource_id",
    ),
    _model(
        "resource.calendar.leaves",
        text="name date_from date_to time_type",
        ref="calendar_id company_id resource_id holiday_id",
    ),
    _model(
        "hr.leave",
        text="state holiday_type date_from date_to request_date_from request_date_to request_date_from_period"
        " request_hour_from request_hour_to",
        ref="employee_id holiday_status_id resource_calendar_id first_approver_id second_approver_id"
        " employee_company_id",
        number="number_of_days number_of_hours",
        bool="request_unit_half request_unit_hours active",
    ),
    _model(
        "hr.leave.type",
        text="name time_type request_unit",
        ref="company_id timesheet_project_id timesheet_task_id",
        bool="unpaid timesheet_generate active",
    ),
    _model(
        "project.project",
        text="name date_start date billing_type last_update_status",
        ref="partner_id company_id user_id stage_id sale_line_id analytic_account_id",
        number="allocated_hours",
        bool="allow_billable allow_timesheets active",
    ),
    _model("project.project.stage", text="name", number="sequence", ref="company_id", bool="fold active"),
    _model(
        "project.task",
        text="name state date_deadline date_assign date_end",
        ref="project_id parent_id stage_id partner_id company_id milestone_id sale_line_id sale_order_id",
        number="allocated_hours effective_hours remaining_hours subtask_effective_hours",
        bool="active",
    ),
    _model("project.task.type", text="name", number="sequence", bool="fold active"),
    _model(
        "project.sale.line.employee.map",
        ref="project_id employee_id sale_line_id currency_id",
        number="price_unit cost",
        bool="is_cost_changed",
    ),
    _model(
        "project.milestone",
        text="name deadline reached_date",
        ref="project_id sale_line_id",
        number="quantity_percentage",
        bool="is_reached",
    ),
    _model(
        "account.analytic.line",
        text="name date category timesheet_invoice_type ref",
        ref="employee_id project_id task_id account_id company_id currency_id product_id product_uom_id so_line"
        " order_id timesheet_invoice_id holiday_id global_leave_id move_line_id general_account_id partner_id user_id",
        number="unit_amount amount",
        bool="is_so_line_edited",
        control_total="unit_amount",
    ),
    _model("product.product", text="default_code", ref="product_tmpl_id", bool="active"),
    _model(
        "product.template",
        text="name type detailed_type invoice_policy service_type service_tracking expense_policy",
        ref="categ_id uom_id company_id",
        number="list_price",
        bool="sale_ok active",
    ),
    _model(
        "sale.order",
        text="name state date_order validity_date commitment_date invoice_status client_order_ref",
        ref="partner_id partner_invoice_id company_id currency_id user_id opportunity_id payment_term_id"
        " analytic_account_id project_id",
        number="amount_untaxed amount_tax amount_total currency_rate",
        control_total="amount_total",
    ),
    _model(
        "sale.order.line",
        text="name state display_type invoice_status qty_delivered_method",
        ref="order_id product_id product_uom project_id task_id currency_id company_id expense_id",
        number="sequence price_unit discount product_uom_qty qty_delivered qty_invoiced qty_to_invoice price_subtotal"
        " price_tax price_total untaxed_amount_invoiced untaxed_amount_to_invoice",
        bool="is_service is_downpayment is_expense",
        control_total="price_subtotal",
    ),
    _model(
        "account.move",
        text="name ref move_type state payment_state payment_reference invoice_origin date invoice_date"
        " invoice_date_due",
        ref="partner_id commercial_partner_id company_id currency_id journal_id reversed_entry_id"
        " invoice_payment_term_id payment_id",
        number="amount_untaxed amount_tax amount_total amount_residual amount_untaxed_signed amount_tax_signed"
        " amount_total_signed amount_residual_signed",
        bool="to_check posted_before",
        control_total="amount_total",
    ),
    _model(
        "account.move.line",
        text="name ref move_name parent_state display_type date date_maturity matching_number",
        ref="move_id account_id partner_id product_id product_uom_id journal_id company_id currency_id"
        " company_currency_id tax_line_id payment_id full_reconcile_id expense_id",
        number="sequence debit credit balance amount_currency amount_residual amount_residual_currency quantity"
        " price_unit discount price_subtotal price_total tax_base_amount",
        # sale_line_ids is given when the line is made and stays; a list moves no write_date, so it is outside the hash.
        json="analytic_distribution sale_line_ids",
        volatile=("sale_line_ids",),
        bool="reconciled",
        control_total="balance",
    ),
    _model(
        "account.payment",
        text="payment_type partner_type payment_reference",
        ref="move_id partner_id currency_id outstanding_account_id destination_account_id",
        number="amount amount_company_currency_signed",
        bool="is_reconciled is_matched is_internal_transfer",
        control_total="amount",
    ),
    _model(
        "account.partial.reconcile",
        text="max_date",
        ref="debit_move_id credit_move_id company_id debit_currency_id credit_currency_id full_reconcile_id"
        " exchange_move_id",
        number="amount debit_amount_currency credit_amount_currency",
        control_total="amount",
    ),
    _model("account.account", text="code name account_type", ref="company_id currency_id", bool="deprecated"),
    _model("account.journal", text="code name type", ref="company_id currency_id", bool="active"),
    _model(
        "hr.expense",
        text="name state date accounting_date payment_mode",
        ref="employee_id sheet_id product_id product_uom_id account_id company_id currency_id sale_order_id",
        number="quantity price_unit total_amount total_amount_currency tax_amount tax_amount_currency"
        " untaxed_amount_currency",
        json="analytic_distribution",
        control_total="total_amount",
    ),
    _model(
        "hr.expense.sheet",
        text="name state approval_state approval_date accounting_date payment_state",
        ref="employee_id company_id currency_id department_id user_id",
        number="total_amount untaxed_amount total_tax_amount amount_residual",
        control_total="total_amount",
    ),
    _model(
        "crm.lead",
        text="name type priority date_open date_closed date_deadline date_conversion date_last_stage_update",
        ref="partner_id stage_id user_id team_id company_id lost_reason_id campaign_id medium_id source_id",
        number="probability expected_revenue prorated_revenue recurring_revenue recurring_revenue_monthly",
        bool="active",
        control_total="expected_revenue",
    ),
    _model("crm.stage", text="name", number="sequence", bool="is_won fold"),
    _model(
        "uom.uom",
        text="name uom_type",
        number="factor rounding",
        ref="category_id",
        bool="active",
    ),
)

# Said in outputs: what no Community installation can give, whatever the rights.
DOES_NOT_RECORD: tuple[str, ...] = (
    "time approval (Odoo Community has none, so every entry counts as approved)",
    "dated resource assignments (Odoo Community plans hours per task, not people over days)",
    "effective dates of bill and cost rates (Odoo keeps the current rate; its past is what earlier refreshes saw)",
    "payroll runs (Odoo Community keeps the contract wage, not what was paid)",
    "revenue schedules (Odoo Community keeps none)",
    "start, end, caps and notice periods of contracts (an order has the day of its confirmation)",
    "change orders (Odoo keeps what an order says now, so every order line has one version)",
    "acceptance of milestones (Odoo keeps the day on which one was reached)",
    "which invoice bills a milestone (Odoo invoices a quantity of the order line)",
)
