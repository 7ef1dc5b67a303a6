"""Which kinds of system exist: every folder of `ingestion/` that has a `connector.py`.

A connector module has `OPTIONS: tuple[Option, ...]` (the keys that the firm file may hold for that kind) and
`build(config: SystemConfig) -> Connector`. It is imported only when a firm file asks for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType

import ingestion
from ingestion.connector import Connector, Option, SystemConfig
from ingestion.errors import ConfigurationError


@cache
def kinds() -> tuple[str, ...]:
    """Names of all kinds, sorted."""
    found = []
    for module in pkgutil.iter_modules(ingestion.__path__):
        if module.ispkg and importlib.util.find_spec(f"ingestion.{module.name}.connector"):
            found.append(module.name)
    return tuple(sorted(found))


def options(kind: str) -> tuple[Option, ...]:
    """The keys that a system of this kind accepts, besides `name` and `kind`."""
    module = _connector_module(kind)
    accepted: tuple[Option, ...] = module.OPTIONS
    return accepted


def connector_for(config: SystemConfig) -> Connector:
    """Build the connector of one system.

    Raises `ConfigurationError` for an unknown kind, an unknown or missing option, or a value that is not allowed.
    """
    module = _connector_module(config.kind)
    accepted: dict[str, Option] = {option.name: option for option in module.OPTIONS}
    for name, value in config.options.items():
        if name not in accepted:
            raise ConfigurationError(
                f"System {config.name}: unknown key {name!r} for kind {config.kind}.",
                f"Allowed: {', '.join(sorted(accepted))}.",
            )
        allowed = accepted[name].allowed
        if allowed and value is not None and str(value) not in allowed:
            raise ConfigurationError(
                f"System {config.name}: {name} is {value!r}.", f"Allowed: {', '.join(allowed)}."
            )
    for option in accepted.values():
        if option.required and config.options.get(option.name) in (None, ""):
            raise ConfigurationError(
                f"System {config.name}: key {option.name!r} is missing.", f"{option.description}"
            )
    connector: Connector = module.build(config)
    return connector


def _connector_module(kind: str) -> ModuleType:
    if kind not in kinds():
        raise ConfigurationError(f"Unknown kind of system {kind!r}.", f"Allowed: {', '.join(kinds())}.")
    return importlib.import_module(f"ingestion.{kind}.connector")
