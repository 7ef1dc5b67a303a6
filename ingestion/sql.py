"""Quoting of names and texts that go into SQL; nothing else builds SQL from outside values."""

from __future__ import annotations

import re
from pathlib import Path


def identifier(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str | Path) -> str:
    """A quoted string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """A quoted path that the engine's readers take literally, whatever wildcards its name holds."""
    return text(re.sub(r"([*?\[])", r"[\1]", str(path)))
