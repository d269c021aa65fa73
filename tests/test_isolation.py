"""Handlers in child processes: what they do to themselves is one crashed attempt, and no more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs import handlers
from floorjobs.isolation.pool import Pool

from support import Program, starting_worker, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS = ("--import", "isolated_tasks", "--concurrency", "2")


@pytest.fixture
def tasks(database_url: str, tmp_path: Path) -> Iterator[Program]:
    with worker(database_url, tmp_path / "worker.log", *TASKS) as program:
        yield program


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    # A zombie has been killed, and waits for whoever is to notice that.
    return state != "Z"


def ended(jobs: floorjobs.Client, kind: str, payload: Any = None, **options: Any) -> floorjobs.Job:
    return jobs.wait(jobs.enqueue(kind, payload, **options).id, timeout=30)


def test_a_child_serves_one_job_after_the_other(jobs: floorjobs.Client, tasks: Program) -> None:
    first = ended(jobs, "who", {"é": ["\U0001f600", 1.5]})
    second = ended(jobs, "who", 2)
    assert first.status == "succeeded", first.error
    pid = first.result["pid"]
    assert first.result == {
        "pid": pid,
        "worker": tasks.pid,
        "job_id": first.id,
        "payload": {"é": ["\U0001f600", 1.5]},
        "blob": 100_000,
        "leader": True,
    }
    assert (second.result["pid"], second.result["payload"]) == (pid, 2)
    assert pid != tasks.pid
    assert first.checkpoint == {"kept": 1}
    assert first.result_ref is not None
    assert set(first.result_ref) == {"blob"}
    # What the child used is told, not what the slot did that waited for it.
    (attempt,) = jobs.attempts(second.id)
    assert attempt.cpu_seconds is not None
    assert 0.05 <= attempt.cpu_seconds < 5
    assert attempt.peak_memory_bytes is not None
    assert attempt.peak_memory_bytes > 1 << 20
    tasks.wait_for(f"job_id={first.id} kind=who attempt=1 logger=floorjobs.job.who message=")
    # It ends with its worker, when that stops in good order.
    assert tasks.terminate() == 0
    assert not is_running(pid)


def test_two_jobs_of_a_kind_have_two_children_and_coroutines_one(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    files = [tmp_path / "0", tmp_path / "1"]
    made = [jobs.enqueue("polite", {"pid": str(file)}) for file in files]
    wait_until(lambda: all(file.exists() and file.read_text() for file in files))
    assert files[0].read_text() != files[1].read_text()
    for job in made:
        jobs.cancel(job.id)
    for job in made:
        gone = jobs.wait(job.id, timeout=20)
        assert (gone.status, gone.checkpoint) == ("cancelled", "requested")
    alone = ended(jobs, "who-else")
    late = ended(jobs, "who-else", 1, timeout=0.2, max_attempts=1)
    assert late.error is not None
    assert late.error.code == "timeout"
    # It let itself be cancelled, so that nothing had to be killed.
    assert ended(jobs, "who-else").result == alone.result


def test_a_thread_that_outlives_its_attempt_cannot_write_for_the_next(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    assert ended(jobs, "leaves-behind", "leave").result == "left"
    job = ended(jobs, "leaves-behind", "see")
    assert job.result == ["lease_lost"], job.error
    assert job.checkpoint == "mine"


def test_what_is_refused_in_a_worker_is_refused_in_a_child(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    for what, code in [
        ("value", "invalid_input"),
        ("large", "limit_exceeded"),
        ("limit", "limit_exceeded"),
        ("result", "invalid_input"),
        ("permanent", "not_found"),
    ]:
        job = ended(jobs, "misuse", {"what": what})
        assert job.error is not None, what
        assert (job.status, job.attempt, job.error.code) == ("failed", 1, code), job.error
        (attempt,) = jobs.attempts(job.id)
        # A result that cannot be stored was returned, not raised.
        assert (attempt.trace is None) == (what == "result")
        assert "hunter22" not in str(attempt)
    # An exit of a thread in Python is an exception, of the only one as well.
    job = ended(jobs, "misuse", {"what": "exit"}, max_attempts=1)
    assert job.error is not None
    assert (job.error.message, job.crashes) == ("SystemExit: 3", 0)


@pytest.mark.parametrize(
    ("how", "said"),
    [("segfault", "SIGSEGV"), ("exit", "exit code 9"), ("kill", "SIGKILL")],
)
def test_a_handler_that_dies_is_one_crashed_attempt(
    jobs: floorjobs.Client, tasks: Program, how: str, said: str
) -> None:
    job = ended(jobs, "dies", {"how": how, "times": 1}, max_attempts=1)
    assert (job.status, job.result) == ("succeeded", {"attempt": 2}), job.error
    assert (job.crashes, job.errors) == (1, 0)
    crashed, succeeded = jobs.attempts(job.id)
    assert (crashed.outcome, succeeded.outcome) == ("crashed", "succeeded")
    # The same worker ran both, and lives.
    assert crashed.pid == succeeded.pid == tasks.pid
    assert tasks.process.poll() is None
    assert crashed.error is not None
    assert said in crashed.error.message
    if how == "segfault":
        assert crashed.trace is not None
        assert "isolated_tasks.py" in crashed.trace
    tasks.wait_for(f"ERROR crashed job_id={job.id} kind=dies attempt=1")


def test_the_third_crash_fails_the_job(jobs: floorjobs.Client, tasks: Program) -> None:
    job = ended(jobs, "dies", {"how": "exit"})
    assert (job.status, job.crashes, job.errors, job.attempt) == ("failed", 3, 0, 3)
    assert [attempt.outcome for attempt in jobs.attempts(job.id)] == ["crashed"] * 3
    assert job.error is not None
    assert job.error.message == "the process of the handler ended with exit code 9"


def test_memory_is_capped(jobs: floorjobs.Client, tasks: Program) -> None:
    assert ended(jobs, "hungry", 32).result == 32
    job = ended(jobs, "hungry", 256)
    assert (job.status, job.crashes) == ("failed", 3)
    assert job.error is not None
    assert job.error.code == "limit_exceeded"
    assert "64 MiB" in job.error.message
    assert ended(jobs, "hungry", 32).result == 32
    assert tasks.process.poll() is None


def test_a_handler_that_hears_nothing_is_killed_with_what_it_started(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    # Its child starts with a job that takes its time.
    assert ended(jobs, "deaf", timeout=60).status == "succeeded"
    job = ended(jobs, "deaf", {"pids": str(pids)})
    assert job.error is not None
    # Its time was up, which is an error and no crash.
    assert (job.status, job.error.code, job.crashes) == ("failed", "timeout", 0)
    child, sleeper = map(int, pids.read_text().split())
    wait_until(lambda: not is_running(child) and not is_running(sleeper))
    job = jobs.enqueue("deaf", {"pids": str(pids)}, timeout=60)
    # A file that is written anew is empty for a moment.
    wait_until(lambda: pids.read_text().split()[:1] not in ([], [str(child)]))
    jobs.cancel(job.id)
    assert jobs.wait(job.id, timeout=20).status == "cancelled"
    assert tasks.process.poll() is None


def test_a_child_dies_with_its_worker(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    job = jobs.enqueue("polite", {"pid": str(pid)})
    with starting_worker(database_url, tmp_path / "worker.log", *TASKS) as program:
        wait_until(lambda: pid.exists() and pid.read_text() != "")
        child = int(pid.read_text())
        assert is_running(child)
        os.kill(program.pid, 9)
        wait_until(lambda: not is_running(child), 5)
    assert jobs.get(job.id).status == "running"


def test_a_stop_of_the_worker_gives_the_job_back_and_ends_its_child(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    job = jobs.enqueue("polite", {"pid": str(pid)})
    wait_until(lambda: pid.exists() and pid.read_text() != "")
    tasks.process.terminate()
    tasks.wait_for("stopping")
    tasks.process.terminate()
    assert tasks.process.wait(20) == 0
    job = jobs.get(job.id)
    assert (job.status, job.interruptions, job.errors, job.crashes) == ("queued", 1, 0, 0)
    wait_until(lambda: not is_running(int(pid.read_text())))


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("isolation", {"isolation": "fork"}),
        ("memory", {"memory": 1 << 30}),
        ("memory", {"memory": 100, "isolation": "process"}),
        ("grace", {"grace": -1, "isolation": "process"}),
        ("grace", {"grace": float("nan"), "isolation": "process"}),
    ],
)
def test_a_bad_setting_is_named(field: str, settings: dict[str, Any]) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        floorjobs.handler("never-registered", **settings)
    assert raised.value.field == field


def test_what_a_child_could_not_import_is_refused_at_the_start() -> None:
    def function(ctx: handlers.Context, payload: object) -> None: ...

    function.__module__ = "__main__"
    options = floorjobs._floorjobs.KindOptions("of-the-program")
    known = handlers.Registered("of-the-program", function, options, "process")
    with pytest.raises(floorjobs.InvalidInputError, match="put it into a module"):
        Pool(known)


def test_a_module_that_registers_no_such_kind_fails_the_attempt(jobs: floorjobs.Client) -> None:
    def function(ctx: handlers.Context, payload: object) -> None: ...

    function.__module__ = "floorjobs.handlers"
    options = floorjobs._floorjobs.KindOptions("unheard-of")
    pool = Pool(handlers.Registered("unheard-of", function, options, "process"))
    job = jobs.run_here(jobs.enqueue("unheard-of").id, pool)
    assert job.error is not None
    assert "registers no handler for `unheard-of`" in job.error.message
    pool.close()
