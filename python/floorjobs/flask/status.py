"""The status of a floor plan, in the shape that older clients of the application read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.exceptions import NotFoundError
from floorjobs.models import rfc3339

if TYPE_CHECKING:
    from floorjobs.client import Client
    from floorjobs.models import FloorplanStatus, Job, Json

_MOST_JOBS = 100

_STATUS_OF_INGEST: dict[str, FloorplanStatus] = {
    "queued": "uploaded",
    "running": "processing",
    "succeeded": "processed",
    "failed": "error",
    "cancelled": "error",
}


def of_floorplan(client: Client, floorplan_id: int) -> dict[str, Json]:
    """Return the status of a floor plan with its newest jobs first.

    Raises:
        NotFoundError: There is no such floor plan.
    """
    try:
        plan = client.floorplan(floorplan_id)
    except NotFoundError:
        raise NotFoundError(f"Floorplan {floorplan_id} not found", "pdf_id") from None
    jobs = client.list(floorplan_id=floorplan_id, limit=_MOST_JOBS)
    newest = next((job for job in jobs if job.kind == "ingest"), None)
    return {
        "pdf_id": plan.id,
        "status": "uploaded" if newest is None else _STATUS_OF_INGEST[newest.status],
        "created_at": rfc3339(plan.created_at),
        "updated_at": rfc3339(max([plan.updated_at, *(job.updated_at for job in jobs)])),
        "error_message": _error_message(newest),
        "generation_summary": None,
        "jobs": [_summary(job) for job in jobs],
    }


def _error_message(newest: Job | None) -> str | None:
    if newest is None or newest.status not in ("failed", "cancelled"):
        return None
    return "the job was cancelled" if newest.error is None else newest.error.message


def _summary(job: Job) -> dict[str, Json]:
    return {
        "job_id": job.id,
        "job_type": job.kind,
        "status": job.status,
        "created_at": rfc3339(job.created_at),
        "finished_at": None if job.finished_at is None else rfc3339(job.finished_at),
    }
