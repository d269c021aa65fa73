"""Waiting for what happens to a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs import models
from floorjobs.client.opened import Opened
from floorjobs.models.values import object_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from floorjobs import _floorjobs as native
    from floorjobs.models import Job, JobEvent


class Following(Opened):
    """The part of the client that waits for jobs."""

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """Wait until a job has ended, and return it, whatever its status.

        Args:
            job_id: The job.
            timeout: Seconds to wait at most; None waits for ever. Ctrl-C ends the wait.

        Raises:
            WaitTimeout: The time ran out; the job goes on.
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.cancel(jobs.enqueue("page").id)
            ...     jobs.wait(job.id, timeout=5).status
            'cancelled'
        """
        job: Job = self._native.wait(job_id, timeout)
        return job

    def events(self, job_id: str, *, timeout: float | None = None) -> Iterator[JobEvent]:
        """Return the changes of a job from now on: first how it is, then each change to its end.

        They come in the order in which they happened; of changes in quick succession only the
        last may be told. No thread is started, and Ctrl-C ends the wait for the next one. After a
        `WaitTimeout` the iteration may go on.

        Args:
            job_id: The job.
            timeout: Seconds to wait for each change at most; None waits for ever.

        Raises:
            WaitTimeout: Nothing has changed in time.
            JobNotFoundError: There is no such job; or, while waiting, it was deleted.
            InvalidInputError: The timeout is negative, not finite, or over ten years.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.enqueue("page")
            ...     for event in jobs.events(job.id):
            ...         print(event.changed, event.job.status)
            ...         if event.job.status == "queued":
            ...             _ = jobs.cancel(job.id)
            ('opened',) queued
            ('status',) cancelled
        """
        return _Events(self._native.events(job_id), timeout)


class _Events:
    """The iterator; not a generator, which an exception would end."""

    def __init__(self, inner: native.JobEvents, timeout: float | None) -> None:
        self._native = inner
        self._timeout = timeout

    def __iter__(self) -> _Events:
        return self

    def __next__(self) -> JobEvent:
        text = self._native.next(self._timeout)
        if text is None:
            raise StopIteration
        return models.JobEvent.from_dict(object_from(text))
