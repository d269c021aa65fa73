"""Several workers on one machine: starts them, and starts those again that end.

The supervisor imports none of the host's code and opens the store only to answer ``/readyz``, so
that there is little in it that could fail. Each worker is a process of its own, spawned, and says
through a pipe that it beats. When the supervisor dies, its workers find that out by the same pipe
and stop in good order.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import floorjobs
from floorjobs.console import log_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from floorjobs.logs import LogFormat
    from floorjobs.models import Json

_EXIT_OK = 0
_EXIT_USAGE = 2

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0

# A worker that ran for so long has not failed at its start.
_RAN_WELL_S = 60.0

# A worker says every second that it beats.
_SILENT_S = 5.0

# Workers give up their jobs after 25 s and have ended some seconds later; what is there then hangs.
_KILL_AFTER_S = 60.0


def supervise(options: argparse.Namespace, given: Sequence[str]) -> int:
    """Run so many workers as the options say until they are told to stop; returns the exit code.

    Args:
        options: What the command line says.
        given: Its arguments, which are those of each worker as well.

    Raises:
        UnavailableError: The address for ``/readyz`` cannot be used.
        InvalidInputError: A setting is not acceptable.
    """
    supervisor = _Supervisor(options, given)
    with contextlib.ExitStack() as parts:
        if options.health_port is not None:
            from floorjobs import health

            client = floorjobs.connect(options.database_url, blobs_url=options.blobs_url)
            parts.enter_context(client)
            server = health.Server(options.health_host, options.health_port, supervisor, client)
            parts.callback(server.close)
        return supervisor.run()


def _command(given: list[str]) -> list[str]:
    """Return how a worker is started: as this process was, for it may be ``flask`` that runs."""
    own = sys.orig_argv
    if given == own[len(own) - len(given) :]:
        return [sys.executable, *own[1:]]
    return [sys.executable, "-m", "floorjobs.worker", *given]


class _Place:
    """One of the workers: the process that is there now, or when the next one starts."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.process: subprocess.Popen[bytes] | None = None
        self.pipe = -1
        self.started_at = 0.0
        self.beat_at = float("-inf")
        # How long the next one waits if this one fails.
        self.pause = _FIRST_PAUSE_S
        self.start_at: float | None = 0.0
        self.code = _EXIT_OK


class _Supervisor:
    def __init__(self, options: argparse.Namespace, given: Sequence[str]) -> None:
        self._options = options
        self._log_format: LogFormat = options.log_format
        self._command = _command(list(given))
        self._places = [_Place(number) for number in range(1, options.processes + 1)]
        self._selector = selectors.DefaultSelector()
        self._restarts = 0
        self._stops = 0
        self._told = 0
        self._kill_at = float("inf")

    def run(self) -> int:
        """Run until there is no worker and none to be started."""
        with self._listening():
            try:
                while self._is_busy():
                    self._step()
            finally:
                for place in self._places:
                    if place.process is not None:
                        place.process.kill()
                        place.process.wait()
        codes = [place.code for place in self._places if place.code != _EXIT_OK]
        if _EXIT_USAGE in codes:
            return _EXIT_USAGE
        return codes[0] if codes else _EXIT_OK

    def problem(self) -> str | None:
        """Return why not all workers are ready, if they are not."""
        now = time.monotonic()
        silent = [str(place.number) for place in self._places if now - place.beat_at > _SILENT_S]
        if not silent:
            return None
        return f"of {len(self._places)} workers these are not ready: {', '.join(silent)}"

    def metrics(self) -> str:
        """Return the lines of metrics of the supervisor."""
        now = time.monotonic()
        ready = sum(now - place.beat_at <= _SILENT_S for place in self._places)
        return (
            "# HELP floorjobs_supervised_workers Workers of this supervisor.\n"
            "# TYPE floorjobs_supervised_workers gauge\n"
            f'floorjobs_supervised_workers{{state="wanted"}} {len(self._places)}\n'
            f'floorjobs_supervised_workers{{state="ready"}} {ready}\n'
            "# HELP floorjobs_supervised_restarts_total Workers that were started again.\n"
            "# TYPE floorjobs_supervised_restarts_total counter\n"
            f"floorjobs_supervised_restarts_total {self._restarts}\n"
        )

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Have signals counted, and wake the loop."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # A dead worker is found by the end of its pipe as well; this is for one whose child holds
        # that open.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(reader, selectors.EVENT_READ, None)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            self._selector.close()
            os.close(reader)
            os.close(writer)

    def _stop(self, *_: object) -> None:
        self._stops += 1

    def _is_busy(self) -> bool:
        return any(
            place.process is not None or place.start_at is not None for place in self._places
        )

    def _step(self) -> None:
        if self._stops > self._told:
            self._tell_all()
        now = time.monotonic()
        for place in self._places:
            if place.process is None and place.start_at is not None and now >= place.start_at:
                self._start(place)
        for key, _ in self._selector.select(self._wait(now)):
            self._read(key)
        for place in self._places:
            if place.process is not None and place.process.poll() is not None:
                self._ended(place, place.process)

    def _wait(self, now: float) -> float | None:
        """Return for how many seconds nothing is to be done by the clock."""
        moments = [self._kill_at]
        moments += [
            place.start_at
            for place in self._places
            if place.process is None and place.start_at is not None
        ]
        if now >= self._kill_at:
            for place in self._places:
                if place.process is not None:
                    place.process.kill()
            return 1.0
        first = min(moments)
        return None if first == float("inf") else max(0.0, first - now)

    def _tell_all(self) -> None:
        """Pass signals on; the first lets jobs finish, the second gives them back."""
        while self._told < self._stops:
            self._told += 1
            for place in self._places:
                place.start_at = None
                if place.process is not None:
                    place.process.terminate()
        self._kill_at = min(self._kill_at, time.monotonic() + _KILL_AFTER_S)

    def _start(self, place: _Place) -> None:
        reader, writer = os.pipe()
        try:
            place.process = subprocess.Popen(  # noqa: S603, this very program
                [*self._command, "--status-fd", str(writer)],
                stdin=subprocess.DEVNULL,
                pass_fds=(writer,),
                # A Ctrl-C is for the supervisor, who passes it on.
                start_new_session=True,
            )
        except OSError as error:
            os.close(reader)
            place.start_at = time.monotonic() + place.pause
            self._log("worker_failed", number=place.number, error=str(error))
            return
        finally:
            os.close(writer)
        os.set_blocking(reader, False)
        place.pipe = reader
        place.start_at = None
        place.started_at = time.monotonic()
        self._selector.register(reader, selectors.EVENT_READ, place)
        self._log("worker_started", number=place.number, pid=place.process.pid)

    def _read(self, key: selectors.SelectorKey) -> None:
        with contextlib.suppress(BlockingIOError):
            said = os.read(key.fd, 4096)
            place: _Place | None = key.data
            if place is None:
                return
            if said:
                place.beat_at = time.monotonic()
            else:
                self._close_pipe(place)

    def _close_pipe(self, place: _Place) -> None:
        if place.pipe >= 0:
            self._selector.unregister(place.pipe)
            os.close(place.pipe)
            place.pipe = -1

    def _ended(self, place: _Place, process: subprocess.Popen[bytes]) -> None:
        code = process.returncode
        place.process = None
        place.beat_at = float("-inf")
        self._close_pipe(place)
        ran = time.monotonic() - place.started_at
        if code == _EXIT_USAGE:
            # It would be as wrong again, and so would be the others.
            place.code = code
            self._stops += self._stops == 0
        is_over = self._stops > 0 or (code == _EXIT_OK and self._options.drain)
        values: dict[str, Json] = {"number": place.number, "pid": process.pid, "code": code}
        if is_over:
            place.start_at = None
            # A worker that is told to stop before it listens ends by the signal; it had no job.
            unheard = code == -signal.SIGTERM and self._told > 0
            if self._stops > 0 and not unheard and code not in (_EXIT_OK, _EXIT_USAGE):
                # A worker that dies while it stops has left its jobs to the others.
                place.code = code if code > 0 else 128 - code
        else:
            pause = self._pause(place, code, ran)
            place.start_at = time.monotonic() + pause
            self._restarts += 1
            values["restart_in"] = pause
        self._log("worker_ended", **values)

    def _pause(self, place: _Place, code: int, ran: float) -> float:
        if code == _EXIT_OK and self._options.max_jobs is not None:
            place.pause = _FIRST_PAUSE_S
            return 0.0
        pause = _FIRST_PAUSE_S if ran >= _RAN_WELL_S else place.pause
        place.pause = min(pause * 2, _LONGEST_PAUSE_S)
        return pause

    def _log(self, name: str, **values: Json) -> None:
        sys.stderr.write(log_line(name, values, self._log_format) + "\n")
        sys.stderr.flush()
