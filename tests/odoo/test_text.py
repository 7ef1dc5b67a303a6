"""A value becomes the same text in Python (RPC) and in DuckDB (replay): a difference would be a new version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.arrow_pages import conform
from ingestion.connector import ObjectState
from ingestion.odoo.models import MODELS, Field, OdooModel
from ingestion.odoo.replay import ReplayTransport
from ingestion.odoo.text import page_of, scalar_text
from tests.odoo.reading import read

ODD = OdooModel(
    "odd.values",
    (
        Field("id", "id"),
        Field("number", "number"),
        Field("text", "text"),
        Field("link", "ref"),
        Field("flag", "bool"),
        Field("tree", "json"),
    ),
)
VALUES: list[dict[str, Any]] = [
    {
        "id": 1,
        "number": 22.799999999999997,
        "text": "plain",
        "link": [3, "Label"],
        "flag": True,
        "tree": {"3": 100.0},
    },
    {"id": 2, "number": 100.0, "text": "", "link": False, "flag": False, "tree": False},
    {
        "id": 3,
        "number": 0.0,
        "text": False,
        "link": [4, False],
        "flag": False,
        "tree": {"3,7": 50.5, "é": [1, 2]},
    },
    {"id": 4, "number": -0.0, "text": "2026-06-01 08:00:00", "link": 5, "flag": True, "tree": {}},
    {
        "id": 5,
        "number": 1e-05,
        "text": 'ünïcode "quoted" \\ back',
        "link": [6, 'with "quotes"'],
        "flag": True,
        "tree": {"a": None},
    },
    {"id": 6, "number": -12345678.91, "text": "line\nbreak", "link": [7, ""], "flag": False, "tree": False},
    {"id": 7, "number": 12, "text": "1.50", "link": False, "flag": None, "tree": False},
    {"id": 8, "number": False, "text": "false", "link": False, "flag": False, "tree": False},
    {"id": 9},
]


def replayed(folder: Path, model: OdooModel, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (folder / f"{model.name}.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "_manifest.json").write_text('{"pulled_at": "2026-06-10T06:00:00Z"}', encoding="utf-8")
    return read(ReplayTransport(folder).fetch(model, ObjectState(), full=True), model)


def called(model: OdooModel, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    page = page_of(model, records, first_row_number=1, source_file=f"{model.name}.json")
    rows: list[dict[str, Any]] = conform(page, model.spec().columns).to_pylist()
    return rows


def test_odd_values_become_the_same_text_both_ways(tmp_path: Path) -> None:
    assert replayed(tmp_path, ODD, VALUES) == called(ODD, VALUES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.5, "7.5"),
        (8.0, "8"),
        (100.0, "100"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-05, "0.00001"),
        (1e16, "10000000000000000"),
        (-58260.0, "-58260"),
        (3, "3"),
        ("1.50", "1.50"),
        ("", ""),
        (False, None),
        (None, None),
        (True, "true"),
    ],
)
def test_scalars(value: object, text: str | None) -> None:
    assert scalar_text(value) == text


def test_every_model_of_a_real_export_reads_the_same_both_ways(export_dir: Path) -> None:
    transport = ReplayTransport(export_dir)
    for model in MODELS:
        extraction = transport.fetch(model, ObjectState(), full=True)
        records = json.loads((export_dir / f"{model.name}.json").read_text(encoding="utf-8"))
        assert read(extraction, model) == called(model, records), model.name
        assert extraction.source_count == len(records), model.name
        assert extraction.missing_columns == (), model.name
        assert extraction.notes == [], model.name
