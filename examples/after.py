"""The application of `before.py` with its work in jobs.

``flask --app examples/after.py run`` and, beside it,
``flask --app examples/after.py floorjobs worker``
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Flask, request

import floorjobs
from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from floorjobs.handlers import Context

app = Flask(__name__)
jobs = FloorJobs(app)


@app.post("/api/v1/reports")
def report() -> ResponseReturnValue:
    """Store the job that writes a report, and answer 202."""
    wanted = request.get_json()
    job = jobs.client.enqueue("report", wanted, unique_key=request.headers.get("Idempotency-Key"))
    return jobs.accepted(job)


@floorjobs.handler("report", max_attempts=3, timeout=120)
def write_report(ctx: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    """Write a report; the worker calls this, and what it returns is the job's result."""
    pages: list[str] = []
    for number in range(wanted["pages"]):
        ctx.check()
        time.sleep(0.05)
        pages.append(f"page {number + 1} of {wanted['title']}")
        ctx.progress((number + 1) / wanted["pages"], "writing")
    return {"pages": pages}
