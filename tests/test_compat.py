"""The older application's job functions, beyond a plain job's life."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

import floorjobs
from floorjobs import compat, handlers

from support import HOSTILE, PLAN, Program, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

UNKNOWN = "01890000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _compat(jobs: floorjobs.Client) -> Iterator[None]:
    compat.use_client(jobs)
    yield
    compat.use_client(None)


def test_the_record_has_the_older_shape(jobs: floorjobs.Client) -> None:
    record = compat.create_job("ingest", '{"page": 0}')
    assert set(record) == {
        "id",
        "job_type",
        "status",
        "floorplan_id",
        "payload",
        "error_message",
        "result_ref",
        "created_at",
        "updated_at",
        "started_at",
        "finished_at",
    }
    assert (record.payload, record.job_type) == ('{"page": 0}', "ingest")
    assert json.loads(json.dumps(record)) == record
    with pytest.raises(AttributeError):
        _ = record.nonsense
    jobs.cancel(record.id)
    cancelled = compat.get_job_by_id(record.id)
    assert cancelled is not None
    assert (cancelled.status, cancelled.error_message) == ("failed", "The job was cancelled")


@pytest.mark.parametrize("arguments", [("thumbnail",), ("",), ("ingest", "{not json")])
def test_what_is_not_known_is_a_value_error(
    jobs: floorjobs.Client, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=r"Unknown job_type|not JSON"):
        compat.create_job(*arguments)
    assert jobs.list() == []


def test_a_missing_job_is_false_or_none() -> None:
    assert compat.get_job_by_id(UNKNOWN) is None
    assert compat.list_jobs_by_floorplan(99) == []
    assert compat.mark_job_running(UNKNOWN) is False
    assert compat.mark_job_succeeded(UNKNOWN) is False
    assert compat.mark_job_failed(UNKNOWN, "x") is False
    assert compat.enqueue_job(UNKNOWN) is False
    assert compat.run_job(UNKNOWN) is None


def test_a_job_waits_until_it_is_enqueued(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    plan = jobs.ingest(PLAN)
    job = compat.create_job("ingest", floorplan_id=plan.floorplan_id)
    with worker(database_url, tmp_path / "worker.log") as program:
        jobs.wait(plan.id, timeout=20)
        assert jobs.get(job.id).status == "queued"
        assert compat.enqueue_job(job.id)
        assert jobs.wait(job.id, timeout=20).status == "succeeded"
        assert program.process.poll() is None


def test_only_the_holder_may_end_a_job(jobs: floorjobs.Client, database_url: str) -> None:
    job = compat.create_job("ingest")
    assert compat.mark_job_running(job.id)
    with floorjobs.connect(database_url) as other:
        compat.use_client(other)
        for end in (compat.mark_job_succeeded, lambda id_: compat.mark_job_failed(id_, "x")):
            with pytest.raises(floorjobs.LeaseLostError):
                end(job.id)
    compat.use_client(jobs)
    child = os.fork()
    if child == 0:
        try:
            compat.mark_job_failed(job.id, "a child is another process")
        except floorjobs.LeaseLostError:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert compat.mark_job_succeeded(job.id)
    assert jobs.get(job.id).status == "succeeded"


def test_running_a_job_here_stores_what_it_came_to(jobs: floorjobs.Client) -> None:
    good = jobs.ingest(PLAN)
    assert compat.run_job(good.id) is None
    record = compat.get_job_by_id(good.id)
    assert record is not None
    assert record.status == "succeeded"
    assert record.result_ref["result_type"] == "floorplan"
    compat.run_job(good.id)
    assert compat.get_job_by_id(good.id) == record

    bad = jobs.ingest(HOSTILE / "password_rc4.pdf")
    compat.run_job(bad.id)
    failed = compat.get_job_by_id(bad.id)
    assert failed is not None
    assert (failed.status, "password" in failed.error_message) == ("failed", True)

    nobody = compat.create_job("generate", {"prompt": "a clinic"})
    compat.run_job(nobody.id)
    failed = compat.get_job_by_id(nobody.id)
    assert failed is not None
    assert failed.status == "failed"
    # Neither a graph nor an outline says where.
    assert "outline" in failed.error_message


def test_a_handler_of_the_host_stands_for_the_native_one(
    jobs: floorjobs.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_registered", {})

    @floorjobs.handler("generate")
    def generate(ctx: handlers.Context, payload: dict[str, str]) -> dict[str, str]:
        ctx.progress(0.5, "thinking")
        ctx.check()
        if payload["prompt"] == "impossible":
            raise RuntimeError("no room")
        return {"prompt": payload["prompt"]}

    job = compat.create_job("generate", {"prompt": "a clinic"})
    compat.run_job(job.id)
    assert jobs.get(job.id).result == {"prompt": "a clinic"}
    job = compat.create_job("generate", {"prompt": "impossible"})
    compat.run_job(job.id)
    failed = compat.get_job_by_id(job.id)
    assert failed is not None
    assert (failed.status, failed.error_message) == ("failed", "RuntimeError: no room")
    with pytest.raises(ValueError, match="has a handler"):

        @floorjobs.handler("generate")
        def another(ctx: handlers.Context, payload: object) -> None: ...


def test_the_client_of_the_application_is_used(
    app: Flask, jobs: floorjobs.Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compat.use_client(None)
    with app.app_context():
        job = compat.create_job("ingest")
    assert jobs.get(job.id).kind == "ingest"
    other = f"sqlite:///{tmp_path}/other.db"
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", other)
    monkeypatch.setattr(compat, "_clients", {})
    job = compat.create_job("generate")
    with floorjobs.connect(other) as elsewhere:
        assert elsewhere.get(job.id).kind == "generate"


def test_start_worker_runs_until_it_is_told_to_stop(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    job = jobs.ingest(PLAN)
    command = [sys.executable, "-c", "from floorjobs import compat; compat.start_worker()"]
    settings = {"FLOORJOBS_DATABASE_URL": database_url}
    with Program.in_tests(command, tmp_path / "worker.log", settings) as program:
        assert jobs.wait(job.id, timeout=20).status == "succeeded"
        assert program.terminate() == 0
