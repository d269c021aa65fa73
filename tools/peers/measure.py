"""The measurements: each takes one system through one kind of work on a given Redis."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peers import marks, usage

from servers import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers.marks import Marks
    from peers.systems import System, Worker

    from servers import Postgres, Redis

_TOOLS = Path(__file__).resolve().parent.parent
_PATIENCE_S = 120.0
_IDLE_S = 3.0
_DRAIN_S = 1.5


@dataclass(frozen=True)
class Pickup:
    """How long jobs waited for an idle worker, and what that worker used."""

    waits_ms: list[float]
    idle_cpu: float
    memory_mb: float

    def percentile(self, share: float) -> float:
        """Return the wait that this share of the jobs did not exceed."""
        waits = sorted(self.waits_ms)
        return waits[min(len(waits) - 1, int(len(waits) * share))]


class Bench:
    """One system on one Redis, with a clean slate for each measurement."""

    def __init__(
        self,
        system: System,
        programs: Path | None,
        redis: Redis,
        postgres: Postgres | None,
        *,
        full: bool,
    ) -> None:
        """Prepare; `full` is the durability that survives a power cut."""
        self._system = system
        self._postgres = postgres
        self._programs = programs
        self._redis = redis
        self._redis_url = redis.url()
        self._full = full

    def enqueue(self, way: str, seconds: float) -> float | None:
        """Return how many jobs per second were stored in one way of storing them."""
        with self._clean() as env:
            return self._drive(env, way, seconds)

    def drain(self, worker: Worker, count: int) -> float:
        """Return how many noop jobs per second one worker began, of those that waited."""
        count = max(20, int(count * worker.share))
        with self._clean() as env:
            self._drive(env, "fill", count)
            with self._running(worker, env):
                return self._heard(env, count, at_most=_DRAIN_S).rate

    def pickup(self, worker: Worker, count: int) -> Pickup:
        """Return the waits of jobs that were sent one by one to an idle worker."""
        with self._clean() as env, self._running(worker, env) as process:
            self._drive(env, "fill", 20)
            self._heard(env, 20)
            time.sleep(1.0)
            before = usage.cpu_seconds(process.pid)
            time.sleep(_IDLE_S)
            idle = (usage.cpu_seconds(process.pid) - before) / _IDLE_S
            memory = usage.memory_mb(process.pid)
            self._drive(env, "pickup", count)
            return Pickup(self._heard(env, 20 + count).waits_ms, idle, memory)

    @contextlib.contextmanager
    def _clean(self) -> Iterator[dict[str, str]]:
        self._redis.order("FLUSHALL")
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="peers-"))
            (Path(folder) / "marks").mkdir()
            database_url = f"sqlite:///{folder}/jobs.db"
            if self._system.on_postgres and self._postgres is not None:
                database_url = stack.enter_context(new_database(self._postgres.url()))
                migrate = [sys.executable, "-m", "floorjobs", "--database-url", database_url]
                subprocess.run([*migrate, "migrate"], check=True, stdout=subprocess.DEVNULL)
            yield {
                **os.environ,
                "PYTHONPATH": str(_TOOLS),
                "PEERS_REDIS_URL": self._redis_url,
                "PEERS_MARKS": f"{folder}/marks",
                "RQ_REDIS_URL": self._redis_url,
                "FLOORJOBS_DATABASE_URL": database_url,
                "FLOORJOBS_BLOBS_URL": f"file:{folder}/blobs",
                "FLOORJOBS_DURABILITY": "power" if self._full else "process",
                **{
                    name: value.format(redis=self._redis_url, folder=folder)
                    for name, value in self._system.environment.items()
                },
            }

    def _program(self, name: str) -> str:
        return name if self._programs is None else str(self._programs / name)

    def _drive(self, env: dict[str, str], work: str, amount: float) -> float | None:
        python = sys.executable if self._programs is None else self._program("python")
        command = [python, "-m", "peers.driver", self._system.app, work, str(amount)]
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, check=True, timeout=_PATIENCE_S
        )
        told: float | None = json.loads(done.stdout)
        return told

    @contextlib.contextmanager
    def _running(self, worker: Worker, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        first, *rest = worker.command
        command = [self._program(first), *rest]
        if self._system.app == "on_rq":
            command += ["--url", self._redis_url, "bench"]
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                command, env=env, stdout=log, stderr=log, start_new_session=True
            )
            try:
                yield process
            except TimeoutError:
                log.seek(0)
                sys.stderr.write(log.read().decode(errors="replace")[-2_000:])
                raise
            finally:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def _heard(self, env: dict[str, str], count: int, at_most: float = math.inf) -> Marks:
        """Wait until so many jobs ran, or, once two did, for so many seconds."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            heard = marks.read(Path(env["PEERS_MARKS"]))
            if heard.count >= count or heard.seconds > at_most:
                return heard
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"{self._system.name}: {heard.count} of {count} jobs ran in {_PATIENCE_S} s"
                )
            time.sleep(0.05)


def median(rates: list[float]) -> float:
    """Return the rate in the middle."""
    return statistics.median(rates)
