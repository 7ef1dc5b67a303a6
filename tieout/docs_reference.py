"""Reference pages in docs/reference: the parts between markers are written from the code that they describe.

A page is a hand-written Markdown file; `<!-- generated: NAME -->` … `<!-- end generated -->` holds what a generator
of this module gives. `python -m tieout.docs_reference` rewrites them; `--check` only says which are out of date
(exit 1), as the tests do.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from ingestion import registry
from ingestion.files.contract import ContractColumn, EntityContract, contracts
from tieout.check_catalogue import read_checks
from tieout.cli import cli
from tieout.metric_needs import FIRST_LOAD, needs_of
from tieout.metrics_catalogue import DIMENSIONS_FILE, KINDS, REPORTS
from tieout.owner_teams import owner_codes, owner_teams

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "docs" / "reference"
SEMANTIC = PROJECT / "models" / "semantic"

STAGES = (
    ("walking spine", "Read today: people, time, capacity and cost"),
    ("money spine", "Read today: contracts, prices, billing and the ledger"),
    ("later", "Accepted and kept; metrics over them come later"),
)
DATING = {
    "interval": "`valid_from` is required, `valid_to` may be empty (still holds).",
    "interval_optional": "`valid_from` and `valid_to` may both be empty (always holds).",
    "key": "One row per interval: `valid_from` is required.",
    "optional_key": "One row, or one per interval where `valid_from` is given.",
    "none": "Not dated.",
}
TYPES = {"string": "text", "numeric(28,6)": "number", "integer": "whole number", "boolean": "true / false"}
TERMINAL_COLUMNS = 100
MARKER = re.compile(r"<!-- generated: (?P<name>[a-z-]+) -->\n.*?<!-- end generated -->", re.DOTALL)


def files_contract() -> str:
    """Per entity: what one row is, how it is dated, and a table of its columns."""
    entities = list(contracts().values())
    lines: list[str] = []
    for stage, heading in STAGES:
        links = ", ".join(f"[{e.entity}](#{e.entity})" for e in entities if e.stage == stage)
        lines += [f"- **{heading}:** {links}"]
    for entity in entities:
        lines += ["", f"### {entity.entity}", "", entity.description, ""]
        lines += [f"Key: {_key(entity)}. {DATING[entity.effective_dated]}", ""]
        lines += [
            "| column | type | needed | unit | allowed, example | meaning |",
            "|---|---|---|---|---|---|",
        ]
        for column in entity.columns:
            if column.common:
                continue
            cells = (
                f"`{column.name}`",
                TYPES.get(column.data_type, column.data_type),
                "yes" if column.required else "",
                column.unit or "",
                _allowed_or_example(column),
                column.description,
            )
            lines.append("| " + " | ".join(_cell(text) for text in cells) + " |")
    return "\n".join(lines)


def common_columns() -> str:
    """The columns that a file of any entity may add."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for column in next(iter(contracts().values())).columns:
        if column.common:
            kind = TYPES.get(column.data_type, column.data_type)
            lines.append(f"| `{column.name}` | {kind} | {_cell(column.description)} |")
    return "\n".join(lines)


def metric_catalogue(folder: Path = SEMANTIC) -> str:
    """Every metric and report that users may ask for: definition, formula, unit, owner, permitted dimensions."""
    as_defined = semantic_metrics(folder)
    metrics = sorted(as_defined, key=lambda metric: str(metric["name"]))
    permitted = permitted_dimensions(folder)
    lines = ["| metric | unit | kind | owner |", "|---|---|---|---|"]
    for metric in metrics:
        meta = _meta(metric)
        kind = KINDS.get(str(meta["kind"]), str(meta["kind"]))
        lines.append(f"| [{metric['name']}](#{metric['name']}) | {meta['unit']} | {kind} | {meta['owner']} |")
    for report in REPORTS:
        members = [
            f"[{metric['name']}](#{metric['name']})" for metric in as_defined if _is_line(report, metric)
        ]
        lines += ["", f"### {report}", "", f"A report. Asking for `{report}` gives all of its lines:", ""]
        lines += [f"- {member}" for member in members]
    for metric in metrics:
        meta = _meta(metric)
        lines += [
            "",
            f"### {metric['name']}",
            "",
            f"**{metric['label']}.** {' '.join(metric['description'].split())}",
        ]
        lines += ["", f"Formula: `{' '.join(str(meta['formula']).split())}`"]
        lines += ["", "Dimensions: " + ", ".join(f"`{name}`" for name in permitted[metric["name"]]) + "."]
    return "\n".join(lines)


def metric_needs(folder: Path = SEMANTIC) -> str:
    """Which metrics and checks need which entities, beyond those of a first load."""
    models, definitions = _semantic_definitions(folder)
    by_need: dict[tuple[str, ...], list[str]] = {}
    for metric in semantic_metrics(folder):
        name = str(metric["name"])
        report = next((report for report in REPORTS if _is_line(report, metric)), None)
        by_need.setdefault(needs_of(name, definitions, models), []).append(report or name)
    for check in read_checks():
        needs = tuple(name for name in check.needs if name not in FIRST_LOAD)
        by_need.setdefault(needs, []).append(check.check_id)
    lines = ["| besides a first load | is needed by |", "|---|---|"]
    for needs, names in sorted(by_need.items(), key=lambda item: (len(item[0]), item[0])):
        entities = ", ".join(f"[{name}](#{name})" for name in needs)
        lines.append(
            f"| {entities} | {', '.join(dict.fromkeys(names))} |"
            if needs
            else "| nothing | all that are not named below |"
        )
    return "\n".join(lines)


def first_load() -> str:
    """The entities without which there is no utilization."""
    return "A first load needs " + ", ".join(f"`{name}`" for name in FIRST_LOAD) + "."


def _semantic_definitions(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Semantic models by measure, and metrics by name, hidden ones too."""
    models: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text()) or {}
        for model in content.get("semantic_models", []):
            models |= {measure["name"]: model for measure in model.get("measures", [])}
        definitions |= {metric["name"]: metric for metric in content.get("metrics", [])}
    return models, definitions


def semantic_metrics(folder: Path = SEMANTIC) -> list[dict[str, Any]]:
    """The entries under `metrics:` of all YAML files of the semantic folder that users may ask for."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*.yml")):
        found += (yaml.safe_load(path.read_text()) or {}).get("metrics", [])
    public = permitted_dimensions(folder)
    return [metric for metric in found if metric["name"] in public and not _meta(metric).get("hidden")]


def permitted_dimensions(folder: Path = SEMANTIC) -> dict[str, list[str]]:
    """By metric: the dimensions that it may be sliced by, in the order of the list."""
    permitted: dict[str, list[str]] = {}
    with (folder / DIMENSIONS_FILE).open(newline="") as file:
        for row in csv.DictReader(file):
            permitted.setdefault(row["metric"], []).append(row["dimension"])
    return permitted


def command_line() -> str:
    """`--help` of the program and of each of its commands, as a terminal of 100 columns prints them."""
    parts = [_block("tieout --help", _help(cli, "tieout"))]
    for name in commands():
        heading = f"tieout {name}"
        parts.append(f"### {heading}\n\n" + _block(f"{heading} --help", _help(cli.commands[name], heading)))
    return "\n\n".join(parts)


def commands() -> list[str]:
    """Names of the commands, sorted."""
    return sorted(cli.commands)


def system_options() -> str:
    """Per kind of system: the keys that its connector accepts in the firm file."""
    parts = []
    for kind in registry.kinds():
        lines = [
            f"**`kind: {kind}`**",
            "",
            "| key | needed | allowed | default | meaning |",
            "|---|---|---|---|---|",
        ]
        for option in registry.options(kind):
            allowed = ", ".join(f"`{value}`" for value in option.allowed)
            default = f"`{option.default}`" if option.default is not None else ""
            cells = (
                f"`{option.name}`",
                "yes" if option.required else "",
                allowed,
                default,
                option.description,
            )
            lines.append("| " + " | ".join(_cell(text) for text in cells) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def check_catalogue() -> str:
    """Every reconciliation check: what it compares, when it fires, who owns what it finds and from when that ages."""
    checks = read_checks()
    teams = owner_teams()
    lines = ["| check | finds | severity | owner | money |", "|---|---|---|---|---|"]
    for check in checks:
        owner = teams.get(check.owner_team, check.owner_team)
        cells = (
            f"[{check.check_id}](#{check.check_id.lower()})",
            check.title,
            check.severity,
            owner,
            check.stake_kind.replace("_", " "),
        )
        lines.append("| " + " | ".join(_cell(text) for text in cells) + " |")
    lines += ["", f"Teams by their codes, which `tieout breaks --owner` takes as well: {owner_codes()}."]
    for check in checks:
        grace = check.grace_business_days
        lines += ["", f"### {check.check_id}", "", f"**{check.title}.** {check.rule}", ""]
        lines += [
            f"- One item: {check.key}. Compared: {', '.join(check.systems)}.",
            f"- Ages from: {check.clock}; a break after {grace} business day{'s' if grace != 1 else ''}."
            if grace
            else f"- Ages from: {check.clock}.",
            f"- Money at stake ({check.stake_kind.replace('_', ' ')}): {check.stake}",
            f"- Owner: {teams.get(check.owner_team, check.owner_team)}. {check.action}",
            f"- Cause rank {check.cause_rank}; needs {', '.join(f'`{name}`' for name in check.needs)}.",
            f"- Makes uncertain: {', '.join(f'`{name}`' for name in check.touches)}.",
            f"- Defined in `models/reconciliation/checks/{check.model}.sql`; every item, passed ones too, in the table"
            f" `reconciliation.{check.model}`.",
        ]
    return "\n".join(lines)


GENERATORS: Mapping[str, Callable[[], str]] = {
    "files-contract": files_contract,
    "first-load": first_load,
    "metric-needs": metric_needs,
    "common-columns": common_columns,
    "metrics": metric_catalogue,
    "checks": check_catalogue,
    "cli": command_line,
    "system-options": system_options,
}


def render(page: str) -> str:
    """The page with every generated part written anew. Raises KeyError for a marker that no generator fills."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- generated: {name} -->\n{GENERATORS[name]()}\n<!-- end generated -->"

    return MARKER.sub(fill, page)


def outdated(folder: Path = PAGES) -> dict[Path, str]:
    """Pages whose generated parts differ from what the code says now, with their new text."""
    changed: dict[Path, str] = {}
    for path in sorted(folder.glob("*.md")):
        page = path.read_text()
        new = render(page)
        if new != page:
            changed[path] = new
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tieout.docs_reference", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if a page is out of date"
    )
    options = parser.parse_args(arguments)
    changed = outdated()
    for path, text in changed.items():
        name = path.relative_to(PROJECT)
        if options.check:
            print(f"{name} is out of date: run make docs")
        else:
            path.write_text(text)
            print(f"Wrote {name}")
    return 1 if options.check and changed else 0


def _key(entity: EntityContract) -> str:
    names = [f"`{column.name}`" for column in entity.columns if column.key]
    if entity.effective_dated == "key":
        names.append("`valid_from`")
    if entity.effective_dated == "optional_key":
        names.append("`valid_from` where it is given")
    return ", ".join(names)


def _allowed_or_example(column: ContractColumn) -> str:
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    bounds = [
        f"{words} {bound}"
        for words, bound in (("at least", column.minimum), ("at most", column.maximum))
        if bound is not None
    ]
    return ", ".join([*bounds, *([f"`{column.example}`"] if column.example else [])])


def _meta(metric: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = metric.get("config", {}).get("meta", {})
    return found


def _is_line(report: str, metric: Mapping[str, Any]) -> bool:
    return str(metric["name"]).startswith(f"{report}_")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _help(command: click.Command, name: str) -> str:
    settings = {**command.context_settings, "terminal_width": TERMINAL_COLUMNS}
    text = command.get_help(click.Context(command, info_name=name, **settings))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _block(command: str, text: str) -> str:
    return f"```console\n$ {command}\n{text}\n```"


if __name__ == "__main__":
    sys.exit(main())
