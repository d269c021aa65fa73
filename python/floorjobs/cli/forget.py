"""``prune``: forgetting what nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floorjobs.cli.exits import EXIT_OK
from floorjobs.options import add_retention, retention_of

if TYPE_CHECKING:
    import argparse

    from floorjobs.cli.output import Output
    from floorjobs.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command of this file."""
    prune = commands.add_parser(
        "prune", parents=[common], help="deletes jobs that ended long ago, and unnamed files"
    )
    add_retention(prune, "--")
    prune.set_defaults(run=_prune)


def _prune(client: Client, options: argparse.Namespace, out: Output) -> int:
    jobs = client.prune(retention_of(options))
    swept = client.sweep()
    if out.as_json:
        out.json({"jobs": jobs, **swept.to_dict()})
    else:
        out.line(
            f"{jobs} jobs deleted, {swept.blobs} files and {swept.unfinished} unfinished ones "
            "removed"
        )
    return EXIT_OK
