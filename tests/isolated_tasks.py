"""Handlers of the tests of child processes."""

from __future__ import annotations

import asyncio
import ctypes
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import floorjobs

from support import wait_until

if TYPE_CHECKING:
    from floorjobs.handlers import Context

MIB = 1 << 20


@floorjobs.handler("who", isolation="process")
def who(ctx: Context, payload: Any) -> Any:
    """Tell which process this is, and use all that a context has."""
    ctx.progress(0.5, "asking", "who")
    ctx.checkpoint({"kept": ctx.attempt})
    blob = ctx.put_blob(b"a" * 100_000)
    ctx.log.info("in process %s", os.getpid())
    busy = time.process_time()
    while time.process_time() - busy < 0.05:
        pass
    return floorjobs.Complete(
        {
            "pid": os.getpid(),
            "worker": os.getppid(),
            "job_id": ctx.job.id,
            "payload": payload,
            "blob": len(ctx.read_blob(blob)),
            "leader": os.getpgrp() == os.getpid(),
        },
        result_ref={"blob": blob},
    )


@floorjobs.handler("who-else", isolation="process")
async def who_else(ctx: Context, payload: Any) -> int:
    await asyncio.sleep(0)
    if payload:
        await asyncio.sleep(60)
    return os.getpid()


@floorjobs.handler("leaves-behind", isolation="process")
def leaves_behind(ctx: Context, payload: Any) -> Any:
    """Leave a thread behind that goes on writing, or see what such a thread does to others."""
    if payload == "see":
        ctx.progress(0.5, "mine")
        ctx.checkpoint("mine")
        wait_until(lambda: len(_refused) > 3)
        return sorted(set(_refused))

    def go_on() -> None:
        while len(_refused) < 20:
            ctx.progress(1, "not mine")
            try:
                ctx.checkpoint("not mine")
            except floorjobs.FloorjobsError as error:
                _refused.append(error.code)
            time.sleep(0.02)

    threading.Thread(target=go_on, daemon=True).start()
    return "left"


_refused: list[str] = []


@floorjobs.handler("misuse", isolation="process")
def misuse(ctx: Context, payload: Any) -> Any:
    """Do what is refused, or what fails."""
    what = payload["what"]
    if what == "value":
        ctx.checkpoint({"what": {1, 2}})
    elif what == "large":
        ctx.checkpoint("x" * (MIB + 1))
    elif what == "limit":
        ctx.read_blob(ctx.put_blob(b"abc"), limit=2)
    elif what == "result":
        return object()
    elif what == "permanent":
        raise floorjobs.Permanent("no use", code="not_found") from OSError("password=hunter22")
    elif what == "exit":
        raise SystemExit(3)
    return None


@floorjobs.handler("dies", isolation="process", retry_delay=0)
def dies(ctx: Context, payload: Any) -> Any:
    """Die in some way, so often as the payload says."""
    if ctx.attempt > payload.get("times", 9):
        return {"attempt": ctx.attempt}
    how = payload["how"]
    if how == "segfault":
        ctypes.string_at(0)
    elif how == "exit":
        os._exit(9)
    elif how == "kill":
        os.kill(os.getpid(), 9)
    return None


@floorjobs.handler("hungry", isolation="process", memory=64 * MIB, retry_delay=0)
def hungry(ctx: Context, payload: Any) -> int:
    """Take so many MiB, and touch them."""
    return len(bytearray(payload * MIB)) // MIB


@floorjobs.handler("deaf", isolation="process", timeout=2, max_attempts=1, grace=0.2)
def deaf(ctx: Context, payload: Any) -> None:
    """Hear nothing, with a process of its own that hears nothing either."""
    if not payload:
        return
    sleeper = subprocess.Popen(["sleep", "600"])
    Path(payload["pids"]).write_text(f"{os.getpid()} {sleeper.pid}")
    while True:
        time.sleep(0.01)


@floorjobs.handler("polite", isolation="process", grace=20)
def polite(ctx: Context, payload: Any) -> Any:
    """Wait until told to stop, and say why."""
    ctx.progress(0.1, "waiting")
    Path(payload["pid"]).write_text(str(os.getpid()))
    ctx.wait(60)
    ctx.checkpoint(ctx.cancel_reason)
    ctx.check()
    return "never told"
