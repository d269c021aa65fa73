"""Hosts: gunicorn and waitress, `os.fork` and multiprocessing, and many threads."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
import host_children

from support import Program, free_port, locks_of, wait_until, worker

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


@pytest.mark.parametrize(
    "command",
    [
        ["gunicorn", "--workers", "2"],
        ["gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4"],
        ["gunicorn", "--workers", "2", "--threads", "4", "--preload"],
        ["waitress", "--threads", "6"],
    ],
    ids=["sync", "gthread", "gthread preloaded", "waitress"],
)
def test_servers_of_every_kind(
    command: list[str], jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    """Clients that come together enqueue and poll; the parent and each child have their jobs."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    listen = "--listen" if command[0] == "waitress" else "--bind"
    settings = {"FLOORJOBS_DATABASE_URL": database_url, "USE_BEFORE_FORK": "1"}
    program = [sys.executable, "-m", *command, listen, f"127.0.0.1:{port}", "host_app:app"]
    with Program.in_tests(program, tmp_path / "server.log", settings) as server:

        def answers() -> bool:
            assert server.process.poll() is None, server.output()
            with contextlib.suppress(OSError):
                return "pid" in call(f"{url}/process")
            return False

        wait_until(answers, 30, "the server")

        def visit(number: int) -> tuple[str, int]:
            accepted = call(f"{url}/enqueue?kind=visitor-{number}", "POST")
            for _ in range(3):
                job = call(url + accepted["status_url"])
                assert (job["job_type"], job["status"]) == (f"visitor-{number}", "queued")
            return job["job_id"], job["payload"]["pid"]

        processes = 1 if command[0] == "waitress" else 2
        made: list[tuple[str, int]] = []
        with ThreadPoolExecutor(8) as visitors:
            # One process may serve a whole round, as while the other one starts.
            while len({pid for _, pid in made}) < processes and len(made) < 480:
                made += visitors.map(visit, range(len(made), len(made) + 48))
    stored = {job.id for job in jobs.list(limit=1000) if job.kind.startswith("visitor-")}
    assert stored == {job_id for job_id, _ in made}
    assert len({pid for _, pid in made}) == processes
    assert jobs.list(kind="before-fork")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(method: str, jobs: floorjobs.Client, database_url: str) -> None:
    jobs.enqueue("before")
    context = multiprocessing.get_context(method)
    told = context.SimpleQueue()
    if method == "fork":
        task, first = host_children.with_inherited, jobs
    else:
        task, first = host_children.with_own, database_url
    children = [context.Process(target=task, args=(first, told)) for _ in range(3)]
    for child in children:
        child.start()
    for _ in range(20):
        jobs.get(jobs.enqueue("in-parent").id)
    for child in children:
        child.join(CHILD_LIMIT_S)
        assert child.exitcode == 0
        child.close()
    assert [told.get() for _ in children] == ["fine"] * 3
    told.close()
    assert len(jobs.list(kind="in-child", limit=1000)) == 60
    assert len(jobs.list(kind="in-parent")) == 20


def test_a_parent_and_its_children_wait_for_a_worker(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    """What is waited for in a forked child ends in a worker that is neither of the two."""
    with worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks"):
        pids = []
        for _ in range(3):
            child = os.fork()
            if child == 0:
                signal.alarm(CHILD_LIMIT_S)
                try:
                    ended = jobs.wait(jobs.enqueue("echo", {"from": os.getpid()}).id, timeout=15)
                    fine = ended.result["payload"] == {"from": os.getpid()}
                    os._exit(0 if fine else 1)
                finally:
                    os._exit(2)
            pids.append(child)
        assert jobs.wait(jobs.enqueue("echo").id, timeout=15).status == "succeeded"
        for child in pids:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


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
