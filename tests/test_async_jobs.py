"""The older application's checks: a job's life in the repository, and a worker of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import floorjobs
from floorjobs import compat

from support import HOSTILE, PLAN, PLANS, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.fixture
def _compat(jobs: floorjobs.Client) -> Iterator[None]:
    compat.use_client(jobs)
    yield
    compat.use_client(None)


@pytest.mark.usefixtures("_compat")
def test_job_repository_lifecycle(jobs: floorjobs.Client) -> None:
    plan_id = jobs.ingest(PLAN).floorplan_id
    assert plan_id is not None
    job = compat.create_job("generate", {"prompt": "a clinic"}, floorplan_id=plan_id)
    assert job["status"] == "queued"
    assert json.loads(job["payload"]) == {"prompt": "a clinic"}
    assert (job["started_at"], job["finished_at"], job["result_ref"]) == (None, None, None)

    assert compat.mark_job_running(job["id"])
    running = compat.get_job_by_id(job["id"])
    assert running is not None
    assert (running["status"], running["started_at"] is not None) == ("running", True)
    with pytest.raises(floorjobs.InvalidStateError):
        compat.mark_job_running(job["id"])

    reference = {"result_type": "bom", "result_id": 3, "success": True, "iterations_used": 1}
    assert compat.mark_job_succeeded(job["id"], reference)
    ended = compat.get_job_by_id(job["id"])
    assert ended is not None
    assert (ended["status"], ended["result_ref"]) == ("succeeded", reference)
    assert ended["finished_at"] >= ended["started_at"]

    other = compat.create_job("ingest", floorplan_id=plan_id)
    assert compat.mark_job_failed(other["id"], "the model is away")
    failed = compat.get_job_by_id(other["id"])
    assert failed is not None
    assert (failed.status, failed.error_message) == ("failed", "the model is away")
    listed = [record["id"] for record in compat.list_jobs_by_floorplan(plan_id)]
    assert listed[:2] == [other["id"], job["id"]]


def test_worker_executes_and_persists_results(
    http: FlaskClient, database_url: str, tmp_path: Path
) -> None:
    with PLAN.open("rb") as file:
        accepted = http.post("/api/v1/ingest", data={"file": (file, "plan.pdf")})
    assert accepted.status_code == 202
    body = accepted.get_json()
    with worker(database_url, tmp_path / "worker.log") as program:

        def ended() -> bool:
            return http.get(body["status_url"]).get_json()["status"] not in ("queued", "running")

        wait_until(ended)
        job = http.get(body["status_url"]).get_json()
        assert (job["status"], job["error_message"]) == ("succeeded", None)
        truth = json.loads(PLAN.with_suffix(".json").read_text())["pages"][0]
        assert job["result_ref"]["result_type"] == "floorplan"
        assert job["result_ref"]["result_id"] == body["pdf_id"]
        assert job["result_ref"]["source"] == "vector"
        assert job["result_ref"]["total_wall_count"] >= len(truth["walls"])
        assert program.terminate() == 0

    # What was stored is there without the process that made it.
    with floorjobs.connect(database_url) as fresh:
        plan = fresh.floorplan(body["pdf_id"])
        assert plan.status == "processed"
        assert plan.total_wall_count == len(plan.wall_segments)
        assert set(plan.wall_segments[0]) == {"x1", "y1", "x2", "y2", "length_pts", "thickness"}
        total = sum(wall["length_pts"] for wall in plan.wall_segments)
        assert plan.total_linear_pts == pytest.approx(total, abs=0.1)
        attempts = fresh.attempts(body["job_id"])
        assert [(a.number, a.outcome, a.pid) for a in attempts] == [(1, "succeeded", program.pid)]
        picture = http.get(f"/api/v1/floorplans/{body['pdf_id']}.svg")
        assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
        assert picture.get_data(as_text=True).startswith("<svg")
        assert picture.get_data(as_text=True) == fresh.floorplan_svg(body["pdf_id"])
        shown = http.get(f"/api/v1/floorplans/{body['pdf_id']}").get_json()
        assert shown == json.loads(json.dumps(plan.to_dict()))


def test_waiting_gives_the_answer_of_the_synchronous_route(
    http: FlaskClient, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path / "worker.log"):
        for path in sorted(PLANS.glob("*.pdf"))[:4]:
            with path.open("rb") as file:
                answer = http.post(
                    "/api/v1/ingest",
                    data={"file": (file, path.name)},
                    headers={"Prefer": "wait=20"},
                )
            assert answer.status_code == 200
            assert answer.headers["Preference-Applied"] == "wait=20"
            body = answer.get_json()
            assert set(body) == {
                "pdf_id",
                "total_wall_count",
                "total_linear_pts",
                "source",
                "wall_segments",
            }
            assert body["total_wall_count"] == len(body["wall_segments"]) > 0


def test_hostile_files_fail_with_a_reason_and_the_worker_lives(
    http: FlaskClient, database_url: str, tmp_path: Path
) -> None:
    expected = {"password_aes256": "password_required", "password_rc4": "password_required"}
    with worker(database_url, tmp_path / "worker.log") as program:
        for path in sorted(HOSTILE.glob("*.pdf")):
            with path.open("rb") as file:
                answer = http.post(
                    "/api/v1/ingest",
                    data={"file": (file, path.name)},
                    headers={"Prefer": "wait=20"},
                )
            assert answer.status_code in (200, 400, 422), (path.stem, answer.get_json())
            if answer.status_code == 200:
                continue
            body = answer.get_json()
            codes = {"invalid_pdf", "no_plan_found", "limit_exceeded", "unsupported"}
            assert body["code"] in ({expected[path.stem]} if path.stem in expected else codes)
            assert body["error"]
        assert program.process.poll() is None
        with floorjobs.connect(database_url) as jobs:
            assert {job.attempt for job in jobs.list(status="failed")} == {1}
            assert jobs.wait(jobs.ingest(PLAN).id, timeout=20).status == "succeeded"
