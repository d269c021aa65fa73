"""Attempts that the host runs itself, without a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.calls import calling
from floorjobs.client.opened import Opened
from floorjobs.client.request import json_text

if TYPE_CHECKING:
    from floorjobs.handlers import HandlerFunction
    from floorjobs.models import Job, Json


class Holding(Opened):
    """The part of the client for programs that do the work themselves."""

    def hold(self, job_id: str) -> Job:
        """Start an attempt of a queued job in this process, due or not, for 600 s at most.

        For callers that do the work themselves and end it with `complete` or `fail`. When this
        process dies, a worker takes the job over.

        Raises:
            InvalidStateError: The job is not queued.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.hold(jobs.enqueue("page").id)
            ...     (job.status, job.attempt)
            ('running', 1)
        """
        job: Job = self._native.hold(job_id)
        return job

    def complete(self, job_id: str, result_ref: dict[str, Json] | None = None) -> Job:
        """End a job that this process holds, with a reference to its result.

        Args:
            job_id: The job.
            result_ref: Where the result is to be found: what `json.dumps` takes.

        Raises:
            LeaseLostError: This process does not hold the job.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.hold(jobs.enqueue("page").id)
            ...     jobs.complete(job.id, {"result_type": "page", "result_id": 7}).status
            'succeeded'
        """
        text = None if result_ref is None else json_text("result_ref", result_ref)
        job: Job = self._native.complete(job_id, text)
        return job

    def fail(self, job_id: str, message: str, *, code: str = "internal") -> Job:
        """End a job that this process holds, with a failure.

        Args:
            job_id: The job.
            message: What went wrong.
            code: One of the stable error codes.

        Raises:
            LeaseLostError: This process does not hold the job.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.hold(jobs.enqueue("page").id)
            ...     jobs.fail(job.id, "the paper is out", code="unavailable").error.code
            'unavailable'
        """
        job: Job = self._native.fail(job_id, code, message)
        return job

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

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.enqueue("double", 21)
            ...     jobs.run_here(job.id, lambda ctx, payload: 2 * payload).result
            42
        """
        called = None if function is None else calling(function)
        job: Job = self._native.run_here(job_id, called)
        return job
