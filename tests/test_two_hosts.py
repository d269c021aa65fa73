"""Two hosts, and what happens when the link between them is cut in the middle of work.

One host has the servers, an application and a worker; the other has an application and a worker
that reach the servers over the link. Nobody can see from one whether a process of the other still
runs: the leases have to do it. ``make chaos`` tries it with the leases that workers have by
default.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import floorjobs
from floorjobs import _floorjobs as native

import hosts
import servers
from support import PLAN, Program, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

NEAR, FAR = "10.77.0.1", "10.77.0.2"
API_PORT = 8_000
LONG = 200.0
# Beside the lease: what passes until somebody looks, and claims what is free again.
RECOVERED_AFTER_LEASE_S = 15

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
IS_LONG = "FLOORJOBS_TEST_LONG_CUTS" in os.environ
LEASE_S = 60 if IS_LONG else 9
SHORT_CUT_S = 25 if IS_LONG else 3
JOBS = 10_000 if IS_LONG else 1_000

pytestmark = pytest.mark.timeout(600 if IS_LONG else 180)


class Answer(NamedTuple):
    """What an application answered, and how long it took."""

    status: int
    body: dict[str, Any]
    seconds: float


class Site:
    """Both hosts with what runs on them, and a client on the near one."""

    def __init__(
        self, near: hosts.Host, far: hosts.Host, cable: hosts.Cable, urls: dict[str, Any]
    ) -> None:
        self.near, self.far, self.cable = near, far, cable
        self.urls = urls
        self.settings = {
            "FLOORJOBS_DATABASE_URL": urls["database_url"],
            "REDIS_URL": urls["redis_url"],
            "FLOORJOBS_BLOBS_URL": urls["blobs_url"],
            **KEYS,
        }

    def worker(self, host: hosts.Host, log: Path, *options: str) -> Program:
        """Start a worker on a host, and return when it hears of jobs."""
        command = [sys.executable, "-m", "floorjobs.worker", "--import", "sample_tasks", *options]
        program = host.start(command, log, self.settings)
        program.wait_for("transport=redis", 60)
        return program

    def application(self, host: hosts.Host, log: Path) -> Program:
        """Start an application on a host, and return when it serves."""
        command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "4"]
        command += ["--bind", f"127.0.0.1:{API_PORT}", "host_app:app"]
        program = host.start(command, log, self.settings)
        program.wait_for("Booting worker", 60)
        return program


@pytest.fixture(scope="module")
def hardware() -> Iterator[tuple[hosts.Host, hosts.Host, hosts.Cable, servers.Postgres]]:
    """Two connected hosts; this thread is on the near one, which has the servers."""
    for server in (servers.Postgres, servers.Redis, servers.Moto):
        servers.need(server)
    hosts.need()
    with (
        hosts.Host("near", NEAR) as near,
        hosts.Host("far", FAR) as far,
        near.entered(),
    ):
        cable = hosts.Cable(near, far)
        with servers.Postgres(listen_addresses="*") as postgres:
            with (postgres.folder / "data/pg_hba.conf").open("a") as rules:
                rules.write("host all all 10.77.0.0/24 trust\n")
            servers.psql(postgres.url(), "SELECT pg_reload_conf()")
            yield near, far, cable, postgres


@pytest.fixture
def site(
    hardware: tuple[hosts.Host, hosts.Host, hosts.Cable, servers.Postgres],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    near, far, cable, postgres = hardware
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with (
        servers.new_database(postgres.url()) as local,
        servers.Redis(bind="0.0.0.0", protected_mode="no") as redis,  # noqa: S104, it has one host
        servers.Moto("-H", "0.0.0.0") as store,  # noqa: S104, the same
    ):
        store.ask("PUT", "/plans")
        database_url = local.replace("127.0.0.1", NEAR)
        native.migrate(database_url)
        urls = {
            "database_url": database_url,
            "redis_url": redis.url().replace("127.0.0.1", NEAR),
            "blobs_url": f"s3://plans/here?endpoint=http://{NEAR}:{store.port}",
        }
        yield Site(near, far, cable, urls)
        cable.heal()


def ask(path: str, method: str = "GET") -> Answer:
    """Ask the application on the host that this thread is on."""
    url = f"http://127.0.0.1:{API_PORT}{path}"
    request = urllib.request.Request(url, method=method)
    began = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            status, body = answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, json.load(error)
    return Answer(status, body, time.monotonic() - began)


class CutOff(threading.Thread):
    """Asks the application on a host again and again until told to stop, and keeps the answers."""

    def __init__(self, host: hosts.Host) -> None:
        super().__init__()
        self._host = host
        self._stop_asking = threading.Event()
        self.answers: list[Answer] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._host.entered():
                while not self._stop_asking.is_set():
                    self.answers.append(ask("/enqueue?kind=echo", "POST"))
        except BaseException as error:  # noqa: BLE001, the test raises it
            self.error = error

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop_asking.set()
        self.join(LONG)
        if self.error is not None:
            raise self.error


def running_on(jobs: floorjobs.Client, ids: list[str], host: str) -> bool:
    """Return whether all these jobs run at present, on that host."""
    return all(
        jobs.get(job).status == "running" and jobs.attempts(job)[-1].host == host for job in ids
    )


def told_that_it_lost(worker: Program, job: str) -> bool:
    """Return whether a worker has said that an attempt of this job is no longer its own."""
    of_it = [line for line in worker.output().splitlines() if f"job_id={job}" in line]
    return any(" lease_lost " in line or " ending_lost " in line for line in of_it)


def audit(jobs: floorjobs.Client, urls: dict[str, Any], acknowledged: set[str]) -> Counter[str]:
    """Check that each job succeeded and has one accepted result; return where they ran."""
    found, page = [], jobs.list(limit=1000)
    while page:
        found += page
        page = jobs.list(limit=1000, before=page[-1].id)
    assert {job.status for job in found} == {"succeeded"}
    assert acknowledged <= {job.id for job in found}, "what was acknowledged is there"
    accepted: dict[str, tuple[str, str]] = {}
    rows = servers.psql(
        urls["database_url"],
        "SELECT job, number, host FROM floorjobs.attempts WHERE outcome = 'succeeded'",
    )
    for row in rows.splitlines():
        of_job, number, host = row.split("|")
        assert of_job not in accepted, "one accepted result per job"
        accepted[of_job] = (number, host)
    assert accepted.keys() == {job.id for job in found}
    for job in found:
        if job.kind == "sign":
            assert job.result == " ".join((job.id, *accepted[job.id])), "of the accepted attempt"
    open_attempts = "SELECT count(*) FROM floorjobs.attempts WHERE outcome IS NULL"
    assert servers.psql(urls["database_url"], open_attempts) == "0"
    return Counter(host for _, host in accepted.values())


def succeeded(jobs: floorjobs.Client) -> int:
    return sum(queue.succeeded for queue in jobs.stats())


def test_a_cut_longer_than_a_lease_loses_and_doubles_nothing(site: Site, tmp_path: Path) -> None:
    told: list[str] = []
    until = str(tmp_path / "until")
    signed = tmp_path / "signed"
    lease = ["--lease", str(LEASE_S)]
    with (
        floorjobs.connect(**site.urls) as jobs,
        site.application(site.near, tmp_path / "near-api.log"),
        site.application(site.far, tmp_path / "far-api.log"),
        site.worker(
            site.far, tmp_path / "far.log", *lease, "--concurrency", "6", "--queues", "default,far"
        ) as far,
    ):
        late = [jobs.enqueue("outlast", {"until": until}, priority=9).id for _ in range(2)]
        ends_meanwhile = jobs.enqueue("outlast", {"until": f"{until}-cut"}, priority=9).id
        ends_with_it = jobs.enqueue("outlast", {"until": f"{until}-heal"}, priority=9).id
        obedient = jobs.enqueue("hold", {"until": f"{until}.near"}, priority=9).id
        long_ones = [*late, ends_meanwhile, ends_with_it, obedient]
        wait_until(lambda: running_on(jobs, long_ones, "far"), 60)
        with site.worker(
            site.near, tmp_path / "near.log", *lease, "--concurrency", "6"
        ) as near_worker:
            made = jobs.enqueue_many([{"kind": "sign", "payload": {"file": str(signed)}}] * JOBS)
            plans = [jobs.ingest(PLAN).id for _ in range(4)]
            acknowledged = {*long_ones, *(job.id for job in made), *plans}
            with site.far.entered():
                warm = ask("/enqueue?kind=echo", "POST")
            assert warm.status == 202, "it has a connection that is about to lead nowhere"
            acknowledged.add(warm.body["job_id"])
            wait_until(lambda: succeeded(jobs) >= 100, 60)
            site.cable.cut()
            cut_at = time.monotonic()
            with CutOff(site.far) as cut_off:
                # Work goes on at the near host as if nothing had happened.
                slowest = 0.0
                for _ in range(20):
                    answer = ask("/enqueue?kind=echo", "POST")
                    assert answer.status == 202, answer
                    acknowledged.add(answer.body["job_id"])
                    status = ask(answer.body["status_url"])
                    assert status.status == 200, status
                    slowest = max(slowest, answer.seconds, status.seconds)
                told.append(f"application beside the servers: at most {slowest * 1e3:.0f} ms")
                Path(f"{until}-cut.far").touch()
                wait_until(lambda: running_on(jobs, long_ones, "near"), LONG)
                recovered = time.monotonic() - cut_at
                told.append(f"jobs of the host that was cut off ran again after {recovered:.1f} s")
                everything_else = len(acknowledged) - len(long_ones)
                wait_until(lambda: succeeded(jobs) >= everything_else, LONG)
                wait_until(lambda: len(cut_off.answers) > 0, 60)
                # What it wants to store gets through, and comes too late.
                Path(f"{until}-heal.far").touch()
                site.cable.heal()
            healed_at = time.monotonic()
            refused = [answer for answer in cut_off.answers if answer.status != 202]
            assert {answer.status for answer in refused} == {503}
            assert {answer.body["code"] for answer in refused} == {"unavailable"}
            slowest = max(answer.seconds for answer in refused)
            told.append(f"application that was cut off: 503 after at most {slowest:.1f} s")
            back = jobs.wait(jobs.enqueue("echo", queue="far").id, timeout=LONG)
            told.append(f"worker works again {time.monotonic() - healed_at:.1f} s after the heal")
            assert back.status == "succeeded"
            # The attempts of the far host end now; what they want to store is refused.
            Path(f"{until}.far").touch()
            for job in (*late, ends_meanwhile, ends_with_it):
                wait_until(partial(told_that_it_lost, far, job), 60)
            assert running_on(jobs, long_ones, "near"), "nothing of the far host was accepted"
            Path(f"{until}.near").touch()
            Path(f"{until}-cut.near").touch()
            Path(f"{until}-heal.near").touch()
            for job in [*long_ones, *(job.id for job in made), *plans]:
                assert jobs.wait(job, timeout=60).status == "succeeded", near_worker.output()
            for job in (*late, ends_meanwhile, ends_with_it):
                assert jobs.get(job).result == "near"
                outcomes = [attempt.outcome for attempt in jobs.attempts(job)]
                assert outcomes == ["crashed", "succeeded"]
            wait_until(lambda: all(q.ready + q.running == 0 for q in jobs.stats()), 60)
            hosts_of = audit(jobs, site.urls, acknowledged)
            assert hosts_of["near"] > 0
            assert hosts_of["far"] > 0, "the cut came in the middle of work"
            runs = signed.read_text().splitlines()
            assert len(set(runs)) == len(runs), "no attempt ran twice"
            told.append(f"accepted results by host: {dict(hosts_of)}; runs of {JOBS}: {len(runs)}")
            assert recovered < LEASE_S + RECOVERED_AFTER_LEASE_S
    print(f"\nlease {LEASE_S} s: " + "\n  ".join(["", *told]))


def test_a_cut_shorter_than_a_lease_costs_no_running_job_its_attempt(
    site: Site, tmp_path: Path
) -> None:
    signed = tmp_path / "signed"
    done = tmp_path / "done"
    options = ["--concurrency", "4"]
    with (
        floorjobs.connect(**site.urls) as jobs,
        site.worker(site.far, tmp_path / "far.log", *options) as far,
    ):
        long_ones = [jobs.enqueue("hold", {"until": str(done)}, priority=9).id for _ in range(2)]
        wait_until(lambda: running_on(jobs, long_ones, "far"), 60)
        with site.worker(site.near, tmp_path / "near.log", *options):
            made = jobs.enqueue_many([{"kind": "sign", "payload": {"file": str(signed)}}] * JOBS)
            wait_until(lambda: succeeded(jobs) >= 100, 60)
            site.cable.cut()
            cut_at = time.monotonic()
            wait_until(lambda: time.monotonic() - cut_at > SHORT_CUT_S, 60)
            assert running_on(jobs, long_ones, "far")
            site.cable.heal()
            healed_at = time.monotonic()
            # It beats again, and its jobs go on with the attempts that they have.
            beat = "SELECT max(lease_until) FROM floorjobs.jobs WHERE status = 'running'"
            before = int(servers.psql(site.urls["database_url"], beat))
            wait_until(lambda: int(servers.psql(site.urls["database_url"], beat)) > before, 60)
            beats = time.monotonic() - healed_at
            done.touch()
            for job in long_ones:
                ended = jobs.wait(job, timeout=60)
                assert (ended.status, ended.result) == ("succeeded", 1), far.output()
            for one in made:
                assert jobs.wait(one.id, timeout=LONG).status == "succeeded"
            audit(jobs, site.urls, {*long_ones, *(one.id for one in made)})
            runs = signed.read_text().splitlines()
            assert len(set(runs)) == len(runs), "no attempt ran twice"
    print(f"\ncut of {SHORT_CUT_S} s: leases renewed {beats:.1f} s after the heal")
