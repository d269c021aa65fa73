"""A Flask application with floorjobs in it: routes, a page for people, and a kind of its own.

Run it with ``flask --app examples/flask_app.py run`` and, beside it,
``flask --app examples/flask_app.py floorjobs worker``; both find the database through
``FLOORJOBS_DATABASE_URL``. Or run both with ``make serve``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, redirect, request, url_for

import floorjobs
from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirection

    from floorjobs.handlers import Context

app = Flask(__name__)
jobs = FloorJobs(app)


@app.get("/")
def index() -> Redirection:
    """Show the page that `FloorJobs` has added."""
    return redirect(url_for("floorjobs_page.page"))


@app.post("/plans/<int:plan_id>/measure")
def measure(plan_id: int) -> Response:
    """Store a job of this application's own kind, and answer 202 with where to ask for it."""
    unit = request.args.get("unit", "m")
    job = jobs.client.enqueue("measure", {"unit": unit}, floorplan_id=plan_id)
    return jobs.accepted(job)


@floorjobs.handler("measure", max_attempts=2, timeout=30)
def measured(ctx: Context, payload: dict[str, str]) -> dict[str, float | str]:
    """Add up the walls of a plan; what this returns is the job's result."""
    ctx.progress(0.5, "measuring")
    with floorjobs.connect() as client:
        plan = client.floorplan(ctx.job.floorplan_id or 0)
    if plan.plan is None or plan.total_linear_pts is None or plan.plan["scale"] is None:
        raise floorjobs.Permanent("the plan has no scale", code="scale_unknown")
    metres: float = plan.total_linear_pts * plan.plan["scale"]["mm_per_pt"] / 1000
    feet = payload["unit"] == "ft"
    return {"length": round(metres / 0.3048 if feet else metres, 2), "unit": payload["unit"]}
