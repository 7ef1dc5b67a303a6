"""Sums over breaks, lineage and data health: against the rows they are made of, added up here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tieout import data_health
from tieout.metrics_service import BadFilter, Filter, MetricsService, UnknownName
from tieout.paths import Home

BREAKS = "reconciliation.rec_break"


@pytest.fixture(scope="module")
def tiny(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def rows(service: MetricsService, table: str) -> list[dict[str, Any]]:
    return list(service.rows(table, limit=100_000).rows)


def added(values: list[Any]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known or not values else None


def test_totals_are_those_of_the_rows_for_any_filter(tiny: MetricsService) -> None:
    everything = rows(tiny, BREAKS)
    assert everything
    for column in ("check_id", "owner_team", "severity", "practice_name", "service_level_status"):
        for value in sorted({str(row[column]) for row in everything}):
            mine = [row for row in everything if row[column] == value]
            totals = tiny.break_totals([Filter(column, "=", (value,))])
            assert totals.count == len(mine)
            assert totals.misstated == added(
                [row["primary_reporting"] for row in mine if row["stake_kind"] == "misstatement"]
            )
            assert totals.headline == added(
                [row["headline_reporting"] for row in mine if row["stake_kind"] in ("leak", "cash_delay")]
            )


def test_a_headline_counts_each_transaction_once(tiny: MetricsService) -> None:
    claimed: dict[str, Decimal] = {}
    for row in rows(tiny, "reconciliation.rec_break_transaction"):
        if row["stake_kind"] in ("leak", "cash_delay") and row["stake_reporting"] is not None:
            key = str(row["transaction_key"])
            claimed[key] = max(claimed.get(key, Decimal(0)), row["stake_reporting"])
    assert (tiny.break_totals().headline or Decimal(0)) == sum(claimed.values(), Decimal(0))


def test_ageing_adds_up_to_the_totals_by_kind(tiny: MetricsService) -> None:
    everything = rows(tiny, BREAKS)
    found = tiny.break_ageing("owner_team_name")
    assert sum(int(str(row["breaks"])) for row in found) == len(everything)
    for row in found:
        mine = [
            each
            for each in everything
            if (each["owner_team_name"], each["stake_kind"]) == (row["name"], row["stake_kind"])
        ]
        assert row["total"] == added([each["primary_reporting"] for each in mine])
        assert row["total_breaks"] == len(mine)


def test_items_looked_at_are_those_of_the_checks_asked_for(tiny: MetricsService) -> None:
    results = {str(row["check_id"]): row for row in rows(tiny, "reconciliation.rec_check_result")}
    whole = tiny.break_totals()
    assert whole.items_looked_at == sum(row["population"] for row in results.values())
    assert whole.items_tested == sum(row["tested"] for row in results.values())
    one = tiny.break_totals([Filter("check_id", "=", ("R-01",)), Filter("severity", "=", ("none",))])
    assert (one.count, one.items_tested, one.headline) == (0, results["R-01"]["tested"], 0)
    assert one.items_looked_at == results["R-01"]["population"]


def test_names_are_known_and_values_are_data(tiny: MetricsService) -> None:
    with pytest.raises(UnknownName):
        tiny.break_ageing('check_id"; drop table x; --')
    with pytest.raises(UnknownName):
        tiny.break_totals([Filter("nothing", "=", ("x",))])
    with pytest.raises(BadFilter):
        tiny.break_totals([Filter("check_id", "is", ("x",))])
    assert tiny.break_totals([Filter("check_id", "=", ("' or 1 = 1 --",))]).count == 0


def test_every_metric_stands_on_published_relations(tiny: MetricsService) -> None:
    tables = tiny.tables()
    for entry in tiny.describe():
        under = tiny.lineage(entry.name)
        assert under, entry.name
        assert any(row["relation"] in tables for row in under if row["kind"] == "table"), entry.name
    with pytest.raises(UnknownName):
        tiny.lineage("nothing")


def test_freshness_is_one_row_an_object_that_was_delivered(tiny: MetricsService) -> None:
    found = tiny.object_freshness()
    delivered = {
        (row["system"], row["object"]) for row in rows(tiny, "operations.ops_load") if not row["skipped"]
    }
    assert Counter((row["system"], row["object"]) for row in found) == Counter(delivered)


def test_rejects_are_counted_and_their_values_left_out(tiny: MetricsService) -> None:
    found = tiny.reject_counts()
    assert sum(int(str(row["rows"])) for row in found) == len(rows(tiny, "operations.ops_rejected_row"))
    assert all("reject_value" not in row for row in found)


def test_runs_are_newest_first_and_say_nothing_of_the_machine(tmp_path: Path) -> None:
    home = Home(tmp_path)
    entries = [
        {"finished_at": "2026-06-29T22:00:00+00:00", "result": "published", "version": "v1", "seconds": 12.34,
         "loads": [{"received": 5, "new_versions": 2, "changed_versions": 1}]},
        {"finished_at": "2026-06-30T22:00:00+00:00", "result": "failed", "reason": "/secret/path", "cure": "x"},
        {"result": "rolled back", "finished_at": "nonsense", "version": "v1"},
    ]  # fmt: skip
    home.ledger.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    last, failed, first = data_health.runs(home, 10)
    assert (first["version"], first["seconds"], first["received"], first["changed"]) == ("v1", 12.3, 5, 3)
    assert failed["result"] == "failed"
    assert "/secret/path" not in str(failed)
    assert (last["result"], last["finished_at"]) == ("rolled back", None)
    assert data_health.runs(home, 1) == [last]
    assert data_health.runs(home, 0) == []


def test_no_ledger_is_no_run(tmp_path: Path) -> None:
    assert data_health.runs(Home(tmp_path), 5) == []
