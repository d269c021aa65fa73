"""How an attempt may end, besides with a result or an error: to be raised by handlers.

Whatever else a handler raises is an error: one of `floorjobs.exceptions` that is not retryable
ends the job, anything else is tried again with backoff.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import text_of_moment

if TYPE_CHECKING:
    from floorjobs.models import Json

# The longest time that the library stores.
_TEN_YEARS_S = 10 * 366 * 86_400.0


class Outcome(Exception):  # noqa: N818, as it is no error
    """How an attempt ends; the classes below say how. Returning one is as good as raising it."""


class Complete(Outcome):
    """The job is done; for results that lie in a blob, beside a plain `return`.

    Args:
        result: What `job.result` is to be: anything `json.dumps` takes, over 1 MiB kept as a blob.
        result_ref: What `job.result_ref` is to be, as JSON. The blob that it names under ``blob``
            is kept as long as the job.

    Example:
        >>> @floorjobs.handler("render")
        ... def render(ctx, payload):
        ...     image = ctx.put_blob(b"...")
        ...     return floorjobs.Complete({"pages": 1}, result_ref={"blob": image})
    """

    def __init__(self, result: Json = None, *, result_ref: Json = None) -> None:
        """Make the outcome."""
        super().__init__("the handler is done")
        self.result = result
        self.result_ref = result_ref


class Retry(Outcome):
    """This attempt failed, and another one is to be made; it counts as an error.

    The exception that it is raised from is stored as its cause.

    Args:
        message: What went wrong, for people.
        after: Seconds until the next attempt; by default the usual backoff.
        code: One of the stable error codes, stored with the attempt.

    Raises:
        InvalidInputError: `after` is negative, not finite, or over ten years.

    Example:
        >>> @floorjobs.handler("mail")
        ... def mail(ctx, payload):
        ...     try:
        ...         raise ConnectionError("greylisted")
        ...     except ConnectionError as error:
        ...         raise floorjobs.Retry("the server wants us to wait", after=90) from error
    """

    def __init__(
        self,
        message: str = "the handler asked for another attempt",
        *,
        after: float | None = None,
        code: str = "unavailable",
    ) -> None:
        """Make the outcome."""
        super().__init__(message)
        self.after = None if after is None else _seconds("after", after)
        self.code = code


class Snooze(Outcome):
    """The job is to run later; the attempt counts as nothing.

    Args:
        until: When to run again: seconds from now, or a moment with a time zone.

    Raises:
        InvalidInputError: The seconds are negative, not finite, or over ten years; the moment has
            no time zone.

    Example:
        >>> @floorjobs.handler("publish")
        ... def publish(ctx, payload):
        ...     if payload["embargo"]:
        ...         raise floorjobs.Snooze(3600)
    """

    def __init__(self, until: float | datetime) -> None:
        """Make the outcome."""
        super().__init__(until)
        if isinstance(until, datetime):
            self.until = until
            text_of_moment("until", until)
        else:
            later = timedelta(seconds=_seconds("until", until))
            self.until = datetime.now(timezone.utc) + later


class Permanent(Outcome):
    """The job failed, and trying again cannot help.

    The exception that it is raised from is stored as its cause.

    Args:
        message: What went wrong, for people.
        code: One of the stable error codes, stored with the job.

    Example:
        >>> @floorjobs.handler("invoice")
        ... def invoice(ctx, payload):
        ...     if payload["customer"] is None:
        ...         raise floorjobs.Permanent("the customer is gone", code="not_found")
    """

    def __init__(self, message: str, *, code: str = "internal") -> None:
        """Make the outcome."""
        super().__init__(message)
        self.code = code


def _seconds(field: str, value: float) -> float:
    if not (math.isfinite(value) and 0 <= value <= _TEN_YEARS_S):
        raise InvalidInputError(
            f"`{field}` must be between 0 and {_TEN_YEARS_S:.0f} seconds, not {value}", field
        )
    return float(value)
