"""The systems that are measured: how each is run, and what it guarantees."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

CORES = str(os.cpu_count() or 1)

_CELERY = ("celery", "-A", "peers.apps.on_celery", "worker", "-l", "WARNING")


@dataclass(frozen=True)
class Worker:
    """One way to run a worker of a system, and how many jobs it is given to drain."""

    name: str
    command: tuple[str, ...]
    share: float = 1.0


@dataclass(frozen=True)
class System:
    """A system as it is recommended to be run when no job may be lost.

    Attributes:
        name: What it is called in the tables.
        app: Its module in `peers.apps`.
        requirements: Its file in `peers/requirements`; None runs in this environment.
        workers: The ways to run a worker; the first is the one whose latency is measured.
        guarantee: What it promises, in the setting that is measured.
        environment: What differs from other rows of the same module.
        on_postgres: Whether it keeps its jobs in PostgreSQL, which the bench then starts.
    """

    name: str
    app: str
    requirements: str | None
    workers: tuple[Worker, ...]
    guarantee: str
    environment: dict[str, str] = field(default_factory=dict)
    on_postgres: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it is this library."""
        return self.requirements is None


def _huey(name: str, requirements: str) -> System:
    return System(
        name,
        "on_huey",
        requirements,
        (
            Worker("1 thread", ("huey_consumer", "peers.apps.on_huey.huey", "-q")),
            Worker("8 threads", ("huey_consumer", "peers.apps.on_huey.huey", "-q", "-w", "8")),
        ),
        "**At most once**: a job is taken out of Redis before it runs, and lost with its worker.",
    )


PEERS = (
    System(
        "RQ",
        "on_rq",
        "rq",
        (
            Worker("a fork per job", ("rq", "worker", "--logging_level", "WARNING"), 0.1),
            Worker(
                "SimpleWorker",
                ("rq", "worker", "--logging_level", "WARNING", "-w", "rq.SimpleWorker"),
            ),
        ),
        "At least once, as far as Redis keeps what it acknowledged. A worker that dies loses its "
        "job to `FailedJobRegistry` until maintenance (10 min) retries it (`Retry(max=3)`). "
        "A late end is not fenced.",
    ),
    System(
        "Celery",
        "on_celery",
        "celery",
        (
            Worker(
                f"prefork, {CORES} processes",
                (*_CELERY, "-c", CORES),
            ),
            Worker(
                "threads, 8",
                (*_CELERY, "-P", "threads", "-c", "8"),
            ),
        ),
        "At least once with `task_acks_late` and `task_reject_on_worker_lost`. When the whole "
        "worker dies, its jobs come back after the visibility timeout (1 h), also those that "
        "still run. No result is stored here.",
    ),
    System(
        "Dramatiq",
        "on_dramatiq",
        "dramatiq",
        (
            Worker(
                "1 process, 8 threads",
                ("dramatiq", "peers.apps.on_dramatiq", "--processes", "1", "--threads", "8"),
            ),
        ),
        "At least once; the jobs of a dead worker come back after 60 s or more, by chance of "
        "maintenance. No result is stored here.",
    ),
    _huey("Huey", "huey"),
    # redis-py parses answers in Python unless this package is there, which no peer but arq brings.
    _huey("Huey and hiredis", "huey_hiredis"),
    System(
        "arq",
        "on_arq",
        "arq",
        (Worker("10 coroutines", ("arq", "peers.apps.on_arq.WorkerSettings")),),
        "At least once; a dead worker's job runs again when its key expires (job timeout + 10 s). "
        "Its results are kept for 1 h. It polls every 0.5 s.",
    ),
)


def ours() -> tuple[System, ...]:
    """Return this library's rows."""
    command = (sys.executable, "-m", "floorjobs.worker", "--import", "peers.apps.on_floorjobs")
    usual = Worker("default, one per core", command)
    many = Worker("concurrency 32", (*command, "--concurrency", "32"))
    sqlite = System(
        "floorjobs, SQLite",
        "on_floorjobs",
        None,
        (usual, many),
        "At least once, one accepted result: every write of an attempt is fenced. A dead worker's "
        "job runs again within 3 s on the same host, 75 s from another. FULL survives a power cut, "
        "NORMAL every `kill -9`. Job, attempts, result and error are stored and can be asked for.",
    )
    hinted = System(
        "floorjobs, SQLite and Redis",
        "on_floorjobs",
        None,
        (usual, many),
        "The same; Redis carries hints alone, and may lose them all.",
        {"REDIS_URL": "{redis}"},
    )
    postgres = System(
        "floorjobs, PostgreSQL and Redis",
        "on_floorjobs",
        None,
        (many,),
        "The same, for several hosts; what is durable is what PostgreSQL's commit says it is.",
        {"REDIS_URL": "{redis}"},
        on_postgres=True,
    )
    return (sqlite, hinted, postgres)
