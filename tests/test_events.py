"""The changes of one job as they happen, seen from another process."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import pytest

import floorjobs

from support import wait_until, worker

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_changes_are_told_in_order_from_another_process(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    steps = [tmp_path / f"step-{n}" for n in range(3)]
    job = jobs.enqueue("reports", {"steps": [str(step) for step in steps]})
    events = jobs.events(job.id, timeout=20)
    seen = [next(events)]
    with worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks"):
        for event in events:
            seen.append(event)
            progress = event.job.progress
            # The handler waits for each step to be seen, so that none can be passed over.
            if event.job.status == "running" and progress is not None:
                steps[int(progress.stage)].touch()
    assert seen[0].changed == ("opened",)
    states = [event.job.status for event in seen]
    assert states == sorted(states, key=["queued", "running", "succeeded"].index)
    stages = [e.job.progress.stage for e in seen if e.job.progress and e.job.status == "running"]
    assert stages == ["0", "1", "2"]
    assert "attempt" in {change for event in seen for change in event.changed}
    assert seen[-1].job.result == "reported"
    times = [event.job.updated_at for event in seen]
    assert times == sorted(times)
    for event in seen:
        assert floorjobs.JobEvent.from_dict(event.to_dict()) == event


def test_a_job_that_has_ended_is_told_once(jobs: floorjobs.Client) -> None:
    job = jobs.cancel(jobs.enqueue("k").id)
    events = jobs.events(job.id)
    assert [(event.changed, event.job) for event in events] == [(("opened",), job)]
    assert list(events) == []


def test_an_iteration_goes_on_after_its_time_ran_out(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    events = jobs.events(job.id, timeout=0.01)
    assert next(events).changed == ("opened",)
    for _ in range(2):
        with pytest.raises(floorjobs.WaitTimeout):
            next(events)
    jobs.cancel(job.id)
    assert next(events).job.status == "cancelled"


def test_a_job_that_is_deleted_ends_it(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    events = jobs.events(job.id, timeout=20)
    next(events)
    jobs.cancel(job.id)
    jobs.prune(floorjobs.Retention(cancelled=0))
    with pytest.raises(floorjobs.JobNotFoundError):
        next(events)


def test_what_cannot_be_followed_is_named(jobs: floorjobs.Client) -> None:
    for unknown in (UNKNOWN, "nonsense"):
        with pytest.raises(floorjobs.JobNotFoundError):
            jobs.events(unknown)
    with pytest.raises(floorjobs.InvalidInputError):
        next(jobs.events(jobs.enqueue("k").id, timeout=-1))


def test_other_threads_go_on_and_ctrl_c_ends_the_wait(jobs: floorjobs.Client) -> None:
    events = jobs.events(jobs.enqueue("k").id)
    next(events)
    turns = 0

    def interrupt() -> None:
        nonlocal turns

        def turned() -> bool:
            nonlocal turns
            turns += 1
            return turns >= 50

        # Only a wait that gives the interpreter up lets this thread count.
        wait_until(turned)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        next(events)
    thread.join()
    assert turns >= 50
