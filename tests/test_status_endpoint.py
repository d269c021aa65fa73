"""`GET /status/<pdf_id>`: the shape that the older application's clients read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import HOSTILE, PLAN, worker

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    import floorjobs

KEYS = {
    "pdf_id",
    "status",
    "created_at",
    "updated_at",
    "error_message",
    "generation_summary",
    "jobs",
}


def test_unknown_floor_plan(http: FlaskClient) -> None:
    answer = http.get("/api/v1/status/99999")
    assert answer.status_code == 404
    assert answer.get_json()["error"] == "Floorplan 99999 not found"


@pytest.mark.parametrize("pdf_id", ["x", "-1", "1.5", "9" * 30, "0", "1_0"])
def test_what_is_no_id_is_not_found(http: FlaskClient, pdf_id: str) -> None:
    answer = http.get(f"/api/v1/status/{pdf_id}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    assert answer.get_json()["error"] == f"Floorplan {pdf_id} not found"


def test_uploaded(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.ingest(PLAN)
    body = http.get(f"/api/v1/status/{job.floorplan_id}").get_json()
    assert set(body) == KEYS
    assert (body["pdf_id"], body["status"]) == (job.floorplan_id, "uploaded")
    assert (body["error_message"], body["generation_summary"]) == (None, None)
    assert body["jobs"] == [
        {
            "job_id": job.id,
            "job_type": "ingest",
            "status": "queued",
            "created_at": job.to_dict()["created_at"],
            "finished_at": None,
        }
    ]


def test_processing(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.ingest(PLAN)
    jobs.hold(job.id)
    body = http.get(f"/api/v1/status/{job.floorplan_id}").get_json()
    assert (body["status"], body["jobs"][0]["status"]) == ("processing", "running")
    assert body["updated_at"] > body["created_at"]


def test_processed(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.run_here(jobs.ingest(PLAN).id)
    body = http.get(f"/api/v1/status/{job.floorplan_id}").get_json()
    assert (body["status"], body["error_message"]) == ("processed", None)
    assert body["jobs"][0]["finished_at"] == job.to_dict()["finished_at"]


def test_error(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.run_here(jobs.ingest(HOSTILE / "password_rc4.pdf").id)
    body = http.get(f"/api/v1/status/{job.floorplan_id}").get_json()
    assert body["status"] == "error"
    assert "password" in body["error_message"]
    jobs.retry(job.id)
    body = http.get(f"/api/v1/status/{job.floorplan_id}").get_json()
    assert (body["status"], body["error_message"]) == ("processing", None)


def test_the_newest_job_comes_first(http: FlaskClient, jobs: floorjobs.Client) -> None:
    first = jobs.ingest(PLAN)
    second = jobs.enqueue("generate", {"prompt": "a clinic"}, floorplan_id=first.floorplan_id)
    body = http.get(f"/api/v1/status/{first.floorplan_id}").get_json()
    assert [job["job_id"] for job in body["jobs"]] == [second.id, first.id]
    assert [job["job_type"] for job in body["jobs"]] == ["generate", "ingest"]


def test_a_worker_in_another_process_changes_it(
    http: FlaskClient, jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    job = jobs.ingest(PLAN)
    with worker(database_url, tmp_path / "worker.log", "--drain") as program:
        assert program.process.wait(20) == 0
    assert http.get(f"/api/v1/status/{job.floorplan_id}").get_json()["status"] == "processed"
