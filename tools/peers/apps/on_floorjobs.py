"""floorjobs: what differs between its rows is in the environment."""

from typing import Any

import floorjobs
from peers import marks

threads = True
_state: dict[str, floorjobs.Client] = {}


@floorjobs.handler("noop")
def noop(_context: object, payload: dict[str, Any]) -> None:
    """Do nothing."""
    marks.ran(payload["sent"])


def _client() -> floorjobs.Client:
    if not _state:
        _state["client"] = floorjobs.connect()
    return _state["client"]


def enqueue(sent: int) -> None:
    """Store one job."""
    _client().enqueue("noop", {"sent": sent})


def enqueue_many(count: int) -> None:
    """Store many jobs in transactions of a thousand."""
    for start in range(0, count, 1_000):
        jobs = range(start, min(start + 1_000, count))
        _client().enqueue_many([{"kind": "noop", "payload": {"sent": 0}} for _ in jobs])
