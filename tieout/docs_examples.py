"""Examples in the documentation: what stands below a command is what the command prints.

In a `console` block a line that begins with `$ ` is a command, and the lines below it are its output. A block that shows
output shows that of all its commands; one that shows none is run all the same, so that nobody is told to ask what is
refused. Only questions are run: `tieout query`, `explain`, `trace`, `breaks`, `metrics` and `sql`, and the headlines of
`make demo`. A command may end in `| head -N`. The id of a version is written as VERSION.

`python -m tieout.docs_examples` makes a demo firm in a folder of its own and rewrites the outputs; `--check` only says which
pages are out of date (exit 1), as a test does; `--firm FILE` asks a demo firm that is published already.
"""

from __future__ import annotations

import argparse
import io
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from tieout.demo import DEMO_SEED, DEMO_SIZE, print_headlines, simulate
from tieout.errors import TieoutError
from tieout.firm import load_firm
from tieout.output import PIPE_COLUMNS
from tieout.progress import silent
from tieout.refresh import Options, refresh

PROJECT = Path(__file__).resolve().parents[1]
QUESTIONS = ("query", "explain", "trace", "breaks", "metrics", "sql")
HEADLINES = ["make", "demo"]
PROMPT = "$ "
VERSION = re.compile(r"\b\d{8}T\d{12}Z\b")
BLOCK = re.compile(r"^(?P<indent> *)```console\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_HEAD = re.compile(r"-(\d+)")

Run = Callable[[str], str | None]


class ExampleFailed(TieoutError):
    """A command of the documentation does not answer."""


@dataclass
class Example:
    """A command as printed, over as many lines as it takes, and the lines below it."""

    command: str
    output: list[str] = field(default_factory=list)


def pages() -> list[Path]:
    """The pages that may have examples: those that people write."""
    return [
        PROJECT / "README.md",
        *(sorted((PROJECT / "docs").glob("how-to/*.md"))),
        *(sorted((PROJECT / "docs").glob("explanation/*.md"))),
    ]


def examples(body: str) -> Iterator[Example]:
    """The commands of a block without its indentation; a block that does not begin with one has none."""
    lines = body.splitlines()
    example: Example | None = None
    while lines:
        line = lines.pop(0)
        if line.startswith(PROMPT):
            while lines and not _is_whole(line):
                line += "\n" + lines.pop(0)
            if example is not None:
                yield example
            example = Example(line.removeprefix(PROMPT))
        elif example is None:
            return
        else:
            example.output.append(line)
    if example is not None:
        yield example


def _is_whole(command: str) -> bool:
    """Whether no quotation of a command goes on in the next line."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return True


def rewritten(text: str, run: Run) -> str:
    """A page with the output of its commands as `run` gives it; None is a command that is not run. Raises ExampleFailed."""

    def block(found: re.Match[str]) -> str:
        indent = found["indent"]
        body = "\n".join(line.removeprefix(indent) for line in found["body"].splitlines())
        held = list(examples(body))
        answers = [run(example.command) for example in held]
        if not held or not any(line.strip() for example in held for line in example.output):
            return found[0]
        lines: list[str] = []
        for example, answer in zip(held, answers, strict=True):
            lines += [*f"{PROMPT}{example.command}".splitlines()]
            lines += example.output if answer is None else answer.splitlines()
        shown = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
        return f"{indent}```console\n{shown}{indent}```"

    return BLOCK.sub(block, text)


def answering(firm: Path) -> Run:
    """Answers commands from the published version of a demo firm, as a pipe would get them."""

    def run(command: str) -> str | None:
        words = shlex.split(command, comments=True)
        words, rest = (
            (words[: words.index("|")], words[words.index("|") + 1 :]) if "|" in words else (words, [])
        )
        if words == HEADLINES:
            text = _headlines(firm)
        elif words[:1] == ["tieout"] and words[1:2] and words[1] in QUESTIONS:
            text = _asked(firm, words[1:])
        else:
            return None
        lines = [line.rstrip() for line in VERSION.sub("VERSION", text).splitlines()]
        return "\n".join(_first(lines, rest, command))

    return run


def _asked(firm: Path, words: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own program, with what our own pages say
        [sys.executable, "-m", "tieout", "--firm", str(firm), *words],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ExampleFailed(f"tieout {shlex.join(words)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _headlines(firm: Path) -> str:
    text = io.StringIO()
    print_headlines(firm, str(firm), Console(file=text, width=PIPE_COLUMNS))
    return text.getvalue()


def _first(lines: list[str], rest: Sequence[str], command: str) -> list[str]:
    """The lines that `head -N` leaves."""
    if not rest:
        return lines
    asked = _HEAD.fullmatch(rest[1]) if len(rest) == 2 and rest[0] == "head" else None
    if asked is None:
        raise ExampleFailed(f"An example may only end in | head -N: {command}")
    return lines[: int(asked[1])]


def outdated(run: Run) -> dict[Path, str]:
    """The pages whose outputs are not those of their commands, with the text that they should have."""
    found = {}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if (new := rewritten(text, run)) != text:
            found[page] = new
    return found


def demo_firm(folder: Path) -> Path:
    """The firm of `make demo`, simulated and published in a folder; path of its firm file."""
    firm = simulate(folder, DEMO_SIZE, DEMO_SEED)
    refresh(load_firm(firm), Options(), silent)
    return firm


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the examples, or with --check only say which pages are out of date."""
    parser = argparse.ArgumentParser(prog="python -m tieout.docs_examples", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="say which pages are out of date, change nothing"
    )
    parser.add_argument("--firm", type=Path, help="a demo firm that is published already")
    asked = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="tieout-examples-") as folder:
            firm = asked.firm.resolve() if asked.firm else demo_firm(Path(folder))
            changed = outdated(answering(firm))
    except TieoutError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    for page, text in changed.items():
        if not asked.check:
            page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'out of date' if asked.check else 'wrote'}: {page.relative_to(PROJECT)}\n")
    return int(bool(changed) and asked.check)


if __name__ == "__main__":
    sys.exit(main())
