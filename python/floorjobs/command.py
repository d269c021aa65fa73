"""The command line of ``python -m floorjobs.worker``."""

from __future__ import annotations

import argparse

import floorjobs
from floorjobs.options import add_retention

_DESCRIPTION = """\
Runs jobs until it is told to stop. Start as many as you like, on the same database.

SIGTERM and SIGINT: takes no more jobs, lets the running ones finish for 25 s, gives the rest back
and ends. A second signal: gives them back at once.
"""

_EPILOG = """\
exit codes:
   0  stopped as asked, drained, or has run its --max-jobs
   2  an option, a setting or an import is wrong
  69  the database or another thing it needs cannot be used
  70  a handler ignored its deadline, or something failed inside: start it again

With --processes, 0 if every worker ended so, and otherwise the code of the first one that did not
and was not started again: workers that end with 2 are not, and others are, after 1 s, 2 s and so
on up to 30 s.

Settings that are not given come from the environment: FLOORJOBS_DATABASE_URL,
FLOORJOBS_BLOBS_URL, REDIS_URL, FLOORJOBS_DURABILITY, JOB_QUEUE_NAME, JOB_MAX_RETRIES,
JOB_RETRY_DELAY_SECONDS.
"""


def parser(program: str) -> argparse.ArgumentParser:
    """Return the parser of the command line of a program."""
    made = argparse.ArgumentParser(
        prog=program,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"floorjobs {floorjobs.__version__}")
    made.add_argument(
        "--import",
        dest="imports",
        metavar="MODULE",
        action="append",
        default=[],
        help="a module with handlers, such as app.tasks; may be given more than once",
    )
    made.add_argument(
        "--queues",
        type=lambda text: [name.strip() for name in text.split(",") if name.strip()],
        metavar="A,B",
        help="the queues to serve, an earlier one first (default: JOB_QUEUE_NAME, `default`)",
    )
    made.add_argument(
        "--concurrency",
        type=int,
        metavar="N",
        help="how many jobs to run at a time, in each process (default: one per core)",
    )
    made.add_argument(
        "--processes",
        type=_at_least_one,
        metavar="N",
        help="run so many workers and start those again that end (default: run one, here)",
    )
    _add_ends(made)
    _add_dials(made)
    _add_watching(made)
    add_retention(made, "--keep-")
    made.add_argument("--database-url", metavar="URL", help="for FLOORJOBS_DATABASE_URL")
    made.add_argument("--blobs-url", metavar="URL", help="for FLOORJOBS_BLOBS_URL")
    return made


def _add_ends(made: argparse.ArgumentParser) -> None:
    made.add_argument("--drain", action="store_true", help="end once nothing is due")
    made.add_argument(
        "--max-jobs",
        type=int,
        metavar="N",
        help="end once N jobs were started and have ended, for a fresh process to go on",
    )


def _add_dials(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="how long an attempt may take if neither its job nor its kind says (default: 600)",
    )
    made.add_argument(
        "--lease",
        type=float,
        metavar="SECONDS",
        help="how long it may be silent before others take its jobs, where they cannot see that "
        "it is gone (default: 60)",
    )
    made.add_argument(
        "--stall-after",
        type=float,
        metavar="SECONDS",
        help="how long an attempt may report nothing new (default: as long as it likes)",
    )
    made.add_argument(
        "--stall-action",
        choices=("report", "cancel"),
        help="what happens to an attempt that stalls (default: report)",
    )


def _add_watching(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="a line per event for people, or as a JSON object (default: text)",
    )
    made.add_argument(
        "--health-port",
        type=_port,
        metavar="PORT",
        help="answer GET /livez, /readyz and /metrics there (default: nowhere)",
    )
    made.add_argument(
        "--health-host",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="the address for that (default: 127.0.0.1; in a container 0.0.0.0)",
    )
    # Where a worker of --processes says that it beats.
    made.add_argument("--status-fd", type=int, help=argparse.SUPPRESS)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"1 or more, not {number}")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"0 to 65535, not {number}")
    return number
