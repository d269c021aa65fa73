"""What routes answer: jobs, floor plans and errors in their HTTP shapes."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from flask import Response, jsonify, url_for

if TYPE_CHECKING:
    from flask import Request
    from werkzeug.exceptions import RequestEntityTooLarge

    from floorjobs.exceptions import FloorjobsError
    from floorjobs.models import Bom, Explanation, Floorplan, Job, Json, Layout

_STATUS_OF_CODE = {
    "not_found": 404,
    "conflict": 409,
    "invalid_input": 400,
    "invalid_state": 409,
    "lease_lost": 409,
    "timeout": 504,
    "cancelled": 409,
    "unavailable": 503,
    "unsupported": 422,
    "limit_exceeded": 413,
    "invalid_pdf": 400,
    "password_required": 400,
    "no_plan_found": 422,
    "scale_unknown": 422,
    "infeasible": 422,
    "corrupt": 500,
    "panicked": 500,
    "internal": 500,
}

_RETRY_AFTER_OUTAGE_S = 5
_LONGEST_RETRY_AFTER_S = 30


def error(raised: FloorjobsError) -> Response:
    """Answer an error: `error` is a sentence, `code` is stable."""
    response = _failure(str(raised), raised.code, raised.field)
    response.status_code = _STATUS_OF_CODE[raised.code]
    if raised.field is not None and (raised.field == "blobs_url" or raised.field.isupper()):
        # A setting, as an environment variable or by its name: nothing that a request could mend.
        response.status_code = 503
    if response.status_code == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_OUTAGE_S)
    return response


def too_large(_raised: RequestEntityTooLarge, most: int) -> Response:
    """Answer a request body over the limit."""
    response = _failure(f"the request is larger than {most} bytes", "limit_exceeded", "file")
    response.status_code = 413
    return response


def accepted(job: Job) -> Response:
    """Answer that a job was stored."""
    status_url = url_for("floorjobs.job", job_id=job.id)
    body: dict[str, Json] = {"job_id": job.id, "status": job.status, "status_url": status_url}
    if job.kind == "ingest":
        body["pdf_id"] = job.floorplan_id
    response = jsonify(body)
    response.status_code = 202
    response.headers["Location"] = status_url
    return response


def job_state(job: Job, waiting: Explanation | None, request: Request) -> Response:
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
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def failed(job: Job) -> Response:
    """Answer a client that waited for a job which did not succeed."""
    if job.error is not None:
        response = _failure(job.error.message, job.error.code, None, job_id=job.id)
    else:
        response = _failure(f"the job was {job.status}", "cancelled", None, job_id=job.id)
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


def generated(bill: Bom, layout: Layout | None) -> Response:
    """Answer what the synchronous generate route used to."""
    body: dict[str, Json] = {
        "success": True,
        "iterations_used": 1,
        "bom_id": bill.id,
        "layout_id": bill.layout_id,
        "total_cost_inr": bill.total_cost_inr,
        "line_items": bill.line_items,
        "layout": None if layout is None else layout.layout,
        "constraint_result": None if layout is None else layout.constraint_result,
        "interpretation": None if layout is None else layout.interpretation,
        "relaxations": None if layout is None else layout.relaxations,
    }
    return jsonify(body)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""


def suffix_of(request: Request) -> str:
    """Return in which form a bill is asked for by ``Accept``."""
    forms = {"application/json": "json", "text/csv": "csv", XLSX: "xlsx"}
    return forms[request.accept_mimetypes.best_match(list(forms), "application/json")]


def download(content: str | bytes, mimetype: str, filename: str) -> Response:
    """Answer a file that a browser stores."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def infeasible(job: Job) -> Response:
    """Answer that what was asked for does not fit, and why."""
    result = job.result if isinstance(job.result, dict) else {}
    response = jsonify({"success": False, "job_id": job.id, "answer": result.get("answer")})
    response.status_code = 422
    return response


def _retry_after(job: Job) -> int:
    if job.status == "queued":
        wait = (job.run_at - datetime.now(timezone.utc)).total_seconds()
        return max(1, min(_LONGEST_RETRY_AFTER_S, math.ceil(wait)))
    return 1


def _failure(sentence: str, code: str, field: str | None, **more: Json) -> Response:
    return jsonify({"error": sentence, "code": code, "field": field, **more})
