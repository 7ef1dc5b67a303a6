"""The reference pages say what the code does: generated parts are up to date, written parts name every key."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.history import _SYSTEM_COLUMNS as HISTORY_COLUMNS
from ingestion.load_log import ensure_tables
from tieout import docs_reference, firm_schema
from tieout.docs_reference import PAGES, PROJECT

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?tieout (?:--firm \S+ )?([a-z][a-z-]*)", re.MULTILINE)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_generated_parts_are_up_to_date() -> None:
    changed = [str(path.relative_to(PROJECT)) for path in docs_reference.outdated()]
    assert not changed, f"run make docs: {', '.join(changed)}"


def test_every_generator_fills_a_page() -> None:
    pages = "\n".join(path.read_text() for path in PAGES.glob("*.md"))
    assert {match["name"] for match in docs_reference.MARKER.finditer(pages)} == set(
        docs_reference.GENERATORS
    )


def test_files_contract_names_every_entity_and_column() -> None:
    page = (PAGES / "files-contract.md").read_text()
    for path in sorted((PROJECT / "models" / "canonical").glob("can_*.yml")):
        model = yaml.safe_load(path.read_text())["models"][0]
        section = page.split(f"\n### {path.stem.removeprefix('can_')}\n")[1].split("\n### ")[0]
        names = [column["name"] for column in model["columns"]]
        missing = [name for name in names[: names.index("entity_key")] if f"`{name}`" not in section]
        assert not missing, f"{path.stem}: {missing}"


def test_firm_file_page_names_every_key() -> None:
    page = (PAGES / "firm-file.md").read_text()
    keys = {*firm_schema.TOP_KEYS, *firm_schema.FIRM_KEYS, *firm_schema.POLICY_KEYS, "name", "kind"}
    assert not sorted(key for key in keys if f"`{key}`" not in page and f"{key}:" not in page)


def test_raw_history_page_names_every_column() -> None:
    page = (PAGES / "raw-history.md").read_text()
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as build")
        ensure_tables(connection, "build")
        columns = connection.execute("select column_name from duckdb_columns() where not internal").fetchall()
    names = {name for (name,) in columns if name != "cursor"} | set(HISTORY_COLUMNS)
    assert len(names) > 40
    assert not sorted(name for name in names if f"`{name}`" not in page)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_commands_in_a_page_exist(document: Path) -> None:
    known = set(docs_reference.commands())
    for language, text in BLOCK.findall(document.read_text()):
        if language in ("console", "sh", ""):
            assert set(COMMAND.findall(text)) <= known, document


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = BLOCK.sub("", document.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        page = (document.parent / path).resolve() if path else document
        assert page.exists(), f"{document.name} links to {target}"
        if anchor:
            assert anchor in _anchors(page.read_text()), f"{document.name} links to {target}"


def _anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
