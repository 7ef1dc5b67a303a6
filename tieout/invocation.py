"""How a user calls this program from where they are: what a message tells them to type must work."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

PROGRAM = "tieout"


def program() -> str:
    """`tieout` where the shell finds this installation under that name, else the path to it, as short as it gets."""
    script = Path(sys.executable).with_name(PROGRAM)
    found = shutil.which(PROGRAM)
    if found is not None and (Path(found) == script or not script.is_file()):
        return PROGRAM
    if not script.is_file():
        return f"{sys.executable} -m {PROGRAM}"
    relative = os.path.relpath(script)
    return str(script) if relative.startswith("..") else relative
