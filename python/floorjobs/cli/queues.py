"""``stats``, ``pause``, ``resume``: queues as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floorjobs.cli.exits import EXIT_OK
from floorjobs.cli.output import Output, ago, moment

if TYPE_CHECKING:
    import argparse

    from floorjobs.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    stats = commands.add_parser("stats", parents=[common], help="what each queue holds")
    stats.set_defaults(run=_stats)
    for name, about in (
        ("pause", "lets no more jobs of queues start; those that run go on"),
        ("resume", "lets jobs of queues start again"),
    ):
        changing = commands.add_parser(name, parents=[common], help=about)
        changing.add_argument("queues", metavar="QUEUE", nargs="+")
        changing.set_defaults(run=_change, change=name)


def _stats(client: Client, options: argparse.Namespace, out: Output) -> int:  # noqa: ARG001
    queues = client.stats()
    if out.as_json:
        out.json([queue.to_dict() for queue in queues])
        return EXIT_OK
    head = "QUEUE READY DELAYED BLOCKED RUNNING SUCCEEDED FAILED CANCELLED OLDEST PAUSED"
    out.table(
        head.split(),
        [
            (
                queue.queue,
                str(queue.ready),
                str(queue.delayed),
                str(queue.blocked),
                str(queue.running),
                str(queue.succeeded),
                str(queue.failed),
                str(queue.cancelled),
                ago(queue.oldest_ready),
                "" if queue.paused_since is None else f"since {moment(queue.paused_since)}",
            )
            for queue in queues
        ],
    )
    return EXIT_OK


def _change(client: Client, options: argparse.Namespace, out: Output) -> int:
    for queue in options.queues:
        if options.change == "pause":
            client.pause(queue)
        else:
            client.resume(queue)
    paused = client.paused()
    if out.as_json:
        out.json({"paused": list(paused)})
    else:
        for queue in options.queues:
            since = paused.get(queue)
            state = "runs" if since is None else f"is paused since {moment(since)}"
            out.line(f"{queue} {state}")
    return EXIT_OK
