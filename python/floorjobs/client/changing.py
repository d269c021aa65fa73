"""Changing what waits or runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.client.opened import Opened

if TYPE_CHECKING:
    from floorjobs.models import Job


class Changing(Opened):
    """The part of the client that changes jobs and queues."""

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: a queued one at once, a running one as soon as its handler notices.

        Raises:
            InvalidStateError: The job has ended.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.cancel(jobs.enqueue("page").id).status
            'cancelled'
        """
        job: Job = self._native.cancel(job_id)
        return job

    def retry(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again: same id, counters from zero, attempts go on.

        It waits for no other job any more; what it kept with `checkpoint` is still there.

        Raises:
            InvalidStateError: The job is queued, running, or has succeeded.
            ConflictError: Another job holds its unique key by now.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.cancel(jobs.enqueue("page").id)
            ...     jobs.retry(job.id).status
            'queued'
        """
        job: Job = self._native.retry(job_id)
        return job

    def make_due(self, job_id: str) -> Job:
        """Let a delayed job run at once; one that is due or further on is left as it is.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.enqueue("page", delay=3600)
            ...     jobs.make_due(job.id).run_at < job.run_at
            True
        """
        job: Job = self._native.make_due(job_id)
        return job

    def pause(self, queue: str) -> None:
        """Let no more jobs of a queue start; those that run go on. Pausing twice is pausing once.

        Raises:
            InvalidInputError: That is no name of a queue.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.pause("slow")
            ...     list(jobs.paused())
            ['slow']
        """
        self._native.pause(queue)

    def resume(self, queue: str) -> None:
        """Let jobs of a queue start again; one that is not paused is left as it is.

        Raises:
            InvalidInputError: That is no name of a queue.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.pause("slow")
            ...     jobs.resume("slow")
            ...     list(jobs.paused())
            []
        """
        self._native.resume(queue)
