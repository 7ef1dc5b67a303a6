"""Every number is the sum of the rows that explain it, and a number that is not is said loudly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.models.test_metric_list import PERMITTED
from tests.tieout.altered import altered
from tieout.cli import main
from tieout.errors import EXIT_FAILED, EXIT_USAGE
from tieout.metrics_service import (
    BadFilter,
    Explanation,
    Filter,
    MetricsService,
    NotExplainable,
    Query,
    UnknownName,
)

ALL = 1_000_000
CLOUD = Filter("practice", "=", ["Cloud"])
OPENED = date(2026, 5, 1)


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def leaves(explanation: Explanation) -> list[Explanation]:
    """What is explained by rows: the number itself, or the inputs of it."""
    return (
        [leaf for part in explanation.parts for leaf in leaves(part)] if explanation.parts else [explanation]
    )


def unmixed(metric: str, currency: str) -> list[Filter]:
    """In transaction and functional currency only amounts of one currency are added."""
    mixed = currency in ("transaction", "functional") and "currency" in PERMITTED[metric]
    return [Filter("currency", "=", ["GBP"])] if mixed else []


@pytest.mark.parametrize("currency", ["transaction", "reporting"])
@pytest.mark.parametrize("mode", ["as_was", "as_is"])
@pytest.mark.parametrize("metric", sorted(PERMITTED))
def test_the_rows_of_every_metric_sum_to_it(
    service: MetricsService, metric: str, mode: str, currency: str
) -> None:
    explain_whole(
        service, Query([metric], where=[CLOUD, *unmixed(metric, currency)], mode=mode, currency=currency)
    )


@pytest.mark.parametrize("currency", ["functional", "constant"])
@pytest.mark.parametrize("metric", sorted(name for name in PERMITTED if "currency" in PERMITTED[name]))
def test_the_rows_of_money_sum_to_it_in_every_currency(
    service: MetricsService, metric: str, currency: str
) -> None:
    explain_whole(service, Query([metric], where=unmixed(metric, currency), currency=currency))


def explain_whole(service: MetricsService, query: Query) -> None:
    """All rows are shown, sum to the number that a query gives, and say where they come from."""
    explanation = service.explain(query, ALL)
    assert explanation.agrees, explanation.closing
    answered = service.query(query).rows
    name = query.metrics[0]
    if answered and name in answered[0]:
        assert explanation.value == answered[0][name]
    for leaf in leaves(explanation):
        assert len(leaf.rows) == leaf.row_count
        assert sum((Decimal(str(row.contribution)) for row in leaf.rows), Decimal(0)) == (leaf.exact or 0)
        assert len({row.key for row in leaf.rows}) == leaf.row_count
        assert all(row.date and row.source.system and row.source.id for row in leaf.rows)


def test_most_metrics_have_something_to_explain(service: MetricsService) -> None:
    # The first day of the calendar opens with nothing: a balance that opens is asked for a period.
    explained = [
        service.explain(Query([metric], date_from=OPENED if metric.endswith("_opening") else None), limit=0)
        for metric in sorted(PERMITTED)
    ]
    empty = [each.metric for each in explained if not any(leaf.row_count for leaf in leaves(each))]
    assert empty == []


@pytest.mark.parametrize("metric", sorted(PERMITTED))
def test_the_row_to_go_on_from_is_found(service: MetricsService, metric: str) -> None:
    largest = service.explain(Query([metric], date_from=OPENED), limit=1).largest
    if largest is not None:
        assert largest.trace is not None
        found = service.trace(largest.trace)
        assert largest.source.system in {match.system for match in found.matches}


def test_rows_lead_to_their_records(service: MetricsService) -> None:
    explanation = service.explain(Query(["cost_standard"], where=[CLOUD]), limit=5)
    amounts = [abs(row.contribution) for row in explanation.rows]
    assert amounts == sorted(amounts, reverse=True)
    assert explanation.table == "fct_time_entry"
    for row in explanation.rows:
        assert row.trace == f"psa:{row.source.id}"
        assert (row.source.object, row.source.file) == ("time_entry", "time_entry.csv")
        record = service.rows(
            "can_time_entry", where=[Filter("time_entry_id", "=", [str(row.source.id)])]
        ).rows[0]
        assert (record["work_date"], record["source_row"]) == (row.date, row.source.row)
        assert set(row.priced_by) == {"cost_rate", "currency_transaction", "cost_rate_level"}
    assert explanation.largest == explanation.rows[0]


def test_a_ratio_is_explained_by_its_parts(service: MetricsService) -> None:
    explanation = service.explain(Query(["billable_utilization"], where=[CLOUD]), limit=1)
    hours, capacity = explanation.parts
    assert [part.metric for part in explanation.parts] == ["billable_hours", "capacity_gross_hours"]
    assert isinstance(hours.row_sum, Decimal)
    assert isinstance(capacity.row_sum, Decimal)
    assert explanation.exact == pytest.approx(float(hours.row_sum / capacity.row_sum))
    assert "billable_hours" in explanation.closing
    assert "the number above" in explanation.closing
    assert {part.population for part in explanation.parts} == {"billable_resources"}


def test_a_report_is_explained_line_by_line(service: MetricsService) -> None:
    explanation = service.explain(Query(["capacity_walk"]), limit=0)
    assert len(explanation.parts) == 14
    assert explanation.value is None
    assert explanation.agrees
    assert explanation.closing.startswith("14 lines")


def test_a_balance_descends_to_what_waits_on_its_day(service: MetricsService) -> None:
    query = Query(["wip_commercial"], where=[Filter("month", "=", ["2026-05"])])
    explanation = service.explain(query, ALL)
    assert "at the end of 2026-05-31" in explanation.slice
    assert explanation.table == "fct_wip_item"
    assert {row.source.object for row in explanation.rows} >= {"time_entry", "expense", "milestone"}
    items = service.rows("fct_wip_item", limit=100_000).rows
    components = {item["wip_item_key"]: item for item in items}
    for row in explanation.rows:
        item = components[row.key]
        assert str(item["live_from"]) <= "2026-05-31" < str(item["live_to"])


def test_a_period_opens_with_the_rows_of_the_day_before(service: MetricsService) -> None:
    """Here under every owner and in another currency than that of the contract lines."""
    opening = service.explain(Query(["backlog_rollforward_opening"], date_from=OPENED), ALL)
    before = service.explain(Query(["backlog_total"], date_to=OPENED - timedelta(days=1)), ALL)
    assert opening.agrees
    assert opening.rows
    assert opening.row_sum == before.row_sum
    assert [(row.key, row.contribution, row.date) for row in opening.rows] == [
        (row.key, row.contribution, row.date) for row in before.rows
    ]


def test_backlog_names_the_version_that_it_is_computed_from(service: MetricsService) -> None:
    pounds = Query(["backlog_total"], currency="transaction", where=[Filter("currency", "=", ["GBP"])])
    by_line: dict[Any, list[Any]] = {}
    for row in service.explain(pounds, ALL).rows:
        by_line.setdefault(row.columns["contract_line_id"], []).append(row)
        assert row.source.object == "contract_line"
        record = service.rows(
            "can_contract_line", where=[Filter("source_id", "=", [str(row.source.id)])]
        ).rows[0]
        assert record["contract_line_id"] == row.columns["contract_line_id"]
        assert record["source_row"] == row.source.row
        assert row.trace == f"crm:{record['contract_line_id']}"
    assert by_line
    for rows in by_line.values():
        columns = rows[0].columns
        left = columns["contracted_value"] - columns["recognized_value"]
        assert sum(row.contribution for row in rows) == left


def test_margin_descends_to_its_lines(service: MetricsService) -> None:
    explanation = service.explain(Query(["project_margin"]), ALL)
    assert explanation.table == "fct_project_margin_line"
    assert {row.source.object for row in explanation.rows} == {
        "revenue_schedule",
        "time_entry",
        "expense",
        "vendor_bill",
    }
    for row in explanation.rows:
        assert (row.columns["component"] in ("service_revenue", "passthrough_revenue")) == (
            row.source.object == "revenue_schedule"
        )
        assert (row.trace is None) == (row.source.object == "vendor_bill")
        if row.source.object == "time_entry":
            hours = Decimal(str(row.columns["hours"]))
            assert row.contribution * hours < 0  # a correction has negative hours
            assert row.columns["employee_name"]
            assert row.priced_by["cost_rate"]


def test_revenue_of_a_roll_descends_to_revenue_lines(service: MetricsService) -> None:
    explanation = service.explain(Query(["backlog_rollforward_revenue"]), ALL)
    assert {row.source.object for row in explanation.rows} == {"revenue_schedule"}
    for row in explanation.rows:
        recorded = service.rows(
            "fct_revenue_line", where=[Filter("revenue_schedule_line_id", "=", [str(row.source.id)])]
        ).rows[0]
        assert row.contribution == -recorded["recognized_amount_reporting"]


def test_rows_may_be_in_several_tables(service: MetricsService) -> None:
    hours = service.explain(Query(["blended_utilization"]), ALL).parts[0]
    assert hours.table == "fct_assignment_daily and fct_time_entry"
    amounts = [abs(row.contribution) for row in hours.rows]
    assert amounts == sorted(amounts, reverse=True)
    booked, recorded = (
        [row for row in hours.rows if row.source.object == name] for name in ("assignment", "time_entry")
    )
    assert len(booked) + len(recorded) == hours.row_count
    assert booked
    assert min(row.date for row in booked if row.date) > max(row.date for row in recorded if row.date)
    assert {row.trace for row in booked} == {None}
    assert all(row.trace for row in recorded)


def test_a_balance_without_an_exchange_rate_is_said_beside_the_sum(service: MetricsService) -> None:
    left_out = " Not in it: 1 row of fct_wip_daily has no exchange rate to reporting currency."
    assert service.explain(Query(["unbilled_tm_time"])).closing.endswith(left_out)
    pounds = service.explain(
        Query(["unbilled_tm_time"], currency="transaction", where=[Filter("currency", "=", ["GBP"])])
    )
    assert "Not in it" not in pounds.closing


def test_the_limit_cuts_what_is_shown_and_not_what_is_summed(service: MetricsService) -> None:
    whole = service.explain(Query(["recorded_hours"]), ALL)
    cut = service.explain(Query(["recorded_hours"]), limit=3)
    assert cut.agrees
    assert len(cut.rows) == 3 < cut.row_count == whole.row_count
    assert cut.row_sum == whole.row_sum == whole.exact
    assert cut.closing.startswith(f"The 3 largest of {cut.row_count} rows of fct_time_entry sum to ")
    assert f"all {cut.row_count} sum to" in cut.closing
    assert service.explain(Query(["recorded_hours"]), limit=0).closing.startswith("All ")


def test_nothing_is_explained_as_nothing(service: MetricsService) -> None:
    for before in (date(2000, 1, 1), date(1900, 12, 31)):
        explanation = service.explain(Query(["cost_standard"], date_to=before))
        assert (explanation.exact, explanation.rows, explanation.agrees) == (None, (), True)
        assert explanation.closing == "No row contributes: there is no number."
    reported = service.explain(Query(["billable_utilization"], mode="as_reported"))
    assert (reported.value, reported.agrees) == (None, True)


def test_what_cannot_be_explained_is_refused(service: MetricsService) -> None:
    with pytest.raises(UnknownName, match="bilable_hours"):
        service.explain(Query(["bilable_hours"]))
    with pytest.raises(BadFilter, match="One number"):
        service.explain(Query(["billable_hours"], by=["practice"]))
    with pytest.raises(BadFilter, match="limit"):
        service.explain(Query(["billable_hours"]), limit=-1)


def test_items_that_do_not_sum_to_their_balance_are_said(published_tiny: Path, tmp_path: Path) -> None:
    firm = altered(
        published_tiny,
        tmp_path,
        "delete from marts.fct_wip_item where wip_item_key = (select min(wip_item_key) from marts.fct_wip_item"
        " where currency_transaction = 'GBP' and component = 'unbilled_tm_time'"
        " and live_from <= date '2026-06-30' and live_to > date '2026-06-30')",
    )
    service = MetricsService.open(firm)

    def explained(currency: str, code: str) -> Explanation:
        only = [Filter("currency", "=", [code])]
        return service.explain(Query(["wip_commercial"], currency=currency, where=only))

    codes = {str(row["currency_transaction"]) for row in service.rows("fct_wip_item", limit=100_000).rows}
    found = [explained("transaction", code) for code in codes]
    for wrong in ([each for each in found if not each.agrees], [explained("reporting", "USD")]):
        assert len(wrong) == 1
        assert not wrong[0].agrees
        assert wrong[0].closing.startswith("DOES NOT SUM: ")
        assert "1 of " in wrong[0].closing
    age = service.explain(Query(["wip_age_days"]))
    assert not age.agrees
    assert "DOES NOT ADD UP: wip_aged_amount_days and wip_commercial" in age.closing
    service.close()


def test_a_changed_amount_of_an_item_is_said_though_the_sum_holds(
    published_tiny: Path, tmp_path: Path
) -> None:
    """Two balances that are wrong by the same amount still sum to the number."""
    firm = altered(
        published_tiny,
        tmp_path,
        """
        update marts.fct_wip_item as items set amount_transaction = amount_transaction + moved.amount
        from (
            select min(wip_item_key) as wip_item_key, 1.0 as amount from marts.fct_wip_item
            where component = 'unbilled_tm_time' and currency_transaction = 'GBP' and live_to > date '2026-06-30'
            union all
            select min(wip_item_key) as wip_item_key, -1.0 as amount from marts.fct_wip_item
            where component = 'unbilled_expense' and currency_transaction = 'GBP' and live_to > date '2026-06-30'
        ) as moved where items.wip_item_key = moved.wip_item_key
        """,
    )
    service = MetricsService.open(firm)
    query = Query(["wip_commercial"], currency="transaction", where=[Filter("currency", "=", ["GBP"])])
    explanation = service.explain(query, ALL)
    assert explanation.row_sum == explanation.exact
    assert not explanation.agrees
    assert "2 of " in explanation.closing
    service.close()


def change(name: str, **rows: Any) -> Any:
    """A change of `rows` of a semantic model in a manifest."""

    def apply(manifest: dict[str, Any]) -> None:
        model = next(each for each in manifest["semantic_models"] if each["name"] == name)
        model["config"]["meta"]["rows"].update(rows)

    return apply


def test_items_may_carry_amounts_of_their_own_and_add_up_from_several_tables(
    published_tiny: Path, tmp_path: Path
) -> None:
    """Here thrice the same table, once subtracted, under a match that names its columns on both sides."""

    def thrice(manifest: dict[str, Any]) -> None:
        model = next(each for each in manifest["semantic_models"] if each["name"] == "wip")
        rows = model["config"]["meta"]["rows"]
        (items,) = rows["stands_on"]
        own = {**items, "match": {column: column for column in items["match"]}}
        own["amounts"] = {"wip_amount": {"of_item": "amount_{currency}"}}
        less = {**own, "amounts": {"wip_amount": {"of_item": "amount_{currency}", "sign": -1}}}
        rows["stands_on"] = [own, less, own]

    pounds = Query(["wip_commercial"], currency="transaction", where=[Filter("currency", "=", ["GBP"])])
    whole = MetricsService.open(published_tiny)
    once = whole.explain(pounds)
    whole.close()
    service = MetricsService.open(altered(published_tiny, tmp_path, manifest=thrice))
    explanation = service.explain(pounds, ALL)
    assert explanation.agrees, explanation.closing
    assert (explanation.row_count, explanation.row_sum) == (3 * once.row_count, once.row_sum)
    service.close()


def test_rows_that_are_not_published_are_said(
    published_tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = altered(published_tiny, tmp_path, manifest=change("time", key="task_key"))
    for form in ("table", "json", "csv"):
        assert main(["--firm", str(firm), "explain", "recorded_hours", "--format", form]) == EXIT_FAILED
        said = capsys.readouterr()
        assert "DOES NOT SUM" in said.err + said.out
        assert "rows contribute, fct_time_entry has 0 of them" in said.err + said.out


def test_rows_that_none_of_several_tables_has_are_said(published_tiny: Path, tmp_path: Path) -> None:
    def forget(manifest: dict[str, Any]) -> None:
        model = next(each for each in manifest["semantic_models"] if each["name"] == "staffing")
        del model["config"]["meta"]["rows"][0]

    service = MetricsService.open(altered(published_tiny, tmp_path, manifest=forget))
    hours = service.explain(Query(["blended_utilization"])).parts[0]
    assert not hours.agrees
    assert "rows contribute, fct_time_entry has" in hours.closing
    service.close()


def test_rows_of_several_tables_cannot_stand_on_others(published_tiny: Path, tmp_path: Path) -> None:
    def stand(manifest: dict[str, Any]) -> None:
        models = {model["name"]: model for model in manifest["semantic_models"]}
        (items,) = models["margin"]["config"]["meta"]["rows"]["stands_on"]
        amounts = {"staffing_blended_billable": {"of_item": "amount_reporting"}}
        models["staffing"]["config"]["meta"]["rows"][0]["stands_on"] = [{**items, "amounts": amounts}]

    service = MetricsService.open(altered(published_tiny, tmp_path, manifest=stand))
    with pytest.raises(NotExplainable, match="several tables"):
        service.explain(Query(["blended_utilization"]))
    service.close()


def test_a_model_that_does_not_say_its_rows_is_refused(published_tiny: Path, tmp_path: Path) -> None:
    def forget(manifest: dict[str, Any]) -> None:
        for model in manifest["semantic_models"]:
            model["config"]["meta"].pop("rows", None)

    service = MetricsService.open(altered(published_tiny, tmp_path, manifest=forget))
    with pytest.raises(NotExplainable, match="does not say which rows"):
        service.explain(Query(["recorded_hours"]))
    service.close()


def test_a_misspelt_description_of_rows_names_the_fault(published_tiny: Path, tmp_path: Path) -> None:
    service = MetricsService.open(
        altered(published_tiny, tmp_path, manifest=change("time", look_up=[{"table": "dim_employee"}]))
    )
    with pytest.raises(NotExplainable, match="not described as they must be"):
        service.explain(Query(["recorded_hours"]))
    service.close()


def test_filters_of_an_input_hold_for_its_rows(published_tiny: Path, tmp_path: Path) -> None:
    """An input may be filtered where it is used: its rows are the filtered ones."""
    only = {
        "where_filters": [{"where_sql_template": "{{ Dimension('time_row__status') }} = 'posted'"}],
    }

    def narrow(manifest: dict[str, Any]) -> None:
        ratio = next(each for each in manifest["metrics"] if each["name"] == "billable_utilization")
        ratio["type_params"]["numerator"]["filter"] = only

    whole = MetricsService.open(published_tiny)
    posted = whole.explain(Query(["billable_hours"], where=[Filter("status", "=", ["posted"])])).exact
    whole.close()
    service = MetricsService.open(altered(published_tiny, tmp_path, manifest=narrow))
    explanation = service.explain(Query(["billable_utilization"]), ALL)
    assert explanation.agrees
    assert explanation.parts[0].exact == posted
    service.close()


def test_json_says_all_that_the_page_says(published_tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--firm", str(published_tiny), "explain", "rate_realization", "--where", "practice=Cloud"]
    assert main([*command, "--format", "json", "--limit", "2"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["agrees"] is True
    assert answer["slice"][0] == "practice = Cloud"
    assert "SELECT" in answer["sql"]
    part = answer["parts"][0]
    assert part["metric"] == "realized_value"
    assert Decimal(part["row_sum"]) == Decimal(part["exact"])
    assert "time_row" in part["rows_sql"]
    assert set(part["rows"][0]) == {"key", "contribution", "date", "columns", "priced_by", "source", "trace"}
    assert json.loads(part["rows"][0]["priced_by"]["rate_trace"])["row"]


def test_csv_holds_the_rows_and_the_closing_line_goes_beside_it(
    published_tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--firm", str(published_tiny), "explain", "wip_commercial", "--limit", str(ALL)]
    assert main([*command, "--format", "csv"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    total = sum((Decimal(row["contribution"]) for row in rows), Decimal(0))
    service = MetricsService.open(published_tiny)
    assert total == service.explain(Query(["wip_commercial"])).exact
    service.close()
    assert f"{len(rows)} rows of fct_wip_item" in said.err
    assert all(row["source_file"] and row["currency"] == "USD" for row in rows)


def test_the_page_shows_number_rows_and_where_to_go(
    published_tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--firm", str(published_tiny), "explain", "unbilled_tm_time", "--limit", "3"]
    assert main(command) == 0
    page = capsys.readouterr().out
    assert "Unbilled time (unbilled_tm_time)" in page
    assert "Formula: Σ price of unbilled approved T&M hours, within the caps" in page
    assert "psa time_entry TE-" in page
    assert "unit_price" in page
    assert "SELECT" not in page
    assert "Go on: tieout trace psa:TE-" in page
    assert main([*command, "--sql"]) == 0
    assert "-- Its rows\nSELECT" in capsys.readouterr().out
    assert main(["--firm", str(published_tiny), "explain", "wip_comercial"]) == EXIT_USAGE
    assert "Did you mean wip_commercial?" in capsys.readouterr().err
