"""What a test expects of the jobs in a store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floorjobs.client import Client
    from floorjobs.models import Job, Json

_ANY: Any = object()
_MOST_LISTED = 1_000


def assert_enqueued(
    client: Client,
    kind: str,
    payload: Json = _ANY,
    *,
    count: int | None = None,
    **fields: Json,
) -> Job:
    """Check that a job was stored, run or not, and return the newest such job.

    Args:
        client: The store.
        kind: Its kind.
        payload: What it was given, exactly; anything, if left out.
        count: How many such jobs there must be; at least one, if left out.
        fields: What else is to hold, by attributes of `Job`: ``queue="slow"``,
            ``unique_key="page-1"``, ``floorplan_id=7``, ``status="queued"``.

    Raises:
        AssertionError: There is none, or another number; the message lists what there is.

    Example:
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     _ = jobs.enqueue("mail", {"to": "asha@example.com"}, queue="slow")
        ...     assert_enqueued(jobs, "mail", {"to": "asha@example.com"}, queue="slow").status
        'queued'
    """
    found = _found(client, kind, payload, fields)
    if not found or (count is not None and len(found) != count):
        wanted = "a job" if count is None else f"{count} jobs"
        raise AssertionError(
            f"{wanted} was to be there: {_described(kind, payload, fields)}; "
            f"there are {len(found)}. {_listed(client)}"
        )
    return found[0]


def assert_not_enqueued(client: Client, kind: str, payload: Json = _ANY, **fields: Json) -> None:
    """Check that no such job was stored; the arguments are those of `assert_enqueued`.

    Raises:
        AssertionError: There is one.

    Example:
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     assert_not_enqueued(jobs, "mail")
    """
    found = _found(client, kind, payload, fields)
    if found:
        raise AssertionError(
            f"no job was to be there: {_described(kind, payload, fields)}; {_listed(client)}"
        )


def assert_succeeded(client: Client, job: Job | str) -> Job:
    """Check that a job has ended well, and return it.

    Args:
        client: The store.
        job: The job, or its id.

    Raises:
        AssertionError: It has not; the message has its error and what led to it.

    Example:
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     job = jobs.enqueue("mail")
        ...     jobs.fail(jobs.hold(job.id).id, "no such address").status
        ...     assert_succeeded(jobs, job)
        Traceback (most recent call last):
        AssertionError: the `mail` job failed: internal: no such address
    """
    now = client.get(job if isinstance(job, str) else job.id)
    if now.status == "succeeded":
        return now
    message = f"the `{now.kind}` job {'failed' if now.status == 'failed' else f'is {now.status}'}"
    if now.error is not None:
        causes = "".join(f"\n  caused by {cause}" for cause in now.error.causes)
        message += f": {now.error.code}: {now.error.message}{causes}"
    raise AssertionError(message)


def _found(client: Client, kind: str, payload: Json, fields: dict[str, Json]) -> list[Job]:
    return [
        job
        for job in client.list(kind=kind, limit=_MOST_LISTED)
        if (payload is _ANY or job.payload == payload)
        and all(getattr(job, name) == value for name, value in fields.items())
    ]


def _described(kind: str, payload: Json, fields: dict[str, Json]) -> str:
    parts = [f"`{kind}`"]
    if payload is not _ANY:
        parts.append(f"with {json.dumps(payload)}")
    parts += [f"{name} {value!r}" for name, value in fields.items()]
    return " ".join(parts)


def _listed(client: Client) -> str:
    lines = [
        f"\n  {job.kind} {json.dumps(job.payload)[:200]} queue {job.queue!r}, {job.status}"
        for job in client.list(limit=20)
    ]
    return "The newest jobs:" + "".join(lines) if lines else "No job is stored."
