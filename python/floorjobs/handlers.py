"""Kinds of job that the host runs in Python, beside the ones that the library brings.

A handler is called with a context and the payload, on a thread of the worker. What it returns is
the job's result (anything `json.dumps` takes, at most 1 MiB). An exception fails the attempt; an
error of `floorjobs.exceptions` that is not retryable ends the job at once.

A job may run more than once: a worker may die after the work and before its result is accepted.
Write handlers so that doing the work again does no harm.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from floorjobs.exceptions import InvalidInputError
from floorjobs.models import Job, object_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from floorjobs import _floorjobs as native

    HandlerFunction: TypeAlias = Callable[["Context", Any], Any]

_F = TypeVar("_F", bound="HandlerFunction")

_registered: dict[str, HandlerFunction] = {}


class Context:
    """One attempt of a job, as its handler sees it. May be shared between threads.

    Attributes:
        job: The job as it was when this attempt began.
    """

    def __init__(self, inner: native.Context) -> None:
        """Wrap the native context; the worker does that."""
        self._native = inner
        self.job = Job.from_dict(object_from(inner.job()))

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
        """Tell how far the work is.

        Args:
            fraction: How much of the whole is done, in 0..1.
            stage: What the handler is doing, in a word or two.
            message: More about it, for people.
        """
        self._native.progress(fraction, stage, message)


def handler(kind: str) -> Callable[[_F], _F]:
    """Make the decorated function the handler of the jobs of a kind.

    Args:
        kind: The kind, as given to `Client.enqueue`. ``"ingest"`` and ``"generate"`` replace the
            native pipelines.

    Raises:
        ValueError: Another function is registered for this kind.

    Example:
        >>> @handler("thumbnail")
        ... def thumbnail(ctx, payload):
        ...     ctx.progress(0.5, "rendering")
        ...     return {"page": payload["page"]}
    """

    def register(function: _F) -> _F:
        known = _registered.get(kind)
        # A module that is imported again under another name brings the same function.
        if known is not None and not _is_same(known, function):
            raise ValueError(
                f"the kind `{kind}` has a handler: {known.__module__}.{known.__name__}"
            )
        _registered[kind] = function
        return function

    return register


def registered() -> dict[str, HandlerFunction]:
    """Return the handlers by kind, as a copy."""
    return dict(_registered)


def run(function: HandlerFunction, inner: native.Context) -> str:
    """Call a handler for one attempt, and return its result as JSON text.

    The native worker calls this, on a thread of its own.

    Raises:
        InvalidInputError: JSON has no form for the result.
    """
    context = Context(inner)
    result = function(context, context.job.payload)
    try:
        return json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"the handler's result is not JSON: {error}", "result") from error


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    def place(function: Callable[..., Any]) -> object:
        code = getattr(function, "__code__", None)
        return (code.co_filename, code.co_firstlineno) if code else function

    return place(one) == place(other)
