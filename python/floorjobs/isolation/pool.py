"""The child processes of a kind, from the worker's side: one job at a time each, used again.

What a child does to itself is an ending of its attempt: one that dies has crashed it, and the job
runs again at once after its first crash, later after its second, and has failed after its third,
as when a worker dies. One that does not end in time after it was told to stop is killed, which
counts as what it was told to stop for.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from floorjobs.endings import Told, crashed
from floorjobs.exceptions import (
    CancelledError,
    FloorjobsError,
    InternalError,
    LeaseLostError,
    UnavailableError,
)
from floorjobs.isolation.spawn import Child

if TYPE_CHECKING:
    from floorjobs.context import Context
    from floorjobs.handlers import Registered
    from floorjobs.logs import LogFormat
    from floorjobs.models import Json

# How often a slot looks whether its handler should stop; the worker learns of it every 250 ms.
_LOOK_EVERY_S = 0.05

# Others have the job by then, and whatever the handler still does, it does twice.
_NO_GRACE = ("lease_lost", "lease_in_doubt")


class Pool:
    """The children of one kind; to be called as its handler."""

    def __init__(self, known: Registered, *, log: LogFormat = "text") -> None:
        """Make an empty pool; children are started when jobs come.

        Raises:
            InvalidInputError: A child could not import the handler.
        """
        check_importable(known)
        self._known = known
        self._log = log
        self._lock = threading.Lock()
        self._idle: list[Child] = []

    def __call__(self, ctx: Context, payload: Json) -> Told:  # noqa: ARG002, it is in the job
        """Run one attempt in a child."""
        child = self._take()
        try:
            ending, goes_on = _Attempt(child, ctx, self._known.grace).run()
        except BaseException:
            child.kill()
            raise
        if goes_on:
            with self._lock:
                self._idle.append(child)
        else:
            child.kill()
        return ending

    def close(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive():
                    return child
                child.kill()
        known = self._known
        try:
            return Child(known.function.__module__, known.kind, known.memory, self._log)
        except OSError as error:
            raise UnavailableError(f"no child process could be started: {error}") from error


class _Attempt:
    """One attempt in one child."""

    def __init__(self, child: Child, ctx: Context, grace: float) -> None:
        self._child = child
        self._ctx = ctx
        self._grace = grace
        self._told_at: float | None = None
        self._serial = child.next_serial()

    def run(self) -> tuple[Told, bool]:
        """Run it; returns its ending, and whether the child is good for another.

        Raises:
            CancelledError: It was told to stop and did not, so that its process is to be killed.
        """
        try:
            self._child.wire.send(
                "job",
                serial=self._serial,
                job=self._ctx.job.to_dict(),
                attempt=self._ctx.attempt,
            )
            while True:
                if self._child.wire.poll(_LOOK_EVERY_S):
                    head, blob = self._child.wire.receive()
                    if head["says"] == "end":
                        return Told(head["text"]), head["goes_on"]
                    self._hear(head, blob)
                # It may have said something before it died, while we looked.
                elif not self._child.is_alive() and not self._child.wire.poll(0):
                    return self._died(), False
                self._look_for_cancel()
        except (EOFError, OSError):
            return self._died(), False

    def _look_for_cancel(self) -> None:
        reason = self._ctx.cancel_reason
        if reason is None:
            return
        now = time.monotonic()
        if self._told_at is None:
            self._told_at = now
            self._child.wire.send("cancel", reason=reason)
        if reason in _NO_GRACE or now - self._told_at >= self._grace:
            raise CancelledError("the handler did not stop in time and was killed")

    def _hear(self, head: dict[str, Any], blob: bytes) -> None:
        says = head["says"]
        if says == "unusable":
            raise InternalError(head["error"])
        is_ours = head["serial"] == self._serial
        if says == "progress":
            if is_ours:
                self._ctx.progress(head["fraction"], head["stage"], head["message"])
            return
        try:
            if not is_ours:
                raise LeaseLostError("the attempt has ended")
            answer = self._answer(says, head, blob)
        except FloorjobsError as error:
            self._child.wire.send("error", code=error.code, message=str(error), field=error.field)
        else:
            self._child.wire.send(
                "ok",
                answer if isinstance(answer, bytes) else None,
                value=None if isinstance(answer, bytes) else answer,
            )

    def _answer(self, says: str, head: dict[str, Any], blob: bytes) -> Json:
        if says == "checkpoint":
            return self._ctx.checkpoint(head["value"])
        if says == "read_blob":
            return self._ctx.read_blob(head["reference"], limit=head["limit"])
        if says == "put_blob":
            return self._ctx.put_blob(blob)
        raise InternalError(f"a child process said `{says}`")

    def _died(self) -> Told:
        """Return the ending of an attempt whose process is gone.

        Raises:
            CancelledError: It was told to stop, so that this is how it did.
        """
        how = self._child.wait()
        if self._ctx.is_cancelled:
            raise CancelledError(f"the handler was told to stop, and its process {how}")
        return crashed(f"the process of the handler {how}", trace=self._child.last_words())


def check_importable(known: Registered) -> None:
    """Check that a child could import a handler.

    Raises:
        InvalidInputError: It is in the program itself, which a child cannot import.
    """
    from floorjobs.exceptions import InvalidInputError

    if known.function.__module__ == "__main__":
        raise InvalidInputError(
            f"the handler of `{known.kind}` is to run in a child process, which cannot import it "
            "from the program that was started: put it into a module",
            "isolation",
        )
