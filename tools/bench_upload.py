"""How long `POST /ingest` of a 1 MB plan holds a request, with the worker idle and busy.

The time is the server's: from the first byte of the request in the application to its answer,
over an application in this process. Beside it stands what the disk alone takes to make the same
bytes durable, so that figures of one machine can be compared with those of another.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

import floorjobs
from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Path(__file__).resolve().parent.parent / "tests" / "data" / "plans"
MEGABYTE = 1 << 20


def upload_of(plan: bytes, number: int) -> bytes:
    """Return the plan as a file of 1 MB that no other upload equals."""
    comment = b"\n%% upload %d " % number
    return plan + comment + b"." * (MEGABYTE - len(plan) - len(comment))


def timed(action: Callable[[], object]) -> float:
    """Return how many milliseconds the action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1_000


def durable_write(folder: Path, number: int, content: bytes) -> None:
    """Write a file as a blob is written: content, file and folder synced."""
    path = folder / f"bare-{number}"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.write(descriptor, content)
    os.fsync(descriptor)
    os.close(descriptor)
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


@contextlib.contextmanager
def worker(database_url: str) -> Iterator[None]:
    """Run a worker process until the end of the block."""
    command = [sys.executable, "-m", "floorjobs.worker", "--database-url", database_url]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def posts(app: Flask, plan: bytes, first: int, count: int) -> list[float]:
    """Return the times of uploads, one after the other."""
    client = app.test_client()

    def post(number: int) -> float:
        body = {"file": (io.BytesIO(upload_of(plan, number)), "plan.pdf")}
        # The body is encoded before the clock runs: that is the caller's work, not the server's.
        builder = client._request_from_builder_args(  # noqa: SLF001
            ("/api/v1/ingest",), {"method": "POST", "data": body}
        )
        answers = []
        took = timed(lambda: answers.append(client.open(builder)))
        if answers[0].status_code != 202:
            sys.exit(f"the upload was answered with {answers[0].status_code}")
        return took

    return [post(first + number) for number in range(count)]


def row(name: str, times: list[float], base: float) -> str:
    """Return one line of the table."""
    times = sorted(times)
    median = statistics.median(times)
    p95 = times[int(len(times) * 0.95)]
    return f"{name:<34}{median:>10.2f}{p95:>10.2f}{times[-1]:>10.2f}{median / base:>10.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=200, help="uploads per line of the table")
    count = parser.parse_args().uploads
    plan = max(PLANS.glob("*.pdf"), key=lambda path: path.stat().st_size).read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/jobs.db"
        app = Flask("bench")
        app.config["FLOORJOBS_DATABASE_URL"] = url
        FloorJobs(app)
        posts(app, plan, 0, 5)
        bare = [
            timed(lambda n=n: durable_write(folder, n, upload_of(plan, n))) for n in range(count)
        ]
        alone = posts(app, plan, 1_000, count)
        jobs = floorjobs.connect(url)
        with worker(url):
            # Enough to keep it busy for as long as the uploads take, and what they add.
            for number in range(count):
                jobs.ingest(upload_of(plan, 1_000_000 + number))
            busy = posts(app, plan, 10_000, count)
    base = statistics.median(bare)
    print(f"POST /ingest of {MEGABYTE} bytes, {count} each, in ms")
    print(f"{'':<34}{'median':>10}{'p95':>10}{'max':>10}{'ratio':>10}")
    print(row("the same bytes, written and synced", bare, base))
    print(row("no worker", alone, base))
    print(row("worker busy", busy, base))


if __name__ == "__main__":
    main()
