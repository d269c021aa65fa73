"""Servers for tests: PostgreSQL, pgbouncer, Redis and an object store.

A test that breaks a server starts one of its own. The others share one of each, which are started
before a run and named in its environment:

    python tests/servers.py cargo nextest run

Without that, a process starts them for its tests. No server outlives the process that started it,
however that ends (`tests/servers/keep.sh`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

SCRIPTS = Path(__file__).parent / "servers"
SHARED_POSTGRES = "FLOORJOBS_TEST_POSTGRES_URL"
SHARED_REDIS = "FLOORJOBS_TEST_REDIS_URL"
SHARED_S3 = "FLOORJOBS_TEST_S3_URL"
LONG = 60.0

_numbers = itertools.count()
# The servers that the tests of this process share, until it ends.
_kept = contextlib.ExitStack()
atexit.register(_kept.close)


def is_here(*names: str) -> bool:
    """Return whether one of these server programs is installed."""
    return _find(*names) is not None


def need(server: type[Server]) -> None:
    """Skip the test if this server is not installed; on a build server it fails."""
    # Only tests need it, and this is a program as well, for an interpreter that has no pytest.
    import pytest

    if is_here(*server.programs):
        return
    missing = f"no {server.programs[0]} here: `make venv servers` installs it"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _find(*names: str) -> str | None:
    found = subprocess.run([SCRIPTS / "find.sh", *names], capture_output=True, text=True)
    return found.stdout.strip() if found.returncode == 0 else None


class Server:
    """What a script of `tests/servers` becomes, in a folder of its own."""

    script: str
    programs: tuple[str, ...]

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._keeper: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp())
        # Somebody else may take a free port between the look and the start.
        for _ in range(5):
            self.port = _free_port()
            if self._try_start():
                return
        raise RuntimeError(f"{self.script} does not start: {self.log()}")

    def answers(self) -> bool:
        """Return whether somebody takes connections on the port."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            return True
        return False

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """End it as an administrator does; its folder stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without any preparation; its folder stays."""
        self._end(signal.SIGKILL)

    def start_again(self) -> None:
        """Start it as it was, in the same folder and on the same port."""
        deadline = time.monotonic() + LONG
        # What was killed a moment ago may still be on its way out, and is in the way till then.
        while not self._try_start():
            assert time.monotonic() < deadline, self.log()

    def freeze(self) -> None:
        """Let its processes stand still: connections stay open, and nothing is answered."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def close(self) -> None:
        """Kill it, and remove its folder."""
        if self._keeper is not None:
            assert self._keeper.stdin is not None
            self._keeper.stdin.close()
            self._keeper.wait()
            self._forget_keeper()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _try_start(self) -> bool:
        assert self._keeper is None, f"{self.script} runs"
        self._keeper = subprocess.Popen(
            [
                SCRIPTS / "keep.sh",
                self.folder,
                SCRIPTS / self.script,
                self.folder,
                str(self.port),
                *self._arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What interrupts the tests ends the keeper by closing its input, not by a signal.
            start_new_session=True,
        )
        assert self._keeper.stdout is not None
        self.pid = int(self._keeper.stdout.readline())
        deadline = time.monotonic() + LONG
        while _is_alive(self.pid):
            if self.answers():
                return True
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.005)  # between two looks
        self._leave_folder()
        return False

    def _end(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)
        deadline = time.monotonic() + LONG
        while _is_alive(self.pid):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.002)  # between two looks
        self._leave_folder()

    def _leave_folder(self) -> None:
        assert self._keeper is not None
        self._keeper.communicate(b"keep\n")
        self._forget_keeper()

    def _forget_keeper(self) -> None:
        assert self._keeper is not None
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            assert pipe is not None
            pipe.close()
        self._keeper = None

    def _signal_all(self, number: signal.Signals) -> None:
        # The parent first, so that it starts no others.
        for pid in [self.pid, *children_of(self.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


class Postgres(Server):
    """A PostgreSQL; its superuser is `floorjobs`, and no password is needed."""

    script = "postgres.sh"
    programs = ("postgres",)

    def __init__(self, **settings: str) -> None:
        arguments = [["-c", f"{name}={value}"] for name, value in settings.items()]
        super().__init__(*itertools.chain.from_iterable(arguments))

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://floorjobs@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End it as an administrator does who does not wait for clients."""
        self._end(signal.SIGINT)

    def answers(self) -> bool:
        return super().answers() and _psql(self.url(), "SELECT 1").returncode == 0


class PgBouncer(Server):
    """A pooler before a PostgreSQL, which lends its connections for a transaction at a time."""

    script = "pgbouncer.sh"
    programs = ("pgbouncer",)

    def __init__(self, port: int) -> None:
        super().__init__(str(port))

    def url(self, database: str) -> str:
        return f"postgresql://floorjobs@127.0.0.1:{self.port}/{database}"


class Redis(Server):
    """A Redis or a Valkey, which keeps nothing on disk unless its settings say so."""

    script = "redis.sh"
    programs = ("redis-server", "valkey-server")

    def __init__(self, **settings: str) -> None:
        arguments = [[f"--{name.replace('_', '-')}", value] for name, value in settings.items()]
        super().__init__(*itertools.chain.from_iterable(arguments))

    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    def order(self, line: str) -> str:
        """Give it a command, as one line, and return the first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), LONG) as stream:
            stream.sendall(f"{line}\r\n".encode())
            with stream.makefile("rb") as answer:
                return answer.readline().decode().rstrip()

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.order("PING").startswith(("+PONG", "-NOAUTH"))
        return False


class Moto(Server):
    """An object store that keeps everything in memory and believes all keys."""

    script = "moto.sh"
    programs = ("moto_server",)

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send a request as its administrator, and return the answer's body."""
        credential = "admin/20260101/us-east-1/s3/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            read = answer.read()
        assert answer.status < 300, read
        return read


@contextlib.contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """Make an empty database on a server, and drop it at the end."""
    name = f"test_py_{os.getpid()}_{next(_numbers)}"
    server, _, _ = server_url.rpartition("/")
    admin = f"{server}/postgres"
    # A process of the same number may have left one behind on a server that outlived it.
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    psql(admin, drop)
    psql(admin, f"CREATE DATABASE {name}")
    try:
        yield f"{server}/{name}"
    finally:
        psql(admin, drop)


def port_of(url: str) -> int:
    """Return the port in an address."""
    port = urllib.parse.urlsplit(url).port
    assert port is not None
    return port


def psql(url: str, sql: str) -> str:
    """Return what a statement answers, as text."""
    answer = _psql(url, sql)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@functools.cache
def shared_postgres() -> str:
    """Return the address of the server for tests that leave it unharmed."""
    if url := os.environ.get(SHARED_POSTGRES):
        return url
    return _kept.enter_context(Postgres()).url()


@functools.cache
def shared_redis() -> str:
    """Return the address of the server for tests that leave it unharmed."""
    if url := os.environ.get(SHARED_REDIS):
        return url
    return _kept.enter_context(Redis()).url()


def _psql(url: str, sql: str) -> subprocess.CompletedProcess[str]:
    psql = _find("psql")
    assert psql is not None, "psql comes with PostgreSQL"
    command = [psql, "--no-psqlrc", "--quiet", "-At", "-c", sql, url]
    return subprocess.run(command, capture_output=True, text=True)


def _free_port() -> int:
    """Return a port that nobody listens on.

    It is outside of the range from which the system gives some to others, so that it is still
    free after the server was away for a while.
    """
    while True:
        port = 20_000 + (os.getpid() * 97 + next(_numbers)) % 12_000
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and was not waited for does not."""
    return (status := _status(pid)) is not None and status[0] != "Z"


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if (status := _status(pid)) and status[1] == parent]


def _status(pid: int) -> tuple[str, int] | None:
    """Return the state of a process and its parent."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    words = stat.rpartition(")")[2].split()
    return words[0], int(words[1])


def _run(command: list[str]) -> int:
    """Run a command with the shared servers that are installed here."""
    with contextlib.ExitStack() as servers:
        environment = dict(os.environ)
        if is_here(*Postgres.programs):
            environment[SHARED_POSTGRES] = servers.enter_context(Postgres()).url("")
        if is_here(*Redis.programs):
            environment[SHARED_REDIS] = servers.enter_context(Redis()).url()
        if is_here(*Moto.programs):
            environment[SHARED_S3] = servers.enter_context(Moto()).url()
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
