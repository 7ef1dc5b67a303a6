"""A metrics service with made-up, consistent numbers: what the real one promises, without a warehouse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from dashboard import periods
from tests.dashboard import fake_lists
from tieout.explain_types import ExplainedRow, Explanation, Source
from tieout.metrics_service import BreakGroups, BreakTotals, Trace
from tieout.metrics_types import (
    BadFilter,
    Cell,
    Column,
    Filter,
    MetricDescription,
    MixedCurrency,
    NoVersion,
    Query,
    Result,
    RowsResult,
    SystemFreshness,
    UnknownName,
    VersionInfo,
)
from tieout.targets import TargetAnswer
from tieout.traced import Traced
from tieout.trust import TouchingCheck, Trust

WALK_NAMES = (
    ("capacity_walk_standard", "standard"),
    ("capacity_walk_pattern_effect", "pattern effect"),
    ("capacity_walk_long_unpaid_leave", "long unpaid leave"),
    ("capacity_walk_holidays", "holidays"),
    ("capacity_walk_gross", "gross"),
    ("capacity_walk_leave", "leave"),
    ("capacity_walk_net", "net"),
    ("capacity_walk_credited_and_unbilled", "credited and unbilled client"),
    ("capacity_walk_internal_and_training", "internal and training"),
    ("capacity_walk_recorded_idle", "recorded idle"),
    ("capacity_walk_unapproved", "unapproved"),
    ("capacity_walk_missing", "missing"),
    ("capacity_walk_above_capacity", "above capacity"),
    ("capacity_walk_billable", "billable"),
)
WALK = tuple((name, f"Walk {place:02}: {label}") for place, (name, label) in enumerate(WALK_NAMES, 1))
UTILIZATIONS = ("billable", "productive", "resource")
LABELS = {
    "capacity_standard_hours": "Standard capacity",
    "capacity_gross_hours": "Gross capacity",
    "capacity_net_hours": "Net capacity",
    "billable_hours": "Billable hours",
    "missing_hours": "Missing hours",
    "target_hours": "Target hours",
    "uncosted_hours": "Uncosted hours",
    "cost_standard": "Standard labour cost",
    "timesheet_compliance": "Timesheet compliance",
    "utilization_target_variance": "Variance from target",
}
PARTS = ("tm_time", "expense", "milestone", "retainer", "overage", "usage")
ROLL_NAMES = (
    "opening",
    "new_bookings",
    "change_orders",
    "re_estimates",
    "cancellations",
    "expiries",
    "revenue",
    "overrun",
    "reclass",
    "fx",
    "closing",
)
BRIDGE_NAMES = (
    "service_revenue",
    "labour",
    "direct_other",
    "passthrough_revenue",
    "passthrough_cost",
    "margin",
)
REPORTS = {
    "capacity_walk": WALK,
    "backlog_rollforward": tuple(
        (f"backlog_rollforward_{name}", f"Roll {place:02}: {name.replace('_', ' ')}")
        for place, name in enumerate(ROLL_NAMES, 1)
    ),
    "margin_bridge": tuple(
        (f"margin_bridge_{name}", f"Margin {place}: {name.replace('_', ' ')}")
        for place, name in enumerate(BRIDGE_NAMES, 1)
    ),
}
LINES = {name: label for lines in REPORTS.values() for name, label in lines}
# What other dimensions are called by: each has one name a practice, in their order.
NAMES = {
    "role": ("Consultant", "Engineer", "Manager", "Partner", "Unassigned"),
    "contract": ("Agreement 1", "Agreement 2", "Agreement 3", "Agreement 4", "Unassigned"),
    "contract_type": ("fixed_fee", "milestone", "retainer", "time_and_materials", "Unassigned"),
    "project": ("Engagement 1", "Engagement 2", "Engagement 3", "Engagement 4", "Unassigned"),
}
BALANCES = {
    "backlog_unscheduled": "Unscheduled backlog",
    "backlog_overrun": "Overrun",
    "tcv": "Total contract value",
    "tcv_committed": "Committed contract value",
    "tcv_estimated": "Estimated contract value",
    "acv": "Annual contract value",
    "backlog_total": "Backlog",
    "backlog_hard": "Hard backlog",
    "backlog_soft": "Soft backlog",
    "backlog_scheduled": "Scheduled backlog",
    "wip_commercial": "Work in progress",
    **{f"unbilled_{part}": f"Unbilled {part}" for part in PARTS},
    "unbilled_unapproved_time": "Unapproved time",
    "capped_value": "Value beyond caps",
    "wip_age_days": "Age of work in progress",
}
FLOWS = {
    "bookings_tcv": "Bookings",
    "cost_direct_other": "Other direct cost",
    "cost_passthrough": "Pass-through cost",
    "effective_bill_rate": "Effective bill rate",
    "average_bill_rate": "Average bill rate",
    "rate_realization": "Rate realization",
    "scheduled_utilization": "Scheduled utilization",
    "blended_utilization": "Blended utilization",
    "bench_hours": "Bench hours",
    "bench_rate": "Bench rate",
    "bench_cost": "Bench cost",
    "uncosted_bench_hours": "Uncosted bench hours",
    **{name: label for name, label in LINES.items() if not name.startswith("capacity_walk")},
    "billed_revenue": "Billed revenue",
    "credit_notes": "Credit notes",
    "recognized_revenue_ledger": "Recognized revenue, ledger",
    "project_margin": "Project margin",
    "project_margin_pct": "Project margin %",
    "unpriced_hours": "Unpriced hours",
}
SHARES = (
    "project_margin_pct",
    "rate_realization",
    "scheduled_utilization",
    "blended_utilization",
    "bench_rate",
    "timesheet_compliance",
)
RATES = ("wip_age_days", "project_margin_pct", "rate_realization")
HOURS = ("unpriced_hours", "bench_hours", "uncosted_bench_hours")
MONEY = {"cost_standard", *BALANCES, *FLOWS} - {*SHARES, *HOURS, "wip_age_days"}
GUARDED = {*MONEY, *RATES}
MONTHLY = {
    "project_margin",
    "project_margin_pct",
    "cost_direct_other",
    "cost_passthrough",
    "effective_bill_rate",
    *(name for name, _ in REPORTS["margin_bridge"]),
}
CODES = {"DE01": "EUR", "US01": "USD"}


@dataclass
class Firm:
    """What the fake answers for; tests change it."""

    version: str = "20260630T210500Z-1a2b3c"
    as_of: date = date(2026, 6, 30)
    months: int = 24
    practices: tuple[str, ...] = ("Cloud", "Data", "Security", "Strategy", "Unassigned")
    entities: tuple[str, ...] = ("DE01", "US01")
    published: bool = True
    year_starts_in: int = 1
    name: str = "Demo Firm"
    systems: tuple[SystemFreshness, ...] = (
        SystemFreshness("hris", "files", datetime(2026, 6, 30, 22, 5, tzinfo=UTC)),
        SystemFreshness("psa", "files", datetime(2026, 6, 30, 21, 40, tzinfo=UTC)),
        SystemFreshness(
            "erp",
            "odoo",
            datetime(2026, 6, 30, 20, 10, tzinfo=UTC),
            ("time approval (every entry counts as approved)",),
        ),
    )
    asked: list[Query] = field(default_factory=list)
    fail: Exception | None = None
    lacks: frozenset[str] = frozenset()
    component: str = "unbilled_tm_time"
    astray: Decimal = Decimal(0)
    breaks: list[fake_lists.Row] = field(default_factory=fake_lists.made_breaks)
    has_checks: bool = True
    rejects: list[fake_lists.Row] = field(default_factory=list)
    ledger: list[fake_lists.Row] = field(default_factory=list)
    touched: dict[str, tuple[int, Decimal | None, int]] = field(default_factory=dict)
    targets: dict[str, TargetAnswer] = field(default_factory=dict)


FIRM = Firm()


class FakeMetricsService:
    """The verbs that the dashboard uses, answered from `FIRM`."""

    @classmethod
    def open(cls, firm_path: Path | str) -> FakeMetricsService:
        if not FIRM.published:
            raise NoVersion("Nothing has been published.", "Run: tieout refresh")
        return cls()

    @property
    def firm(self) -> SimpleNamespace:
        return SimpleNamespace(fiscal_year_start_month=FIRM.year_starts_in)

    @property
    def version(self) -> VersionInfo:
        return VersionInfo(
            FIRM.version,
            FIRM.as_of,
            datetime(2026, 6, 30, 22, 30, tzinfo=UTC),
            FIRM.name,
            "USD",
            FIRM.systems,
        )

    def describe(self, name: str | None = None) -> list[MetricDescription]:
        names = [
            *LABELS,
            *BALANCES,
            *FLOWS,
            *(f"{kind}_utilization{suffix}" for kind in UTILIZATIONS for suffix in ("", "_std", "_net")),
            *(line for line, _ in WALK),
            *REPORTS,
        ]
        entries = [_describe(one) for one in names if one not in FIRM.lacks]
        return entries if name is None else [entry for entry in entries if entry.name == name]

    def dimension_values(self, dimension: str) -> list[Cell]:
        return list({"practice": FIRM.practices, "entity": FIRM.entities}[dimension])

    def query(self, query: Query) -> Result:
        FIRM.asked.append(query)
        if FIRM.fail is not None:
            raise FIRM.fail
        known = {entry.name for entry in self.describe()}
        for metric in query.metrics:
            if metric not in known:
                raise UnknownName(f"There is no metric {metric!r}.")
        where = {condition.name: condition.values[0] for condition in query.where}
        own = query.currency in ("transaction", "functional")
        if own and GUARDED & set(query.metrics) and "entity" not in where:
            raise MixedCurrency("The amounts are in EUR and USD.", "Filter by entity.")
        practices = [p for p in FIRM.practices if where.get("practice", p) == p]
        entities = [e for e in FIRM.entities if where.get("entity", e) == e]
        _check_whole_months(query)
        rows: list[dict[str, Cell]] = []
        for keys, start, end in _groups(query, practices):
            wanted = _practices_of(keys, practices)
            values = _values(query, wanted, len(entities) / len(FIRM.entities), start, end)
            if any(value is not None for value in values.values()):
                rows.append({**keys, **values})
        if not query.by and not rows:
            rows = [dict.fromkeys(query.metrics)]
        return Result(
            columns=tuple(Column(name, name, "dimension") for name in query.by),
            rows=rows,
            as_of=FIRM.as_of,
            mode=query.mode,
            currency=query.currency,
            currency_code=None
            if not MONEY & set(query.metrics)
            else CODES[str(where["entity"])]
            if own
            else "USD",
            population=query.population,
            definition={metric: _describe(metric).formula for metric in query.metrics},
            version=FIRM.version,
            notes=[],
            sql=f"SELECT {', '.join(query.metrics)}\nFROM warehouse.main.fct_time_entry",
        )

    def trust(self, query: Query) -> dict[str, Trust]:
        """Work in progress is touched by three breaks, one of them without an amount, and lacks an opportunity for a
        little more than 2 %; billed revenue is whole; timesheet compliance is traced as far as an input that nobody can ask
        for alone; of all others nothing is said."""
        touched = {"wip_commercial": (3, Decimal("38000"), 1), **FIRM.touched}
        missing = (("opportunity", Decimal("2001")),)
        proved = {
            "wip_commercial": Traced("", Decimal(100_000), Decimal("97999"), missing, "money", "USD"),
            "billed_revenue": Traced("", Decimal(5000), Decimal(5000), (), "money", "USD"),
            "timesheet_compliance": Traced(
                "",
                Decimal(100),
                Decimal(99),
                (("employment", Decimal(1)),),
                "hours",
                None,
                "timesheet_net_hours",
            ),
        }
        return {
            name: Trust(name, *touched.get(name, (0, Decimal(0), 0)), "USD", traced=proved.get(name))
            for name in query.metrics
        }

    def touching(self, query: Query) -> tuple[str, ...]:
        """Those of the practice asked for, else all."""
        _describe(query.metrics[0])
        wanted = {value for one in query.where if one.name == "practice" for value in one.values}
        return tuple(
            str(row["break_id"]) for row in FIRM.breaks if not wanted or row["practice_name"] in wanted
        )

    def touching_checks(self, query: Query) -> tuple[TouchingCheck, ...]:
        """The same by check; the first leaves as much uncertain as the tile says of the whole."""
        ids = self.touching(query)
        mine = [row for row in FIRM.breaks if row["break_id"] in ids]
        checks = dict.fromkeys(
            (str(row["check_id"]), str(row["title"]), str(row["stake_kind"])) for row in mine
        )
        return tuple(
            TouchingCheck(
                *check,
                len([row for row in mine if row["check_id"] == check[0]]),
                Decimal(0 if place else 38000),
                Decimal(100),
            )
            for place, check in enumerate(checks)
        )

    def targets(self, query: Query) -> dict[str, TargetAnswer]:
        return {
            name: FIRM.targets.get(name, TargetAnswer(name, None, reason="no target"))
            for name in query.metrics
        }

    def explain(self, query: Query, limit: int = 20) -> Explanation:
        """Three rows a practice, largest first; `FIRM.astray` is what the number has more than its rows."""
        (metric,) = query.metrics
        result = self.query(query)
        by = self.query(replace(query, by=("practice",)))
        entry = _describe(metric)
        value = result.rows[0][metric]
        rows = [] if entry.kind == "ratio" else _rows(metric, by.rows)
        total = sum((row.contribution for row in rows), Decimal(0))
        parts = ()
        if entry.kind == "ratio":
            parts = tuple(self.explain(replace(query, metrics=(one,))) for one in entry.components)
        return Explanation(
            metric=metric,
            label=entry.label,
            definition=entry.description,
            formula=entry.formula,
            unit=entry.unit,
            owner=entry.owner,
            value=value,
            exact=None,
            currency_code=result.currency_code,
            slice=(),
            sql=result.sql,
            rows_sql="",
            table="fct_wip_item",
            rows=tuple(rows[:limit]),
            row_count=len(rows),
            row_sum=total - FIRM.astray,
            parts=parts,
            agrees=not FIRM.astray,
            closing=f"{len(rows)} rows sum to {total - FIRM.astray}.",
            version=result.version,
            as_of=result.as_of,
            mode=query.mode,
            currency=query.currency,
            population=None,
        )

    def rows(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: Sequence[Filter] = (),
        order_by: Sequence[str] = (),
        limit: int = 1000,
        offset: int = 0,
    ) -> RowsResult:
        published = fake_lists.tables(FIRM.breaks, FIRM.as_of)
        if not FIRM.has_checks:
            published = {
                name: rows for name, rows in published.items() if not name.startswith("reconciliation")
            }
        return fake_lists.read(published, FIRM.version, table, columns, where, order_by, limit)

    def break_totals(self, where: Sequence[Filter] = ()) -> BreakTotals:
        if not FIRM.has_checks:
            raise UnknownName("There is no published table 'reconciliation.rec_break'.")
        return fake_lists.totals(FIRM.breaks, where, FIRM.version)

    def break_groups(self, by: Sequence[str], where: Sequence[Filter] = (), limit: int = 1000) -> BreakGroups:
        if not FIRM.has_checks:
            raise UnknownName("There is no published table 'reconciliation.rec_break'.")
        return fake_lists.grouped(FIRM.breaks, by, where, limit, FIRM.version)

    def break_ageing(self, by: str, where: Sequence[Filter] = ()) -> list[dict[str, Cell]]:
        return fake_lists.ageing(FIRM.breaks, by, where)

    def trace(self, text: str, limit: int = 5) -> Trace:
        return fake_lists.chain(text, FIRM.version, FIRM.as_of)

    def lineage(self, metric: str) -> list[dict[str, Cell]]:
        under = "marts.fct_time_entry"
        return [
            {"relation": "marts.rpt_time", "kind": "view", "step": 0, "read_by": metric, "rows": None},
            {"relation": under, "kind": "table", "step": 1, "read_by": "marts.rpt_time", "rows": 764},
        ]

    def object_freshness(self) -> list[dict[str, Cell]]:
        return [row for row in self.rows("operations.ops_load").rows if not row["skipped"]]

    def reject_counts(self) -> list[dict[str, Cell]]:
        return FIRM.rejects

    def runs(self, limit: int = 20) -> list[dict[str, Cell]]:
        return FIRM.ledger


def _check_whole_months(query: Query) -> None:
    """Margin is known by month."""
    asked = [metric for metric in query.metrics if metric in MONTHLY]
    if not asked:
        return
    start, end = query.date_from, query.date_to
    if (start and start.day != 1) or (end and end not in (periods.last_of_month(end), FIRM.as_of)):
        name = "project_margin" if "project_margin" in asked else asked[0]
        raise BadFilter(f"{name} is known by month.", "Ask for whole months.")


def _rows(metric: str, by_practice: Sequence[Mapping[str, Cell]]) -> list[ExplainedRow]:
    found = []
    for row in by_practice:
        value = row[metric]
        if not isinstance(value, Decimal):
            continue
        half, quarter = round(value / 2, 2), round(value / 4, 2)
        for place, share in enumerate((half, quarter, value - half - quarter), 1):
            record = f"{row['practice']}-{place}"
            found.append(
                ExplainedRow(
                    key=record,
                    contribution=share,
                    date=FIRM.as_of,
                    columns={"practice": row["practice"], "component": FIRM.component},
                    priced_by={"unit_price": Decimal("120.00")},
                    source=Source(
                        "psa", "timesheets", record, "time.csv", place, f"https://psa.test/{record}"
                    ),
                    trace=record,
                )
            )
    return sorted(found, key=lambda row: -abs(row.contribution))


def _describe(name: str) -> MetricDescription:
    labels = {**LABELS, **LINES, **BALANCES, **FLOWS}
    unit = "money" if name in MONEY else "hours"
    if "utilization" in name or name in SHARES:
        unit = "ratio"
    kind = "report" if name in REPORTS else "ratio" if unit == "ratio" else "flow"
    if name in BALANCES:
        kind = "balance"
    if name == "wip_age_days":
        unit, kind = "days", "age"
    components = tuple(line for line, _ in REPORTS.get(name, ()))
    if name == "project_margin_pct":
        components = ("project_margin", "recognized_revenue_ledger")
    return MetricDescription(
        name=name,
        label=labels.get(name, name.removesuffix("_std").removesuffix("_net").replace("_", " ").capitalize()),
        description=f"What {name} means.",
        formula=f"formula of {name}",
        unit=unit,
        kind=kind,
        owner="finance",
        dimensions=("month", "practice", "entity", *(("missing_link",) if name in BALANCES else ())),
        components=components,
    )


def _groups(query: Query, practices: Sequence[str]) -> list[tuple[dict[str, Cell], date, date]]:
    first = periods.add_months(periods.first_of_month(FIRM.as_of), 1 - FIRM.months)
    start = max(query.date_from or first, first)
    end = min(query.date_to or FIRM.as_of, FIRM.as_of)
    if not query.by:
        return [({}, start, end)]
    if tuple(query.by) == ("practice",):
        return [({"practice": name}, start, end) for name in practices]
    if query.by[0] in NAMES:
        places = [FIRM.practices.index(name) for name in practices]
        names = NAMES[query.by[0]]
        return [({query.by[0]: names[place]}, start, end) for place in places if place < len(names)]
    step = 3 if query.by[0] == "quarter" else 1
    begin = periods.first_of_quarter(start) if step == 3 else periods.first_of_month(start)
    groups: list[tuple[dict[str, Cell], date, date]] = []
    while begin <= end:
        last = periods.add_months(begin, step) - timedelta(days=1)
        groups.append(({query.by[0]: begin}, max(begin, start), min(last, end)))
        begin = periods.add_months(begin, step)
    return groups


def _practices_of(keys: Mapping[str, Cell], practices: Sequence[str]) -> Sequence[Cell]:
    for dimension, names in NAMES.items():
        if dimension in keys:
            return [FIRM.practices[names.index(str(keys[dimension]))]]
    return [keys["practice"]] if "practice" in keys else practices


def _values(query: Query, practices: Sequence[Cell], share: float, start: date, end: date) -> dict[str, Cell]:
    totals: dict[str, Decimal] = {}
    cost = Decimal(0)
    for name in practices:
        index = FIRM.practices.index(str(name))
        for month in periods.months_between(start, end):
            days = (min(end, periods.last_of_month(month)) - max(start, month)).days + 1
            for key, value in _walk(index, month, days, share, query).items():
                totals[key] = totals.get(key, Decimal(0)) + value
            cost += Decimal(days * (3100 - index * 420)) * Decimal(str(share))
    if not totals:
        return dict.fromkeys(query.metrics)
    where = [FIRM.practices.index(str(name)) for name in practices]
    balances = _balances(where, end, Decimal(str(share)))
    opening = _balances(where, start - timedelta(days=1), Decimal(str(share)))
    flows = _flows(where, cost, totals) | _roll(opening["backlog_total"], balances["backlog_total"])
    return {
        metric: (balances | flows)[metric]
        if metric in BALANCES or metric in FLOWS
        else _metric(metric, totals, cost)
        for metric in query.metrics
    }


def _balances(places: Sequence[int], day: date, share: Decimal) -> dict[str, Cell]:
    """Balances of one day: they do not depend on where the period began."""
    size = sum((Decimal((9 - place) * (day.month + day.day)) for place in places), Decimal(0)) * share
    parts = {f"unbilled_{part}": round(size * (60 - 9 * place), 2) for place, part in enumerate(PARTS)}
    hard, soft = round(size * 4100, 2), round(size * 1700, 2)
    return {
        **parts,
        "backlog_total": hard + soft,
        "backlog_unscheduled": round(size * 900, 2),
        "backlog_overrun": round(size * 55, 2),
        "tcv": round(size * 9100, 2),
        "tcv_committed": round(size * 6400, 2),
        "tcv_estimated": round(size * 2700, 2),
        "acv": round(size * 4700, 2),
        "backlog_hard": hard,
        "backlog_soft": soft,
        "backlog_scheduled": round(size * 2900, 2),
        "wip_commercial": sum(parts.values(), Decimal(0)),
        "unbilled_unapproved_time": round(size * 7, 2),
        "capped_value": round(size * 3, 2),
        "wip_age_days": Decimal("20.898"),
    }


def _roll(opening: Cell, closing: Cell) -> dict[str, Cell]:
    """From the balance of the day before to that of the last day, to the cent; nothing was cancelled."""
    assert isinstance(opening, Decimal)
    assert isinstance(closing, Decimal)
    booked, earned = round(opening / 20, 2), round(opening / -30, 2)
    return {
        **{f"backlog_rollforward_{name}": None for name in ROLL_NAMES},
        "backlog_rollforward_opening": opening,
        "backlog_rollforward_new_bookings": booked,
        "backlog_rollforward_revenue": earned,
        "backlog_rollforward_re_estimates": closing - opening - booked - earned,
        "backlog_rollforward_closing": closing,
    }


def _bridge(revenue: Decimal, margin: Decimal) -> dict[str, Cell]:
    other, passed = round(revenue / 20, 2), round(revenue / 40, 2)
    return {
        "margin_bridge_service_revenue": revenue,
        "margin_bridge_labour": margin - revenue + other,
        "margin_bridge_direct_other": -other,
        "margin_bridge_passthrough_revenue": passed,
        "margin_bridge_passthrough_cost": -passed,
        "margin_bridge_margin": margin,
    }


def _flows(places: Sequence[int], cost: Decimal, totals: Mapping[str, Decimal]) -> dict[str, Cell]:
    margin = cost * (40 - len(places)) / 100
    bench = totals["recorded_idle"] * -1
    return {
        **_bridge(round(cost * Decimal("1.9"), 2), round(margin, 2)),
        "bookings_tcv": round(cost * 3, 2),
        "cost_direct_other": round(cost / 11, 2),
        "cost_passthrough": round(cost / 17, 2),
        "effective_bill_rate": Decimal(140 + 3 * len(places)),
        "average_bill_rate": Decimal(150 + 3 * len(places)),
        "rate_realization": 0.9 + len(places) / 100,
        "scheduled_utilization": float((totals["billable"] + bench) / totals["gross"]),
        "blended_utilization": float((totals["billable"] + bench / 2) / totals["gross"]),
        "bench_hours": bench,
        "bench_rate": float(bench / totals["net"]),
        "bench_cost": round(bench * 60, 2),
        "uncosted_bench_hours": bench / 9,
        "billed_revenue": round(cost * 2, 2),
        "credit_notes": round(cost / -50, 2),
        "recognized_revenue_ledger": round(cost * Decimal("1.9"), 2),
        "project_margin": round(margin, 2),
        "project_margin_pct": float(margin / (cost * Decimal("1.9"))),
        "unpriced_hours": Decimal(len(places) * 3),
    }


def _walk(index: int, month: date, days: int, share: float, query: Query) -> dict[str, Decimal]:
    size = Decimal(
        str(round((24 - 5 * index) * days * 5.7 * share * (1.3 if query.population == "firm" else 1), 2))
    )
    wave = Decimal(str(round(0.03 * math.sin(month.toordinal() / 60 + index), 4)))
    if query.mode == "as_is" and index:
        size += 40
    lines = {
        "standard": size,
        "pattern_effect": size * Decimal("-0.012"),
        "long_unpaid_leave": size * Decimal("-0.021"),
        "holidays": size * Decimal("-0.041"),
    }
    lines["gross"] = sum(lines.values(), Decimal(0))
    lines["leave"] = size * Decimal("-0.083")
    lines["net"] = lines["gross"] + lines["leave"]
    lines |= {
        "credited_and_unbilled": size * (Decimal("-0.032") + wave / 4),
        "internal_and_training": size * (Decimal("-0.071") - wave),
        "recorded_idle": size * Decimal("-0.024"),
        "unapproved": size * Decimal("-0.013"),
        "missing": size * (Decimal("-0.031") - wave / 3),
        "above_capacity": size * Decimal("0.011"),
    }
    after = (
        "credited_and_unbilled",
        "internal_and_training",
        "recorded_idle",
        "unapproved",
        "missing",
        "above_capacity",
    )
    lines["billable"] = lines["net"] + sum((lines[key] for key in after), Decimal(0))
    return lines


def _metric(metric: str, totals: dict[str, Decimal], cost: Decimal) -> Cell:
    if metric.startswith("capacity_walk_"):
        return totals[metric.removeprefix("capacity_walk_")]
    if metric.startswith("capacity_"):
        return totals[metric.removeprefix("capacity_").removesuffix("_hours")]
    if metric == "billable_hours":
        return totals["billable"]
    if metric == "target_hours":
        return totals["gross"] * Decimal("0.78")
    if metric == "missing_hours":
        return -totals["missing"]
    if metric == "uncosted_hours":
        return totals["billable"] / 50
    if metric == "cost_standard":
        return cost
    if metric == "timesheet_compliance":
        return float(1 + totals["missing"] / totals["net"])
    if metric == "utilization_target_variance":
        return float(totals["billable"] / totals["gross"] - Decimal("0.78"))
    kind, _, suffix = metric.partition("_utilization")
    hours = totals["billable"]
    if kind != "billable":
        hours -= totals["internal_and_training"] + totals["credited_and_unbilled"]
    if kind == "resource":
        hours -= totals["unapproved"]
    below = totals[{"": "gross", "_std": "standard", "_net": "net"}[suffix]]
    return float(hours / below)
