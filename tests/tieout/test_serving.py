"""Readers while versions are replaced, the limits of what a statement may do, and `rows`."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.tieout.conftest import FIRM, publish_hand_version
from tests.tieout.hand_rows import HOSTILE
from tieout import publish
from tieout.firm import load_firm
from tieout.metrics_service import BadFilter, Filter, MetricsService, NoVersion, Query, UnknownName
from tieout.serving import Serving


def test_nothing_published(tmp_path: Path) -> None:
    (tmp_path / "firm.yml").write_text(FIRM)
    with pytest.raises(NoVersion, match="Nothing has been published yet"):
        MetricsService.open(tmp_path / "firm.yml")


def test_readers_see_whole_versions_while_they_are_replaced(tmp_path: Path, semantic_manifest: str) -> None:
    (tmp_path / "firm.yml").write_text(FIRM)
    home = load_firm(tmp_path / "firm.yml").home
    publish_hand_version(home, semantic_manifest, "v00", scale=1)
    service = MetricsService.open(tmp_path / "firm.yml")
    stop = threading.Event()
    wrong: list[str] = []
    seen: set[str] = set()

    def ask() -> None:
        while not stop.is_set():
            try:
                result = service.query(Query(["billable_hours", "billable_utilization"]))
            except Exception as error:
                wrong.append(repr(error))
                return
            scale = int(result.version.removeprefix("v")) + 1
            seen.add(result.version)
            hours = result.rows[0]["billable_hours"]
            ratio = result.rows[0]["billable_utilization"]
            if hours != 20 * scale or ratio != pytest.approx(20 * scale / 60):
                wrong.append(f"{result.version}: {result.rows}")

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 13):
        publish_hand_version(home, semantic_manifest, f"v{number:02}", scale=number + 1)
        publish.prune(home, keep=1)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 1
    assert service.version.id == "v12"
    service.close()


READER = """
import sys
from pathlib import Path
from tieout.metrics_service import MetricsService, Query
service = MetricsService.open(sys.argv[1])
stop, seen = Path(sys.argv[2]), set()
print("reading", flush=True)
while not stop.exists():
    answer = service.query(Query(["billable_hours", "billable_utilization"]))
    scale = int(answer.version.removeprefix("v")) + 1
    row = answer.rows[0]
    if row["billable_hours"] != 20 * scale or abs(row["billable_utilization"] - 20 * scale / 60) > 1e-9:
        sys.exit(f"{answer.version}: {row}")
    seen.add(answer.version)
print(len(seen))
"""


@pytest.mark.slow
def test_reader_process_through_fifty_publications(tmp_path: Path, semantic_manifest: str) -> None:
    (tmp_path / "firm.yml").write_text(FIRM)
    home = load_firm(tmp_path / "firm.yml").home
    publish_hand_version(home, semantic_manifest, "v00")
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(tmp_path / "firm.yml"), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(1, 51):
            publish_hand_version(home, semantic_manifest, f"v{number:02}", scale=number + 1)
            publish.prune(home, keep=2)
        stop.touch()
        out, error = reader.communicate(timeout=60)
    assert reader.returncode == 0, error
    assert int(out) > 5


def test_a_question_keeps_the_version_it_began_on(tmp_path: Path, semantic_manifest: str) -> None:
    (tmp_path / "firm.yml").write_text(FIRM)
    home = load_firm(tmp_path / "firm.yml").home
    publish_hand_version(home, semantic_manifest, "v1")
    serving = Serving(home)
    with serving.lease() as old:
        publish_hand_version(home, semantic_manifest, "v2", scale=2)
        publish.prune(home, keep=1)
        with serving.lease() as new:
            assert new.version.id == "v2"
        _, rows = old.fetch(
            "select sum(billable_hours) from warehouse.marts.rpt_time where report_mode = 'as_is'"
        )
        assert rows == [(Decimal(8),)]
    serving.close()


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/*')",
        "attach '/tmp/other.duckdb' as other",
        "copy (select 1) to '/tmp/out.csv'",
        "create table warehouse.marts.x as select 1",
        "delete from warehouse.marts.rpt_time",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "set lock_configuration = false",
        "install httpfs",
    ],
)
def test_statements_cannot_leave_the_version(hand_firm: Path, statement: str) -> None:
    serving = Serving(load_firm(hand_firm).home)
    with serving.lease() as opened, pytest.raises(duckdb.Error):
        opened.fetch(statement)
    serving.close()


def test_rows(service: MetricsService) -> None:
    result = service.rows(
        "rpt_time",
        columns=["work_date", "billable_hours"],
        where=[Filter("report_mode", "=", ["as_was"]), Filter("work_date", ">=", [date(2026, 5, 13)])],
        order_by=["-billable_hours", "work_date"],
        limit=2,
    )
    assert result.table == "marts.rpt_time"
    assert result.total == 4
    assert [row["billable_hours"] for row in result.rows] == [9, 6]
    second = service.rows("marts.rpt_time", columns=["work_date"], order_by=["work_date"], limit=2, offset=6)
    assert len(second.rows) == 1


@pytest.mark.parametrize(
    ("condition", "total"),
    [
        (Filter("practice_name", "=", [HOSTILE]), 1),
        (Filter("practice_name", "!=", [HOSTILE]), 2),
        (Filter("practice_name", "in", ["Data", "' or 1=1 --"]), 1),
        (Filter("practice_name", "between", ["Cloud", "Data"]), 2),
        (Filter("practice_name", "=", ["1=1) ; drop table fct_time; --"]), 0),
    ],
)
def test_row_filters_are_text(service: MetricsService, condition: Filter, total: int) -> None:
    assert service.rows("dim_employee", where=[condition]).total == total


def test_rows_refuses_what_is_not_published(service: MetricsService) -> None:
    for table in ("raw_hris.secret", "secret", "dim_employe", "information_schema.tables", "x; drop table y"):
        with pytest.raises(UnknownName):
            service.rows(table)
    with pytest.raises(UnknownName, match=r"column of marts\.dim_employee"):
        service.rows("dim_employee", columns=["practice_name, 1"])
    with pytest.raises(UnknownName):
        service.rows("dim_employee", order_by=["practice_name desc"])
    with pytest.raises(UnknownName):
        service.rows("dim_employee", where=[Filter("1=1 or practice_name", "=", ["x"])])
    for limit, offset in ((-1, 0), (10**9, 0), (1, -1)):
        with pytest.raises(BadFilter):
            service.rows("dim_employee", limit=limit, offset=offset)
    with pytest.raises(BadFilter, match="does not fit"):
        service.rows("rpt_time", where=[Filter("work_date", "=", ["soon"])])
