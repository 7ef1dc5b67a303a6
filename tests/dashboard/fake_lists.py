"""Made-up breaks, checks and loads, and the verbs of the service that list and add them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieout.break_totals import GROUPS
from tieout.explain_types import Source
from tieout.metrics_service import BreakGroup, BreakGroups, BreakTotals, Trace
from tieout.metrics_types import Cell, Filter, RowsResult, UnknownName
from tieout.trace import Match, Stage, TraceRecord

Row = dict[str, Cell]
CHECKS = (
    ("R-01", "Bill rate missing", "BIL", "Billing", "critical", "leak"),
    ("B-01", "Milestone complete, no invoice", "DEL", "Delivery", "high", "cash_delay"),
    ("C-03", "Contract value differs between systems", "SOP", "Sales operations", "high", "misstatement"),
    ("T-15", "Impossible hours", "DEL", "Delivery", "medium", "exposure"),
)
HEADLINE = ("leak", "cash_delay")


LOADED: Row = {
    "load_id": "L1",
    "system": "psa",
    "kind": "files",
    "object": "time_entry",
    "load_mode": "full",
    "started_at": datetime(2026, 6, 30, 21, 0),
    "looked_at": datetime(2026, 6, 30, 21, 0),
    "extracted_at": datetime(2026, 6, 30, 21, 0),
    "finished_at": datetime(2026, 6, 30, 21, 1),
    "received": 100,
    "unreadable": 1,
    "landed": 99,
    "new_versions": 90,
    "changed_versions": 5,
    "unchanged": 4,
    "closed_by_sweep": 0,
    "skipped": False,
    "note": None,
    "agrees_with_source_count": True,
    "agrees_with_control_total": True,
    "is_balanced": True,
}
# What nobody delivers, and what no longer comes.
SKIPPED: Row = {**LOADED, "load_id": "L2", "object": "usage", "skipped": True, "received": 0, "unreadable": 0}
MISSED: Row = {**SKIPPED, "load_id": "L3", "object": "milestone", "note": "no file of milestone is there"}


def made_break(number: int, check: int, amount: str | None, **facts: Any) -> Row:
    check_id, title, team, team_name, severity, kind = CHECKS[check]
    money = None if amount is None else Decimal(amount)
    return {
        "break_id": f"{number:032x}",
        "check_id": check_id,
        "title": title,
        "workflow": "time_to_invoice",
        "item_key": f"time|psa:TE-{number}",
        "item_name": f"Time entry TE-{number}",
        "finding": "no rate card row matches on any level",
        "rule": f"Rule of {check_id}.",
        "action": f"Action of {check_id}.",
        "owner_team": team,
        "owner_team_name": team_name,
        "severity": severity,
        "severity_order": {"critical": 4, "high": 3, "medium": 2}[severity],
        "status": "open",
        "event_date": date(2026, 6, 1),
        "age_business_days": 20,
        "service_level_status": "breached",
        "service_level_business_days": 3,
        "service_age_business_days": 20,
        "first_detected_on": date(2026, 6, 30),
        "last_seen_on": date(2026, 6, 30),
        "times_reopened": 0,
        "stake_kind": kind,
        "stake_text": "EUR unknown" if amount is None else f"EUR {amount}",
        "stake_amount": money,
        "currency": "EUR",
        "stake_reporting": money,
        "primary_reporting": money,
        "headline_reporting": money if kind in HEADLINE or money is None else Decimal(0),
        "cash_delay_cost": None,
        "reporting_currency": "USD",
        "transaction_count": 1,
        "practice_name": "Data",
        "owner_entity_id": "US01",
        "project_name": "Engagement 1",
        "project_key": "p1",
        "customer_name": "Customer 1",
        "contract_id": "K-1",
        "employee_name": None,
        "touches": "wip_commercial,billed_revenue",
        "left_system": "psa",
        "left_object": "time_entry",
        "left_id": f"TE-{number}",
        "left_value": "8 hours",
        "right_system": None,
        "right_object": "rate_card",
        "right_id": None,
        "right_value": "no row",
        "correlation_id": None,
        **facts,
    }


def made_breaks() -> list[Row]:
    return [
        made_break(1, 1, "9000.00", age_business_days=35),
        made_break(2, 0, "5200.50", practice_name="Cloud", service_level_status="ok", age_business_days=2),
        made_break(3, 0, "100.00", status="reopened", service_level_status="warn"),
        made_break(4, 2, "30000.00", practice_name="Unassigned", age_business_days=90),
        made_break(5, 3, "700.00"),
        made_break(6, 0, None),
    ]


def tables(breaks: Sequence[Row], as_of: date) -> dict[str, list[Row]]:
    """Every table that pages list, consistent with the breaks."""
    return {
        "reconciliation.rec_break": list(breaks),
        "reconciliation.rec_break_transaction": [_transaction(row) for row in breaks],
        "reconciliation.rec_break_event": [
            {
                "break_id": row["break_id"],
                "event_number": 1,
                "event_kind": "opened",
                "happened_on": row["first_detected_on"],
                "stake_text": row["stake_text"],
                "stake_reporting": row["stake_reporting"],
            }
            for row in breaks
        ],
        "reconciliation.rec_check": [_check(check) for check in CHECKS],
        "reconciliation.rec_check_result": [_result(check, breaks) for check in CHECKS],
        "operations.ops_load": [LOADED, SKIPPED, MISSED],
        "operations.ops_load_identity": [
            {
                "load_id": "L1",
                "system": "psa",
                "object": "time_entry",
                "received": 100,
                "duplicate": 2,
                "kept_open": 0,
                "staged": 97,
                "rejected": 1,
                "is_balanced": True,
            }
        ],
        "operations.ops_object_identity": [
            {
                "system": "psa",
                "object": "time_entry",
                "open_rows": 99,
                "staged": 97,
                "deleted_by_flag": 0,
                "duplicate": 2,
                "rejected": 0,
                "is_balanced": True,
            }
        ],
        "operations.ops_rejected_row": [
            {
                "system": system,
                "object": name,
                "load_id": "L1",
                "source_file": f"{name}.csv",
                "source_row": 17,
                "column_name": column,
                "reject_value": value,
                "reason": "not a number",
                "cure": "Write digits with a point.",
                "also_wrong": None,
                "rejected_at": "staging",
                "is_duplicate": False,
            }
            for system, name, column, value in (
                ("psa", "time_entry", "hours", "7,5"),
                ("hris", "cost_rate", "rate", "88,40"),
            )
        ],
        "operations.ops_source_gaps": [{"system": "erp", "sentence": "time approval"}],
        "operations.ops_workflow": [
            _workflow(
                1, "contract_to_project", "Contract to project", 2, "project", "Project there", 4, 3, 1
            ),
            _workflow(
                5,
                "invoice_to_status",
                "Invoice to status",
                4,
                "visible_in_crm",
                "Visible in the CRM",
                9,
                0,
                0,
            ),
            _workflow(
                4, "milestone_to_invoice", "Milestone to invoice", 1, "completed", "Completed", 0, 0, 0
            ),
        ],
        "operations.ops_workflow_step": [
            {
                "workflow": "contract_to_project",
                "step": "project",
                "state": "waiting",
                "item_key": "contract|K-1",
                "item_name": "Contract <b>K-1</b>",
                "started_on": date(2026, 6, 15),
                "waiting_days": 15,
                "waiting_business_days": 11,
                "is_stopped_here": True,
                "source_system": "crm",
                "source_id": "K-1",
                "correlation_id": None,
            }
        ],
    }


def _workflow(
    order: int,
    workflow: str,
    name: str,
    step_order: int,
    step: str,
    step_name: str,
    items: int,
    done: int,
    waiting: int,
) -> Row:
    return {
        "workflow": workflow,
        "workflow_order": order,
        "workflow_name": name,
        "step_order": step_order,
        "step": step,
        "step_name": step_name,
        "items": items,
        "done": done,
        "dated": done,
        "waiting": waiting,
        "not_recorded": items - done - waiting,
        "stopped_here": waiting,
        "median_lag_days": 3 if done else None,
        "p90_lag_days": 8 if done else None,
        "median_lag_business_days": 2 if done else None,
        "p90_lag_business_days": 6 if done else None,
        "oldest_waiting_since": date(2026, 6, 15) if waiting else None,
        "oldest_waiting_days": 15 if waiting else None,
        "oldest_waiting_item": "Contract K-1" if waiting else None,
        "oldest_waiting_key": "contract|K-1" if waiting else None,
    }


def _transaction(row: Row) -> Row:
    names = ("break_id", "finding", "event_date", "stake_reporting", "primary_reporting")
    return {
        **{name: row[name] for name in (*names, "headline_reporting", "left_value", "right_value")},
        "transaction_key": row["item_key"],
        "stake_amount": row["stake_reporting"],
        "currency": "EUR",
    }


def _check(check: tuple[str, ...]) -> Row:
    check_id, title, team, name, severity, kind = check
    return {
        "check_id": check_id,
        "title": title,
        "workflow": "time_to_invoice",
        "systems": "psa, erp",
        "rule": f"Rule of {check_id}.",
        "key": "time entry",
        "action": f"Action of {check_id}.",
        "clock": "work date",
        "stake_kind": kind,
        "cause_rank": 5,
        "touches": "wip_commercial,billed_revenue",
        "severity": severity,
        "owner_team": team,
        "owner_team_name": name,
        "grace_business_days": 0,
        "entities_missing": "rate_card" if check_id == "T-15" else None,
    }


def _result(check: tuple[str, ...], breaks: Sequence[Row]) -> Row:
    check_id, title = check[:2]
    failed = [row for row in breaks if row["check_id"] == check_id]
    ran = check_id != "T-15"
    return {
        "check_id": check_id,
        "title": title,
        "has_run": ran,
        "entities_missing": None if ran else "rate_card",
        "population": 50 if ran else 0,
        "tested": 40 if ran else 0,
        "passed": 40 - len(failed) if ran else 0,
        "failed": len(failed),
        "not_yet_due": 0,
        "not_applicable": 10 if ran else 0,
        "money_tested": Decimal("120000.00") if ran else Decimal(0),
        "primary_reporting": _added(failed, "primary_reporting"),
        "currency": "USD",
    }


def _added(rows: Sequence[Row], name: str) -> Decimal | None:
    if not rows:
        return Decimal(0)
    known = [value for row in rows if isinstance(value := row[name], Decimal)]
    return sum(known, Decimal(0)) if known else None


def fitting(rows: Sequence[Row], where: Sequence[Filter]) -> list[Row]:
    def fits(row: Row, one: Filter) -> bool:
        if one.operator == "<=":
            return str(row[one.name]) <= str(one.values[0])
        if one.operator == "not in":
            return row[one.name] not in one.values
        value = row[one.name]
        return (str(value).lower() if isinstance(value, bool) else value) in one.values

    return [row for row in rows if all(fits(row, one) for one in where)]


def read(
    published: Mapping[str, list[Row]],
    version: str,
    table: str,
    columns: Sequence[str] | None,
    where: Sequence[Filter],
    order_by: Sequence[str],
    limit: int,
) -> RowsResult:
    if table not in published:
        raise UnknownName(f"There is no published table {table!r}.")
    rows = fitting(published[table], where)
    for name in reversed(order_by):
        column, down = name.removeprefix("-"), name.startswith("-")
        known = [row for row in rows if row[column] is not None]
        rest = [row for row in rows if row[column] is None]
        rows = [*sorted(known, key=lambda row: row[column], reverse=down), *rest]  # type: ignore[arg-type, return-value]
    shown = tuple(columns or (rows[0] if rows else ()))
    return RowsResult(
        table, shown, [{name: row[name] for name in shown} for row in rows[:limit]], len(rows), version
    )


def totals(breaks: Sequence[Row], where: Sequence[Filter], version: str) -> BreakTotals:
    rows = fitting(breaks, where)

    def of(*kinds: str) -> list[Row]:
        return [row for row in rows if row["stake_kind"] in kinds]

    return BreakTotals(
        count=len(rows),
        breached=len([row for row in rows if row["service_level_status"] == "breached"]),
        unpriced=len([row for row in rows if row["stake_reporting"] is None]),
        items_looked_at=150,
        items_tested=120,
        checks_run=3,
        headline=_added(of(*HEADLINE), "headline_reporting"),
        leak=_added(of("leak"), "primary_reporting"),
        cash_delay=_added(of("cash_delay"), "primary_reporting"),
        headline_leak=_added(of("leak"), "headline_reporting"),
        headline_delay=_added(of("cash_delay"), "headline_reporting"),
        misstated=_added(of("misstatement"), "primary_reporting"),
        exposed=_added(of("exposure"), "primary_reporting"),
        cash_delay_cost=Decimal(0),
        currency_code="USD" if rows else None,
        version=version,
    )


def ageing(breaks: Sequence[Row], by: str, where: Sequence[Filter]) -> list[Row]:
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in fitting(breaks, where):
        age = int(str(row["age_business_days"]))
        band = "0 to 5" if age <= 5 else "6 to 20" if age <= 20 else "21 to 60" if age <= 60 else "over 60"
        found.setdefault((str(row[by]), str(row["stake_kind"]), band), []).append(row)
    rows: list[Row] = []
    for (name, kind, band), group in found.items():
        whole = [row for key, part in found.items() if key[:2] == (name, kind) for row in part]
        rows.append(
            {
                "name": name,
                "stake_kind": kind,
                "age_band": band,
                "breaks": len(group),
                "amount": _added(group, "primary_reporting"),
                "currency": "USD",
                "total": _added(whole, "primary_reporting"),
                "total_breaks": len(whole),
            }
        )
    return sorted(rows, key=lambda row: -Decimal(str(row["total"] or 0)))


def grouped(
    breaks: Sequence[Row], by: Sequence[str], where: Sequence[Filter], limit: int, version: str
) -> BreakGroups:
    columns = [column for name in by for column in GROUPS[name]]
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in fitting(breaks, where):
        found.setdefault(tuple(str(row[column] or "") for column in columns), []).append(row)
    groups = []
    for key, rows in found.items():
        first = max(rows, key=lambda row: Decimal(str(row["primary_reporting"] or -1)))
        told = dict(zip(columns, key, strict=True))

        def of(*kinds: str, rows: list[Row] = rows) -> Decimal | None:
            name = "headline_reporting" if kinds == HEADLINE else "primary_reporting"
            kept = [row for row in rows if row["stake_kind"] in kinds]
            return _added(kept, name) if kept else None

        groups.append(
            BreakGroup(
                names={name: told[GROUPS[name][0]] for name in by},
                keys=told,
                count=len(rows),
                breached=len([row for row in rows if row["service_level_status"] == "breached"]),
                unpriced=len([row for row in rows if row["primary_reporting"] is None]),
                headline=of(*HEADLINE),
                misstated=of("misstatement"),
                exposed=of("exposure"),
                oldest=max(int(str(row["age_business_days"])) for row in rows),
                owner=str(first["owner_team_name"]),
                action=str(first["action"]),
                largest=str(first["break_id"]),
                currency_code="USD",
            )
        )
    groups.sort(key=lambda one: -max(one.headline or 0, one.misstated or 0, one.exposed or 0))
    return BreakGroups(tuple(groups[:limit]), len(groups), version)


def chain(text: str, version: str, as_of: date) -> Trace:
    record = TraceRecord(
        id=text.rpartition(":")[2],
        label="Work",
        date=as_of,
        amount=Decimal("8.00"),
        unit="hours",
        status="approved",
        is_deleted=False,
        is_focus=True,
        source=Source("psa", "time_entry", text, "time.csv", 3, "https://psa.test/1"),
    )
    other = replace(record, source=Source("erp", "time_entry", text, "hours.csv", 8, None))
    return Trace(
        text,
        (Match("time_entry", "psa", text),),
        (Stage("time_entry", "Time", 1, (record, other), ()),),
        version,
        as_of,
    )
