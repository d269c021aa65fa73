"""The worker as a service: several processes, their health over HTTP, JSON logs, a last job."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs import health

from support import Program, free_port, starting_worker, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS = ("--import", "sample_tasks", "--concurrency", "1")


def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


@pytest.fixture
def supervised(database_url: str, tmp_path: Path) -> Iterator[tuple[Program, int]]:
    port = free_port()
    options = (*TASKS, "--processes", "2", "--health-port", str(port))
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        wait_until(lambda: program.output().count(" INFO started ") == 2, 30, program.output())
        yield program, port
        # Whatever failed: workers are in sessions of their own.
        for child in children(program.pid) if program.process.poll() is None else []:
            os.kill(child, signal.SIGKILL)


def test_a_supervisor_runs_workers_and_starts_dead_ones_again(
    jobs: floorjobs.Client, supervised: tuple[Program, int], tmp_path: Path
) -> None:
    program, port = supervised
    files = [tmp_path / "0", tmp_path / "1"]
    made = [jobs.enqueue("hold", {"until": str(file)}) for file in files]
    wait_until(lambda: all(jobs.get(job.id).status == "running" for job in made))
    pids = {jobs.attempts(job.id)[0].pid for job in made}
    assert pids == set(children(program.pid)), "each worker runs one"
    wait_until(lambda: get(port, "/readyz")[0] == 200)
    killed = jobs.attempts(made[0].id)[0].pid
    os.kill(killed, signal.SIGKILL)
    program.wait_for(f"pid={killed} code=-9 restart_in=1.000")
    status, body = get(port, "/readyz")
    assert (status, "not ready" in body) == (503, True)
    # The other is busy, so that the new one takes it.
    wait_until(lambda: jobs.get(made[0].id).attempt == 2)
    assert jobs.attempts(made[0].id)[1].pid not in pids
    wait_until(lambda: get(port, "/readyz")[0] == 200)
    assert 'floorjobs_supervised_workers{state="ready"} 2' in get(port, "/metrics")[1]
    assert "floorjobs_supervised_restarts_total 1" in get(port, "/metrics")[1]
    # The first signal lets them finish, in both processes.
    program.process.terminate()
    wait_until(lambda: program.output().count(" INFO stopping ") == 2)
    for file in files:
        file.touch()
    assert program.process.wait(30) == 0, program.output()
    assert [jobs.get(job.id).status for job in made] == ["succeeded"] * 2
    assert jobs.get(made[1].id).attempt == 1


def test_workers_stop_when_their_supervisor_is_killed(
    supervised: tuple[Program, int],
) -> None:
    program, _ = supervised
    workers = children(program.pid)
    assert len(workers) == 2
    program.process.kill()

    def gone(pid: int) -> bool:
        # A zombie has no command any more.
        command = Path(f"/proc/{pid}/cmdline")
        return not command.exists() or not command.read_bytes()

    wait_until(lambda: all(gone(pid) for pid in workers), 20)
    assert program.output().count(" INFO stopped ") == 2


def test_a_second_signal_gives_the_jobs_back(
    jobs: floorjobs.Client, supervised: tuple[Program, int], tmp_path: Path
) -> None:
    program, _ = supervised
    job = jobs.enqueue("hold", {"until": str(tmp_path / "never")})
    wait_until(lambda: jobs.get(job.id).status == "running")
    program.process.send_signal(signal.SIGINT)
    program.wait_for("stopping")
    program.process.send_signal(signal.SIGINT)
    assert program.process.wait(30) == 0, program.output()
    job = jobs.get(job.id)
    assert (job.status, job.interruptions) == ("queued", 1)


def test_a_wrong_option_ends_the_supervisor(database_url: str, tmp_path: Path) -> None:
    for options, code in [
        (["--processes", "2", "--import", "no.such.module"], 2),
        (["--processes", "0"], 2),
        (["--health-port", "70000"], 2),
        (["--max-jobs", "0"], 2),
    ]:
        with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
            assert program.process.wait(30) == code, program.output()
        assert "Traceback" not in program.output()


def test_a_wrong_option_is_said_though_another_worker_is_still_starting(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first to import this is slow, and told to stop before it listens; the others are refused.
    (tmp_path / "slow_or_wrong.py").write_text(
        "import pathlib, time\n"
        "try:\n"
        "    pathlib.Path(__file__).with_name('first').touch(exist_ok=False)\n"
        "except FileExistsError:\n"
        "    raise ImportError('not this one') from None\n"
        "time.sleep(60)\n"
    )
    options = ["--processes", "2", "--import", "slow_or_wrong"]
    monkeypatch.chdir(tmp_path)
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        assert program.process.wait(30) == 2, program.output()
    assert f"code=-{signal.SIGTERM:d}" in program.output()


def test_a_port_that_is_taken_is_said(database_url: str, tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        for options in (["--health-port", port], ["--health-port", port, "--processes", "1"]):
            with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
                assert program.process.wait(30) == 69, program.output()
            assert f"cannot listen on 127.0.0.1:{port}" in program.output()


def test_drained_workers_are_not_started_again(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    made = jobs.enqueue_many([{"kind": "echo"} for _ in range(20)])
    options = (*TASKS, "--processes", "2", "--drain")
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        assert program.process.wait(30) == 0, program.output()
    assert {jobs.get(job.id).status for job in made} == {"succeeded"}
    assert program.output().count(" worker_started ") == 2


def test_a_worker_ends_after_so_many_jobs_and_a_fresh_one_goes_on(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    made = [jobs.enqueue("echo") for _ in range(5)]
    options = (*TASKS, "--max-jobs", "2")
    with starting_worker(database_url, tmp_path / "one.log", *options) as program:
        assert program.process.wait(30) == 0
        program.wait_for("stopped reason=enough")
    assert [jobs.get(job.id).status for job in made].count("succeeded") == 2
    with starting_worker(
        database_url, tmp_path / "two.log", *options, "--processes", "1"
    ) as program:
        done = [jobs.wait(job.id, timeout=30) for job in made]
        program.process.terminate()
        assert program.process.wait(30) == 0, program.output()
    pids = [job.result["pid"] for job in done]
    assert len(set(pids)) == 3, pids
    # Nobody waited: it was asked for.
    assert "restart_in=0.000" in program.output()


def test_health_is_told_over_http(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    options = (*TASKS, "--health-port", str(port))
    with worker(database_url, tmp_path / "worker.log", *options):
        wait_until(lambda: get(port, "/readyz")[0] == 200)
        assert get(port, "/livez") == (200, '{"alive": true}\n')
        assert get(port, "/livez", "HEAD") == (200, "")
        status, text = get(port, "/metrics")
        assert (status, "floorjobs_worker_silent_seconds 0." in text) == (200, True)
        assert jobs.metrics().splitlines()[0] in text
        assert get(port, "/")[0] == 404
        assert get(port, "/livez", "POST")[0] == 501


class Stub:
    """Stands for a client whose store is away, or is not."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    def check_health(self) -> None:
        self.asked += 1
        if self.away:
            raise floorjobs.UnavailableError("postgresql://app:hunter2@host is away")

    def metrics(self) -> str:
        self.check_health()
        return "figures 1\n"


def test_readiness_follows_the_beats_and_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    silent: list[float | None] = [None]
    client: Any = Stub()
    monkeypatch.setattr(health, "_ANSWER_HOLDS_S", -1)
    server = health.Server("127.0.0.1", 0, health.Beats(lambda: silent[0], 10), client)
    try:
        assert "has not started" in get(server.port, "/readyz")[1]
        silent[0] = 2.6
        assert get(server.port, "/readyz")[0] == 200
        silent[0] = 5.1
        status, body = get(server.port, "/readyz")
        assert (status, "no sign of life for 5 s" in body) == (503, True)
        # A reason not to send it work, and none to start it again.
        assert get(server.port, "/livez")[0] == 200
        silent[0], client.away = 0.1, True
        status, body = get(server.port, "/readyz")
        assert (status, json.loads(body)["ready"]) == (503, False)
        status, text = get(server.port, "/metrics")
        assert (status, "floorjobs_worker_silent_seconds 0.100" in text) == (200, True)
        assert "hunter2" not in body + text
        # Many probes are one question to the store.
        monkeypatch.setattr(health, "_ANSWER_HOLDS_S", 60)
        asked = client.asked
        for _ in range(5):
            assert get(server.port, "/readyz")[0] == 503
        assert client.asked <= asked + 1
    finally:
        server.close()


def test_the_log_may_be_json(jobs: floorjobs.Client, database_url: str, tmp_path: Path) -> None:
    done = jobs.enqueue("echo")
    failed = jobs.enqueue("raise", {"code": "invalid_input"})
    options = (*TASKS, "--log-format", "json", "--drain")
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        assert program.process.wait(30) == 0
    lines = [json.loads(line) for line in program.output().splitlines()]
    for line in lines:
        assert list(line)[:3] == ["time", "level", "event"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    told = {(line["event"], line.get("job_id")): line for line in lines}
    assert told["succeeded", done.id]["level"] == "INFO"
    error = told["failed", failed.id]["error"]
    assert (error["code"], error["message"]) == ("invalid_input", "as the payload wishes")
    options = ("--log-format", "json", "--import", "no.such.module")
    with starting_worker(database_url, tmp_path / "other.log", *options) as program:
        assert program.process.wait(30) == 2
    (line,) = map(json.loads, program.output().splitlines())
    assert (line["event"], "no.such.module" in line["error"]) == ("refused", True)
