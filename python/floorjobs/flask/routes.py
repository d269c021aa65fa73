"""Which function answers which route."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from floorjobs.flask import documents, events, failures, job_routes, openapi, requests, storing
from floorjobs.flask.store import client


def blueprint() -> Blueprint:
    """Return the routes that go under the prefix."""
    made = Blueprint("floorjobs", __name__)
    requests.prepare(made)
    failures.answer(made)
    for rule, method, view in (
        ("/ingest", "POST", storing.ingest),
        ("/generate", "POST", storing.generate),
        ("/jobs", "GET", job_routes.jobs),
        ("/jobs/<job_id>", "GET", job_routes.job),
        ("/jobs/<job_id>", "DELETE", job_routes.cancel),
        ("/jobs/<job_id>/retry", "POST", job_routes.retry),
        ("/jobs/<job_id>/attempts", "GET", job_routes.attempts),
        ("/jobs/<job_id>/events", "GET", events.events),
        ("/queues", "GET", job_routes.queues),
        ("/status/<pdf_id>", "GET", documents.floorplan_status),
        ("/floorplans/<plan>", "GET", documents.floorplan),
        ("/layouts/<layout>", "GET", documents.layout),
        ("/layouts/<layout>/boms", "POST", storing.price),
        ("/boms/<bom>", "GET", documents.bom),
        ("/openapi.json", "GET", openapi.openapi),
        ("/health", "GET", health),
    ):
        made.add_url_rule(rule, view_func=view, methods=[method])
    return made


def health_blueprint() -> Blueprint:
    """Return the route that is there without the prefix, too, for load balancers."""
    made = Blueprint("floorjobs_health", __name__)
    requests.prepare(made)
    failures.answer(made)
    made.add_url_rule("/health", view_func=health, methods=["GET"])
    return made


def health() -> Response:
    """``GET /health``: whether the store of jobs answers."""
    client().check_health()
    response = jsonify({"status": "ok"})
    response.headers["Cache-Control"] = "no-store"
    return response
