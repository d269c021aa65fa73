"""How errors are answered: a sentence, a stable code, the field at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, jsonify, request
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from floorjobs.exceptions import FloorjobsError
from floorjobs.flask import inputs
from floorjobs.flask.requests import RefusedError, complete

if TYPE_CHECKING:
    from flask import Blueprint, Flask, Response

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


def answer_own_routes(app: Flask) -> None:
    """Let routes of the host answer the library's errors in this form, unless it says otherwise.

    Such as an `enqueue` that refuses its arguments, or a `get` that finds no job.
    """
    known = app.error_handler_spec[None][None]
    if FloorjobsError not in known:
        app.register_error_handler(FloorjobsError, lambda raised: complete(error(raised)))


def answer_strays(app: Flask, prefix: str) -> None:
    """Let requests that no route takes be answered in this form, too, where they were meant for us.

    That is a path under the prefix that nobody has, and a method that one of our routes does not
    take. Neither belongs to a blueprint, so Flask asks none of its handlers; and a handler of the
    application would hold for the host's own pages as well.
    """

    def stray() -> Response | None:
        raised = request.routing_exception
        is_ours = (isinstance(raised, NotFound) and _is_under(prefix, request.path)) or (
            isinstance(raised, MethodNotAllowed) and _is_of_ours(raised)
        )
        if raised is None or not is_ours:
            return None
        return complete(_refused_by_http(raised))

    app.before_request(stray)


def _is_under(prefix: str, path: str) -> bool:
    # Without a prefix any path might be meant for a page of the host's.
    return bool(prefix) and path.startswith(f"{prefix}/")


def _is_of_ours(raised: MethodNotAllowed) -> bool:
    """Whether the route that does not take this method is one of the library's."""
    routes = current_app.create_url_adapter(request)
    if routes is None or not raised.valid_methods:
        return False
    endpoint, _ = routes.match(method=next(iter(raised.valid_methods)))
    return str(endpoint).startswith(("floorjobs.", "floorjobs_health."))


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
    sentence, code = raised.description or raised.name, "invalid_input"
    if raised.code >= 500:
        code = "internal"
    elif isinstance(raised, NotFound):
        sentence, code = f"there is no route {request.path}", "not_found"
    elif isinstance(raised, MethodNotAllowed):
        allowed = ", ".join(sorted(raised.valid_methods or ()))
        sentence = f"{request.path} does not take {request.method}, but {allowed}"
    response = failure(sentence, code, None)
    response.status_code = raised.code
    if isinstance(raised, MethodNotAllowed):
        response.allow.update(raised.valid_methods or ())
    return response
