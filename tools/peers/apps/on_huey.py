"""Huey: its Redis queue as it comes, three retries."""

import os

from huey import RedisHuey

from peers import marks

threads = True
huey = RedisHuey("bench", url=os.environ["PEERS_REDIS_URL"])


@huey.task(retries=3)
def noop(sent: int) -> None:
    """Do nothing."""
    marks.ran(sent)


def enqueue(sent: int) -> None:
    """Store one job."""
    noop(sent)
