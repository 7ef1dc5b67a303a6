"""Questions to the metrics service over rows whose answers are known by hand."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tieout.hand_rows import HOSTILE
from tieout.metrics_catalogue import read_catalogue
from tieout.metrics_service import (
    BadFilter,
    Filter,
    MetricsService,
    MixedCurrency,
    NotPermitted,
    Query,
    UnknownName,
    UnknownValue,
)

ROOT = Path(__file__).resolve().parents[2]


def one(service: MetricsService, *metrics: str, **options: object) -> dict[str, object]:
    rows = service.query(Query(metrics, **options)).rows  # type: ignore[arg-type]
    assert len(rows) == 1
    return rows[0]


def test_without_by_there_is_one_row_keyed_by_metric(service: MetricsService) -> None:
    assert one(service, "billable_hours") == {"billable_hours": Decimal(20)}


def test_ratio_is_ratio_of_sums(service: MetricsService) -> None:
    row = one(service, "billable_utilization", "billable_utilization_std", "billable_utilization_net")
    assert row["billable_utilization"] == pytest.approx(20 / 60, abs=1e-9)
    assert row["billable_utilization_std"] == pytest.approx(20 / 70, abs=1e-9)
    assert row["billable_utilization_net"] == pytest.approx(20 / 48, abs=1e-9)
    by_practice = service.query(Query(["billable_utilization"], by=["practice"])).rows
    mean = sum(row["billable_utilization"] or 0 for row in by_practice) / len(by_practice)
    assert mean != pytest.approx(20 / 60)


def test_money_is_decimal_rounded_to_the_currency_half_away_from_zero(service: MetricsService) -> None:
    assert one(service, "cost_standard") == {"cost_standard": Decimal("2712.51")}
    assert str(one(service, "cost_standard")["cost_standard"]) == "2712.51"
    yen = service.query(
        Query(["cost_standard"], currency="transaction", where=[Filter("currency", "=", ["JPY"])])
    )
    assert str(yen.rows[0]["cost_standard"]) == "30000"
    assert yen.currency_code == "JPY"


def test_hours_stay_exact(service: MetricsService) -> None:
    assert one(service, "productive_hours") == {"productive_hours": Decimal("22.125000")}


def test_months_are_dates_in_order(service: MetricsService) -> None:
    rows = service.query(Query(["billable_hours"], by=["month"])).rows
    assert [(row["month"], row["billable_hours"]) for row in rows] == [
        (date(2026, 4, 1), Decimal(8)),
        (date(2026, 5, 1), Decimal(10)),
        (date(2026, 6, 1), Decimal(2)),
    ]


def test_fiscal_periods_group_and_filter(service: MetricsService) -> None:
    by = service.query(Query(["billable_hours"], by=["fiscal_quarter"])).rows
    assert by == [{"fiscal_quarter": date(2026, 4, 1), "billable_hours": Decimal(20)}]
    for value in ("2026-05-01", "2026-05", date(2026, 5, 1)):
        assert one(service, "billable_hours", where=[Filter("fiscal_period", "=", [value])]) == {
            "billable_hours": Decimal(10)
        }
    later = Filter("fiscal_period", ">=", ["2026-05"])
    assert one(service, "billable_hours", where=[later]) == {"billable_hours": Decimal(12)}


def test_practice_is_the_persons_for_hours_and_the_projects_for_cost(service: MetricsService) -> None:
    rows = service.query(Query(["billable_hours", "cost_standard"], by=["practice"])).rows
    found = {row["practice"]: (row["billable_hours"], row["cost_standard"]) for row in rows}
    assert found["Data"] == (Decimal(12), Decimal("800.00"))
    assert found["Cloud"] == (Decimal(6), Decimal("1912.51"))
    assert found[HOSTILE] == (Decimal(2), None)


def test_resource_practice_is_another_dimension_of_cost(service: MetricsService) -> None:
    rows = service.query(Query(["cost_standard"], by=["resource_practice"])).rows
    assert {row["resource_practice"]: row["cost_standard"] for row in rows}["Data"] == Decimal("1412.50")


def test_as_is_moves_the_slice(service: MetricsService) -> None:
    rows = service.query(Query(["billable_hours"], by=["practice"], mode="as_is")).rows
    assert rows == [{"practice": "Cloud", "billable_hours": Decimal(8)}]


def test_as_reported_is_empty_and_says_why(service: MetricsService) -> None:
    for by in ([], ["practice"]):
        result = service.query(Query(["billable_hours", "cost_standard"], by=by, mode="as_reported"))
        assert result.rows == []
        assert "No period has been closed yet" in result.notes[0]


def test_population(service: MetricsService) -> None:
    assert one(service, "billable_hours", population="firm") == {"billable_hours": Decimal(25)}
    result = service.query(Query(["billable_utilization"]))
    assert result.population == "billable_resources"
    assert service.query(Query(["cost_standard"])).population is None


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        (Filter("practice", "=", ["Data"]), 12),
        (Filter("practice", "!=", ["Data"]), 8),
        (Filter("practice", "in", ["Data", "Cloud"]), 18),
        (Filter("practice", "not in", ["Data", "Cloud"]), 2),
        (Filter("month", "=", ["2026-05"]), 10),
        (Filter("month", "=", [date(2026, 5, 20)]), 10),
        (Filter("month", "!=", ["2026-05"]), 10),
        (Filter("month", "in", ["2026-04", "2026-06"]), 10),
        (Filter("month", ">=", ["2026-05"]), 12),
        (Filter("month", "<=", ["2026-05"]), 18),
        (Filter("month", "between", ["2026-04", "2026-05"]), 18),
        (Filter("quarter", "=", ["2026-Q2"]), 20),
        (Filter("week", "=", ["2026-05-13"]), 10),
        (Filter("day", "=", ["2026-05-13"]), 6),
        (Filter("year", "=", ["2025"]), 0),
        (Filter("project", "=", ["Project 1"]), 8),
    ],
)
def test_filters(service: MetricsService, condition: Filter, hours: int) -> None:
    assert one(service, "billable_hours", where=[condition]) == {"billable_hours": Decimal(hours)}


def test_period_is_inclusive(service: MetricsService) -> None:
    row = one(service, "billable_hours", date_from=date(2026, 4, 10), date_to=date(2026, 5, 12))
    assert row == {"billable_hours": Decimal(12)}


def test_dimension_that_a_metric_does_not_have(service: MetricsService) -> None:
    with pytest.raises(
        NotPermitted, match=r"capacity_gross_hours does not have the dimension project"
    ) as caught:
        service.query(Query(["capacity_gross_hours"], by=["project"]))
    assert "practice" in caught.value.cure
    with pytest.raises(NotPermitted, match="billable_utilization does not have the dimension customer"):
        service.query(Query(["billable_utilization"], where=[Filter("customer", "=", ["Customer 1"])]))


def test_unknown_names_get_the_closest(service: MetricsService) -> None:
    with pytest.raises(UnknownName, match="no metric 'billable_hors'") as metric:
        service.query(Query(["billable_hors"]))
    assert metric.value.cure == "Did you mean billable_hours?"
    with pytest.raises(UnknownName, match="no dimension 'practise'") as dimension:
        service.query(Query(["billable_hours"], by=["practise"]))
    assert dimension.value.cure == "Did you mean practice?"
    with pytest.raises(UnknownName):
        service.query(Query(["cost_currency_min"]))


@pytest.mark.parametrize(
    "query",
    [
        Query([]),
        Query(["billable_hours"], mode="as_wished"),
        Query(["billable_hours"], currency="euro"),
        Query(["billable_hours"], population="everybody"),
        Query(["billable_hours"], by=["month", "month"]),
        Query(["billable_hours"], date_from=date(2026, 2, 1), date_to=date(2026, 1, 1)),
        Query(["billable_hours"], where=[Filter("practice", "like", ["D%"])]),
        Query(["billable_hours"], where=[Filter("practice", "=", [])]),
        Query(["billable_hours"], where=[Filter("practice", "=", ["a", "b"])]),
        Query(["billable_hours"], where=[Filter("month", "between", ["2026-01"])]),
        Query(["billable_hours"], where=[Filter("month", "=", ["soon"])]),
        Query(["billable_hours"], where=[Filter("month", "=", ["9999-12"])]),
        Query(["billable_hours"], where=[Filter("fiscal_period", "=", ["soon"])]),
    ],
)
def test_bad_requests_are_refused(service: MetricsService, query: Query) -> None:
    with pytest.raises(BadFilter):
        service.query(query)


@pytest.mark.parametrize(
    "text",
    [
        "1=1) ; drop table fct_time; --",
        "'; DROP TABLE marts.rpt_time; --",
        "{{ 7*7 }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in range(9) %}x{% endfor %}",
        "Data' or '1'='1",
        "' union select 1 --",
        "'__tieout_0__'",
        "$p0",
        "\\' or 1=1 --",
        "{{ Dimension('employee_version__role') }}",
        "a\nb\tc\u2028",
    ],
)
def test_text_of_a_filter_stays_text(service: MetricsService, text: str) -> None:
    for name in ("practice", "role", "project", "status"):
        for operator in ("=", "in", "!="):
            with pytest.raises(UnknownValue, match=f"There is no {name} “"):
                service.query(Query(["billable_hours"], where=[Filter(name, operator, [text])]))


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        (Filter("practice", "=", ["dATA"]), 12),
        (Filter("practice", "in", ["data", "CLOUD"]), 18),
        (Filter("status", "=", ["rejected"]), 0),
    ],
)
def test_members_are_named_in_any_case(service: MetricsService, condition: Filter, hours: int) -> None:
    assert one(service, "billable_hours", where=[condition]) == {"billable_hours": Decimal(hours)}


@pytest.mark.parametrize(
    ("name", "text", "cure"),
    [
        ("practice", "Dta", "Did you mean Data?"),
        ("employee", "Consultant 9999", "Did you mean Consultant 000"),
        ("role", "Xyz", "There are: Consultant, Manager."),
        ("work_category", "xyz", "There are: client, excluded, idle, internal, leave, training."),
    ],
)
def test_a_value_that_no_member_has_is_refused(
    service: MetricsService, name: str, text: str, cure: str
) -> None:
    query = Query(["billable_hours"], where=[Filter(name, "=", [text])])
    for asked in (service.query, service.explain, service.trust):
        with pytest.raises(UnknownValue) as caught:
            asked(query)
        assert caught.value.message == f"There is no {name.replace('_', ' ')} “{text}”."
        assert caught.value.cure.startswith(cure)


def test_hostile_value_that_exists_is_found(service: MetricsService) -> None:
    assert one(service, "billable_hours", where=[Filter("practice", "=", [HOSTILE])]) == {
        "billable_hours": Decimal(2)
    }
    assert (
        "drop table"
        in service.query(Query(["billable_hours"], where=[Filter("practice", "=", [HOSTILE])])).sql
    )


@pytest.mark.parametrize(
    "name", ["practice') }} = 1 or {{ Dimension('x", "1=1", "practice; drop table x", "{{ 7*7 }}"]
)
def test_names_are_never_taken_from_a_user(service: MetricsService, name: str) -> None:
    with pytest.raises(UnknownName):
        service.query(Query(["billable_hours"], by=[name]))
    with pytest.raises(UnknownName):
        service.query(Query(["billable_hours"], where=[Filter(name, "=", ["x"])]))
    with pytest.raises(UnknownName):
        service.query(Query([name]))


@pytest.mark.parametrize("currency", ["transaction", "functional"])
def test_currencies_are_never_added(service: MetricsService, currency: str) -> None:
    with pytest.raises(MixedCurrency, match=r"(GBP|JPY) and USD") as caught:
        service.query(Query(["cost_standard"], currency=currency))
    # the entity that sells the work says nothing of the currency of a cost
    assert "Filter or group by currency or resource_entity, or ask" in caught.value.cure
    with pytest.raises(MixedCurrency):
        service.query(Query(["cost_standard"], by=["practice"], currency=currency))


def test_a_refusal_names_only_what_tells_the_currencies_apart(service: MetricsService) -> None:
    """Each dimension that it names answers the question; one that was asked for in vain is explained."""
    asked = Query(["cost_standard"], by=["entity"], currency="functional")
    with pytest.raises(MixedCurrency) as caught:
        service.query(asked)
    assert "the entity that employs the person (resource_entity)" in caught.value.cure
    for name in ("currency", "resource_entity"):
        assert name in caught.value.cure
        assert service.query(replace(asked, by=["entity", name])).rows


def test_one_currency_a_row_is_answered_and_named(service: MetricsService) -> None:
    result = service.query(Query(["cost_standard"], by=["resource_entity"], currency="transaction"))
    found = {row["resource_entity"]: (row["currency"], str(row["cost_standard"])) for row in result.rows}
    assert found == {"US01": ("USD", "1412.50"), "UK01": ("GBP", "880.00"), "JP01": ("JPY", "30000")}
    assert result.currency_code is None
    by_currency = service.query(Query(["cost_standard"], by=["currency"], currency="transaction"))
    assert [column.name for column in by_currency.columns] == ["currency", "cost_standard"]


def test_reporting_currency_is_named(service: MetricsService) -> None:
    assert service.query(Query(["cost_standard"])).currency_code == "USD"
    assert service.query(Query(["billable_hours"])).currency_code is None


def test_result_says_what_it_is_of(service: MetricsService) -> None:
    result = service.query(Query(["billable_utilization"], by=["practice"]))
    assert result.as_of == date(2026, 6, 30)
    assert result.mode == "as_was"
    assert result.version == "20260701T020000000000Z"
    assert "billable_hours / capacity_gross_hours" in result.definition["billable_utilization"]
    assert result.notes == ["hris does not record time approval."]
    assert "report_mode" in result.sql


def test_hours_without_a_cost_are_said_beside_every_amount(service: MetricsService) -> None:
    note = "9.00 hours have no cost and are in no amount (metric uncosted_hours)."
    assert service.query(Query(["cost_standard"])).notes[0] == note
    assert service.query(Query(["cost_standard"], by=["month", "practice"])).notes[0] == note
    april = service.query(Query(["cost_standard"], where=[Filter("month", "=", ["2026-04"])]))
    assert april.notes == ["hris does not record time approval."]
    asked = service.query(Query(["cost_standard", "uncosted_hours"]))
    assert asked.rows[0]["uncosted_hours"] == Decimal(9)


def test_bench_hours_without_a_cost_are_said_beside_its_cost(service: MetricsService) -> None:
    result = service.query(Query(["bench_cost", "cost_standard"]))
    assert result.rows[0]["bench_cost"] == Decimal("500.00")
    assert "8.00 hours have no bench cost and are in no amount (metric uncosted_bench_hours)." in result.notes
    assert "9.00 hours have no cost and are in no amount (metric uncosted_hours)." in result.notes
    with pytest.raises(MixedCurrency):
        service.query(Query(["bench_cost"], currency="transaction"))


def test_excluded_hours_leave_the_denominator_of_staffing(service: MetricsService) -> None:
    """Excluded hours leave the denominator; a month without bookings keeps the whole of it."""
    rows = service.query(Query(["scheduled_utilization", "blended_utilization"], by=["month"])).rows
    found = {row["month"]: (row["scheduled_utilization"], row["blended_utilization"]) for row in rows}
    assert found[date(2026, 4, 1)] == (4 / 8, 6 / 9)
    assert found[date(2026, 5, 1)] == (0, 0)


def test_order_is_asked_of_time_only(service: MetricsService) -> None:
    with pytest.raises(BadFilter, match="practice has no order"):
        service.query(Query(["billable_hours"], where=[Filter("practice", ">=", ["A"])]))
    period = Filter("entity_fiscal_period", "between", ["2025", "2026"])
    assert one(service, "billable_hours", where=[period]) == {"billable_hours": Decimal(20)}


def test_walk_expands_to_its_lines(service: MetricsService) -> None:
    result = service.query(Query(["capacity_walk"]))
    names = [column.name for column in result.columns]
    assert names[0] == "capacity_walk_standard"
    assert names[-1] == "capacity_walk_billable"
    assert len(names) == 14
    assert result.rows[0]["capacity_walk_gross"] == Decimal(60)


def test_the_lines_of_a_report_keep_their_order_whatever_order_the_manifest_has(
    semantic_manifest: str,
) -> None:
    permitted = (ROOT / "models" / "semantic" / "metric_dimensions.csv").read_text(encoding="utf-8")
    manifest = json.loads(semantic_manifest)
    reports = read_catalogue(json.dumps(manifest), permitted).reports
    manifest["metrics"].sort(key=lambda metric: metric["name"])
    assert read_catalogue(json.dumps(manifest), permitted).reports == reports
    ends = {report: (lines[0], lines[-1]) for report, lines in reports.items()}
    assert ends == {
        "capacity_walk": ("capacity_walk_standard", "capacity_walk_billable"),
        "backlog_rollforward": ("backlog_rollforward_opening", "backlog_rollforward_closing"),
        "margin_bridge": ("margin_bridge_service_revenue", "margin_bridge_margin"),
    }


def test_a_limit_leaves_the_largest_and_says_so(service: MetricsService) -> None:
    by = service.query(Query(["billable_hours"], by=["practice"], limit=2))
    assert [row["practice"] for row in by.rows] == ["Data", "Cloud"]
    assert by.notes[0] == "The 2 largest of 3 rows."
    months = service.query(Query(["billable_hours"], by=["month"], limit=1))
    assert [row["month"] for row in months.rows] == [date(2026, 4, 1)]
    assert months.notes[0] == "The first of 3 rows, in the order of month."
    several = service.query(Query(["billable_hours", "cost_standard"], by=["project"], limit=1))
    assert [row["project"] for row in several.rows] == ["Project 1"]
    assert not [
        note
        for note in service.query(Query(["billable_hours"], by=["practice"], limit=3)).notes
        if "rows" in note
    ]


def test_groups_are_taken_together_as_one_question_would(service: MetricsService) -> None:
    asked = Query(["billable_hours", "billable_utilization"], by=["practice", "month"], limit=1)
    assert service.whole(asked) == one(service, "billable_hours", "billable_utilization")
    assert service.whole(Query(["billable_hours"])) is None
    # the balances of several days are no balance, and amounts of several currencies no amount
    assert service.whole(Query(["wip_commercial"], by=["month"])) is None
    assert service.whole(Query(["wip_commercial"], by=["practice"])) == {"wip_commercial": Decimal("300.00")}
    assert service.whole(Query(["cost_standard"], by=["currency"], currency="transaction")) is None


def test_describe(service: MetricsService) -> None:
    names = {entry.name for entry in service.describe()}
    assert {"billable_utilization", "capacity_walk", "cost_standard"} <= names
    assert "cost_currency_min" not in names
    entry = service.describe("billable_utilization")[0]
    assert entry.components == ("billable_hours", "capacity_gross_hours")
    assert (entry.unit, entry.kind, entry.owner) == ("ratio", "ratio", "resource management")
    assert "project" not in entry.dimensions
    assert service.describe("capacity_walk")[0].kind == "report"


def test_every_metric_answers_and_every_permitted_dimension_exists(published_tiny: Path) -> None:
    """Metrics with the same dimensions stand for each other; the calendar's periods do too."""
    service = MetricsService.open(published_tiny)
    seen: set[tuple[str, ...]] = set()
    for entry in service.describe():
        if entry.kind == "report":
            continue
        tried = [
            name for name in entry.dimensions if name not in ("day", "week", "quarter", "year", "fiscal_year")
        ]
        for dimension in tried[:1] if entry.dimensions in seen else tried:
            service.query(Query([entry.name], by=[dimension]))
        seen.add(entry.dimensions)
    service.close()


def test_dimension_values(service: MetricsService) -> None:
    assert service.dimension_values("practice") == ["Cloud", "Data", HOSTILE]
    assert service.dimension_values("month") == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
    with pytest.raises(UnknownName):
        service.dimension_values("practise")


def test_warm_query_is_fast(service: MetricsService) -> None:
    query = Query(["billable_utilization", "cost_standard"], by=["month", "practice"])
    service.query(query)
    best = min(_seconds(service, query) for _ in range(5))
    assert best < 0.15


def _seconds(service: MetricsService, query: Query) -> float:
    start = time.perf_counter()
    service.query(query)
    return time.perf_counter() - start
