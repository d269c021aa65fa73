"""Jobs, attempts and floor plans as values: frozen, with `to_dict()` for an answer.

Times are aware datetimes in UTC. Lengths of walls are PDF points (1/72 inch) of the displayed
page, origin top left, y down, with millimetres beside them when the scale is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias, cast

Json: TypeAlias = Any
"""What `json.loads` returns."""

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
"""Where a job stands. A job that is delayed or waits for a retry is queued."""

Outcome = Literal["succeeded", "retried", "failed", "snoozed", "released", "crashed", "cancelled"]
"""How an attempt ended."""

Durability = Literal["power", "process"]
"""What a stored job survives: a power cut, or only the death of every process."""

FloorplanStatus = Literal["uploaded", "processing", "processed", "error"]
"""Where a floor plan stands, as its newest ingest job tells."""


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
    """Why an attempt or a job failed: a stable code, a sentence, and the causes one by one.

    The nearest cause comes first, the root last.
    """

    code: str
    message: str
    causes: list[str] = field(default_factory=list)

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
        unique_key: The key that keeps a second such job away while this one is not ended.
        attempt: How often it was started.
        max_attempts: How many attempts may end with an error, if the request said so.
        timeout: How many seconds one attempt may take, if the request said so.
        errors: Attempts that ended with an error since the job was last queued by request.
        crashes: Attempts whose worker died or fell silent, likewise.
        interruptions: Attempts given back because a worker had to stop, likewise.
        cancel_requested: Whether somebody asked for the running attempt to stop.
        progress: How far the newest attempt is, if it told.
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
    attempt: int
    max_attempts: int | None
    timeout: float | None
    errors: int
    crashes: int
    interruptions: int
    cancel_requested: bool
    progress: Progress | None
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
            attempt=data["attempt"],
            max_attempts=data["max_attempts"],
            timeout=data["timeout_s"],
            errors=data["errors"],
            crashes=data["crashes"],
            interruptions=data["interruptions"],
            cancel_requested=data["cancel_requested"],
            progress=None if progress is None else Progress(**progress),
            result=data["result"],
            result_ref=data["result_ref"],
            error=None if error_code is None else Failure(error_code, data["error_message"]),
            floorplan_id=data["floorplan_id"],
            bom_id=data["bom_id"],
            run_at=_moment(data["run_at"]),
            created_at=_moment(data["created_at"]),
            updated_at=_moment(data["updated_at"]),
            started_at=_optional_moment(data["started_at"]),
            finished_at=_optional_moment(data["finished_at"]),
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
            "attempt": self.attempt,
            "max_attempts": self.max_attempts,
            "timeout_s": self.timeout,
            "errors": self.errors,
            "crashes": self.crashes,
            "interruptions": self.interruptions,
            "cancel_requested": self.cancel_requested,
            "result": self.result,
            "result_ref": self.result_ref,
            "error_code": None if error is None else error.code,
            "error_message": None if error is None else error.message,
            "floorplan_id": self.floorplan_id,
            "bom_id": self.bom_id,
            "run_at": rfc3339(self.run_at),
            "created_at": rfc3339(self.created_at),
            "updated_at": rfc3339(self.updated_at),
            "started_at": _optional_rfc3339(self.started_at),
            "finished_at": _optional_rfc3339(self.finished_at),
        }


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
    """

    number: int
    owner: str
    host: str
    pid: int
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    error: Failure | None

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Attempt:
        """Make an attempt from its JSON shape."""
        error = data["error"]
        return cls(
            number=data["number"],
            owner=data["owner"],
            host=data["host"],
            pid=data["pid"],
            started_at=_moment(data["started_at"]),
            finished_at=_optional_moment(data["finished_at"]),
            outcome=data["outcome"],
            error=None if error is None else Failure(**error),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {
            "number": self.number,
            "owner": self.owner,
            "host": self.host,
            "pid": self.pid,
            "started_at": rfc3339(self.started_at),
            "finished_at": _optional_rfc3339(self.finished_at),
            "outcome": self.outcome,
            "error": None if self.error is None else self.error.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Floorplan:
    """An uploaded floor plan, and what was read from it.

    Attributes:
        id: The id; older routes call it ``pdf_id``.
        status: Where it stands, as its newest ingest job tells.
        project_id: The number by which the host knows its project.
        filename: The name under which the file was uploaded.
        pdf_bytes: The size of the PDF.
        error: Why it could not be read, if so.
        source: How it was read, ``"vector"`` or ``"raster"``; None until it was.
        total_wall_count: How many walls there are; None until it was read.
        total_linear_pts: The sum of their lengths in points; None until it was read.
        wall_segments: The walls by their centre lines in points, each with ``x1``, ``y1``,
            ``x2``, ``y2``, ``length_pts`` and ``thickness``; empty until it was read.
        spatial_graph: Walls, rooms, scale and page in the shape that ``generate`` takes; None
            until it was read.
        plan: All that was read: page, walls, rooms, openings, scale, texts, findings; None until
            it was.
        created_at: When it was uploaded.
        updated_at: When it last changed.
    """

    id: int
    status: FloorplanStatus
    project_id: int | None
    filename: str | None
    pdf_bytes: int
    error: Failure | None
    source: str | None
    total_wall_count: int | None
    total_linear_pts: float | None
    wall_segments: list[dict[str, float]]
    spatial_graph: dict[str, Json] | None
    plan: dict[str, Json] | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Floorplan:
        """Make a floor plan from its JSON shape."""
        reading = data["reading"] or {}
        document = data["document"] or {}
        error = data["error"]
        return cls(
            id=data["id"],
            status=data["status"],
            project_id=data["project_id"],
            filename=data["filename"],
            pdf_bytes=data["pdf_bytes"],
            error=None if error is None else Failure(**error),
            source=reading.get("source"),
            total_wall_count=reading.get("total_wall_count"),
            total_linear_pts=reading.get("total_linear_pts"),
            wall_segments=document.get("wall_segments", []),
            spatial_graph=document.get("spatial_graph"),
            plan=document.get("floorplan"),
            created_at=_moment(data["created_at"]),
            updated_at=_moment(data["updated_at"]),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the answer of ``GET /floorplans/<id>``, ready for `json.dumps`."""
        return {
            "id": self.id,
            "status": self.status,
            "project_id": self.project_id,
            "filename": self.filename,
            "pdf_bytes": self.pdf_bytes,
            "error": None if self.error is None else self.error.to_dict(),
            "source": self.source,
            "total_wall_count": self.total_wall_count,
            "total_linear_pts": self.total_linear_pts,
            "wall_segments": self.wall_segments,
            "spatial_graph": self.spatial_graph,
            "plan": self.plan,
            "created_at": rfc3339(self.created_at),
            "updated_at": rfc3339(self.updated_at),
        }


def rfc3339(moment: datetime) -> str:
    """Write a moment as the library does: UTC, six decimals, ``Z``.

    >>> rfc3339(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    '2026-01-02T03:04:05.000000Z'
    """
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S.%f}Z"


def object_from(text: str) -> dict[str, Json]:
    """Read the JSON object that the native module returned."""
    return cast("dict[str, Json]", json.loads(text))


def list_from(text: str) -> list[dict[str, Json]]:
    """Read the JSON array of objects that the native module returned."""
    return cast("list[dict[str, Json]]", json.loads(text))


def _moment(text: str) -> datetime:
    # Python 3.10 does not know the Z yet.
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _optional_moment(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _optional_rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
