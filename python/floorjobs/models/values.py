"""What all values share: the words for states, JSON, and moments."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias, cast

from floorjobs.exceptions import InvalidInputError

Json: TypeAlias = Any
"""What `json.loads` returns."""

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
"""Where a job stands. A job that is delayed or waits for a retry is queued."""

Outcome = Literal["succeeded", "retried", "failed", "snoozed", "released", "crashed", "cancelled"]
"""How an attempt ended."""

ParentFailure = Literal["cancel", "fail", "run"]
"""What becomes of a job when one that it waits for ends without success."""

StallAction = Literal["report", "cancel"]
"""What happens to an attempt that reports nothing new for too long."""

Durability = Literal["power", "process"]
"""What a stored job survives: a power cut, or only the death of every process."""

FloorplanStatus = Literal["uploaded", "processing", "processed", "error"]
"""Where a floor plan stands, as its newest ingest job tells."""


def rfc3339(at: datetime) -> str:
    """Write a moment as the library does: UTC, six decimals, ``Z``.

    >>> rfc3339(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    '2026-01-02T03:04:05.000000Z'
    """
    return f"{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S.%f}Z"


def object_from(text: str) -> dict[str, Json]:
    """Read the JSON object that the native module returned."""
    return cast("dict[str, Json]", json.loads(text))


def list_from(text: str) -> list[dict[str, Json]]:
    """Read the JSON array of objects that the native module returned."""
    return cast("list[dict[str, Json]]", json.loads(text))


def moment(text: str) -> datetime:
    """Read a moment as the library writes it."""
    # Python 3.10 does not know the Z yet.
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def optional_moment(text: str | None) -> datetime | None:
    """Read a moment that may not have come."""
    return None if text is None else moment(text)


def optional_rfc3339(at: datetime | None) -> str | None:
    """Write a moment that may not have come."""
    return None if at is None else rfc3339(at)


def text_of_moment(field: str, at: object) -> str:
    """Write a moment that a caller gave for an argument.

    Raises:
        InvalidInputError: It is no datetime, has no time zone, or is beyond the calendar.
    """
    if not isinstance(at, datetime):
        raise InvalidInputError(f"`{field}` must be a datetime, not {type(at).__name__}", field)
    if at.tzinfo is None:
        raise InvalidInputError(f"`{field}` must have a time zone: {at.isoformat()}", field)
    try:
        return rfc3339(at)
    except OverflowError as error:
        raise InvalidInputError(f"`{field}` is out of range: {at.isoformat()}", field) from error
