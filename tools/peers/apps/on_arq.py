"""arq: as it comes; many at once are many coroutines."""

import asyncio
import os
from typing import Any

from arq import create_pool
from arq.connections import RedisSettings

from peers import marks

threads = False
_settings = RedisSettings.from_dsn(os.environ["PEERS_REDIS_URL"])
_state: dict[str, Any] = {}


async def noop(_context: dict[str, Any], sent: int) -> None:
    """Do nothing."""
    marks.ran(sent)


class WorkerSettings:
    """What `arq` on the command line reads."""

    functions = (noop,)
    redis_settings = _settings
    max_tries = 4


def _loop() -> asyncio.AbstractEventLoop:
    if not _state:
        _state["loop"] = asyncio.new_event_loop()
        _state["pool"] = _state["loop"].run_until_complete(create_pool(_settings))
    loop: asyncio.AbstractEventLoop = _state["loop"]
    return loop


def enqueue(sent: int) -> None:
    """Store one job."""
    loop = _loop()
    loop.run_until_complete(_state["pool"].enqueue_job("noop", sent))


def enqueue_many(count: int) -> None:
    """Store many jobs, sixteen at a time."""
    loop = _loop()

    async def some(share: int) -> None:
        for _ in range(share):
            await _state["pool"].enqueue_job("noop", 0)

    async def all_of_them() -> None:
        await asyncio.gather(*(some(count // 16 + (n < count % 16)) for n in range(16)))

    loop.run_until_complete(all_of_them())
