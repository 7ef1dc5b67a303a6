"""How an answer stands on a terminal."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

from rich.console import Console

from tieout.metrics_types import Column, Result
from tieout.output import as_json, print_result, trust_lines
from tieout.traced import Traced, absolute, percent
from tieout.trust import Trust


def answered(metrics: int, rows: int) -> Result:
    columns = (
        Column("practice", "Practice", "dimension"),
        *(Column(f"capacity_walk_line_{number}", "Line", "metric", "hours") for number in range(metrics)),
    )
    return Result(
        columns=columns,
        rows=[
            {"practice": f"P{row}"} | {column.name: Decimal(row) for column in columns[1:]}
            for row in range(rows)
        ],
        as_of=date(2026, 6, 30),
        mode="as_was",
        currency="reporting",
        currency_code=None,
        population=None,
        definition={},
        version="v",
        notes=[],
        sql="",
    )


def shown(metrics: int, rows: int) -> str:
    text = io.StringIO()
    print_result(answered(metrics, rows), Console(file=text, width=80))
    return text.getvalue()


def test_a_walk_stands_so_that_no_name_is_cut() -> None:
    text = shown(metrics=14, rows=2)
    assert "capacity_walk_line_13" in text
    assert "…" not in text
    assert "P1" in text


def test_many_rows_lie() -> None:
    lines = shown(metrics=2, rows=5).splitlines()
    assert lines[1].split() == ["practice", "capacity_walk_line_0", "capacity_walk_line_1"]


def test_no_name_is_cut_however_many_rows_and_metrics_there_are() -> None:
    """Five rows of fourteen metrics lie too wide and stand; forty do neither, and every value is named by itself."""
    stood = shown(metrics=14, rows=5).splitlines()
    assert stood[1].split() == ["metric", "P0", "P1", "P2", "P3", "P4"]
    assert stood[15].split() == ["capacity_walk_line_13", *(f"{row}.00" for row in range(5))]
    text = shown(metrics=14, rows=40)
    assert "…" not in text
    assert ["P39", "capacity_walk_line_13", "39.00"] in [line.split() for line in text.splitlines()]


LINKS = (("opportunity", Decimal("26.5")), ("billed_record", Decimal(4)))
WIP = Trust(
    "wip_commercial",
    3,
    Decimal(38000),
    1,
    "USD",
    traced=Traced("wip_commercial", Decimal(1000), Decimal("969.5"), LINKS, "money", "USD"),
)


def test_the_share_stands_behind_the_breaks_and_names_what_is_missing() -> None:
    whole = Traced("billable_hours", Decimal(8), Decimal(8), unit="hours")
    lines = trust_lines(
        {
            "wip_commercial": WIP,
            "billable_hours": Trust("billable_hours", 0, Decimal(0), 0, "USD", traced=whole),
            "worked_hours": Trust("worked_hours", 0, Decimal(0), 0, "USD", traced=whole),
            "bench_hours": Trust(
                "bench_hours", 0, Decimal(0), 0, "USD", traced=Traced("bench_hours", reason="none")
            ),
        }
    )
    assert lines == [
        "wip_commercial: ± 38,000.00 USD unreconciled, 3 breaks (1 without an amount) · 96 % traced"
        " (missing: 26.50 opportunity, 4.00 billed record)",
        "billable_hours, worked_hours: no open break · 100 % traced",
    ]


def test_money_at_stake_that_is_not_known_is_not_nothing() -> None:
    lost = Trust("billed_revenue", 2, None, 2, "EUR", worth=None)
    assert lost.sentence() == "touched by 2 breaks, amount not known"
    hours = Trust("billable_hours", 1, Decimal(8), 0, "EUR", unit="hours", worth=None)
    assert hours.sentence() == "± 8.00 h unreconciled, 1 break, money at stake not known"
    said = json.loads(as_json(answered(1, 1), {"billed_revenue": lost}))["trust"]["billed_revenue"]
    assert (said["worth"], said["unreconciled"]) == (None, None)


def test_json_holds_the_share_and_what_it_is_of() -> None:
    said = json.loads(as_json(answered(1, 1), {"wip_commercial": WIP}))["trust"]["wip_commercial"]
    assert said["open_breaks"] == 3
    assert said["traced"] == {
        "share": 0.9695,
        "value": "1000",
        "traced": "969.5",
        "unit": "money",
        "currency_code": "USD",
        "missing": {"opportunity": "26.5", "billed_record": "4"},
        "part": None,
        "reason": None,
    }
    unknown = Trust("tcv", 0, Decimal(0), 0, "USD", traced=Traced("tcv", reason="there is no value to trace"))
    said = json.loads(as_json(answered(1, 1), {"tcv": unknown}))["trust"]["tcv"]["traced"]
    assert (said["share"], said["reason"]) == (None, "there is no value to trace")


def test_only_what_is_whole_reads_a_hundred() -> None:
    nearly = Traced("x", Decimal(1_000_000_000), Decimal(999_999_999))
    assert nearly.share == Decimal("0.999999")
    assert nearly.words() == "99 % traced"
    assert Traced("x", Decimal(3), Decimal(3)).words() == "100 % traced"
    assert percent(Decimal("0.004")) == "under 1 %"
    assert percent(Decimal(0)) == "0 %"
    assert Traced("x", reason="no value").words() == ""


def test_only_sums_lose_their_signs() -> None:
    measures = [
        {"name": "amount", "agg": "sum", "expr": "a - b"},
        {"name": "hours", "agg": "sum", "expr": None},
        {"name": "first", "agg": "min", "expr": "currency"},
    ]
    document = {"semantic_models": [{"name": "m", "measures": measures}], "metrics": [{"name": "x"}]}
    changed = json.loads(absolute(json.dumps(document)))
    assert [each["expr"] for each in changed["semantic_models"][0]["measures"]] == [
        "abs(a - b)",
        "abs(hours)",
        "currency",
    ]
    assert changed["metrics"] == document["metrics"]
