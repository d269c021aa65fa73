"""Handlers in Python: coroutines, blobs, logs, tracebacks without secrets, own pipelines."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

import floorjobs
from floorjobs import calls
from floorjobs.logs import JobFilter, LineFormatter
from floorjobs.redaction import hide

from support import PLAN, Program, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.fixture
def tasks(database_url: str, tmp_path: Path) -> Iterator[Program]:
    log = tmp_path / "worker.log"
    with worker(database_url, log, "--import", "handler_tasks", "--concurrency", "2") as program:
        yield program


def test_coroutines_run_side_by_side_on_one_loop(jobs: floorjobs.Client, tasks: Program) -> None:
    pair = [jobs.enqueue("together", "here") for _ in range(2)]
    ended = [jobs.wait(job.id, timeout=20) for job in pair]
    assert [job.result for job in ended] == ["floorjobs-async"] * 2, tasks.output()


def test_a_coroutine_is_cancelled_as_asyncio_does_it(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    made = {how: jobs.enqueue("patient", how) for how in ("lets go", "answers")}
    for job in made.values():
        wait_until(lambda job=job: jobs.get(job.id).progress is not None)  # type: ignore[misc]
        jobs.cancel(job.id)
    gone = jobs.wait(made["lets go"].id, timeout=20)
    assert (gone.status, gone.checkpoint) == ("cancelled", {"reason": "requested"})
    # A success that was under way wins over a cancel, as everywhere.
    answered = jobs.wait(made["answers"].id, timeout=20)
    assert (answered.status, answered.result) == ("succeeded", "all the same")


def test_a_coroutine_ends_as_a_function_does(jobs: floorjobs.Client, tasks: Program) -> None:
    failed = jobs.wait(jobs.enqueue("async-failure").id, timeout=20)
    assert failed.error == floorjobs.Failure("not_found", "no use")
    (attempt,) = jobs.attempts(failed.id)
    assert attempt.trace is not None
    assert 'raise floorjobs.Permanent("no use"' in attempt.trace
    # Cancelled by nobody but itself: that is an error, and no cancelled job.
    odd = jobs.wait(jobs.enqueue("async-failure", "itself", max_attempts=1).id, timeout=20)
    assert odd.error is not None
    assert (odd.status, odd.error.code) == ("failed", "internal")


def test_blobs_are_read_and_kept(jobs: floorjobs.Client, tasks: Program) -> None:
    ingest, doubled = jobs.ingest(PLAN, then=[{"kind": "double"}])
    # The follower has no input file of its own.
    failed = jobs.wait(doubled.id, timeout=20)
    assert failed.error is not None
    assert failed.error.code == "invalid_input"
    assert ingest.payload_ref is not None
    done = jobs.wait(jobs.enqueue("double", ingest.payload_ref).id, timeout=20)
    assert done.result == PLAN.stat().st_size
    assert done.result_ref is not None
    assert set(done.result_ref) == {"blob", "of"}
    again = jobs.wait(jobs.enqueue("double", done.result_ref["blob"]).id, timeout=20)
    assert again.result == 2 * PLAN.stat().st_size
    for code, payload in [
        ("limit_exceeded", {"reference": ingest.payload_ref, "limit": 10}),
        ("invalid_input", {"reference": "../etc/passwd", "limit": 10}),
        ("not_found", {"reference": f"sha256:{'0' * 64}", "limit": 10}),
    ]:
        error = jobs.wait(jobs.enqueue("misread", payload).id, timeout=20).error
        assert error is not None
        assert error.code == code, error


def test_a_traceback_is_kept_with_the_attempt_and_no_secret_anywhere(
    jobs: floorjobs.Client, tasks: Program, http: FlaskClient
) -> None:
    secrets = {"url": "postgresql://app:hunter2@10.0.0.5/shop", "key": "q8x7w6v5u4"}
    job = jobs.wait(jobs.enqueue("leaks", secrets, max_attempts=1).id, timeout=20)
    (attempt,) = jobs.attempts(job.id)
    assert job.error is not None
    assert attempt.trace is not None
    assert job.error.message.startswith("RuntimeError: api_key=*** is not valid: ConnectionError: ")
    assert "postgresql://app:***@10.0.0.5/shop refused us" in job.error.causes[0]
    lines = attempt.trace.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert any("handler_tasks.py" in line and "in leaks" in line for line in lines)
    assert lines[-1] == "RuntimeError: api_key=*** is not valid"
    # The frames that called the handler tell nobody anything.
    assert "calls.py" not in attempt.trace
    tasks.wait_for("failed")
    said = attempt.trace + str(job.error) + tasks.output()
    assert "hunter2" not in said
    assert secrets["key"] not in said
    # Not in what is shown to everybody who may ask for a job.
    assert "trace" not in str(job.to_dict())
    shown = http.get(f"/api/v1/jobs/{job.id}/attempts").json
    assert shown is not None
    assert shown["attempts"][0]["error"]["code"] == "internal"
    assert "trace" not in shown["attempts"][0]
    assert floorjobs.Attempt.from_dict(attempt.to_dict()) == attempt


def test_waiting_ends_with_a_cancel_and_tells_why(jobs: floorjobs.Client, tasks: Program) -> None:
    asked = jobs.enqueue("waits")
    late = jobs.enqueue("waits", timeout=0.2, max_attempts=1)
    wait_until(lambda: jobs.get(asked.id).progress is not None)
    jobs.cancel(asked.id)
    asked, late = jobs.wait(asked.id, timeout=20), jobs.wait(late.id, timeout=20)
    assert (asked.status, asked.checkpoint) == ("cancelled", "requested")
    assert late.error is not None
    assert (late.status, late.error.code, late.checkpoint) == ("failed", "timeout", "deadline")


def test_log_records_say_to_which_job_they_belong(jobs: floorjobs.Client, tasks: Program) -> None:
    job = jobs.wait(jobs.enqueue("logs", "two lines").id, timeout=20)
    about = f"job_id={job.id} kind=logs attempt=1"
    tasks.wait_for(f'INFO log {about} logger=handler_tasks message="first of\\ntwo lines"')
    tasks.wait_for(f"WARNING log {about} logger=floorjobs.job.logs message=second")
    tasks.wait_for(f'ERROR log {about} logger=handler_tasks message="third, from a thread"')


def test_a_line_holds_whatever_is_logged() -> None:
    record = logging.makeLogRecord({"msg": "token=%s", "args": ("hush-hush",), "levelno": 20})
    record.exc_info = (ValueError, ValueError("a = b"), None)
    JobFilter().filter(record)
    for formatter in (LineFormatter("text"), LineFormatter("json")):
        line = formatter.format(record)
        assert "\n" not in line
        assert "hush" not in line
        assert "ValueError: a = b" in line
        assert "job_id" not in line


def test_an_applications_own_pipelines_take_the_place_of_the_native_ones(
    jobs: floorjobs.Client, tasks: Program
) -> None:
    job = jobs.ingest(PLAN)
    square = [[0, 0], [12_000, 0], [12_000, 9_000], [0, 9_000]]
    made = jobs.generate(site={"perimeter_mm": square}, prompt="2 offices")
    job, made = jobs.wait(job.id, timeout=20), jobs.wait(made.id, timeout=20)
    assert job.result == {"bytes": PLAN.stat().st_size, "pdf": "%PDF-"}
    assert "2 offices" in made.result
    assert job.floorplan_id is not None
    assert jobs.floorplan(job.floorplan_id, with_plan=False).status == "processed"


def test_a_handler_without_a_worker_may_be_a_coroutine(jobs: floorjobs.Client) -> None:
    async def where(ctx: floorjobs.handlers.Context, payload: object) -> object:
        assert calls.current.get() is ctx
        return [payload, threading.current_thread().name]

    job = jobs.run_here(jobs.enqueue("where", 7).id, where)
    assert job.result == [7, "floorjobs-async"]
    calls.close()
    assert "floorjobs-async" not in {thread.name for thread in threading.enumerate()}
    # The next one makes another loop.
    assert jobs.run_here(jobs.enqueue("where", 8).id, where).status == "succeeded"
    calls.close()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("redis://:p@ss@host:6379/0", "redis://:***@host:6379/0"),
        ("s3://AKIAABCDEFGHIJKLMNOP/x", "s3://***/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("got Bearer abcdefgh12345678 back", "got Bearer *** back"),
        ('{"client_secret": "s3cr3t!!", "id": 3}', '{"client_secret": "***", "id": 3}'),
        ("https://x/y?X-Amz-Signature=0a1b2c&part=1", "https://x/y?X-Amz-Signature=***&part=1"),
        ("DB_PASSWORD='hunter2' is wrong", "DB_PASSWORD='***' is wrong"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ123456", "***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x", "*** x"),
        # What is no secret stays.
        ("KeyError: 'token'", "KeyError: 'token'"),
        ("unexpected token: } at 3", "unexpected token: } at 3"),
        ("http://localhost:8000/a@b", "http://localhost:8000/a@b"),
        ("ssh://git@example.com/x", "ssh://git@example.com/x"),
        ("12:30 a@b.example, wall 3 of 4", "12:30 a@b.example, wall 3 of 4"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert hide(text) == hidden


def test_the_values_of_secret_settings_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "correct horse")
    monkeypatch.setenv("SHOP_COLOUR", "battery staple")
    assert hide("sent correct horse, battery staple") == "sent ***, battery staple"
