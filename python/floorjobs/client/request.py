"""What a host gives, as the native module takes it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from floorjobs import _floorjobs as native
from floorjobs import models, origin
from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import text_of_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Protocol

    from floorjobs.models import Job, Json, ParentFailure

    class BinaryFile(Protocol):
        """A file that is open for reading in binary mode."""

        def read(self, size: int, /) -> bytes:
            """Return at most this many bytes."""

    PdfSource: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryFile

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
    """Return the native request; its other options go as they are."""
    if unique_for not in ("active", "forever") and not isinstance(unique_for, (int, float)):
        raise InvalidInputError(
            f"`unique_for` must be `active`, `forever` or seconds, not {unique_for!r}", "unique_for"
        )
    if isinstance(after, (str, models.Job)):
        raise InvalidInputError("`after` must be a list of jobs or their ids", "after")
    earlier = [job.id if isinstance(job, models.Job) else job for job in after] if after else []
    return native.NewJob(
        kind,
        {} if payload is None else payload,
        run_at=None if run_at is None else text_of_moment("run_at", run_at),
        unique_for=None if isinstance(unique_for, str) else unique_for,
        unique_forever=unique_for == "forever",
        after=[job for job in earlier if not isinstance(job, int)],
        after_index=[place for place in earlier if isinstance(place, int)],
        request_id=request_id if request_id is not None else origin.request_id(),
        **options,
    )


def new_jobs(field: str, requests: Iterable[JobRequest]) -> list[native.NewJob]:
    """Return the native requests; an error names the one at fault, as `jobs[3].payload`."""
    made = []
    for index, request in enumerate(requests):
        try:
            made.append(new_job(**request))
        except InvalidInputError as error:  # noqa: PERF203, each has a path of its own
            error.field = f"{field}[{index}].{error.field}"
            raise
    return made


def json_text(field: str, value: Json) -> str:
    """Write what a caller gave for an argument as JSON."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"`{field}` cannot be stored as JSON: {error}", field) from error


def read_pdf(pdf: PdfSource) -> tuple[bytes, str | None]:
    """Return the bytes of a PDF, one more than the limit at most, and the name of its file."""
    if isinstance(pdf, (bytes, bytearray, memoryview)):
        return bytes(pdf), None
    most = native.max_pdf_bytes() + 1
    if isinstance(pdf, (str, os.PathLike)):
        path = Path(pdf)
        with path.open("rb") as file:
            return file.read(most), path.name
    content: Any = pdf.read(most)
    if not isinstance(content, bytes):
        raise TypeError("`pdf` must be a path, bytes, or a file that is open in binary mode")
    name = getattr(pdf, "filename", None) or getattr(pdf, "name", None)
    return content, os.path.basename(name) if isinstance(name, str) else None  # noqa: PTH119
