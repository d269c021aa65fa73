"""Celery: acknowledged late, given back when a worker process is lost, no result backend."""

import os

from celery import Celery

from peers import marks

threads = True
app = Celery("bench", broker=os.environ["PEERS_REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task(name="noop", max_retries=3)
def noop(sent: int) -> None:
    """Do nothing."""
    marks.ran(sent)


def enqueue(sent: int) -> None:
    """Store one job."""
    noop.delay(sent)
