"""What stands below a command in the documentation is what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout import docs_examples
from tieout.cli import demo
from tieout.docs_examples import ExampleFailed, answering, examples, pages, rewritten

PAGE = """Ask:

```console
$ tieout query a   # a comment
old
$ tieout sql "select 1
              from x"
old
$ tieout refresh
```

1. In a list:

   ```console
   $ tieout query b
   …
   ```

```console
$ tieout query c
```

```sql
$ tieout query d
```
"""


def answered(command: str) -> str | None:
    return None if "refresh" in command else f"new: {command.split()[2]}\n\nend"


def test_output_is_rewritten_below_its_command_and_nothing_else() -> None:
    text = rewritten(PAGE, answered)
    assert text == (
        PAGE.replace("# a comment\nold\n", "# a comment\nnew: a\n\nend\n")
        .replace('from x"\nold\n', 'from x"\nnew: "select\n\nend\n')
        .replace("   $ tieout query b\n   …\n", "   $ tieout query b\n   new: b\n\n   end\n")
    )
    assert rewritten(text, answered) == text


def test_commands_without_output_are_run_too() -> None:
    asked: list[str] = []
    rewritten(PAGE, lambda command: asked.append(command))
    assert asked == [
        "tieout query a   # a comment",
        'tieout sql "select 1\n              from x"',
        "tieout refresh",
        "tieout query b",
        "tieout query c",
    ]


def test_a_block_of_something_else_has_no_examples() -> None:
    assert list(examples("make demo\n$ tieout query a\n")) == []


def test_every_page_with_output_is_read() -> None:
    text = {page.name: page.read_text(encoding="utf-8") for page in pages()}
    shown = [
        name
        for name, page in text.items()
        for block in docs_examples.BLOCK.finditer(page)
        if any(line.strip() for example in examples(block["body"]) for line in example.output)
    ]
    assert {"README.md", "query-metrics.md", "explain-a-number.md"} <= set(shown)


def test_a_question_is_asked_as_a_pipe_would_and_no_version_is_named(published_tiny: Path) -> None:
    run = answering(published_tiny)
    shown = run("tieout query billable_hours --from 2026-06-01")
    assert shown is not None
    assert shown.splitlines()[0] == "Period: 2026-06-01 to 2026-06-30"
    assert "version VERSION" in shown
    assert run("tieout query billable_hours --from 2026-06-01 | head -2") == "\n".join(shown.splitlines()[:2])
    assert run("tieout refresh") is None
    with pytest.raises(ExampleFailed, match="There is no metric 'billable_hors'"):
        run("tieout query billable_hors")
    with pytest.raises(ExampleFailed, match="may only end in"):
        run("tieout query billable_hours | wc -l")


def test_the_examples_are_of_the_firm_of_make_demo() -> None:
    defaults = {option.name: option.default for option in demo.params}
    assert (defaults["size"], defaults["seed"]) == (docs_examples.DEMO_SIZE, docs_examples.DEMO_SEED)


@pytest.mark.long
def test_examples_are_up_to_date(tmp_path: Path) -> None:
    changed = docs_examples.outdated(answering(docs_examples.demo_firm(tmp_path)))
    assert not changed, f"run make examples: {', '.join(page.name for page in changed)}"
