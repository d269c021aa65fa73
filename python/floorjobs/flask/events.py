"""Server-sent events: the changes of a job as they happen, where the application allows it.

Each stream holds a thread of the server, so they are off unless ``FLOORJOBS_EVENTS`` says how many
one process may hold; a client that is refused goes on asking.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from flask import Response, current_app

from floorjobs.exceptions import NotFoundError, UnavailableError, WaitTimeout
from floorjobs.flask import settings
from floorjobs.flask.store import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from floorjobs.models import JobEvent

# gunicorn kills a worker that is busy for 30 s with one request; the client comes back by itself.
STREAM_SECONDS = 25.0
# A client that has left is noticed when something is written to it.
_SIGN_OF_LIFE_S = 5.0
_RECONNECT_MS = 1_000

# The open streams, each with the process that holds it: a child inherits this and none of them.
_open: set[tuple[int, object]] = set()


def events(job_id: str) -> Response:
    """``GET /jobs/<job_id>/events``: how the job is, then each change to its end."""
    most = settings.event_streams(current_app)
    if most == 0:
        raise NotFoundError("there are no streams of events here; FLOORJOBS_EVENTS allows them")
    # An unknown job is an answer, not a stream.
    following = client().events(job_id, timeout=_SIGN_OF_LIFE_S)
    first = next(following)
    pid = os.getpid()
    if sum(holder == pid for holder, _ in _open) >= most:
        raise UnavailableError(f"all {most} streams of events are taken; ask for the job instead")
    mine = (pid, object())
    _open.add(mine)
    response = Response(_stream(first, following, mine), mimetype="text/event-stream")
    # The server calls this however the answer ends, and if it was never begun.
    response.call_on_close(lambda: _open.discard(mine))
    response.headers["Cache-Control"] = "no-store"
    # nginx would collect the answer before it passes it on.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _stream(
    first: JobEvent, following: Iterator[JobEvent], mine: tuple[int, object]
) -> Iterator[str]:
    until = time.monotonic() + STREAM_SECONDS
    try:
        yield f"retry: {_RECONNECT_MS}\n\n"
        yield _written(first)
        ended = first.job.is_ended
        while not ended and time.monotonic() < until:
            event = _next(following)
            if event is not None:
                yield _written(event)
                ended = event.job.is_ended
            else:
                yield ": still there\n\n"
        if ended:
            yield "event: end\ndata: {}\n\n"
    except NotFoundError:
        # Ended and forgotten.
        return
    finally:
        _open.discard(mine)


def _next(following: Iterator[JobEvent]) -> JobEvent | None:
    """Return the next event, or None if nothing happens; asking for the job tells of its end."""
    try:
        return next(following)
    except (WaitTimeout, StopIteration):
        return None


def _written(event: JobEvent) -> str:
    return f"event: job\ndata: {json.dumps(event.to_dict())}\n\n"
