"""Values of filters are members of their dimension: by name, by code in any case, or by the id that a system gives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tieout.altered import altered
from tieout import break_list
from tieout.cli import main
from tieout.metrics_service import Filter, MetricsService, Query, UnknownValue


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def value(service: MetricsService, metric: str, name: str, operator: str, *texts: str) -> object:
    return service.query(Query([metric], where=[Filter(name, operator, texts)])).rows[0][metric]


def ids(service: MetricsService, dimension: str) -> list[tuple[str, str]]:
    """Ids of systems and the names of their members, in pairs that name each other alone."""
    table, columns = {
        "contract": ("dim_contract_line", ("contract_id", "contract_name")),
        "project": ("dim_project", ("project_id", "project_name")),
        "employee": ("dim_employee", ("employee_id", "employee_name")),
    }[dimension]
    rows = service.rows(table, columns, order_by=columns, limit=100_000).rows
    pairs = {tuple(str(row[column]) for column in columns) for row in rows if row[columns[0]] is not None}
    names = [name for _, name in pairs]
    return sorted((one, name) for one, name in pairs if names.count(name) == 1 and name != "Unassigned")


@pytest.mark.parametrize(
    ("dimension", "metric"),
    [
        ("contract", "recognized_revenue_ledger"),
        ("contract", "wip_commercial"),
        ("project", "billable_hours"),
        ("project", "cost_standard"),
        ("employee", "billable_hours"),
    ],
)
def test_an_id_means_what_its_name_means(service: MetricsService, dimension: str, metric: str) -> None:
    found = 0
    for one, name in ids(service, dimension)[:6]:
        by_id = value(service, metric, dimension, "=", one)
        assert by_id == value(service, metric, dimension, "=", name)
        found += bool(by_id)
    assert found


def test_names_and_ids_meet_in_one_filter(service: MetricsService) -> None:
    (first, first_name), (second, second_name) = ids(service, "project")[:2]
    named = value(service, "recorded_hours", "project", "in", first_name, second_name)
    assert value(service, "recorded_hours", "project", "in", first, second_name) == named
    others = value(service, "recorded_hours", "project", "not in", first_name, second_name)
    assert value(service, "recorded_hours", "project", "not in", first_name, second) == others
    whole = service.query(Query(["recorded_hours"])).rows[0]["recorded_hours"]
    assert Decimal(str(named)) + Decimal(str(others)) == whole


def test_an_id_tells_members_of_one_name_apart(published_tiny: Path, tmp_path: Path) -> None:
    changed = altered(
        published_tiny, tmp_path, "update warehouse.marts.dim_project set project_name = 'The project'"
    )
    service = MetricsService.open(changed)
    hours = [value(service, "recorded_hours", "project", "=", one) for one in service_ids(service)]
    whole = value(service, "recorded_hours", "project", "=", "The project")
    service.close()
    assert len([one for one in hours if one]) > 1
    assert sum((Decimal(str(one)) for one in hours), Decimal(0)) == whole


def service_ids(service: MetricsService) -> list[str]:
    rows = service.rows("dim_project", ("project_id",), limit=100_000).rows
    return sorted({str(row["project_id"]) for row in rows if row["project_id"] is not None})


def test_breaks_are_found_by_what_the_list_prints(service: MetricsService) -> None:
    whole = break_list.find(service, (), 1)[1]
    shown = service.rows("rec_break", ("owner_team", "owner_team_name"), limit=100_000).rows
    parts = 0
    for code, name in sorted({(str(row["owner_team"]), str(row["owner_team_name"])) for row in shown}):
        counts = {
            break_list.find(service, break_list.chosen(service, {"owner_team": text}), 1)[1]
            for text in (code, code.lower(), name, name.upper())
        }
        assert len(counts) == 1
        parts += counts.pop()
    assert parts == whole > 0
    contracts = dict(ids(service, "contract"))
    row = next(
        row
        for row in service.rows("rec_break", ("contract_id",), limit=100_000).rows
        if row["contract_id"] in contracts
    )
    by_id = break_list.chosen(service, {"contract": str(row["contract_id"])})
    by_name = break_list.chosen(service, {"contract": contracts[str(row["contract_id"])]})
    assert break_list.find(service, by_id, 1)[1] == break_list.find(service, by_name, 1)[1] > 0


@pytest.mark.parametrize(
    "asked",
    [
        ["--owner", "Foo"],
        ["--practice", "Nope"],
        ["--check", "X-99"],
        ["--project", "Nope"],
        ["--contract", "Nope"],
    ],
)
def test_no_break_is_not_the_answer_to_a_misspelt_filter(
    published_tiny: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--firm", str(published_tiny), "breaks", *asked]) == 2
    printed = capsys.readouterr()
    assert "No break" not in printed.out
    assert f"“{asked[1]}”" in printed.err


def test_codes_are_listed_with_what_they_mean(service: MetricsService) -> None:
    with pytest.raises(UnknownValue) as caught:
        service.member("owner_team", "Foo")
    assert "DEL (Delivery)" in caught.value.cure
    assert "TAX (Tax)" in caught.value.cure
