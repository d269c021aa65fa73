"""Handlers of the tests of handlers: coroutines, blobs, logs, failures with secrets."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import TYPE_CHECKING, Any

import floorjobs

if TYPE_CHECKING:
    from floorjobs.handlers import Context

log = logging.getLogger(__name__)


@floorjobs.handler("together")
async def together(ctx: Context, payload: Any) -> Any:
    """Wait for the other one of two, which runs on the same loop."""
    meeting: asyncio.Event = _meetings.setdefault(payload, asyncio.Event())
    _here[payload] = _here.get(payload, 0) + 1
    if _here[payload] == 2:
        meeting.set()
    await asyncio.wait_for(meeting.wait(), 20)
    ctx.progress(1, "met")
    return threading.current_thread().name


_meetings: dict[str, asyncio.Event] = {}
_here: dict[str, int] = {}


@floorjobs.handler("patient")
async def patient(ctx: Context, payload: Any) -> str:
    """Wait until cancelled, tidy up, and say so if the payload wants that."""
    ctx.progress(0.5, "waiting")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(0.01)
        ctx.checkpoint({"reason": ctx.cancel_reason})
        if payload == "answers":
            return "all the same"
        raise
    return "never"


@floorjobs.handler("async-failure")
async def async_failure(ctx: Context, payload: Any) -> None:
    await asyncio.sleep(0)
    if payload == "itself":
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)
    raise floorjobs.Permanent("no use", code="not_found")


@floorjobs.handler("double")
def double(ctx: Context, payload: Any) -> floorjobs.Complete:
    """Store the input, or the blob of the payload, twice."""
    data = ctx.input() if not payload else ctx.read_blob(payload)
    return floorjobs.Complete(len(data), result_ref={"blob": ctx.put_blob(data * 2), "of": "it"})


@floorjobs.handler("misread")
def misread(ctx: Context, payload: Any) -> None:
    ctx.read_blob(payload["reference"], limit=payload["limit"])


@floorjobs.handler("leaks")
def leaks(ctx: Context, payload: Any) -> None:
    """Fail with secrets in what is said, and in what caused it."""
    try:
        refuse(payload["url"])
    except ConnectionError as error:
        raise RuntimeError(f"api_key={payload['key']} is not valid") from error


def refuse(url: str) -> None:
    raise ConnectionError(f"{url} refused us")


@floorjobs.handler("waits")
def waits(ctx: Context, payload: Any) -> str | None:
    ctx.progress(0.5, "waiting")
    ctx.wait(60)
    reason = ctx.cancel_reason
    ctx.checkpoint(reason)
    ctx.check()
    return reason


@floorjobs.handler("logs")
async def logs(ctx: Context, payload: Any) -> None:
    log.info("first of\n%s", payload)
    ctx.log.warning("second")
    await asyncio.to_thread(log.error, "third, from a thread")


@floorjobs.handler("ingest")
def ingest(ctx: Context, payload: Any) -> Any:
    """An application's own pipeline in place of the library's."""
    return {"bytes": len(ctx.input()), "pdf": ctx.input()[:5].decode()}


@floorjobs.handler("generate")
async def generate(ctx: Context, payload: Any) -> Any:
    return json.dumps(payload)
