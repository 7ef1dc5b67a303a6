"""Replaying an export: a directory with one JSON array per model, exactly as `search_read` returned it.

`_manifest.json` says when it was pulled and how many rows each model had; `_fields.<model>.json` is `fields_get`.
DuckDB reads the arrays, so a large export costs no Python objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.arrow_pages import SOURCE_FILE
from ingestion.connector import Extraction, ObjectState
from ingestion.errors import SourceError
from ingestion.odoo.models import KIND_OF_TYPE, OdooModel
from ingestion.odoo.text import sql_select

MANIFEST = "_manifest.json"
_BATCH = 50_000
_LARGEST_RECORD = 64 * 1024 * 1024


class ReplayTransport:
    """Extractions of one export. Every one is full: an export is the whole truth of its moment."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._manifest = _read_manifest(directory)
        self._pulled_at = _pulled_at(directory, self._manifest)

    def fetch(self, model: OdooModel, state: ObjectState, full: bool) -> Extraction:
        """Read one model; a model that is not in the export is left as it is known, with a note."""
        if state.last_extracted_at is not None and self._pulled_at < state.last_extracted_at.astimezone(UTC):
            raise SourceError(
                f"The export in {self._directory} was pulled at {self._pulled_at:%Y-%m-%d %H:%M:%S}, before the last"
                f" one that was loaded ({state.last_extracted_at:%Y-%m-%d %H:%M:%S}).",
                "Give a newer export: history is kept in the order in which it became known.",
            )
        if not full and state.last_extracted_at == self._pulled_at:
            return Extraction(
                load_mode="full",
                extracted_at=self._pulled_at,
                cursor_from=state.cursor,
                cursor_to=state.cursor,
                skipped=True,
            )
        stated = self._stated_rows(model)
        path = self._directory / f"{model.name}.json"
        if not path.is_file():
            if stated is not None:
                raise SourceError(
                    f"{self._directory} has no {path.name}, though {MANIFEST} counts {stated} rows of it."
                )
            return Extraction(
                load_mode="delta",
                extracted_at=self._pulled_at,
                notes=["not read: this model is not in the export"],
            )
        extraction = Extraction(
            load_mode="full",
            extracted_at=self._pulled_at,
            source_count=stated,
            cursor_from=state.cursor,
            cursor_to=f"{self._pulled_at:%Y-%m-%d %H:%M:%S}",
            files=1,
        )
        extraction.pages = self._pages(model, path, extraction)
        return extraction

    def _pages(self, model: OdooModel, path: Path, extraction: Extraction) -> Iterator[pa.Table]:
        seen = {field.name: 0 for field in model.fields}
        received = 0
        with duckdb.connect() as connection:
            connection.execute("set threads = 1")
            try:
                # A record without a field and one that says false differ: the first is null, the second JSON false.
                present = ", ".join(f'count("{field.name}") as "{field.name}"' for field in model.fields)
                source = _source(model, path)
                found = connection.execute(f"select {present} from {source}").fetchall()
                seen = dict(zip(seen, found[0], strict=True))
                rows = connection.sql(sql_select(model, source))
                for batch in rows.to_arrow_reader(_BATCH):
                    table = pa.Table.from_batches([batch])
                    names = pa.array([path.name] * table.num_rows, pa.string())
                    received += table.num_rows
                    if model.has_active:
                        archived = pc.sum(pc.equal(table.column("active"), "false")).as_py()
                        extraction.archived_rows += int(archived or 0)
                    yield table.append_column(SOURCE_FILE, names)
            except duckdb.Error as error:
                reason = str(error).splitlines()[0][:300]
                raise SourceError(
                    f"{path} cannot be read as a JSON array of records: {reason}", "Pull the export again."
                ) from error
        self._say_missing(model, seen, received, extraction)

    def _say_missing(
        self, model: OdooModel, seen: dict[str, int], received: int, extraction: Extraction
    ) -> None:
        """Declared fields that no record has; for an empty model, those that the server did not list either."""
        listed = self._listed_fields(model)
        if received:
            missing = [name for name, count in seen.items() if not count]
        else:
            missing = [name for name in seen if listed is not None and name not in listed]
        extraction.missing_columns = tuple(missing)
        for field in model.fields:
            said = str((listed or {}).get(field.name, {}).get("type", ""))
            kind = "id" if field.kind == "id" else KIND_OF_TYPE.get(said, said)
            if said and kind != field.kind:
                extraction.notes.append(f"{field.name} is {said} on this server; {field.kind} was expected")

    def _listed_fields(self, model: OdooModel) -> dict[str, dict[str, Any]] | None:
        path = self._directory / f"_fields.{model.name}.json"
        if not path.is_file():
            return None
        listed = json.loads(path.read_text(encoding="utf-8"))
        return listed if isinstance(listed, dict) else None

    def _stated_rows(self, model: OdooModel) -> int | None:
        models = self._manifest.get("models")
        entry = models.get(model.name) if isinstance(models, dict) else None
        rows = entry.get("rows") if isinstance(entry, dict) else None
        return int(rows) if rows is not None else None


def _source(model: OdooModel, path: Path) -> str:
    name = str(path).replace("'", "''")
    columns = ", ".join(f"'{field.name}': 'JSON'" for field in model.fields)
    return f"read_json('{name}', format = 'array', columns = {{{columns}}}, maximum_object_size = {_LARGEST_RECORD})"


def _read_manifest(directory: Path) -> dict[str, Any]:
    path = directory / MANIFEST
    if not path.is_file():
        raise SourceError(
            f"{directory} is not an Odoo export: it has no {MANIFEST}.",
            "export_dir must name a directory with one JSON array per model and a manifest with pulled_at.",
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(f"{path} is not JSON: {error}", "Pull the export again.") from error
    if not isinstance(manifest, dict):
        raise SourceError(f"{path} is not a JSON object.", "Pull the export again.")
    return manifest


def _pulled_at(directory: Path, manifest: dict[str, Any]) -> datetime:
    said = str(manifest.get("pulled_at") or "")
    try:
        pulled_at = datetime.fromisoformat(said)
    except ValueError as error:
        raise SourceError(
            f"{directory / MANIFEST}: pulled_at is {said!r}, not an ISO time.",
            "Write it as 2026-01-31T12:00:00Z.",
        ) from error
    return pulled_at.replace(tzinfo=pulled_at.tzinfo or UTC).astimezone(UTC)
