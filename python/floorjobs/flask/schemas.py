"""The shapes of requests and answers, as JSON Schema of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from floorjobs.client.design_request import EFFORTS
from floorjobs.flask.failures import STATUS_OF_CODE
from floorjobs.models import FloorplanStatus, Outcome, ParentFailure, Status

if TYPE_CHECKING:
    from floorjobs.models import Json

    Schema = dict[str, Json]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_FLAG: Schema = {"type": "boolean"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_ANY: Schema = {}
_ID: Schema = {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1}
_OBJECT: Schema = {"type": "object"}
_STATUS: Schema = {"enum": list(get_args(Status))}
_JOB_ID: Schema = {"type": "string", "format": "uuid"}


def _or_null(schema: Schema) -> Schema:
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Return an object of which an answer has every property but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _about(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


_LISTED_JOB: dict[str, Schema] = {
    "job_id": _JOB_ID,
    "job_type": _about(_TEXT, "`ingest`, `generate`, or a kind of the application's own"),
    "queue": _TEXT,
    "priority": _about(_WHOLE, "higher runs first within the queue"),
    "status": _STATUS,
    "progress": _or_null(_ref("Progress")),
    "attempt": _about(_COUNT, "how often it was started"),
    "errors": _COUNT,
    "crashes": _COUNT,
    "cancel_requested": _FLAG,
    "waiting_for": _about(_COUNT, "how many jobs must end before it may run"),
    "error_code": _or_null(_TEXT),
    "error_message": _or_null(_TEXT),
    "result_ref": _about(_or_null(_OBJECT), "where the result is to be found"),
    "floorplan_id": _or_null(_ID),
    "bom_id": _or_null(_ID),
    "run_at": _about(_MOMENT, "no sooner than this it runs, or ran"),
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "started_at": _or_null(_MOMENT),
    "finished_at": _or_null(_MOMENT),
}

_JOB: dict[str, Schema] = {
    **_LISTED_JOB,
    "payload": _ANY,
    "payload_ref": _or_null(_TEXT),
    "unique_key": _or_null(_TEXT),
    "request_id": _or_null(_TEXT),
    "on_parent_failure": {"enum": list(get_args(ParentFailure))},
    "max_attempts": _or_null(_COUNT),
    "timeout_s": _or_null(_NUMBER),
    "retry_delay_s": _or_null(_NUMBER),
    "interruptions": _COUNT,
    "stalled_since": _or_null(_MOMENT),
    "checkpoint": _ANY,
    "result": _ANY,
    "error_causes": _list(_TEXT),
    "waiting": _about(_ref("Waiting"), "while it is queued: why it does not run now"),
}

_WALL = _answer(
    dict.fromkeys(("x1", "y1", "x2", "y2", "length_pts", "thickness"), _NUMBER),
)

_GENERATE: dict[str, Schema] = {
    "floorplan_id": _about(_WHOLE, "a floor plan; one that is being read is waited for"),
    "spatial_graph": {
        "type": "object",
        "description": "walls in PDF points with their scale, in the older shape",
        "properties": {
            "walls": {
                "type": "array",
                "minItems": 1,
                "items": {**_WALL, "required": ["x1", "y1", "x2", "y2"]},
            },
            "scale_factor": _about(_or_null(_NUMBER), "PDF points per foot"),
            "page_dimensions": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
        },
        "required": ["walls"],
    },
    "site": _about(_OBJECT, "an outline, `perimeter_mm`, and what is known of it"),
    "prompt": {
        "type": "string",
        "minLength": 1,
        "examples": ["6 operatory dental clinic with reception"],
    },
    "program": _about(_OBJECT, "`rooms`, `adjacency`, `access` as data"),
    "rules": _about(_OBJECT, "what differs from the rules of the profile"),
    "bom": _about(_OBJECT, "how the bill is made: `measurement`, `additions`, `taxes`"),
    "parallel_candidates": {"type": "integer", "minimum": 1, "maximum": 8, "default": 2},
    "max_workers": {"type": "integer", "minimum": 1},
    "seed": {"type": "integer", "minimum": 0, "default": 1},
    "effort": {
        "enum": list(EFFORTS),
        "default": "normal",
        "description": "how long is searched; `thorough` takes up to four times as long",
    },
    "strict": {
        "type": "boolean",
        "default": False,
        "description": "whether an assumption, such as a missing scale, is an error",
    },
}

SCHEMAS: dict[str, Schema] = {
    "Error": _answer(
        {
            "error": _about(_TEXT, "a sentence for people"),
            "code": {"enum": list(STATUS_OF_CODE), "description": "stable, for programs"},
            "field": _about(_or_null(_TEXT), "the field of the request at fault"),
            "job_id": _about(_JOB_ID, "the job that did not succeed, if one was waited for"),
        },
        optional=("job_id",),
    ),
    "Health": _answer({"status": {"const": "ok"}}),
    "Progress": _answer(
        {
            "fraction": {"type": "number", "minimum": 0, "maximum": 1},
            "stage": _TEXT,
            "message": _or_null(_TEXT),
        }
    ),
    "Waiting": _answer(
        {
            "reasons": _list(_OBJECT),
            "sentence": _about(_TEXT, "the reasons for people"),
            "position": _about(_or_null(_COUNT), "how many jobs of the queue run before it"),
        }
    ),
    "Accepted": _answer(
        {
            "job_id": _JOB_ID,
            "status": _STATUS,
            "status_url": _about(_TEXT, "where to ask for the job"),
            "pdf_id": _about(_ID, "the floor plan, of an ingest"),
        },
        optional=("pdf_id",),
    ),
    "Job": _answer(_JOB, optional=("waiting",)),
    "JobList": _answer(
        {
            "jobs": _list(_answer(_LISTED_JOB)),
            "next": _about(_or_null(_JOB_ID), "`before` of the next page; null on the last"),
        }
    ),
    "Attempts": _answer(
        {
            "attempts": _list(
                _answer(
                    {
                        "number": _COUNT,
                        "owner": _TEXT,
                        "host": _TEXT,
                        "pid": _COUNT,
                        "started_at": _MOMENT,
                        "finished_at": _or_null(_MOMENT),
                        "outcome": _or_null({"enum": list(get_args(Outcome))}),
                        "error": _or_null(_ref("Failure")),
                        "usage": _or_null(_OBJECT),
                    }
                )
            )
        }
    ),
    "Failure": _answer({"code": _TEXT, "message": _TEXT, "causes": _list(_TEXT)}),
    "Queues": _answer(
        {
            "queues": _list(
                _answer(
                    {
                        "queue": _TEXT,
                        **dict.fromkeys(
                            ("ready", "delayed", "blocked", *get_args(Status)[1:]), _COUNT
                        ),
                        "oldest_ready": _or_null(_MOMENT),
                        "paused_since": _or_null(_MOMENT),
                    }
                )
            )
        }
    ),
    "FloorplanStatus": _answer(
        {
            "pdf_id": _ID,
            "status": {"enum": list(get_args(FloorplanStatus))},
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
            "error_message": _or_null(_TEXT),
            "generation_summary": _or_null(
                _answer({"bom_id": _ID, "total_cost_inr": _TEXT, "generated_at": _MOMENT})
            ),
            "jobs": _list(
                _answer(
                    {
                        "job_id": _JOB_ID,
                        "job_type": _TEXT,
                        "status": _STATUS,
                        "created_at": _MOMENT,
                        "finished_at": _or_null(_MOMENT),
                    }
                )
            ),
        }
    ),
    "Floorplan": _answer(
        {
            "id": _ID,
            "status": {"enum": list(get_args(FloorplanStatus))},
            "project_id": _or_null(_WHOLE),
            "filename": _or_null(_TEXT),
            "pdf_bytes": _COUNT,
            "error": _or_null(_ref("Failure")),
            "source": _or_null({"enum": ["vector", "raster"]}),
            "total_wall_count": _or_null(_COUNT),
            "total_linear_pts": _about(_or_null(_NUMBER), "PDF points, 1/72 inch"),
            "wall_segments": _list(_WALL),
            "spatial_graph": _about(_or_null(_OBJECT), "as `POST /generate` takes it"),
            "plan": _about(
                _or_null(_OBJECT),
                "page, walls, rooms, doors, windows, scale, texts and findings; PDF points with "
                "the origin at the top left, and millimetres where the scale is known",
            ),
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    ),
    "Layout": _answer(
        {
            "id": _ID,
            "floorplan_id": _or_null(_ID),
            "job_id": _or_null(_JOB_ID),
            "created_at": _MOMENT,
            "constraint_result": _ref("ConstraintResult"),
            "status": {"enum": ["ok", "ok_with_relaxations"]},
            "layout": _about(_OBJECT, "rooms, walls, doors and fixtures in millimetres"),
            "interpretation": _about(_OBJECT, "how the words of the request were understood"),
            "relaxations": _list(_OBJECT),
            "violations": _list(_OBJECT),
            "metrics": _or_null(_OBJECT),
            "alternatives": _list(_OBJECT),
        }
    ),
    "ConstraintResult": _answer(
        {
            "passed": _FLAG,
            "violations": _list(
                _answer(
                    {
                        "type": _TEXT,
                        "description": _TEXT,
                        "severity": {"enum": ["error", "warning"]},
                        "affected_elements": _list(_TEXT),
                    }
                )
            ),
            "summary": _TEXT,
        }
    ),
    "Bom": _answer(
        {
            "id": _ID,
            "floorplan_id": _or_null(_ID),
            "layout_id": _or_null(_ID),
            "job_id": _or_null(_JOB_ID),
            "created_at": _MOMENT,
            "total_cost_inr": _about(_TEXT, "rupees, a decimal number with two decimals"),
            "is_partial": _about(_FLAG, "whether lines without a price are missing from it"),
            "line_items": _list(_ref("LineItem")),
        }
    ),
    "LineItem": _answer(
        {
            "material_name": _TEXT,
            "category": _TEXT,
            "quantity": _TEXT,
            "unit": _TEXT,
            "rate_inr": _or_null(_TEXT),
            "amount_inr": _or_null(_TEXT),
            "room_name": _or_null(_TEXT),
            "notes": _TEXT,
        }
    ),
    "Ingested": _answer(
        {
            "pdf_id": _ID,
            "total_wall_count": _COUNT,
            "total_linear_pts": _NUMBER,
            "source": {"enum": ["vector", "raster"]},
            "wall_segments": _list(_WALL),
        }
    ),
    "Generated": _answer(
        {
            "success": _about(_FLAG, "false if what was asked for does not fit"),
            "iterations_used": _COUNT,
            "job_id": _JOB_ID,
            "bom_id": _or_null(_ID),
            "layout_id": _or_null(_ID),
            "floorplan_id": _or_null(_ID),
            "prompt": _or_null(_TEXT),
            "total_cost_inr": _or_null(_TEXT),
            "line_items": _list(_ref("LineItem")),
            "room_count": _or_null(_COUNT),
            "total_area_sqm": _or_null(_TEXT),
            "layout": _or_null(_OBJECT),
            "constraint_result": _or_null(_ref("ConstraintResult")),
            "interpretation": _or_null(_OBJECT),
            "relaxations": _or_null(_list(_OBJECT)),
            "infeasibility": _about(
                _or_null(_OBJECT), "if it does not fit: what is needed, what there is, what helps"
            ),
        },
        optional=("infeasibility",),
    ),
    "GenerateRequest": {
        "type": "object",
        "description": "Where: one of `floorplan_id`, `spatial_graph` and `site`. What: `prompt` "
        "or `program`. A field that is null is one that is not there.",
        "additionalProperties": False,
        "properties": {name: _or_null(field) for name, field in _GENERATE.items()},
    },
    "PriceRequest": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"bom": _or_null(_GENERATE["bom"])},
    },
    "Upload": {
        "type": "object",
        "properties": {
            "file": {
                "type": "string",
                "contentMediaType": "application/pdf",
                "description": "the PDF; its name ends in .pdf",
            },
            "project_id": _about(_WHOLE, "whatever number the application knows its project by"),
        },
        "required": ["file"],
    },
}
