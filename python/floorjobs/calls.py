"""How a handler is called: which attempt is the current one, and where coroutines run.

A handler that is an ``async def`` runs on an event loop on a thread of its own, which all such
handlers of the process share, so that they can share sessions and pools. Its slot waits for it. A
cancelled attempt cancels its task, as asyncio does that.
"""

from __future__ import annotations

import inspect
import os
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from floorjobs.exceptions import CancelledError, InternalError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task
    from collections.abc import Callable, Coroutine

    from floorjobs.context import Context

# How often a slot looks whether its task should be cancelled; the worker learns of it every 250 ms.
_LOOK_EVERY_S = 0.05

current: ContextVar[Context | None] = ContextVar("floorjobs_attempt", default=None)
"""The attempt that this thread or task works for."""


def calling(function: Callable[[Context, Any], Any]) -> Callable[[Context, Any], Any]:
    """Return what calls a handler, sync or async, and has it known as the current attempt."""

    def call(ctx: Context, payload: Any) -> Any:  # noqa: ANN401, as handlers take and give JSON
        token = current.set(ctx)
        try:
            result = function(ctx, payload)
            # Functions that return a coroutine without being declared `async` are found so, too.
            if inspect.iscoroutine(result):
                return _run(result, ctx)
            return result
        finally:
            current.reset(token)

    return call


class _Loop:
    """An event loop and its thread."""

    def __init__(self) -> None:
        import asyncio

        self.loop: AbstractEventLoop = asyncio.new_event_loop()
        self.pid = os.getpid()
        self._thread = threading.Thread(target=self._work, name="floorjobs-async", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        import asyncio

        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def close(self) -> None:
        """End it; what still runs there is left behind if it does not let go within a second."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(1)
        if not self._thread.is_alive():
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()


_lock = threading.Lock()
_loops: list[_Loop] = []


def _loop() -> AbstractEventLoop:
    with _lock:
        # A thread does not come along into a forked child.
        if not _loops or _loops[0].pid != os.getpid():
            _loops[:] = [_Loop()]
        return _loops[0].loop


def close() -> None:
    """End the thread of coroutines, if there is one; the next coroutine makes another."""
    with _lock:
        loops, _loops[:] = list(_loops), []
    for loop in loops:
        if loop.pid == os.getpid():
            loop.close()


def _run(coroutine: Coroutine[Any, Any, Any], ctx: Context) -> Any:  # noqa: ANN401
    loop, done = _loop(), threading.Event()
    tasks: list[Task[Any]] = []

    def start() -> None:
        task = loop.create_task(coroutine)
        task.add_done_callback(lambda _: done.set())
        tasks.append(task)

    # Takes the context of this thread along, and with it the current attempt.
    loop.call_soon_threadsafe(start)
    told = False
    while not done.wait(_LOOK_EVERY_S):
        if not told and ctx.is_cancelled:
            told = True
            loop.call_soon_threadsafe(lambda: tasks[0].cancel())
    (task,) = tasks
    if not task.cancelled():
        return task.result()
    if ctx.is_cancelled:
        raise CancelledError("the handler was cancelled")
    raise InternalError("the handler's task was cancelled, but not by the worker")
