"""Storing jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from floorjobs import origin
from floorjobs.client.opened import Opened
from floorjobs.client.request import new_job, new_jobs
from floorjobs.pdf_source import read_pdf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from floorjobs.client.request import JobRequest, UniqueFor
    from floorjobs.models import Job, Json, ParentFailure
    from floorjobs.pdf_source import PdfSource


class Storing(Opened):
    """The part of the client that stores jobs."""

    @overload
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
        request_id: str | None = None,
        then: None = None,
    ) -> Job: ...

    @overload
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
        request_id: str | None = None,
        then: Iterable[JobRequest],
    ) -> list[Job]: ...

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
        request_id: str | None = None,
        then: Iterable[JobRequest] | None = None,
    ) -> Job | list[Job]:
        """Store a PDF and a job that reads its floor plan; when this returns, both are durable.

        With `then`, the jobs that go on from there are stored with it, all or none. Each waits for
        the ingest and is about its floor plan.

        Args:
            pdf: The path of a file, its bytes, or a binary file object that is open for reading.
            filename: The name to show for it; taken from the path or the file object if unset.
            project_id: Whatever number the host knows its project by.
            page: Which page to read, from 0; by default the one that looks most like a plan.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            unique_key: While an ingest with this key is queued or running, that one is returned
                and nothing is stored.
            request_id: The request that leads to it, which the worker's log names with the job; by
                default that of the Flask request, or of the job, in which this is called.
            then: Jobs to run after it: one dictionary per job, as for `enqueue_many`. A number in
                `after` is a place in what is returned: 1 is the first of these.

        Returns:
            The queued job; its `floorplan_id` is the id of the floor plan. With `then`, a list of
            that job and of those after it, in order.

        Raises:
            InvalidPdfError: The bytes are no PDF at all; what is wrong further in, the job tells.
            InvalidInputError: An argument is not acceptable; `field` names it, as
                ``then[0].payload``.
            LimitExceededError: The PDF, or a payload, is larger than the limit.
            OSError: The path cannot be read.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     ingest, estimate = jobs.ingest(plan, then=[{"kind": "estimate"}])
            >>> (estimate.waiting_for, estimate.floorplan_id == ingest.floorplan_id)
            (1, True)
        """
        content, name = read_pdf(pdf)
        stored: list[Job] = self._native.ingest(
            content,
            filename=filename if filename is not None else name,
            project_id=project_id,
            page=page,
            queue=queue,
            priority=priority,
            unique_key=unique_key,
            request_id=request_id if request_id is not None else origin.request_id(),
            then=new_jobs("then", then or ()),
        )
        return stored[0] if then is None else stored

    def enqueue(
        self,
        kind: str,
        payload: Json = None,
        *,
        queue: str | None = None,
        priority: int = 0,
        delay: float | None = None,
        run_at: datetime | None = None,
        max_attempts: int | None = None,
        timeout: float | None = None,
        retry_delay: float | None = None,
        unique_key: str | None = None,
        unique_for: UniqueFor = "active",
        after: Iterable[str | Job] = (),
        on_parent_failure: ParentFailure = "cancel",
        floorplan_id: int | None = None,
        request_id: str | None = None,
    ) -> Job:
        """Store a job of a kind of your own; when this returns, it is durable.

        Args:
            kind: What the job does; a worker needs a `handler` for it.
            payload: What the handler gets: anything `json.dumps` takes, at most 1 MiB.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            delay: Seconds to wait before it may run.
            run_at: The moment before which it does not run, with a time zone; instead of `delay`.
            max_attempts: How many attempts may end with an error.
            timeout: Seconds that one attempt may take.
            retry_delay: The longest delay in seconds after the first error; it doubles with each
                further one.
            unique_key: While a job of this kind holds this key, that one is returned and none is
                stored.
            unique_for: How long the key is held: while the job is queued or running
                (``"active"``), in addition for so many seconds after it was stored, or
                ``"forever"``.
            after: Jobs, or their ids, that must end before this one may run; at most 1,000.
            on_parent_failure: What becomes of this job when one of those fails or is cancelled:
                ``"cancel"`` cancels it, ``"fail"`` lets it fail, ``"run"`` runs it all the same.
            floorplan_id: The floor plan that the job is about.
            request_id: The request that leads to it, which the worker's log names with the job; by
                default that of the Flask request, or of the job, in which this is called.

        Raises:
            InvalidInputError: An argument is not acceptable; `field` names it.
            LimitExceededError: The payload is larger than the limit.
            NotFoundError: There is no such floor plan, or no such job to wait for.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     page = jobs.enqueue("page", {"number": 1}, unique_key="page-1")
            ...     book = jobs.enqueue("book", after=[page], on_parent_failure="run")
            >>> (book.status, book.waiting_for)
            ('queued', 1)
        """
        request = new_job(
            kind,
            payload,
            queue=queue,
            priority=priority,
            delay=delay,
            run_at=run_at,
            max_attempts=max_attempts,
            timeout=timeout,
            retry_delay=retry_delay,
            unique_key=unique_key,
            unique_for=unique_for,
            after=after,
            on_parent_failure=on_parent_failure,
            floorplan_id=floorplan_id,
            request_id=request_id,
        )
        job: Job = self._native.enqueue(request)
        return job

    def enqueue_many(self, requests: Iterable[JobRequest]) -> list[Job]:
        """Store many jobs in one transaction, all or none; at most 10,000.

        Args:
            requests: One dictionary per job: the arguments of `enqueue` by name. A number in
                `after` is the place of an earlier job of the same call, from 0.

        Raises:
            InvalidInputError: As for `enqueue`; `field` names the job at fault, too, as in
                ``jobs[3].payload``.
            LimitExceededError: There are too many, or a payload is too large.
            NotFoundError: As for `enqueue`.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = jobs.enqueue_many([{"kind": "page", "payload": n} for n in range(3)])
            ...     _, book = jobs.enqueue_many([{"kind": "page"}, {"kind": "book", "after": [0]}])
            >>> [job.payload for job in made], book.waiting_for
            ([0, 1, 2], 1)
        """
        jobs: list[Job] = self._native.enqueue_many(list(requests), origin.request_id())
        return jobs
