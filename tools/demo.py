"""The whole path on this machine: upload a plan, follow its job, lay out rooms in it, price them.

Starts the Flask application of `examples/` and a worker on a database in a temporary folder, and
stops both at the end. With ``--serve`` they run on until Ctrl-C, for a browser.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floorjobs.console import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "tests" / "data" / "plans" / "d02_resplan_idx10_double_heavy_rsvg_rc4.pdf"
PROMPT = "2 offices and a toilet"
# Not with the database: it stays when the rest is gone.
PICTURES = ROOT / "target" / "demo"

START_LIMIT_S = 30
JOB_LIMIT_S = 120


def main() -> int:
    """Run the demonstration and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("plan", nargs="?", type=Path, default=PLAN, help="a floor plan as PDF")
    parser.add_argument("--serve", action="store_true", help="keep running, for a browser")
    parser.add_argument("--port", type=int, default=0, help="by default one that is free")
    options = parser.parse_args()
    if not options.plan.is_file():
        print(f"there is no file {options.plan}", file=sys.stderr)
        return 2
    # An end by SIGTERM stops what was started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floorjobs-demo-")))
        port = options.port or free_port()
        url = f"http://127.0.0.1:{port}"
        running = stack.enter_context(started(folder, port))
        wait_for(lambda: answers(f"{url}/health"), START_LIMIT_S, running, "the application")
        if options.serve:
            return serve(url, running)
        return show(url, options.plan, running)


def show(url: str, plan: Path, running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Upload the plan, follow its job, and print what was found."""
    print(f"POST {url}/api/v1/ingest  file={plan.name} ({plan.stat().st_size:,} bytes)")
    begun = time.perf_counter()
    try:
        answer = upload(f"{url}/api/v1/ingest", plan)
    except urllib.error.HTTPError as error:
        print(f"{error.code} {error.reason}\n{error.read().decode()}", file=sys.stderr)
        return 1
    took = (time.perf_counter() - begun) * 1000
    accepted = json.load(answer)
    print(
        f"{answer.status} {answer.reason} in {took:.0f} ms\nLocation: {answer.headers['Location']}"
    )
    print(json.dumps(accepted, indent=2))

    job = follow(url + accepted["status_url"], running)
    if job["status"] != "succeeded":
        print(f"{job['status']}: {job['error_code']}: {job['error_message']}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    show_plan(url, accepted["pdf_id"], plan.stem)
    print(f"time    {seconds(job) * 1000:.0f} ms in the worker")
    return design(url, accepted["pdf_id"], plan.stem, running)


def show_plan(url: str, plan_id: int, name: str) -> None:
    """Print what was read, and store its picture."""
    found = fetch(f"{url}/api/v1/floorplans/{plan_id}")
    scale = found["plan"]["scale"]
    metres = f" ({found['total_linear_pts'] * scale['mm_per_pt'] / 1000:.1f} m)" if scale else ""
    print(f"walls   {found['total_wall_count']}")
    print(f"length  {found['total_linear_pts']:,.1f} pt{metres}")
    print(f"rooms   {len(found['plan']['rooms'])}")
    print(f"picture {stored(f'{url}/api/v1/floorplans/{plan_id}.svg', f'{name}.svg')}")


def design(url: str, plan_id: int, name: str, running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Have rooms laid out in the plan, and print what they cost."""
    body = {"floorplan_id": plan_id, "prompt": PROMPT}
    print(f"\nPOST {url}/api/v1/generate  {json.dumps(body)}")
    accepted = json.load(post_json(f"{url}/api/v1/generate", body))
    job = follow(url + accepted["status_url"], running)
    if job["status"] != "succeeded":
        print(f"{job['status']}: {job['error_code']}: {job['error_message']}", file=sys.stderr)
        return 1
    if job["bom_id"] is None:
        told = job["result"]["answer"]["infeasibility"]
        print(f"no layout: {told['message']}\nit would help: {'; or '.join(told['remedies'])}")
        return 0
    bill = fetch(f"{url}/api/v1/boms/{job['bom_id']}")
    layout = f"{url}/api/v1/layouts/{bill['layout_id']}"
    for room in fetch(layout)["layout"]["rooms"]:
        print(f"{room['name']:<24} {float(room['area_sqm']):6.1f} m²")
    print()
    for one in bill["categories"]:
        print(f"{one['category']:<24} {one['amount_inr']:>14}")
    print(f"{'total, INR':<24} {bill['total_cost_inr']:>14}  ({len(bill['line_items'])} lines)")
    if bill["sample_rates"]:
        print("the rates are samples and no offer")
    print(f"time    {seconds(job) * 1000:.0f} ms in the worker")
    print(f"picture {stored(f'{layout}.svg', f'{name}-layout.svg')}")
    book = stored(f"{url}/api/v1/boms/{bill['id']}.xlsx", f"{name}-bill.xlsx")
    print(f"bill    {book}")
    return 0


def seconds(job: dict[str, Any]) -> float:
    """Return how long the worker took for a job."""
    return (moment(job["finished_at"]) - moment(job["started_at"])).total_seconds()


def stored(url: str, name: str) -> Path:
    """Store what is at an address beside the other pictures."""
    path = PICTURES / name
    with urllib.request.urlopen(url, timeout=30) as answer:
        path.write_bytes(answer.read())
    return path


def serve(url: str, running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait for Ctrl-C, or for one of the programs to end."""
    print(f"open {url}/ in a browser; Ctrl-C ends it")
    with contextlib.suppress(KeyboardInterrupt):
        running["the application"].wait()
        print("the application has ended", file=sys.stderr)
        return 1
    return 0


def follow(url: str, running: dict[str, subprocess.Popen[bytes]]) -> dict[str, Any]:
    """Ask for the job until it has ended, with a progress bar."""
    job: dict[str, Any] = {}
    shown = ""

    def ended() -> bool:
        nonlocal job, shown
        job = fetch(url)
        progress = job["progress"] or {"fraction": 0.0, "stage": ""}
        line = f"{bar(progress['fraction'])} {job['status']} {progress['stage']}"
        if line != shown:
            shown = line
            if sys.stdout.isatty():
                print(f"\r\x1b[2K{line}", end="", flush=True)
            else:
                print(line)
        return job["status"] not in ("queued", "running")

    try:
        wait_for(ended, JOB_LIMIT_S, running, "the job")
    finally:
        if sys.stdout.isatty():
            print()
    return job


@contextlib.contextmanager
def started(folder: Path, port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start the application and a worker, and stop them."""
    settings = {**os.environ, "FLOORJOBS_DATABASE_URL": f"sqlite:///{folder}/jobs.db"}
    application = [sys.executable, "-m", "gunicorn", "--threads", "4", "--chdir"]
    application += [str(ROOT / "examples"), "--bind", f"127.0.0.1:{port}", "flask_app:app"]
    commands = {
        "the application": application,
        "the worker": [sys.executable, "-m", "floorjobs.worker"],
    }
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                # In a group of its own, so that Ctrl-C reaches this program and no other.
                running[name] = subprocess.Popen(
                    command, env=settings, stdout=log, stderr=log, start_new_session=True
                )
        yield running
    except Exception:
        for name in running:
            log_text = (folder / f"{name}.log").read_text()
            print(f"--- {name} said:\n{log_text}", file=sys.stderr)
        raise
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()


def wait_for(
    condition: Callable[[], bool],
    seconds: float,
    running: dict[str, subprocess.Popen[bytes]],
    what: str,
) -> None:
    """Return as soon as the condition holds; fail when the time is up or a program has ended."""
    deadline = time.monotonic() + seconds
    while not condition():
        for name, process in running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} has ended with code {process.returncode}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} was not ready within {seconds} s")
        time.sleep(0.05)  # between two looks at the condition


def answers(url: str) -> bool:
    """Return whether a server answers well."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def fetch(url: str) -> dict[str, Any]:
    """Return the JSON object at an address."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: dict[str, Any] = json.load(answer)
        return body


def upload(url: str, plan: Path) -> HTTPResponse:
    """Post a file as a browser's form does."""
    head = (
        "--boundary\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{plan.name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + plan.read_bytes() + b"\r\n--boundary--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=boundary"}
    answer: HTTPResponse = urllib.request.urlopen(
        urllib.request.Request(url, body, headers), timeout=60
    )
    return answer


def post_json(url: str, body: dict[str, Any]) -> HTTPResponse:
    """Post a JSON object."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=60)
    return answer


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def moment(text: str) -> datetime:
    """Return the time that an RFC 3339 text names."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


if __name__ == "__main__":
    sys.exit(main())
