"""A copy of a published version with something changed in it, to see what notices."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tieout import publish
from tieout.firm import load_firm
from tieout.metrics_types import CURRENCY_MODES
from tieout.paths import DATABASE_FILE


def altered(
    published: Path,
    folder: Path,
    statement: str = "",
    manifest: Callable[[dict[str, Any]], None] | None = None,
) -> Path:
    """Firm file of a copy in `folder`, after `statement` in its database and `manifest` on its semantic manifests."""
    home = load_firm(published).home
    version = publish.current(home)
    relative = home.root.relative_to(published.parent)
    copied = folder / relative / version.directory.relative_to(home.root)
    copied.parent.mkdir(parents=True)
    shutil.copytree(version.directory, copied)
    for path in (copied, *copied.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copyfile(home.pointer, folder / home.pointer.relative_to(published.parent))
    shutil.copyfile(published, folder / published.name)
    if statement:
        with duckdb.connect(str(copied / DATABASE_FILE)) as connection:
            connection.execute(statement)
    for mode in CURRENCY_MODES if manifest else ():
        path = copied / publish.manifest_name(mode)
        document = json.loads(path.read_text(encoding="utf-8"))
        assert manifest is not None
        manifest(document)
        path.write_text(json.dumps(document), encoding="utf-8")
    return folder / published.name
