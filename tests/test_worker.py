"""`python -m floorjobs.worker`: handlers in Python, events, draining, signals, exit codes."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import floorjobs

from support import PLAN, Program, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def tasks(database_url: str, log: Path) -> Iterator[Program]:
    with worker(database_url, log, "--import", "sample_tasks", "--concurrency", "2") as program:
        yield program


def run_worker(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "floorjobs.worker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


def test_a_handler_gets_its_job_and_its_result_is_stored(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    job = jobs.wait(jobs.enqueue("echo", {"page": 1, "name": "é"}).id, timeout=20)
    assert job.status == "succeeded"
    assert job.result == {
        "payload": {"page": 1, "name": "é"},
        "attempt": 1,
        "job_id": job.id,
        "pid": tasks.pid,
    }
    assert job.progress is not None
    assert job.progress.fraction == 1


def test_progress_is_stored_while_a_handler_runs(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "done")})
    wait_until(lambda: jobs.get(job.id).progress is not None)
    progress = jobs.get(job.id).progress
    assert progress == floorjobs.Progress(0.25, "holding", "until done is there")
    (tmp_path / "done").touch()
    assert jobs.wait(job.id, timeout=20).result == 1


def test_cancelling_reaches_the_handler(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "never")})
    wait_until(lambda: jobs.get(job.id).status == "running")
    assert jobs.cancel(job.id).cancel_requested
    assert jobs.wait(job.id, timeout=20).status == "cancelled"


def test_an_exception_is_tried_again_with_its_reason(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    job = jobs.enqueue("raise", {}, max_attempts=1)
    job = jobs.wait(job.id, timeout=20)
    assert job.error == floorjobs.Failure("internal", "RuntimeError: the sky fell")
    job = jobs.enqueue("raise", {})
    wait_until(lambda: jobs.get(job.id).errors == 1)
    job = jobs.get(job.id)
    assert (job.status, job.run_at > job.updated_at) == ("queued", True)
    assert [attempt.outcome for attempt in jobs.attempts(job.id)] == ["retried"]


@pytest.mark.parametrize("code", ["invalid_input", "no_plan_found", "unsupported"])
def test_a_failure_that_cannot_pass_ends_the_job(
    jobs: floorjobs.Client, tasks: Program, code: str
) -> None:
    job = jobs.wait(jobs.enqueue("raise", {"code": code}).id, timeout=20)
    assert (job.status, job.attempt) == ("failed", 1)
    assert job.error == floorjobs.Failure(code, "as the payload wishes")


@pytest.mark.parametrize("what", ["nan", "object", "surrogate"])
def test_a_result_that_is_not_json_fails_the_job(
    jobs: floorjobs.Client, tasks: Program, what: str
) -> None:
    job = jobs.wait(jobs.enqueue("unstorable", what).id, timeout=20)
    assert job.status == "failed"
    assert job.error is not None
    assert (job.error.code, "result" in job.error.message) == ("invalid_input", True)


def test_a_kind_without_a_handler_is_left_alone(jobs: floorjobs.Client, tasks: Program) -> None:
    other = jobs.enqueue("somebody-elses")
    assert jobs.wait(jobs.enqueue("echo").id, timeout=20).status == "succeeded"
    assert (jobs.get(other.id).status, jobs.get(other.id).attempt) == ("queued", 0)


def test_each_event_is_a_line(jobs: floorjobs.Client, tasks: Program) -> None:
    done = jobs.enqueue("echo")
    broken = jobs.enqueue("raise", {"code": "invalid_input"})
    jobs.wait(done.id, timeout=20)
    jobs.wait(broken.id, timeout=20)
    tasks.wait_for(f"INFO succeeded job_id={done.id} kind=echo attempt=1 seconds=")
    tasks.wait_for(f"ERROR failed job_id={broken.id} kind=raise attempt=1 seconds=")
    tasks.wait_for('error_code=invalid_input error_message="as the payload wishes"')
    # Not a terminal: no progress bar.
    assert "\r" not in tasks.output()


def test_queues_are_served_in_their_order(jobs: floorjobs.Client, database_url: str) -> None:
    made = [jobs.enqueue("ingest", queue=queue) for queue in ("low", "other", "high")]
    done = run_worker("--database-url", database_url, "--queues", "high,low", "--drain")
    assert done.returncode == 0, done.stderr
    assert [jobs.get(job.id).status for job in made] == ["failed", "queued", "failed"]
    low, _, high = (done.stderr.find(job.id) for job in made)
    assert 0 < high < low


def test_sigterm_lets_a_running_job_finish(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "done")})
    wait_until(lambda: jobs.get(job.id).status == "running")
    tasks.process.send_signal(signal.SIGTERM)
    tasks.wait_for("stopping")
    later = jobs.enqueue("echo")
    (tmp_path / "done").touch()
    assert tasks.process.wait(20) == 0
    assert jobs.get(job.id).status == "succeeded"
    assert jobs.get(later.id).status == "queued"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_gives_the_job_back(
    jobs: floorjobs.Client, tasks: Program, tmp_path: Path, number: signal.Signals
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "never")})
    wait_until(lambda: jobs.get(job.id).status == "running")
    tasks.process.send_signal(number)
    tasks.wait_for("stopping")
    tasks.process.send_signal(number)
    assert tasks.process.wait(20) == 0
    job = jobs.get(job.id)
    assert (job.status, job.errors, job.crashes, job.interruptions) == ("queued", 0, 0, 1)
    assert "Traceback" not in tasks.output()


def test_a_handler_that_never_stops_does_not_hold_the_worker(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    job = jobs.enqueue("stubborn")
    # A claimed job whose handler has not begun is given back at once.
    wait_until(lambda: jobs.get(job.id).progress is not None)
    tasks.process.send_signal(signal.SIGTERM)
    tasks.wait_for("stopping")
    tasks.process.send_signal(signal.SIGTERM)
    assert tasks.process.wait(20) == 0
    job = jobs.get(job.id)
    assert (job.status, job.interruptions) == ("queued", 1)
    assert "left_running=1" in tasks.output()


def test_what_is_wrong_with_the_command_line_is_said(tmp_path: Path, database_url: str) -> None:
    url = ["--database-url", database_url]
    broken = tmp_path / "broken_tasks.py"
    broken.write_text("import nowhere_to_be_found\n")
    for arguments, code, text in [
        (["--nonsense"], 2, "unrecognized"),
        ([*url, "--import", "no.such.module"], 2, "cannot import `no.such.module`"),
        ([*url, "--concurrency", "0"], 2, "`concurrency` must be 1 to"),
        ([*url, "--concurrency", "-1"], 2, "concurrency"),
        ([*url, "--timeout", "0"], 2, "deadline"),
        ([*url, "--keep-failed", "always"], 2, "a number of days up to 3660 or `forever`"),
        ([*url, "--keep-failed", "-1"], 2, "failed"),
        ([*url, "--stall-after", "-1"], 2, "stall_after"),
        ([*url, "--lease", "0.5"], 2, "`lease` must be at least 1 second"),
        ([*url, "--lease", "-1"], 2, "lease"),
        ([*url, "--stall-action", "shrug"], 2, "invalid choice"),
        ([*url, "--queues", "a/b"], 2, "`queue` must be"),
        ([*url, "--queues", ","], 2, "at least one queue"),
        (["--database-url", "nonsense"], 2, "must begin with"),
        (["--database-url", "sqlite:////nowhere/at/all/jobs.db"], 69, "is its folder there"),
        (["--database-url", "postgresql://localhost/db"], 2, "set `FLOORJOBS_BLOBS_URL`"),
    ]:
        done = run_worker(*arguments)
        assert (done.returncode, text in done.stderr) == (code, True), done.stderr
        assert "Traceback" not in done.stderr


def test_an_import_that_fails_says_where(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "dividing_tasks.py").write_text("import math\n\nHALF = 1 / 0\n")
    done = run_worker("--database-url", database_url, "--import", "dividing_tasks", cwd=tmp_path)
    assert done.returncode == 2
    assert "ZeroDivisionError: division by zero (" in done.stderr
    assert "dividing_tasks.py, line 3)" in done.stderr


def test_help_names_the_exit_codes() -> None:
    done = run_worker("--help")
    assert done.returncode == 0
    for code in ("   0  ", "   2  ", "  69  ", "  70  "):
        assert code in done.stdout
    assert run_worker("--version").stdout.strip() == f"floorjobs {floorjobs.__version__}"


def test_a_worker_at_rest_costs_next_to_nothing(jobs: floorjobs.Client, tasks: Program) -> None:
    jobs.wait(jobs.enqueue("echo").id, timeout=20)

    def cpu_seconds() -> float:
        with open(f"/proc/{tasks.pid}/stat") as file:  # noqa: PTH123
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    import time

    def rests() -> bool:
        before, start = cpu_seconds(), time.monotonic()
        # What a process costs at rest shows only while real time passes.
        time.sleep(3)
        return (cpu_seconds() - before) / (time.monotonic() - start) < 0.01

    # On a busy machine the same work takes more of the processor's time at times.
    wait_until(rests, 60)


def test_a_plan_is_read_with_the_progress_bar_of_a_terminal(database_url: str) -> None:
    import os
    import pty

    with floorjobs.connect(database_url) as jobs:
        jobs.ingest(PLAN)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "floorjobs.worker", "--database-url", database_url, "--drain"]
    with subprocess.Popen(command, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        assert process.wait(20) == 0
    os.close(ours)
    assert b"\r\x1b[2K" in shown
    assert b"] " in shown
    assert b" % ingest" in shown
    assert b"INFO succeeded" in shown
