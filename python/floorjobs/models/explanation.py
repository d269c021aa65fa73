"""Why a job does not run now, and when it will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.values import Json, Status, moment, rfc3339


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a job stands and why it does not run now.

    Attributes:
        job_id: The job.
        status: Its status.
        as_of: The moment of which this is true.
        reasons: Every reason that holds, as dictionaries: ``reason`` is one of ``"queue_paused"``,
            ``"not_due"``, ``"waits_for"``, ``"no_worker"``, ``"no_handler"``, ``"slots_taken"``,
            ``"kind_limit"``, ``"ready"``, ``"running"``, ``"ended"``, and the rest tells
            more about it.
        sentence: The same for people.
    """

    job_id: str
    status: Status
    as_of: datetime
    reasons: tuple[dict[str, Json], ...]
    sentence: str

    @property
    def position(self) -> int | None:
        """How many ready jobs of its queue run before it; None unless it is ready itself."""
        if self.status != "queued":
            return None
        told = {reason["reason"]: reason for reason in self.reasons}
        if "ready" in told:
            position: int = told["ready"]["position"]
            return position
        # A job that is ready and the first of its queue says only what else keeps it.
        return None if "not_due" in told or "waits_for" in told else 0

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Explanation:
        """Make an explanation from its JSON shape."""
        return cls(
            job_id=data["job_id"],
            status=data["status"],
            as_of=moment(data["as_of"]),
            reasons=tuple(data["reasons"]),
            sentence=data["sentence"],
        )

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {
            "job_id": self.job_id,
            "status": self.status,
            "as_of": rfc3339(self.as_of),
            "reasons": list(self.reasons),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """When a job will probably start and end, from what earlier ones took.

    Attributes:
        start_at: When it will probably start.
        end_at: When it will probably end.
        jobs_before: How many jobs run before it.
        running: How many jobs run now where it may run.
        slots: How many jobs run at a time there.
        run_seconds: How long a job of its kind takes on average.
        samples: On how many runs of its kind that rests.
        samples_before: On how many runs of the kinds before it the rest rests.
    """

    start_at: datetime
    end_at: datetime
    jobs_before: int
    running: int
    slots: int
    run_seconds: float
    samples: int
    samples_before: int

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Estimate:
        """Make an estimate from its JSON shape."""
        return cls(
            start_at=moment(data["start_at"]),
            end_at=moment(data["end_at"]),
            jobs_before=data["jobs_before"],
            running=data["running"],
            slots=data["slots"],
            run_seconds=data["run_s"],
            samples=data["samples"],
            samples_before=data["samples_before"],
        )

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {
            "start_at": rfc3339(self.start_at),
            "end_at": rfc3339(self.end_at),
            "jobs_before": self.jobs_before,
            "running": self.running,
            "slots": self.slots,
            "run_s": self.run_seconds,
            "samples": self.samples,
            "samples_before": self.samples_before,
        }
