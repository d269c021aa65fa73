"""`floorjobs.testing`: what it gives to the tests of an application."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs.testing import (
    assert_enqueued,
    assert_not_enqueued,
    assert_succeeded,
    inline,
    run_ready,
)

from support import PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


@floorjobs.handler("testing-add")
def add(ctx: floorjobs.handlers.Context, payload: list[int]) -> int:
    ctx.progress(0.5, "adding")
    return sum(payload)


@floorjobs.handler("testing-broken")
def broken(_ctx: floorjobs.handlers.Context, payload: Any) -> None:
    raise ValueError("no sense") from KeyError(payload)


@floorjobs.handler("testing-chain")
def chain(ctx: floorjobs.handlers.Context, payload: int) -> int:
    with floorjobs.connect() as client:
        if payload > 1:
            client.enqueue("testing-chain", payload - 1)
    return payload


def test_jobs_run_in_the_call_that_stores_them(jobs: floorjobs.Client) -> None:
    with inline(jobs) as same:
        assert same is jobs
        assert assert_succeeded(jobs, jobs.enqueue("testing-add", [1, 2])).result == 3
        made = jobs.enqueue_many([{"kind": "testing-add", "payload": [n]} for n in range(3)])
        assert [jobs.get(job.id).result for job in made] == [0, 1, 2]
        last = jobs.enqueue("testing-add", [9], after=made)
        assert jobs.get(last.id).status == "succeeded"
        plan, follower = jobs.ingest(PLAN, then=[{"kind": "testing-add", "payload": [5]}])
        assert assert_succeeded(jobs, plan).floorplan_id is not None
        assert jobs.get(follower.id).result == 5
        delayed = jobs.enqueue("testing-add", [1], delay=60)
        jobs.pause("slow")
        held = jobs.enqueue("testing-add", [1], queue="slow")
        assert {jobs.get(job.id).status for job in (delayed, held)} == {"queued"}
        assert jobs.get(jobs.make_due(delayed.id).id).status == "succeeded"
    assert jobs.get(jobs.enqueue("testing-add", [1]).id).status == "queued"


def test_a_handler_that_fails_fails_its_job(jobs: floorjobs.Client) -> None:
    with inline(jobs):
        job = jobs.enqueue("testing-broken", "x")
        assert jobs.get(job.id).status == "failed"
        with pytest.raises(AssertionError, match="no sense") as raised:
            assert_succeeded(jobs, job)
        assert "KeyError" in str(raised.value)
        assert jobs.retry(job.id).id == job.id
        assert len(jobs.attempts(job.id)) == 2
        # The client is what it was, also after an error.
        with pytest.raises(LookupError, match="no handler for `testing-unknown`"):
            jobs.enqueue("testing-unknown")
    assert type(jobs) is floorjobs.Client


def test_the_routes_of_an_application_run_jobs(app: Flask) -> None:
    http = app.test_client()
    with inline(app) as jobs:
        form = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
        answer = http.post("/api/v1/ingest", data=form)
        assert answer.status_code == 202
        assert jobs.get(answer.get_json()["job_id"]).status == "succeeded"
        # So a client that waits is answered at once, as by the older route.
        form = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
        answer = http.post("/api/v1/ingest", data=form, headers={"Prefer": "wait=1"})
        assert answer.status_code == 200
        assert answer.get_json()["total_wall_count"] > 0


def test_an_application_without_jobs_is_named() -> None:
    from flask import Flask

    with pytest.raises(TypeError, match="has no FloorJobs"), inline(Flask("bare")):
        pass


def test_ready_jobs_run_as_a_worker_takes_them(
    jobs: floorjobs.Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = jobs.enqueue("testing-add", [1])
    high = jobs.enqueue("testing-add", [2], priority=5)
    assert [job.id for job in run_ready(jobs)] == [high.id, low.id]
    assert run_ready(jobs) == []
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", database_url)
    jobs.enqueue("testing-chain", 4)
    assert [job.result for job in run_ready(jobs)] == [4, 3, 2, 1]
    jobs.enqueue("testing-chain", 4)
    with pytest.raises(RuntimeError, match="3 jobs have run"):
        run_ready(jobs, most=3)


def test_what_was_stored_is_found(jobs: floorjobs.Client) -> None:
    with pytest.raises(AssertionError, match="No job is stored"):
        assert_enqueued(jobs, "mail")
    assert_not_enqueued(jobs, "mail")
    first = jobs.enqueue("mail", {"to": "a"}, queue="slow", unique_key="k")
    second = jobs.enqueue("mail", {"to": "b"})
    assert assert_enqueued(jobs, "mail") == second
    assert assert_enqueued(jobs, "mail", {"to": "a"}, queue="slow", unique_key="k") == first
    assert_enqueued(jobs, "mail", count=2)
    assert_not_enqueued(jobs, "mail", {"to": "c"})
    for check in (
        lambda: assert_enqueued(jobs, "mail", {"to": "c"}),
        lambda: assert_enqueued(jobs, "mail", count=1),
        lambda: assert_enqueued(jobs, "mail", {"to": "b"}, queue="slow"),
        lambda: assert_not_enqueued(jobs, "mail", queue="slow"),
    ):
        with pytest.raises(AssertionError, match="The newest jobs:\n  mail"):
            check()


SUITE = """\
import os
import floorjobs

def test_one(floorjobs_client):
    assert floorjobs_client.list() == []
    floorjobs_client.enqueue("k")

def test_another(floorjobs_client, floorjobs_url):
    assert floorjobs_client.list() == []
    assert os.environ["FLOORJOBS_DATABASE_URL"] == floorjobs_url
    assert "REDIS_URL" not in os.environ
    with floorjobs.connect() as same:
        assert same.get(floorjobs_client.enqueue("k").id).kind == "k"
"""


def test_fixtures_give_each_test_a_store_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["floorjobs.testing.plugin"]\n')
    (tmp_path / "test_suite.py").write_text(SUITE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path],
        cwd=tmp_path,
        env={**os.environ, "REDIS_URL": "redis://nowhere.invalid", "JOB_QUEUE_NAME": "other"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_only_the_plugin_needs_pytest() -> None:
    code = (
        "import sys, floorjobs.testing; sys.exit('pytest' in sys.modules or 'flask' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
