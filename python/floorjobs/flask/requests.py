"""What holds for every request: its id, the API key, and headers that every answer has."""

from __future__ import annotations

import hmac
import re
import uuid
from typing import TYPE_CHECKING

from flask import current_app, g, has_request_context, request

from floorjobs import origin
from floorjobs.exceptions import InvalidInputError
from floorjobs.flask import settings

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from floorjobs.models import Job

KEY_HEADER = "X-API-Key"
ID_HEADER = "X-Request-ID"

# What a client or a proxy may call its request, so that it can stand in a line of a log.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")

# Routes without a secret in them, that balancers and tools ask without a key.
_OPEN = frozenset({"floorjobs.health", "floorjobs_health.health", "floorjobs.openapi"})


class RefusedError(InvalidInputError):
    """The request does not bring an API key that is known."""


def prepare(made: Blueprint) -> None:
    """Let a blueprint's requests have an id and need a key."""
    made.before_request(_check_key)
    made.after_request(complete)


def request_id() -> str | None:
    """Return the id of the current request, or None outside of one."""
    if not has_request_context():
        return None
    known: str | None = g.get("floorjobs_request_id")
    if known is None:
        given = request.headers.get(ID_HEADER, "")
        known = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.floorjobs_request_id = known
    return known


# A job that any route stores, the library's or the host's own, comes from the request.
origin.being_answered.append(request_id)


def note_stored(job: Job) -> None:
    """Write into the application's log which job a request led to."""
    if has_request_context():
        current_app.logger.info("request %s stored %s job %s", request_id(), job.kind, job.id)


def _check_key() -> None:
    keys = settings.api_keys(current_app)
    if keys is None or request.endpoint in _OPEN:
        return
    # WSGI hands over the bytes of a header as Latin-1.
    given = request.headers.get(KEY_HEADER, "").encode("latin-1", "replace")
    # Every key is compared, each in constant time, so that time tells nothing.
    matches = [hmac.compare_digest(given, key) for key in keys]
    if not any(matches):
        what = "a valid API key is needed" if keys else "`API_AUTH_KEY` is not set on the server"
        raise RefusedError(f"{what}; send it as {KEY_HEADER}" if keys else what, KEY_HEADER)


def complete(response: Response) -> Response:
    """Return an answer with the headers that every answer has."""
    known = request_id()
    if known is not None:
        response.headers[ID_HEADER] = known
    # What was uploaded is never to be taken for a page.
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
