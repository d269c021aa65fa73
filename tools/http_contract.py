"""Tries the HTTP routes against their own OpenAPI document, with schemathesis.

A server is started on a store with jobs of every state in it; schemathesis asks it everything the
document allows and much that it does not. Any server error, and any answer that is not as the
document says, fails. Schemathesis has an environment of its own in ``target/http-contract``.

    python tools/http_contract.py [--examples 20] [--seconds 600] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

import floorjobs

ROOT = Path(__file__).parent.parent
ENVIRONMENT = ROOT / "target" / "http-contract"
REQUIREMENT = "schemathesis==4.32.5"
PLAN = ROOT / "tests" / "data" / "plans" / "d34_procthor_016_stroke_reportlab.pdf"

APPLICATION = """\
from flask import Flask
from floorjobs.flask import FloorJobs

app = Flask(__name__)
app.config.update(MAX_CONTENT_LENGTH=1 << 20, FLOORJOBS_EVENTS=1)
FloorJobs(app)
"""

# A document that is acceptable in each of its fields need not make sense as a whole.
LEFT_OUT = "positive_data_acceptance"


def main() -> int:
    """Run the checks, and return their exit code."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = prepared(f"sqlite:///{folder}/jobs.db", folder)
        port = free_port()
        url = f"http://127.0.0.1:{port}/api/v1"
        server = serving(folder, port)
        try:
            wait_for(f"{url}/health", server)
            command = [str(schemathesis()), "--config-file", str(config), "run"]
            command += [f"{url}/openapi.json", "--url", url, "--checks", "all"]
            command += ["--exclude-checks", LEFT_OUT, "--seed", str(options.seed)]
            command += ["--max-examples", str(options.examples), "--request-timeout", "120"]
            # How fast it answers on a busy machine is not what is tried here.
            command += ["--max-failures", "20", "--max-response-time", "120"]
            code = subprocess.run(
                command, cwd=folder, timeout=options.seconds, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            print(f"not done within {options.seconds} s", file=sys.stderr)
            code = 1
        finally:
            server.terminate()
            server.wait()
        log = (folder / "server.log").read_text()
        if code != 0 or "Traceback" in log:
            print(f"--- the server said:\n{log[-5000:]}", file=sys.stderr)
            code = code or 1
    return code


def prepared(database_url: str, folder: Path) -> Path:
    """Store jobs of every state, and return the settings that name them."""
    site = {"perimeter_mm": [[0, 0], [9000, 0], [9000, 8000], [0, 8000]]}
    with floorjobs.connect(database_url) as jobs:
        jobs.run_here(jobs.ingest(PLAN).id)
        laid_out = jobs.run_here(jobs.generate(site=site, prompt="2 offices", alternatives=1).id)
        if laid_out.status != "succeeded" or laid_out.bom_id is None:
            raise RuntimeError(f"the store could not be filled: {laid_out}")
        failed = jobs.enqueue("thumbnail", {"page": 1})
        jobs.fail(jobs.hold(failed.id).id, "the disk is full")
        jobs.cancel(jobs.enqueue("thumbnail", delay=60).id)
        jobs.enqueue("thumbnail", delay=60)
        ids = [job.id for job in jobs.list()]
    config = folder / "schemathesis.toml"
    config.write_text(
        f"[parameters]\n"
        f"job_id = {ids}\n"
        f"pdf_id = 1\nplan = 1\nlayout = 1\nbom = 1\n"
        # Nobody works here, so that waiting only takes time.
        f'Prefer = "wait=0"\n'
        # A stream of events is read to its end, which is 25 s away for a job that waits.
        f'[[operations]]\ninclude-path = "/jobs/{{job_id}}/events"\n'
        f'parameters = {{ job_id = "{failed.id}" }}\n'
    )
    return config


def serving(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the application on the store."""
    (folder / "contract_app.py").write_text(APPLICATION)
    settings = {**os.environ, "FLOORJOBS_DATABASE_URL": f"sqlite:///{folder}/jobs.db"}
    command = [sys.executable, "-m", "gunicorn", "--threads", "4", "--chdir", str(folder)]
    command += ["--bind", f"127.0.0.1:{port}", "contract_app:app"]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command, env=settings, stdout=log, stderr=log, start_new_session=True
        )


def schemathesis() -> Path:
    """Return the program, installed where that is needed."""
    ready = ENVIRONMENT / ".ready"
    if not ready.exists() or ready.read_text() != REQUIREMENT:
        print(f"installing {REQUIREMENT} into {ENVIRONMENT}", file=sys.stderr)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", REQUIREMENT], check=True)
        ready.write_text(REQUIREMENT)
    return ENVIRONMENT / "bin" / "schemathesis"


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
        time.sleep(0.05)  # between two tries


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Tries the HTTP routes with schemathesis.")
    parser.add_argument("--examples", type=int, default=20, help="per route and way of trying")
    parser.add_argument("--seconds", type=float, default=600, help="how long it may take")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
