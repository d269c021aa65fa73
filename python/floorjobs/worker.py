"""The worker as a program: ``python -m floorjobs.worker``."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from contextlib import ExitStack
from typing import TYPE_CHECKING

import floorjobs
from floorjobs import _floorjobs as native
from floorjobs import calls, candidates, handlers, logs
from floorjobs.command import parser
from floorjobs.console import Console, log_line
from floorjobs.options import retention_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from floorjobs.logs import LogFormat
    from floorjobs.models import StallAction
    from floorjobs.models.upkeep import Retention

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 69
EXIT_FAILED = 70


def main(
    arguments: Sequence[str] | None = None, *, program: str = "python -m floorjobs.worker"
) -> int:
    """Run a worker, or several, as the command line says, and return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(program).parse_args(given)
    if options.status_fd is not None:
        # One of those that a supervisor with the same command line has started.
        options.processes = options.health_port = None
    module = ""
    try:
        # As `python -m` does for its own module: the host's code is found where it is called.
        if "" not in sys.path:
            sys.path.insert(0, "")
        if options.processes is None:
            for module in options.imports:
                importlib.import_module(module)
    except Exception as error:  # noqa: BLE001, as it is the host's code that runs here
        sentence = f"cannot import `{module}`: {type(error).__name__}: {error}{_place(error)}"
        return _refuse(sentence, EXIT_USAGE, options.log_format)
    try:
        if options.processes is not None:
            from floorjobs.supervisor import supervise

            return supervise(options, given)
        return _run(options)
    except floorjobs.InvalidInputError as error:
        return _refuse(str(error), EXIT_USAGE, options.log_format)
    except (floorjobs.UnavailableError, floorjobs.UnsupportedError) as error:
        return _refuse(str(error), EXIT_UNAVAILABLE, options.log_format)
    except floorjobs.FloorjobsError as error:
        return _refuse(str(error), EXIT_FAILED, options.log_format)


def _place(error: BaseException) -> str:
    """Return where in the host's code an import failed, as far as its message does not tell."""
    if isinstance(error, SyntaxError):
        return ""
    passed = (__file__, importlib.__file__)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename not in passed and not frame.filename.startswith("<"):
            return f" ({frame.filename}, line {frame.lineno})"
    return ""


def run(
    client: floorjobs.Client,
    *,
    queues: Sequence[str] | None = None,
    concurrency: int | None = None,
    drain: bool = False,
    max_jobs: int | None = None,
    timeout: float | None = None,
    lease: float | None = None,
    stall_after: float | None = None,
    stall_action: StallAction | None = None,
    retention: Retention | None = None,
    handle_signals: bool = False,
    console: Console | None = None,
    on_start: Callable[[native.Worker], None] | None = None,
) -> int:
    """Run a worker in this process until it ends; returns its exit code.

    Args:
        client: The store whose jobs to run.
        queues: The queues to serve, an earlier one first; by default that of the client.
        concurrency: How many jobs to run at a time; by default one per core.
        drain: Whether to end once nothing is due.
        max_jobs: To end once so many jobs were started and have ended; by default never.
        timeout: Seconds that an attempt may take if neither its job nor its kind says; by default
            600.
        lease: Seconds for which this worker may be silent before others take its jobs, where they
            cannot see that it is gone; by default 60. It gives a sign of life every quarter.
        stall_after: Seconds for which an attempt may report nothing new before it is taken to
            stall, unless its kind says; by default as long as it likes.
        stall_action: What happens then: ``"report"``, the default, or ``"cancel"``.
        retention: How long ended jobs are kept; by default succeeded and cancelled ones 7 days,
            failed ones 30.
        handle_signals: Whether SIGTERM and SIGINT stop it; for the main thread of a program of
            which it is the whole purpose.
        console: Where to show what happens.
        on_start: Is called with the native worker before it runs, to ask it for its health.
    """
    worker = native.Worker(
        client._native,  # noqa: SLF001, its other half
        queues=None if queues is None else list(queues),
        concurrency=concurrency,
        drain=drain,
        max_jobs=max_jobs,
        timeout=timeout,
        lease=lease,
        stall_after=stall_after,
        stall_action=stall_action,
        retention=None if retention is None else retention.native(),
        handle_signals=handle_signals,
    )
    log = None if console is None else console.log_format
    with ExitStack() as parts:
        parts.callback(calls.close)
        for known in handlers.registered().values():
            worker.register(known.options, _called(known, parts, log or "text"))
        sources = [(known.name, candidates.Asked(known).ask) for known in candidates.registered()]
        if sources and "generate" not in handlers.registered():
            worker.propose(client._native, sources)  # noqa: SLF001
        if on_start is not None:
            on_start(worker)
        code, left_running = worker.run(
            on_event=None if console is None or console.is_plain_log else console.event,
            log=log,
        )
        if left_running and handle_signals:
            # The interpreter would wait for threads that ignored every request to stop. What they
            # still write is refused, and their jobs are back in the queue. Child processes end with
            # this one.
            if console is not None:
                console.flush()
            os._exit(code)
    return code


def _called(
    known: handlers.Registered, parts: ExitStack, log: LogFormat
) -> handlers.HandlerFunction:
    """Return what the native worker calls for a kind."""
    if known.isolation == "thread":
        return calls.calling(known.function)
    # It needs modules that a worker without child processes does not.
    from floorjobs.isolation.pool import Pool

    pool = Pool(known, log=log)
    parts.callback(pool.close)
    return pool


def _run(options: argparse.Namespace) -> int:
    # The native worker listens for it; Python's own handler would raise on top of that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Several workers cannot share a status line.
    live = None if options.status_fd is None else False
    console = Console(sys.stderr, live=live, log_format=options.log_format)
    logs.show(console.write_line, options.log_format)
    with (
        floorjobs.connect(options.database_url, blobs_url=options.blobs_url) as client,
        ExitStack() as parts,
    ):
        return run(
            client,
            queues=options.queues,
            concurrency=options.concurrency,
            drain=options.drain,
            max_jobs=options.max_jobs,
            timeout=options.timeout,
            lease=options.lease,
            stall_after=options.stall_after,
            stall_action=options.stall_action,
            retention=retention_of(options),
            handle_signals=True,
            console=console,
            on_start=_watched(options, client, parts),
        )


def _watched(
    options: argparse.Namespace, client: floorjobs.Client, parts: ExitStack
) -> Callable[[native.Worker], None] | None:
    """Return what serves the health of a worker, if the options ask for it."""
    if options.health_port is None and options.status_fd is None:
        return None

    from floorjobs import health

    def watch(worker: native.Worker) -> None:
        beats = health.Beats(worker.silent_seconds, options.lease)
        if options.health_port is not None:
            server = health.Server(options.health_host, options.health_port, beats, client)
            parts.callback(server.close)
        if options.status_fd is not None:
            parts.callback(health.Teller(options.status_fd, beats).close)

    return watch


def _refuse(sentence: str, code: int, log_format: LogFormat) -> int:
    values = {"pid": os.getpid(), "error": sentence}
    sys.stderr.write(log_line("refused", values, log_format) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
