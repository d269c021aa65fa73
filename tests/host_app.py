"""The application that gunicorn serves in the tests; settings come from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, jsonify, request

from floorjobs import UnavailableError
from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

app = Flask(__name__)
jobs = FloorJobs(app)

if os.environ.get("USE_BEFORE_FORK"):
    with app.app_context():
        jobs.client.enqueue("before-fork", {"pid": os.getpid()})


@app.post("/enqueue")
def enqueue() -> ResponseReturnValue:
    kind = request.args.get("kind", "in-child")
    try:
        return jobs.accepted(jobs.client.enqueue(kind, {"pid": os.getpid()}))
    except UnavailableError as error:
        return jsonify(error=str(error), code=error.code), 503


@app.get("/process")
def process() -> ResponseReturnValue:
    """Tell of the process that answers: who it is, and how many threads it has."""
    return jsonify(pid=os.getpid(), threads=len(list(Path("/proc/self/task").iterdir())))
