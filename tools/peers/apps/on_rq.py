"""RQ: a worker that forks for each job, three retries."""

import os

from redis import Redis
from rq import Queue, Retry

from peers import marks

threads = True
_queue = Queue("bench", connection=Redis.from_url(os.environ["PEERS_REDIS_URL"]))


def noop(sent: int) -> None:
    """Do nothing."""
    marks.ran(sent)


def enqueue(sent: int) -> None:
    """Store one job."""
    _queue.enqueue(noop, sent, retry=Retry(max=3))


def enqueue_many(count: int) -> None:
    """Store many jobs in one pipeline."""
    _queue.enqueue_many(
        [Queue.prepare_data(noop, args=(0,), retry=Retry(max=3)) for _ in range(count)]
    )
