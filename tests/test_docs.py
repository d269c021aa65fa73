"""Every example in the README and the guide that can run, run as it is written.

The Python blocks of a document are one program; those that begin with ``# app/tasks.py`` are the
module that its worker imports, and a block that ends in ``return`` is the body of a Flask route.
Of the console blocks, the commands of this library are run, with ids of jobs in ``$JOB`` and
``$FAILED``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import floorjobs
from floorjobs.models import Outcome

from support import PLAN, worker

ROOT = Path(__file__).parent.parent
DOCUMENTS = ["README.md", "docs/jobs.md"]
TASKS = "# app/tasks.py\n"

# What a reader has around the examples of the README.
AROUND = """\
from flask import Flask, request
app = Flask("host")
"""
ROUTE = """
def upload():
    {body}

with app.app_context(), app.test_request_context(
    "/plans", method="POST", data={{"file": (open("plan.pdf", "rb"), "plan.pdf")}}
):
    assert upload().status_code == 202
"""


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def host_program(document: str) -> str:
    parts = [AROUND]
    for block in blocks(document, "python"):
        if block.startswith(TASKS):
            continue
        if re.search(r"^return ", block, re.MULTILINE):
            parts.append(ROUTE.format(body=block.replace("\n", "\n    ")))
        else:
            parts.append(block)
    return "\n".join(parts)


def tasks_module(document: str) -> str:
    return "\n".join(block for block in blocks(document, "python") if block.startswith(TASKS))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory as the examples have it: a plan, and no settings."""
    shutil.copy(PLAN, tmp_path / "plan.pdf")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_run(document: str, folder: Path) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "tasks.py").write_text(tasks_module(document))
    (folder / "example.py").write_text(host_program(document))
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    with worker("sqlite:///floorjobs.db", folder / "worker.log", "--import", "app.tasks") as tasks:
        done = subprocess.run(
            [sys.executable, "example.py"],
            capture_output=True,
            text=True,
            timeout=100,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, f"{done.stderr}\n{tasks.output()}"
    commands = [
        line.removeprefix("$ ")
        for block in blocks(document, "console")
        for line in block.splitlines()
        if line.startswith("$ python -m floorjobs")
    ]
    assert commands
    with floorjobs.connect("sqlite:///floorjobs.db") as jobs:
        environment["JOB"] = jobs.enqueue("thumbnail", {"page": 1}, queue="nowhere").id
        failed = jobs.enqueue("never", queue="nowhere")
        environment["FAILED"] = jobs.fail(jobs.hold(failed.id).id, "no").id
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for command in commands:
        # A worker would run for ever, and has nothing left to do.
        ending = " --drain" if "floorjobs.worker" in command else ""
        shell = ["bash", "-euc", command.partition("  #")[0] + ending]
        done = subprocess.run(
            shell, capture_output=True, text=True, timeout=60, env=environment, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_every_block_says_what_it_is() -> None:
    known = {"python", "console", "rust,ignore", "c", ""}
    for document in DOCUMENTS:
        fences = re.findall(r"^```(.*)$", (ROOT / document).read_text(), re.MULTILINE)
        assert len(fences) % 2 == 0
        assert set(fences[::2]) <= known
        assert set(fences[1::2]) == {""}
        compile(host_program(document), document, "exec")


def test_the_guide_names_every_reason_and_state() -> None:
    guide = (ROOT / "docs" / "jobs.md").read_text()
    source = (ROOT / "core" / "src" / "client" / "explain.rs").read_text()
    tags = set(re.findall(r'Reason::\w+ \{ \.\. \} => "(\w+)"', source)) - {"ended", "running"}
    assert len(tags) > 5
    for tag in tags:
        assert f"| `{tag}` |" in guide
    for outcome in get_args(Outcome):
        assert f"| {outcome} |" in guide
