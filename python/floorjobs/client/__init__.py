"""The client: what a host calls to store jobs and to ask about them.

It starts no thread and installs no signal handler, may be shared by threads, and may be opened
before a fork: both sides go on using it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs import _floorjobs as native
from floorjobs.client.asking import Asking
from floorjobs.client.changing import Changing
from floorjobs.client.designs import Designs
from floorjobs.client.floorplans import Floorplans
from floorjobs.client.following import Following
from floorjobs.client.holding import Holding
from floorjobs.client.materials import Materials
from floorjobs.client.operating import Operating
from floorjobs.client.storing import Storing

if TYPE_CHECKING:
    from types import TracebackType

    from floorjobs.models import Durability


def connect(
    database_url: str | None = None,
    *,
    blobs_url: str | None = None,
    redis_url: str | None = None,
    queue: str | None = None,
    max_retries: int | None = None,
    retry_delay: float | None = None,
    durability: Durability | None = None,
) -> Client:
    """Open the store of jobs.

    What is not given is taken from the environment, and what is not there has a default.

    Args:
        database_url: ``sqlite:///relative.db``, ``sqlite:////absolute.db``;
            ``FLOORJOBS_DATABASE_URL``. By default a file in the working directory.
        blobs_url: ``file:///folder`` or ``s3://bucket/prefix`` for the input files and results;
            ``FLOORJOBS_BLOBS_URL``. By default a folder beside the database.
        redis_url: ``redis://``, ``rediss://`` or ``unix://``, with user, password and database, of
            a Redis that wakes workers at once; ``REDIS_URL``. By default, and if empty, none: it
            carries hints and no jobs, and may be away at any time.
        queue: The queue of jobs that name none; ``JOB_QUEUE_NAME``, by default ``"default"``.
        max_retries: How often a failed job is tried again; ``JOB_MAX_RETRIES``, by default 3.
        retry_delay: Seconds before the first retry, doubled for each further one;
            ``JOB_RETRY_DELAY_SECONDS``, by default 5.
        durability: What a stored job survives: a ``"power"`` cut, or only the death of every
            ``"process"``, which is faster; ``FLOORJOBS_DURABILITY``, by default ``"power"``.

    Raises:
        InvalidInputError: A setting cannot be understood.
        UnavailableError: The database or the folder cannot be used.
        UnsupportedError: The database lies on a network file system, or was written by a newer
            version of this library.

    Example:
        >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
        ...     jobs.enqueue("thumbnail", {"page": 1}).status
        'queued'
    """
    return Client(
        native.Client(
            database_url=database_url,
            blobs_url=blobs_url,
            redis_url=redis_url,
            queue=queue,
            max_retries=max_retries,
            retry_delay=retry_delay,
            durability=durability,
        )
    )


class Client(
    Storing, Asking, Following, Changing, Designs, Materials, Floorplans, Holding, Operating
):
    """A store of jobs that is open; made by `connect`.

    Any thread may use it. As a context manager it closes itself.
    """

    def close(self) -> None:
        """Close the store; every later call raises `InvalidStateError`. Closing twice is fine.

        Example:
            >>> jobs = connect(f"sqlite:///{folder}/jobs.db")
            >>> jobs.close()
            >>> jobs.stats()
            Traceback (most recent call last):
            floorjobs.exceptions.InvalidStateError: ...
        """
        self._native.close()

    def __enter__(self) -> Client:  # noqa: PYI034, as Self is younger than Python 3.10
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()
