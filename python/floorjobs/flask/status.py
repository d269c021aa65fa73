"""The status of a floor plan, in the shape that older clients of the application read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.exceptions import NotFoundError
from floorjobs.models import rfc3339

if TYPE_CHECKING:
    from floorjobs.client import Client
    from floorjobs.models import Job, Json

_MOST_JOBS = 100


def of_floorplan(client: Client, floorplan_id: int) -> dict[str, Json]:
    """Return the status of a floor plan with its newest jobs first.

    Raises:
        NotFoundError: There is no such floor plan.
    """
    try:
        plan = client.floorplan(floorplan_id, with_plan=False)
    except NotFoundError:
        raise NotFoundError(f"Floorplan {floorplan_id} not found", "pdf_id") from None
    jobs = client.list(floorplan_id=floorplan_id, limit=_MOST_JOBS)
    return {
        "pdf_id": plan.id,
        "status": plan.status,
        "created_at": rfc3339(plan.created_at),
        "updated_at": rfc3339(max([plan.updated_at, *(job.updated_at for job in jobs)])),
        "error_message": None if plan.error is None else plan.error.message,
        "generation_summary": _generation(client, floorplan_id),
        "jobs": [_summary(job) for job in jobs],
    }


def _generation(client: Client, floorplan_id: int) -> dict[str, Json] | None:
    bill = client.newest_bom(floorplan_id)
    if bill is None:
        return None
    return {
        "bom_id": bill["id"],
        "total_cost_inr": bill["total_cost_inr"],
        "generated_at": bill["created_at"],
    }


def _summary(job: Job) -> dict[str, Json]:
    return {
        "job_id": job.id,
        "job_type": job.kind,
        "status": job.status,
        "created_at": rfc3339(job.created_at),
        "finished_at": None if job.finished_at is None else rfc3339(job.finished_at),
    }
