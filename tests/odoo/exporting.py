"""Writing the state of the fake server as an export, and reading an export into one."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from ingestion.odoo.models import MODELS
from tests.odoo.fake_odoo import FakeOdoo, Record


def write_export(server: FakeOdoo, folder: Path) -> Path:
    """One JSON array per declared model, every declared field in every record, and the manifest."""
    folder.mkdir()
    counts = {}
    for model in MODELS:
        held = server.records.get(model.name, {})
        records = [
            {field.name: held[number].get(field.name, False) for field in model.fields}
            for number in sorted(held)
        ]
        (folder / f"{model.name}.json").write_text(json.dumps(records), encoding="utf-8")
        counts[model.name] = {"rows": len(records)}
    manifest = {"pulled_at": server.now.strftime("%Y-%m-%dT%H:%M:%SZ"), "models": counts}
    (folder / "_manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def server_of_export(folder: Path) -> FakeOdoo:
    """A server that holds what an export holds, at the moment at which it was pulled."""
    manifest = json.loads((folder / "_manifest.json").read_text(encoding="utf-8"))
    records: dict[str, list[Record]] = {}
    for model in MODELS:
        path = folder / f"{model.name}.json"
        if path.is_file():
            records[model.name] = json.loads(path.read_text(encoding="utf-8"))
    return FakeOdoo(records, datetime.fromisoformat(manifest["pulled_at"]))
