"""An application that does its work inside the request; `after.py` is the same with jobs.

``flask --app examples/before.py run``
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify, request

import floorjobs

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

app = Flask(__name__)


@app.post("/api/v1/ingest")
def ingest() -> ResponseReturnValue:
    """Read a plan, while the client and a thread of the server wait."""
    file = request.files.get("file")
    if file is None:
        return jsonify(error="No file provided"), 400
    try:
        walls = read_walls(file.read())
    except floorjobs.FloorjobsError as error:
        return jsonify(error=str(error)), 422
    return jsonify(walls)


@app.post("/api/v1/reports")
def report() -> ResponseReturnValue:
    """Write a report, which takes its time."""
    return jsonify(write_report(request.get_json()))


def read_walls(pdf: bytes) -> dict[str, Any]:
    """Return the walls of a plan; this stands for what an application has of its own."""
    (reading,) = floorjobs.ingest_pdf(pdf)
    walls = reading.spatial_graph["walls"]
    return {
        "total_wall_count": len(walls),
        "total_linear_pts": sum(wall["length_pts"] for wall in walls),
        "source": reading.plan["source"],
        "wall_segments": walls,
    }


def write_report(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return a report of so many pages; this stands for any slow function."""
    pages: list[str] = []
    for number in range(wanted["pages"]):
        time.sleep(0.05)
        pages.append(f"page {number + 1} of {wanted['title']}")
    return {"pages": pages}
