"""The connector of a firm file's `kind: odoo`: an export directory or a running server, one interface."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ingestion.connector import Connector, Extraction, ObjectSpec, ObjectState, Option, SystemConfig
from ingestion.errors import ConfigurationError, LoadError
from ingestion.odoo.client import OdooClient
from ingestion.odoo.models import DOES_NOT_RECORD, MODELS, OdooModel
from ingestion.odoo.replay import ReplayTransport
from ingestion.odoo.rpc import DEFAULT_LAG_SECONDS, RpcTransport

OPTIONS: tuple[Option, ...] = (
    Option("export_dir", "Directory of an export to replay: one JSON array per model and _manifest.json."),
    Option("url", "Address of the server, for example https://erp.example.com."),
    Option("database", "Name of the Odoo database."),
    Option("user", "Login of the user that reads."),
    Option("password_env", "Environment variable that holds the password or API key."),
    Option(
        "lag_seconds",
        "Seconds to read again before the cursor; longer than the longest transaction.",
        default="120",
    ),
)

_SERVER_KEYS = ("url", "database", "user", "password_env")


class Transport(Protocol):
    """How models are read."""

    def fetch(self, model: OdooModel, state: ObjectState, full: bool) -> Extraction: ...


class OdooConnector:
    """One Odoo database."""

    kind = "odoo"

    def __init__(self, system: str, transport: Transport) -> None:
        self.system = system
        self._transport = transport
        self._models: Mapping[str, OdooModel] = {model.object_name: model for model in MODELS}

    def objects(self) -> Sequence[ObjectSpec]:
        """Every declared model, whether or not this server has it."""
        return tuple(model.spec() for model in MODELS)

    def does_not_record(self) -> Sequence[str]:
        """What Odoo Community keeps no record of."""
        return DOES_NOT_RECORD

    def extract(self, obj: ObjectSpec, state: ObjectState, full: bool) -> Extraction:
        """Read one model."""
        model = self._models.get(obj.name)
        if model is None:
            raise LoadError(f"Odoo has no object {obj.name}.")
        return self._transport.fetch(model, state, full)


def build(config: SystemConfig) -> Connector:
    """Connector of one entry of the firm file.

    Raises `ConfigurationError` when neither or both of an export and a server are named, or the password is not set.
    """
    options = {name: str(value) for name, value in config.options.items() if value not in (None, "")}
    named = [key for key in _SERVER_KEYS if key in options]
    if "export_dir" in options:
        if named:
            raise ConfigurationError(
                f"System {config.name}: export_dir and {named[0]} are both given.",
                "Name an export to replay or a server to call, not both.",
            )
        return OdooConnector(
            config.name, ReplayTransport(Path(config.base_dir) / Path(options["export_dir"]).expanduser())
        )
    missing = [key for key in _SERVER_KEYS if key not in options]
    if missing:
        raise ConfigurationError(
            f"System {config.name}: key {missing[0]!r} is missing.",
            f"Name export_dir, or all of {', '.join(_SERVER_KEYS)}.",
        )
    password = os.environ.get(options["password_env"], "")
    if not password:
        raise ConfigurationError(
            f"System {config.name}: environment variable {options['password_env']} is not set.",
            "Put the password or API key of the Odoo user there.",
        )
    client = OdooClient(options["url"], options["database"], options["user"], password)
    return OdooConnector(config.name, RpcTransport(client, lag_seconds=_lag(config.name, options)))


def _lag(system: str, options: Mapping[str, str]) -> int:
    said = options.get("lag_seconds", str(DEFAULT_LAG_SECONDS))
    if not said.isdecimal():
        raise ConfigurationError(
            f"System {system}: lag_seconds is {said!r}.", "Give whole seconds, 0 or more."
        )
    return int(said)
