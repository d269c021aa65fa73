"""Handlers that the tests' workers import: `--import sample_tasks`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import floorjobs

from support import wait_until

if TYPE_CHECKING:
    from floorjobs.handlers import Context


@floorjobs.handler("echo")
def echo(ctx: Context, payload: Any) -> Any:
    return {"payload": payload, "attempt": ctx.attempt, "job_id": ctx.job.id, "pid": os.getpid()}


@floorjobs.handler("note")
def note(ctx: Context, payload: Any) -> None:
    """Append the job's id to a file: one line for each time that it ran."""
    descriptor = os.open(payload["file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, f"{ctx.job.id}\n".encode())
    finally:
        os.close(descriptor)


@floorjobs.handler("hold")
def hold(ctx: Context, payload: Any) -> int:
    """Work until a file is there, or until told to stop."""
    ctx.progress(0.25, "holding", f"until {Path(payload['until']).name} is there")

    def done() -> bool:
        ctx.check()
        return Path(payload["until"]).exists()

    wait_until(done, 60)
    return ctx.attempt


@floorjobs.handler("stubborn")
def stubborn(ctx: Context, payload: Any) -> None:
    """Ignore every request to stop."""
    wait_until(lambda: False, 600)


@floorjobs.handler("raise")
def fail(ctx: Context, payload: Any) -> None:
    if payload.get("code"):
        classes = {c.code: c for c in vars(floorjobs.exceptions).values() if hasattr(c, "code")}
        raise classes[payload["code"]]("as the payload wishes")
    raise RuntimeError("the sky fell")


@floorjobs.handler("unstorable")
def unstorable(ctx: Context, payload: Any) -> Any:
    return {"nan": float("nan"), "object": object(), "surrogate": "\ud800"}[payload]


@floorjobs.handler("die")
def die(ctx: Context, payload: Any) -> None:
    os._exit(9)
