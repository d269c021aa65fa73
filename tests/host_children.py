"""What child processes of a host do in the tests, where `multiprocessing` finds it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import floorjobs

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue


def with_inherited(client: floorjobs.Client, told: SimpleQueue[str]) -> None:
    """Enqueue and poll with the client that the parent had opened before the fork."""
    told.put(_enqueue_and_poll(client))


def with_own(url: str, told: SimpleQueue[str]) -> None:
    """Enqueue and poll with a client of one's own."""
    with floorjobs.connect(url) as client:
        told.put(_enqueue_and_poll(client))


def _enqueue_and_poll(client: floorjobs.Client) -> str:
    for _ in range(20):
        job = client.enqueue("in-child", {"pid": os.getpid()})
        if client.get(job.id).status != "queued":
            return f"{job.id} is not queued"
    return "fine"
