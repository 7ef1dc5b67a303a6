"""Scheduled and blended utilization, and the bench. Part of the oracle.

Rules are those of MONEY_RULES.md, chapter "Staffing".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from simulation.events import Employment
from simulation.truth import POPULATIONS, RESOURCE_DIMENSIONS, UNASSIGNED
from simulation.truth_backlog import assigned_days, counts_as_booked
from simulation.truth_facts import Amounts, Ground, Key, ratio
from simulation.truth_money import CostRates, line_cost
from simulation.truth_people import NOTHING_KNOWN, ONE_DAY, ZERO

METRICS = ("scheduled_utilization", "blended_utilization", "bench_hours", "bench_rate", "bench_cost")
MONTHLY = ("month", "practice", "entity")
Row = tuple[date, str, dict[str, tuple[str, ...]], dict[str, Decimal]]


class StaffingTruth:
    """By month and the person's dimensions; up to the as-of date, which is where capacity ends."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.firm = ground.firm
        self.people = ground.people
        # The last Sunday on or before the as-of date: the last week that is complete.
        self.cut_off = self.firm.as_of - timedelta(days=(self.firm.as_of.weekday() + 1) % 7)
        self._rates = CostRates(self.firm.cost_rates)
        self._practice_name = {p.practice_id: p.practice_name for p in self.firm.practices}
        self.rows: list[Row] = []
        self._days()
        self._bench()

    def values(
        self,
        metric: str,
        mode: str = "as_was",
        currency: str = "reporting",
        population: str = "billable_resources",
        by: Sequence[str] = MONTHLY,
    ) -> dict[Key, object]:
        def total(*measures: str) -> dict[Key, Decimal]:
            sums: dict[Key, Decimal] = {}
            for day, kind, sides, facts in self.rows:
                if kind not in POPULATIONS[population]:
                    continue
                for measure in measures:
                    sign, name = (-1, measure[1:]) if measure.startswith("-") else (1, measure)
                    if name in facts:
                        key = tuple(
                            day.replace(day=1) if d == "month" else sides[mode][RESOURCE_DIMENSIONS.index(d)]
                            for d in by
                        )
                        sums[key] = sums.get(key, ZERO) + sign * facts[name]
            return sums

        if metric == "bench_hours":
            return dict(total("bench"))
        if metric == "bench_cost":
            return dict(total(f"bench_cost_{currency}"))
        above, below = {
            "scheduled_utilization": (("scheduled_billable",), ("gross", "-scheduled_excluded")),
            "blended_utilization": (("blended_billable",), ("gross", "-blended_excluded")),
            "bench_rate": (("bench",), ("net",)),
        }[metric]
        numerator, denominator = total(*above), total(*below)
        found: dict[Key, Fraction | None] = {
            key: ratio(numerator.get(key, ZERO), denominator.get(key, ZERO))
            for key in {**denominator, **numerator}
        }
        return dict(found)

    def _sides(self, job: Employment | None, day: date) -> dict[str, tuple[str, ...]]:
        found = {}
        for mode in ("as_was", "as_is"):
            known = NOTHING_KNOWN
            if job is not None:
                known = self.people.as_was(job, day) if mode == "as_was" else self.people.as_is(job)
            entity = self.people.entities.get(known["legal_entity"] or "")
            named = {
                **known,
                "practice": self._practice_name.get(known["practice"] or ""),
                "entity": known["legal_entity"],
                "region": entity.region if entity else None,
            }
            found[mode] = tuple(named[name] or UNASSIGNED for name in RESOURCE_DIMENSIONS)
        return found

    def _add(self, job: Employment | None, day: date, facts: dict[str, Decimal]) -> None:
        self.rows.append((day, self.people.population(job, day), self._sides(job, day), facts))

    def _days(self) -> None:
        """Capacity, recorded hours and named hard bookings, day by day."""
        truth, firm = self.ground.truth, self.firm
        for job in firm.employments:
            day = max(job.valid_from, firm.history_from)
            while day <= firm.as_of and (job.valid_to is None or day < job.valid_to):
                capacity = self.people.capacity(job, day)
                self._add(job, day, {"gross": capacity.gross, "net": capacity.net})
                day += ONE_DAY
        for entry in truth.entries:
            measures = truth.hours_of(entry)
            if entry.work_date > self.cut_off or not measures:
                continue
            owner = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            facts = {}
            if "billable" in measures or "credited" in measures:
                facts["blended_billable"] = entry.hours
            if "excluded" in measures:
                facts["blended_excluded"] = entry.hours
            if facts:
                self._add(owner, entry.work_date, facts)
        self.assigned: dict[tuple[str, date], Decimal] = {}
        for row in firm.money.assignments:
            if row.person_id is None or not counts_as_booked(row):
                continue
            for day, hours in assigned_days(row):
                if not firm.history_from <= day <= firm.as_of:
                    continue
                owner = self.people.employment_of(row.person_id, day)
                if owner is None or not owner.valid_from <= day < (owner.valid_to or date.max):
                    continue
                self.assigned[owner.employment_id, day] = (
                    self.assigned.get((owner.employment_id, day), ZERO) + hours
                )
                project = self.ground.book.project_on(row.project_id, day)
                excluded = project is not None and project.work_category == "excluded"
                facts = {}
                if excluded:
                    facts["scheduled_excluded"] = hours
                elif row.is_billable is not False:
                    facts["scheduled_billable"] = hours
                if facts and day > self.cut_off:
                    facts.update(
                        {name.replace("scheduled", "blended"): value for name, value in facts.items()}
                    )
                if facts:
                    self._add(owner, day, facts)

    def _bench(self) -> None:
        """By employment and piece of a week, dated by its first day."""
        truth = self.ground.truth
        productive: dict[tuple[str, tuple[date, date, int]], Decimal] = {}
        submitted: dict[tuple[str, tuple[date, date, int]], Decimal] = {}
        for entry in truth.entries:
            owner = self.people.employment_of(entry.person_id, entry.work_date, entry.employment_id)
            measures = truth.hours_of(entry)
            if owner is None or not measures:
                continue
            piece = (owner.employment_id, self.people.week_piece(owner, entry.work_date))
            submitted[piece] = submitted.get(piece, ZERO) + entry.hours
            if {"billable", "credited", "unbilled_client", "internal", "training"} & measures.keys():
                productive[piece] = productive.get(piece, ZERO) + entry.hours
        for job in self.firm.employments:
            pieces: dict[tuple[str, tuple[date, date, int]], list[date]] = {}
            day = max(job.valid_from, self.firm.history_from)
            while day <= self.firm.as_of and (job.valid_to is None or day < job.valid_to):
                pieces.setdefault((job.employment_id, self.people.week_piece(job, day)), []).append(day)
                day += ONE_DAY
            for piece, days in pieces.items():
                net = sum((self.people.capacity(job, day).net for day in days), ZERO)
                if days[0] <= self.cut_off:
                    missing = max(ZERO, net - submitted.get(piece, ZERO))
                    bench = max(ZERO, net - productive.get(piece, ZERO) - missing)
                else:
                    booked = sum((self.assigned.get((job.employment_id, day), ZERO) for day in days), ZERO)
                    bench = max(ZERO, net - booked)
                facts = {"bench": bench}
                facts.update(
                    {
                        f"bench_cost_{mode}": amount
                        for mode, amount in self._cost(job, days[0], bench).items()
                        if amount is not None
                    }
                )
                self._add(job, days[0], facts)

    def _cost(self, job: Employment, day: date, hours: Decimal) -> Amounts:
        """At the person's own rate of the first day, else the role's; converted as standard cost is."""
        known = self.people.as_was(job, day)
        rate = self._rates.find(
            job.person_id, job.employment_id, "", known["role"], known["legal_entity"], day
        )
        found: Amounts = dict.fromkeys(("transaction", "functional", "reporting", "constant"))
        if rate is None:
            return found
        entity = self.people.entities.get(known["legal_entity"] or "")
        amount = line_cost(hours, rate.rate, rate.currency)
        return self.ground.flow(amount, rate.currency, entity.functional_currency if entity else None, day)
