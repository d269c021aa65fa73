"""Log records that say to which job they belong.

The worker's own log does that by itself. A host that configures `logging` adds a `JobFilter` to
its handlers and has ``%(job_id)s``, ``%(job_kind)s``, ``%(job_attempt)s`` and
``%(job_request_id)s`` for its formats.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from floorjobs.calls import current
from floorjobs.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Callable

    from floorjobs.context import Context

LogFormat = Literal["text", "json"]

_NO_JOB = "-"


class JobFilter(logging.Filter):
    """Lets everything through and adds what its job is.

    That is ``job_id``, ``job_kind``, ``job_attempt`` and ``job_request_id``. Outside of handlers
    they are ``-``, as is the request of a job that has none.

    Example:
        >>> stream = logging.StreamHandler()
        >>> stream.addFilter(JobFilter())
        >>> stream.setFormatter(logging.Formatter("%(job_id)s %(message)s"))
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields."""
        if not hasattr(record, "job_id"):
            ctx = current.get()
            values = _NO_JOB_FIELDS if ctx is None else fields_of(ctx)
            record.__dict__.update(values)
        return True


_NO_JOB_FIELDS: dict[str, object] = {
    "job_id": _NO_JOB,
    "job_kind": _NO_JOB,
    "job_attempt": _NO_JOB,
    "job_request_id": _NO_JOB,
}


def fields_of(ctx: Context) -> dict[str, object]:
    """Return what the records of an attempt carry."""
    return {
        "job_id": ctx.job.id,
        "job_kind": ctx.job.kind,
        "job_attempt": ctx.attempt,
        "job_request_id": ctx.job.request_id or _NO_JOB,
    }


def logger_of(ctx: Context) -> logging.LoggerAdapter[logging.Logger]:
    """Return the logger of an attempt: ``floorjobs.job.<kind>``, with its fields."""
    logger = logging.getLogger(f"floorjobs.job.{ctx.job.kind}")
    return logging.LoggerAdapter(logger, fields_of(ctx))


class LineFormatter(logging.Formatter):
    """Writes records as the worker writes its events: a line each, as text or as JSON."""

    def __init__(self, kind: LogFormat = "text") -> None:
        """Write in one of the two forms."""
        super().__init__()
        self._kind = kind

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        at = datetime.fromtimestamp(record.created, timezone.utc)
        values: dict[str, object] = {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
            "level": record.levelname,
            "event": "log",
        }
        known = record.__dict__
        if known.get("job_id", _NO_JOB) != _NO_JOB:
            values["job_id"] = known["job_id"]
            values["kind"] = known.get("job_kind", _NO_JOB)
            values["attempt"] = known.get("job_attempt", _NO_JOB)
            if known.get("job_request_id", _NO_JOB) != _NO_JOB:
                values["request_id"] = known["job_request_id"]
        values["logger"] = record.name
        values["message"] = hide(record.getMessage())
        if record.exc_info:
            values["exception"] = hide(self.formatException(record.exc_info))
        if self._kind == "json":
            return json.dumps(values, ensure_ascii=False, default=str)
        time, level, event = (values.pop(name) for name in ("time", "level", "event"))
        pairs = " ".join(f"{name}={_text(value)}" for name, value in values.items())
        return f"{time} {level} {event} {pairs}"


def _text(value: object) -> str:
    text = str(value)
    plain = text and not any(c.isspace() or not c.isprintable() or c in '"=' for c in text)
    return text if plain else json.dumps(text, ensure_ascii=False)


class _Lines(logging.Handler):
    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write(self.format(record))
        except Exception:  # noqa: BLE001, as every handler of `logging` does it
            self.handleError(record)


def show(write: Callable[[str], None], kind: LogFormat = "text") -> None:
    """Have records from INFO on written as lines, unless the host has configured `logging`."""
    if logging.root.handlers:
        return
    handler = _Lines(write)
    handler.addFilter(JobFilter())
    handler.setFormatter(LineFormatter(kind))
    logging.root.addHandler(handler)
    if logging.root.level == logging.WARNING:
        logging.root.setLevel(logging.INFO)
