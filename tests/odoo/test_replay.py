"""Replaying an export: what it says of itself, what is missing from it, and what is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.connector import ObjectState, SystemConfig
from ingestion.errors import ConfigurationError, SourceError
from ingestion.odoo.connector import build
from ingestion.odoo.replay import ReplayTransport
from ingestion.registry import connector_for
from tests.odoo.reading import MODEL, read

STAGES = MODEL["crm.stage"]
RATES = MODEL["res.currency.rate"]
NOTHING = ObjectState()


def export(folder: Path, pulled_at: str = "2026-06-10T06:00:00Z", **models: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    counts = {}
    for name, rows in models.items():
        model = name.replace("_", ".")
        (folder / f"{model}.json").write_text(json.dumps(rows), encoding="utf-8")
        counts[model] = {"rows": len(rows)}
    (folder / "_manifest.json").write_text(
        json.dumps({"pulled_at": pulled_at, "models": counts}), encoding="utf-8"
    )
    return folder


STAGE = {
    "id": 1,
    "name": "New",
    "sequence": 1,
    "is_won": False,
    "fold": False,
    "create_date": "2026-01-01 00:00:00",
    "write_date": "2026-01-01 00:00:00",
}


def test_an_export_says_when_it_was_pulled_and_how_many_rows_it_has(tmp_path: Path) -> None:
    extraction = ReplayTransport(export(tmp_path / "e", crm_stage=[STAGE, {**STAGE, "id": 2}])).fetch(
        STAGES, NOTHING, full=False
    )
    rows = read(extraction, STAGES)
    assert [row["id"] for row in rows] == ["1", "2"]
    assert {row["_source_file"] for row in rows} == {"crm.stage.json"}
    assert extraction.extracted_at == datetime(2026, 6, 10, 6, tzinfo=UTC)
    assert (extraction.load_mode, extraction.source_count, extraction.files) == ("full", 2, 1)


def test_a_declared_field_that_no_record_has_is_reported(tmp_path: Path) -> None:
    renamed = {("won" if name == "is_won" else name): value for name, value in STAGE.items()}
    extraction = ReplayTransport(export(tmp_path / "e", crm_stage=[renamed])).fetch(
        STAGES, NOTHING, full=True
    )
    assert read(extraction, STAGES)[0]["is_won"] is None
    assert extraction.missing_columns == ("is_won",)


def test_an_empty_model_is_compared_with_what_the_server_listed(tmp_path: Path) -> None:
    folder = export(tmp_path / "e", crm_stage=[])
    listed = {name: {"type": "char"} for name in STAGE if name != "fold"}
    (folder / "_fields.crm.stage.json").write_text(json.dumps(listed), encoding="utf-8")
    extraction = ReplayTransport(folder).fetch(STAGES, NOTHING, full=True)
    assert read(extraction, STAGES) == []
    assert extraction.missing_columns == ("fold",)
    assert "sequence is char on this server; number was expected" in extraction.notes


def test_a_model_that_is_not_in_the_export_closes_nothing(tmp_path: Path) -> None:
    extraction = ReplayTransport(export(tmp_path / "e", crm_stage=[STAGE])).fetch(RATES, NOTHING, full=True)
    assert read(extraction, RATES) == []
    assert extraction.load_mode == "delta"
    assert extraction.notes == ["not read: this model is not in the export"]


def test_an_export_of_the_same_moment_is_not_read_twice(tmp_path: Path) -> None:
    transport = ReplayTransport(export(tmp_path / "e", crm_stage=[STAGE]))
    state = ObjectState(last_extracted_at=datetime(2026, 6, 10, 6, tzinfo=UTC))
    assert transport.fetch(STAGES, state, full=False).skipped
    assert not transport.fetch(STAGES, state, full=True).skipped


def test_an_older_export_is_refused(tmp_path: Path) -> None:
    transport = ReplayTransport(export(tmp_path / "e", crm_stage=[STAGE]))
    with pytest.raises(SourceError, match="before the last one that was loaded"):
        transport.fetch(STAGES, ObjectState(last_extracted_at=datetime(2026, 6, 11, tzinfo=UTC)), full=False)


def test_a_truncated_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    folder = export(tmp_path / "e", crm_stage=[STAGE, STAGE])
    path = folder / "crm.stage.json"
    path.write_text(path.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    with pytest.raises(SourceError, match=r"crm.stage.json cannot be read"):
        read(ReplayTransport(folder).fetch(STAGES, NOTHING, full=True), STAGES)


def test_a_file_that_the_manifest_counts_must_be_there(tmp_path: Path) -> None:
    folder = export(tmp_path / "e", crm_stage=[STAGE])
    (folder / "crm.stage.json").unlink()
    with pytest.raises(SourceError, match=r"has no crm\.stage\.json"):
        ReplayTransport(folder).fetch(STAGES, NOTHING, full=True)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "not an Odoo export"),
        ("{", "is not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "pulled_at is ''"),
    ],
)
def test_a_folder_that_is_no_export_is_refused(tmp_path: Path, manifest: str | None, words: str) -> None:
    if manifest is not None:
        (tmp_path / "_manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        ReplayTransport(tmp_path)


def test_the_firm_file_names_an_export_or_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(tmp_path / "export", crm_stage=[STAGE])
    server = {
        "url": "https://erp.example.com",
        "database": "demo",
        "user": "reader",
        "password_env": "ERP_PASSWORD",
    }

    def configured(**options: object) -> SystemConfig:
        return SystemConfig("erp", "odoo", options, tmp_path)

    assert connector_for(configured(export_dir="export")).kind == "odoo"
    with pytest.raises(ConfigurationError, match="both given"):
        build(configured(export_dir="export", url="https://erp.example.com"))
    with pytest.raises(ConfigurationError, match="'url' is missing"):
        build(configured())
    monkeypatch.delenv("ERP_PASSWORD", raising=False)
    with pytest.raises(ConfigurationError, match="variable ERP_PASSWORD is not set"):
        build(configured(**server))
    monkeypatch.setenv("ERP_PASSWORD", "secret")
    assert build(configured(**server)).system == "erp"
    with pytest.raises(ConfigurationError, match="lag_seconds is 'soon'"):
        build(configured(**server, lag_seconds="soon"))
