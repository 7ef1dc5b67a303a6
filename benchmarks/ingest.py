"""Loading time entries from a drop folder, phase by phase, beside DuckDB's own `create table as` of the same file.

    python benchmarks/ingest.py --rows 1000000 [--formats parquet,csv,jsonl] [--write]

Every measurement is a process of its own, so that its peak memory is its own. Floor and load run one after the other
on the same file; trust the ratio, not the seconds, and on a busy machine that of CPU time. `fixed` is what the first
load of three bytes costs in a process (importing dlt), which the other columns do not hold. The data has 25 filled columns of the `time_entry` contract.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from _page import write_section

HERE = Path(__file__).parent
OUT = HERE / "out"
MEMORY = "1400MB"

ENTRIES = """
    select 'TE-' || i as time_entry_id, 'E-' || (1000 + i % 10000) as employee_id,
        case when i % 10 = 0 then 'E-' || (1000 + i % 10000) || '-1' end as employment_id,
        'P-' || (i * 7919 % 5000) as project_id, 'T-' || (i * 104729 % 20000) as task_id,
        date '2023-07-01' + ((i // 10000) % 1000)::int as work_date,
        ((i * 31 % 16 + 1 + {change}) * 0.5)::decimal(28, 2) as hours,
        ['approved', 'approved', 'approved', 'posted', 'submitted'][1 + i % 5] as status,
        i % 3 <> 0 as is_billable, i % 50 = 0 as is_credited,
        case when i % 1000 = 7 then 'TE-' || (i - 1) end as corrects_id,
        ['consultant', 'senior', 'manager'][1 + i % 3] as role,
        ['regular', 'overtime', 'travel'][1 + (i // 7) % 3] as work_type,
        'Worked on item ' || (i * 48271 % 1000003) || ' for the weekly plan' as note,
        timestamp '2023-07-01 17:00:00' + to_days(((i // 10000) % 1000)::int) + to_seconds(i % 3600) as entered_at,
        timestamp '2023-07-03 09:00:00' + to_days(((i // 10000) % 1000)::int) + to_seconds(i % 3600) as submitted_at,
        timestamp '2023-07-04 09:00:00' + to_days(((i // 10000) % 1000)::int) + to_seconds(i % 3600) as approved_at,
        'E-' || (1000 + i % 97) as approver_employee_id,
        case when i % 5 = 3 then timestamp '2023-07-10 00:00:00' + to_days(((i // 10000) % 1000)::int) end as posted_at,
        case when i % 20 = 0 then date '2023-08-01' + ((i // 10000) % 1000)::int end as accounting_date,
        case when i % 4 = 0 then 'INV-' || (i // 4000) end as invoice_id,
        (1 + i % 3)::varchar as source_version, 'https://psa.example.com/te/' || i as source_url,
        'c-' || md5(i::varchar) as correlation_id, false as is_deleted
    from range({rows}) as t (i)
"""
# As the load reports them: pages read and typed, kept as files, and compared with what is known.
PHASES = ("extracted", "landed", "loaded")
READERS = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="parquet,csv,jsonl")
    parser.add_argument(
        "--changed", action="store_true", help="also load again with 1 %% of the rows changed"
    )
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--child", nargs=2, metavar=("WHAT", "FORMAT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what, form = arguments.child
        result = _floor(form) if what == "floor" else _load(form, arguments.changed)
        result["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps(result) + "\n")
        return 0
    lines = []
    for form in arguments.formats.split(","):
        measured = _measure(form, arguments.rows, arguments.changed)
        lines.extend(measured)
        sys.stderr.write("\n".join(measured) + "\n")
    table = "\n".join([_HEAD, *lines])
    sys.stdout.write(table + "\n")
    if arguments.write:
        write_section(f"ingest {arguments.rows}", table)
    return 0


_HEAD = (
    "| file | floor: s / CPU s / MiB | fixed s | extract s / CPU s | landing s / CPU s | history s / CPU s | close s"
    " | load: s / CPU s / MiB | landing + history : floor, by CPU | whole load : floor, by CPU |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def _measure(form: str, rows: int, changed: bool) -> list[str]:
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "drop").mkdir(parents=True)
    size = _generate(form, rows, 0)
    floor = _child("floor", form, changed)
    load = _child("load", form, changed)
    lines = [_line(f"{form} {rows:,} rows, {size:,.0f} MB", floor, load["first"], load)]
    if changed:
        lines.append(_line(f"{form}, 1 % changed", floor, load["second"], load))
    shutil.rmtree(OUT)
    return lines


def _line(name: str, floor: dict[str, Any], phases: dict[str, float], load: dict[str, Any]) -> str:
    parts = " | ".join(f"{phases[p]:.1f} / {phases[f'{p} cpu']:.1f}" for p in PHASES)
    aimed = sum(phases[p] for p in PHASES[1:]) / floor["seconds"]
    aimed_cpu = sum(phases[f"{p} cpu"] for p in PHASES[1:]) / floor["cpu"]
    return (
        f"| {name} | {floor['seconds']:.1f} / {floor['cpu']:.1f} / {floor['rss']:.0f} | {load['fixed']:.1f} | {parts} "
        f"| {phases['close']:.1f} | {phases['total']:.1f} / {phases['cpu']:.1f} / {load['rss']:.0f} "
        f"| {aimed:.1f}×, **{aimed_cpu:.1f}×** "
        f"| {phases['total'] / floor['seconds']:.1f}×, {phases['cpu'] / floor['cpu']:.1f}× |"
    )


def _generate(form: str, rows: int, change: int) -> float:
    path = OUT / "drop" / f"time_entry.{form}"
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(OUT / "spill")}) as connection:
        entries = ENTRIES.format(rows=rows, change="(i % 100 = 1)::int" if change else "0")
        options = {"parquet": "format parquet", "csv": "format csv, header", "jsonl": "format json"}[form]
        connection.execute(f"copy ({entries}) to '{path}' ({options})")
    return path.stat().st_size / 1e6


def _child(what: str, form: str, changed: bool) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", what, form, *(["--changed"] if changed else [])]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _floor(form: str) -> dict[str, Any]:
    path = OUT / "drop" / f"time_entry.{form}"
    connection = duckdb.connect(
        str(OUT / "floor.duckdb"), config={"memory_limit": MEMORY, "temp_directory": str(OUT / "spill")}
    )
    began, cpu = perf_counter(), _cpu()
    connection.execute(f"create table t as select * from {READERS[form]}('{path}')")
    connection.execute("checkpoint")
    return {"seconds": perf_counter() - began, "cpu": _cpu() - cpu}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _load(form: str, changed: bool) -> dict[str, Any]:
    (OUT / "tiny").mkdir(exist_ok=True)
    (OUT / "tiny" / "time_entry.csv").write_text("time_entry_id\nTE-1\n")
    fixed = _timed("tiny", "tiny.duckdb")["total"]
    result: dict[str, Any] = {"fixed": fixed, "first": _timed("drop", "warehouse.duckdb")}
    if changed:
        count = duckdb.connect(str(OUT / "warehouse.duckdb")).execute(
            "select count(*) from raw_psa.time_entry"
        )
        found = count.fetchone()
        count.close()
        _generate(form, int(found[0]) if found else 0, 1)
        result["second"] = _timed("drop", "warehouse.duckdb")
    return result


def _timed(drop: str, database: str) -> dict[str, float]:
    from ingestion.files.connector import FilesConnector
    from ingestion.load import load_system

    phases: dict[str, float] = defaultdict(float)

    def progress(event: str, facts: dict[str, Any]) -> None:
        nonlocal used
        phases[event] += float(facts["seconds"])
        phases[f"{event} cpu"] += _cpu() - used
        used = _cpu()

    began = perf_counter()
    cpu = used = _cpu()
    load_system(
        OUT / database, FilesConnector("psa", OUT / drop), full=False, run_id="bench", progress=progress
    )
    phases["total"] = perf_counter() - began
    phases["cpu"] = _cpu() - cpu
    phases["close"] = phases["total"] - sum(phases[p] for p in PHASES)
    return dict(phases)


if __name__ == "__main__":
    raise SystemExit(main())
