"""Reading a running Odoo: keyset pages, a `write_date` cursor with a lag, and an id sweep for hard deletes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from ingestion.connector import Extraction, ObjectState
from ingestion.odoo.client import Domain, OdooClient, OdooError
from ingestion.odoo.models import KIND_OF_TYPE, OdooModel
from ingestion.odoo.text import page_of

PAGE = 500
SWEEP_PAGE = 20_000
# `write_date` is the start of the transaction, to the second: rows committed late lie below the highest one seen.
DEFAULT_LAG_SECONDS = 120
_ODOO_TIME = "%Y-%m-%d %H:%M:%S"


class RpcTransport:
    """Extractions of a running Odoo server."""

    def __init__(
        self,
        client: OdooClient,
        *,
        lag_seconds: int = DEFAULT_LAG_SECONDS,
        page_size: int = PAGE,
        sweep_page_size: int = SWEEP_PAGE,
    ) -> None:
        self._client = client
        self._lag = timedelta(seconds=lag_seconds)
        self._page = page_size
        self._sweep_page = sweep_page_size

    def fetch(self, model: OdooModel, state: ObjectState, full: bool) -> Extraction:
        """Read one model; without rights to it, nothing is read and the extraction's note says so."""
        self._client.login()
        cursor = None if full else state.cursor
        domain: Domain = []
        if cursor is not None:
            since = datetime.strptime(cursor, _ODOO_TIME) - self._lag
            domain = [["write_date", ">=", since.strftime(_ODOO_TIME)]]
        try:
            available = self._client.fields(model.name)
            stated = self._client.count(model.name, domain)
        except OdooError as error:
            if not (error.is_access or error.is_unknown_model):
                raise
            return self._unreadable(state, error)
        extraction = Extraction(
            load_mode="full" if cursor is None else "delta",
            extracted_at=self._client.now(),
            source_count=stated,
            cursor_from=cursor,
            cursor_to=cursor,
        )
        fields = [field.name for field in model.fields if field.name in available]
        _note_types(model, available, extraction)
        extraction.pages = self._pages(model, domain, fields, stated, extraction)
        if cursor is not None:
            # Consumed after the pages: a record created meanwhile must not look deleted.
            extraction.live_keys = self._live_keys(model)
        return extraction

    def _pages(
        self, model: OdooModel, domain: Domain, fields: list[str], stated: int, extraction: Extraction
    ) -> Iterator[pa.Table]:
        last, received, newest = 0, 0, ""
        readable = fields
        while True:
            page_domain: Domain = [*domain, ["id", ">", last]]
            try:
                records = self._client.records(model.name, page_domain, readable, self._page)
            except OdooError as error:
                smaller = self._readable(model, page_domain, readable) if error.is_access else readable
                if smaller == readable:
                    raise
                readable = smaller
                continue
            # A server may cap the page below what was asked for, so only an empty page is the end.
            if not records:
                break
            yield page_of(model, records, first_row_number=received + 1, source_file=None)
            received += len(records)
            last = max(int(record["id"]) for record in records)
            newest = max([newest, *(str(record.get("write_date") or "") for record in records)])
            if model.has_active:
                extraction.archived_rows += sum(record.get("active") is False for record in records)
        extraction.missing_columns = _missing(model, set(readable))
        extraction.source_count = self._settled_count(model, domain, stated, received, extraction)
        # Never beyond the start of the read: what changed while it ran is read again.
        start = extraction.extracted_at.strftime(_ODOO_TIME)
        reached = min(newest, start) if newest else None
        extraction.cursor_to = max(filter(None, (reached, extraction.cursor_from)), default=None)

    def _settled_count(
        self, model: OdooModel, domain: Domain, stated: int, received: int, extraction: Extraction
    ) -> int | None:
        """The count that the server states for what was read; none (with a note) if it moved while it was read."""
        if stated == received:
            return stated
        again = self._client.count(model.name, domain)
        if again in (received, stated):
            return again
        extraction.notes.append(
            f"the source changed while it was read: {stated} records before, {again} after, {received} received"
        )
        return None

    def _readable(self, model: OdooModel, domain: Domain, fields: list[str]) -> list[str]:
        """The fields that do not fail, tried one by one: a single one without rights fails the whole call."""
        kept = []
        for name in fields:
            try:
                self._client.records(model.name, domain, ["id", name], self._page)
            except OdooError as error:
                if not error.is_access:
                    raise
                continue
            kept.append(name)
        return kept

    def _live_keys(self, model: OdooModel) -> Iterator[str]:
        last = 0
        while True:
            ids = self._client.ids(model.name, [["id", ">", last]], self._sweep_page)
            if not ids:
                return
            yield from map(str, ids)
            last = max(ids)

    def _unreadable(self, state: ObjectState, error: OdooError) -> Extraction:
        """Nothing read and nothing closed: what was known before stays known."""
        reason = "the user may not read this model" if error.is_access else "this server has no such model"
        return Extraction(
            load_mode="delta",
            extracted_at=self._client.now(),
            cursor_from=state.cursor,
            cursor_to=state.cursor,
            notes=[f"not read: {reason} ({error.message})"],
        )


def _missing(model: OdooModel, readable: set[str]) -> tuple[str, ...]:
    return tuple(field.name for field in model.fields if field.name not in readable)


def _note_types(model: OdooModel, available: dict[str, dict[str, Any]], extraction: Extraction) -> None:
    """A field whose type is no longer what is declared is still landed as text, and said."""
    for field in model.fields:
        said = str(available.get(field.name, {}).get("type", ""))
        kind = "id" if field.kind == "id" else KIND_OF_TYPE.get(said, said)
        if said and kind != field.kind:
            extraction.notes.append(f"{field.name} is {said} on this server; {field.kind} was expected")
