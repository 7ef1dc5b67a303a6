"""The fast and the careful path read clean files alike; memory stays bounded whatever is in a line."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.files.careful_csv import read_csv_carefully
from ingestion.files.careful_jsonl import read_jsonl_carefully
from ingestion.files.csv_dialect import csv_dialect
from ingestion.files.fast import FastReader
from ingestion.files.folder import SourceFile
from ingestion.files.lines import bounded_lines
from ingestion.files.reading import NotWellFormed, Reading
from ingestion.files.wide_numbers import has_wide_number

COLUMNS = ("id", "name", "hours")
LIMIT = 1_000_000

CSV = {
    "plain": b"id,name,hours\n1,a,2.50\n2,b,\n",
    "no line end": b"id,name,hours\n1,a,2",
    "windows": b'id,name,hours\r\n1,"a\r\nb",2\r\n2,c,3\r\n',
    "old mac": b"id,name,hours\r1,a,2\r2,b,3\r",
    "line ends in values": b'id,name,note,hours\n1,"a\nb","c\n\nd",2\n2,c,,3\n3,"\n",,4\n4,d,"\n",5\n5,e,,6',
    "blank lines at the end": b"id,name,hours\n1,a,2\n2,b,3\n\n\n",
    "one column": b"id\n1\n\n2\n",
    "trailing delimiter": b"id,name,hours\n1,a,2,\n2,b,3\n",
    "quotes": b'id,name,hours\n1,"a ""b"" c",2\n2,5" pipe,3\n3,"",4\n',
    "extras": b"z,ID,y y,hours\n,1,q,2\nx,2,,3\n,3,,4\n",
    "mark": b"\xef\xbb\xbfid;name;hours\n1;\xc3\xa9;2,5\n",
    "all empty": b"id,name,hours\n,,\n",
    "header only": b"id,name,hours\n",
    "nul": b"id,name,hours\n1,a\x00b,2\n",
}
JSONL = {
    "plain": b'{"id":"1","name":"a","hours":2.50}\n{"id":2,"hours":7}\n',
    "nested": b'{"id":"1","name":{"a":[1,2.50,null,true,"\\u00e9"]},"x":[1]}\n{"id":2,"y":""}\n',
    "windows": b'{"ID":"1"}\r\n{"ID":"2"}\r\n\r\n',
    "numbers": b'{"id":1,"hours":0.1}\n{"id":2,"hours":-0.0}\n{"id":3,"hours":100.0}\n{"id":4,"hours":12345678.25}\n',
    "escapes": b'{"id":"a\\n\\t\\"b\\\\","name":"\\ud83d\\ude00"}\n',
}


# Line ends inside values are explained by the values; where a blank line lies only a careful reader knows.
BLANK_LINES = {
    "csv": b"id,name,hours\n\n1,a,2\n\n2,b,3\n\n",
    "csv with line ends in values": b'id,name,hours\n1,"a\nb",2\n\n2,b,3\n',
    "jsonl": b'{"id":"1"}\n\n{"id":"2"}\n',
}


def rows_of(reading: Reading) -> list[tuple[object, ...]]:
    """The rows of a file, each with its number last."""
    if reading.part is None:
        return []
    names = {c[0] for c in duckdb.sql(f"describe select * from '{reading.part.path}'").fetchall()}
    selected = [c if c in names else f"null as {c}" for c in (*COLUMNS, "_extra")]
    selected.append(
        "_row_number"
        if "_row_number" in names
        else f"file_row_number + {reading.part.first_row} as _row_number"
    )
    source = f"read_parquet('{reading.part.path}', file_row_number = true)"
    return duckdb.sql(f"select {', '.join(selected)} from {source}").fetchall()


def source(folder: Path, name: str, data: bytes) -> SourceFile:
    path = folder / name
    path.write_bytes(data)
    return SourceFile(path, name, path.suffix[1:], len(data))


@pytest.mark.parametrize("case", CSV)
def test_both_paths_read_clean_csv_alike(tmp_path: Path, case: str) -> None:
    file = source(tmp_path, "x.csv", CSV[case])
    dialect = csv_dialect(file.path, COLUMNS, LIMIT)
    assert dialect is not None
    fast = FastReader(tmp_path, LIMIT).csv(file, dialect, COLUMNS, tmp_path / "fast.parquet")
    careful = read_csv_carefully(file, dialect, COLUMNS, tmp_path / "careful.parquet", LIMIT)
    assert careful.unreadable == 0
    assert rows_of(fast) == rows_of(careful)
    assert (fast.new_columns, fast.missing_columns) == (careful.new_columns, careful.missing_columns)


@pytest.mark.parametrize("case", JSONL)
def test_both_paths_read_clean_json_lines_alike(tmp_path: Path, case: str) -> None:
    file = source(tmp_path, "x.jsonl", JSONL[case])
    fast = FastReader(tmp_path, LIMIT).jsonl(file, COLUMNS, tmp_path / "fast.parquet")
    careful = read_jsonl_carefully(file, COLUMNS, tmp_path / "careful.parquet", LIMIT)
    assert careful.unreadable == 0
    assert rows_of(fast) == rows_of(careful)
    assert set(fast.new_columns) == set(careful.new_columns)
    assert fast.missing_columns == careful.missing_columns


@pytest.mark.parametrize("case", BLANK_LINES)
def test_blank_lines_between_rows_are_left_to_the_careful_path(tmp_path: Path, case: str) -> None:
    file = source(tmp_path, f"x.{case[:5].split()[0]}", BLANK_LINES[case])
    reader = FastReader(tmp_path, LIMIT)
    dialect = csv_dialect(file.path, COLUMNS, LIMIT)
    assert dialect is not None
    target = tmp_path / "fast.parquet"
    with pytest.raises(NotWellFormed):
        reader.jsonl(file, COLUMNS, target) if file.format == "jsonl" else reader.csv(
            file, dialect, COLUMNS, target
        )


def test_a_row_has_the_number_of_its_line(tmp_path: Path) -> None:
    """As an editor or a spreadsheet counts them, the header among them."""
    file = source(tmp_path, "x.csv", b'id,name,hours\n1,"a\nb",2\n\n2,b,3\n')
    dialect = csv_dialect(file.path, COLUMNS, LIMIT)
    assert dialect is not None
    careful = read_csv_carefully(file, dialect, COLUMNS, tmp_path / "careful.parquet", LIMIT)
    assert [(row[0], row[-1]) for row in rows_of(careful)] == [("1", 2), ("2", 5)]


def test_lines_of_records_stay_right_in_a_file_that_many_threads_read(tmp_path: Path) -> None:
    rows = 200_000
    records = (f'{n},"a{chr(10) * (n % 3)}b",{n % 7}' for n in range(rows))
    file = source(tmp_path, "x.csv", ("id,name,hours\n" + "\n".join(records) + "\n").encode())
    dialect = csv_dialect(file.path, COLUMNS, LIMIT)
    assert dialect is not None
    fast = FastReader(tmp_path, LIMIT).csv(file, dialect, COLUMNS, tmp_path / "fast.parquet")
    line, expected = 2, []
    for n in range(rows):
        expected.append((str(n), line))
        line += 1 + n % 3
    assert [(row[0], row[-1]) for row in rows_of(fast)] == expected


def test_both_paths_read_random_csv_alike(tmp_path: Path) -> None:
    """Whatever the strict reader accepts, the careful one reads the same."""
    fields = [b"a", b"", b'"b"', b'"c,d"', b'"e""f"', b'"g\nh"', b'5" x', b" i ", b"\xc3\xa9"]
    reader = FastReader(tmp_path, LIMIT)
    accepted = 0
    for seed in range(60):
        draw = random.Random(seed)
        rows = [b",".join(draw.choice(fields) for _ in range(3)) for _ in range(draw.randint(1, 5))]
        rows = [row + draw.choice([b"", b"", b","]) for row in rows]
        end = draw.choice([b"\n", b"\r\n"])
        file = source(tmp_path, "x.csv", b"id,name,hours" + end + end.join(rows) + draw.choice([b"", end]))
        dialect = csv_dialect(file.path, COLUMNS, LIMIT)
        assert dialect is not None
        careful = read_csv_carefully(file, dialect, COLUMNS, tmp_path / "careful.parquet", LIMIT)
        try:
            fast = reader.csv(file, dialect, COLUMNS, tmp_path / "fast.parquet")
        except NotWellFormed:
            continue
        accepted += 1
        assert careful.unreadable == 0, seed
        assert rows_of(fast) == rows_of(careful), seed
    assert accepted > 20


def test_json_lines_with_a_byte_order_mark_are_read_carefully(tmp_path: Path) -> None:
    file = source(tmp_path, "x.jsonl", b'\xef\xbb\xbf{"id":"1"}\n{"id":"2"}\n')
    with pytest.raises(NotWellFormed):
        FastReader(tmp_path, LIMIT).jsonl(file, COLUMNS, tmp_path / "fast.parquet")
    careful = read_jsonl_carefully(file, COLUMNS, tmp_path / "careful.parquet", LIMIT)
    assert [row[0] for row in rows_of(careful)] == ["1", "2"]


def test_name_with_wildcards_is_one_file(tmp_path: Path) -> None:
    source(tmp_path, "x__ab.csv", CSV["plain"])
    for name in ("x__*.csv", "x__[a]b.csv", "x__?b.csv", "x__'b.csv"):
        file = source(tmp_path, name, b"id,name,hours\n9,z,1\n")
        dialect = csv_dialect(file.path, COLUMNS, LIMIT)
        assert dialect is not None
        fast = FastReader(tmp_path, LIMIT).csv(file, dialect, COLUMNS, tmp_path / "fast.parquet")
        assert rows_of(fast) == [("9", "z", "1", None, 2)]


def test_lines_across_chunks_and_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    long = b"y" * 3_000_000
    path.write_bytes(b"a\r\n" + b"b" * 1_500_000 + b"\n" + long + b"\nc\n" + long)
    lines = list(bounded_lines(path, 2_000_000))
    assert [(line.number, line.too_long) for line in lines] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (5, True),
    ]
    assert [len(line.data) for line in lines] == [1, 1_500_000, 600, 1, 600]


_LONG = """
import resource, sys
from pathlib import Path
from ingestion.files.connector import FilesConnector
from ingestion.connector import ObjectState
connector = FilesConnector("erp", Path(sys.argv[1]))
spec = next(o for o in connector.objects() if o.name == sys.argv[2])
got = connector.extract(spec, ObjectState(scratch=Path(sys.argv[1]).parent), full=False)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(sum(p.rows for p in got.parquet), got.unreadable, peak)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("task.csv", b"task_id,project_id\nT-1,P-1\nT-2,", b"\nT-3,P-1\n"),
        ("task.csv", b'task_id,project_id\nT-1,P-1\nT-2,"', b'"\nT-3,P-1\n'),
        ("task.jsonl", b'{"task_id":"T-1"}\n{"task_id":"', b'"}\n{"task_id":"T-3"}\n'),
    ],
)
def test_one_line_of_a_gigabyte_is_one_unreadable_row(
    drop: Path, name: str, before: bytes, after: bytes
) -> None:
    with (drop / name).open("wb") as stream:
        stream.write(before)
        for _ in range(1024):
            stream.write(b"x" * 1024 * 1024)
        stream.write(after)
    done = subprocess.run(
        [sys.executable, "-c", _LONG, str(drop), "task"],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    rows, unreadable, peak = map(int, done.stdout.split())
    assert (rows, unreadable) == (2, 1)
    assert peak < 1024, f"peak {peak} MiB"


@pytest.mark.parametrize(
    ("data", "wide"),
    [
        (b'{"a":1234567890.123456}', True),
        (b'{"a": [ -0.1234567890123456]}', True),
        (b'{"a":"c-12345678901234567890"}', False),
        (b'{"a":123456789012.34}', False),
        (b"", False),
    ],
)
def test_finds_numbers_that_a_double_would_round(tmp_path: Path, data: bytes, wide: bool) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(data)
    assert has_wide_number(path) is wide
    # At every place around the border of two chunks.
    if wide:
        path.write_bytes(b" " * (8 * 1024 * 1024 - 12) + data)
        assert has_wide_number(path)
