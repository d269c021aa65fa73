"""Nothing is lost and nothing is done twice when processes die."""

from __future__ import annotations

import http.client
import sys
from collections import Counter
from typing import TYPE_CHECKING

from support import PLAN, Program, free_port, multipart, starting_worker, wait_until, worker

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    import floorjobs

TASKS = ("--import", "sample_tasks")


def test_another_worker_finishes_the_job_of_a_killed_one(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "done")})
    with (
        worker(database_url, tmp_path / "first.log", *TASKS) as first,
        worker(database_url, tmp_path / "second.log", *TASKS, "--concurrency", "1") as second,
    ):
        wait_until(lambda: jobs.get(job.id).status == "running")
        owner = jobs.attempts(job.id)[0].pid
        killed, survivor = (first, second) if owner == first.pid else (second, first)
        killed.kill()
        # Long before its lease would end.
        wait_until(lambda: jobs.get(job.id).attempt == 2)
        (tmp_path / "done").touch()
        ended = jobs.wait(job.id, timeout=20)
        assert (ended.status, ended.result, ended.crashes, ended.errors) == ("succeeded", 2, 1, 0)
        attempts = jobs.attempts(job.id)
        assert [(a.number, a.outcome, a.pid) for a in attempts] == [
            (1, "crashed", killed.pid),
            (2, "succeeded", survivor.pid),
        ]
        assert attempts[0].error is not None
        assert str(killed.pid) in attempts[0].error.message


def test_a_job_that_kills_its_workers_is_stopped(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The worker after the second crash would have to wait for the backoff.
    monkeypatch.setenv("JOB_RETRY_DELAY_SECONDS", "0.1")
    job = jobs.enqueue("die")
    for number in range(3):
        # It dies before it has said that it started, or after.
        with starting_worker(database_url, tmp_path / f"{number}.log", *TASKS) as program:
            assert program.process.wait(30) == 9
    with worker(database_url, tmp_path / "last.log", *TASKS) as program:
        ended = jobs.wait(job.id, timeout=20)
        assert program.process.poll() is None
    assert (ended.status, ended.crashes, ended.attempt) == ("failed", 3, 3)
    assert {attempt.outcome for attempt in jobs.attempts(job.id)} == {"crashed"}


def test_two_workers_run_five_hundred_jobs_once_each(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    notes, ready = tmp_path / "notes", tmp_path / "ready"
    # Each worker holds the one job that it can run, so that none has drained the queue before
    # the other one serves.
    held = jobs.enqueue_many([{"kind": "hold", "payload": {"until": str(ready)}}] * 2)
    made = jobs.enqueue_many(
        [{"kind": "note", "payload": {"file": str(notes)}} for _ in range(500)]
    )
    options = (*TASKS, "--drain", "--concurrency", "1")
    with (
        worker(database_url, tmp_path / "first.log", *options) as first,
        worker(database_url, tmp_path / "second.log", *options) as second,
    ):
        wait_until(lambda: {jobs.get(job.id).status for job in held} == {"running"})
        ready.touch()
        assert (first.process.wait(60), second.process.wait(60)) == (0, 0)
    ran = Counter(notes.read_text().split())
    assert ran == Counter({job.id: 1 for job in made})
    assert {jobs.get(job.id).status for job in (*held, *made)} == {"succeeded"}
    assert jobs.list(status="queued") == []
    pids = [jobs.attempts(job.id)[0].pid for job in (*held, *made)]
    assert set(pids[:2]) == set(pids) == {first.pid, second.pid}


def test_a_job_that_was_answered_survives_the_server(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "host_app:app"]
    settings = {"FLOORJOBS_DATABASE_URL": database_url}
    with Program.in_tests(command, tmp_path / "server.log", settings) as server:
        server.wait_for("Booting worker")
        body, content_type = multipart(PLAN)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", "/api/v1/ingest", body, {"Content-Type": content_type})
        answer = connection.getresponse()
        # The whole server, the moment the status line is there.
        server.kill()
        assert answer.status == 202
        job_id = answer.headers["Location"].rsplit("/", 1)[1]
        connection.close()
    job = jobs.get(job_id)
    assert job.status == "queued"
    with worker(database_url, tmp_path / "worker.log"):
        assert jobs.wait(job_id, timeout=20).status == "succeeded"
    assert job.floorplan_id is not None
    assert jobs.floorplan(job.floorplan_id).pdf_bytes == PLAN.stat().st_size
