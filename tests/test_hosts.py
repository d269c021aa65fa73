"""Hosts that fork: gunicorn with a preloaded application, `os.fork`, and many threads."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

import floorjobs

from support import Program, free_port, locks_of, wait_until

if TYPE_CHECKING:
    from pathlib import Path

# A child that hangs in an inherited lock ends here, and the test fails.
CHILD_LIMIT_S = 20


def call(url: str, method: str = "GET") -> dict[str, Any]:
    request = urllib.request.Request(url, method=method)  # noqa: S310, a server of this test
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        body: dict[str, Any] = json.load(answer)
        return body


def test_gunicorn_with_a_preloaded_application(
    database: Path, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "3"]
    settings = {"FLOORJOBS_DATABASE_URL": database_url, "USE_BEFORE_FORK": "1"}
    command += ["--bind", f"127.0.0.1:{port}", "host_app:app"]
    with Program.in_tests(command, tmp_path / "server.log", settings) as server:
        wait_until(lambda: server.output().count("Booting worker") == 3, 30)
        made: dict[str, int] = {}
        pids: set[int] = set()

        def enqueue_and_poll() -> bool:
            accepted = call(f"{url}/enqueue", "POST")
            job = call(url + accepted["status_url"])
            assert (job["job_type"], job["status"]) == ("in-child", "queued")
            made[job["job_id"]] = job["payload"]["pid"]
            pids.add(job["payload"]["pid"])
            return len(pids) == 3 and len(made) >= 60

        wait_until(enqueue_and_poll, 30)
        assert server.pid not in pids
        # A child that inherited the parent's open database would hold no locks on it.
        for pid in pids:
            assert locks_of(pid, database.with_name(database.name + "-shm")), "no lock is held"
        process = call(f"{url}/process")
        assert process["pid"] in pids
        # The client has started none: gunicorn's own workers have one to three.
        assert process["threads"] == threads_without_client(tmp_path)
        with floorjobs.connect(database_url) as jobs:
            stored = {job.id: job.payload["pid"] for job in jobs.list(kind="in-child", limit=1000)}
            assert stored == made
            (before,) = jobs.list(kind="before-fork")
            assert before.payload["pid"] == server.pid


def threads_without_client(tmp_path: Path) -> int:
    """Return how many threads a gunicorn worker has that has never used the client."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--preload", "--bind", f"127.0.0.1:{port}"]
    with Program.in_tests([*command, "host_app:app"], tmp_path / "idle.log", {}) as server:
        server.wait_for("Booting worker")
        threads: int = call(f"http://127.0.0.1:{port}/process")["threads"]
        return threads


def test_parent_and_child_go_on_after_a_fork(jobs: floorjobs.Client, database: Path) -> None:
    shared = database.with_name(database.name + "-shm")
    before = jobs.enqueue("before")
    for _ in range(5):
        child = os.fork()
        if child == 0:
            signal.alarm(CHILD_LIMIT_S)
            try:
                made = jobs.enqueue("in-child")
                fine = jobs.get(made.id).status == "queued" and jobs.get(before.id).id == before.id
                fine = fine and bool(locks_of(os.getpid(), shared))
                os._exit(0 if fine else 1)
            finally:
                os._exit(2)
        jobs.enqueue("in-parent")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert locks_of(os.getpid(), shared)
    assert len(jobs.list(kind="in-child")) == len(jobs.list(kind="in-parent")) == 5


def test_forks_while_other_threads_write(jobs: floorjobs.Client) -> None:
    stop = threading.Event()
    counts = [0, 0, 0]

    def write(number: int) -> None:
        while not stop.is_set():
            jobs.enqueue("thread", {"number": number})
            counts[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(CHILD_LIMIT_S)
                try:
                    jobs.enqueue("child")
                    os._exit(0)
                finally:
                    os._exit(2)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert all(counts)
    assert len(jobs.list(kind="child")) == 20
    found, page = 0, jobs.list(kind="thread", limit=1000)
    while page:
        found += len(page)
        page = jobs.list(kind="thread", limit=1000, before=page[-1].id)
    assert found == sum(counts)


def test_many_threads_share_a_client(jobs: floorjobs.Client) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                job = jobs.enqueue("k")
                assert jobs.get(job.id) == job
        except BaseException as error:  # noqa: BLE001, the test thread raises it
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(jobs.list(limit=1000)) == 400
