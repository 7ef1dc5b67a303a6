"""The event log of the simulated firm: plain records, in the firm's own ids, before any system has seen them.

Everything else in this package reads these records: the extract writer turns them into what each system would
export, the truth computes the metrics from them. All intervals are half-open [valid_from, valid_to).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from simulation.money_events import Money


@dataclass(frozen=True, slots=True)
class LegalEntity:
    legal_entity_id: str
    legal_entity_name: str
    functional_currency: str
    country: str
    region: str
    fiscal_year_start_month: int | None
    standard_hours_per_day: Decimal | None
    accounting_framework: str
    holiday_location: str | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    practice_id: str
    practice_name: str
    manager_id: str | None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Hours of one weekday (1 = Monday) of one calendar; an empty pattern flag means a full-time pattern."""

    calendar_id: str
    weekday: int
    hours: Decimal
    is_full_time_pattern: bool | None
    calendar_name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Holiday:
    location: str
    holiday_date: date
    day_fraction: Decimal | None
    holiday_name: str


@dataclass(frozen=True, slots=True)
class Person:
    """One human being; `in_hris` is false for the few that only the PSA knows."""

    person_id: str
    name: str
    employee_number: str
    email: str
    psa_id: str
    in_hris: bool = True
    in_psa: bool = True


@dataclass(frozen=True, slots=True)
class Employment:
    employment_id: str
    person_id: str
    is_primary: bool | None
    termination_reason: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """`known` is the number of the export in which this version of the row first appeared."""

    employment_id: str
    attribute: str
    value: str
    valid_from: date
    valid_to: date | None
    known: int = 1


@dataclass(frozen=True, slots=True)
class Leave:
    leave_id: str
    person_id: str
    employment_id: str | None
    hours_per_day: Decimal | None
    leave_kind: str
    is_unpaid: bool | None
    status: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class CostRate:
    cost_rate_id: str
    scope: str
    rate: Decimal
    currency: str
    person_id: str | None = None
    employment_id: str | None = None
    project_id: str | None = None
    role: str | None = None
    legal_entity_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    zero_rate_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """`erp_id` is empty for customers that the ERP does not know; `matched_by` says how the two records meet."""

    customer_id: str
    customer_name: str
    erp_id: str | None
    matched_by: str
    tax_registration: str | None
    country: str
    customer_group: str


@dataclass(frozen=True, slots=True)
class ProjectVersion:
    """One interval of a project; a project that never changed has one row without dates.

    `start_date` and `end_date` are the first and the last day on which work may be recorded.
    """

    project_id: str
    project_name: str
    customer_id: str | None
    practice_id: str | None
    legal_entity_id: str | None
    work_category: str | None
    is_billable_default: bool | None
    currency: str | None
    status: str
    manager_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    task_id: str
    project_id: str
    task_name: str
    work_category: str | None
    is_billable_default: bool | None


class TimeEntry(NamedTuple):
    """One row of the time sheet. A tuple and not a dataclass, because a large firm has millions."""

    time_entry_id: str
    person_id: str
    employment_id: str | None
    project_id: str
    task_id: str | None
    work_date: date
    hours: Decimal
    status: str
    is_billable: bool | None
    is_credited: bool | None
    corrects_id: str | None
    entered_on: date
    approved_on: date | None
    is_deleted: bool
    work_type: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FxRate:
    from_currency: str
    to_currency: str
    rate_type: str
    rate_date: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing planted in a firm: a check and the key of the item that it must find, or must leave alone.

    `kind` is primary (the cause), consequential (what the same cause makes another check find) or near_miss. The
    stake is what the item must be worth in that currency, where the plan says so.
    """

    check_id: str
    item_key: str
    kind: str
    what: str
    stake: Decimal | None = None
    currency: str | None = None


@dataclass(slots=True)
class Firm:
    """The whole log with the policies that the firm file states."""

    size: str
    seed: int
    history_from: date
    as_of: date
    revision: int = 1
    name: str = "Simulated Firm"
    reporting_currency: str = "USD"
    fiscal_year_start_month: int = 1
    standard_hours_per_day: Decimal = Decimal(8)
    long_unpaid_leave_days: int = 30
    fx_pivot: str = "USD"
    constant_rate_type: str = "budget"
    constant_rate_date: date = date(2025, 1, 1)
    legal_entities: list[LegalEntity] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)
    calendar_days: list[CalendarDay] = field(default_factory=list)
    holidays: list[Holiday] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    attributes: list[AttributeRow] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    cost_rates: list[CostRate] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    projects: list[ProjectVersion] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    time_entries: list[TimeEntry] = field(default_factory=list)
    fx_rates: list[FxRate] = field(default_factory=list)
    money: Money = field(default_factory=Money)
    faults: list[Fault] = field(default_factory=list)
