"""Read and validate the firm file: every problem at once, each with its line and what is allowed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from ingestion.connector import SystemConfig
from ingestion.registry import kinds, options
from tieout.errors import UsageError
from tieout.firm_schema import (
    BILL_RATE_LEVELS,
    FIRM_KEYS,
    POLICY_KEYS,
    POPULATION_POLICIES,
    RATE_TYPES,
    REQUIRED_ENTITIES,
    TARGET_KEYS,
    TOP_KEYS,
    ConstantRates,
    Firm,
    Policies,
    Target,
)
from tieout.paths import Home, canonical_entities, metric_names
from tieout.spelling import closest
from tieout.wording import listed

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_SYSTEM_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TARGET = re.compile(r"(-?\d{1,15}(?:\.\d{1,6})?)\s*(%?)")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_RESERVED_SYSTEM_NAMES = ("tieout",)
_NULL_TAG = "tag:yaml.org,2002:null"


class FirmError(UsageError):
    """The firm file cannot be used. `problems` has one line per problem: `path:line: key: message; allowed: …`."""

    def __init__(self, problems: Sequence[str], cure: str = "") -> None:
        super().__init__("\n".join(problems), cure)
        self.problems = tuple(problems)


class _Reader:
    """Walks YAML nodes, turns scalars into typed values and collects problems instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def problem(self, node: yaml.Node | None, key: str, message: str, allowed: Iterable[str] = ()) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        options = ", ".join(allowed)
        self.problems.append(
            f"{self.path}:{line}: {key}: {message}" + (f"; allowed: {options}" if options else "")
        )

    def has_problem(self, key: str) -> bool:
        return any(f": {key}: " in problem for problem in self.problems)

    def mapping(self, node: yaml.Node | None, key: str, allowed: Sequence[str]) -> dict[str, yaml.Node]:
        """Entries of a mapping node; an empty node is an empty mapping. Unknown and repeated keys are problems."""
        if node is None or node.tag == _NULL_TAG:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, key, "must be a mapping", (f"{name}: …" for name in allowed))
            return {}
        entries: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            name = str(key_node.value)
            full = f"{key}.{name}" if key else name
            if name in entries:
                self.problem(key_node, full, "is given twice")
            elif name not in allowed:
                self.problem(key_node, full, f"unknown key{_meant(name, allowed)}", allowed)
            else:
                entries[name] = value_node
        return entries

    def sequence(self, node: yaml.Node | None, key: str) -> list[yaml.Node]:
        if node is None or node.tag == _NULL_TAG:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, key, "must be a list")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, key: str) -> str | None:
        """Text of a scalar with its variables expanded; None if absent, empty or faulty."""
        if node is None or node.tag == _NULL_TAG:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, key, "must be a single value")
            return None
        missing: list[str] = []

        def expand(match: re.Match[str]) -> str:
            value = os.environ.get(match.group(1)) or match.group(2)
            if value is None:
                missing.append(match.group(1))
            return value or ""

        value = _VARIABLE.sub(expand, str(node.value))
        for name in missing:
            self.problem(node, key, f"environment variable {name} is not set", (f"${{{name}:-default}}",))
        return value.strip() or None

    def required(self, parent: yaml.Node | None, node: yaml.Node | None, key: str) -> str | None:
        value = self.text(node, key)
        if value is None and not self.has_problem(key):
            self.problem(node or parent, key, "is required")
        return value

    def choice(self, node: yaml.Node | None, key: str, allowed: Sequence[str], default: str) -> str:
        value = self.text(node, key)
        if value is None:
            return default
        if value not in allowed:
            self.problem(node, key, f"bad value {value!r}{_meant(value, allowed)}", allowed)
            return default
        return value

    def integer(self, node: yaml.Node | None, key: str, low: int, high: int, default: int) -> int:
        value = self.text(node, key)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            self.problem(node, key, f"bad value {value!r}", (f"a whole number from {low} to {high}",))
            return default
        return number

    def decimal(
        self, node: yaml.Node | None, key: str, low: Decimal, high: Decimal, default: Decimal
    ) -> Decimal:
        value = self.text(node, key)
        if value is None:
            return default
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = low
        if not (number.is_finite() and low < number <= high):
            self.problem(node, key, f"bad value {value!r}", (f"a number above {low}, up to {high}",))
            return default
        return number

    def day(self, node: yaml.Node | None, key: str) -> date | None:
        value = self.text(node, key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(node, key, f"bad value {value!r}", ("a date as YYYY-MM-DD",))
            return None

    def matching(
        self, node: yaml.Node | None, key: str, accepts: Callable[[str], bool], allowed: str, default: str
    ) -> str:
        value = self.text(node, key)
        if value is None:
            return default
        if not accepts(value):
            self.problem(node, key, f"bad value {value!r}", (allowed,))
            return default
        return value


def _meant(text: str, allowed: Iterable[str]) -> str:
    """What may have been meant by a name that is not allowed, as an end of the problem's message."""
    found = closest(text, allowed, 1)
    return f" (did you mean {found[0]}?)" if found else ""


def _is_currency(value: str) -> bool:
    return bool(_CURRENCY.fullmatch(value))


def _is_timezone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return False
    return True


def load_firm(path: Path | str) -> Firm:
    """Read and validate a firm file. Raises FirmError with every problem found."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FirmError(
            [f"There is no firm file {path}."],
            "Copy firm.example.yml to firm.yml and make it yours, or name a file with --firm FILE."
            " To see a simulated firm first: tieout demo",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FirmError([f"{path}:1: file: cannot be read ({error})"]) from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or "cannot be read"
        raise FirmError([f"{path}:{line}: file: not valid YAML: {reason}"]) from None
    reader = _Reader(path)
    firm = _read(reader, root)
    if reader.problems:
        raise FirmError(sorted(dict.fromkeys(reader.problems), key=_line_of))
    return firm


def _line_of(problem: str) -> int:
    found = re.search(r":(\d+): ", problem)
    return int(found.group(1)) if found else 0


def _read(reader: _Reader, root: yaml.Node | None) -> Firm:
    base = reader.path.resolve().parent
    top = reader.mapping(root, "", TOP_KEYS)
    firm_node = top.get("firm")
    section = reader.mapping(firm_node, "firm", FIRM_KEYS)
    name = reader.required(firm_node or root, section.get("name"), "firm.name") or ""
    reader.required(firm_node or root, section.get("reporting_currency"), "firm.reporting_currency")
    currency_rule = "a three-letter currency code such as USD"
    currency = reader.matching(
        section.get("reporting_currency"), "firm.reporting_currency", _is_currency, currency_rule, ""
    )
    timezone = reader.matching(
        section.get("timezone"),
        "firm.timezone",
        _is_timezone,
        "a time zone name such as UTC or Europe/Paris",
        "UTC",
    )
    as_of = reader.day(section.get("as_of"), "firm.as_of")
    history_from = reader.day(section.get("history_from"), "firm.history_from")
    if as_of and history_from and history_from > as_of:
        reader.problem(section.get("history_from"), "firm.history_from", f"is after firm.as_of ({as_of})")
    systems = _systems(reader, root, top.get("systems"), base)
    return Firm(
        path=reader.path.resolve(),
        name=name,
        reporting_currency=currency,
        timezone=timezone,
        fiscal_year_start_month=reader.integer(
            section.get("fiscal_year_start_month"), "firm.fiscal_year_start_month", 1, 12, 1
        ),
        as_of=as_of,
        history_from=history_from,
        home=Home((base / (reader.text(top.get("home"), "home") or ".tieout")).resolve()),
        systems=systems,
        domains=_domains(reader, top.get("domains"), [system.name for system in systems]),
        policies=_policies(reader, top.get("policies"), currency),
        targets=_targets(reader, top.get("targets")),
        system_lines=tuple(
            item.start_mark.line + 1 for item in reader.sequence(top.get("systems"), "systems")
        ),
    )


def _systems(
    reader: _Reader, root: yaml.Node | None, node: yaml.Node | None, base: Path
) -> tuple[SystemConfig, ...]:
    items = reader.sequence(node, "systems")
    if not items:
        reader.problem(node or root, "systems", "at least one system is required", ("- {name: …, kind: …}",))
    systems: list[SystemConfig] = []
    for index, item in enumerate(items):
        system = _system(reader, item, f"systems[{index}]", base)
        if system is None:
            continue
        if any(system.name == other.name for other in systems):
            reader.problem(
                item, f"systems[{index}].name", f"{system.name!r} is the name of another system too"
            )
        systems.append(system)
    return tuple(systems)


def _system(reader: _Reader, node: yaml.Node, key: str, base: Path) -> SystemConfig | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    kind_node = next((value for name, value in pairs if name.value == "kind"), None)
    kind = reader.required(node, kind_node, f"{key}.kind")
    if kind and kind not in kinds():
        reader.choice(kind_node, f"{key}.kind", kinds(), "")
        kind = None
    accepted = {option.name: option for option in options(kind)} if kind else {}
    if kind:
        entries = reader.mapping(node, key, ("name", "kind", *accepted))
    else:
        entries = {str(name.value): value for name, value in pairs}
    name = reader.required(node, entries.get("name"), f"{key}.name")
    if name and (not _SYSTEM_NAME.fullmatch(name) or name in _RESERVED_SYSTEM_NAMES):
        rule = "lower-case letters, digits and _, beginning with a letter; not tieout"
        reader.problem(entries.get("name"), f"{key}.name", f"bad value {name!r}", (rule,))
    values: dict[str, object] = {}
    for option in accepted.values():
        path = f"{key}.{option.name}"
        value_node = entries.get(option.name)
        value = reader.text(value_node, path)
        if value is None and option.required and not reader.has_problem(path):
            reader.problem(value_node or node, path, f"is required for kind {kind}", (option.description,))
        elif value is not None and option.allowed:
            value = reader.choice(value_node, path, option.allowed, "") or None
        if value is None:
            value = option.default
        if value is not None:
            values[option.name] = value
    return SystemConfig(name=name, kind=kind or "", options=values, base_dir=base) if name else None


def _domains(reader: _Reader, node: yaml.Node | None, systems: Sequence[str]) -> dict[str, tuple[str, ...]]:
    domains: dict[str, tuple[str, ...]] = {}
    for entity, value in reader.mapping(node, "domains", canonical_entities()).items():
        key = f"domains.{entity}"
        named: list[str] = []
        for item in reader.sequence(value, key):
            name = reader.text(item, key)
            if name is None:
                continue
            if name not in systems:
                reader.problem(item, key, f"no system is named {name!r}", systems)
            elif name in named:
                reader.problem(item, key, f"{name!r} is listed twice")
            named.append(name)
        if not named and entity in REQUIRED_ENTITIES:
            reader.problem(
                value, key, "a firm cannot do without this entity; name at least one system", systems
            )
        domains[entity] = tuple(named)
    return domains


def _policies(reader: _Reader, node: yaml.Node | None, reporting_currency: str) -> Policies:
    entries = reader.mapping(node, "policies", POLICY_KEYS)
    constant_node = entries.get("constant_rates")
    constant = reader.mapping(constant_node, "policies.constant_rates", ("rate_type", "date"))
    return Policies(
        utilization_population=reader.choice(
            entries.get("utilization_population"),
            "policies.utilization_population",
            POPULATION_POLICIES,
            "billable_resources",
        ),
        standard_hours_per_day=reader.decimal(
            entries.get("standard_hours_per_day"),
            "policies.standard_hours_per_day",
            Decimal(0),
            Decimal(24),
            Decimal(8),
        ),
        long_unpaid_leave_days=reader.integer(
            entries.get("long_unpaid_leave_days"), "policies.long_unpaid_leave_days", 1, 366, 30
        ),
        fx_pivot=reader.matching(
            entries.get("fx_pivot"),
            "policies.fx_pivot",
            _is_currency,
            "a three-letter currency code such as USD",
            reporting_currency,
        ),
        constant_rates=ConstantRates(
            rate_type=reader.choice(
                constant.get("rate_type"), "policies.constant_rates.rate_type", RATE_TYPES, "budget"
            ),
            date=reader.day(constant.get("date"), "policies.constant_rates.date"),
        ),
        bill_rate_levels=_bill_rate_levels(reader, entries.get("bill_rate_levels")),
        cost_of_capital_pct=reader.decimal(
            entries.get("cost_of_capital_pct"),
            "policies.cost_of_capital_pct",
            Decimal(0),
            Decimal(100),
            Decimal(8),
        ),
        weekly_hours_limit=reader.decimal(
            entries.get("weekly_hours_limit"),
            "policies.weekly_hours_limit",
            Decimal(0),
            Decimal(168),
            Decimal(80),
        ),
        max_rejected_pct=reader.integer(
            entries.get("max_rejected_pct"), "policies.max_rejected_pct", 0, 100, 50
        ),
    )


def _targets(reader: _Reader, node: yaml.Node | None) -> dict[str, tuple[Target, ...]]:
    """By metric: one value, or a list of values with the month that each holds from and the practice that it is of."""
    if node is None or node.tag == _NULL_TAG:
        return {}
    found: dict[str, tuple[Target, ...]] = {}
    known = metric_names()
    given = [str(name.value) for name, _ in node.value] if isinstance(node, yaml.MappingNode) else ["METRIC"]
    for metric, said in reader.mapping(node, "targets", given).items():
        key = f"targets.{metric}"
        if metric not in known:
            # All names would fill the screen; the nearest say more, and where the others are.
            close = closest(metric, known)
            hint = f" (did you mean {listed(close, 'or')}?)" if close else ""
            reader.problem(said, key, f"no metric has this name{hint}", ("any that tieout metrics lists",))
            continue
        if isinstance(said, yaml.SequenceNode):
            read = [_target(reader, item, f"{key}[{place}]") for place, item in enumerate(said.value)]
        else:
            value = _target_value(reader, node, said, key)
            read = [Target(value) if value is not None else None]
        targets = tuple(target for target in read if target is not None)
        held = [(target.practice, target.valid_from) for target in targets]
        if len(set(held)) < len(held):
            reader.problem(said, key, "two values hold from the same month for the same practice or firm")
        found[metric] = targets
    return found


def _target(reader: _Reader, node: yaml.Node, key: str) -> Target | None:
    entries = reader.mapping(node, key, TARGET_KEYS)
    month = reader.matching(
        entries.get("from"),
        f"{key}.from",
        lambda text: bool(_MONTH.fullmatch(text)),
        "a month as YYYY-MM",
        "",
    )
    value = _target_value(reader, node, entries.get("value"), f"{key}.value")
    if value is None:
        return None
    practice = reader.text(entries.get("practice"), f"{key}.practice") or ""
    return Target(value, date.fromisoformat(f"{month}-01") if month else None, practice)


def _target_value(reader: _Reader, parent: yaml.Node, node: yaml.Node | None, key: str) -> Decimal | None:
    """An amount, or a share written as `0.7` or `70 %`."""
    text = reader.required(parent, node, key)
    if text is None:
        return None
    match = _TARGET.fullmatch(text)
    if match is None:
        reader.problem(
            node, key, f"bad value {text!r}", ("a number such as 450000 or 0.7", "a share as 70 %")
        )
        return None
    return Decimal(match[1]) / 100 if match[2] else Decimal(match[1])


def _bill_rate_levels(reader: _Reader, node: yaml.Node | None) -> tuple[str, ...]:
    """Levels in the firm's own order; those it leaves out price nothing."""
    if node is None:
        return BILL_RATE_LEVELS
    key = "policies.bill_rate_levels"
    levels: list[str] = []
    for item in reader.sequence(node, key):
        level = reader.choice(item, key, BILL_RATE_LEVELS, "")
        if level in levels:
            reader.problem(item, key, f"{level} is given twice")
        elif level:
            levels.append(level)
    if not levels and not reader.has_problem(key):
        reader.problem(node, key, "at least one level is required", BILL_RATE_LEVELS)
    return tuple(levels)
