"""What a child process may use, what it used, and when it is to die."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from floorjobs.models import Json

# prctl(2): the signal that this process gets when the thread that made it ends.
_PR_SET_PDEATHSIG = 1

# Where memory runs out, the system is to take this process and not the worker: oom_score_adj
# goes from -1000 to 1000, and to raise it needs no right.
_TAKE_ME_FIRST = "500"

_ON_LINUX = sys.platform == "linux"


def die_with(parent: int) -> None:
    """Have the system kill this process when its worker is gone, where it can."""
    if _ON_LINUX:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_TAKE_ME_FIRST)
    if os.getppid() != parent:
        # It was gone before.
        os._exit(0)


def limit_memory(memory: int | None) -> None:
    """Let this process take so many bytes beyond what it has.

    RLIMIT_DATA counts what a process may write to itself: heap, anonymous maps and stacks. So
    libraries, mapped files and address space that is only set aside cost nothing, unlike with
    RLIMIT_AS. Linux counts so since 4.7; elsewhere nothing is limited.
    """
    if memory is None or not _ON_LINUX:
        return
    limit = _data_bytes() + memory
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _data_bytes() -> int:
    """Return what RLIMIT_DATA counts of this process now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0


@dataclass(frozen=True)
class Usage:
    """What a process has used until a moment."""

    cpu_seconds: float

    @classmethod
    def now(cls) -> Usage:
        """Return what this process has used."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(used.ru_utime + used.ru_stime)

    def until_now(self) -> dict[str, Json]:
        """Return what this process has used since, and the most memory that it held so far."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        scale = 1024 if _ON_LINUX else 1
        return {
            "cpu_seconds": used.ru_utime + used.ru_stime - self.cpu_seconds,
            "peak_memory_bytes": used.ru_maxrss * scale,
        }
