"""Whether a port of this machine can be served on, said before anything claims to serve."""

from __future__ import annotations

import socket

from tieout.errors import TieoutError

HOST = "127.0.0.1"
LARGEST = 65535
_TRIED = 20


class PortTaken(TieoutError):
    """Something else serves there, or this user may not."""


def check_free(port: int) -> None:
    """Raises PortTaken with the next port that is free."""
    if _is_free(port):
        return
    others = range(port + 1, min(port + _TRIED, LARGEST) + 1)
    other = next((other for other in others if _is_free(other)), None)
    choice = f"--port {other}" if other else "--port PORT"
    raise PortTaken(
        f"Port {port} is not available: something serves there already.", f"Choose another: {choice}"
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        # As the servers do: a port whose last connection is still dying is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
    return True
