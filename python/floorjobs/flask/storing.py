"""The routes that store jobs: an ingest, a layout with its bill, another bill of a layout."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import IO, TYPE_CHECKING, Any

from flask import request

from floorjobs.exceptions import ConflictError, FloorjobsError, InvalidInputError, WaitTimeout
from floorjobs.flask import answers, inputs
from floorjobs.flask.requests import note_stored
from floorjobs.flask.store import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from floorjobs.models import Job

# A client that got no answer asks again within minutes; a day is what others keep keys for.
_KEY_HELD = timedelta(hours=24)

_OLDER_NUMBERS = {"alternatives": "parallel_candidates", "threads": "max_workers"}


def ingest() -> Response:
    """``POST /ingest``: store the PDF and the job that reads it."""
    upload = inputs.upload(request)
    key = inputs.idempotency_key(request)
    known = _known("ingest", key)
    try:
        stored = known or client().ingest(
            upload.file.stream,
            filename=upload.filename,
            project_id=upload.project_id,
            unique_key=key,
        )
    except FloorjobsError as error:
        if error.field == "pdf":
            # So the library calls its argument; the part of the form is called otherwise.
            error.field = "file"
        raise
    if key is not None:
        upload.file.stream.seek(0)
        if stored.payload_ref != f"sha256:{_digest(upload.file.stream)}":
            raise _other("file")
    return _accept(stored, _ingested, is_new=known is None)


def generate() -> Response:
    """``POST /generate``: store the job that lays out rooms and prices them."""
    wanted = inputs.design(request)
    key = inputs.idempotency_key(request)
    known = _known("generate", key)
    try:
        stored = known or client().generate(**wanted, unique_key=key)
    except InvalidInputError as error:
        raise _in_older_words(error) from error
    if key is not None and not _asks_the_same(stored, wanted):
        raise _other("request")
    return _accept(stored, _generated, is_new=known is None)


def price(layout: str) -> Response:
    """``POST /layouts/<id>/boms``: store the job that prices a layout once more."""
    number, options = inputs.row_id(layout, "layout"), inputs.bill_options(request)
    key = inputs.idempotency_key(request)
    known = _known("price", key)
    stored = known or client().price(number, bom=options, unique_key=key)
    if stored.payload["layout_id"] != number:
        raise _other("layout")
    return _accept(stored, _generated, is_new=known is None)


def _in_older_words(error: InvalidInputError) -> InvalidInputError:
    """Name the field as the request does, where the library has another name for it."""
    if error.field is not None and error.field.startswith("spatial_graph"):
        return InvalidInputError(f"Invalid spatial_graph payload: {error}", error.field)
    older = _OLDER_NUMBERS.get(error.field or "")
    return error if older is None else InvalidInputError(f"{older}: {error}", older)


def _known(kind: str, key: str | None) -> Job | None:
    """Return the newest job that was stored with this key within a day, however it ended.

    The store itself keeps a second job away only while the first one is queued or running.
    """
    if key is None:
        return None
    since = datetime.now(timezone.utc) - _KEY_HELD
    found = client().list(kind=kind, unique_key=key, created_after=since, limit=1)
    return found[0] if found else None


def _digest(file: IO[bytes]) -> str:
    hashed = hashlib.sha256()
    while part := file.read(1 << 20):
        hashed.update(part)
    return hashed.hexdigest()


def _asks_the_same(stored: Job, wanted: dict[str, Any]) -> bool:
    """Whether a job is about this floor plan and has these words, as far as it shows them."""
    asked = stored.payload.get("request") if isinstance(stored.payload, dict) else None
    if stored.floorplan_id != wanted["floorplan_id"]:
        return False
    # A large request lies in a file, which is not compared.
    return asked is None or asked["program"].get("prompt") == wanted["prompt"]


def _other(what: str) -> ConflictError:
    return ConflictError(
        f"this Idempotency-Key was used with another {what} within a day", "Idempotency-Key"
    )


def _accept(stored: Job, finished: Callable[[Job], Response], *, is_new: bool) -> Response:
    """Answer 202, or what the job came to if the client waits and it ends in time."""
    if is_new:
        note_stored(stored)
    seconds = inputs.wait_seconds(request)
    response = None
    if seconds is not None:
        try:
            ended = client().wait(stored.id, timeout=seconds)
            response = finished(ended) if ended.status == "succeeded" else answers.failed(ended)
        except WaitTimeout:
            stored = client().get(stored.id)
    if response is None:
        response = answers.accepted(stored)
    if seconds is not None:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    response.vary.add("Prefer")
    return response


def _ingested(ended: Job) -> Response:
    if ended.floorplan_id is None:
        raise FloorjobsError(f"job `{ended.id}` has no floor plan")
    return answers.ingested(client().floorplan(ended.floorplan_id))


def _generated(ended: Job) -> Response:
    if ended.bom_id is None:
        return answers.infeasible(ended)
    bill = client().bom(ended.bom_id)
    layout = None if bill.layout_id is None else client().layout(bill.layout_id)
    return answers.generated(ended, bill, layout)
