"""Many clients at once against the HTTP routes: no job may be lost, and memory stays flat.

Starts gunicorn with threads and a worker on a database in a temporary folder. Each client uploads
a plan, asks for its job until it has ended, and begins again. At the end every job that was
acknowledged must have succeeded, the database must hold these and no others, and no process may
have grown since it was warm.

    python tools/load_http.py [--clients 200] [--seconds 120]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import floorjobs

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PLANS = ROOT / "tests" / "data" / "plans"
PLAN = PLANS / "d08_schependomlaan_01eersteverdieping_poche_rects_raw_nested_rot90-crop.pdf"
BOUNDARY = "loadloadload"
ASK_S = 0.5
LOOK_S = 1.0
# What a process may grow by between its second and its last quarter of the time. Allocators and
# caches breathe; a leak of 1 KiB per request would be far more.
MAX_GROWTH = 0.10
MAX_GROWTH_BYTES = 16 << 20

APPLICATION = """\
from flask import Flask
from floorjobs.flask import FloorJobs

app = Flask(__name__)
FloorJobs(app)
"""


@dataclass
class Tally:
    """What the clients have seen."""

    accepted: list[str] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    upload_s: list[float] = field(default_factory=list)
    ask_s: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


def main() -> int:
    """Run the load, and return 0 if nothing was lost and nothing grew."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/jobs.db"
        port = free_port()
        processes = started(folder, url, port)
        try:
            tally, memory = asyncio.run(load(port, processes, options))
        finally:
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                process.wait()
        return judged(url, tally, memory, options)


async def load(
    port: int, processes: dict[str, subprocess.Popen[bytes]], options: argparse.Namespace
) -> tuple[Tally, dict[str, list[int]]]:
    """Let the clients work for the time, and watch the processes meanwhile."""
    tally, memory = Tally(), {}  # type: Tally, dict[str, list[int]]
    until = time.monotonic() + options.seconds
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n'
    )
    plan = PLAN.read_bytes()

    def body(number: int, count: int) -> bytes:
        # No two files are the same, or they would be stored once.
        return head.encode() + plan + f"\n%{number}-{count}\r\n--{BOUNDARY}--\r\n".encode()

    async def watch() -> None:
        while time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
            for label, pid in pids(processes).items():
                memory.setdefault(label, []).append(resident(pid))

    clients = [
        client(port, partial(body, number), until, tally) for number in range(options.clients)
    ]
    await asyncio.gather(watch(), *clients)
    return tally, memory


async def client(port: int, body: Callable[[int], bytes], until: float, tally: Tally) -> None:
    """Upload and ask until the time is up, and then for what is still under way."""
    form = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    count = 0
    while time.monotonic() < until:
        count += 1
        begun = time.monotonic()
        status, accepted = await ask(port, "POST", "/api/v1/ingest", form, body(count))
        tally.upload_s.append(time.monotonic() - begun)
        if status != 202:
            tally.unanswered.append(f"POST: {status} {accepted}")
            continue
        job_id = accepted["job_id"]
        tally.accepted.append(job_id)
        tag = ""
        while True:
            begun = time.monotonic()
            known = {"If-None-Match": tag} if tag else {}
            status, job = await ask(port, "GET", f"/api/v1/jobs/{job_id}", known)
            tally.ask_s.append(time.monotonic() - begun)
            if status == 200:
                tag = job["etag"]
                if job["status"] not in ("queued", "running"):
                    tally.ended[job_id] = job["status"]
                    break
            elif status != 304:
                tally.unanswered.append(f"GET: {status} {job}")
            await asyncio.sleep(ASK_S)


async def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, Any]:
    """Send one request, and return status and body of the answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"{method} {path} HTTP/1.1", "Host: load", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        await writer.wait_closed()
    except (OSError, asyncio.TimeoutError) as error:
        return 0, repr(error)
    head, _, content = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    told = json.loads(content) if content else {}
    for line in head.decode().splitlines():
        if line.lower().startswith("etag:"):
            told["etag"] = line.partition(":")[2].strip()
    return status, told


def judged(
    url: str, tally: Tally, memory: dict[str, list[int]], options: argparse.Namespace
) -> int:
    """Say what came of it, and return the exit code."""
    with floorjobs.connect(url) as jobs:
        stored: set[str] = set()
        page = jobs.page(limit=1000)
        stored.update(job.id for job in page.jobs)
        while page.next is not None:
            page = jobs.page(limit=1000, before=page.next)
            stored.update(job.id for job in page.jobs)
    lost = [job_id for job_id in tally.accepted if tally.ended.get(job_id) != "succeeded"]
    others = stored - set(tally.accepted)
    print(f"{options.clients} clients, {options.seconds:g} s")
    print(f"uploads  {len(tally.accepted)} accepted, {timing(tally.upload_s)}")
    print(f"asked    {len(tally.ask_s)} times, {timing(tally.ask_s)}")
    print(f"lost     {len(lost)}; without an answer {len(tally.unanswered)}; others {len(others)}")
    for problem in tally.unanswered[:5]:
        print(f"         {problem}")
    grown = False
    for label, seen in sorted(memory.items()):
        quarter = max(1, len(seen) // 4)
        warm = statistics.median(seen[quarter : 2 * quarter] or seen)
        last = statistics.median(seen[-quarter:])
        grows = last - warm > max(MAX_GROWTH * warm, MAX_GROWTH_BYTES)
        grown = grown or grows
        print(
            f"memory   {label}: {warm / (1 << 20):.1f} MiB warm, {last / (1 << 20):.1f} MiB at the "
            f"end{', which is growth' if grows else ''}"
        )
    return 1 if lost or others or tally.unanswered or grown or not tally.accepted else 0


def timing(seconds: list[float]) -> str:
    """Return how long something took, for most and for nearly all."""
    if not seconds:
        return "never"
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"median {statistics.median(ordered) * 1000:.0f} ms, 99 % within {late * 1000:.0f} ms"


def started(folder: Path, url: str, port: int) -> dict[str, subprocess.Popen[bytes]]:
    """Start server and worker, and return when both serve."""
    (folder / "load_app.py").write_text(APPLICATION)
    settings = {**os.environ, "FLOORJOBS_DATABASE_URL": url}
    server = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "8"]
    server += ["--backlog", "2048", "--chdir", str(folder)]
    server += ["--bind", f"127.0.0.1:{port}", "load_app:app"]
    commands = {"server": server, "worker": [sys.executable, "-m", "floorjobs.worker"]}
    running = {}
    for name, command in commands.items():
        with (folder / f"{name}.log").open("wb") as log:
            running[name] = subprocess.Popen(
                command, env=settings, stdout=log, stderr=log, start_new_session=True
            )
    deadline = time.monotonic() + 30
    logs = {"server": "Booting worker", "worker": " started "}
    while not all(text in (folder / f"{name}.log").read_text() for name, text in logs.items()):
        if time.monotonic() > deadline:
            raise TimeoutError("server and worker are not ready")
        time.sleep(0.05)  # between two looks at the logs
    return running


def pids(processes: dict[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    """Return the processes that answer, and the worker."""
    master = processes["server"].pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    found = {f"server {number}": int(pid) for number, pid in enumerate(sorted(children, key=int))}
    return {**found, "worker": processes["worker"].pid}


def resident(pid: int) -> int:
    """Return how many bytes of a process are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Many clients at once against the HTTP routes.")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    return parser


if __name__ == "__main__":
    sys.exit(main())
