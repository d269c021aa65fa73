"""Jobs that run at once, in the thread of the test."""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import floorjobs
from floorjobs import handlers
from floorjobs.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from floorjobs.flask.store import Store
    from floorjobs.models import Job

_MOST_LISTED = 1_000


@contextlib.contextmanager
def inline(where: Client | Flask) -> Iterator[Client]:
    """Let every job that is stored through a client run before the call returns.

    The job that the call returns is as it was stored; `get` tells how it ended. Jobs that wait
    for it run as well. What is delayed, waits for something else, or lies in a paused queue stays
    where it is. One attempt is made: an exception of the handler ends the job as failed, and
    `assert_succeeded` shows it.

    Args:
        where: A client; or a Flask application with `FloorJobs`, whose routes then do so.

    Yields:
        The client, to ask for what came of it.

    Example:
        >>> @floorjobs.handler("twice")
        ... def twice(ctx, payload):
        ...     return 2 * payload
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs, inline(jobs):
        ...     job = jobs.enqueue("twice", 21)
        ...     jobs.get(job.id).result
        42
    """
    client = _client_of(where)
    before = type(client)
    # Whoever holds this client already, holds one that runs jobs at once.
    client.__class__ = _Inline
    try:
        yield client
    finally:
        client.__class__ = before


@contextlib.contextmanager
def using(app: Flask, client: Client) -> Iterator[Client]:
    """Let an application with `FloorJobs` use a client of the test in place of its own.

    Args:
        app: The application.
        client: The client, such as `floorjobs_client`.

    Yields:
        The client.

    Example:
        >>> from flask import Flask
        >>> from floorjobs.flask import FloorJobs
        >>> app = Flask("host")
        >>> extension = FloorJobs(app)
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs, using(app, jobs):
        ...     with app.app_context():
        ...         extension.client is jobs
        True
    """
    store = _store_of(app)
    before = store.use(client)
    try:
        yield client
    finally:
        store.use(before)


def run_ready(client: Client, *, most: int = _MOST_LISTED) -> list[Job]:
    """Run every job that could start now, and those that become ready by it, in this thread.

    Args:
        client: The store.
        most: How many jobs may run; more are taken for jobs that store each other for ever.

    Returns:
        The jobs as they ended, in the order in which they ran.

    Raises:
        RuntimeError: There were more.

    Example:
        >>> @floorjobs.handler("greet")
        ... def greet(ctx, name):
        ...     return f"hello {name}"
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     _ = jobs.enqueue("greet", "Asha"), jobs.enqueue("greet", "Ravi", delay=60)
        ...     [job.result for job in run_ready(jobs)]
        ['hello Asha']
    """
    done: list[Job] = []
    while (job := _next_ready(client)) is not None:
        if len(done) >= most:
            raise RuntimeError(f"{most} jobs have run, and there are still more")
        done.append(_run(client, job))
    return done


class _Inline(Client):
    """A client whose calls that store jobs run them, too."""

    def ingest(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, as the one above it
        """Store and run an ingest, and what follows it."""
        return self._ran(super().ingest(*args, **kwargs))

    def generate(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Store and run a job that lays out and prices."""
        return self._ran(super().generate(*args, **kwargs))

    def price(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Store and run a job that prices a layout."""
        return self._ran(super().price(*args, **kwargs))

    def enqueue(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Store and run a job."""
        return self._ran(super().enqueue(*args, **kwargs))

    def enqueue_many(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Store and run many jobs."""
        return self._ran(super().enqueue_many(*args, **kwargs))

    def retry(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Queue and run a job again."""
        return self._ran(super().retry(*args, **kwargs))

    def make_due(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Let a delayed job run at once, here."""
        return self._ran(super().make_due(*args, **kwargs))

    def _ran(self, stored: Any) -> Any:  # noqa: ANN401, a job or a list of them
        run_ready(self)
        return stored


def _next_ready(client: Client) -> Job | None:
    paused = client.paused()
    now = datetime.now(timezone.utc)
    ready = [
        job
        for job in client.list(status="queued", limit=_MOST_LISTED)
        if job.waiting_for == 0 and job.run_at <= now and job.queue not in paused
    ]
    # As a worker takes them.
    return min(ready, key=lambda job: (-job.priority, job.run_at, job.id), default=None)


def _run(client: Client, job: Job) -> Job:
    known = handlers.registered().get(job.kind)
    try:
        return client.run_here(job.id, None if known is None else known.function)
    except floorjobs.UnsupportedError as error:
        raise LookupError(
            f"there is no handler for `{job.kind}`; import the module that has it"
        ) from error


def _client_of(where: Client | Flask) -> Client:
    if isinstance(where, Client):
        return where
    return _store_of(where).client()


def _store_of(app: Flask) -> Store:
    store: Store | None = app.extensions.get("floorjobs")
    if store is None:
        raise TypeError(f"{app!r} has no FloorJobs")
    return store
