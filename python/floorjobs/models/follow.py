"""Pages of jobs, and what happens to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from floorjobs.models.job import Job

if TYPE_CHECKING:
    from floorjobs.models.values import Json

Change = Literal["opened", "status", "attempt", "progress", "cancel_requested", "other"]
"""What differs from the event before; ``"opened"`` is the first event's."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A job as it was after something had happened to it.

    Attributes:
        changed: What is different from the event before.
        job: The job.
    """

    changed: tuple[Change, ...]
    job: Job

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> JobEvent:
        """Make an event from its JSON shape."""
        return cls(tuple(data["changed"]), Job.from_dict(data["job"]))

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {"changed": list(self.changed), "job": self.job.to_dict()}


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of a list, and where the next one begins.

    Attributes:
        jobs: The jobs, newest first.
        next: What to give as `before` for the next page; None when this is the last.
    """

    jobs: tuple[Job, ...]
    next: str | None

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> JobPage:
        """Make a page from its JSON shape."""
        return cls(tuple(Job.from_dict(job) for job in data["jobs"]), data["next"])

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {"jobs": [job.to_dict() for job in self.jobs], "next": self.next}
