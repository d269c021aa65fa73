"""`POST /ingest`: what is stored, what is refused, and that a refusal stores nothing."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

import floorjobs

from support import HOSTILE, PLAN

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


NO_INTEGER = "project_id must be an integer"


def post(
    http: FlaskClient, content: bytes | None, filename: str = "plan.pdf", **more: str
) -> TestResponse:
    data: dict[str, object] = dict(more)
    if content is not None:
        data["file"] = (io.BytesIO(content), filename)
    return http.post("/api/v1/ingest", data=data, content_type="multipart/form-data")


def stored(jobs: floorjobs.Client, database: Path) -> tuple[int, int]:
    """Return how many jobs and how many files there are."""
    blobs = database.with_name(database.name + "-blobs")
    files = sum(len(names) for _, _, names in os.walk(blobs))
    return len(jobs.list()), files


def test_a_plan_is_accepted_with_a_job(http: FlaskClient, jobs: floorjobs.Client) -> None:
    answer = post(http, PLAN.read_bytes(), "Ground floor.PDF", project_id="12")
    assert answer.status_code == 202
    body = answer.get_json()
    assert set(body) == {"job_id", "status", "status_url", "pdf_id"}
    assert body["status"] == "queued"
    assert answer.headers["Location"] == body["status_url"] == f"/api/v1/jobs/{body['job_id']}"
    job = jobs.get(body["job_id"])
    assert (job.kind, job.status, job.floorplan_id) == ("ingest", "queued", body["pdf_id"])
    plan = jobs.floorplan(body["pdf_id"])
    assert (plan.filename, plan.project_id, plan.status) == ("Ground floor.PDF", 12, "uploaded")
    assert plan.pdf_bytes == PLAN.stat().st_size
    assert (plan.plan, plan.wall_segments, plan.total_wall_count) == (None, [], None)
    with pytest.raises(floorjobs.InvalidStateError):
        jobs.floorplan_svg(plan.id)


@pytest.mark.parametrize(
    ("sentence", "field", "code", "content", "filename", "project_id"),
    [
        ("No file provided", "file", "invalid_input", None, "", None),
        ("No file selected", "file", "invalid_input", b"%PDF-1.4", "", None),
        ("File must be a PDF", "file", "invalid_input", b"%PDF-1.4", "plan.png", None),
        ("File must be a PDF", "file", "invalid_input", b"%PDF-1.4", "pdf", None),
        (NO_INTEGER, "project_id", "invalid_input", b"%PDF-1.4", "a.pdf", "x"),
        (NO_INTEGER, "project_id", "invalid_input", b"%PDF-1.4", "a.pdf", "1.5"),
        (NO_INTEGER, "project_id", "invalid_input", b"%PDF-1.4", "a.pdf", "9" * 19),
        (NO_INTEGER, "project_id", "invalid_input", b"%PDF-1.4", "a.pdf", "1_0"),
        ("the file is empty", "file", "invalid_pdf", b"", "a.pdf", None),
        ("the file is not a PDF", "file", "invalid_pdf", b"a letter", "a.pdf", None),
    ],
)
def test_bad_input_is_answered_and_nothing_is_stored(
    http: FlaskClient,
    jobs: floorjobs.Client,
    database: Path,
    sentence: str,
    field: str | None,
    code: str,
    content: bytes | None,
    filename: str,
    project_id: str | None,
) -> None:
    more = {} if project_id is None else {"project_id": project_id}
    answer = post(http, content, filename, **more)
    assert answer.status_code == 400
    assert answer.get_json() == {"error": sentence, "code": code, "field": field}
    assert stored(jobs, database) == (0, 0)


def test_a_request_without_a_form_is_refused(http: FlaskClient) -> None:
    for kwargs in (
        {},
        {"json": {"file": "x"}},
        {"data": b"%PDF", "content_type": "application/pdf"},
    ):
        answer = http.post("/api/v1/ingest", **kwargs)
        assert answer.status_code == 400
        assert answer.get_json()["error"] == "No file provided"


def test_a_path_in_the_filename_is_dropped(http: FlaskClient, jobs: floorjobs.Client) -> None:
    for name in ("../../etc/plan.pdf", "C:\\\\Users\\\\me\\\\plan.pdf", "/plan.pdf"):
        answer = post(http, PLAN.read_bytes(), name)
        assert jobs.floorplan(answer.get_json()["pdf_id"]).filename == "plan.pdf"
    answer = post(http, PLAN.read_bytes(), "x" * 300 + ".pdf")
    assert (answer.status_code, answer.get_json()["field"]) == (400, "filename")


def test_a_request_over_the_limit_is_413(
    app: Flask, http: FlaskClient, jobs: floorjobs.Client, database: Path
) -> None:
    answer = http.post(
        "/api/v1/ingest",
        data=bytes((16 << 20) + 1),
        content_type="multipart/form-data; boundary=x",
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "limit_exceeded")
    assert str(16 << 20) in answer.get_json()["error"]
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = post(http, PLAN.read_bytes())
    assert answer.status_code == 413
    assert "1000 bytes" in answer.get_json()["error"]
    assert stored(jobs, database) == (0, 0)


def test_an_idempotency_key_makes_one_job(http: FlaskClient, jobs: floorjobs.Client) -> None:
    def upload(key: str) -> dict[str, object]:
        data = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
        answer = http.post("/api/v1/ingest", data=data, headers={"Idempotency-Key": key})
        assert answer.status_code == 202
        body: dict[str, object] = answer.get_json()
        return body

    first = upload("a")
    assert upload("a") == first
    assert upload("b") != first
    assert len(jobs.list()) == 2
    data = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
    answer = http.post("/api/v1/ingest", data=data, headers={"Idempotency-Key": "x" * 256})
    assert (answer.status_code, answer.get_json()["field"]) == (400, "unique_key")


@pytest.mark.parametrize("path", sorted(HOSTILE.glob("*.pdf")), ids=lambda path: path.stem)
def test_a_hostile_file_is_refused_or_queued(http: FlaskClient, path: Path) -> None:
    answer = post(http, path.read_bytes())
    # What cannot be seen at once is found by the worker, not here.
    assert answer.status_code == (400 if path.stem in ("empty", "not_a_pdf") else 202)


def test_without_a_worker_waiting_ends_as_accepted(http: FlaskClient) -> None:
    data = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
    answer = http.post("/api/v1/ingest", data=data, headers={"Prefer": "respond-async, wait=0"})
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=0"
    assert "Prefer" in answer.headers["Vary"]


@pytest.mark.parametrize("prefer", ["wait=x", "wait", "wait=-1", "handling=lenient", ""])
def test_a_preference_without_sense_is_ignored(http: FlaskClient, prefer: str) -> None:
    data = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
    answer = http.post("/api/v1/ingest", data=data, headers={"Prefer": prefer})
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers
