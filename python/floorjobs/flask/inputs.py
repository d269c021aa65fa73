"""What requests bring, checked: the file, the numbers, and how long the client will wait."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from flask import current_app
from werkzeug.datastructures import FileStorage

from floorjobs.client.design_request import EFFORTS
from floorjobs.exceptions import InvalidInputError, NotFoundError
from floorjobs.models import Status

if TYPE_CHECKING:
    from flask import Request

DEFAULT_MAX_BYTES = 16 << 20
"""The largest request body if the application sets no ``MAX_CONTENT_LENGTH``."""

MAX_WAIT_SECONDS = 25
"""A request is held no longer, whatever ``Prefer: wait`` says: proxies give up at 30."""

MAX_LISTED = 200
"""The most jobs of one page of a list; each is read from the database."""

_MAX_ID = (1 << 63) - 1
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_DEFAULT_LISTED = 50


@dataclass(frozen=True)
class Upload:
    """A PDF as it was posted."""

    file: FileStorage
    filename: str
    project_id: int | None


def upload(request: Request) -> Upload:
    """Return the posted file and project, or raise with the sentence that clients know."""
    if current_app.config.get("MAX_CONTENT_LENGTH") is None:
        request.max_content_length = DEFAULT_MAX_BYTES
    file = request.files.get("file")
    if file is None:
        raise InvalidInputError("No file provided", "file")
    if not file.filename:
        raise InvalidInputError("No file selected", "file")
    filename = _filename(file.filename)
    if not filename.lower().endswith(".pdf"):
        raise InvalidInputError("File must be a PDF", "file")
    return Upload(file, filename, _project_id(request.form.get("project_id")))


def _filename(given: str) -> str:
    """Return the name of a file as it can be shown: without a path, and what tricks the eye."""
    # Some browsers send the whole path, with either slash.
    name = os.path.basename(given.replace("\\", "/"))  # noqa: PTH119
    # Controls (a NUL, which no database holds; a line end) and marks that turn text around.
    shown = "".join(letter for letter in name if unicodedata.category(letter) not in _UNSEEN)
    return shown.strip()


def _project_id(text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    # int() alone would take "1_000" and Arabic digits.
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text.strip()) or abs(int(text)) > _MAX_ID:
        raise InvalidInputError("project_id must be an integer", "project_id")
    return int(text)


def row_id(text: str, noun: str) -> int:
    """Return the id in a path; what cannot be one is not found."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > _MAX_ID:
        raise NotFoundError(f"{noun} {text} not found")
    return int(text)


def wait_seconds(request: Request) -> int | None:
    """Return N of ``Prefer: wait=N`` (RFC 7240), capped; None if it is not asked for.

    A preference that makes no sense is ignored, as the RFC wants it.
    """
    for preference in ",".join(request.headers.getlist("Prefer")).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            digits = value.strip().strip('"')
            if re.fullmatch(r"[0-9]{1,9}", digits):
                return min(int(digits), MAX_WAIT_SECONDS)
            return None
    return None


def idempotency_key(request: Request) -> str | None:
    """Return the key that keeps a repeated request from making a second job."""
    return request.headers.get("Idempotency-Key") or None


@dataclass(frozen=True)
class Listing:
    """Which jobs a list is to show."""

    status: list[Status]
    kind: str | None
    queue: str | None
    floorplan_id: int | None
    before: str | None
    limit: int


def listing(request: Request) -> Listing:
    """Return the filters of a list, from the query of the request."""
    words = ",".join(request.args.getlist("status"))
    statuses = [word.strip() for word in words.split(",") if word.strip()]
    for word in statuses:
        if word not in get_args(Status):
            raise InvalidInputError(f"there is no status `{word}`", "status")
    limit = _number(request, "limit")
    if limit is not None and not 1 <= limit <= MAX_LISTED:
        raise InvalidInputError(f"limit must be 1 to {MAX_LISTED}", "limit")
    return Listing(
        status=cast("list[Status]", statuses),
        kind=request.args.get("kind") or None,
        queue=request.args.get("queue") or None,
        floorplan_id=_number(request, "floorplan_id"),
        # An empty one is a mistake, and would bring the first page again and again.
        before=request.args.get("before"),
        limit=limit or _DEFAULT_LISTED,
    )


def _number(request: Request, name: str) -> int | None:
    text = request.args.get(name)
    if text is None or not text.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,19}", text.strip()) or not 1 <= int(text) <= _MAX_ID:
        raise InvalidInputError(f"{name} must be a positive integer", name)
    return int(text)


_DESIGN_FIELDS = {
    "spatial_graph",
    "floorplan_id",
    "prompt",
    "program",
    "site",
    "rules",
    "bom",
    "parallel_candidates",
    "max_workers",
    "seed",
    "effort",
    "strict",
}


def design(request: Request) -> dict[str, Any]:
    """Return what `generate` is called with, or raise with the sentences that clients know."""
    if current_app.config.get("MAX_CONTENT_LENGTH") is None:
        request.max_content_length = DEFAULT_MAX_BYTES
    body = _json_object(request)
    for name in body:
        if name not in _DESIGN_FIELDS:
            raise InvalidInputError(f"there is no field `{name}`", name)
    graph, plan = body.get("spatial_graph"), _whole(body, "floorplan_id", least=None)
    if graph is None and plan is None and body.get("site") is None:
        raise InvalidInputError("spatial_graph is required", "spatial_graph")
    if graph is not None and not isinstance(graph, dict):
        raise InvalidInputError("Invalid spatial_graph payload: not an object", "spatial_graph")
    if graph is not None and not graph.get("walls"):
        raise InvalidInputError("spatial_graph must include at least one wall", "spatial_graph")
    prompt = body.get("prompt")
    needs_words = body.get("program") is None
    if (prompt is not None or needs_words) and not (isinstance(prompt, str) and prompt.strip()):
        raise InvalidInputError("prompt must be a non-empty string", "prompt")
    seed, strict = _whole(body, "seed", least=0), body.get("strict")
    if strict is not None and not isinstance(strict, bool):
        raise InvalidInputError("strict must be true or false", "strict")
    wanted: dict[str, Any] = {
        "floorplan_id": plan,
        "prompt": prompt,
        "spatial_graph": graph,
        "alternatives": _whole(body, "parallel_candidates", least=1) or 2,
        "threads": _whole(body, "max_workers", least=1),
        "seed": 1 if seed is None else seed,
        "effort": _effort(body.get("effort")),
        "strict": bool(strict),
    }
    for name in ("program", "site", "rules", "bom"):
        given = body.get(name)
        if given is not None and not isinstance(given, dict):
            raise InvalidInputError(f"{name} must be an object", name)
        wanted[name] = given
    return wanted


def _effort(given: Any) -> str:  # noqa: ANN401
    if given is None:
        return "normal"
    if given not in EFFORTS:
        raise InvalidInputError(f"effort must be one of {', '.join(EFFORTS)}", "effort")
    return str(given)


def bill_options(request: Request) -> dict[str, Any]:
    """Return how a bill is to be made, the body being its part ``bom``; nothing is the default."""
    if not request.get_data(cache=True).strip():
        return {}
    body = _json_object(request)
    for name in body:
        if name != "bom":
            raise InvalidInputError(f"there is no field `{name}`", name)
    given = body.get("bom")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise InvalidInputError("bom must be an object", "bom")
    return given


def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = request.get_json(silent=True)
    except RecursionError as error:
        raise InvalidInputError("the body is nested too deeply", None) from error
    if body is None and not request.is_json:
        raise InvalidInputError(
            "the body must be a JSON object, with Content-Type: application/json", "Content-Type"
        )
    if not isinstance(body, dict):
        raise InvalidInputError("the body must be a JSON object", None)
    return body


def _whole(body: dict[str, Any], name: str, *, least: int | None) -> int | None:
    number = body.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) > _MAX_ID:
        word = "an integer" if least is None else "a positive integer"
        raise InvalidInputError(f"{name} must be {word}", name)
    if least is not None and number < least:
        raise InvalidInputError(f"{name} must be a positive integer", name)
    return number
