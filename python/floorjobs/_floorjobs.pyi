# Generated from python/src by: make stubs
"""
The native part of floorjobs; use the package `floorjobs` instead.
"""

from _typeshed import SupportsGetItem
from os import PathLike
from pathlib import Path
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = [
    "__version__",
    "Client",
    "Context",
    "Filter",
    "JobEvents",
    "KindOptions",
    "NewJob",
    "PlanReader",
    "Retention",
    "Worker",
    "database_path",
    "error_codes",
    "generate",
    "log_line",
    "max_pdf_bytes",
    "migrate",
]

__version__: Final[str]

@final
class Client:
    """
    A store of jobs that is open; `floorjobs.Client` wraps it.
    """
    def __new__(
        cls,
        /,
        *,
        database_url: str | None = None,
        blobs_url: str | None = None,
        redis_url: str | None = None,
        queue: str | None = None,
        max_retries: SupportsIndex | None = None,
        retry_delay: SupportsFloat | SupportsIndex | None = None,
        durability: str | None = None,
    ) -> Client: ...
    def attempts(self, /, job_id: str) -> str: ...
    def backup(self, /, path: str | PathLike[str], overwrite: bool) -> str:
        """
        Copies the database into a file, while it is in use.
        """
    def bom(self, /, bom_id: SupportsIndex) -> str:
        """
        The bill with all its lines.
        """
    def bom_csv(self, /, bom_id: SupportsIndex) -> str: ...
    def bom_xlsx(self, /, bom_id: SupportsIndex) -> bytes: ...
    def cancel(self, /, job_id: str) -> Any: ...
    def check_health(self, /) -> None: ...
    def check_integrity(self, /, deep: bool) -> str:
        """
        Whether everything that is stored is sound; with `deep`, the blobs, too.
        """
    def close(self, /) -> None: ...
    def complete(self, /, job_id: str, result_ref: str | None = None) -> Any:
        """
        Ends an attempt that this process holds, with a reference to its result as JSON.
        """
    def doctor(self, /) -> str:
        """
        What may be wrong with the store and around it.
        """
    def enqueue(self, /, request: NewJob) -> Any: ...
    def enqueue_many(
        self, /, requests: SupportsGetItem[int, Any], request_id: str | None
    ) -> list[Any]:
        """
        Each request is a dictionary of the arguments of `floorjobs.Client.enqueue`; `request_id` is
        for those that name none.
        """
    def estimate(self, /, job_id: str) -> str:
        """
        When a job will probably start and end.
        """
    def events(self, /, job_id: str) -> JobEvents:
        """
        The changes of a job until it ends.
        """
    def explain(self, /, job_id: str) -> str:
        """
        Why a job does not run now.
        """
    def fail(self, /, job_id: str, code: str, message: str) -> Any:
        """
        Ends an attempt that this process holds, and its job, with a failure.
        """
    def floorplan(self, /, floorplan_id: SupportsIndex, with_plan: bool) -> str:
        """
        The floor plan and where it stands; with all that was read if asked for.
        """
    def floorplan_svg(self, /, floorplan_id: SupportsIndex) -> str: ...
    def generate(
        self,
        /,
        request: str,
        *,
        floorplan_id: SupportsIndex | None = None,
        queue: str | None = None,
        priority: SupportsIndex = 0,
        unique_key: str | None = None,
        request_id: str | None = None,
    ) -> Any:
        """
        Stores a job that lays out rooms and prices them; the request is JSON text.
        """
    def get(self, /, job_id: str) -> Any: ...
    def hold(self, /, job_id: str) -> Any:
        """
        Starts an attempt of a job in this process, which holds it for 600 s.
        """
    def import_materials(self, /, name: str, csv: bytes, mode: str) -> str:
        """
        Stores materials from CSV; returns the catalogue as it is then.
        """
    def ingest(
        self,
        /,
        pdf: bytes,
        *,
        filename: str | None = None,
        project_id: SupportsIndex | None = None,
        page: SupportsIndex | None = None,
        queue: str | None = None,
        priority: SupportsIndex = 0,
        unique_key: str | None = None,
        request_id: str | None = None,
        then: SupportsGetItem[int, NewJob] = ...,
    ) -> list[Any]:
        """
        Returns the ingest and the jobs that run after it.
        """
    def layout(self, /, layout_id: SupportsIndex) -> str:
        """
        The layout with the whole answer that it belongs to.
        """
    def layout_svg(self, /, layout_id: SupportsIndex) -> str: ...
    def list(self, /, filter: Filter) -> list[Any]: ...
    def make_due(self, /, job_id: str) -> Any:
        """
        Makes a delayed job due at once.
        """
    def materials(self, /) -> str:
        """
        The catalogue that bills are priced with.
        """
    def materials_csv(self, /) -> str:
        """
        The same as CSV.
        """
    def metrics(self, /) -> str:
        """
        Figures in the text format of Prometheus.
        """
    def newest_bom(self, /, floorplan_id: SupportsIndex) -> str:
        """
        The newest bill about a floor plan, without its lines; `null` if there is none.
        """
    def page(self, /, filter: Filter) -> str: ...
    def parents(self, /, job_id: str) -> str:
        """
        The ids of the jobs that a job still waits for.
        """
    def pause(self, /, queue: str) -> None:
        """
        Lets no more jobs of a queue start.
        """
    def paused(self, /) -> str:
        """
        The paused queues, each with the moment since when.
        """
    def position(self, /, job_id: str) -> int | None:
        """
        How many ready jobs of its queue run before this one.
        """
    def price(
        self,
        /,
        layout_id: SupportsIndex,
        options: str,
        *,
        queue: str | None = None,
        priority: SupportsIndex = 0,
        unique_key: str | None = None,
        request_id: str | None = None,
    ) -> Any:
        """
        Stores a job that prices a layout; the options are JSON text.
        """
    def prune(self, /, retention: Retention) -> int:
        """
        Deletes jobs that ended long ago; returns how many.
        """
    def reset_materials(self, /) -> None:
        """
        Forgets the stored catalogue, so that the seed is used again.
        """
    def resume(self, /, queue: str) -> None:
        """
        Lets jobs of a queue start again.
        """
    def retry(self, /, job_id: str) -> Any: ...
    def run_here(self, /, job_id: str, function: Any | None = None) -> Any:
        """
        Runs one attempt of a job in this thread, with a function in place of the native handler.
        """
    def stats(self, /) -> str:
        """
        What each queue holds.
        """
    def sweep(self, /) -> str:
        """
        Removes blobs that nothing names.
        """
    def wait(self, /, job_id: str, timeout: SupportsFloat | SupportsIndex | None = None) -> Any: ...

@final
class Context:
    """
    One attempt of a job; `floorjobs.context.Context` wraps it.
    """
    @property
    def attempt(self, /) -> int:
        """
        Which start of the job this is, from 1.
        """
    @property
    def cancel_reason(self, /) -> str | None:
        """
        Why the handler should stop: `requested`, `deadline`, `stalled`, `shutdown`, `lease_lost`
        or `lease_in_doubt`; None while it may go on.
        """
    def check(self, /) -> None:
        """
        Raises `CancelledError` if the handler should stop; to be called now and then.
        """
    def checkpoint(self, /, value: Any) -> None:
        """
        Keeps a value for the next attempt.
        """
    @property
    def is_cancelled(self, /) -> bool:
        """
        Whether the handler should stop: somebody asked for it, or its time is up.
        """
    def job(self, /) -> Any:
        """
        The job as it was when this attempt began.
        """
    def progress(
        self, /, fraction: SupportsFloat | SupportsIndex, stage: str, message: str | None = None
    ) -> None:
        """
        Tells how far the work is: a fraction in 0..1, and what it is doing.
        """
    def put_blob(self, /, data: bytes) -> str:
        """
        Stores bytes as a blob and returns its reference.
        """
    def read_blob(self, /, reference: str, limit: SupportsIndex) -> bytes:
        """
        The bytes of a blob, if there are at most `limit`.
        """
    def wait(self, /, seconds: SupportsFloat | SupportsIndex) -> bool:
        """
        Waits until the handler should stop, or so many seconds; returns whether it should.
        """

@final
class Filter:
    """
    Filters of a list; its arguments are those of `floorjobs.Client.list`.
    """
    def __new__(
        cls,
        /,
        *,
        statuses: SupportsGetItem[int, str] = ...,
        kind: str | None = None,
        queue: str | None = None,
        floorplan_id: SupportsIndex | None = None,
        unique_key: str | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        before: str | None = None,
        limit: SupportsIndex = 50,
    ) -> Filter: ...

@final
class JobEvents:
    """
    The changes of one job; `floorjobs.Client.events` wraps it.
    """
    def next(self, /, timeout: SupportsFloat | SupportsIndex | None = None) -> str | None:
        """
        Waits for the next change; None after the end state.
        """

@final
class KindOptions:
    """
    What one kind of job does differently from its worker; checked when it is made.
    """
    def __new__(
        cls,
        /,
        kind: str,
        *,
        max_attempts: SupportsIndex | None = None,
        retry_delay: SupportsFloat | SupportsIndex | None = None,
        timeout: SupportsFloat | SupportsIndex | None = None,
        concurrency: SupportsIndex | None = None,
        stall_after: SupportsFloat | SupportsIndex | None = None,
        stall_action: str | None = None,
    ) -> KindOptions: ...

@final
class NewJob:
    """
    A request for a job; its arguments are those of `floorjobs.Client.enqueue`.

    `run_at` is RFC 3339; the places of earlier jobs of the same call are in `after_index`. Without `unique_for`, in seconds or for ever, a job holds its key while
    it is queued or running.
    """
    def __new__(
        cls,
        /,
        kind: str,
        payload: Any,
        *,
        queue: str | None = None,
        priority: SupportsIndex = 0,
        delay: SupportsFloat | SupportsIndex | None = None,
        run_at: str | None = None,
        max_attempts: SupportsIndex | None = None,
        timeout: SupportsFloat | SupportsIndex | None = None,
        retry_delay: SupportsFloat | SupportsIndex | None = None,
        unique_key: str | None = None,
        unique_for: SupportsFloat | SupportsIndex | None = None,
        unique_forever: bool = False,
        after: SupportsGetItem[int, str] = ...,
        after_index: SupportsGetItem[int, SupportsIndex] = ...,
        on_parent_failure: str = "cancel",
        floorplan_id: SupportsIndex | None = None,
        request_id: str | None = None,
    ) -> NewJob: ...

@final
class PlanReader:
    """
    A PDF that is read in the calling thread; others may ask how far it is, or stop it.
    """
    def __new__(
        cls, /, *, page: SupportsIndex | None = None, all_pages: bool = False
    ) -> PlanReader:
        """
        A reader of one page from 0, of the best one, or of every plan.
        """
    def cancel(self, /) -> None:
        """
        Makes `read` stop with `cancelled` as soon as it can.
        """
    @property
    def progress(self, /) -> tuple[float, str]:
        """
        How much is done, in 0..=1, and what is being done.
        """
    def read(self, /, pdf: bytes) -> list[tuple[str, str, str]]:
        """
        Reads; for each plan a JSON document, the picture, and the picture over the line work.
        """

@final
class Retention:
    """
    How long ended jobs are kept, in seconds by how they ended; infinite is for ever.
    """
    def __new__(
        cls,
        /,
        *,
        succeeded: SupportsFloat | SupportsIndex | None = None,
        failed: SupportsFloat | SupportsIndex | None = None,
        cancelled: SupportsFloat | SupportsIndex | None = None,
    ) -> Retention: ...
    def seconds(self, /) -> list[float]:
        """
        The seconds for succeeded, failed and cancelled jobs.
        """

@final
class Worker:
    """
    Runs the jobs of some queues in this process; `floorjobs.worker` is the program around it.
    """
    def __new__(
        cls,
        /,
        client: Client,
        *,
        queues: SupportsGetItem[int, str] | None = None,
        concurrency: SupportsIndex | None = None,
        drain: bool = False,
        timeout: SupportsFloat | SupportsIndex | None = None,
        lease: SupportsFloat | SupportsIndex | None = None,
        stall_after: SupportsFloat | SupportsIndex | None = None,
        stall_action: str | None = None,
        retention: Retention | None = None,
        max_jobs: SupportsIndex | None = None,
        handle_signals: bool = False,
    ) -> Worker:
        """
        A worker on a client's store. `handle_signals` makes SIGTERM and SIGINT stop it; a `lease`
        is renewed four times in its time.
        """
    def propose(self, /, client: Client, sources: SupportsGetItem[int, tuple[str, Any]]) -> None:
        """
        Lets sources propose layouts for its `generate` jobs, beside the native search.
        """
    def register(self, /, options: KindOptions, function: Any) -> None:
        """
        Makes a function the handler of a kind; it replaces a native one.
        """
    def run(self, /, *, on_event: Any | None = None, log: str | None = None) -> tuple[int, int]:
        """
        Runs until it is told to stop, or has drained its queues; returns the exit code, and how
        many handlers still run on threads that nobody waits for.

        `on_event` is called with each event as JSON text, and as its line of a log or None, on a
        thread of its own. `log` says how lines are written, `text` or `json`; without a listener
        they go to standard error, without Python.
        """
    def silent_seconds(self, /) -> float | None:
        """
        For how many seconds the repository has accepted no sign of life of this worker; None before
        the first. While all is well it stays below a quarter of the lease and a little.
        """
    def stop(self, /, grace: SupportsFloat | SupportsIndex | None = None) -> None:
        """
        Asks the worker to stop in good order within `grace` seconds; asked again, at once.
        """

def database_path(database_url: str | None = None) -> Path | None:
    """
    The database file that the settings name, whether it is there or not; `None` if they name a
    database on a server.
    """

def error_codes() -> list[tuple[str, int, bool, type]]:
    """
    Every error code with its number in C, whether a retry can help, and its exception.
    """

def generate(
    request: str,
    *,
    catalogue: bytes | None = None,
    catalogue_name: str = "catalogue",
    sources: SupportsGetItem[int, tuple[str, Any]] = ...,
) -> tuple[str, tuple[str, str, str, bytes] | None]:
    """
    Lays out rooms and prices them with the seed catalogue or with that of a CSV file; the request
    is JSON text, and `sources` propose layouts, too. Returns the answer as JSON, and the files of
    the layout if there is one.
    """

def log_line(name: str, values: str, format: str = "text") -> str:
    """
    A line of a log as the worker writes it, of values given as JSON text; `format` is `text`
    or `json`.
    """

def max_pdf_bytes() -> int:
    """
    The largest PDF that is taken, in bytes.
    """

def migrate(database_url: str | None = None) -> tuple[int, int]:
    """
    Brings the schema of the database that the settings name up to date, or makes it; returns
    its number before and after.
    """
