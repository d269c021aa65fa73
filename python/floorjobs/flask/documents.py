"""The routes about what jobs made: floor plans, layouts, bills of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from floorjobs.exceptions import InvalidInputError
from floorjobs.flask import answers, inputs, status
from floorjobs.flask.store import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from floorjobs.models import Json

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

_FORMS = {"application/json": "json", "text/csv": "csv", XLSX: "xlsx"}


def floorplan_status(pdf_id: str) -> Response:
    """``GET /status/<pdf_id>``: how the floor plan is, in the older shape."""
    number = inputs.row_id(pdf_id, "Floorplan")
    return answers.if_news(jsonify(status.of_floorplan(client(), number)))


def floorplan(plan: str) -> Response:
    """``GET /floorplans/<id>`` and ``/floorplans/<id>.svg``: what was read."""
    return _data_or_picture(
        plan,
        "floor plan",
        data=_floorplan,
        picture=client().floorplan_svg,
    )


def _floorplan(number: int) -> dict[str, Json]:
    # What was read may be megabytes; a list of plans needs their names.
    summary = request.args.get("summary", "0")
    if summary not in ("0", "1"):
        raise InvalidInputError("summary must be 0 or 1", "summary")
    return client().floorplan(number, with_plan=summary == "0").to_dict()


def layout(layout: str) -> Response:
    """``GET /layouts/<id>`` and ``/layouts/<id>.svg``: what was laid out."""
    return _data_or_picture(
        layout,
        "layout",
        data=lambda number: client().layout(number).to_dict(),
        picture=client().layout_svg,
    )


def bom(bom: str) -> Response:
    """``GET /boms/<id>``, ``.csv`` and ``.xlsx``: the bill of materials."""
    text, _, suffix = bom.partition(".")
    known = suffix in ("", *_FORMS.values())
    number = inputs.row_id(text if known else bom, "bill of materials")
    if not suffix:
        wanted = request.accept_mimetypes.best_match(list(_FORMS), "application/json")
        suffix = _FORMS[wanted]
    if suffix == "csv":
        response = _download(client().bom_csv(number), "text/csv", f"bom-{number}.csv")
    elif suffix == "xlsx":
        response = _download(client().bom_xlsx(number), XLSX, f"bom-{number}.xlsx")
    else:
        response = jsonify(client().bom(number).to_dict())
    response.vary.add("Accept")
    return answers.if_news(response)


def _download(content: str | bytes, mimetype: str, filename: str) -> Response:
    """Answer a file that a browser stores."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


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
    else:
        response = jsonify(data(number))
    response.vary.add("Accept")
    return answers.if_news(response)
