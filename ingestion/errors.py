"""Errors of ingestion that a user can cause or cure; each says what to do."""

from __future__ import annotations


class IngestionError(Exception):
    """Base class. `message` says what is wrong, `cure` what to do about it."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class ConfigurationError(IngestionError):
    """The firm file asks for something that cannot be (unknown kind, missing option, no such folder)."""


class SourceError(IngestionError):
    """The source cannot be read at all (unreachable, refused, broken export); never one bad row."""


class LoadError(IngestionError):
    """Loading failed on our side: an identity did not hold, or a connector broke its contract."""
