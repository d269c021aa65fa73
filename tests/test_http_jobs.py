"""`/jobs/<id>`, `/floorplans/<id>` and `/health`, as far as they need no worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

import floorjobs
from floorjobs.flask import FloorJobs, failures, inputs

from support import PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_a_job_is_shown_as_it_is(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("thumbnail", {"page": 1})
    answer = http.get(f"/api/v1/jobs/{job.id}")
    assert answer.status_code == 200
    assert answer.get_json() == {**job.to_dict(), "waiting": answer.get_json()["waiting"]}
    assert answer.headers["Retry-After"] == "1"
    jobs.cancel(job.id)
    answer = http.get(f"/api/v1/jobs/{job.id}")
    assert answer.get_json()["status"] == "cancelled"
    assert "Retry-After" not in answer.headers


def test_a_delayed_job_says_when_to_come_back(http: FlaskClient, jobs: floorjobs.Client) -> None:
    soon = jobs.enqueue("k", delay=10)
    assert http.get(f"/api/v1/jobs/{soon.id}").headers["Retry-After"] in ("9", "10")
    later = jobs.enqueue("k", delay=10_000)
    assert http.get(f"/api/v1/jobs/{later.id}").headers["Retry-After"] == "30"


def test_a_job_that_is_known_costs_no_body(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    tag = http.get(f"/api/v1/jobs/{job.id}").headers["ETag"]
    answer = http.get(f"/api/v1/jobs/{job.id}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    jobs.cancel(job.id)
    answer = http.get(f"/api/v1/jobs/{job.id}", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag


def test_a_queued_job_says_why_it_waits(http: FlaskClient, jobs: floorjobs.Client) -> None:
    first, second = jobs.enqueue("k"), jobs.enqueue("k")
    body = http.get(f"/api/v1/jobs/{second.id}").get_json()
    waiting = body.pop("waiting")
    assert body == second.to_dict()
    assert set(waiting) == {"reasons", "sentence", "position"}
    assert (waiting["reasons"][0]["reason"], waiting["position"]) == ("no_worker", 1)
    assert "no live worker serves" in waiting["sentence"]
    child = jobs.enqueue("k", after=[first])
    waiting = http.get(f"/api/v1/jobs/{child.id}").get_json()["waiting"]
    assert waiting["reasons"][0]["jobs"] == [{"job_id": first.id, "status": "queued"}]
    assert waiting["position"] is None
    for job in (jobs.hold(first.id), jobs.cancel(second.id)):
        assert http.get(f"/api/v1/jobs/{job.id}").get_json() == job.to_dict()


def test_deleting_cancels(http: FlaskClient, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    answer = http.delete(f"/api/v1/jobs/{job.id}")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "cancelled")
    answer = http.delete(f"/api/v1/jobs/{job.id}")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "invalid_state")


@pytest.mark.parametrize("job_id", [UNKNOWN, "nonsense", "1", "%00", "x" * 2000])
def test_an_unknown_job_is_404(http: FlaskClient, job_id: str) -> None:
    for answer in (http.get(f"/api/v1/jobs/{job_id}"), http.delete(f"/api/v1/jobs/{job_id}")):
        assert answer.status_code == 404
        assert answer.get_json()["code"] == "not_found"


@pytest.mark.parametrize("plan", ["99", "0", "-1", "x", "9" * 30, "7.svg", "7.exe", "1_0"])
def test_an_unknown_floor_plan_is_404(http: FlaskClient, plan: str) -> None:
    answer = http.get(f"/api/v1/floorplans/{plan}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_a_floor_plan_that_is_not_read_has_no_picture(
    http: FlaskClient, jobs: floorjobs.Client
) -> None:
    job = jobs.ingest(PLAN)
    answer = http.get(f"/api/v1/floorplans/{job.floorplan_id}")
    assert answer.get_json()["status"] == "uploaded"
    assert answer.get_json()["plan"] is None
    for answer in (
        http.get(f"/api/v1/floorplans/{job.floorplan_id}.svg"),
        http.get(f"/api/v1/floorplans/{job.floorplan_id}", headers={"Accept": "image/svg+xml"}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "invalid_state")


def test_health_is_there_with_and_without_the_prefix(http: FlaskClient) -> None:
    for path in ("/health", "/api/v1/health"):
        answer = http.get(path)
        assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_a_store_that_is_away_is_503(tmp_path: Path) -> None:
    app = Flask("host")
    app.config["FLOORJOBS_DATABASE_URL"] = f"sqlite:///{tmp_path}/away/jobs.db"
    FloorJobs(app)
    for answer in (app.test_client().get("/health"), app.test_client().get("/api/v1/status/1")):
        assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "5"
    (tmp_path / "away").mkdir()
    assert app.test_client().get("/health").status_code == 200


def test_every_code_has_a_status() -> None:
    codes = {code for code, *_ in floorjobs._floorjobs.error_codes()}
    assert set(failures.STATUS_OF_CODE) == codes


def test_the_prefix_is_a_setting(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def serves(path: str, app: Flask) -> bool:
        return app.test_client().get(path).status_code == 200

    for make in ("argument", "config", "environment"):
        app = Flask("host")
        app.config["FLOORJOBS_DATABASE_URL"] = database_url
        if make == "config":
            app.config["API_V1_PREFIX"] = "/config"
        elif make == "environment":
            monkeypatch.setenv("API_V1_PREFIX", "/environment")
        FloorJobs(app, url_prefix="/argument" if make == "argument" else None)
        assert serves(f"/{make}/health", app)
        assert not serves("/api/v1/health", app)


def test_a_bad_setting_is_named(database_url: str) -> None:
    app = Flask("host")
    app.config.update(FLOORJOBS_DATABASE_URL=database_url, JOB_MAX_RETRIES="many")
    FloorJobs(app)
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.get_json()["field"]) == (503, "JOB_MAX_RETRIES")


def test_a_route_of_the_host_needs_three_lines(app: Flask, http: FlaskClient) -> None:
    extension = FloorJobs()

    @app.post("/thumbnails")
    def thumbnail() -> Response:
        return extension.accepted(extension.client.enqueue("thumbnail", {"page": 1}))

    answer = http.post("/thumbnails")
    assert answer.status_code == 202
    assert http.get(answer.headers["Location"]).get_json()["job_type"] == "thumbnail"


def test_a_request_is_never_held_for_long(app: Flask) -> None:
    for given, expected in (("wait=10", 10), ("wait=100000", 25), ('foo, WAIT="7"; a=b', 7)):
        with app.test_request_context(headers={"Prefer": given}) as context:
            assert inputs.wait_seconds(context.request) == expected
