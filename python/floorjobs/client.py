"""The client: what a host calls to store jobs and to ask about them.

It starts no thread and installs no signal handler, may be shared by threads, and may be opened
before a fork: both sides go on using it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floorjobs import _floorjobs as native
from floorjobs.exceptions import InvalidInputError
from floorjobs.models import Attempt, Floorplan, Job, list_from, object_from

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Protocol, TypeAlias

    from floorjobs.handlers import HandlerFunction
    from floorjobs.models import Durability, Json, Status

    class BinaryFile(Protocol):
        """A file that is open for reading in binary mode."""

        def read(self, size: int, /) -> bytes:
            """Return at most this many bytes."""

    PdfSource: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryFile


def connect(
    database_url: str | None = None,
    *,
    blobs_url: str | None = None,
    queue: str | None = None,
    max_retries: int | None = None,
    retry_delay: float | None = None,
    durability: Durability | None = None,
) -> Client:
    """Open the store of jobs.

    What is not given is taken from the environment, and what is not there has a default.

    Args:
        database_url: ``sqlite:///relative.db``, ``sqlite:////absolute.db``;
            ``FLOORJOBS_DATABASE_URL``. By default a file in the working directory.
        blobs_url: ``file:///folder`` for the input files and results; ``FLOORJOBS_BLOBS_URL``. By
            default a folder beside the database.
        queue: The queue of jobs that name none; ``JOB_QUEUE_NAME``, by default ``"default"``.
        max_retries: How often a failed job is tried again; ``JOB_MAX_RETRIES``, by default 3.
        retry_delay: Seconds before the first retry, doubled for each further one;
            ``JOB_RETRY_DELAY_SECONDS``, by default 5.
        durability: What a stored job survives: a ``"power"`` cut, or only the death of every
            ``"process"``, which is faster; ``FLOORJOBS_DURABILITY``, by default ``"power"``.

    Raises:
        InvalidInputError: A setting cannot be understood.
        UnavailableError: The database or the folder cannot be used.
        UnsupportedError: The database lies on a network file system, or was written by a newer
            version of this library.

    Example:
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     jobs.enqueue("thumbnail", {"page": 1}).status
        'queued'
    """
    return Client(
        native.Client(
            database_url=database_url,
            blobs_url=blobs_url,
            queue=queue,
            max_retries=max_retries,
            retry_delay=retry_delay,
            durability=durability,
        )
    )


class Client:
    """A store of jobs that is open; made by `connect`.

    Any thread may use it. As a context manager it closes itself.
    """

    def __init__(self, inner: native.Client) -> None:
        """Wrap a native client; call `connect` instead."""
        self._native = inner

    def ingest(
        self,
        pdf: PdfSource,
        *,
        filename: str | None = None,
        project_id: int | None = None,
        page: int | None = None,
        queue: str | None = None,
        priority: int = 0,
        unique_key: str | None = None,
    ) -> Job:
        """Store a PDF and a job that reads its floor plan; when this returns, both are durable.

        Args:
            pdf: The path of a file, its bytes, or a binary file object that is open for reading.
            filename: The name to show for it; taken from the path or the file object if unset.
            project_id: Whatever number the host knows its project by.
            page: Which page to read, from 0; by default the one that looks most like a plan.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            unique_key: While an ingest with this key is queued or running, that one is returned
                and nothing is stored.

        Returns:
            The queued job; its `floorplan_id` is the id of the floor plan.

        Raises:
            InvalidPdfError: The bytes are no PDF at all; what is wrong further in, the job tells.
            LimitExceededError: The PDF is larger than the limit.
            OSError: The path cannot be read.
        """
        content, name = _read(pdf)
        text = self._native.ingest(
            content,
            filename=filename if filename is not None else name,
            project_id=project_id,
            page=page,
            queue=queue,
            priority=priority,
            unique_key=unique_key,
        )
        return Job.from_dict(object_from(text))

    def enqueue(
        self,
        kind: str,
        payload: Json = None,
        *,
        queue: str | None = None,
        priority: int = 0,
        delay: float | None = None,
        max_attempts: int | None = None,
        timeout: float | None = None,
        unique_key: str | None = None,
        floorplan_id: int | None = None,
    ) -> Job:
        """Store a job of a kind of your own; when this returns, it is durable.

        Args:
            kind: What the job does; a worker needs a `handler` for it.
            payload: What the handler gets: anything `json.dumps` takes, at most 1 MiB.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            delay: Seconds to wait before it may run.
            max_attempts: How many attempts may end with an error.
            timeout: Seconds that one attempt may take.
            unique_key: While a job of this kind with this key is queued or running, that one is
                returned and none is stored.
            floorplan_id: The floor plan that the job is about.

        Raises:
            InvalidInputError: An argument is not acceptable; `field` names it.
            LimitExceededError: The payload is larger than the limit.
            NotFoundError: There is no such floor plan.
        """
        request = _new_job(
            kind,
            payload,
            queue=queue,
            priority=priority,
            delay=delay,
            max_attempts=max_attempts,
            timeout=timeout,
            unique_key=unique_key,
            floorplan_id=floorplan_id,
        )
        return Job.from_dict(list_from(self._native.enqueue_many([request]))[0])

    def enqueue_many(self, requests: Iterable[dict[str, Json]]) -> builtins.list[Job]:
        """Store many jobs in one transaction, all or none.

        Args:
            requests: One dictionary per job: the arguments of `enqueue` by name.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = jobs.enqueue_many([{"kind": "page", "payload": n} for n in range(3)])
            >>> [job.payload for job in made]
            [0, 1, 2]
        """
        made = [_new_job(**request) for request in requests]
        return [Job.from_dict(job) for job in list_from(self._native.enqueue_many(made))]

    def get(self, job_id: str) -> Job:
        """Return a job as it is now.

        Raises:
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.get(job_id)))

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """Wait until a job has ended, and return it, whatever its status.

        Args:
            job_id: The job.
            timeout: Seconds to wait at most; None waits for ever. Ctrl-C ends the wait.

        Raises:
            WaitTimeout: The time ran out; the job goes on.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.wait(job_id, timeout)))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: a queued one at once, a running one as soon as its handler notices.

        Raises:
            InvalidStateError: The job has ended.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.cancel(job_id)))

    def retry(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again: same id, counters from zero, attempts go on.

        Raises:
            InvalidStateError: The job is queued, running, or has succeeded.
            ConflictError: Another job holds its unique key by now.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.retry(job_id)))

    def list(
        self,
        *,
        status: Status | None = None,
        kind: str | None = None,
        queue: str | None = None,
        floorplan_id: int | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> builtins.list[Job]:
        """Return the jobs that fit all the filters, newest first.

        Args:
            status: Only jobs in this state.
            kind: Only jobs of this kind.
            queue: Only jobs of this queue.
            floorplan_id: Only jobs about this floor plan.
            before: Only jobs older than this one: the last of the page before.
            limit: How many at most.
        """
        text = self._native.list(
            status=status,
            kind=kind,
            queue=queue,
            floorplan_id=floorplan_id,
            before=before,
            limit=limit,
        )
        return [Job.from_dict(job) for job in list_from(text)]

    def attempts(self, job_id: str) -> builtins.list[Attempt]:
        """Return the attempts of a job, oldest first.

        Raises:
            JobNotFoundError: There is no such job.
        """
        return [Attempt.from_dict(attempt) for attempt in list_from(self._native.attempts(job_id))]

    def floorplan(self, floorplan_id: int, *, with_plan: bool = True) -> Floorplan:
        """Return a floor plan, with what was read from it if an ingest has succeeded.

        Args:
            floorplan_id: The floor plan.
            with_plan: Whether to read all of it; without, `plan` is None and `wall_segments` is
                empty, and only the database is asked.

        Raises:
            NotFoundError: There is no such floor plan.
        """
        return Floorplan.from_dict(object_from(self._native.floorplan(floorplan_id, with_plan)))

    def floorplan_svg(self, floorplan_id: int) -> str:
        """Return the picture of a floor plan's page and walls as SVG.

        Raises:
            NotFoundError: There is no such floor plan.
            InvalidStateError: It has not been read yet.
        """
        return self._native.floorplan_svg(floorplan_id)

    def make_due(self, job_id: str) -> Job:
        """Let a delayed job run at once; one that is due or further on is left as it is.

        Raises:
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.make_due(job_id)))

    def hold(self, job_id: str) -> Job:
        """Start an attempt of a queued job in this process, due or not, for 600 s at most.

        For callers that do the work themselves and end it with `complete` or `fail`. When this
        process dies, a worker takes the job over.

        Raises:
            InvalidStateError: The job is not queued.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.hold(job_id)))

    def complete(self, job_id: str, result_ref: dict[str, Json] | None = None) -> Job:
        """End a job that this process holds, with a reference to its result.

        Raises:
            LeaseLostError: This process does not hold the job.
            JobNotFoundError: There is no such job.
        """
        text = None if result_ref is None else _json_text("result_ref", result_ref)
        return Job.from_dict(object_from(self._native.complete(job_id, text)))

    def fail(self, job_id: str, message: str, *, code: str = "internal") -> Job:
        """End a job that this process holds, with a failure.

        Args:
            job_id: The job.
            message: What went wrong.
            code: One of the stable error codes.

        Raises:
            LeaseLostError: This process does not hold the job.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.fail(job_id, code, message)))

    def run_here(self, job_id: str, function: HandlerFunction | None = None) -> Job:
        """Run one attempt of a queued job in this thread, due or not.

        A failure ends the job; `retry` queues it again. For programs that have no worker.

        Args:
            job_id: The job.
            function: The handler; by default that of the library for the job's kind.

        Raises:
            InvalidStateError: The job is not queued.
            UnsupportedError: There is no handler for its kind.
            LeaseLostError: It took longer than 600 s.
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.run_here(job_id, function)))

    def check_health(self) -> None:
        """Make sure that the store of jobs answers.

        Raises:
            UnavailableError: It does not; the message says why.
        """
        self._native.check_health()

    def close(self) -> None:
        """Close the store; every later call raises `InvalidStateError`. Closing twice is fine."""
        self._native.close()

    def __enter__(self) -> Client:  # noqa: PYI034, as Self is younger than Python 3.10
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()


def _new_job(kind: str, payload: Json = None, **options: Json) -> native.NewJob:
    return native.NewJob(kind, _json_text("payload", {} if payload is None else payload), **options)


def _json_text(field: str, value: Json) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"`{field}` cannot be stored as JSON: {error}", field) from error


def _read(pdf: PdfSource) -> tuple[bytes, str | None]:
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
