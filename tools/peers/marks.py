"""What handlers write down: how many ran, when the first and the last began, how long each waited.

Each process writes into a file of its own that it maps into memory, which costs a handler a
microsecond, the same for all systems. Times are of the machine's monotonic clock, in ns.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct("qqq")
_WAIT = struct.Struct("q")
_MOST_WAITS = 4_000

_mine: dict[int, mmap.mmap] = {}
_lock = threading.Lock()


def ran(sent: int) -> None:
    """Note that a handler runs, and for a job with a time how long ago it was sent."""
    now = time.monotonic_ns()
    with _lock:
        page = _mine.get(os.getpid()) or _page()
        count, first, _ = _HEAD.unpack_from(page)
        if sent and count < _MOST_WAITS:
            _WAIT.pack_into(page, _HEAD.size + count * _WAIT.size, now - sent)
        _HEAD.pack_into(page, 0, count + 1, first or now, now)


def _page() -> mmap.mmap:
    path = Path(os.environ["PEERS_MARKS"]) / str(os.getpid())
    size = _HEAD.size + _MOST_WAITS * _WAIT.size
    with path.open("w+b") as file:
        file.truncate(size)
        # What a fork left behind is another process'.
        _mine.clear()
        page = _mine[os.getpid()] = mmap.mmap(file.fileno(), size)
    return page


@dataclass(frozen=True)
class Marks:
    """What the handlers of a worker wrote down."""

    count: int
    seconds: float
    waits_ms: list[float]

    @property
    def rate(self) -> float:
        """How many began per second, from the first to the last."""
        return (self.count - 1) / self.seconds if self.seconds else 0.0


def read(folder: Path) -> Marks:
    """Return what all processes have written so far."""
    heads = []
    waits = []
    for path in folder.iterdir():
        page = path.read_bytes()
        if len(page) < _HEAD.size:
            continue
        head = _HEAD.unpack_from(page)
        heads.append(head)
        noted = page[_HEAD.size : _HEAD.size + head[0] * _WAIT.size]
        waits += [wait / 1e6 for (wait,) in _WAIT.iter_unpack(noted[: len(noted) // 8 * 8]) if wait]
    heads = [head for head in heads if head[0]]
    if not heads:
        return Marks(0, 0.0, [])
    began = min(first for _, first, _ in heads)
    ended = max(last for _, _, last in heads)
    return Marks(sum(count for count, _, _ in heads), (ended - began) / 1e9, waits)
