"""The extracts: deterministic, within the canonical contract, complete, and joined by keys that exist."""

from __future__ import annotations

import csv
import filecmp
import json
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from simulation.__main__ import main
from simulation.extracts import FORMATS, write_extracts
from simulation.firm import build_firm

REPOSITORY = Path(__file__).parents[2]
COMMON = {
    "source_version",
    "source_url",
    "correlation_id",
    "idempotency_key",
    "valid_from",
    "valid_to",
    "is_deleted",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tiny")
    assert main(["--size", "tiny", "--seed", "7", "--out", str(out)]) == 0
    return out


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_same_size_and_seed_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    # Another process with another hash seed: no set or dictionary order may leak into a file.
    subprocess.run(
        [sys.executable, "-m", "simulation", "--size", "tiny", "--seed", "7", "--out", str(tmp_path)],
        check=True,
        cwd=REPOSITORY,
        env={"PYTHONHASHSEED": "4242"},
        capture_output=True,
    )
    assert files(folder) == files(tmp_path)
    _, different, missing = filecmp.cmpfiles(folder, tmp_path, files(folder), shallow=False)
    assert (different, missing) == ([], [])


def test_another_seed_gives_another_firm(folder: Path, tmp_path: Path) -> None:
    write_extracts(build_firm("tiny", 8), tmp_path)
    assert (folder / "psa/time_entry.csv").read_bytes() != (tmp_path / "psa/time_entry.csv").read_bytes()


def test_a_small_firm_takes_less_than_three_seconds_of_processor_time(tmp_path: Path) -> None:
    began = time.process_time()
    write_extracts(build_firm("small", 1), tmp_path)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_holds_the_same_rows(file_format: str, folder: Path, tmp_path: Path) -> None:
    write_extracts(build_firm("tiny", 7), tmp_path, file_format)
    path = tmp_path / f"psa/time_entry.{file_format}"
    if file_format == "csv":
        rows: list[dict[str, str | None]] = [dict(row) for row in read(path)]
    elif file_format == "jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        rows = pq.read_table(path).to_pylist()
    assert [{key: value or "" for key, value in row.items()} for row in rows] == read(
        folder / "psa/time_entry.csv"
    )
    assert not [other for other in FORMATS if other != file_format and list(tmp_path.rglob(f"*.{other}"))]


def test_columns_values_and_keys_keep_the_canonical_contract(folder: Path) -> None:
    for path in sorted(folder.glob("*/*.csv")):
        contract = yaml.safe_load((REPOSITORY / f"models/canonical/can_{path.stem}.yml").read_text())[
            "models"
        ][0]
        columns = {column["name"]: column.get("config", {}).get("meta", {}) for column in contract["columns"]}
        dated = contract["config"]["meta"]["effective_dated"]
        rows = read(path)
        assert rows, path
        assert set(rows[0]) <= set(columns) | COMMON, path
        for name, meta in columns.items():
            if meta.get("required"):
                assert all(row[name] for row in rows), f"{path}: {name}"
            if meta.get("allowed") and name in rows[0]:
                assert {row[name] for row in rows} - {""} <= set(meta["allowed"]), f"{path}: {name}"
        if dated in ("interval", "key"):
            assert all(row["valid_from"] for row in rows), path
        key = [name for name, meta in columns.items() if meta.get("key")]
        if dated in ("key", "optional_key"):
            key.append("valid_from")
        doubled = len(rows) - len({tuple(row[name] for name in key) for row in rows})
        # The two entities that are meant to hold a key twice.
        assert doubled == {"time_entry": 2, "employee_attribute": 1}.get(path.stem, 0), path


def test_references_between_the_systems_resolve(folder: Path) -> None:
    ids = {
        name: {row[f"{name.split('/')[1]}_id"] for row in read(folder / f"{name}.csv")}
        for name in (
            "hris/employee",
            "psa/employee",
            "psa/customer",
            "psa/project",
            "psa/task",
            "erp/legal_entity",
        )
    }
    entries = read(folder / "psa/time_entry.csv")
    assert {row["employee_id"] for row in entries} - ids["psa/employee"] == {"U-99998"}
    assert {row["project_id"] for row in entries} <= ids["psa/project"]
    assert {row["task_id"] for row in entries} - {""} <= ids["psa/task"]
    assert {row["customer_id"] for row in read(folder / "psa/project.csv")} - {""} <= ids["psa/customer"]
    assert {row["legal_entity_id"] for row in read(folder / "psa/project.csv")} - {""} <= ids[
        "erp/legal_entity"
    ]
    assert {row["linked_id"] for row in read(folder / "psa/employee.csv")} - {""} <= ids["hris/employee"]
    assert {row["linked_id"] for row in read(folder / "erp/customer.csv")} - {""} <= ids["psa/customer"]
    assert {row["employee_id"] for row in read(folder / "hris/leave.csv")} <= ids["hris/employee"]
    assert {row["employee_id"] for row in read(folder / "psa/cost_rate.csv")} <= ids["psa/employee"]


def test_the_firm_file_names_the_four_folders(folder: Path) -> None:
    firm = yaml.safe_load((folder / "firm.yml").read_text())
    assert [system["name"] for system in firm["systems"]] == ["hris", "psa", "erp", "crm"]
    assert all((folder / system["path"]).is_dir() for system in firm["systems"])
    assert firm["domains"] == {"employee": ["hris", "psa"], "customer": ["psa", "erp"]}
