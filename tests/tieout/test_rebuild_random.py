"""Random changes of random extracts: after several refreshes that replace rows, the version is the one that a full build
gives."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.tieout.test_rebuild import built, differing
from tieout import rebuild

ROUNDS = 10
# What most depends on, so most is changed; the others now and then.
LIKELY = (
    *("psa/time_entry.csv",) * 5,
    *("erp/fx_rate.csv",) * 3,
    *("psa/billing_event.csv",) * 2,
    "crm/contract_line.csv",
    "crm/rate_card.csv",
    "erp/invoice.csv",
    "hris/employment.csv",
    "psa/expense.csv",
    "psa/rate_card.csv",
)
DAYS = tuple(date(2026, 6, day) for day in (20, 24, 25, 26, 29, 30))


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_changes_the_version_is_that_of_a_full_build(
    seed: int,
    faulty_tiny: Callable[[int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # rows are replaced however few records there are, and however many are touched
    monkeypatch.setattr(rebuild, "MOST_ROWS_PCT", 100)
    monkeypatch.setattr(rebuild, "LEAST_RECORDS", 0)
    folder = tmp_path / "firm"
    shutil.copytree(faulty_tiny(1).parent, folder)
    files = sorted(
        f"{system}/{file.name}"
        for system in ("crm", "erp", "hris", "psa")
        for file in (folder / system).glob("*.csv")
    )
    drawn = random.Random(seed)
    as_of = DAYS[-1]
    replaced = 0
    for turn in range(ROUNDS):
        done: list[str] = []
        for _ in range(drawn.randint(1, 3)):
            if drawn.random() < 0.5:
                as_of = drawn.choice(DAYS)
            done.append(f"as of {as_of}")
            for _ in range(drawn.randint(1, 3)):
                done.append(change(folder, drawn.choice(LIKELY if drawn.random() < 0.7 else files), drawn))
            version, said = built(folder, as_of=as_of)
            replaced += len(said["rows_replaced"])
        whole, _ = built(folder, full=True, as_of=as_of)
        assert differing(version, whole) == {}, f"round {turn} of seed {seed}: {done}"
    assert replaced > ROUNDS


def change(folder: Path, file: str, drawn: random.Random) -> str:
    """Change some rows of an extract in a way that is drawn; gives what was done."""
    path = folder / file
    with duckdb.connect() as connection:
        connection.execute(
            "create table rows as select *, row_number() over () as place"
            " from read_csv(?, all_varchar = true, nullstr = 'no such text')",
            [str(path)],
        )
        count, *_ = connection.execute("select count(*) from rows").fetchone() or (0,)
        columns = [name for name, *_ in connection.execute("describe rows").fetchall() if name != "place"]
        some, salt = drawn.choice((1, 1, 3, max(1, count // 50), max(1, count // 12))), drawn.randrange(10**9)
        kind = drawn.choice(
            ("another row's",) * 3 + ("empty", "gone", "new", "number", "day", "blank at the end")
        )
        key = f'"{columns[0]}"'
        column = f'"{drawn.choice(columns)}"'
        where = f"place in (select place from rows order by hash(place::varchar || '{salt}') limit {some})"
        factor, shift = drawn.choice(("* 2", "/ 2", "* -1", "+ 1")), drawn.choice((-40, -7, -1, 1, 10, 35))
        statement = {
            "another row's": f"update rows set {column} = (select {column} from rows"
            f" order by hash(place::varchar || '{salt} other') limit 1) where {where}",
            "empty": f"update rows set {column} = '' where {where}",
            "gone": f"delete from rows where {where}",
            "new": f"insert into rows select * replace ({key} || '-{salt}' as {key}) from rows where {where}",
            "number": f"update rows set {column} ="
            f" cast(cast(try_cast({column} as double) {factor} as decimal(18, 2)) as varchar)"
            f" where {where} and try_cast({column} as double) is not null",
            "day": f"update rows set {column} = cast(cast({column} as date) + {shift} as varchar)"
            f" where {where} and length({column}) = 10 and try_cast({column} as date) is not null",
            "blank at the end": f"update rows set {column} = {column} || ' ' where {where}",
        }[kind]
        connection.execute(statement)
        connection.execute(f"copy (select * exclude (place) from rows order by place) to '{path}' (header)")
    return f"{file}: {column} {kind}, {some} rows"
