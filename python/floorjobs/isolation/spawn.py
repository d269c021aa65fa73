"""One child process, from the worker's side: how it starts, ends and is killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from floorjobs.isolation.wire import Wire
from floorjobs.redaction import hide

if TYPE_CHECKING:
    from floorjobs.logs import LogFormat

# What the child runs: the path of modules first, for it has to find this package by it.
_PROGRAM = """\
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from floorjobs.isolation.child import main
main(int(sys.argv[2]))
"""

# How long a child that has nothing to do may take to end.
_END_S = 2.0

_MOST_LAST_WORDS = 16_000


class Child:
    """A process that runs the handler of one kind."""

    def __init__(self, module: str, kind: str, memory: int | None, log: LogFormat) -> None:
        """Start it. It is spawned, never forked: nothing of this process is in it.

        Raises:
            OSError: The system gives no process or no descriptors.
        """
        self._attempts = 0
        self._words = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as the child
        ours, theirs = socket.socketpair()
        try:
            descriptors = (theirs.fileno(), self._words.fileno())
            self._process = subprocess.Popen(  # noqa: S603, our own interpreter and program
                [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=descriptors,
                # A group of its own, so that what the handler starts is killed with it, and so
                # that a Ctrl-C is for the worker alone.
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            self._words.close()
            raise
        finally:
            theirs.close()
        self.wire = Wire(ours.detach())
        with contextlib.suppress(OSError):  # a child that died at once is found by its first job
            self.wire.send(
                "hello",
                module=module,
                kind=kind,
                memory=memory,
                log=log,
                parent=os.getpid(),
                last_words=self._words.fileno(),
            )

    def next_serial(self) -> int:
        """Return the number of the next attempt in this child."""
        self._attempts += 1
        return self._attempts

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """End a child that has nothing to do."""
        self.wire.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._kill()
        self._words.close()

    def kill(self) -> None:
        """End it, whatever it does, with all that it started."""
        self._kill()
        self.wire.close()
        self._words.close()

    def wait(self) -> str:
        """Wait for a process that is about to end, and return how it did."""
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            # It closed the socket and lives on.
            self._kill()
            return "left its worker"
        if code >= 0:
            return f"ended with exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        hint = ", as the system does it when memory runs out" if name == "SIGKILL" else ""
        return f"was killed by {name}{hint}"

    def last_words(self) -> str | None:
        """Return the stacks that the interpreter wrote as it died, if it did."""
        size = os.fstat(self._words.fileno()).st_size
        words = os.pread(self._words.fileno(), _MOST_LAST_WORDS, 0) if size else b""
        return hide(words.decode("utf-8", "replace").strip()) or None

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
