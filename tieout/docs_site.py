"""The dbt docs site of the published version: every table, column and where it comes from, in one file."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from tieout import publish
from tieout.dbt_process import run_dbt
from tieout.dbt_variables import dbt_vars, with_as_of
from tieout.feeds import feeds
from tieout.firm_schema import Firm
from tieout.paths import DATABASE_FILE
from tieout.semantic import CURRENCY_PLACEHOLDER

PAGE = "index.html"


def build_docs(firm: Firm) -> Path:
    """Write the site for the published version into the firm's home; path of its one page.

    dbt reads types and sizes from a database that it opens for writing, so it gets a copy. Raises NoVersion when
    nothing has been published, BuildFailed when dbt cannot describe the project.
    """
    version = publish.current(firm.home)
    firm.home.cache.mkdir(parents=True, exist_ok=True)
    site = firm.home.root / "docs"
    site.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=firm.home.cache) as folder:
        work = Path(folder)
        (work / "temp").mkdir()
        shutil.copyfile(version.database, work / DATABASE_FILE)
        gaps = {system["name"]: tuple(system["does_not_record"]) for system in version.data["systems"]}
        as_of = date.fromisoformat(version.data["as_of"])
        variables = dbt_vars(firm, gaps, feeds(version.database, firm), CURRENCY_PLACEHOLDER)
        run_dbt(["docs", "generate", "--static"], work, with_as_of(variables, as_of))
        shutil.copyfile(work / "target" / "static_index.html", site / f"{PAGE}.new")
    os.replace(site / f"{PAGE}.new", site / PAGE)
    (site / "version.json").write_text(json.dumps({"version": version.id}), encoding="utf-8")
    return site / PAGE


def serve(page: Path, port: int) -> None:
    """Serve the site on this machine until interrupted."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.serve_forever()
