"""A Flask application with floorjobs in it: upload a plan, follow the job, see the walls.

Run it with ``flask --app examples/flask_app.py run`` and, beside it,
``python -m floorjobs.worker``; both find the database through ``FLOORJOBS_DATABASE_URL``. Or run
both with ``make serve``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, send_file

from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from flask import Response

app = Flask(__name__)
jobs = FloorJobs(app)


@app.get("/")
def index() -> Response:
    """Show the page that uses the routes which `FloorJobs` has added."""
    return send_file(Path(__file__).with_name("upload.html"))
