"""Forgetting: jobs that ended long ago, and files that nothing names."""

from __future__ import annotations

import math
import signal
from types import SimpleNamespace
from typing import Any

import pytest

import floorjobs
from floorjobs import worker

from support import PLAN


def test_jobs_are_kept_by_how_they_ended(jobs: floorjobs.Client) -> None:
    succeeded = jobs.complete(jobs.hold(jobs.enqueue("k").id).id)
    failed = jobs.fail(jobs.hold(jobs.enqueue("k").id).id, "no")
    cancelled = jobs.cancel(jobs.enqueue("k").id)
    queued = jobs.enqueue("k")
    assert jobs.prune() == 0
    day = 86_400.0
    assert jobs.prune(floorjobs.Retention(succeeded=0, failed=math.inf, cancelled=day)) == 1
    assert {job.id for job in jobs.list()} == {failed.id, cancelled.id, queued.id}
    with pytest.raises(floorjobs.JobNotFoundError):
        jobs.get(succeeded.id)
    assert jobs.prune(floorjobs.Retention(succeeded=0, failed=0, cancelled=0)) == 2
    assert [job.id for job in jobs.list()] == [queued.id]


def test_the_default_is_a_week_and_for_failures_a_month() -> None:
    kept = floorjobs.Retention()
    assert (kept.succeeded, kept.failed, kept.cancelled) == (7 * 86_400, 30 * 86_400, 7 * 86_400)


@pytest.mark.parametrize("seconds", [-1, math.nan, 1e12])
def test_a_time_that_makes_no_sense_is_named(seconds: float) -> None:
    for end in ("succeeded", "failed", "cancelled"):
        with pytest.raises(floorjobs.InvalidInputError) as raised:
            floorjobs.Retention(**{end: seconds})
        assert raised.value.field == end


def test_files_in_use_are_not_swept(jobs: floorjobs.Client) -> None:
    job = jobs.ingest(PLAN)
    assert jobs.sweep() == floorjobs.Swept(blobs=0, unfinished=0)
    assert jobs.run_here(job.id).status == "succeeded"


def test_the_options_of_a_worker_say_how_long_jobs_are_kept(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A worker looks for old jobs every five minutes, too seldom to wait for it here.
    given: dict[str, Any] = {}

    class Recorder(SimpleNamespace):
        def __init__(self, _client: object, **options: Any) -> None:
            given.update(options)
            no = {"register": lambda *_: None, "propose": lambda *_: None}
            super().__init__(run=lambda **_: (0, 0), **no)

    monkeypatch.setattr(worker.native, "Worker", Recorder)
    handler = signal.getsignal(signal.SIGINT)
    try:
        url = ["--database-url", database_url]
        assert worker.main([*url, "--keep-succeeded", "0.5", "--keep-failed", "forever"]) == 0
    finally:
        signal.signal(signal.SIGINT, handler)
    assert given["retention"].seconds() == [43_200, math.inf, 7 * 86_400]
