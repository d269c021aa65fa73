"""The command line: ``python -m floorjobs``, a file for each group of commands."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import floorjobs
from floorjobs import _floorjobs as native
from floorjobs.cli.exits import EXIT_INTERRUPTED, code_of, refused
from floorjobs.cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

# The files of commands, in the order in which they are listed.
_GROUPS = (
    "ingest",
    "upload",
    "floorplans",
    "design",
    "materials",
    "jobs",
    "queues",
    "follow",
    "forget",
    "operate",
)

_DESCRIPTION = """\
Reads floor plans, and shows and changes the jobs of a store: tables for people, --json for
programs.
"""

_EPILOG = """\
exit codes:
    0  done as asked
    1  it did not come about: a job that failed or was cancelled, rooms that do not fit, a plan
       that is not read, a state that does not allow it, a store with a fault
    2  an option, an argument or a setting is wrong
   66  there is no such job, file or database
   69  the database or another thing it needs cannot be used
   70  something failed inside
   75  the time allowed ran out; the job goes on
  130  interrupted with Ctrl-C

An error is one line on standard error, `code: sentence`, with a stable code; with --json it is an
object with `error`, `code` and `field`.

Settings that are not given come from the environment: FLOORJOBS_DATABASE_URL,
FLOORJOBS_BLOBS_URL, REDIS_URL, FLOORJOBS_DURABILITY, JOB_QUEUE_NAME.
"""


def main(arguments: Sequence[str] | None = None, *, program: str = "python -m floorjobs") -> int:
    """Run the command that the command line names, and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    # Plans are read sooner than all the other commands are loaded.
    groups = ("ingest",) if given[:1] == ["ingest"] else _GROUPS
    options = _parser(program, groups).parse_args(given)
    out = Output(sys.stdout, as_json=options.json)
    try:
        code = _run(options, out)
        out.flush()
    except floorjobs.FloorjobsError as error:
        return refused(error.code, str(error), error.field, as_json=options.json)
    except BrokenPipeError:
        # Whoever read this has enough, `head` say. Nothing more may be written at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        sentence = f"{error.filename}: {error.strerror}"
        return refused(code_of(error), sentence, None, as_json=options.json)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code


def _run(options: argparse.Namespace, out: Output) -> int:
    if options.choose is not None:
        options.choose(options)
    if options.run_alone is not None:
        return int(options.run_alone(options, out))
    try:
        client = _connected(options)
    except floorjobs.FloorjobsError as error:
        if options.run_without is None:
            raise
        return int(options.run_without(error, out))
    with client:
        return int(options.run(client, options, out))


def _connected(options: argparse.Namespace) -> floorjobs.Client:
    path = native.database_path(options.database_url)
    # Whoever looks at a store that is not there has mistyped its name: no new one is made.
    if not options.makes_store and path is not None and not Path(path).exists():
        raise floorjobs.NotFoundError(
            f"there is no database `{path}`; --database-url or FLOORJOBS_DATABASE_URL names another"
        )
    return floorjobs.connect(options.database_url, blobs_url=options.blobs_url)


def _parser(program: str, groups: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_common(parser, None, as_json=False)
    parser.add_argument("--version", action="version", version=f"floorjobs {floorjobs.__version__}")
    parser.set_defaults(makes_store=False, run_without=None, run_alone=None, choose=None)
    # After the command, too, where what is left out must not undo what stands before it.
    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, argparse.SUPPRESS, as_json=argparse.SUPPRESS)
    commands = _Commands(parser)
    for group in groups:
        import_module(f"floorjobs.cli.{group}").add_commands(commands, common)
    return parser


class _Commands:
    """The commands of a parser; each says in its own help what the list of all says of it."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._made = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add_parser(self, name: str, *, help: str, **options: Any) -> argparse.ArgumentParser:  # noqa: A002, ANN401, as argparse has them
        options.setdefault("description", f"{help[:1].upper()}{help[1:]}.")
        return self._made.add_parser(name, help=help, **options)


def _add_common(parser: argparse.ArgumentParser, url: str | None, *, as_json: bool | str) -> None:
    for flag, about in (
        ("--database-url", "for FLOORJOBS_DATABASE_URL"),
        ("--blobs-url", "for FLOORJOBS_BLOBS_URL"),
    ):
        parser.add_argument(flag, metavar="URL", default=url, help=about)
    parser.add_argument("--json", action="store_true", default=as_json, help="answer in JSON")
