"""How the native worker is told how a handler ended: as JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from floorjobs.causes import described, trace_of
from floorjobs.exceptions import InvalidInputError
from floorjobs.models import rfc3339
from floorjobs.outcomes import Complete, Outcome, Permanent, Retry, Snooze

if TYPE_CHECKING:
    from floorjobs.models import Json


class Told(Outcome):
    """An ending that another process has put into words already."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        super().__init__(text)
        self.text = text


def returned(result: Json) -> str:
    """Return how an attempt ended whose handler returned no plain value.

    The native worker calls this and `raised`, on a thread of its own.
    """
    if isinstance(result, Told):
        return result.text
    if not isinstance(result, Outcome):
        result = Complete(result)
    return raised(result)


def raised(ending: BaseException) -> str:
    """Return how an attempt ended whose handler raised this."""
    if isinstance(ending, Told):
        return ending.text
    if isinstance(ending, Complete):
        return _completed(ending)
    answer = _ending(ending)
    trace = None if isinstance(ending, Snooze) else trace_of(ending)
    if trace is not None:
        answer["trace"] = trace
    return json.dumps(answer)


def crashed(message: str, *, code: str = "internal", trace: str | None = None) -> Told:
    """Return the ending of an attempt whose process died."""
    error = {"code": code, "message": message, "causes": []}
    return Told(json.dumps({"outcome": "crashed", "error": error, "trace": trace}))


def _completed(ending: Complete) -> str:
    answer = {
        "outcome": "complete",
        "result": ending.result,
        "result_ref": ending.result_ref,
    }
    try:
        return json.dumps(answer, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        refusal = InvalidInputError(f"the handler's result is not JSON: {error}", "result")
        refusal.__cause__ = error
        return raised(refusal)


def _ending(ending: BaseException) -> dict[str, Json]:
    if isinstance(ending, Snooze):
        return {"outcome": "snooze", "until": rfc3339(ending.until)}
    error = described(ending)
    if isinstance(ending, Retry):
        return {"outcome": "retry", "error": error, "after": ending.after}
    return {"outcome": "fail" if isinstance(ending, Permanent) else "raised", "error": error}
