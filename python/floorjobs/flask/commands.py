"""``flask floorjobs ...``: the command line and the worker, with the application's settings."""

from __future__ import annotations

import os

import click
from flask import current_app
from flask.cli import with_appcontext

from floorjobs.flask import settings

_PROGRAM = "flask floorjobs"


@click.command(
    "floorjobs",
    short_help="Shows and changes jobs; `worker` runs them.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
@with_appcontext
def floorjobs_command(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Run a command of ``python -m floorjobs``, or a worker, on the store of the application.

    ``flask floorjobs worker`` takes the options of ``python -m floorjobs.worker``; the handlers
    are those of the modules that are imported for the application. With ``--processes`` each
    process imports the module of the application, and what ``--import`` names.
    """
    # An application that serves requests needs neither of them.
    from floorjobs import cli, worker

    # The programs read the environment; this process is theirs to the end.
    for key, _ in settings.STORE_SETTINGS.values():
        value = current_app.config.get(key)
        if value is not None:
            os.environ[key] = str(value)
    if arguments[:1] == ("worker",):
        code = worker.main(_of_worker(arguments[1:]), program=f"{_PROGRAM} worker")
    else:
        code = cli.main(arguments, program=_PROGRAM)
    context.exit(code)


def _of_worker(arguments: tuple[str, ...]) -> list[str]:
    """Return the options of the worker; processes of its own import the application, too."""
    given = list(arguments)
    name = current_app.import_name
    if any(one.partition("=")[0] == "--processes" for one in given) and name != "__main__":
        given += ["--import", name]
    return given
