"""``wait`` and ``watch``: one job until it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floorjobs.cli.exits import EXIT_NOT_SO, EXIT_OK
from floorjobs.cli.jobs import fits, says
from floorjobs.console import bar

if TYPE_CHECKING:
    import argparse

    from floorjobs.cli.output import Output
    from floorjobs.client import Client
    from floorjobs.models import Job


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    for name, about, run in (
        ("wait", "waits until a job has ended", _wait),
        ("watch", "shows the progress of a job until it has ended", _watch),
    ):
        following = commands.add_parser(name, parents=[common], help=about)
        following.add_argument("job_id", metavar="ID")
        following.add_argument(
            "--timeout", type=float, metavar="SECONDS", help="how long at most (default: for ever)"
        )
        following.set_defaults(run=run)


def _wait(client: Client, options: argparse.Namespace, out: Output) -> int:
    job = client.wait(options.job_id, options.timeout)
    if out.as_json:
        out.json(job.to_dict())
    else:
        out.line(_state(job))
    return ended(job)


def _watch(client: Client, options: argparse.Namespace, out: Output) -> int:
    return watch(client, options.job_id, options.timeout, out)


def watch(client: Client, job_id: str, timeout: float | None, out: Output) -> int:
    """Show each change of a job until it has ended; return the exit code that says how."""
    last = None
    for event in client.events(job_id, timeout=timeout):
        last = event.job
        if out.as_json:
            out.json(event.to_dict())
        elif out.is_terminal:
            out.redraw(_state(event.job))
        else:
            out.line(_state(event.job))
        out.flush()
    if out.is_terminal and not out.as_json:
        out.line("")
    return EXIT_NOT_SO if last is None else ended(last)


def ended(job: Job) -> int:
    """Return the exit code for how a job ended."""
    return EXIT_OK if job.status == "succeeded" and fits(job) else EXIT_NOT_SO


def _state(job: Job) -> str:
    text = f"{job.id} {job.status}"
    if job.status == "running" and job.progress is not None:
        return f"{bar(job.progress.fraction)} {text} {job.progress.stage}"
    return f"{text} {says(job)}".rstrip()
