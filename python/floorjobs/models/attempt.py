"""The runs of a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.job import Failure
from floorjobs.models.values import (
    Json,
    Outcome,
    moment,
    optional_moment,
    optional_rfc3339,
    rfc3339,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a job by one worker.

    Attributes:
        number: Which start of the job this is, from 1.
        owner: The random id of the process that ran it.
        host: The name of that process's machine.
        pid: Its number there.
        started_at: When it began.
        finished_at: When its outcome was accepted; None while it runs.
        outcome: How it ended; None while it runs.
        error: What went wrong, if something did.
        cpu_seconds: Processor time of the thread that ran the handler, where the system tells.
        peak_memory_bytes: The most memory that its process had held by then, likewise.
        trace: The traceback of what its handler raised, if it raised something; for developers,
            and part of no job.
    """

    number: int
    owner: str
    host: str
    pid: int
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    error: Failure | None
    cpu_seconds: float | None
    peak_memory_bytes: int | None
    trace: str | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Attempt:
        """Make an attempt from its JSON shape."""
        error = data["error"]
        usage = data["usage"]
        return cls(
            number=data["number"],
            owner=data["owner"],
            host=data["host"],
            pid=data["pid"],
            started_at=moment(data["started_at"]),
            finished_at=optional_moment(data["finished_at"]),
            outcome=data["outcome"],
            error=None if error is None else Failure.from_dict(error),
            cpu_seconds=None if usage is None else usage["cpu_us"] / 1e6,
            peak_memory_bytes=None if usage is None else usage["peak_memory_bytes"],
            trace=data.get("trace"),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        usage = None
        if self.cpu_seconds is not None:
            usage = {
                "cpu_us": round(self.cpu_seconds * 1e6),
                "peak_memory_bytes": self.peak_memory_bytes,
            }
        shape = {
            "number": self.number,
            "owner": self.owner,
            "host": self.host,
            "pid": self.pid,
            "started_at": rfc3339(self.started_at),
            "finished_at": optional_rfc3339(self.finished_at),
            "outcome": self.outcome,
            "error": None if self.error is None else self.error.to_dict(),
            "usage": usage,
        }
        if self.trace is not None:
            shape["trace"] = self.trace
        return shape
