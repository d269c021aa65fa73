"""``flask floorjobs ...``: the command line and the worker on the application's own store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import floorjobs

APPLICATION = """\
from flask import Flask
import floorjobs
from floorjobs.flask import FloorJobs

app = Flask(__name__)
app.config.update(FLOORJOBS_DATABASE_URL="sqlite:///{database}", JOB_QUEUE_NAME="own")
FloorJobs(app)

@floorjobs.handler("greet")
def greet(ctx, payload):
    return "hello " + payload["name"]
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "hosting", "floorjobs", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def test_they_work_on_the_store_of_the_application(
    tmp_path: Path, database: Path, jobs: floorjobs.Client
) -> None:
    (tmp_path / "hosting.py").write_text(APPLICATION.format(database=database))
    job = jobs.enqueue("greet", {"name": "Asha"}, queue="own")
    listed = run(tmp_path, "list", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [one["job_id"] for one in json.loads(listed.stdout)["jobs"]] == [job.id]
    # Its handlers are there without --import, and its queue is the one that is served.
    worked = run(tmp_path, "worker", "--drain")
    assert worked.returncode == 0, worked.stderr
    assert jobs.get(job.id).result == "hello Asha"
    missing = run(tmp_path, "show", "01890000-0000-7000-8000-000000000000")
    assert missing.returncode == 66
    assert missing.stderr.startswith("not_found: ")


def test_several_processes_know_the_handlers_of_the_application(
    tmp_path: Path, database: Path, jobs: floorjobs.Client
) -> None:
    (tmp_path / "hosting.py").write_text(APPLICATION.format(database=database))
    made = [jobs.enqueue("greet", {"name": str(number)}, queue="own") for number in range(6)]
    done = run(tmp_path, "worker", "--processes", "2", "--drain")
    assert done.returncode == 0, done.stderr
    assert [jobs.get(job.id).result for job in made] == [f"hello {n}" for n in range(6)]


def test_help_names_the_program_as_it_was_called(tmp_path: Path, database: Path) -> None:
    (tmp_path / "hosting.py").write_text(APPLICATION.format(database=database))
    assert run(tmp_path, "--help").stdout.startswith("usage: flask floorjobs ")
    assert run(tmp_path, "worker", "--help").stdout.startswith("usage: flask floorjobs worker ")
    assert run(tmp_path).returncode == 2
