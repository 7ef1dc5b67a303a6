"""The firm's own answers to the questions that the warehouse is asked: every hour, capacity and cost metric.

Part of the oracle: one pass over days and entries, then plain sums. Rules are those of DECISIONS.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from simulation.events import CostRate, Employment, Firm, ProjectVersion, TimeEntry
from simulation.truth_money import CostRates, Exchange, line_cost, rounded
from simulation.truth_people import NOTHING_KNOWN, ONE_DAY, ZERO, Attributes, People, covers

UNASSIGNED = "Unassigned"
MODES = ("as_was", "as_is")
CURRENCIES = ("transaction", "functional", "reporting", "constant")
POPULATIONS = {
    "billable_resources": frozenset({"billable"}),
    "firm": frozenset({"billable", "other", "unknown"}),
    "contingent": frozenset({"contingent"}),
    "everyone": frozenset({"billable", "other", "unknown", "contingent"}),
}
APPROVED = ("approved", "posted", "not_recorded")

Value = Decimal | Fraction | None
Key = tuple[object, ...]

# Additive metrics: measures with their sign.
SUMS: dict[str, tuple[tuple[int, str], ...]] = {
    "capacity_standard_hours": ((1, "standard"),),
    "capacity_gross_hours": ((1, "gross"),),
    "capacity_net_hours": ((1, "net"),),
    "billable_hours": ((1, "billable"),),
    "credited_hours": ((1, "credited"),),
    "unbilled_client_hours": ((1, "unbilled_client"),),
    "internal_hours": ((1, "internal"),),
    "training_hours": ((1, "training"),),
    "idle_hours": ((1, "idle"),),
    "excluded_hours": ((1, "excluded"),),
    "unapproved_hours": ((1, "unapproved"),),
    "recorded_hours": ((1, "recorded"),),
    "worked_hours": ((1, "worked"),),
    "productive_hours": (
        (1, "billable"),
        (1, "credited"),
        (1, "unbilled_client"),
        (1, "internal"),
        (1, "training"),
    ),
    "contingent_hours": ((1, "recorded"),),
    "overtime_hours": ((1, "overtime"),),
    "missing_hours": ((1, "missing"),),
    "capacity_walk_standard": ((1, "standard"),),
    "capacity_walk_pattern_effect": ((1, "scheduled"), (-1, "standard")),
    "capacity_walk_long_unpaid_leave": ((-1, "long_unpaid"),),
    "capacity_walk_holidays": ((-1, "holiday"),),
    "capacity_walk_gross": ((1, "gross"),),
    "capacity_walk_leave": ((-1, "leave"),),
    "capacity_walk_net": ((1, "net"),),
    "capacity_walk_credited_and_unbilled": ((-1, "credited"), (-1, "unbilled_client")),
    "capacity_walk_internal_and_training": ((-1, "internal"), (-1, "training")),
    "capacity_walk_recorded_idle": ((-1, "idle"),),
    "capacity_walk_unapproved": ((-1, "unapproved"),),
    "capacity_walk_missing": ((-1, "missing"),),
    "capacity_walk_above_capacity": ((1, "above_capacity"),),
    "capacity_walk_billable": ((1, "billable"),),
}
COSTS = ("cost_standard", "uncosted_hours")

BILLABLE_AND_CREDITED = ((1, "billable"), (1, "credited"))
RATIOS: dict[str, tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]] = {
    "credited_utilization": (BILLABLE_AND_CREDITED, ((1, "gross"), (-1, "excluded"))),
    "timesheet_compliance": (((1, "compliant"),), ((1, "net"),)),
}
for _name, _hours in (
    ("billable", SUMS["billable_hours"]),
    ("productive", SUMS["productive_hours"]),
    ("resource", SUMS["worked_hours"]),
):
    for _suffix, _capacity in (("", "gross"), ("_std", "standard"), ("_net", "net")):
        RATIOS[f"{_name}_utilization{_suffix}"] = (_hours, ((1, _capacity),))

METRICS = (*SUMS, *RATIOS, "utilization_target_variance", *COSTS)
RESOURCE_DIMENSIONS = (
    "practice",
    "entity",
    "region",
    "role",
    "level",
    "manager",
    "department",
    "cost_center",
    "location",
    "employment_type",
    "employment_status",
)
PROJECT_DIMENSIONS = ("practice", "entity", "project", "customer")


class Cell(NamedTuple):
    """Everything by which facts can be told apart; None where a fact has no such side.

    `first_day` is the first of the month, or the day itself in a truth of grain day.
    """

    first_day: date
    population: str
    employee: str
    resource_as_was: tuple[str, ...]
    resource_as_is: tuple[str, ...]
    project_as_was: tuple[str, ...] | None
    project_as_is: tuple[str, ...] | None
    work_category: str | None
    status: str | None
    transaction_currency: str | None
    functional_currency: str | None

    @property
    def month(self) -> date:
        """First of the month."""
        return self.first_day.replace(day=1)


class Truth:
    """All metrics of one firm. Building it takes one pass over the log; asking is a sum over cells.

    Grain "day" also answers by day and week, and is slower to ask.
    """

    def __init__(self, firm: Firm, grain: Literal["month", "day"] = "month") -> None:
        self.firm = firm
        self.grain = grain
        self.people = People(firm)
        self._rates = CostRates(firm.cost_rates)
        self._exchange = Exchange(firm)
        self._practice_name = {practice.practice_id: practice.practice_name for practice in firm.practices}
        self._tasks = {task.task_id: task for task in firm.tasks}
        self._projects: dict[str, list[ProjectVersion]] = {}
        for version in firm.projects:
            self._projects.setdefault(version.project_id, []).append(version)
        # Of two rows with one id the last received counts; deleted rows do not. Work dated after the as-of date
        # counts in its own month, since the source holds it too.
        last_received = {entry.time_entry_id: entry for entry in firm.time_entries}
        self.entries = [entry for entry in last_received.values() if not entry.is_deleted]
        self._resources: dict[int, tuple[str, ...]] = {}
        self.cells: dict[Cell, dict[str, Decimal]] = {}
        recorded = self._add_entries()
        self._add_capacity_and_weeks(recorded)

    # Asking

    def values(
        self,
        metric: str,
        mode: str = "as_was",
        currency: str = "reporting",
        population: str = "billable_resources",
        by: Sequence[str] = ("month", "practice", "entity"),
        months: tuple[date, date] | None = None,
    ) -> dict[Key, Value]:
        """One metric by any dimensions, e.g. {(date(2026, 6, 1), "Data", "US01"): Decimal("134.4")}.

        Hours and money are Decimal, ratios Fraction, or None where the denominator is zero. A combination without a
        fact is absent. `practice` and `entity` are the project's for cost metrics and the person's for all others.
        `months` are the first and the last month to count. Cost metrics and contingent_hours take no population.
        """
        if mode not in MODES or currency not in CURRENCIES or population not in POPULATIONS:
            raise ValueError(f"unknown mode, currency or population: {mode}, {currency}, {population}")
        if metric == "cost_standard":
            return dict(self._sum(((1, f"cost_{currency}"),), metric, mode, currency, "everyone", by, months))
        if metric == "uncosted_hours":
            return dict(
                self._sum(((1, f"uncosted_{currency}"),), metric, mode, currency, "everyone", by, months)
            )
        if metric == "contingent_hours":
            population = "contingent"
        if metric in SUMS:
            return dict(self._sum(SUMS[metric], metric, mode, currency, population, by, months))
        if metric == "utilization_target_variance":
            return self._target_variance(mode, currency, population, by, months)
        numerator, denominator = RATIOS[metric]
        above = self._sum(numerator, metric, mode, currency, population, by, months)
        below = self._sum(denominator, metric, mode, currency, population, by, months)
        return {key: _ratio(above.get(key, ZERO), below.get(key, ZERO)) for key in {**below, **above}}

    def total(
        self,
        metric: str,
        mode: str = "as_was",
        currency: str = "reporting",
        population: str = "billable_resources",
        months: tuple[date, date] | None = None,
    ) -> Value:
        """One number for the whole firm and period; None if nothing was recorded at all."""
        return self.values(metric, mode, currency, population, (), months).get(())

    def by_currency(self, metric: str, mode: str, currency: str) -> dict[Key, Value]:
        """Cost by (month, practice, entity, currency): the only sums that transaction and functional modes allow."""
        return self.values(metric, mode, currency, by=("month", "practice", "entity", "currency"))

    def _target_variance(
        self, mode: str, currency: str, population: str, by: Sequence[str], months: tuple[date, date] | None
    ) -> dict[Key, Value]:
        name = "utilization_target_variance"
        hours, gross, target = (
            self._sum(((1, measure),), name, mode, currency, population, by, months)
            for measure in ("billable_targeted", "gross_targeted", "target_hours")
        )
        return {
            key: _ratio(hours.get(key, ZERO) - target.get(key, ZERO), gross.get(key, ZERO))
            for key in {**gross, **hours}
        }

    def _sum(
        self,
        measures: tuple[tuple[int, str], ...],
        metric: str,
        mode: str,
        currency: str,
        population: str,
        by: Sequence[str],
        months: tuple[date, date] | None,
    ) -> dict[Key, Decimal]:
        wanted = POPULATIONS[population]
        sums: dict[Key, Decimal] = {}
        for cell, facts in self.cells.items():
            if cell.population not in wanted or (months and not months[0] <= cell.month <= months[1]):
                continue
            found = [(sign, facts[measure]) for sign, measure in measures if measure in facts]
            if found:
                key = tuple(self._dimension(cell, name, metric, mode, currency) for name in by)
                sums[key] = sums.get(key, ZERO) + sum((sign * value for sign, value in found), ZERO)
        return sums

    def _dimension(self, cell: Cell, name: str, metric: str, mode: str, currency: str) -> object:
        if name in ("day", "week"):
            if self.grain != "day":
                raise ValueError(f"a truth of grain {self.grain} has no {name}")
            return (
                cell.first_day if name == "day" else cell.first_day - timedelta(days=cell.first_day.weekday())
            )
        if name == "month":
            return cell.month
        if name == "quarter":
            return cell.first_day.replace(month=(cell.first_day.month - 1) // 3 * 3 + 1, day=1)
        if name == "year":
            return cell.first_day.replace(month=1, day=1)
        if name in ("work_category", "status"):
            return getattr(cell, name) or UNASSIGNED
        if name == "employee":
            return cell.employee
        if name == "currency":
            if currency == "transaction":
                return cell.transaction_currency or UNASSIGNED
            return (
                (cell.functional_currency or UNASSIGNED)
                if currency == "functional"
                else self.firm.reporting_currency
            )
        if name in PROJECT_DIMENSIONS and (metric in COSTS or name in ("project", "customer")):
            side = cell.project_as_was if mode == "as_was" else cell.project_as_is
            if side is None:
                raise ValueError(f"{metric} has no {name}")
            return side[PROJECT_DIMENSIONS.index(name)]
        resource = cell.resource_as_was if mode == "as_was" else cell.resource_as_is
        return resource[RESOURCE_DIMENSIONS.index(name.removeprefix("resource_"))]

    # The pass over the log

    def _add(self, cell: Cell, **facts: Decimal) -> None:
        known = self.cells.setdefault(cell, {})
        for measure, value in facts.items():
            known[measure] = known.get(measure, ZERO) + value

    def _resource(self, attributes: Attributes) -> tuple[str, ...]:
        # One dictionary of attributes serves many days; its tuple is made once.
        found = self._resources.get(id(attributes))
        if found is None:
            found = self._resources[id(attributes)] = self._describe(attributes)
        return found

    def _describe(self, attributes: Attributes) -> tuple[str, ...]:
        entity = self.people.entities.get(attributes["legal_entity"] or "")
        values = {
            **attributes,
            "practice": self._practice_name.get(attributes["practice"] or ""),
            "entity": attributes["legal_entity"],
            "region": entity.region if entity else None,
        }
        return tuple(values[name] or UNASSIGNED for name in RESOURCE_DIMENSIONS)

    def _person_cell(self, job: Employment | None, person_id: str, day: date) -> Cell:
        return Cell(
            day.replace(day=1) if self.grain == "month" else day,
            self.people.population(job, day),
            person_id,
            self._resource(self.people.as_was(job, day) if job else NOTHING_KNOWN),
            self._resource(self.people.as_is(job) if job else NOTHING_KNOWN),
            None,
            None,
            None,
            None,
            None,
            None,
        )

    def version(self, project_id: str, day: date) -> ProjectVersion | None:
        """The project on that day; outside its intervals the nearest: the last before, else the first."""
        versions = self._projects.get(project_id, [])
        on_day = [version for version in versions if covers(day, version.valid_from, version.valid_to)]
        if on_day:
            return max(on_day, key=lambda version: version.valid_from or date.min)
        before = [
            version for version in versions if version.valid_from is not None and version.valid_from <= day
        ]
        if before:
            return max(before, key=lambda version: version.valid_from or date.min)
        return min(versions, key=lambda version: version.valid_from or date.min) if versions else None

    def _project(self, project_id: str, version: ProjectVersion | None) -> tuple[str, ...]:
        if version is None:
            return UNASSIGNED, UNASSIGNED, project_id, UNASSIGNED
        return (
            self._practice_name.get(version.practice_id or "", UNASSIGNED),
            version.legal_entity_id or UNASSIGNED,
            project_id,
            version.customer_id or UNASSIGNED,
        )

    def category(self, entry: TimeEntry) -> str:
        """The task's, else the project's, else client where there is a customer, else internal."""
        task = self._tasks.get(entry.task_id or "")
        version = self.version(entry.project_id, entry.work_date)
        if task is not None and task.work_category:
            return task.work_category
        if version is not None and version.work_category:
            return version.work_category
        return "client" if version is not None and version.customer_id else "internal"

    def is_billable(self, entry: TimeEntry) -> bool:
        """The entry's own flag, else the task's default, else the project's, else no."""
        task = self._tasks.get(entry.task_id or "")
        version = self.version(entry.project_id, entry.work_date)
        if entry.is_billable is not None:
            return entry.is_billable
        if task is not None and task.is_billable_default is not None:
            return task.is_billable_default
        return bool(version is not None and version.is_billable_default)

    def hours_of(self, entry: TimeEntry) -> dict[str, Decimal]:
        """Which measures the hours of one entry count in; none for drafts, rejections and leave booked as time."""
        category = self.category(entry)
        approved = entry.status in APPROVED
        if category == "leave" or not (approved or entry.status == "submitted"):
            return {}
        measures = ["recorded"]
        if category in ("client", "internal", "training"):
            measures.append("worked")
        if not approved:
            measures.append("unapproved")
        elif category == "client":
            billable, credited = self.is_billable(entry), bool(entry.is_credited)
            measures.append("billable" if billable else "credited" if credited else "unbilled_client")
        elif category == "excluded":
            measures += ["idle", "excluded"]
        else:
            measures.append(category)
        return dict.fromkeys(measures, entry.hours)

    def rate_of(self, entry: TimeEntry) -> CostRate | None:
        """The cost rate of one entry at its work date, by role and entity as they were."""
        job = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
        attributes = self.people.as_was(job, entry.work_date) if job else NOTHING_KNOWN
        return self._rates.find(
            entry.person_id,
            job.employment_id if job else None,
            entry.project_id,
            attributes["role"],
            attributes["legal_entity"],
            entry.work_date,
        )

    def cost_of(self, entry: TimeEntry) -> tuple[dict[str, Decimal | None], str | None, str | None]:
        """Cost of one entry by currency mode, with its transaction and functional currency."""
        job = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
        attributes = self.people.as_was(job, entry.work_date) if job else NOTHING_KNOWN
        entity = self.people.entities.get(attributes["legal_entity"] or "")
        own_currency = entity.functional_currency if entity else None
        costs: dict[str, Decimal | None] = dict.fromkeys(CURRENCIES)
        rate = self.rate_of(entry)
        if rate is None:
            return costs, None, own_currency
        day, reporting = entry.work_date, self.firm.reporting_currency
        amount = line_cost(entry.hours, rate.rate, rate.currency)
        costs["transaction"] = amount
        fixed = self._exchange.constant(rate.currency, reporting)
        costs["constant"] = None if fixed is None else rounded(amount * fixed, 6)
        to_own = self._exchange.average(rate.currency, own_currency, day) if own_currency else None
        if to_own is not None and own_currency is not None:
            functional = rounded(amount * to_own, 6)
            costs["functional"] = functional
            to_group = self._exchange.average(own_currency, reporting, day)
            costs["reporting"] = None if to_group is None else rounded(functional * to_group, 6)
        return costs, rate.currency, own_currency

    def _add_entries(self) -> dict[tuple[str, tuple[date, date, int]], Decimal]:
        """Adds hours and cost; returns recorded hours by employment (or stranger) and piece of the week."""
        recorded: dict[tuple[str, tuple[date, date, int]], Decimal] = {}
        for entry in self.entries:
            hours = self.hours_of(entry)
            category = self.category(entry)
            if category == "leave":
                continue
            job = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            costs, transaction_currency, functional_currency = self.cost_of(entry)
            cell = self._person_cell(job, entry.person_id, entry.work_date)._replace(
                project_as_was=self._project(
                    entry.project_id, self.version(entry.project_id, entry.work_date)
                ),
                project_as_is=self._project(
                    entry.project_id, self.version(entry.project_id, self.firm.as_of)
                ),
                work_category=category,
                status=entry.status,
                transaction_currency=transaction_currency,
                functional_currency=functional_currency,
            )
            if hours:
                self._add(cell, **hours)
                if "billable" in hours and self.people.target(job, entry.work_date) is not None:
                    self._add(cell, billable_targeted=entry.hours)
                piece = self._piece(job, entry.work_date)
                who = job.employment_id if job else f"stranger {entry.person_id}"
                recorded[who, piece] = recorded.get((who, piece), ZERO) + entry.hours
            if entry.status in APPROVED:
                for mode, cost in costs.items():
                    if cost is None:
                        self._add(cell, **{f"uncosted_{mode}": entry.hours})
                    else:
                        self._add(cell, **{f"cost_{mode}": cost})
        return recorded

    def _piece(self, job: Employment | None, day: date) -> tuple[date, date, int]:
        if job is not None:
            return self.people.week_piece(job, day)
        monday = date.fromordinal(day.toordinal() - day.weekday())
        return monday, day.replace(day=1), 0

    def _add_capacity_and_weeks(self, recorded: dict[tuple[str, tuple[date, date, int]], Decimal]) -> None:
        net: dict[tuple[str, tuple[date, date, int]], Decimal] = {}
        scheduled: dict[tuple[str, tuple[date, date, int]], Decimal] = {}
        first_day: dict[tuple[str, tuple[date, date, int]], tuple[Employment | None, str, date]] = {}
        for job in self.firm.employments:
            day = max(job.valid_from, self.firm.history_from)
            while day <= self.firm.as_of and (job.valid_to is None or day < job.valid_to):
                hours = self.people.capacity(job, day)
                cell = self._person_cell(job, job.person_id, day)
                self._add(
                    cell,
                    standard=hours.standard,
                    scheduled=hours.scheduled,
                    long_unpaid=hours.long_unpaid,
                    holiday=hours.holiday,
                    gross=hours.gross,
                    leave=hours.leave,
                    net=hours.net,
                )
                target = self.people.target(job, day)
                if target is not None:
                    self._add(cell, gross_targeted=hours.gross, target_hours=hours.gross * target)
                piece = (job.employment_id, self.people.week_piece(job, day))
                net[piece] = net.get(piece, ZERO) + hours.net
                scheduled[piece] = scheduled.get(piece, ZERO) + hours.scheduled
                first_day.setdefault(piece, (job, job.person_id, day))
                day += ONE_DAY
        # Weeks in which somebody recorded time without having capacity.
        for entry in self.entries:
            owner = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            who = owner.employment_id if owner else f"stranger {entry.person_id}"
            piece = (who, self._piece(owner, entry.work_date))
            known = first_day.get(piece)
            if known is None or entry.work_date < known[2]:
                first_day[piece] = (owner, entry.person_id, entry.work_date)
        for piece, (owner, person_id, day) in first_day.items():
            submitted = recorded.get(piece, ZERO)
            available, planned = net.get(piece, ZERO), scheduled.get(piece, ZERO)
            self._add(
                self._person_cell(owner, person_id, day),
                compliant=max(ZERO, min(submitted, available)),
                missing=max(ZERO, available - submitted),
                above_capacity=max(ZERO, submitted - available),
                overtime=max(ZERO, submitted - planned),
            )


def _ratio(above: Decimal, below: Decimal) -> Fraction | None:
    return Fraction(above) / Fraction(below) if below else None
