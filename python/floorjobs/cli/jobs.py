"""``list``, ``show``, ``retry``, ``cancel``: jobs one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from floorjobs.cli.exits import EXIT_OK, refused
from floorjobs.cli.output import Output, ago, counted, duration, moment, shortened, size
from floorjobs.exceptions import InvalidStateError, NotFoundError
from floorjobs.models import Status

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from floorjobs.client import Client
    from floorjobs.models import Attempt, Job

_MOST_SHOWN = 2_000


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    listing = commands.add_parser("list", parents=[common], help="the newest jobs")
    listing.add_argument(
        "--status",
        action="append",
        choices=get_args(Status),
        help="only jobs in this state; may be given more than once",
    )
    listing.add_argument("--kind", help="only jobs of this kind")
    listing.add_argument("--queue", help="only jobs of this queue")
    listing.add_argument("--floorplan", type=int, metavar="ID", help="only jobs about this plan")
    listing.add_argument("--unique-key", metavar="KEY", help="only jobs with this key")
    listing.add_argument("--before", metavar="ID", help="only older jobs than this one")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many (20)")
    listing.set_defaults(run=_list)

    showing = commands.add_parser(
        "show", parents=[common], help="a job, its attempts, and why it waits"
    )
    showing.add_argument("job_id", metavar="ID")
    showing.set_defaults(run=_show)

    for name, about, run in (
        ("retry", "queues failed and cancelled jobs again", _retry),
        ("cancel", "cancels jobs, running ones by request", _cancel),
    ):
        changing = commands.add_parser(name, parents=[common], help=about)
        changing.add_argument("job_ids", metavar="ID", nargs="+")
        changing.set_defaults(run=run)


def _list(client: Client, options: argparse.Namespace, out: Output) -> int:
    page = client.page(
        status=options.status,
        kind=options.kind,
        queue=options.queue,
        floorplan_id=options.floorplan,
        unique_key=options.unique_key,
        before=options.before,
        limit=options.limit,
    )
    if out.as_json:
        out.json(page.to_dict())
        return EXIT_OK
    out.table(
        ("ID", "KIND", "QUEUE", "STATUS", "ATTEMPT", "AGE", "SAYS"),
        [
            (
                job.id,
                job.kind,
                job.queue,
                job.status,
                str(job.attempt),
                ago(job.created_at),
                shortened(says(job), 60),
            )
            for job in page.jobs
        ],
    )
    if page.next is not None:
        out.line(f"older ones: --before {page.next}")
    return EXIT_OK


def _show(client: Client, options: argparse.Namespace, out: Output) -> int:
    job = client.get(options.job_id)
    attempts = client.attempts(job.id)
    explanation = client.explain(job.id)
    estimate = client.estimate(job.id)
    if out.as_json:
        out.json(
            {
                **job.to_dict(),
                "attempts": [attempt.to_dict() for attempt in attempts],
                "explanation": explanation.to_dict(),
                "estimate": None if estimate is None else estimate.to_dict(),
            }
        )
        return EXIT_OK
    out.fields(_facts(job))
    out.line("")
    out.line(explanation.sentence)
    if estimate is not None and job.status == "queued":
        out.line(
            f"It will probably start at {moment(estimate.start_at)} and end at "
            f"{moment(estimate.end_at)}, as {estimate.samples} earlier runs tell."
        )
    if attempts:
        out.line("")
        out.table(
            ("ATTEMPT", "OUTCOME", "STARTED", "TOOK", "CPU", "MEMORY", "WORKER", "ERROR"),
            [_attempt_row(attempt) for attempt in attempts],
        )
    if job.error is not None and job.error.causes:
        out.line("")
        for cause in job.error.causes:
            out.line(f"caused by: {cause}")
    # That of a cancelled attempt tells where its handler noticed, which is no error.
    failed = [attempt for attempt in attempts if attempt.trace and attempt.outcome != "cancelled"]
    if failed:
        # The newest of them; if the job has an error, it is that of the job.
        out.line("")
        out.line(f"attempt {failed[-1].number} failed at:")
        for line in (failed[-1].trace or "").splitlines():
            out.line(line)
    return EXIT_OK


def _facts(job: Job) -> list[tuple[str, str | None]]:
    def counted(number: int) -> str | None:
        return str(number) if number else None

    return [
        ("id", job.id),
        ("kind", job.kind),
        ("status", job.status),
        ("queue", job.queue),
        ("priority", counted(job.priority)),
        ("created", moment(job.created_at)),
        ("runs from", moment(job.run_at) if job.status == "queued" else None),
        ("started", moment(job.started_at)),
        ("finished", moment(job.finished_at)),
        ("unique key", job.unique_key),
        ("request", job.request_id),
        ("waits for", counted(job.waiting_for)),
        ("errors", counted(job.errors)),
        ("crashes", counted(job.crashes)),
        ("interruptions", counted(job.interruptions)),
        ("progress", says(job) if job.status == "running" else None),
        ("stalled", moment(job.stalled_since)),
        ("floor plan", None if job.floorplan_id is None else str(job.floorplan_id)),
        ("payload", _json(job.payload)),
        ("checkpoint", _json(job.checkpoint)),
        ("result", _json(job.result)),
        ("result ref", _json(job.result_ref)),
        ("error", None if job.error is None else f"{job.error.code}: {job.error.message}"),
    ]


def _attempt_row(attempt: Attempt) -> tuple[str, ...]:
    took = ""
    if attempt.finished_at is not None:
        took = duration((attempt.finished_at - attempt.started_at).total_seconds())
    cpu, memory, error = attempt.cpu_seconds, attempt.peak_memory_bytes, attempt.error
    return (
        str(attempt.number),
        attempt.outcome or "running",
        moment(attempt.started_at) or "",
        took,
        "" if cpu is None else f"{cpu:.2f} s",
        "" if memory is None else size(memory),
        f"{attempt.host}:{attempt.pid}",
        "" if error is None else f"{error.code}: {error.message}",
    )


def _retry(client: Client, options: argparse.Namespace, out: Output) -> int:
    return _change(client.retry, options, out)


def _cancel(client: Client, options: argparse.Namespace, out: Output) -> int:
    return _change(client.cancel, options, out)


def _change(change: Callable[[str], Job], options: argparse.Namespace, out: Output) -> int:
    code = EXIT_OK
    for job_id in options.job_ids:
        try:
            job = change(job_id)
        except (NotFoundError, InvalidStateError) as error:
            # The others are changed all the same.
            ended = refused(error.code, str(error), error.field, as_json=out.as_json)
            code = code or ended
            continue
        if out.as_json:
            out.json(job.to_dict())
        else:
            asked = ", asked to stop" if job.cancel_requested and not job.is_ended else ""
            out.line(f"{job.id} {job.status}{asked}")
    return code


def says(job: Job) -> str:
    """Return what there is to say about a job beside its status."""
    if job.error is not None:
        return f"{job.error.code}: {job.error.message}"
    if job.status == "running" and job.progress is not None:
        message = f", {job.progress.message}" if job.progress.message else ""
        return f"{job.progress.fraction:.0%} {job.progress.stage}{message}"
    if job.status == "succeeded":
        return _came_to(job)
    if job.status == "queued" and job.waiting_for:
        return f"waits for {counted(job.waiting_for, 'job')}"
    return ""


def fits(job: Job) -> bool:
    """Whether the job is none that found that what was asked for does not fit."""
    result = job.result if job.kind == "generate" else None
    return not isinstance(result, dict) or result.get("success") is not False


def _came_to(job: Job) -> str:
    """Return by which names what a native kind made is found, or why there is nothing."""
    if job.kind == "ingest" and job.floorplan_id is not None:
        return f"floor plan {job.floorplan_id}"
    if job.kind not in ("generate", "price") or not isinstance(job.result, dict):
        return ""
    if not fits(job):
        told = (job.result.get("answer") or {}).get("infeasibility") or {}
        return f"infeasible: {told.get('message', 'no layout was found')}"
    layout = job.result.get("layout_id")
    made = [] if layout is None else [f"layout {layout}"]
    return ", ".join(made if job.bom_id is None else [*made, f"bill {job.bom_id}"])


def _json(value: Any) -> str | None:  # noqa: ANN401, as it is any JSON
    if value is None or value == {}:
        return None
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… (--json has all of it)"
