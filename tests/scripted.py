"""The kind `scripted` of the scenarios: each attempt does what the payload says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import floorjobs


@floorjobs.handler("scripted")
def scripted(ctx: floorjobs.handlers.Context, payload: Any) -> Any:
    with Path(os.environ["SCRIPTED_RAN"]).open("a") as ran:
        ran.write(json.dumps(payload["name"]) + "\n")
    script = payload["script"]
    word = script[min(ctx.job.attempt, len(script)) - 1]
    message = "the script says so"
    if word == "complete":
        return payload.get("result")
    if word == "retry":
        raise floorjobs.Retry(message, after=0, code="unavailable")
    if word == "error":
        raise floorjobs.UnavailableError(message)
    if word == "fail":
        raise floorjobs.Permanent(message, code="invalid_input")
    if word == "snooze":
        raise floorjobs.Snooze(3600)
    if word == "keep":
        ctx.checkpoint({"kept": ctx.job.attempt})
        raise floorjobs.Retry(message, after=0, code="unavailable")
    raise AssertionError(word)
