"""The page of measurements: each script's table stands there between two marks."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent / "README.md"


def write_section(name: str, table: str) -> None:
    """Put a table between the marks of `name`; where the page has none yet, at its end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    content = PAGE.read_text(encoding="utf-8")
    section = f"{begin}\n\n{table}\n\n{end}"
    if begin in content:
        marked = re.escape(begin) + r".*?" + re.escape(end)
        content = re.sub(marked, lambda _: section, content, flags=re.DOTALL)
    else:
        content = content.rstrip("\n") + f"\n\n{section}\n"
    PAGE.write_text(content, encoding="utf-8")
