"""What routes answer of jobs, floor plans and layouts, in their HTTP shapes."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from flask import jsonify, request, url_for

from floorjobs.flask.failures import failure

if TYPE_CHECKING:
    from flask import Response

    from floorjobs.models import Bom, Explanation, Floorplan, Job, JobPage, Json, Layout

_LONGEST_RETRY_AFTER_S = 30

# The word of the older application for what its clients know; other reasons have codes of theirs.
_OLDER_CODES = {"INFEASIBLE_AREA": "AREA_EXCEEDS_PERIMETER"}

# What the file that was uploaded is to blame for.
_ABOUT_THE_FILE = frozenset(
    {"invalid_pdf", "password_required", "no_plan_found", "unsupported", "limit_exceeded"}
)

# What a list tells of each job; the rest, which may be large, is told of the one job.
_LISTED = (
    "job_id",
    "job_type",
    "queue",
    "priority",
    "status",
    "progress",
    "attempt",
    "errors",
    "crashes",
    "cancel_requested",
    "waiting_for",
    "error_code",
    "error_message",
    "result_ref",
    "floorplan_id",
    "bom_id",
    "run_at",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
)


def accepted(job: Job) -> Response:
    """Answer that a job was stored."""
    status_url = url_for("floorjobs.job", job_id=job.id)
    body: dict[str, Json] = {"job_id": job.id, "status": job.status, "status_url": status_url}
    if job.kind == "ingest":
        body["pdf_id"] = job.floorplan_id
    response = jsonify(body)
    response.status_code = 202
    response.headers["Location"] = status_url
    if not job.is_ended:
        response.headers["Retry-After"] = str(_retry_after(job))
    return response


def changed(job: Job) -> Response:
    """Answer that a job was changed as asked, or is about to be."""
    response = jsonify(job.to_dict())
    response.status_code = 202
    return response


def job_state(job: Job, waiting: Explanation | None) -> Response:
    """Answer how a job is and why it waits, or 304 if the client knows."""
    body = job.to_dict()
    if waiting is not None:
        # Not the moment of which it is true: that would make each answer a new one.
        body["waiting"] = {
            "reasons": list(waiting.reasons),
            "sentence": waiting.sentence,
            "position": waiting.position,
        }
    response = jsonify(body)
    if not job.is_ended:
        response.headers["Retry-After"] = str(_retry_after(job))
    return if_news(response)


def job_list(page: JobPage) -> Response:
    """Answer a page of jobs, each without what it was given and what it returned."""
    listed = []
    for job in page.jobs:
        told = job.to_dict()
        listed.append({name: told[name] for name in _LISTED})
    return if_news(jsonify({"jobs": listed, "next": page.next}))


def if_news(response: Response) -> Response:
    """Answer 304 in place of what the client has already."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def failed(job: Job) -> Response:
    """Answer a client that waited for a job which did not succeed."""
    if job.error is not None:
        is_of_file = job.kind == "ingest" and job.error.code in _ABOUT_THE_FILE
        field = "file" if is_of_file else None
        response = failure(job.error.message, job.error.code, field, job_id=job.id)
    else:
        response = failure(f"the job was {job.status}", "cancelled", None, job_id=job.id)
    response.status_code = 422
    return response


def ingested(plan: Floorplan) -> Response:
    """Answer what the synchronous ingest route used to."""
    return jsonify(
        {
            "pdf_id": plan.id,
            "total_wall_count": plan.total_wall_count,
            "total_linear_pts": plan.total_linear_pts,
            "source": plan.source,
            "wall_segments": plan.wall_segments,
        }
    )


def generated(job: Job, bill: Bom, layout: Layout | None) -> Response:
    """Answer what the synchronous generate route used to."""
    body: dict[str, Json] = {
        "success": True,
        "iterations_used": _iterations(job),
        "job_id": job.id,
        "bom_id": bill.id,
        "layout_id": bill.layout_id,
        "floorplan_id": bill.floorplan_id,
        "prompt": _prompt(job),
        "total_cost_inr": bill.total_cost_inr,
        "line_items": bill.line_items,
        "room_count": bill.document.get("room_count"),
        "total_area_sqm": bill.document.get("total_area_sqm"),
        "layout": None if layout is None else layout.layout,
        "constraint_result": None if layout is None else layout.constraint_result,
        "interpretation": None if layout is None else layout.interpretation,
        "relaxations": None if layout is None else layout.relaxations,
    }
    return jsonify(body)


def infeasible(job: Job) -> Response:
    """Answer that what was asked for does not fit, and why: the job did its work."""
    result = job.result if isinstance(job.result, dict) else {}
    answer = result.get("answer") or {}
    reason = answer.get("infeasibility") or {}
    code = reason.get("code", "INFEASIBLE")
    violation = {
        "type": _OLDER_CODES.get(code, code),
        "description": reason.get("message", "what was asked for does not fit"),
        "severity": "error",
        "affected_elements": reason.get("conflicting") or [],
    }
    body: dict[str, Json] = {
        "success": False,
        "iterations_used": _iterations(job),
        "job_id": job.id,
        "bom_id": None,
        "layout_id": None,
        "floorplan_id": job.floorplan_id,
        "prompt": _prompt(job),
        "total_cost_inr": None,
        "line_items": [],
        "room_count": 0,
        "total_area_sqm": None,
        "layout": None,
        "constraint_result": {
            "passed": False,
            "violations": [violation],
            "summary": "1 errors, 0 warnings",
        },
        "interpretation": answer.get("interpretation"),
        "relaxations": answer.get("relaxations") or [],
        "infeasibility": answer.get("infeasibility"),
    }
    return jsonify(body)


def _iterations(job: Job) -> int:
    told = job.result_ref or {}
    return int(told.get("iterations_used", 1))


def _prompt(job: Job) -> str | None:
    """Return the words of the request, where they lie in the job itself."""
    payload = job.payload if isinstance(job.payload, dict) else {}
    asked = payload.get("request", payload)
    words: str | None = asked.get("program", asked).get("prompt")
    return words


def _retry_after(job: Job) -> int:
    if job.status == "queued":
        wait = (job.run_at - datetime.now(timezone.utc)).total_seconds()
        return max(1, min(_LONGEST_RETRY_AFTER_S, math.ceil(wait)))
    return 1
