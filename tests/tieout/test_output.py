"""How an answer stands on a terminal."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from rich.console import Console

from tieout.metrics_types import Column, Result
from tieout.output import print_result


def shown(metrics: int, rows: int) -> str:
    columns = (
        Column("practice", "Practice", "dimension"),
        *(Column(f"capacity_walk_line_{number}", "Line", "metric", "hours") for number in range(metrics)),
    )
    answer = Result(
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
    text = io.StringIO()
    print_result(answer, Console(file=text, width=80))
    return text.getvalue()


def test_a_walk_stands_so_that_no_name_is_cut() -> None:
    text = shown(metrics=14, rows=2)
    assert "capacity_walk_line_13" in text
    assert "…" not in text
    assert "P1" in text


def test_many_rows_lie() -> None:
    lines = shown(metrics=2, rows=5).splitlines()
    assert lines[0].split() == ["practice", "capacity_walk_line_0", "capacity_walk_line_1"]
