"""Kinds of job that the host runs in Python, beside the ones that the library brings.

A handler is called with a context and the payload, on a thread of the worker or in a child process;
an ``async def`` runs on an event loop. What it returns is the job's result: anything `json.dumps`
takes, over 1 MiB kept as a blob. An exception fails the attempt; an error of `floorjobs.exceptions`
that is not retryable ends the job at once, and so does `floorjobs.Permanent`. `floorjobs.Retry` and
`floorjobs.Snooze` say when to run again.

A job may run more than once: a worker may die after the work and before its result is accepted.
Write handlers so that doing the work again does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from floorjobs import _floorjobs as native
from floorjobs.context import Context
from floorjobs.exceptions import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from floorjobs.models import StallAction

    HandlerFunction: TypeAlias = Callable[[Context, Any], Any]

__all__ = ["Context", "Isolation", "Registered", "handler", "registered"]

_F = TypeVar("_F", bound="HandlerFunction")


Isolation = Literal["thread", "process"]
"""Where a handler runs: on a thread of the worker, or in a child process of its own."""

# Less than this is a mistake in a unit, not a wish.
_LEAST_MEMORY = 1 << 20


@dataclass(frozen=True)
class Registered:
    """A function and what its kind of job does differently from the worker."""

    kind: str
    function: HandlerFunction
    options: native.KindOptions
    isolation: Isolation = "thread"
    memory: int | None = None
    grace: float = 5.0


_registered: dict[str, Registered] = {}


def handler(
    kind: str,
    *,
    max_attempts: int | None = None,
    retry_delay: float | None = None,
    timeout: float | None = None,
    concurrency: int | None = None,
    stall_after: float | None = None,
    stall_action: StallAction | None = None,
    isolation: Isolation = "thread",
    memory: int | None = None,
    grace: float = 5.0,
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
        isolation: ``"thread"``, the default, or ``"process"``: in a child process, which is
            spawned (never forked), serves one job at a time and is used again. There a handler
            that ignores its timeout or a cancel is killed, and one that crashes, exits or runs out
            of memory has crashed its attempt and nothing else. The module of the function is
            imported there, so that it must be importable, and the same job may take 0.1 s longer.
        memory: For a child process, how many bytes the handler may use beyond what its process
            has when the module is imported; on Linux.
        grace: For a child process, how many seconds the handler has to end once it was told to
            stop, before it is killed.

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
    _check_isolation(isolation, memory, grace)

    def register(function: _F) -> _F:
        known = _registered.get(kind)
        # A module that is imported again under another name brings the same function.
        if known is not None and not _is_same(known.function, function):
            raise ValueError(
                f"the kind `{kind}` has a handler: "
                f"{known.function.__module__}.{known.function.__name__}"
            )
        _registered[kind] = Registered(kind, function, options, isolation, memory, grace)
        return function

    return register


def registered() -> dict[str, Registered]:
    """Return the handlers by kind, as a copy."""
    return dict(_registered)


def _check_isolation(isolation: str, memory: int | None, grace: float) -> None:
    if isolation not in ("thread", "process"):
        raise InvalidInputError(
            f"`isolation` must be `thread` or `process`, not `{isolation}`", "isolation"
        )
    if memory is not None:
        if isolation != "process":
            raise InvalidInputError(
                "`memory` needs `isolation` to be `process`: threads share what they have", "memory"
            )
        if memory < _LEAST_MEMORY:
            raise InvalidInputError(
                f"`memory` must be at least {_LEAST_MEMORY} bytes, not {memory}", "memory"
            )
    if not grace >= 0:
        raise InvalidInputError(f"`grace` must be 0 or more seconds, not {grace}", "grace")


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    def place(function: Callable[..., Any]) -> object:
        code = getattr(function, "__code__", None)
        return (code.co_filename, code.co_firstlineno) if code else function

    return place(one) == place(other)
