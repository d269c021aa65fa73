"""`/jobs`, `/jobs/<id>/retry`, `/jobs/<id>/attempts`, `/queues`, and keys that are used again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from support import PLAN, PLANS, worker

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    import floorjobs

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_jobs_are_listed_a_page_at_a_time(http: FlaskClient, jobs: floorjobs.Client) -> None:
    made = [jobs.enqueue("k", {"page": number}) for number in range(5)]
    jobs.cancel(made[1].id)
    first = http.get("/api/v1/jobs?limit=3").get_json()
    assert [job["job_id"] for job in first["jobs"]] == [job.id for job in reversed(made[2:])]
    assert "payload" not in first["jobs"][0]
    rest = http.get(f"/api/v1/jobs?limit=3&before={first['next']}").get_json()
    assert [job["job_id"] for job in rest["jobs"]] == [made[1].id, made[0].id]
    assert rest["next"] is None
    for query, number in (
        ("status=cancelled", 1),
        ("status=cancelled,queued", 5),
        ("status=cancelled&status=running", 1),
        ("kind=other", 0),
        ("kind=k&queue=default", 5),
        ("floorplan_id=1", 0),
    ):
        assert len(http.get(f"/api/v1/jobs?{query}").get_json()["jobs"]) == number, query


def test_a_list_that_is_known_costs_no_body(http: FlaskClient, jobs: floorjobs.Client) -> None:
    for path in ("/api/v1/jobs", "/api/v1/queues"):
        tag = http.get(path).headers["ETag"]
        assert http.get(path, headers={"If-None-Match": tag}).status_code == 304
        jobs.enqueue("k")
        assert http.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("floorplan_id=-1", "floorplan_id"),
        ("floorplan_id=" + "9" * 19, "floorplan_id"),
        ("kind=" + "x" * 300, "kind"),
        ("queue=%00", "queue"),
    ],
)
def test_a_filter_without_sense_is_refused(http: FlaskClient, query: str, field: str) -> None:
    answer = http.get(f"/api/v1/jobs?{query}")
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


def test_a_page_must_begin_somewhere(http: FlaskClient, jobs: floorjobs.Client) -> None:
    jobs.enqueue("k")
    for before in ("", "x"):
        assert http.get(f"/api/v1/jobs?before={before}").status_code == 404
    # A job that has been forgotten still says where the next page begins.
    assert http.get(f"/api/v1/jobs?before={UNKNOWN}").get_json() == {"jobs": [], "next": None}


def test_a_failed_job_is_queued_again(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    refused = http.post(f"/api/v1/jobs/{job.id}/retry")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "invalid_state")
    jobs.fail(jobs.hold(job.id).id, "the disk is full", code="unavailable")
    (attempt,) = http.get(f"/api/v1/jobs/{job.id}/attempts").get_json()["attempts"]
    assert (attempt["number"], attempt["outcome"]) == (1, "failed")
    assert attempt["error"] == {
        "code": "unavailable",
        "message": "the disk is full",
        "causes": [],
    }
    again = http.post(f"/api/v1/jobs/{job.id}/retry")
    assert (again.status_code, again.get_json()["status"]) == (202, "queued")
    for path in (f"/api/v1/jobs/{UNKNOWN}/attempts", "/api/v1/jobs/x/attempts"):
        assert http.get(path).status_code == 404
    assert http.post(f"/api/v1/jobs/{UNKNOWN}/retry").status_code == 404


def test_queues_tell_what_they_hold(http: FlaskClient, jobs: floorjobs.Client) -> None:
    jobs.enqueue("k", queue="slow", delay=60)
    jobs.pause("slow")
    (queue,) = http.get("/api/v1/queues").get_json()["queues"]
    assert (queue["queue"], queue["delayed"], queue["ready"]) == ("slow", 1, 0)
    assert queue["paused_since"]


def upload(http: FlaskClient, path: Path, key: str) -> Any:
    data = {"file": (io.BytesIO(path.read_bytes()), "plan.pdf")}
    return http.post("/api/v1/ingest", data=data, headers={"Idempotency-Key": key})


def test_a_key_holds_after_its_job_has_ended(http: FlaskClient, jobs: floorjobs.Client) -> None:
    """The answer was lost, and by the time the client asks again, the job is done."""
    first = upload(http, PLAN, "a").get_json()
    jobs.fail(jobs.hold(first["job_id"]).id, "broken")
    second = upload(http, PLAN, "a")
    assert second.get_json()["job_id"] == first["job_id"]
    assert second.get_json()["status"] == "failed"
    assert len(jobs.list()) == 1


def test_a_key_is_not_for_another_request(http: FlaskClient, jobs: floorjobs.Client) -> None:
    upload(http, PLAN, "a")
    other = next(path for path in sorted(PLANS.glob("*.pdf")) if path != PLAN)
    answer = upload(http, other, "a")
    assert (answer.status_code, answer.get_json()["field"]) == (409, "Idempotency-Key")
    site = {"perimeter_mm": [[0, 0], [9000, 0], [9000, 9000], [0, 9000]]}
    headers = {"Idempotency-Key": "a"}
    # Keys belong to a kind of job.
    body = {"site": site, "prompt": "an office"}
    stored = http.post("/api/v1/generate", json=body, headers=headers)
    assert stored.status_code == 202
    again = http.post("/api/v1/generate", json=body, headers=headers)
    assert again.get_json() == stored.get_json()
    body["prompt"] = "a kitchen"
    assert http.post("/api/v1/generate", json=body, headers=headers).status_code == 409
    assert len(jobs.list()) == 2


def test_a_key_of_a_price_is_not_for_another_layout(
    http: FlaskClient, jobs: floorjobs.Client
) -> None:
    site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
    for _ in range(2):
        assert jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id).bom_id
    headers = {"Idempotency-Key": "a"}
    first = http.post("/api/v1/layouts/1/boms", headers=headers)
    assert first.status_code == 202
    again = http.post("/api/v1/layouts/1/boms", headers=headers)
    assert again.get_json()["job_id"] == first.get_json()["job_id"]
    assert http.post("/api/v1/layouts/2/boms", headers=headers).status_code == 409


def test_a_client_that_waits_gets_what_the_older_routes_answered(
    http: FlaskClient, database_url: str, tmp_path: Path
) -> None:
    wait = {"Prefer": "wait=25"}
    large = {"perimeter_mm": [[0, 0], [9000, 0], [9000, 8000], [0, 8000]]}
    small = {"perimeter_mm": [[0, 0], [4000, 0], [4000, 3000], [0, 3000]]}
    with worker(database_url, tmp_path / "worker.log"):
        body = {"site": large, "prompt": "2 offices", "parallel_candidates": 1}
        answer = http.post("/api/v1/generate", json=body, headers=wait)
        assert answer.status_code == 200, answer.get_json()
        told = answer.get_json()
        assert (told["success"], told["prompt"]) == (True, "2 offices")
        assert told["layout"]["rooms"]
        assert told["line_items"]
        assert told["constraint_result"]["passed"]
        body = {"site": small, "prompt": "12 operatories"}
        answer = http.post("/api/v1/generate", json=body, headers=wait)
        # The job has done its work: that it does not fit is what it found.
        assert answer.status_code == 200
        told = answer.get_json()
        assert (told["success"], told["bom_id"], told["layout"]) == (False, None, None)
        (violation,) = told["constraint_result"]["violations"]
        assert violation["type"] == "AREA_EXCEEDS_PERIMETER"
        assert violation["severity"] == "error"
        assert "need" in violation["description"]
        assert told["infeasibility"]["remedies"]
        broken = {"file": (io.BytesIO(b"%PDF-1.4\nnothing"), "plan.pdf")}
        answer = http.post("/api/v1/ingest", data=broken, headers=wait)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_pdf")
        assert answer.get_json()["field"] == "file"
