"""The same program on every store that the URLs can name: only the URLs differ."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

import floorjobs
from floorjobs import cli
from floorjobs.flask import FloorJobs

import servers
from support import PLAN, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORES = {
    "sqlite": (),
    "sqlite-redis": (servers.Redis,),
    "postgresql": (servers.Postgres,),
    "postgresql-redis": (servers.Postgres, servers.Redis),
    "postgresql-redis-s3": (servers.Postgres, servers.Redis, servers.Moto),
}


@pytest.fixture(params=STORES)
def urls(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The settings of one store, which is ready for use."""
    used = STORES[request.param]
    for server in used:
        servers.need(server)
    urls = {"database_url": f"sqlite:///{tmp_path}/jobs.db", "blobs_url": f"file:{tmp_path}/blobs"}
    with contextlib.ExitStack() as stack:
        if servers.Postgres in used:
            postgres = servers.shared_postgres()
            urls["database_url"] = stack.enter_context(servers.new_database(postgres))
            migrate("--database-url", urls["database_url"])
        if servers.Redis in used:
            urls["redis_url"] = servers.shared_redis()
        if servers.Moto in used:
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
            store = stack.enter_context(servers.Moto())
            store.ask("PUT", "/floorjobs")
            urls["blobs_url"] = f"s3://floorjobs/here?endpoint={store.url()}"
        yield urls


def migrate(*options: str) -> None:
    command = [sys.executable, "-m", "floorjobs", "migrate", *options]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)


def settings(urls: dict[str, str]) -> dict[str, str]:
    """Return the settings by the names that the environment and Flask have for them."""
    names = {
        "database_url": "FLOORJOBS_DATABASE_URL",
        "blobs_url": "FLOORJOBS_BLOBS_URL",
        "redis_url": "REDIS_URL",
    }
    return {names[name]: url for name, url in urls.items()}


def test_a_plan_goes_from_the_upload_to_its_walls_on_every_store(
    urls: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = Flask("host")
    app.config.update(settings(urls))
    FloorJobs(app)
    http = app.test_client()
    form: dict[str, Any] = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
    answer = http.post("/api/v1/ingest", data=form, content_type="multipart/form-data")
    assert answer.status_code == 202, answer.get_data(as_text=True)
    body = answer.get_json()

    for name, value in settings(urls).items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "worker.log"
    options = ("--import", "sample_tasks", "--concurrency", "2")
    with floorjobs.connect(**urls) as jobs, worker(urls["database_url"], log, *options) as program:
        read = jobs.wait(body["job_id"], timeout=60)
        assert read.status == "succeeded", program.output()
        assert http.get(body["status_url"]).get_json()["status"] == "succeeded"
        status = http.get(f"/api/v1/status/{body['pdf_id']}").get_json()
        assert (status["status"], len(status["jobs"])) == ("processed", 1)
        walls = jobs.floorplan(body["pdf_id"]).total_wall_count
        assert walls is not None
        assert walls > 10

        made = jobs.enqueue_many([{"kind": "echo", "payload": {"n": n}} for n in range(50)])
        ended = [jobs.wait(job.id, timeout=60) for job in made]
        assert [job.result["payload"] for job in ended] == [job.payload for job in made]
        first = jobs.enqueue("echo", "first", unique_key="one")
        second = jobs.enqueue("echo", "second", after=[first])
        assert jobs.wait(second.id, timeout=60).result["payload"] == "second"
        failed = jobs.wait(jobs.enqueue("gives-up", {"code": "not_found"}).id, timeout=60)
        assert failed.error is not None
        assert (failed.status, failed.error.code) == ("failed", "not_found")
        assert failed.error.causes == ("TimeoutError: none",)
        assert [attempt.outcome for attempt in jobs.attempts(failed.id)] == ["failed"]
        (queue,) = jobs.stats()
        assert (queue.succeeded, queue.failed) == (53, 1)
        # The servers of tests sync nothing, and the doctor sees that.
        wrong = {finding.name for finding in jobs.doctor() if finding.level == "error"}
        assert wrong == ({"settings"} if "postgresql" in urls["database_url"] else set())
        if "redis_url" in urls:
            program.wait_for("transport=redis")
        assert cli.main(["doctor"]) == (1 if wrong else 0)
        told = capsys.readouterr().out
        assert ("PostgreSQL 1" in told) == ("postgresql" in urls["database_url"]), told
        assert ("s3://floorjobs/here" in told) == urls["blobs_url"].startswith("s3:"), told
        assert ("carries hints" in told) == ("redis_url" in urls), told


def test_threads_and_a_child_share_a_client_on_every_store(urls: dict[str, str]) -> None:
    with floorjobs.connect(**urls) as jobs:
        jobs.enqueue("echo")

        def some() -> None:
            for number in range(20):
                jobs.enqueue("echo", {"n": number})

        threads = [threading.Thread(target=some) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        before = threading.active_count()
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                some()
                code = 0
            os._exit(code)
        _, status = os.waitpid(child, 0)
        some()
        assert (os.waitstatus_to_exitcode(status), threading.active_count()) == (0, before)
        assert jobs.stats()[0].ready == 1 + 4 * 20 + 20 + 20
