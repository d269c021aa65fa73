"""How attempts end: retry, snooze, fail for good, checkpoints, settings of a kind, causes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs import handlers

from support import Program, starting_worker, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tasks(database_url: str, tmp_path: Path) -> Iterator[Program]:
    log = tmp_path / "worker.log"
    with worker(database_url, log, "--import", "sample_tasks", "--concurrency", "2") as program:
        yield program


@pytest.mark.parametrize("returns", [False, True])
def test_a_retry_counts_as_an_error(
    jobs: floorjobs.Client, tasks: Program, *, returns: bool
) -> None:
    payload = {"enough": 3, "returns": returns}
    job = jobs.wait(jobs.enqueue("asks-for-retry", payload).id, timeout=20)
    assert (job.status, job.result, job.errors) == ("succeeded", 3, 2)
    first, second, third = jobs.attempts(job.id)
    assert [a.outcome for a in (first, second, third)] == ["retried", "retried", "succeeded"]
    assert first.error is not None
    assert (first.error.code, first.error.message) == ("unavailable", "not yet")


def test_a_retry_says_when(jobs: floorjobs.Client, tasks: Program) -> None:
    job = jobs.enqueue("asks-for-retry", {"enough": 9, "after": 1000})
    wait_until(lambda: jobs.get(job.id).errors == 1)
    job = jobs.get(job.id)
    assert dt.timedelta(seconds=990) < job.run_at - job.updated_at <= dt.timedelta(seconds=1000)


def test_retries_are_limited(jobs: floorjobs.Client, tasks: Program) -> None:
    job = jobs.enqueue("asks-for-retry", {"enough": 9}, max_attempts=2)
    job = jobs.wait(job.id, timeout=20)
    assert (job.status, job.attempt, job.errors) == ("failed", 2, 2)


def test_a_snooze_counts_as_nothing(jobs: floorjobs.Client, tasks: Program) -> None:
    job = jobs.enqueue("snoozes", {"seconds": 0}, max_attempts=1)
    job = jobs.wait(job.id, timeout=20)
    assert (job.status, job.result, job.errors) == ("succeeded", 3, 0)
    assert [a.outcome for a in jobs.attempts(job.id)] == ["snoozed", "snoozed", "succeeded"]
    job = jobs.enqueue("snoozes", {"seconds": 1000})
    wait_until(lambda: jobs.get(job.id).run_at > job.run_at)
    job = jobs.get(job.id)
    assert (job.status, job.error) == ("queued", None)
    assert dt.timedelta(seconds=990) < job.run_at - job.updated_at <= dt.timedelta(seconds=1000)


@pytest.mark.parametrize("seconds", [-1, 1e12])
def test_a_snooze_that_makes_no_sense_fails_the_job(
    jobs: floorjobs.Client, tasks: Program, seconds: float
) -> None:
    job = jobs.wait(jobs.enqueue("snoozes", {"seconds": seconds}).id, timeout=20)
    assert job.error is not None
    assert (job.status, job.error.code, job.attempt) == ("failed", "invalid_input", 1)


# An ordinary error with the first of the codes would be tried again.
@pytest.mark.parametrize("code", ["internal", "not_found"])
def test_failing_for_good_ends_the_job(jobs: floorjobs.Client, tasks: Program, code: str) -> None:
    payload = {} if code == "internal" else {"code": code}
    job = jobs.enqueue("gives-up", payload)
    wait_until(lambda: bool(jobs.get(job.id).errors) or jobs.get(job.id).is_ended)
    job = jobs.get(job.id)
    assert (job.status, job.attempt) == ("failed", 1)
    assert job.error is not None
    assert job.error.code == code
    assert job.error.message == "the customer is gone: TimeoutError: none"
    assert job.error.causes == ("TimeoutError: none",)


def test_the_causes_of_an_exception_are_stored(jobs: floorjobs.Client, tasks: Program) -> None:
    job = jobs.wait(jobs.enqueue("chain").id, timeout=20)
    assert job.error is not None
    assert job.error.code == "invalid_input"
    # `from None` hides the ValueError, as in a traceback.
    assert job.error.message == "the page is not there: ConnectionError: no route"
    assert job.error.causes == ("ConnectionError: no route",)
    (attempt,) = jobs.attempts(job.id)
    assert attempt.error == job.error
    assert floorjobs.Job.from_dict(job.to_dict()) == job
    assert floorjobs.Attempt.from_dict(attempt.to_dict()) == attempt


def test_the_settings_of_a_kind_hold_unless_the_job_says_otherwise(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    job = jobs.wait(jobs.enqueue("modest", "fail").id, timeout=20)
    assert (job.status, job.attempt, job.max_attempts) == ("failed", 2, None)
    job = jobs.wait(jobs.enqueue("modest", "fail", max_attempts=1).id, timeout=20)
    assert (job.status, job.attempt) == ("failed", 1)
    job = jobs.wait(jobs.enqueue("modest", "wait", max_attempts=1).id, timeout=20)
    assert job.error is not None
    assert job.error.code == "timeout"


def test_an_attempt_that_stalls_is_told_of_and_cancelled(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    options = ["--import", "sample_tasks", "--stall-after", "0.2", "--concurrency", "2"]
    with worker(database_url, tmp_path / "worker.log", *options) as tasks:
        held = jobs.enqueue("hold", {"until": str(tmp_path / "done")})
        wait_until(lambda: jobs.get(held.id).stalled_since is not None)
        tasks.wait_for(f"WARNING stalled job_id={held.id}")
        job = jobs.wait(jobs.enqueue("stalls", max_attempts=1).id, timeout=20)
        assert job.error is not None
        assert (job.status, job.error.code) == ("failed", "timeout")
        assert jobs.get(held.id).status == "running"
        (tmp_path / "done").touch()
        job = jobs.wait(held.id, timeout=20)
        assert (job.status, job.stalled_since) == ("succeeded", None)


def test_a_checkpoint_outlives_the_worker(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    steps = tmp_path / "steps"
    job = jobs.enqueue("steps", {"file": str(steps)})
    options = ("--import", "sample_tasks")
    with starting_worker(database_url, tmp_path / "first.log", *options) as first:
        wait_until(lambda: jobs.get(job.id).checkpoint == 3)
        first.kill()
    with starting_worker(database_url, tmp_path / "second.log", *options):
        job = jobs.wait(job.id, timeout=30)
    assert job.result == {"kept": 3, "attempt": 2}
    assert steps.read_text().split() == ["1", "2", "3", "4", "5"]
    crashed, succeeded = jobs.attempts(job.id)
    assert (crashed.outcome, succeeded.outcome) == ("crashed", "succeeded")
    assert succeeded.cpu_seconds is not None
    assert 0 < succeeded.cpu_seconds < 60
    assert succeeded.peak_memory_bytes is not None
    assert succeeded.peak_memory_bytes > 1 << 20
    assert (crashed.cpu_seconds, crashed.peak_memory_bytes) == (None, None)
    for attempt in (crashed, succeeded):
        assert floorjobs.Attempt.from_dict(attempt.to_dict()) == attempt


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("max_attempts", {"max_attempts": 0}),
        ("max_attempts", {"max_attempts": 1 << 20}),
        ("retry_delay", {"retry_delay": -1}),
        ("timeout", {"timeout": 0}),
        ("timeout", {"timeout": float("nan")}),
        ("concurrency", {"concurrency": 0}),
        ("concurrency", {"concurrency": -1}),
        ("stall_after", {"stall_after": -1}),
        ("stall_action", {"stall_action": "shrug"}),
    ],
)
def test_a_bad_setting_of_a_kind_is_named(field: str, settings: dict[str, Any]) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        floorjobs.handler("never-registered", **settings)
    assert raised.value.field == field
    assert "never-registered" not in handlers.registered()


def test_outcomes_are_checked_where_they_are_made() -> None:
    for seconds in (-1, float("nan"), float("inf"), 1e12):
        with pytest.raises(floorjobs.InvalidInputError):
            floorjobs.Snooze(seconds)
        with pytest.raises(floorjobs.InvalidInputError):
            floorjobs.Retry(after=seconds)
    with pytest.raises(floorjobs.InvalidInputError, match="time zone"):
        floorjobs.Snooze(dt.datetime(2030, 1, 1))  # noqa: DTZ001, that is the point


def test_a_loop_of_causes_ends() -> None:
    from floorjobs.causes import described

    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert described(one)["causes"] == ["ValueError: other"]

    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("not even that")

    assert described(MuteError())["message"].endswith("MuteError")
    assert described(ValueError("\ud800"))["message"] == "ValueError: ?"
