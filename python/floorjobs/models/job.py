"""Jobs, how far they are, and why they failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.values import (
    Json,
    ParentFailure,
    Status,
    moment,
    optional_moment,
    optional_rfc3339,
    rfc3339,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running attempt is: `fraction` of the whole in 0..1, and what it does."""

    fraction: float
    stage: str
    message: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return the shape of the HTTP answers."""
        return {"fraction": self.fraction, "stage": self.stage, "message": self.message}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt or a job failed.

    Attributes:
        code: One of the stable error codes.
        message: A sentence, with its causes joined by ``": "``.
        causes: What led to it, the nearest cause first and the root last; empty if nothing did.
    """

    code: str
    message: str
    causes: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Failure:
        """Make a failure from its JSON shape."""
        return cls(data["code"], data["message"], tuple(data["causes"]))

    def to_dict(self) -> dict[str, Json]:
        """Return the shape of the HTTP answers."""
        return {"code": self.code, "message": self.message, "causes": list(self.causes)}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was when it was asked for; ask again for news.

    Attributes:
        id: The id, a UUID as text.
        kind: What the job does: ``"ingest"``, ``"generate"``, or a kind of your own.
        status: Where it stands.
        queue: The queue it waits in.
        priority: Higher runs first within a queue.
        payload: What the handler gets.
        payload_ref: Where the input file lies.
        unique_key: The key that keeps a second such job away while this one holds it.
        request_id: The request of the host's that led to the job; its logs name it.
        waiting_for: How many jobs must still end before this one may run.
        on_parent_failure: What becomes of this job when one of them does not succeed.
        attempt: How often it was started.
        max_attempts: How many attempts may end with an error, if the request said so.
        timeout: How many seconds one attempt may take, if the request said so.
        retry_delay: The longest delay after the first error in seconds, if the request said so.
        errors: Attempts that ended with an error since the job was last queued by request.
        crashes: Attempts whose worker died or fell silent, likewise.
        interruptions: Attempts given back because a worker had to stop, likewise.
        cancel_requested: Whether somebody asked for the running attempt to stop.
        checkpoint: What an attempt kept for the next one, if one did.
        progress: How far the newest attempt is, if it told.
        stalled_since: Since when the running attempt has reported nothing new, once that is
            longer than its worker expects.
        result: What the handler returned.
        result_ref: Where the result is to be found.
        error: The newest failure; kept while a retry waits.
        floorplan_id: The floor plan the job is about.
        bom_id: The bill of materials the job made.
        run_at: No sooner than this it runs, or ran.
        created_at: When it was stored.
        updated_at: When it last changed, progress included.
        started_at: When the newest attempt began.
        finished_at: When it ended.
    """

    id: str
    kind: str
    status: Status
    queue: str
    priority: int
    payload: Json
    payload_ref: str | None
    unique_key: str | None
    request_id: str | None
    waiting_for: int
    on_parent_failure: ParentFailure
    attempt: int
    max_attempts: int | None
    timeout: float | None
    retry_delay: float | None
    errors: int
    crashes: int
    interruptions: int
    cancel_requested: bool
    checkpoint: Json
    progress: Progress | None
    stalled_since: datetime | None
    result: Json
    result_ref: dict[str, Json] | None
    error: Failure | None
    floorplan_id: int | None
    bom_id: int | None
    run_at: datetime
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_ended(self) -> bool:
        """Whether the job has succeeded, failed, or been cancelled."""
        return self.status in ("succeeded", "failed", "cancelled")

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Job:
        """Make a job from the shape of the HTTP answers."""
        progress = data["progress"]
        error_code = data["error_code"]
        return cls(
            id=data["job_id"],
            kind=data["job_type"],
            status=data["status"],
            queue=data["queue"],
            priority=data["priority"],
            payload=data["payload"],
            payload_ref=data["payload_ref"],
            unique_key=data["unique_key"],
            request_id=data["request_id"],
            waiting_for=data["waiting_for"],
            on_parent_failure=data["on_parent_failure"],
            attempt=data["attempt"],
            max_attempts=data["max_attempts"],
            timeout=data["timeout_s"],
            retry_delay=data["retry_delay_s"],
            errors=data["errors"],
            crashes=data["crashes"],
            interruptions=data["interruptions"],
            cancel_requested=data["cancel_requested"],
            checkpoint=data["checkpoint"],
            progress=None if progress is None else Progress(**progress),
            stalled_since=optional_moment(data["stalled_since"]),
            result=data["result"],
            result_ref=data["result_ref"],
            error=None
            if error_code is None
            else Failure(error_code, data["error_message"], tuple(data["error_causes"])),
            floorplan_id=data["floorplan_id"],
            bom_id=data["bom_id"],
            run_at=moment(data["run_at"]),
            created_at=moment(data["created_at"]),
            updated_at=moment(data["updated_at"]),
            started_at=optional_moment(data["started_at"]),
            finished_at=optional_moment(data["finished_at"]),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the answer of ``GET /jobs/<job_id>``, ready for `json.dumps`."""
        error = self.error
        return {
            "job_id": self.id,
            "job_type": self.kind,
            "queue": self.queue,
            "priority": self.priority,
            "status": self.status,
            "progress": None if self.progress is None else self.progress.to_dict(),
            "payload": self.payload,
            "payload_ref": self.payload_ref,
            "unique_key": self.unique_key,
            "request_id": self.request_id,
            "waiting_for": self.waiting_for,
            "on_parent_failure": self.on_parent_failure,
            "attempt": self.attempt,
            "max_attempts": self.max_attempts,
            "timeout_s": self.timeout,
            "retry_delay_s": self.retry_delay,
            "errors": self.errors,
            "crashes": self.crashes,
            "interruptions": self.interruptions,
            "cancel_requested": self.cancel_requested,
            "stalled_since": optional_rfc3339(self.stalled_since),
            "checkpoint": self.checkpoint,
            "result": self.result,
            "result_ref": self.result_ref,
            "error_code": None if error is None else error.code,
            "error_message": None if error is None else error.message,
            "error_causes": [] if error is None else list(error.causes),
            "floorplan_id": self.floorplan_id,
            "bom_id": self.bom_id,
            "run_at": rfc3339(self.run_at),
            "created_at": rfc3339(self.created_at),
            "updated_at": rfc3339(self.updated_at),
            "started_at": optional_rfc3339(self.started_at),
            "finished_at": optional_rfc3339(self.finished_at),
        }
