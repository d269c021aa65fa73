"""Handlers that the tests' workers import: `--import sample_tasks`."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timezone
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

    wait_until(done, 300)
    return ctx.attempt


@floorjobs.handler("outlast")
def outlast(ctx: Context, payload: Any) -> str:
    """Work until the file of this host is there, whoever says to stop, and tell of the host."""
    host = socket.gethostname()
    wait_until(Path(f"{payload['until']}.{host}").exists, 300)
    return host


@floorjobs.handler("sign")
def sign(ctx: Context, payload: Any) -> Any:
    """Append a line to a file for each time that it runs, and return the same."""
    line = f"{ctx.job.id} {ctx.attempt} {socket.gethostname()}"
    descriptor = os.open(payload["file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)
    return line


@floorjobs.handler("one-at-a-time", concurrency=1)
def one_at_a_time(ctx: Context, payload: Any) -> int:
    return hold(ctx, payload)


@floorjobs.handler("stubborn")
def stubborn(ctx: Context, payload: Any) -> None:
    """Ignore every request to stop."""
    ctx.progress(0.5, "deaf")
    wait_until(lambda: False, 600)


@floorjobs.handler("raise")
def fail(ctx: Context, payload: Any) -> None:
    if payload.get("code"):
        classes = {c.code: c for c in vars(floorjobs.exceptions).values() if hasattr(c, "code")}
        raise classes[payload["code"]]("as the payload wishes")
    raise RuntimeError("the sky fell")


@floorjobs.handler("chain")
def chain(ctx: Context, payload: Any) -> None:
    """Fail with an exception that has a cause, which hides another."""
    try:
        try:
            int("page")
        except ValueError:
            raise ConnectionError("no route") from None
    except ConnectionError as error:
        raise floorjobs.InvalidInputError("the page is not there") from error


@floorjobs.handler("asks-for-retry")
def asks_for_retry(ctx: Context, payload: Any) -> int:
    """Ask for another attempt until there were enough, by raising or by returning."""
    if ctx.attempt >= payload["enough"]:
        return ctx.attempt
    outcome = floorjobs.Retry("not yet", after=payload.get("after", 0))
    if payload.get("returns"):
        return outcome  # type: ignore[return-value]
    raise outcome


@floorjobs.handler("snoozes")
def snoozes(ctx: Context, payload: Any) -> int:
    if ctx.attempt == 1:
        raise floorjobs.Snooze(payload["seconds"])
    if ctx.attempt == 2:
        raise floorjobs.Snooze(datetime.now(timezone.utc))
    return ctx.attempt


@floorjobs.handler("gives-up")
def gives_up(ctx: Context, payload: Any) -> None:
    raise floorjobs.Permanent("the customer is gone", **payload) from TimeoutError("none")


@floorjobs.handler("steps")
def steps(ctx: Context, payload: Any) -> Any:
    """Do five steps, each once: note it, then keep how far it is; wait after the third one."""
    done = ctx.kept or 0
    for step in range(done + 1, 6):
        with Path(payload["file"]).open("a") as file:
            file.write(f"{step}\n")
        ctx.checkpoint(step)
        if step == 3 and ctx.attempt == 1:
            wait_until(lambda: False, 60)
    return {"kept": done, "attempt": ctx.attempt}


@floorjobs.handler("keeps")
def keeps(ctx: Context, payload: Any) -> None:
    """Keep something for an attempt that is far off."""
    ctx.checkpoint({"kept": [ctx.attempt]})
    raise floorjobs.Snooze(3_600)


@floorjobs.handler("modest", max_attempts=2, retry_delay=0, timeout=0.2)
def modest(ctx: Context, payload: Any) -> None:
    """Fail, or work until told to stop."""
    if payload == "fail":
        raise RuntimeError("again")

    def told() -> bool:
        ctx.check()
        return False

    wait_until(told, 60)


@floorjobs.handler("stalls", stall_after=0.1, stall_action="cancel")
def stalls(ctx: Context, payload: Any) -> None:
    """Report nothing until told to stop."""
    modest(ctx, payload)


@floorjobs.handler("unstorable")
def unstorable(ctx: Context, payload: Any) -> Any:
    return {"nan": float("nan"), "object": object(), "surrogate": "\ud800"}[payload]


@floorjobs.handler("die")
def die(ctx: Context, payload: Any) -> None:
    os._exit(9)


@floorjobs.handler("reports")
def reports(ctx: Context, payload: Any) -> str:
    """Report a stage, and go on as soon as its file is there."""
    for number, step in enumerate(payload["steps"]):
        ctx.progress(number / len(payload["steps"]), str(number))
        wait_until(Path(step).exists, 60)
    return "reported"


@floorjobs.handler("estimate")
def estimate(ctx: Context, payload: Any) -> Any:
    """Price the walls of the floor plan that the job is about."""
    with floorjobs.connect(os.environ["FLOORJOBS_DATABASE_URL"]) as jobs:
        plan = jobs.floorplan(ctx.job.floorplan_id or 0, with_plan=False)
    return {"walls": plan.total_wall_count, "price": payload["rate"] * (plan.total_wall_count or 0)}
