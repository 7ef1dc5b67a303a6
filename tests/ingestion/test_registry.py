"""Kinds of systems and their options; the contract of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.connector import Connector, SystemConfig
from ingestion.errors import ConfigurationError
from ingestion.files.__main__ import main as describe
from ingestion.files.contract import contract_reference, contracts
from ingestion.registry import connector_for, kinds, options


def test_every_folder_with_a_connector_is_a_kind() -> None:
    assert "files" in kinds()
    assert {option.name for option in options("files")} == {"path", "mode"}


def test_builds_a_connector(tmp_path: Path) -> None:
    connector = connector_for(SystemConfig("hris", "files", {"path": "drop"}, tmp_path))
    assert isinstance(connector, Connector)
    assert (connector.system, connector.kind) == ("hris", "files")


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("filse", {}, "Allowed: files"),
        ("files", {}, "'path' is missing"),
        ("files", {"path": "x", "mood": "full"}, "unknown key 'mood'.*Allowed: mode, path"),
        ("files", {"path": "x", "mode": "some"}, "mode is 'some'.*Allowed: full, delta"),
    ],
)
def test_says_what_is_wrong_and_allowed(kind: str, given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        connector_for(SystemConfig("hris", kind, given))


def test_missing_folder_is_named(tmp_path: Path) -> None:
    from ingestion.connector import ObjectState

    connector = connector_for(SystemConfig("hris", "files", {"path": "nowhere"}, tmp_path))
    with pytest.raises(ConfigurationError, match="nowhere does not exist"):
        connector.extract(connector.objects()[0], ObjectState(), full=False)


def test_contract_is_read_from_the_canonical_models() -> None:
    entities = contracts()
    assert len(entities) >= 38
    entry = entities["time_entry"].spec
    assert entry.key == ("time_entry_id",)
    assert {"hours", "valid_from", "is_deleted", "source_version"} <= set(entry.columns)
    assert not {"entity_key", "known_from", "quality_flags"} & set(entry.columns)
    assert entities["employee_attribute"].spec.key == ("employment_id", "attribute", "valid_from")
    assert entities["calendar"].spec.optional_key == ("valid_from",)
    assert "valid_from" in entities["employment"].required


def test_reference_has_type_unit_allowed_and_example(capsys: pytest.CaptureFixture[str]) -> None:
    hours = next(c for c in contract_reference() if (c.entity, c.name) == ("time_entry", "hours"))
    assert (hours.data_type, hours.required, hours.example) == ("numeric(28,6)", True, "7.5")
    assert "hours" in (hours.unit or "")
    status = next(c for c in contract_reference() if (c.entity, c.name) == ("time_entry", "status"))
    assert "approved" in status.allowed
    assert describe(["--describe", "time_entry"]) == 0
    assert f"time_entry\thours\tnumeric(28,6)\t{hours.unit}\tyes" in capsys.readouterr().out
    assert describe(["--describe", "nothing"]) == 2
