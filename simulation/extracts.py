"""Writes the log as the drop folders of four systems: hris, psa, erp and crm, in the canonical contract's columns.

Every value is text, as an export would hold it; an empty string (CSV), null (JSONL, Parquet) is an absent value.
The PSA speaks of people, and of customers, in ids of its own.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulation.events import CostRate, Customer, Firm, Person
from simulation.money_extracts import money_tables

FORMATS = ("csv", "parquet", "jsonl")
Cell = str | None
Row = Sequence[Cell]
Table = tuple[Sequence[str], Iterable[Row]]


def text(value: object) -> Cell:
    """Text of one value: ISO dates, plain decimals without an exponent, true and false."""
    if value is None:
        return None
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def rows_of(values: Iterable[Sequence[object]]) -> Iterator[Row]:
    for row in values:
        yield [text(value) for value in row]


def how_matched(person: Person) -> str:
    """How the PSA's record meets HR's: linked, email, employee_number, or nothing."""
    if not person.in_hris:
        return "nothing"
    return {4: "email", 7: "employee_number"}.get(int(person.person_id[2:]) % 10, "linked")


def _matched(person: Person) -> tuple[Cell, Cell, Cell, Cell]:
    """The PSA's own (employee_number, email, linked_system, linked_id) of that person."""
    how = how_matched(person)
    if how == "linked":
        return person.employee_number, person.email, "hris", person.person_id
    if how == "employee_number":
        return person.employee_number, None, None, None
    # By e-mail alone, in another case than HR writes it.
    return None, person.email.title() if how == "email" else person.email, None, None


def _hris(firm: Firm) -> dict[str, Table]:
    people = [person for person in firm.people if person.in_hris]
    gone = {person.person_id for person in people} - {
        job.person_id for job in firm.employments if job.valid_to is None or job.valid_to > firm.as_of
    }
    return {
        "employee": (
            ["employee_id", "employee_name", "employee_number", "email", "is_active"],
            rows_of(
                (p.person_id, p.name, p.employee_number, p.email, p.person_id not in gone) for p in people
            ),
        ),
        "employment": (
            ["employment_id", "employee_id", "is_primary", "termination_reason", "valid_from", "valid_to"],
            rows_of(
                (j.employment_id, j.person_id, j.is_primary, j.termination_reason, j.valid_from, j.valid_to)
                for j in firm.employments
            ),
        ),
        "employee_attribute": (
            ["employment_id", "attribute", "attribute_value", "valid_from", "valid_to"],
            rows_of(
                (a.employment_id, a.attribute, a.value, a.valid_from, a.valid_to) for a in firm.attributes
            ),
        ),
        "calendar": (
            [
                "calendar_id",
                "weekday",
                "hours",
                "is_full_time_pattern",
                "calendar_name",
                "valid_from",
                "valid_to",
            ],
            rows_of(
                (
                    c.calendar_id,
                    c.weekday,
                    c.hours,
                    c.is_full_time_pattern,
                    c.calendar_name,
                    c.valid_from,
                    c.valid_to,
                )
                for c in firm.calendar_days
            ),
        ),
        "holiday": (
            ["location", "holiday_date", "day_fraction", "holiday_name"],
            rows_of((h.location, h.holiday_date, h.day_fraction, h.holiday_name) for h in firm.holidays),
        ),
        "leave": (
            [
                "leave_id",
                "employee_id",
                "employment_id",
                "hours_per_day",
                "leave_kind",
                "is_unpaid",
                "status",
                "valid_from",
                "valid_to",
            ],
            rows_of(
                (
                    leave.leave_id,
                    leave.person_id,
                    leave.employment_id,
                    leave.hours_per_day,
                    leave.leave_kind,
                    leave.is_unpaid,
                    leave.status,
                    leave.valid_from,
                    leave.valid_to,
                )
                for leave in firm.leaves
            ),
        ),
        "cost_rate": _cost_rates(
            [rate for rate in firm.cost_rates if rate.scope != "project_employee"],
            lambda person_id: person_id,
        ),
        "practice": (
            ["practice_id", "practice_name", "manager_employee_id"],
            rows_of((p.practice_id, p.practice_name, p.manager_id) for p in firm.practices),
        ),
    }


def _cost_rates(rates: list[CostRate], employee_id: Callable[[str], str]) -> Table:
    header = [
        "cost_rate_id",
        "scope",
        "employee_id",
        "employment_id",
        "project_id",
        "role",
        "legal_entity_id",
        "rate",
        "currency",
        "salary_component",
        "burden_component",
        "overhead_component",
        "zero_rate_reason",
        "valid_from",
        "valid_to",
    ]

    def row(rate: CostRate) -> Sequence[object]:
        salary = (rate.rate * Decimal("0.7")).quantize(Decimal("0.01"))
        burden = (rate.rate * Decimal("0.18")).quantize(Decimal("0.01"))
        return (
            rate.cost_rate_id,
            rate.scope,
            employee_id(rate.person_id) if rate.person_id else None,
            rate.employment_id,
            rate.project_id,
            rate.role,
            rate.legal_entity_id,
            rate.rate,
            rate.currency,
            salary,
            burden,
            rate.rate - salary - burden,
            rate.zero_rate_reason,
            rate.valid_from,
            rate.valid_to,
        )

    return header, rows_of(row(rate) for rate in rates)


def _psa(firm: Firm) -> dict[str, Table]:
    psa_id = {person.person_id: person.psa_id for person in firm.people}
    people = [person for person in firm.people if person.in_psa]
    bounded = any(p.start_date or p.end_date for p in firm.projects)

    def employee(person: Person) -> Sequence[object]:
        number, email, system, linked = _matched(person)
        return person.psa_id, person.name, number, email, person.psa_id.lower(), system, linked, True

    return {
        "employee": (
            [
                "employee_id",
                "employee_name",
                "employee_number",
                "email",
                "user_id",
                "linked_system",
                "linked_id",
                "is_active",
            ],
            rows_of(employee(person) for person in people),
        ),
        "customer": (
            ["customer_id", "customer_name", "tax_registration", "country", "customer_group", "is_active"],
            rows_of(
                (c.customer_id, c.customer_name, c.tax_registration, c.country, c.customer_group, True)
                for c in firm.customers
            ),
        ),
        "project": (
            [
                "project_id",
                "project_name",
                "customer_id",
                "practice_id",
                "legal_entity_id",
                "manager_employee_id",
                "status",
                "work_category",
                "is_billable_default",
                "currency",
                "valid_from",
                "valid_to",
                *(["start_date", "end_date"] if bounded else []),
            ],
            rows_of(
                (
                    p.project_id,
                    p.project_name,
                    p.customer_id,
                    p.practice_id,
                    p.legal_entity_id,
                    psa_id[p.manager_id] if p.manager_id else None,
                    p.status,
                    p.work_category,
                    p.is_billable_default,
                    p.currency,
                    p.valid_from,
                    p.valid_to,
                    *((p.start_date, p.end_date) if bounded else ()),
                )
                for p in firm.projects
            ),
        ),
        "task": (
            [
                "task_id",
                "project_id",
                "task_name",
                "work_category",
                "is_billable_default",
                "status",
                "is_active",
            ],
            rows_of(
                (t.task_id, t.project_id, t.task_name, t.work_category, t.is_billable_default, "open", True)
                for t in firm.tasks
            ),
        ),
        "time_entry": _time_entries(firm, psa_id),
        "cost_rate": _cost_rates(
            [rate for rate in firm.cost_rates if rate.scope == "project_employee"],
            lambda person_id: psa_id[person_id],
        ),
    }


def _time_entries(firm: Firm, psa_id: dict[str, str]) -> Table:
    header = [
        "time_entry_id",
        "employee_id",
        "employment_id",
        "project_id",
        "task_id",
        "work_date",
        "hours",
        "status",
        "is_billable",
        "is_credited",
        "corrects_id",
        "entered_at",
        "submitted_at",
        "approved_at",
        "is_deleted",
    ]
    # Columns that no ordinary firm fills are left out, so that planting faults changes no byte of it.
    texts = any(e.note or e.work_type for e in firm.time_entries)
    if texts:
        header += ["work_type", "note"]

    def rows() -> Iterator[Row]:
        # A large firm has millions of rows: the few distinct dates and hours are turned into text once.
        flag = {None: None, True: "true", False: "false"}
        day_text: dict[date, str] = {}
        hour_text: dict[Decimal, Cell] = {}
        for e in firm.time_entries:
            for day in (e.work_date, e.entered_on, e.approved_on):
                if day is not None and day not in day_text:
                    day_text[day] = day.isoformat()
            if e.hours not in hour_text:
                hour_text[e.hours] = text(e.hours)
            entered = day_text[e.entered_on]
            submitted = None if e.status in ("draft", "not_recorded") else f"{entered}T18:05:00Z"
            approved = None if e.approved_on is None else f"{day_text[e.approved_on]}T09:15:00Z"
            yield (
                e.time_entry_id,
                psa_id.get(e.person_id, e.person_id),
                e.employment_id,
                e.project_id,
                e.task_id,
                day_text[e.work_date],
                hour_text[e.hours],
                e.status,
                flag[e.is_billable],
                flag[e.is_credited],
                e.corrects_id,
                f"{entered}T17:30:00Z",
                submitted,
                approved,
                "true" if e.is_deleted else "false",
                *((e.work_type, e.note) if texts else ()),
            )

    return header, rows()


def _erp(firm: Firm) -> dict[str, Table]:
    def customer(c: Customer) -> Sequence[object]:
        linked = c.matched_by == "linked"
        system, linked_id = ("psa", c.customer_id) if linked else (None, None)
        return (
            c.erp_id,
            f"{c.customer_name} (account)",
            c.erp_id,
            c.tax_registration,
            c.country,
            30,
            system,
            linked_id,
            True,
        )

    located = any(entity.holiday_location for entity in firm.legal_entities)
    only_erp: list[Sequence[object]] = [
        ("10099", "Supplier kept as customer", "10099", None, "US", 60, None, None, False)
    ]
    return {
        "legal_entity": (
            [
                "legal_entity_id",
                "legal_entity_name",
                "functional_currency",
                "country",
                "region",
                "fiscal_year_start_month",
                "standard_hours_per_day",
                "accounting_framework",
                *(["holiday_location"] if located else []),
            ],
            rows_of(
                (
                    entity.legal_entity_id,
                    entity.legal_entity_name,
                    entity.functional_currency,
                    entity.country,
                    entity.region,
                    entity.fiscal_year_start_month,
                    entity.standard_hours_per_day,
                    entity.accounting_framework,
                    *((entity.holiday_location,) if located else ()),
                )
                for entity in firm.legal_entities
            ),
        ),
        "fx_rate": (
            ["from_currency", "to_currency", "rate_type", "rate_date", "rate", "rate_source"],
            rows_of(
                (r.from_currency, r.to_currency, r.rate_type, r.rate_date, r.rate, "Treasury")
                for r in firm.fx_rates
            ),
        ),
        "customer": (
            [
                "customer_id",
                "customer_name",
                "customer_number",
                "tax_registration",
                "country",
                "payment_terms_days",
                "linked_system",
                "linked_id",
                "is_active",
            ],
            rows_of(only_erp + [customer(c) for c in firm.customers if c.erp_id]),
        ),
    }


def systems(firm: Firm) -> dict[str, dict[str, Table]]:
    """Header and rows of every file, by system and entity. Rows can be read once."""
    found: dict[str, dict[str, Table]] = {"hris": _hris(firm), "psa": _psa(firm), "erp": _erp(firm)}
    for system, tables in money_tables(firm).items():
        for entity, (header, values) in tables.items():
            found.setdefault(system, {})[entity] = (header, rows_of(values))
    return found


def _write_csv(path: Path, table: Table) -> int:
    header, rows = table
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _write_jsonl(path: Path, table: Table) -> int:
    header, rows = table
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(header, row, strict=True)), separators=(",", ":")) + "\n")
            count += 1
    return count


def _write_parquet(path: Path, table: Table) -> int:
    header, rows = table
    schema = pa.schema([(name, pa.string()) for name in header])
    remaining = iter(rows)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        # In slices, so that a large firm's rows never all exist twice.
        while batch := list(islice(remaining, 100_000)):
            columns = zip(*batch, strict=True)
            writer.write_table(pa.table([pa.array(column, pa.string()) for column in columns], schema=schema))
            count += len(batch)
    return count


WRITERS = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}


def firm_file(firm: Firm) -> str:
    """Text of the firm.yml that reads the four folders."""
    copies = "".join(f", {system}" for system in firm.money.line_copies)
    golden_lines = f"  contract_line: [crm{copies}]\n" if copies else ""
    return f"""\
# Written by the simulation: size {firm.size}, seed {firm.seed}.
firm:
  name: {firm.name}
  reporting_currency: {firm.reporting_currency}
  timezone: UTC
  fiscal_year_start_month: {firm.fiscal_year_start_month}
  as_of: {firm.as_of}
  history_from: {firm.history_from}
systems:
  - name: hris
    kind: files
    path: hris
    mode: full
  - name: psa
    kind: files
    path: psa
    mode: full
  - name: erp
    kind: files
    path: erp
    mode: full
  - name: crm
    kind: files
    path: crm
    mode: full
domains:
  employee: [hris, psa]
  customer: [psa, erp]
{golden_lines}policies:
  utilization_population: billable_resources
  standard_hours_per_day: {text(firm.standard_hours_per_day)}
  long_unpaid_leave_days: {firm.long_unpaid_leave_days}
  fx_pivot: {firm.fx_pivot}
  constant_rates: {{rate_type: {firm.constant_rate_type}, date: {firm.constant_rate_date}}}
targets:
  project_margin_pct: 30 %
  timesheet_compliance: 95 %
"""


def write_extracts(firm: Firm, out: Path, file_format: str = "csv") -> dict[str, int]:
    """Writes the drop folders and firm.yml under `out`; returns the rows written by `system/entity`.

    A file of another format that an earlier run left is removed: two exports of one entity would both be read.
    """
    counts: dict[str, int] = {}
    for system, tables in systems(firm).items():
        folder = out / system
        folder.mkdir(parents=True, exist_ok=True)
        for entity, table in tables.items():
            for other in FORMATS:
                (folder / f"{entity}.{other}").unlink(missing_ok=True)
            counts[f"{system}/{entity}"] = WRITERS[file_format](folder / f"{entity}.{file_format}", table)
    (out / "firm.yml").write_text(firm_file(firm), encoding="utf-8")
    return counts
