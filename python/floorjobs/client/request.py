"""What a host gives, as the native module takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

from floorjobs import _floorjobs as native
from floorjobs import models, origin
from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import text_of_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from floorjobs.models import Job, Json, ParentFailure

UniqueFor: TypeAlias = float | Literal["active", "forever"]
"""For how long a job holds its unique key: while it is queued or running, seconds, or for ever."""


class _Named(TypedDict):
    kind: str


class JobRequest(_Named, total=False):
    """One job of `Client.enqueue_many` or `Client.ingest`: the arguments of `Client.enqueue`."""

    payload: Json
    queue: str | None
    priority: int
    delay: float | None
    run_at: datetime | None
    max_attempts: int | None
    timeout: float | None
    retry_delay: float | None
    unique_key: str | None
    unique_for: UniqueFor
    after: Sequence[str | int | Job]
    on_parent_failure: ParentFailure
    floorplan_id: int | None
    request_id: str | None


def new_job(
    kind: str,
    payload: Json = None,
    *,
    run_at: datetime | None = None,
    unique_for: UniqueFor = "active",
    after: Iterable[str | int | Job] = (),
    request_id: str | None = None,
    **options: Json,
) -> native.NewJob:
    """Return the native request; its other options go as they are.

    Only what a caller gave goes on: an argument costs more on its way than most jobs to store.
    """
    if unique_for == "forever":
        options["unique_forever"] = True
    elif isinstance(unique_for, (int, float)):
        options["unique_for"] = unique_for
    elif unique_for != "active":
        raise InvalidInputError(
            f"`unique_for` must be `active`, `forever` or seconds, not {unique_for!r}", "unique_for"
        )
    if isinstance(after, (str, models.Job)):
        raise InvalidInputError("`after` must be a list of jobs or their ids", "after")
    if after:
        earlier = [job.id if isinstance(job, models.Job) else job for job in after]
        options["after"] = [job for job in earlier if not isinstance(job, int)]
        options["after_index"] = [place for place in earlier if isinstance(place, int)]
    if run_at is not None:
        options["run_at"] = text_of_moment("run_at", run_at)
    if request_id is None:
        request_id = origin.request_id()
    if request_id is not None:
        options["request_id"] = request_id
    return native.NewJob(kind, {} if payload is None else payload, **options)


def new_job_at(field: str, place: int, request: JobRequest) -> native.NewJob:
    """Return the native request; an error names the one at fault, as `jobs[3].payload`."""
    try:
        return new_job(**request)
    except InvalidInputError as error:
        error.field = f"{field}[{place}].{error.field}"
        raise
    except TypeError:
        _check_names(f"{field}[{place}]", request)
        raise


def new_jobs(field: str, requests: Iterable[JobRequest]) -> list[native.NewJob]:
    """Return the native requests."""
    return [new_job_at(field, place, request) for place, request in enumerate(requests)]


def _check_names(place: str, request: object) -> None:
    """Refuse what are no arguments of `enqueue`, by the names that the caller knows."""
    if not isinstance(request, Mapping):
        raise InvalidInputError(f"`{place}` must be a dictionary, not {request!r}", place)
    if "kind" not in request:
        raise InvalidInputError(f"`{place}.kind` is missing", f"{place}.kind")
    for name in request:
        if name not in JobRequest.__annotations__:
            raise InvalidInputError(f"there is no field `{name}`", f"{place}.{name}")


def json_text(field: str, value: Json) -> str:
    """Write what a caller gave for an argument as JSON."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"`{field}` cannot be stored as JSON: {error}", field) from error
