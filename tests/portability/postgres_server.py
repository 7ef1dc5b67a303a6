"""A private PostgreSQL 15 server for one test session: own data directory, own port on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "tieout"
DATABASE = "warehouse"
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running server on 127.0.0.1 whose superuser `tieout` needs no password."""

    port: int

    @property
    def environment(self) -> Mapping[str, str]:
        """What the dbt profile `postgres` reads."""
        return {
            "TIEOUT_PG_HOST": "127.0.0.1",
            "TIEOUT_PG_PORT": str(self.port),
            "TIEOUT_PG_USER": USER,
            "TIEOUT_PG_PASSWORD": "",
            "TIEOUT_PG_DATABASE": DATABASE,
        }

    def connect(self, database: str = DATABASE) -> psycopg2.extensions.connection:
        return psycopg2.connect(host="127.0.0.1", port=self.port, user=USER, dbname=database)


def missing() -> str | None:
    """Why no server can be started here, or None if one can."""
    if not (BINARIES / "initdb").exists():
        return "PostgreSQL 15 is not installed (Debian: apt-get install postgresql-15)"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres to run it as"
    return None


@contextmanager
def running() -> Iterator[Server]:
    """Start a server in a new directory, make the database, stop and remove it all at the end."""
    owner = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
    log = folder / "server.log"
    try:
        if owner:
            shutil.chown(folder, owner.pw_name, owner.pw_gid)
        # Collation C orders text by its bytes, as DuckDB does.
        settled = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        initdb = _as(owner, [str(BINARIES / "initdb"), "-D", str(folder / "data"), *settled], log)
        if initdb.wait(timeout=START_SECONDS) != 0:
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        port = _free_port()
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = _as(
            owner, [str(BINARIES / "postgres"), "-D", str(folder / "data"), "-p", str(port), *options], log
        )
        try:
            server = Server(port)
            _wait(server, process, log)
            connection = server.connect("postgres")
            connection.autocommit = True
            connection.cursor().execute(f"create database {DATABASE}")
            connection.close()
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown: open connections are cut
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def _as(owner: pwd.struct_passwd | None, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd="/",
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect("postgres").close()
            return
        except psycopg2.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
