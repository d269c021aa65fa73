"""``upload``: store a floor plan and the job that reads it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from floorjobs.cli import follow
from floorjobs.cli.exits import EXIT_OK

if TYPE_CHECKING:
    from floorjobs.cli.output import Output
    from floorjobs.client import Client
    from floorjobs.client.request import JobRequest


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command of this file."""
    upload = commands.add_parser(
        "upload", parents=[common], help="stores a PDF to be read by a worker"
    )
    upload.add_argument("file", metavar="FILE")
    upload.add_argument("--filename", help="the name to show for it (default: that of the file)")
    upload.add_argument("--project-id", type=int, metavar="N", help="the project it belongs to")
    upload.add_argument(
        "--page",
        type=int,
        metavar="N",
        help="the page to read, from 0 (default: the one that looks most like a plan)",
    )
    upload.add_argument("--queue", help="the queue to wait in (default: JOB_QUEUE_NAME, `default`)")
    upload.add_argument(
        "--priority", type=int, default=0, metavar="N", help="higher runs first (0)"
    )
    upload.add_argument("--unique-key", metavar="KEY", help="an ingest with it is not made twice")
    upload.add_argument(
        "--then",
        type=_following,
        action="append",
        default=[],
        metavar="KIND[=JSON]",
        help="a job to run after it, with its payload; may be given more than once",
    )
    upload.add_argument("--watch", action="store_true", help="show its progress until it has ended")
    upload.set_defaults(run=_upload, makes_store=True)


def _upload(client: Client, options: argparse.Namespace, out: Output) -> int:
    job, *then = client.ingest(
        options.file,
        filename=options.filename,
        project_id=options.project_id,
        page=options.page,
        queue=options.queue,
        priority=options.priority,
        unique_key=options.unique_key,
        then=options.then,
    )
    if out.as_json:
        out.json({**job.to_dict(), "then": [after.to_dict() for after in then]})
    else:
        out.line(f"{job.id} {job.status} floor plan {job.floorplan_id}")
        for after in then:
            out.line(f"{after.id} {after.status} {after.kind}, after it")
    out.flush()
    return follow.watch(client, job.id, None, out) if options.watch else EXIT_OK


def _following(text: str) -> JobRequest:
    kind, _, payload = text.partition("=")
    try:
        return {"kind": kind, "payload": json.loads(payload) if payload else None}
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"the payload of `{kind}` is not JSON: {error}") from error
