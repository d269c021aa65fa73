"""Kinds of job that the host runs in Python, beside the ones that the library brings.

A handler is called with a context and the payload, on a thread of the worker. What it returns is
the job's result: anything `json.dumps` takes, over 1 MiB kept as a blob. An exception fails the
attempt; an error of `floorjobs.exceptions` that is not retryable ends the job at once, and so does
`floorjobs.Permanent`. `floorjobs.Retry` and `floorjobs.Snooze` say when to run again.

A job may run more than once: a worker may die after the work and before its result is accepted.
Write handlers so that doing the work again does no harm.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from floorjobs import _floorjobs as native
from floorjobs.causes import described
from floorjobs.exceptions import InvalidInputError
from floorjobs.models import Job, rfc3339
from floorjobs.outcomes import Outcome, Permanent, Retry, Snooze

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from floorjobs.models import Json, StallAction

    HandlerFunction: TypeAlias = Callable[["Context", Any], Any]

_F = TypeVar("_F", bound="HandlerFunction")


@dataclass(frozen=True)
class Registered:
    """A function and what its kind of job does differently from the worker."""

    function: HandlerFunction
    options: native.KindOptions


_registered: dict[str, Registered] = {}


class Context:
    """One attempt of a job, as its handler sees it. May be shared between threads."""

    def __init__(self, inner: native.Context) -> None:
        """Wrap the native context; the worker does that."""
        self._native = inner

    @cached_property
    def job(self) -> Job:
        """The job as it was when this attempt began."""
        job: Job = self._native.job()
        return job

    @property
    def kept(self) -> Json:
        """What an attempt before this one kept with `checkpoint`; None if none did."""
        return self.job.checkpoint

    @property
    def attempt(self) -> int:
        """Which start of the job this is, from 1."""
        return self._native.attempt

    @property
    def is_cancelled(self) -> bool:
        """Whether the handler should stop: somebody asked for it, or its time is up."""
        return self._native.is_cancelled

    def check(self) -> None:
        """Go on, or stop: to be called now and then in long work.

        Raises:
            CancelledError: The handler should stop; let it through.
        """
        self._native.check()

    def progress(self, fraction: float, stage: str, message: str | None = None) -> None:
        """Tell how far the work is; the newest report is stored a few times a second at most.

        Args:
            fraction: How much of the whole is done, in 0..1.
            stage: What the handler is doing, in a word or two.
            message: More about it, for people.
        """
        self._native.progress(fraction, stage, message)

    def checkpoint(self, value: Json) -> None:
        """Keep a value for the next attempt, in place of what was kept; stored when this returns.

        Args:
            value: Anything `json.dumps` takes, at most 1 MiB.

        Raises:
            LeaseLostError: This attempt is no longer the running one; let it through.
            InvalidInputError: JSON has no form for the value.
            LimitExceededError: The value is larger than the limit.
        """
        self._native.checkpoint(value)


def handler(
    kind: str,
    *,
    max_attempts: int | None = None,
    retry_delay: float | None = None,
    timeout: float | None = None,
    concurrency: int | None = None,
    stall_after: float | None = None,
    stall_action: StallAction | None = None,
) -> Callable[[_F], _F]:
    """Make the decorated function the handler of the jobs of a kind.

    What a job says itself wins over what is said here, and that over what the worker says.

    Args:
        kind: The kind, as given to `Client.enqueue`. ``"ingest"`` and ``"generate"`` replace the
            native pipelines.
        max_attempts: How many attempts of a job may end with an error.
        retry_delay: The longest delay in seconds after the first error; it doubles with each
            further one.
        timeout: Seconds that one attempt may take; then its context says that it is cancelled.
        concurrency: How many jobs of this kind one worker runs at a time.
        stall_after: Seconds for which an attempt may report no progress that says something new,
            and no checkpoint, before it is taken to stall; 0 switches that off.
        stall_action: What happens then: ``"report"`` notes it in the job and in the worker's log,
            ``"cancel"`` in addition ends the attempt, which counts as an error.

    Raises:
        InvalidInputError: A setting is not acceptable; `field` names it.
        ValueError: Another function is registered for this kind.

    Example:
        >>> @handler("thumbnail", max_attempts=2, timeout=30)
        ... def thumbnail(ctx, payload):
        ...     ctx.progress(0.5, "rendering")
        ...     return {"page": payload["page"]}
    """
    options = native.KindOptions(
        kind,
        max_attempts=max_attempts,
        retry_delay=retry_delay,
        timeout=timeout,
        concurrency=concurrency,
        stall_after=stall_after,
        stall_action=stall_action,
    )

    def register(function: _F) -> _F:
        known = _registered.get(kind)
        # A module that is imported again under another name brings the same function.
        if known is not None and not _is_same(known.function, function):
            raise ValueError(
                f"the kind `{kind}` has a handler: "
                f"{known.function.__module__}.{known.function.__name__}"
            )
        _registered[kind] = Registered(function, options)
        return function

    return register


def registered() -> dict[str, Registered]:
    """Return the handlers by kind, as a copy."""
    return dict(_registered)


def returned(result: Json) -> str:
    """Return as JSON text how an attempt ended whose handler returned no plain value.

    The native worker calls this and `raised`, on a thread of its own.
    """
    if isinstance(result, Outcome):
        return raised(result)
    try:
        return json.dumps({"outcome": "complete", "result": result}, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        refusal = InvalidInputError(f"the handler's result is not JSON: {error}", "result")
        refusal.__cause__ = error
        return raised(refusal)


def raised(ending: BaseException) -> str:
    """Return as JSON text how an attempt ended whose handler raised this."""
    return json.dumps(_ending(ending))


def _ending(ending: BaseException) -> dict[str, Json]:
    if isinstance(ending, Snooze):
        return {"outcome": "snooze", "until": rfc3339(ending.until)}
    error = described(ending)
    if isinstance(ending, Retry):
        return {"outcome": "retry", "error": error, "after": ending.after}
    return {"outcome": "fail" if isinstance(ending, Permanent) else "raised", "error": error}


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    def place(function: Callable[..., Any]) -> object:
        code = getattr(function, "__code__", None)
        return (code.co_filename, code.co_firstlineno) if code else function

    return place(one) == place(other)
