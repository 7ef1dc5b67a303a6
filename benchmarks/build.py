"""A whole refresh of a simulated firm, phase by phase, beside the engine's floors on the tables that it built.

    python benchmarks/build.py [--size medium] [--split 4] [--write]

The firm is written once as Parquet, refreshed by the program in a process of its own, and refreshed again after one time
entry in a hundred has changed: once the latest ones, as happens every week, and once one in a hundred of all time; and
as of the next day. Then everything is built anew from the same extracts, and every table must be what the refreshes of a
change made of it. `--split N` cuts every entry of more than a few minutes into N, and what bills it, for people who book by
the task. Floors are measured on the published version in the same run: a scan with an aggregate over the priced fact, the
rate of every entry looked up, and a copy of that fact into another file. Trust the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from _page import write_section

HERE = Path(__file__).parent
OUT = HERE / "out" / "build"
LATEST = "work_date > (select quantile_disc(work_date, 0.99) from entries_before)"
ANY = "hash(time_entry_id) % 100 = 7"
RATES = ("int_rate_question", "int_rate_candidate", "int_bill_rate")
REFRESH = """
import json, resource, sys, time
from datetime import timedelta
from pathlib import Path
from tieout.firm import load_firm
from tieout.refresh import Options, refresh
full, firm = "full" in sys.argv, load_firm(sys.argv[1])
as_of = firm.as_of + timedelta(days=1) if "next day" in sys.argv else None
began, cpu = time.perf_counter(), time.process_time()
stages, last = {}, time.perf_counter()
def progress(event, facts):
    global last
    now = time.perf_counter()
    name = {"extracted": "extract", "landed": "land", "loaded": "history", "node": "build"}.get(event, event)
    stages[name] = stages.get(name, 0.0) + now - last
    last = now
version = refresh(firm, Options((), full, as_of), progress)
report = json.loads((version.directory / "run_report.json").read_text())
print(json.dumps({
    "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "stages": stages,
    "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "nodes": report["seconds_by_node"],
    "database": str(version.database), "hashes": dict(version.hashes),
}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="small", choices=("tiny", "small", "medium", "large"))
    parser.add_argument("--split", type=int, default=1, help="entries for each of the simulation's")
    parser.add_argument(
        "--keep", action="store_true", help="leave the firm and its versions in benchmarks/out"
    )
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    arguments = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    firm = OUT / "firm"
    _run("-m", "simulation", "--size", arguments.size, "--format", "parquet", "--out", str(firm))
    entries = firm / "psa" / "time_entry.parquet"
    if arguments.split > 1:
        _split(firm / "psa", arguments.split)
    first = _refresh(firm)
    floors = _floors(Path(first["database"]))
    again = {}
    for name, which in (("latest", LATEST), ("any", ANY)):
        _change(entries, which)
        again[name] = _refresh(firm)
    again["day"] = _refresh(firm, "next day")
    whole = _refresh(firm, "next day", "full")
    differing = [
        name for name, digest in whole["hashes"].items() if again["day"]["hashes"].get(name) != digest
    ]
    table = _table(arguments.size, first, again, floors, differing)
    sys.stdout.write(table + "\n")
    if arguments.write:
        write_section("build", table)
    if not arguments.keep:
        shutil.rmtree(OUT)
    return 0


def _run(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=HERE.parent,
    )
    return done.stdout


def _refresh(firm: Path, *how: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run("-c", REFRESH, str(firm / "firm.yml"), *how).splitlines()[-1])
    return found


def _floors(database: Path) -> dict[str, float]:
    """Seconds of a scan with an aggregate over the priced fact, of the price of every entry looked up among the answers of
    all levels, and of a copy of the fact; its rows."""
    copy = OUT / "copy.duckdb"
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"attach '{database}' as warehouse (read_only)")
        began = perf_counter()
        connection.execute(
            "select date_trunc('month', work_date), resource_practice_as_was, sum(hours), sum(contract_amount_reporting)"
            " from warehouse.marts.fct_time_entry group by all"
        ).fetchall()
        scan = perf_counter() - began
        # what an entry asks is worked out with its person, project and line: that is not the search for its rate
        connection.execute(
            "create temp table asked as"
            " select rate_question, lookup_date, hours from warehouse.intermediate.int_time_entry_line"
        )
        began = perf_counter()
        connection.execute(
            "select count(rates.unit_price), sum(asked.hours * rates.unit_price) from asked"
            " left join warehouse.intermediate.int_bill_rate as rates on asked.rate_question = rates.rate_question"
            " and rates.rate_type = 'bill' and asked.lookup_date >= rates.valid_from and asked.lookup_date < rates.valid_to"
        ).fetchall()
        looked_up = perf_counter() - began
        began = perf_counter()
        connection.execute("create table fact as select * from warehouse.marts.fct_time_entry; checkpoint")
        copied = perf_counter() - began
        rows = connection.execute("select count(*) from fact").fetchone()
    return {"scan": scan, "rates": looked_up, "copy": copied, "rows": float(rows[0] if rows else 0)}


def _split(psa: Path, parts: int) -> None:
    """Cut every entry into `parts` of equal hours, and the billing event and the agreed rate of each with it; a few minutes,
    and entries that correct one another, stay whole."""
    entries = psa / "time_entry.parquet"
    cut = (
        f"select time_entry_id from read_parquet('{entries}') where corrects_id is null"
        " and cast(hours as decimal(18, 4)) >= 1 and time_entry_id not in"
        f" (select corrects_id from read_parquet('{entries}') where corrects_id is not null)"
    )
    uncut = psa / "uncut.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({cut}) to '{uncut}' (format parquet)")
    part = f"from range(1, {parts + 1}) as parts (part)"
    share = f"cast(cast(amount as decimal(28, 6)) / {parts} as decimal(28, 2))"
    for path, key, changes in (
        (
            psa / "billing_event.parquet",
            "time_entry_id",
            {
                "billing_event_id": "billing_event_id || '-' || part",
                "time_entry_id": "time_entry_id || '-' || part",
                # the last part takes the cents that are left
                "amount": f"(case when part < {parts} then {share} else cast(amount as decimal(28, 6)) - {parts - 1} * {share} end)::varchar",
            },
        ),
        (
            psa / "rate_card.parquet",
            "scope_id",
            {
                "rate_card_row_id": "rate_card_row_id || '-' || part",
                "scope_id": "scope_id || '-' || part",
            },
        ),
        (
            entries,
            "time_entry_id",
            {
                "time_entry_id": "time_entry_id || '-' || part",
                "hours": f"cast(cast(hours as decimal(18, 4)) / {parts} as decimal(18, 4))::varchar",
            },
        ),
    ):
        replaced = ", ".join(f"{value} as {name}" for name, value in changes.items())
        _rewrite(
            path,
            f"select * exclude (part) replace ({replaced}) from (select * from read_parquet('{path}')"
            f" where {key} in (select time_entry_id from '{uncut}')) cross join (select part {part})"
            f" union all by name select * from read_parquet('{path}')"
            f" where {key} is null or {key} not in (select time_entry_id from '{uncut}')",
        )
    uncut.unlink()


def _change(path: Path, which: str) -> None:
    """Change the hours of the entries for which `which` holds."""
    _rewrite(
        path,
        f"select * replace (case when {which} and hours <> '0'"
        " then cast(cast(hours as decimal(18, 4)) + 0.25 as varchar) else hours end as hours)"
        f" from read_parquet('{path}')",
    )


def _rewrite(path: Path, query: str) -> None:
    changed = path.with_suffix(".new")
    with duckdb.connect() as connection:
        connection.execute(f"create view entries_before as select * from read_parquet('{path}')")
        connection.execute(f"copy ({query}) to '{changed}' (format parquet)")
    changed.replace(path)


def _table(
    size: str,
    first: dict[str, Any],
    again: dict[str, dict[str, Any]],
    floors: dict[str, float],
    differing: list[str],
) -> str:
    rates = sum(first["nodes"].get(name, 0.0) for name in RATES)
    priced = first["nodes"]["fct_time_entry"]
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in first["stages"].items() if seconds >= 0.5)
    lines = [
        f"{size} firm, {floors['rows']:,.0f} time entries",
        "",
        "| measure | value |",
        "|---|---|",
        f"| refresh: s / CPU s / peak MiB | {first['seconds']:.1f} / {first['cpu']:.1f} / {first['rss']:.0f} |",
        f"| phases, s | {stages} |",
        f"| floor: scan and aggregate of the priced fact, s | {floors['scan']:.2f} |",
        f"| floor: copy of the priced fact, s | {floors['copy']:.2f} |",
        f"| priced fact, s, against its copy | {priced:.2f}, **{priced / floors['copy']:.1f}×** |",
        f"| the rate of every entry looked up, s, against the scan | {floors['rates']:.2f},"
        f" **{floors['rates'] / floors['scan']:.1f}×** |",
        f"| rates answered once per question, in three models, s, against the scan and the refresh | {rates:.2f},"
        f" **{rates / floors['scan']:.1f}×**, {rates / first['seconds'] * 100:.1f} % |",
        *(
            f"| {text}: s / CPU s, against the first refresh by CPU | {one['seconds']:.1f} / {one['cpu']:.1f},"
            f" **{one['cpu'] / first['cpu'] * 100:.0f} %** |"
            for text, one in zip(
                ("the latest 1 % of entries changed", "1 % of all entries changed", "as of the next day"),
                again.values(),
                strict=True,
            )
        ),
        f"| slowest models of the first refresh, s | {_slowest(first)} |",
        f"| of the refresh of the latest | {_slowest(again['latest'])} |",
        f"| tables of which a full build makes something else | {', '.join(differing) or 'none'} |",
    ]
    return "\n".join(lines)


def _slowest(refresh: dict[str, Any]) -> str:
    nodes = sorted(refresh["nodes"].items(), key=lambda item: -item[1])[:8]
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in nodes)


if __name__ == "__main__":
    raise SystemExit(main())
