"""A real PostgreSQL and a real Redis for the length of a test session, from the system's own programs.

Both run in a temporary folder of their own, answer on this machine only, and need no network and no service
manager. Where a program is missing the test is skipped with the reason, or fails under MUJAZ_REQUIRE_ALL=1.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

#: Debian and its kin keep the server's programs outside of PATH.
POSTGRESQL_FOLDERS = "usr/lib/postgresql/*/bin"
#: Seconds for a server to answer; a machine at full load is slow.
START_SECONDS = 60.0
#: PostgreSQL refuses to run as root; root lends it one of these users.
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Postgres:
    """A running cluster that listens on a socket in `folder`, and nowhere else."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Outside of a transaction, as databases are made and dropped that way."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def create(self, template: str = "template1") -> str:
        """A new database like `template`; answers its name."""
        name = f"t_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Also when something is still connected."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A new cluster, without durability: it lives as long as the tests."""
    initdb, server = _postgresql_program("initdb"), _postgresql_program("postgres")
    with _folder() as folder:
        who = _unprivileged(folder)
        data = folder / "data"
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(
            [initdb, "-D", data, *options], capture_output=True, text=True, cwd=folder, **who
        )
        assert made.returncode == 0, made.stderr
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", "max_connections=200",
                    "fsync=off", "full_page_writes=off", "synchronous_commit=off"]  # fmt: skip
        command = [server, "-D", str(data), *(word for setting in settings for word in ("-c", setting))]
        cluster = Postgres(folder)
        with _running(command, folder, lambda: cluster.execute("SELECT 1"), **who):
            yield cluster


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a new, empty Redis that writes nothing to the disk."""
    program = shutil.which("redis-server")
    if program is None:
        _missing("redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"redis://127.0.0.1:{port}/0"

    def ask() -> None:
        with redis.Redis.from_url(url) as client:
            client.ping()

    with _folder() as folder:
        command = [
            str(program),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        with _running(command, folder, ask):
            yield url


def _postgresql_program(name: str) -> str:
    def version(path: Path) -> float:
        return float(path.parent.parent.name) if path.parent.parent.name.replace(".", "").isdigit() else 0

    installed = sorted(Path("/").glob(f"{POSTGRESQL_FOLDERS}/{name}"), key=version)
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        _missing("postgresql")
    return str(found)


def _missing(package: str) -> None:
    if os.environ.get("MUJAZ_REQUIRE_ALL") == "1":
        pytest.fail(f"{package} isn't installed, and MUJAZ_REQUIRE_ALL=1 asks for all tests")
    pytest.skip(f"{package} isn't installed (apt-get install {package})")


@contextmanager
def _folder() -> Iterator[Path]:
    """Short, as the path of a socket may have about a hundred characters."""
    folder = Path(tempfile.mkdtemp(prefix="mujaz-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """As whom a server runs that refuses to be root, and to whom its folder then belongs."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next(known[name] for name in UNPRIVILEGED if name in known)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def _running(command: list[str], folder: Path, ask: Callable[[], None], **who: Any) -> Iterator[None]:
    """The server while the block runs, from when `ask` doesn't raise any more."""
    log = folder / "server.log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, **who
        ) as process,
    ):
        try:
            _wait(process, log, ask)
            yield
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL waits for no client then, as it does at SIGTERM
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: "subprocess.Popen[bytes]", log: Path, ask: Callable[[], None]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return ask()
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{error}\n{log.read_text(encoding='utf-8', errors='replace')}")
            time.sleep(0.05)
