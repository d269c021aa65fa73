"""The job functions of the older application, by their old names and in their old shapes.

They work on the client of the current Flask application, if there is one with `FloorJobs` on it,
else on one opened from the environment, or on the one given to `use_client`. A record is a
dictionary whose keys are attributes, too: ``job["status"]`` and ``job.status``.

What is different: a job that is marked as running belongs to this process, for 600 s at most.
Only this process may end it, and when this process dies, a worker takes the job over.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Any

import floorjobs
from floorjobs import handlers
from floorjobs.models import rfc3339

if TYPE_CHECKING:
    from floorjobs.client import Client
    from floorjobs.models import Job, Json

JOB_TYPES = ("ingest", "generate")
"""The kinds of job that the older application knew."""

# A job that is stored and not yet enqueued waits for the far end of what can be asked for.
_NOT_ENQUEUED_S = 10 * 365 * 86_400.0
_MOST_LISTED = 1_000

_clients: dict[str, Client] = {}


class JobRecord(dict[str, Any]):
    """A job as the older application showed it.

    Keys: ``id``, ``job_type``, ``status`` (queued, running, succeeded, failed), ``floorplan_id``,
    ``payload`` (JSON text), ``error_message``, ``result_ref``, ``created_at``, ``updated_at``,
    ``started_at``, ``finished_at`` (ISO times).
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401, as the values differ by key
        """Return the value of a key."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def use_client(client: Client | None) -> None:
    """Make these functions work on a client; None goes back to finding one."""
    if client is None:
        _clients.pop("given", None)
    else:
        _clients["given"] = client


def create_job(job_type: str, payload: Json = None, floorplan_id: int | None = None) -> JobRecord:
    """Store a job; it waits until `enqueue_job`, `run_job` or `mark_job_running`.

    Args:
        job_type: ``"ingest"`` or ``"generate"``.
        payload: What the handler gets: anything `json.dumps` takes, or JSON text.
        floorplan_id: The floor plan that the job is about.

    Raises:
        ValueError: The type is not known, or the payload is not JSON.
        NotFoundError: There is no such floor plan.
    """
    if job_type not in JOB_TYPES:
        raise floorjobs.InvalidInputError(f"Unknown job_type: {job_type}", "job_type")
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except ValueError as error:
            raise floorjobs.InvalidInputError(f"payload is not JSON: {error}", "payload") from error
    job = _client().enqueue(job_type, payload, delay=_NOT_ENQUEUED_S, floorplan_id=floorplan_id)
    return _record(job)


def get_job_by_id(job_id: str) -> JobRecord | None:
    """Return a job, or None when there is none with this id."""
    try:
        return _record(_client().get(job_id))
    except floorjobs.JobNotFoundError:
        return None


def list_jobs_by_floorplan(floorplan_id: int) -> list[JobRecord]:
    """Return the newest 1,000 jobs of a floor plan, newest first."""
    return [_record(job) for job in _client().list(floorplan_id=floorplan_id, limit=_MOST_LISTED)]


def enqueue_job(job_id: str) -> bool:
    """Let the workers have a job that `create_job` stored; False when there is none."""
    try:
        _client().make_due(job_id)
    except floorjobs.JobNotFoundError:
        return False
    return True


def mark_job_running(job_id: str) -> bool:
    """Take a queued job for this process, for 600 s at most; False when there is none.

    Raises:
        InvalidStateError: The job is not queued: another has it, or it has ended.
    """
    try:
        _client().hold(job_id)
    except floorjobs.JobNotFoundError:
        return False
    return True


def mark_job_succeeded(job_id: str, result_ref: dict[str, Json] | None = None) -> bool:
    """End a job that this process holds, or that is queued; False when there is none.

    Raises:
        LeaseLostError: Another process has the job, or it has ended otherwise.
    """
    try:
        _hold_if_queued(job_id)
        _client().complete(job_id, result_ref)
    except floorjobs.JobNotFoundError:
        return False
    return True


def mark_job_failed(job_id: str, error_message: str) -> bool:
    """End a job that this process holds, or that is queued; False when there is none.

    Raises:
        LeaseLostError: Another process has the job, or it has ended otherwise.
    """
    try:
        _hold_if_queued(job_id)
        _client().fail(job_id, error_message)
    except floorjobs.JobNotFoundError:
        return False
    return True


def run_job(job_id: str) -> None:
    """Run a queued job here and now; never raises, and stores why the job failed.

    The handler is the one registered with `floorjobs.handler`, else that of the library.
    """
    try:
        client = _client()
        known = handlers.registered().get(client.get(job_id).kind)
        client.run_here(job_id, None if known is None else known.function)
    except floorjobs.InvalidStateError:
        # Another has it, or it has ended: there is nothing to run and nothing that failed.
        return
    except floorjobs.FloorjobsError as error:
        _store_failure(job_id, str(error))


def start_worker() -> int:
    """Run a worker in this process until SIGTERM or Ctrl-C; returns its exit code.

    Outside the main thread, where no signal arrives, it runs until the process ends.
    """
    from floorjobs import worker
    from floorjobs.console import Console

    main = threading.current_thread() is threading.main_thread()
    return worker.run(_client(), handle_signals=main, console=Console(sys.stderr))


def _client() -> Client:
    given = _clients.get("given")
    if given is not None:
        return given
    # Only a program that uses Flask has it loaded; this module does not load it.
    flask = sys.modules.get("flask")
    if flask is not None and flask.has_app_context():
        store = flask.current_app.extensions.get("floorjobs")
        if store is not None:
            found: Client = store.client()
            return found
    opened = _clients.get("opened")
    if opened is None:
        mine = floorjobs.connect()
        opened = _clients.setdefault("opened", mine)
        if opened is not mine:
            mine.close()
    return opened


def _hold_if_queued(job_id: str) -> None:
    client = _client()
    if client.get(job_id).status == "queued":
        client.hold(job_id)


def _store_failure(job_id: str, message: str) -> None:
    try:
        mark_job_failed(job_id, message)
    except floorjobs.FloorjobsError as error:
        # Nobody is left to tell but the log: the caller was promised no exception.
        sys.stderr.write(f"job {job_id}: {message}; not stored: {error}\n")


def _record(job: Job) -> JobRecord:
    cancelled = job.status == "cancelled"
    message = "The job was cancelled" if cancelled else None
    return JobRecord(
        id=job.id,
        job_type=job.kind,
        # Older callers know four states.
        status="failed" if cancelled else job.status,
        floorplan_id=job.floorplan_id,
        payload=json.dumps(job.payload),
        error_message=message if job.error is None else job.error.message,
        result_ref=job.result_ref,
        created_at=rfc3339(job.created_at),
        updated_at=rfc3339(job.updated_at),
        started_at=None if job.started_at is None else rfc3339(job.started_at),
        finished_at=None if job.finished_at is None else rfc3339(job.finished_at),
    )
