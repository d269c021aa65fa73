"""The routes as an OpenAPI 3.1 document: ``GET /openapi.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, current_app, jsonify, url_for

import floorjobs
from floorjobs.flask import answers, settings
from floorjobs.flask.documents import XLSX
from floorjobs.flask.requests import ID_HEADER, KEY_HEADER
from floorjobs.flask.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = dict[str, Any]

_JOB_ID: Part = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_PREFER: Part = {
    "name": "Prefer",
    "in": "header",
    "description": "`wait=N` holds the answer for up to N seconds, 25 at most (RFC 7240)",
    "schema": {"type": "string", "examples": ["wait=20"]},
}
_IDEMPOTENCY: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "a second request with this key within a day makes no second job",
    "schema": {"type": "string", "maxLength": 255},
}
_IF_NONE_MATCH: Part = {
    "name": "If-None-Match",
    "in": "header",
    "description": "the `ETag` of an earlier answer; 304 if nothing has changed",
    "schema": {"type": "string"},
}

_NAME: Part = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{0,64}$"}

# Each event of a stream, by the names of its lines.
_EVENT: Part = {
    "type": "object",
    "properties": {
        "event": {"enum": ["job", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

_SUMMARY: Part = {
    "name": "summary",
    "in": "query",
    "description": "`1` leaves out what was read: no `plan`, no `wall_segments`",
    "schema": {"enum": ["0", "1"]},
}

_REFUSALS = {
    400: "The request is not acceptable; `field` says where.",
    401: "The API key is missing or not known.",
    404: "There is no such thing.",
    409: "The state of things does not allow it.",
    413: "The request is larger than the limit.",
    422: "The job that was waited for did not succeed.",
    503: "The store of jobs is away; `Retry-After` says when to ask again.",
}


def openapi() -> Response:
    """``GET /openapi.json``: this document."""
    return answers.if_news(jsonify(document()))


def document() -> Part:
    """Return the document for the current application."""
    base = url_for("floorjobs.openapi").removesuffix("/openapi.json")
    made: Part = {
        "openapi": "3.1.0",
        "info": {
            "title": "floorjobs",
            "version": floorjobs.__version__,
            "summary": "Floor plans in, layouts and bills of materials out, by jobs.",
            "description": "Every answer has an `X-Request-ID`, that of the request if it had "
            "one. Times are UTC (RFC 3339), money is text of a decimal number of rupees.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": base or "/"}],
        "paths": _paths(),
        "components": {"schemas": SCHEMAS},
    }
    if settings.api_keys(current_app) is not None:
        key = {"type": "apiKey", "in": "header", "name": KEY_HEADER}
        made["components"]["securitySchemes"] = {"key": key}
        made["security"] = [{"key": []}]
    return made


def _paths() -> Part:
    return {
        "/ingest": {
            "post": _storing(
                "Store a PDF and the job that reads its floor plan.",
                body={"multipart/form-data": {"schema": _ref("Upload")}},
                done="Ingested",
            )
        },
        "/generate": {
            "post": _storing(
                "Store a job that lays out rooms and prices them.",
                body={"application/json": {"schema": _ref("GenerateRequest")}},
                done="Generated",
            )
        },
        "/jobs": {
            "get": _asking(
                "A page of jobs, newest first.", "JobList", parameters=_filters(), fails=(400, 404)
            )
        },
        "/jobs/{job_id}": {
            "parameters": [_JOB_ID],
            "get": _asking("A job as it is now.", "Job", fails=(404,), retry_after=True),
            "delete": _changing("Stop a job."),
        },
        "/jobs/{job_id}/retry": {
            "parameters": [_JOB_ID],
            "post": _changing("Queue a failed or cancelled job again."),
        },
        "/jobs/{job_id}/attempts": {
            "parameters": [_JOB_ID],
            "get": _asking("The runs of a job, oldest first.", "Attempts", fails=(404,)),
        },
        "/jobs/{job_id}/events": {
            "parameters": [_JOB_ID],
            "get": {
                "summary": "The changes of a job as they happen, where the server allows it.",
                "responses": {
                    "200": {
                        "description": "Events named `job`, each with `changed` and `job`; `end` "
                        "after the last. A stream lasts 25 s; ask again for more.",
                        "content": {"text/event-stream": {"schema": _EVENT}},
                    },
                    **_fails((401, 404, 503)),
                },
            },
        },
        "/queues": {"get": _asking("What each queue holds.", "Queues")},
        "/status/{pdf_id}": {
            "parameters": [_row("pdf_id")],
            "get": _asking("How a floor plan is, and its jobs.", "FloorplanStatus", fails=(404,)),
        },
        "/floorplans/{plan}": _document(
            "plan", "What was read of a floor plan.", "Floorplan", parameters=[_SUMMARY]
        ),
        "/layouts/{layout}": _document("layout", "A layout, and how it came about.", "Layout"),
        "/layouts/{layout}/boms": {
            "parameters": [_row("layout")],
            "post": _storing(
                "Store a job that prices a layout once more.",
                body={"application/json": {"schema": _ref("PriceRequest")}},
                done="Generated",
                needs_body=False,
            ),
        },
        "/boms/{bom}": _document(
            "bom",
            "A bill of materials.",
            "Bom",
            others={
                "text/csv": ("csv", {"type": "string"}),
                XLSX: ("xlsx", {"type": "string", "contentMediaType": XLSX}),
            },
        ),
        "/openapi.json": {
            "get": {
                "summary": "This document.",
                "security": [],
                "parameters": [_IF_NONE_MATCH],
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "304": {"description": "Nothing has changed."},
                },
            }
        },
        "/health": {
            "get": {
                "summary": "Whether the store of jobs answers.",
                "security": [],
                "responses": {"200": _json("It does.", "Health"), **_fails((503,))},
            }
        },
    }


def _storing(summary: str, *, body: Part, done: str, needs_body: bool = True) -> Part:
    accepted = _json("The job is stored.", "Accepted")
    accepted["headers"] = {
        "Location": {"description": "where to ask for the job", "schema": {"type": "string"}}
    }
    return {
        "summary": summary,
        "parameters": [_PREFER, _IDEMPOTENCY],
        "requestBody": {"required": needs_body, "content": body},
        "responses": {
            "202": accepted,
            "200": _json("With `Prefer: wait`: what the job came to.", done),
            **_fails((400, 401, 404, 409, 413, 422, 503)),
        },
    }


def _changing(summary: str) -> Part:
    return {
        "summary": summary,
        "responses": {
            "202": _json("The job as it is now.", "Job"),
            **_fails((401, 404, 409, 503)),
        },
    }


def _asking(
    summary: str,
    schema: str,
    *,
    parameters: Sequence[Part] = (),
    fails: tuple[int, ...] = (),
    retry_after: bool = False,
) -> Part:
    found = _json("As asked for.", schema)
    if retry_after:
        found["headers"] = {
            "Retry-After": {
                "description": "seconds until asking again makes sense; not once it has ended",
                "schema": {"type": "integer"},
            }
        }
    return {
        "summary": summary,
        "parameters": [*parameters, _IF_NONE_MATCH],
        "responses": {
            "200": found,
            "304": {"description": "Nothing has changed since."},
            **_fails((401, *fails, 503)),
        },
    }


def _document(
    name: str,
    summary: str,
    schema: str,
    *,
    others: dict[str, tuple[str, Part]] | None = None,
    parameters: Sequence[Part] = (),
) -> Part:
    """Return a route that has other forms, too; a picture unless they are named."""
    forms = others or {"image/svg+xml": ("svg", {"type": "string"})}
    suffixes = " or ".join(f"`.{suffix}`" for suffix, _ in forms.values())
    asked = _asking(
        f"{summary} By `Accept`, or with {suffixes} after the number, in another form.",
        schema,
        parameters=parameters,
        fails=(400, 404, 409) if parameters else (404, 409),
    )
    for mimetype, (_, form) in forms.items():
        asked["responses"]["200"]["content"][mimetype] = {"schema": form}
    return {"parameters": [_row(name)], "get": asked}


def _filters() -> list[Part]:
    statuses = SCHEMAS["JobList"]["properties"]["jobs"]["items"]["properties"]["status"]
    schemas: dict[str, Part] = {
        "status": {"type": "array", "items": statuses},
        "kind": _NAME,
        "queue": _NAME,
        "floorplan_id": {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1},
        "before": {"type": "string", "format": "uuid", "description": "`next` of a page before"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    }
    return [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]


def _row(name: str) -> Part:
    number = {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1}
    return {"name": name, "in": "path", "required": True, "schema": number}


def _fails(statuses: tuple[int, ...]) -> Part:
    return {str(status): _json(_REFUSALS[status], "Error") for status in statuses}


def _json(description: str, schema: str) -> Part:
    content = {"application/json": {"schema": _ref(schema)}}
    header = {"description": "the id of the request", "schema": {"type": "string"}}
    return {"description": description, "headers": {ID_HEADER: header}, "content": content}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}
