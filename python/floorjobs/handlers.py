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

if TYPE_CHECKING:
    from collections.abc import Callable

    from floorjobs._floorjobs import Context

_F = TypeVar("_F", bound="Callable[[Context, Any], Any]")

_registered: dict[str, Callable[[Context, Any], Any]] = {}


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


def registered() -> dict[str, Callable[[Context, Any], Any]]:
    """Return the handlers by kind, as a copy."""
    return dict(_registered)


def result_text(result: Any) -> str:  # noqa: ANN401, as a handler returns what it likes
    """Return what a handler returned as JSON text; the native worker calls this.

    Raises:
        InvalidInputError: JSON has no form for it.
    """
    try:
        return json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"the handler's result is not JSON: {error}", "result") from error


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    def place(function: Callable[..., Any]) -> object:
        code = getattr(function, "__code__", None)
        return (code.co_filename, code.co_firstlineno) if code else function

    return place(one) == place(other)
