"""A published version without a refresh: the real semantic models over a handful of hand-written rows."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.tieout.hand_rows import write_tables
from tieout import publish
from tieout.dbt_process import run_dbt
from tieout.firm import load_firm
from tieout.metrics_service import MetricsService
from tieout.metrics_types import CURRENCY_MODES
from tieout.paths import Home, project_dir
from tieout.semantic import CURRENCY_PLACEHOLDER, manifests_by_currency

FIRM = """
firm:
  name: Hand Firm
  reporting_currency: USD
  as_of: 2026-06-30
systems:
  - {name: hris, kind: odoo, export_dir: .}
"""


@pytest.fixture(scope="session")
def semantic_manifest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The project's semantic manifest with the currency placeholder; parsed once per state of the models."""
    state = hashlib.sha256()
    for folder in ("models/semantic", "models/marts"):
        for path in sorted((project_dir() / folder).rglob("*.yml")):
            state.update(path.read_bytes())
    kept = request.config.cache.mkdir("semantic_manifest") / f"{state.hexdigest()[:16]}.json"
    if not kept.is_file():
        work = tmp_path_factory.mktemp("parse")
        (work / "temp").mkdir()
        run_dbt(["parse"], work, {"currency_mode": CURRENCY_PLACEHOLDER})
        shutil.copyfile(work / "target" / "semantic_manifest.json", kept)
    return kept.read_text(encoding="utf-8")


def publish_hand_version(home: Home, manifest: str, version: str, scale: int = 1) -> publish.Version:
    """Publish the hand-written rows; `scale` multiplies hours and money, so that versions can be told apart."""
    built = home.work / version
    built.mkdir(parents=True)
    with duckdb.connect(str(built / "warehouse.duckdb")) as connection:
        write_tables(connection, scale)
    for mode, text in manifests_by_currency(manifest, CURRENCY_MODES).items():
        (built / publish.manifest_name(mode)).write_text(text, encoding="utf-8")
    shutil.copyfile(project_dir() / "models/semantic/metric_dimensions.csv", built / "metric_dimensions.csv")
    now = datetime(2026, 7, 1, 2, tzinfo=UTC).isoformat()
    data = {
        "version": version,
        "run_id": version,
        "as_of": "2026-06-30",
        "published_at": now,
        "firm_name": "Hand Firm",
        "reporting_currency": "USD",
        "systems": [
            {"name": "hris", "kind": "files", "extracted_at": now, "does_not_record": ["time approval"]}
        ],
        "row_counts": {},
        "hashes": {},
    }
    return publish.publish(home, built, version, json.loads(json.dumps(data)))


@pytest.fixture(scope="session")
def hand_firm(semantic_manifest: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Firm file of a firm whose published version holds the hand-written rows; read only."""
    folder = tmp_path_factory.mktemp("hand_firm")
    (folder / "firm.yml").write_text(FIRM, encoding="utf-8")
    publish_hand_version(load_firm(folder / "firm.yml").home, semantic_manifest, "20260701T020000000000Z")
    return folder / "firm.yml"


@pytest.fixture(scope="session")
def service(hand_firm: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(hand_firm)
    yield opened
    opened.close()
