"""What the tests do over and over: a transport on the fake server, an object's rows as plain Python."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ingestion.arrow_pages import conform
from ingestion.connector import Extraction
from ingestion.odoo.client import OdooClient
from ingestion.odoo.connector import OdooConnector
from ingestion.odoo.models import MODELS, OdooModel
from ingestion.odoo.rpc import RpcTransport
from ingestion.retry import RetryingSession, RetryPolicy
from tests.odoo.fake_odoo import DATABASE, PASSWORD, USER, FakeOdoo

MODEL: dict[str, OdooModel] = {model.name: model for model in MODELS}


def client(server: FakeOdoo, password: str = PASSWORD) -> OdooClient:
    """A client that does not wait between attempts."""
    session = RetryingSession(RetryPolicy(attempts=3, first_wait=0.0), sleep=lambda _: None)
    return OdooClient(server.url, DATABASE, USER, password, session)


def transport(server: FakeOdoo, page_size: int = 500, lag_seconds: int = 120) -> RpcTransport:
    """RPC with small pages, if asked."""
    return RpcTransport(
        client(server), page_size=page_size, sweep_page_size=page_size, lag_seconds=lag_seconds
    )


def rpc_connector(server: FakeOdoo, page_size: int = 500) -> OdooConnector:
    """A whole system on the fake server."""
    return OdooConnector("erp", transport(server, page_size))


def read(extraction: Extraction, model: OdooModel) -> list[dict[str, Any]]:
    """All rows of an extraction, in the order in which they were received."""
    columns = model.spec().columns
    pages = [conform(page, columns) for page in extraction.pages]
    rows: list[dict[str, Any]] = pa.concat_tables(pages).to_pylist() if pages else []
    return rows
