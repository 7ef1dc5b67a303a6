"""PostgreSQL makes the same canonical rows of Odoo's records as DuckDB."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import pytest

from tests.odoo.conftest import TwoDays
from tests.odoo.fake_odoo import PASSWORD
from tests.odoo.publishing import PASSWORD_ENV, published
from tests.portability import postgres_server
from tieout.paths import delivered_entities

pytestmark = [pytest.mark.postgres, pytest.mark.long]


def test_canonical_rows_are_the_same_on_postgresql(two_days: TwoDays) -> None:
    if reason := postgres_server.missing():
        pytest.skip(reason)
    database = published(two_days.delta)
    with postgres_server.running() as server:
        shipped = subprocess.run(
            [sys.executable, "-m", "tieout.ship_postgres", "--firm", str(two_days.delta)],
            env={**os.environ, **server.environment, PASSWORD_ENV: PASSWORD},
            capture_output=True,
            text=True,
            check=False,
        )
        assert shipped.returncode == 0, f"{shipped.stdout}\n{shipped.stderr}"
        postgres = server.connect()
        with duckdb.connect(str(database), read_only=True) as connection, postgres.cursor() as cursor:
            filled = 0
            for entity in delivered_entities("odoo"):
                names = connection.execute(
                    "select column_name from duckdb_columns()"
                    " where schema_name = 'canonical' and table_name = ? order by column_index",
                    [f"can_{entity}"],
                ).fetchall()
                query = f"select {', '.join(name for (name,) in names)} from canonical.can_{entity}"
                cursor.execute(query)
                theirs = sorted(map(repr, cursor.fetchall()))
                assert theirs == sorted(map(repr, connection.execute(query).fetchall())), entity
                filled += bool(theirs)
            assert filled >= 14  # people, projects, time, rates: the small firm keeps no books
        postgres.close()
