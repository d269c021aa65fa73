"""Waiting for what happens to a job."""

from __future__ import annotations

from floorjobs.client.opened import Opened
from floorjobs.models import Job
from floorjobs.models.values import object_from


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
        """
        return Job.from_dict(object_from(self._native.wait(job_id, timeout)))
