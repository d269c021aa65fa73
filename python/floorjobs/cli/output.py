"""What the command line writes: tables and lines for people, JSON for programs.

Colours only on a terminal, and not there if ``NO_COLOR`` is set (https://no-color.org).
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from floorjobs.models import Json

_COLOURS = {
    "succeeded": 32,
    "ok": 32,
    "failed": 31,
    "error": 31,
    "crashed": 31,
    "running": 36,
    "warning": 33,
    "retried": 33,
    "cancelled": 33,
}


class Output:
    """Where the answer of a command goes.

    Args:
        stream: Where to write.
        as_json: Whether a program reads it.
    """

    def __init__(self, stream: TextIO, *, as_json: bool = False) -> None:
        """Make an output."""
        self._stream = stream
        self.as_json = as_json
        self.is_terminal = stream.isatty()
        self._coloured = self.is_terminal and not os.environ.get("NO_COLOR")

    def json(self, value: Json) -> None:
        """Write a value for programs, on one line."""
        self._stream.write(json.dumps(value, ensure_ascii=False) + "\n")

    def line(self, text: str) -> None:
        """Write a line for people."""
        self._stream.write(printable(text) + "\n")

    def text(self, text: str) -> None:
        """Write a text as it is."""
        self._stream.write(text)

    def redraw(self, text: str) -> None:
        """Write a line over the last one of a terminal."""
        self._stream.write(f"\r\x1b[2K{printable(text)}")
        self._stream.flush()

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write rows under a head, each column as wide as it must be."""
        lines = [[printable(cell) for cell in row] for row in (head, *rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            padded = [
                self._paint(cell, cell.ljust(width))
                for cell, width in zip(line, widths, strict=True)
            ]
            self._stream.write("  ".join(padded).rstrip() + "\n")

    def fields(self, pairs: Iterable[tuple[str, str | None]]) -> None:
        """Write names and values below each other; those without a value are left out."""
        given = [(name, printable(value)) for name, value in pairs if value is not None]
        width = max((len(name) for name, _ in given), default=0)
        for name, value in given:
            self._stream.write(f"{name.ljust(width)}  {self._paint(value, value)}\n")

    def flush(self) -> None:
        """Write what is still in a buffer."""
        self._stream.flush()

    def _paint(self, word: str, text: str) -> str:
        colour = _COLOURS.get(word) if self._coloured else None
        return text if colour is None else f"\x1b[{colour}m{text}\x1b[0m"


def printable(text: str) -> str:
    r"""Return a text that does nothing to a terminal, on one line.

    >>> printable("two\nlines and \x1b[31mred")
    'two lines and \\x1b[31mred'
    """
    text = " ".join(text.split("\n"))
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def moment(at: datetime | None) -> str | None:
    """Return a moment for people: UTC, to the second.

    >>> moment(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    '2026-01-02 03:04:05Z'
    """
    return None if at is None else f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}Z"


def ago(at: datetime | None) -> str:
    """Return how long ago a moment was."""
    if at is None:
        return ""
    return duration((datetime.now(timezone.utc) - at).total_seconds())


def duration(seconds: float) -> str:
    """Return a time for people, in its largest unit.

    >>> [duration(seconds) for seconds in (0.25, 59, 3600, 200_000)]
    ['0.2 s', '59 s', '60 min', '56 h']
    """
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    for unit, size, most in (("s", 1, 120), ("min", 60, 120), ("h", 3600, 72)):
        if seconds < size * most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def counted(number: int, noun: str) -> str:
    """Return so many of something.

    >>> counted(1, "job"), counted(0, "job")
    ('1 job', '0 jobs')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, the last one telling if some are missing.

    >>> shortened("a long reason", 7), shortened("short", 7)
    ('a long…', 'short')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def size(number: int) -> str:
    """Return a size in bytes for people.

    >>> size(999), size(2 << 20)
    ('999 B', '2.0 MiB')
    """
    if number < 1024:
        return f"{number} B"
    for unit, bytes_each in (("KiB", 1 << 10), ("MiB", 1 << 20)):
        if number < bytes_each << 10:
            return f"{number / bytes_each:.1f} {unit}"
    return f"{number / (1 << 30):.1f} GiB"
