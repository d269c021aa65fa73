"""How errors are answered: a sentence, a stable code, the field at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from floorjobs.exceptions import FloorjobsError
from floorjobs.flask import inputs
from floorjobs.flask.requests import RefusedError

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from floorjobs.models import Json

STATUS_OF_CODE = {
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


def answer(made: Blueprint) -> None:
    """Let a blueprint answer its errors in this form."""
    made.register_error_handler(FloorjobsError, error)
    made.register_error_handler(RefusedError, _refused)
    made.register_error_handler(RequestEntityTooLarge, _too_large)
    made.register_error_handler(HTTPException, _refused_by_http)


def error(raised: FloorjobsError) -> Response:
    """Answer an error: `error` is a sentence, `code` is stable."""
    response = failure(str(raised), raised.code, raised.field)
    response.status_code = STATUS_OF_CODE[raised.code]
    if raised.field is not None and (raised.field == "blobs_url" or raised.field.isupper()):
        # A setting, as an environment variable or by its name: nothing that a request could mend.
        response.status_code = 503
    if response.status_code == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_OUTAGE_S)
    return response


def failure(sentence: str, code: str, field: str | None, **more: Json) -> Response:
    """Return the body of an answer that something went wrong."""
    return jsonify({"error": sentence, "code": code, "field": field, **more})


def _refused(raised: RefusedError) -> Response:
    response = failure(str(raised), raised.code, raised.field)
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'ApiKey header="X-API-Key"'
    return response


def _too_large(_raised: RequestEntityTooLarge) -> Response:
    most = request.max_content_length or inputs.DEFAULT_MAX_BYTES
    response = failure(f"the request is larger than {most} bytes", "limit_exceeded", "file")
    response.status_code = 413
    return response


def _refused_by_http(raised: HTTPException) -> Response:
    """Answer what the web framework finds wrong with a request, such as a body cut short."""
    if raised.code is None or raised.code < 400:
        # A redirection, and the like.
        passed: Response = raised.get_response()  # type: ignore[assignment]
        return passed
    code = "internal" if raised.code >= 500 else "invalid_input"
    response = failure(raised.description or raised.name, code, None)
    response.status_code = raised.code
    return response
