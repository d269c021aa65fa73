"""What can go wrong, as one class per stable error code.

The codes are the same in Rust, C, Python, HTTP answers and stored failures. Every class derives
from `FloorjobsError`, so one `except` catches all of them, and nothing else is raised on purpose.
"""

from __future__ import annotations

from typing import ClassVar


class FloorjobsError(Exception):
    """The root of all errors of this library.

    Attributes:
        code: The stable text code, such as ``"not_found"``.
        retryable: Whether the same call, made again later, may succeed.
        field: The argument or request field at fault, as a path such as ``"walls[3].x1"``.

    Example:
        >>> error = InvalidInputError("`limit` must be 1 or more", "limit")
        >>> error.code, error.field, error.retryable
        ('invalid_input', 'limit', False)
    """

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, field: str | None = None) -> None:
        """Make an error from a sentence and the field that it is about, if any."""
        super().__init__(message)
        self.field = field


class NotFoundError(FloorjobsError):
    """The job, floor plan or file asked for does not exist."""

    code = "not_found"


class JobNotFoundError(NotFoundError):
    """There is no job with this id."""


class ConflictError(FloorjobsError):
    """Another request or process got there first, and both cannot stand."""

    code = "conflict"
    retryable = True


class InvalidInputError(FloorjobsError, ValueError):
    """An argument, a request field or a setting is not acceptable."""

    code = "invalid_input"


class InvalidStateError(FloorjobsError):
    """The object exists, but its state does not allow the operation."""

    code = "invalid_state"


class LeaseLostError(FloorjobsError):
    """The attempt that writes is no longer the running one; its write was refused."""

    code = "lease_lost"
    retryable = True


class WaitTimeout(FloorjobsError, TimeoutError):  # noqa: N818, as queue.Empty is no EmptyError
    """The time allowed ran out; the job goes on."""

    code = "timeout"
    retryable = True


class CancelledError(FloorjobsError):
    """The work was cancelled on request."""

    code = "cancelled"


class UnavailableError(FloorjobsError):
    """A database, disk or server that is needed cannot be used at the moment."""

    code = "unavailable"
    retryable = True


class UnsupportedError(FloorjobsError):
    """The input or platform needs something that this version cannot do."""

    code = "unsupported"


class LimitExceededError(FloorjobsError):
    """A limit was passed; the message names the limit and the value."""

    code = "limit_exceeded"


class InvalidPdfError(FloorjobsError):
    """The bytes are not a PDF that can be read."""

    code = "invalid_pdf"


class PasswordRequiredError(FloorjobsError):
    """The PDF opens only with a password."""

    code = "password_required"


class NoPlanFoundError(FloorjobsError):
    """The PDF was read, but no page holds a floor plan."""

    code = "no_plan_found"


class ScaleUnknownError(FloorjobsError):
    """The drawing's scale is needed and could not be told."""

    code = "scale_unknown"


class InfeasibleError(FloorjobsError):
    """The requirements contradict each other or the space."""

    code = "infeasible"


class CorruptError(FloorjobsError):
    """Stored data does not match its checksum or its schema."""

    code = "corrupt"


class PanickedError(FloorjobsError):
    """A handler panicked; the panic was caught and the process goes on."""

    code = "panicked"
    retryable = True


class InternalError(FloorjobsError):
    """A defect in this library, or a failure that fits no other code."""

    code = "internal"
    retryable = True
