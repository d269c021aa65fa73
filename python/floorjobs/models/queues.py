"""What queues hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.values import Json, optional_moment, optional_rfc3339


@dataclass(frozen=True, slots=True)
class QueueStats:
    """How many jobs a queue has in each state.

    Attributes:
        queue: Its name.
        ready: Queued and due.
        delayed: Queued with a `run_at` in the future.
        blocked: Queued and waiting for other jobs to end.
        running: Being run.
        succeeded: Ended with a result and not forgotten yet.
        failed: Ended without one and not forgotten yet.
        cancelled: Ended on request and not forgotten yet.
        oldest_ready: Since when the oldest ready job is due.
        paused_since: Since when the queue is paused, if it is.
    """

    queue: str
    ready: int
    delayed: int
    blocked: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    oldest_ready: datetime | None
    paused_since: datetime | None

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> QueueStats:
        """Make the statistics from their JSON shape."""
        oldest, paused = data["oldest_ready"], data["paused_since"]
        moments = {
            "oldest_ready": optional_moment(oldest),
            "paused_since": optional_moment(paused),
        }
        return cls(**{**data, **moments})

    def to_dict(self) -> dict[str, Json]:
        """Return their JSON shape, ready for `json.dumps`."""
        return {
            "queue": self.queue,
            "ready": self.ready,
            "delayed": self.delayed,
            "blocked": self.blocked,
            "running": self.running,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "oldest_ready": optional_rfc3339(self.oldest_ready),
            "paused_since": optional_rfc3339(self.paused_since),
        }
