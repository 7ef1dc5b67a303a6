"""Errors that a user can cause or cure: each has a message, a cure and an exit code."""

from __future__ import annotations

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOCKED = 3


class TieoutError(Exception):
    """Something went wrong that is said in one line, with what to do about it.

    `message` says what happened, `cure` what the user can do. The command line prints both and exits with
    `exit_code`; it never shows a traceback for these.
    """

    exit_code = EXIT_FAILED

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip() if self.cure else self.message


class UsageError(TieoutError):
    """The request itself is wrong: a name, a value or a combination that is not allowed."""

    exit_code = EXIT_USAGE
