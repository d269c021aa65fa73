"""The worker as a program: ``python -m floorjobs.worker``."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING

import floorjobs
from floorjobs import _floorjobs as native
from floorjobs import handlers
from floorjobs.console import Console, log_line
from floorjobs.options import add_retention, retention_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from floorjobs.models import StallAction
    from floorjobs.models.upkeep import Retention

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 69
EXIT_FAILED = 70

_DESCRIPTION = """\
Runs jobs until it is told to stop. Start as many as you like, on the same database.

SIGTERM and SIGINT: takes no more jobs, lets the running ones finish for 25 s, gives the rest back
and ends. A second signal: gives them back at once.
"""

_EPILOG = """\
exit codes:
   0  stopped as asked, or drained
   2  an option, a setting or an import is wrong
  69  the database or another thing it needs cannot be used
  70  a handler ignored its deadline, or something failed inside: start it again

Settings that are not given come from the environment: FLOORJOBS_DATABASE_URL,
FLOORJOBS_BLOBS_URL, REDIS_URL, FLOORJOBS_DURABILITY, JOB_QUEUE_NAME, JOB_MAX_RETRIES,
JOB_RETRY_DELAY_SECONDS.
"""


def main(
    arguments: Sequence[str] | None = None, *, program: str = "python -m floorjobs.worker"
) -> int:
    """Run a worker as the command line says, and return its exit code."""
    options = _parser(program).parse_args(arguments)
    try:
        # As `python -m` does for its own module: the host's code is found where it is called.
        if "" not in sys.path:
            sys.path.insert(0, "")
        for module in options.imports:
            importlib.import_module(module)
    except Exception as error:  # noqa: BLE001, as it is the host's code that runs here
        return _refuse(f"cannot import `{module}`: {type(error).__name__}: {error}", EXIT_USAGE)
    try:
        return _run(options)
    except floorjobs.InvalidInputError as error:
        return _refuse(str(error), EXIT_USAGE)
    except (floorjobs.UnavailableError, floorjobs.UnsupportedError) as error:
        return _refuse(str(error), EXIT_UNAVAILABLE)
    except floorjobs.FloorjobsError as error:
        return _refuse(str(error), EXIT_FAILED)


def run(
    client: floorjobs.Client,
    *,
    queues: Sequence[str] | None = None,
    concurrency: int | None = None,
    drain: bool = False,
    timeout: float | None = None,
    lease: float | None = None,
    stall_after: float | None = None,
    stall_action: StallAction | None = None,
    retention: Retention | None = None,
    handle_signals: bool = False,
    console: Console | None = None,
) -> int:
    """Run a worker in this process until it ends; returns its exit code.

    Args:
        client: The store whose jobs to run.
        queues: The queues to serve, an earlier one first; by default that of the client.
        concurrency: How many jobs to run at a time; by default one per core.
        drain: Whether to end once nothing is due.
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
    """
    worker = native.Worker(
        client._native,  # noqa: SLF001, its other half
        queues=None if queues is None else list(queues),
        concurrency=concurrency,
        drain=drain,
        timeout=timeout,
        lease=lease,
        stall_after=stall_after,
        stall_action=stall_action,
        retention=None if retention is None else retention.native(),
        handle_signals=handle_signals,
    )
    for known in handlers.registered().values():
        worker.register(known.options, known.function)
    code, left_running = worker.run(
        on_event=None if console is None or console.is_plain_log else console.event,
        log=console is not None and console.is_plain_log,
    )
    if left_running and handle_signals:
        # The interpreter would wait for threads that ignored every request to stop. What they
        # still write is refused, and their jobs are back in the queue.
        if console is not None:
            console.flush()
        os._exit(code)
    return code


def _run(options: argparse.Namespace) -> int:
    # The native worker listens for it; Python's own handler would raise on top of that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with floorjobs.connect(options.database_url, blobs_url=options.blobs_url) as client:
        return run(
            client,
            queues=options.queues,
            concurrency=options.concurrency,
            drain=options.drain,
            timeout=options.timeout,
            lease=options.lease,
            stall_after=options.stall_after,
            stall_action=options.stall_action,
            retention=retention_of(options),
            handle_signals=True,
            console=Console(sys.stderr),
        )


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"floorjobs {floorjobs.__version__}")
    parser.add_argument(
        "--import",
        dest="imports",
        metavar="MODULE",
        action="append",
        default=[],
        help="a module with handlers, such as app.tasks; may be given more than once",
    )
    parser.add_argument(
        "--queues",
        type=lambda text: [name.strip() for name in text.split(",") if name.strip()],
        metavar="A,B",
        help="the queues to serve, an earlier one first (default: JOB_QUEUE_NAME, `default`)",
    )
    parser.add_argument(
        "--concurrency",
        type=int,
        metavar="N",
        help="how many jobs to run at a time (default: one per core)",
    )
    parser.add_argument("--drain", action="store_true", help="end once nothing is due")
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="how long an attempt may take if neither its job nor its kind says (default: 600)",
    )
    parser.add_argument(
        "--lease",
        type=float,
        metavar="SECONDS",
        help="how long it may be silent before others take its jobs, where they cannot see that "
        "it is gone (default: 60)",
    )
    parser.add_argument(
        "--stall-after",
        type=float,
        metavar="SECONDS",
        help="how long an attempt may report nothing new (default: as long as it likes)",
    )
    parser.add_argument(
        "--stall-action",
        choices=("report", "cancel"),
        help="what happens to an attempt that stalls (default: report)",
    )
    add_retention(parser, "--keep-")
    parser.add_argument("--database-url", metavar="URL", help="for FLOORJOBS_DATABASE_URL")
    parser.add_argument("--blobs-url", metavar="URL", help="for FLOORJOBS_BLOBS_URL")
    return parser


def _refuse(sentence: str, code: int) -> int:
    sys.stderr.write(log_line("refused", {"pid": os.getpid(), "error": sentence}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
