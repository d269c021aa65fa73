"""Dramatiq: its Redis broker as it comes."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from peers import marks

threads = True
dramatiq.set_broker(RedisBroker(url=os.environ["PEERS_REDIS_URL"]))


@dramatiq.actor(max_retries=3)
def noop(sent: int) -> None:
    """Do nothing."""
    marks.ran(sent)


def enqueue(sent: int) -> None:
    """Store one job."""
    noop.send(sent)
