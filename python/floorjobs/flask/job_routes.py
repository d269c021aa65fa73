"""The routes about jobs: one, many, their attempts; cancelling and trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, request

from floorjobs.flask import answers, inputs
from floorjobs.flask.store import client

if TYPE_CHECKING:
    from flask import Response


def jobs() -> Response:
    """``GET /jobs``: a page of jobs, newest first."""
    wanted = inputs.listing(request)
    page = client().page(
        status=wanted.status,
        kind=wanted.kind,
        queue=wanted.queue,
        floorplan_id=wanted.floorplan_id,
        before=wanted.before,
        limit=wanted.limit,
    )
    return answers.job_list(page)


def job(job_id: str) -> Response:
    """``GET /jobs/<job_id>``: how the job is, and why it waits if it does."""
    found = client().get(job_id)
    waiting = client().explain(job_id) if found.status == "queued" else None
    if waiting is not None and waiting.status != "queued":
        # It has begun in between.
        found, waiting = client().get(job_id), None
    return answers.job_state(found, waiting)


def cancel(job_id: str) -> Response:
    """``DELETE /jobs/<job_id>``: stop the job."""
    return answers.changed(client().cancel(job_id))


def retry(job_id: str) -> Response:
    """``POST /jobs/<job_id>/retry``: queue a failed or cancelled job again."""
    return answers.changed(client().retry(job_id))


def attempts(job_id: str) -> Response:
    """``GET /jobs/<job_id>/attempts``: each run of the job, oldest first."""
    found = client().attempts(job_id)
    shown = [attempt.to_dict() for attempt in found]
    for attempt in shown:
        # What the program looks like inside is for its developers.
        attempt.pop("trace", None)
    return answers.if_news(jsonify({"attempts": shown}))


def queues() -> Response:
    """``GET /queues``: how many jobs each queue has in each state."""
    return answers.if_news(jsonify({"queues": [queue.to_dict() for queue in client().stats()]}))
