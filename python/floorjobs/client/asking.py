"""Asking for jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.client.opened import Opened
from floorjobs.models import Attempt, Job
from floorjobs.models.values import list_from, object_from

if TYPE_CHECKING:
    import builtins

    from floorjobs.models import Status


class Asking(Opened):
    """The part of the client that asks for jobs."""

    def get(self, job_id: str) -> Job:
        """Return a job as it is now.

        Raises:
            JobNotFoundError: There is no such job.
        """
        return Job.from_dict(object_from(self._native.get(job_id)))

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
