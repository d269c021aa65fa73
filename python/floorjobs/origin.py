"""Which request of the host's a new job comes from, where its caller does not say so.

A job that a handler stores comes from the same request as the handler's own. For what an
application stores while it answers a request, the integration with its framework says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.calls import current

if TYPE_CHECKING:
    from collections.abc import Callable

being_answered: list[Callable[[], str | None]] = []
"""What tells the id of the request that this thread or task answers, if it answers one."""


def request_id() -> str | None:
    """Return the id of the request that a job stored now comes from, or None."""
    ctx = current.get()
    if ctx is not None:
        return ctx.job.request_id
    for ask in being_answered:
        known = ask()
        if known is not None:
            return known
    return None
