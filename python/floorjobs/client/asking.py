"""Asking for jobs and for what keeps them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from floorjobs import _floorjobs as native
from floorjobs import models
from floorjobs.client.opened import Opened
from floorjobs.models.values import list_from, moment, object_from, text_of_moment

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable
    from datetime import datetime

    from floorjobs.models import Attempt, Estimate, Explanation, Job, JobPage, QueueStats, Status


class Asking(Opened):
    """The part of the client that asks for jobs."""

    def get(self, job_id: str) -> Job:
        """Return a job as it is now.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = jobs.enqueue("page", {"number": 1})
            ...     jobs.get(made.id).payload
            {'number': 1}
        """
        job: Job = self._native.get(job_id)
        return job

    def list(
        self,
        *,
        status: Status | Iterable[Status] | None = None,
        kind: str | None = None,
        queue: str | None = None,
        floorplan_id: int | None = None,
        unique_key: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> builtins.list[Job]:
        """Return the jobs that fit all the filters, newest first.

        Args:
            status: Only jobs in this state, or in one of these.
            kind: Only jobs of this kind.
            queue: Only jobs of this queue.
            floorplan_id: Only jobs about this floor plan.
            unique_key: Only jobs with this key.
            created_after: Only jobs that were stored at this moment or later.
            created_before: Only jobs that were stored before this moment.
            before: Only jobs older than this one: the last of the page before.
            limit: How many at most, 1 to 1,000.

        Raises:
            InvalidInputError: A filter is not acceptable; `field` names it.
            NotFoundError: `before` is no id of a job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = jobs.enqueue("page")
            ...     jobs.list(status=["queued", "running"], kind="page") == [made]
            True
        """
        chosen = _filter(
            status,
            kind=kind,
            queue=queue,
            floorplan_id=floorplan_id,
            unique_key=unique_key,
            created_after=created_after,
            created_before=created_before,
            before=before,
            limit=limit,
        )
        jobs: builtins.list[Job] = self._native.list(chosen)
        return jobs

    def page(
        self,
        *,
        status: Status | Iterable[Status] | None = None,
        kind: str | None = None,
        queue: str | None = None,
        floorplan_id: int | None = None,
        unique_key: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> JobPage:
        """Return a page of the jobs that fit all the filters, and where the next page begins.

        Going on from page to page gives each job once that fits the filters all the while,
        however many are added and ended in between.

        Args:
            status: As for `list`, as are the other filters.
            kind: As for `list`.
            queue: As for `list`.
            floorplan_id: As for `list`.
            unique_key: As for `list`.
            created_after: As for `list`.
            created_before: As for `list`.
            before: `next` of the page before.
            limit: How many at most, 1 to 1,000.

        Raises:
            InvalidInputError: A filter is not acceptable; `field` names it.
            NotFoundError: `before` is no id of a job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = jobs.enqueue_many([{"kind": "page"}] * 3)
            ...     first = jobs.page(limit=2)
            ...     second = jobs.page(limit=2, before=first.next)
            >>> len(first.jobs), len(second.jobs), second.next
            (2, 1, None)
        """
        chosen = _filter(
            status,
            kind=kind,
            queue=queue,
            floorplan_id=floorplan_id,
            unique_key=unique_key,
            created_after=created_after,
            created_before=created_before,
            before=before,
            limit=limit,
        )
        return models.JobPage.from_dict(object_from(self._native.page(chosen)))

    def attempts(self, job_id: str) -> builtins.list[Attempt]:
        """Return the attempts of a job, oldest first.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.hold(jobs.enqueue("page").id)
            ...     _ = jobs.fail(job.id, "the paper is out")
            ...     [(one.number, one.outcome) for one in jobs.attempts(job.id)]
            [(1, 'failed')]
        """
        return [
            models.Attempt.from_dict(attempt)
            for attempt in list_from(self._native.attempts(job_id))
        ]

    def parents(self, job_id: str) -> builtins.list[str]:
        """Return the ids of the jobs that a job still waits for.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     page = jobs.enqueue("page")
            ...     book = jobs.enqueue("book", after=[page])
            ...     jobs.parents(book.id) == [page.id]
            True
        """
        ids: builtins.list[str] = json.loads(self._native.parents(job_id))
        return ids

    def explain(self, job_id: str) -> Explanation:
        """Return why a job does not run now; or where it runs, or how it ended.

        Counting the jobs before it is what this costs: some 50 ms for a million.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.explain(jobs.enqueue("page", queue="slow").id).sentence
            'The job is in the queue `slow`, which no live worker serves (there is none).'
        """
        return models.Explanation.from_dict(object_from(self._native.explain(job_id)))

    def estimate(self, job_id: str) -> Estimate | None:
        """Return when a job will probably start and end; None if nothing is known to tell from.

        It rests on how long earlier jobs of the kinds took, and on the workers that are there.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     print(jobs.estimate(jobs.enqueue("page").id))
            None
        """
        told = json.loads(self._native.estimate(job_id))
        return None if told is None else models.Estimate.from_dict(told)

    def position(self, job_id: str) -> int | None:
        """Return how many ready jobs of its queue run before a job; None unless it is ready.

        Raises:
            JobNotFoundError: There is no such job.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     made = [jobs.enqueue("page", priority=number) for number in range(3)]
            ...     [jobs.position(job.id) for job in made]
            [2, 1, 0]
        """
        return self._native.position(job_id)

    def stats(self) -> builtins.list[QueueStats]:
        """Return how many jobs each queue has in each state, by name of the queue.

        A queue is known by its jobs and by being paused. This reads an index of every job: some
        50 ms for a million.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     _ = jobs.enqueue("page"), jobs.enqueue("page", delay=60)
            ...     [(queue.queue, queue.ready, queue.delayed) for queue in jobs.stats()]
            [('default', 1, 1)]
        """
        return [models.QueueStats.from_dict(queue) for queue in list_from(self._native.stats())]

    def paused(self) -> dict[str, datetime]:
        """Return the paused queues, each with the moment since when, by name.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.pause("slow")
            ...     list(jobs.paused())
            ['slow']
        """
        return {queue: moment(since) for queue, since in json.loads(self._native.paused())}


def _filter(
    status: Status | Iterable[Status] | None,
    *,
    created_after: datetime | None,
    created_before: datetime | None,
    kind: str | None,
    queue: str | None,
    floorplan_id: int | None,
    unique_key: str | None,
    before: str | None,
    limit: int,
) -> native.Filter:
    statuses: Iterable[str] = [status] if isinstance(status, str) else (status or ())
    return native.Filter(
        statuses=list(statuses),
        kind=kind,
        queue=queue,
        floorplan_id=floorplan_id,
        unique_key=unique_key,
        created_after=_moment("created_after", created_after),
        created_before=_moment("created_before", created_before),
        before=before,
        limit=limit,
    )


def _moment(field: str, at: datetime | None) -> str | None:
    return None if at is None else text_of_moment(field, at)
