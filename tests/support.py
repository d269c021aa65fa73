"""What the tests share: a condition with a deadline, programs that are stopped, plans."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

DATA = Path(__file__).parent / "data"
PLANS = DATA / "plans"
HOSTILE = DATA / "hostile"
PLAN = PLANS / "d34_procthor_016_stroke_reportlab.pdf"


def wait_until(condition: Callable[[], bool], seconds: float = 20.0, what: str = "") -> None:
    """Return as soon as the condition holds; fail when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or condition}"
        time.sleep(0.005)  # between two looks at the condition


def need(program: str) -> None:
    """Skip the test where a program is missing; under CI that is a failure."""
    if shutil.which(program) is None:
        missing = f"{program} is not here"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


class Program:
    """A program that runs beside the test, with its output in a file, killed at the end."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                # A group of its own, so that its children can be stopped with it.
                start_new_session=True,
            )

    @classmethod
    def in_tests(cls, command: list[str], log: Path, env: dict[str, str]) -> Self:
        """Start a program that can import the modules beside the tests."""
        return cls(command, log, {"PYTHONPATH": str(Path(__file__).parent), **env})

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str, seconds: float = 20.0) -> None:
        def said() -> bool:
            assert text in self.output() or self.process.poll() is None, self.output()
            return text in self.output()

        wait_until(said, seconds, f"{text!r} in {self.log}")

    def kill(self) -> None:
        """End it and its children as a power cut would: nothing of it runs any more."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, seconds: float = 40.0) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


def starting_worker(database_url: str, log: Path, *options: str) -> Program:
    """Start `python -m floorjobs.worker` in a process of its own."""
    command = [sys.executable, "-m", "floorjobs.worker", "--database-url", database_url, *options]
    return Program.in_tests(command, log, {})


@contextlib.contextmanager
def worker(database_url: str, log: Path, *options: str) -> Iterator[Program]:
    """Run a worker in a process of its own; it serves when this yields."""
    with starting_worker(database_url, log, *options) as program:
        program.wait_for(" started ")
        yield program


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def multipart(path: Path) -> tuple[bytes, str]:
    """Return a file as the body of an upload, and the body's content type."""
    head = (
        "--boundary\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + path.read_bytes() + b"\r\n--boundary--\r\n"
    return body, "multipart/form-data; boundary=boundary"


def locks_of(pid: int, path: Path) -> list[str]:
    """Return the lines of /proc/locks for a process and a file."""
    status = path.stat()
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    lines = Path("/proc/locks").read_text().splitlines()
    return [line for line in lines if f" {pid} {device} " in line]
