"""What the page says when it has nothing to show: what it is, and what to do."""

from __future__ import annotations

from dashboard.components.markup import text


def html(title: str, body: str, command: str = "", kind: str = "") -> str:
    """A state of the whole page or of one part of it. One of the `kind` "loading" is seen only when it lasts."""
    shown = f"<pre>{text(command)}</pre>" if command else ""
    return f'<div class="to-state{f" to-{kind}" if kind else ""}" role="status"><h2>{text(title)}</h2><p>{text(body)}</p>{shown}</div>'
