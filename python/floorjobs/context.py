"""What a handler sees of its attempt."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from floorjobs.exceptions import InvalidInputError

if TYPE_CHECKING:
    from logging import Logger, LoggerAdapter

    from floorjobs.models import Job, Json

_LARGEST_BLOB = 64 << 20


class Inner(Protocol):
    """What a context is made of: the native one, or the far end of it in a child process."""

    @property
    def attempt(self) -> int:
        """Which start of the job this is."""

    @property
    def is_cancelled(self) -> bool:
        """Whether the handler should stop."""

    @property
    def cancel_reason(self) -> str | None:
        """Why."""

    def job(self) -> Job:
        """Return the job as it was at the start."""

    def check(self) -> None:
        """Raise if the handler should stop."""

    def wait(self, seconds: float) -> bool:
        """Wait until the handler should stop, or so long."""

    def progress(self, fraction: float, stage: str, message: str | None) -> None:
        """Tell how far the work is."""

    def checkpoint(self, value: Json) -> None:
        """Keep a value for the next attempt."""

    def read_blob(self, reference: str, limit: int) -> bytes:
        """Return a blob."""

    def put_blob(self, data: bytes) -> str:
        """Store a blob."""


class Context:
    """One attempt of a job, as its handler sees it. May be shared between threads."""

    def __init__(self, inner: Inner) -> None:
        """Wrap what does the work; the worker does that."""
        self._native = inner

    @cached_property
    def job(self) -> Job:
        """The job as it was when this attempt began."""
        return self._native.job()

    @property
    def kept(self) -> Json:
        """What an attempt before this one kept with `checkpoint`; None if none did."""
        return self.job.checkpoint

    @property
    def attempt(self) -> int:
        """Which start of the job this is, from 1."""
        return self._native.attempt

    @property
    def is_cancelled(self) -> bool:
        """Whether the handler should stop: somebody asked for it, or its time is up."""
        return self._native.is_cancelled

    @property
    def cancel_reason(self) -> str | None:
        """Why the handler should stop; None while it may go on.

        ``"requested"`` (somebody cancelled the job), ``"deadline"``, ``"stalled"``,
        ``"shutdown"`` (the job will run again), ``"lease_lost"`` or ``"lease_in_doubt"`` (others
        have the job, or may have it).
        """
        return self._native.cancel_reason

    @cached_property
    def log(self) -> LoggerAdapter[Logger]:
        """A logger whose records carry the job's id, its kind and the number of the attempt.

        The records of every other logger carry them as well, in the worker's own log and through
        `floorjobs.logs.JobFilter`.
        """
        from floorjobs.logs import logger_of

        return logger_of(self)

    def check(self) -> None:
        """Go on, or stop: to be called now and then in long work.

        Raises:
            CancelledError: The handler should stop; let it through.
        """
        self._native.check()

    def wait(self, seconds: float) -> bool:
        """Sleep, but wake when the handler should stop; returns whether it should."""
        return self._native.wait(seconds)

    def progress(self, fraction: float, stage: str, message: str | None = None) -> None:
        """Tell how far the work is; the newest report is stored a few times a second at most.

        Args:
            fraction: How much of the whole is done, in 0..1.
            stage: What the handler is doing, in a word or two.
            message: More about it, for people.
        """
        self._native.progress(fraction, stage, message)

    def checkpoint(self, value: Json) -> None:
        """Keep a value for the next attempt, in place of what was kept; stored when this returns.

        Args:
            value: Anything `json.dumps` takes, at most 1 MiB.

        Raises:
            LeaseLostError: This attempt is no longer the running one; let it through.
            InvalidInputError: JSON has no form for the value.
            LimitExceededError: The value is larger than the limit.
        """
        self._native.checkpoint(value)

    def input(self, *, limit: int = _LARGEST_BLOB) -> bytes:
        """Return the job's input file: the PDF of an ingest.

        Args:
            limit: The most bytes to take.

        Raises:
            InvalidInputError: The job has none.
            NotFoundError, LimitExceededError, UnavailableError: As for `read_blob`.
        """
        reference = self.job.payload_ref
        if reference is None:
            raise InvalidInputError(f"job `{self.job.id}` has no input file")
        return self.read_blob(reference, limit=limit)

    def read_blob(self, reference: str, *, limit: int = _LARGEST_BLOB) -> bytes:
        """Return the bytes of a blob.

        Args:
            reference: What `put_blob` returned, or a job's `payload_ref`.
            limit: The most bytes to take.

        Raises:
            InvalidInputError: That is no reference.
            NotFoundError: There is no such blob.
            LimitExceededError: It is larger than the limit.
            UnavailableError: The store cannot be read.
        """
        return self._native.read_blob(reference, limit)

    def put_blob(self, data: bytes) -> str:
        """Store bytes beside the jobs; durable when this returns. The same bytes are stored once.

        A blob that nothing names is removed after 24 h. It is named, and kept as long as the job,
        by ``return floorjobs.Complete(result, result_ref={"blob": reference})``.

        Raises:
            UnavailableError: The store cannot be written.
        """
        return self._native.put_blob(data)
