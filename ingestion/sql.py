"""Quoting of names and texts that go into SQL; nothing else builds SQL from outside values."""

from __future__ import annotations

from pathlib import Path


def identifier(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str | Path) -> str:
    """A quoted string literal."""
    return "'" + str(value).replace("'", "''") + "'"
