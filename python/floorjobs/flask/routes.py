"""The routes themselves: thin, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from floorjobs.exceptions import FloorjobsError, WaitTimeout
from floorjobs.flask import answers, extension, inputs, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from floorjobs.models import Job, Json


def blueprint() -> Blueprint:
    """Return the routes that go under the prefix."""
    made = Blueprint("floorjobs", __name__)
    _answer_errors(made)
    made.add_url_rule("/ingest", view_func=ingest, methods=["POST"])
    made.add_url_rule("/generate", view_func=generate, methods=["POST"])
    made.add_url_rule("/jobs/<job_id>", view_func=job, methods=["GET"])
    made.add_url_rule("/jobs/<job_id>", view_func=cancel, methods=["DELETE"])
    made.add_url_rule("/status/<pdf_id>", view_func=floorplan_status, methods=["GET"])
    made.add_url_rule("/floorplans/<plan>", view_func=floorplan, methods=["GET"])
    made.add_url_rule("/layouts/<layout>", view_func=layout, methods=["GET"])
    made.add_url_rule("/layouts/<layout>/boms", view_func=price, methods=["POST"])
    made.add_url_rule("/boms/<bom>", view_func=bom, methods=["GET"])
    made.add_url_rule("/health", view_func=health, methods=["GET"])
    return made


def health_blueprint() -> Blueprint:
    """Return the route that is there without the prefix, too, for load balancers."""
    made = Blueprint("floorjobs_health", __name__)
    _answer_errors(made)
    made.add_url_rule("/health", view_func=health, methods=["GET"])
    return made


def ingest() -> Response:
    """``POST /ingest``: store the PDF and the job that reads it."""
    upload = inputs.upload(request)
    stored = extension.client().ingest(
        upload.file.stream,
        filename=upload.filename,
        project_id=upload.project_id,
        unique_key=inputs.idempotency_key(request),
    )
    return _accept(stored, _ingested)


def generate() -> Response:
    """``POST /generate``: store the job that lays out rooms and prices them."""
    stored = extension.client().generate(
        **inputs.design(request), unique_key=inputs.idempotency_key(request)
    )
    return _accept(stored, _generated)


def job(job_id: str) -> Response:
    """``GET /jobs/<job_id>``: how the job is, and why it waits if it does."""
    client = extension.client()
    found = client.get(job_id)
    waiting = client.explain(job_id) if found.status == "queued" else None
    if waiting is not None and waiting.status != "queued":
        # It has begun in between.
        found, waiting = client.get(job_id), None
    return answers.job_state(found, waiting, request)


def cancel(job_id: str) -> Response:
    """``DELETE /jobs/<job_id>``: stop the job."""
    response = jsonify(extension.client().cancel(job_id).to_dict())
    response.status_code = 202
    return response


def floorplan_status(pdf_id: str) -> Response:
    """``GET /status/<pdf_id>``: how the floor plan is, in the older shape."""
    number = inputs.row_id(pdf_id, "Floorplan")
    return jsonify(status.of_floorplan(extension.client(), number))


def floorplan(plan: str) -> Response:
    """``GET /floorplans/<id>`` and ``/floorplans/<id>.svg``: what was read."""
    client = extension.client()
    return _data_or_picture(
        plan,
        "floor plan",
        data=lambda number: client.floorplan(number).to_dict(),
        picture=client.floorplan_svg,
    )


def layout(layout: str) -> Response:
    """``GET /layouts/<id>`` and ``/layouts/<id>.svg``: what was laid out."""
    client = extension.client()
    return _data_or_picture(
        layout,
        "layout",
        data=lambda number: client.layout(number).to_dict(),
        picture=client.layout_svg,
    )


def price(layout: str) -> Response:
    """``POST /layouts/<id>/boms``: store the job that prices a layout once more."""
    stored = extension.client().price(
        inputs.row_id(layout, "layout"),
        bom=inputs.bill_options(request),
        unique_key=inputs.idempotency_key(request),
    )
    return _accept(stored, _generated)


def bom(bom: str) -> Response:
    """``GET /boms/<id>``, ``.csv`` and ``.xlsx``: the bill of materials."""
    client = extension.client()
    text, _, suffix = bom.partition(".")
    known = suffix in ("", "json", "csv", "xlsx")
    number = inputs.row_id(text if known else bom, "bill of materials")
    if not suffix:
        suffix = answers.suffix_of(request)
    if suffix == "csv":
        response = answers.download(client.bom_csv(number), "text/csv", f"bom-{number}.csv")
    elif suffix == "xlsx":
        response = answers.download(client.bom_xlsx(number), answers.XLSX, f"bom-{number}.xlsx")
    else:
        response = jsonify(client.bom(number).to_dict())
    response.vary.add("Accept")
    return _cached(response)


def _data_or_picture(
    path: str,
    noun: str,
    *,
    data: Callable[[int], dict[str, Json]],
    picture: Callable[[int], str],
) -> Response:
    """Answer what is asked for by suffix or, without one, by ``Accept``."""
    text, _, suffix = path.partition(".")
    number = inputs.row_id(text if suffix in ("", "json", "svg") else path, noun)
    wanted = request.accept_mimetypes.best_match(["application/json", "image/svg+xml"])
    if suffix == "svg" or (not suffix and wanted == "image/svg+xml"):
        response = Response(picture(number), mimetype="image/svg+xml")
        # Texts of a stranger's drawing are in there; nothing of it may run.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
    else:
        response = jsonify(data(number))
    response.vary.add("Accept")
    return _cached(response)


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def health() -> Response:
    """``GET /health``: whether the store of jobs answers."""
    extension.client().check_health()
    return jsonify({"status": "ok"})


def _accept(stored: Job, finished: Callable[[Job], Response]) -> Response:
    """Answer 202, or what the job came to if the client waits and it ends in time."""
    seconds = inputs.wait_seconds(request)
    response = None
    if seconds is not None:
        try:
            ended = extension.client().wait(stored.id, timeout=seconds)
            response = finished(ended) if ended.status == "succeeded" else answers.failed(ended)
        except WaitTimeout:
            stored = extension.client().get(stored.id)
    if response is None:
        response = answers.accepted(stored)
    if seconds is not None:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    response.vary.add("Prefer")
    return response


def _ingested(ended: Job) -> Response:
    return answers.ingested(extension.client().floorplan(_floorplan_id(ended)))


def _generated(ended: Job) -> Response:
    client = extension.client()
    if ended.bom_id is None:
        return answers.infeasible(ended)
    bill = client.bom(ended.bom_id)
    return answers.generated(
        bill, None if bill.layout_id is None else client.layout(bill.layout_id)
    )


def _floorplan_id(ended: Job) -> int:
    if ended.floorplan_id is None:
        raise FloorjobsError(f"job `{ended.id}` has no floor plan")
    return ended.floorplan_id


def _answer_errors(made: Blueprint) -> None:
    made.register_error_handler(FloorjobsError, answers.error)
    made.register_error_handler(RequestEntityTooLarge, _too_large)


def _too_large(raised: RequestEntityTooLarge) -> Response:
    return answers.too_large(raised, request.max_content_length or inputs.DEFAULT_MAX_BYTES)
