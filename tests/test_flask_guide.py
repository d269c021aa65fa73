"""The guide for Flask: its two programs side by side, and each of its examples."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from floorjobs import handlers
from floorjobs.testing import inline, using

from support import PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    import floorjobs

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
GUIDE = (ROOT / "docs" / "flask.md").read_text()


def loaded(name: str) -> Flask:
    spec = importlib.util.spec_from_file_location(f"guide_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app: Flask = module.app
    return app


@pytest.fixture
def before() -> Flask:
    return loaded("before")


@pytest.fixture
def after(jobs: floorjobs.Client) -> Iterator[Flask]:
    app = loaded("after")
    with using(app, jobs):
        yield app
    handlers._registered.pop("report", None)


def upload(app: Flask, content: bytes | None, **headers: str) -> Any:
    data: dict[str, Any] = {} if content is None else {"file": (io.BytesIO(content), "plan.pdf")}
    return app.test_client().post("/api/v1/ingest", data=data, headers=headers)


def test_an_old_client_gets_what_it_got(
    before: Flask, after: Flask, jobs: floorjobs.Client
) -> None:
    old = upload(before, PLAN.read_bytes())
    with inline(jobs):
        new = upload(after, PLAN.read_bytes(), Prefer="wait=20")
        accepted = upload(after, PLAN.read_bytes())
    assert (old.status_code, new.status_code, accepted.status_code) == (200, 200, 202)
    told = new.get_json()
    for name, value in old.get_json().items():
        if name == "total_linear_pts":
            assert told[name] == pytest.approx(value)
        else:
            assert told[name] == value
    assert old.get_json()["total_wall_count"] > 0
    for app in (before, after):
        refused = upload(app, None)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "No file provided")


def test_a_report_is_the_same_written_in_a_job(
    before: Flask, after: Flask, jobs: floorjobs.Client
) -> None:
    wanted = {"title": "walls", "pages": 2}
    old = before.test_client().post("/api/v1/reports", json=wanted).get_json()
    with inline(jobs):
        accepted = after.test_client().post("/api/v1/reports", json=wanted)
        assert accepted.status_code == 202
        state = after.test_client().get(accepted.headers["Location"]).get_json()
    assert (state["status"], state["result"]) == ("succeeded", old)


def test_its_code_is_that_of_the_programs() -> None:
    programs = (EXAMPLES / "before.py").read_text() + (EXAMPLES / "after.py").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    shown = [block for block in blocks if not block.startswith("# ")]
    assert len(shown) >= 4
    for block in shown:
        assert block in programs, block


def test_its_tests_pass(tmp_path: Path) -> None:
    for name in ("conftest.py", "test_reports.py"):
        found = re.search(rf"^```python\n# {name}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
        assert found, name
        (tmp_path / name).write_text(found[1])
    shutil.copy(EXAMPLES / "after.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--rootdir", str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "2 passed" in done.stdout, done.stdout


def test_its_command_works_the_jobs_off(tmp_path: Path, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("report", {"title": "walls", "pages": 1})
    command = [sys.executable, "-m", "flask", "--app", "after", "floorjobs", "worker", "--drain"]
    assert "$ flask --app after floorjobs worker\n" in GUIDE
    settings = {"FLOORJOBS_DATABASE_URL": f"sqlite:///{tmp_path}/jobs.db"}
    done = subprocess.run(
        command,
        cwd=EXAMPLES,
        env={**os.environ, **settings},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert jobs.get(job.id).result == {"pages": ["page 1 of walls"]}


def test_it_names_every_route(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("floorjobs."):
            path = re.sub(r"<\w+>", "", rule.rule.removeprefix("/api/v1"))
            told = re.sub(r"<\w+>", "", GUIDE)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert f"`{method} {path}`" in told, rule
