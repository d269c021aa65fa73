"""What a worker shows: a log line per event, and a progress bar on a terminal.

A log line is ``time level event key=value ...``, one line per event, for people and for tools
that split at blanks; a value with blanks in it is quoted as in JSON.
"""

from __future__ import annotations

import json
import shutil
import threading
from typing import TYPE_CHECKING, TextIO

from floorjobs import _floorjobs as native

if TYPE_CHECKING:
    from floorjobs.logs import LogFormat
    from floorjobs.models import Json

_BAR_WIDTH = 24
_STANDARD_ERROR = 2


class Console:
    """Writes the events of one worker to a stream.

    Args:
        stream: Where to write; standard error in the worker.
        live: Whether to show the progress of running jobs; by default if the stream is a
            terminal and lines are for people.
        log_format: How lines are written: ``"text"``, the default, or ``"json"``.
    """

    def __init__(
        self, stream: TextIO, *, live: bool | None = None, log_format: LogFormat = "text"
    ) -> None:
        """Make a console for a stream."""
        self._stream = stream
        self.log_format: LogFormat = log_format
        self._live = stream.isatty() and log_format == "text" if live is None else live
        # Events and the records of handlers come on different threads.
        self._lock = threading.Lock()
        self._running: dict[str, tuple[float, str]] = {}
        self._bar_shown = False

    @property
    def is_plain_log(self) -> bool:
        """Whether all it shows is lines on standard error, which the native worker can write."""
        try:
            return not self._live and self._stream.fileno() == _STANDARD_ERROR
        except (OSError, ValueError):
            return False

    def event(self, text: str, line: str | None) -> None:
        """Show one event of the native worker: its JSON text, and its line if it has one."""
        event: dict[str, Json] = json.loads(text)
        name = event["event"]
        job_id: str = event.get("job_id", "")
        with self._lock:
            if name == "progress":
                self._running[job_id] = (event["fraction"], event["stage"])
            elif name == "job_started":
                self._running[job_id] = (0.0, event["kind"])
            else:
                self._running.pop(job_id, None)
        self._show(line)

    def write_line(self, line: str) -> None:
        """Write a line between those of events."""
        self._show(line)

    def _show(self, line: str | None) -> None:
        with self._lock:
            if line is not None:
                self._clear_bar()
                self._stream.write(line + "\n")
            if self._live:
                self._draw_bar()
            self._stream.flush()

    def flush(self) -> None:
        """Write what is still in a buffer."""
        self._stream.flush()

    def _clear_bar(self) -> None:
        if self._bar_shown:
            self._stream.write("\r\x1b[2K")
            self._bar_shown = False

    def _draw_bar(self) -> None:
        self._clear_bar()
        if not self._running:
            return
        # The job that has been running longest; the others are counted.
        job_id, (fraction, stage) = next(iter(self._running.items()))
        others = f" (+{len(self._running) - 1})" if len(self._running) > 1 else ""
        columns = shutil.get_terminal_size().columns
        self._stream.write(f"{bar(fraction)} {stage} {job_id}{others}"[: columns - 1])
        self._bar_shown = True


def log_line(name: str, values: dict[str, Json], log_format: LogFormat = "text") -> str:
    """Return the log line of an event.

    >>> line = log_line("succeeded", {"job_id": "0198", "seconds": 0.25, "note": "all fine"})
    >>> line.split(" ", 1)[1]
    'INFO succeeded job_id=0198 seconds=0.250 note="all fine"'
    """
    return native.log_line(name, json.dumps(values), log_format)


def bar(fraction: float) -> str:
    """Return a progress bar.

    >>> bar(0.5)
    '[############............]  50 %'
    """
    filled = round(max(0.0, min(1.0, fraction)) * _BAR_WIDTH)
    return f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {fraction * 100:3.0f} %"
