"""What holds for every route: the API key, the id of a request, and the form of a refusal."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

import floorjobs
from floorjobs.flask import FloorJobs

from support import PLAN, starting_worker

if TYPE_CHECKING:
    from pathlib import Path

# A handler that logs and stores another job of its kind, once.
FOLLOWING = """
import floorjobs

@floorjobs.handler("follow")
def follow(ctx, payload):
    ctx.log.info("page %s", payload["page"])
    if payload["page"] == 1:
        with floorjobs.connect() as jobs:
            jobs.enqueue("follow", {"page": 2})
"""

OPEN = ["/health", "/api/v1/health", "/api/v1/openapi.json"]


def an_app(database_url: str, **config: object) -> Flask:
    app = Flask("host")
    app.config.update(FLOORJOBS_DATABASE_URL=database_url, **config)
    FloorJobs(app)
    return app


@pytest.mark.parametrize("where", ["config", "environment", "several"])
def test_a_key_is_needed_where_one_is_set(
    where: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("API_AUTH_KEY", "sécret")
        app = an_app(database_url)
    else:
        key = "sécret" if where == "config" else ["older", "sécret"]
        app = an_app(database_url, API_AUTH_KEY=key)
    http = app.test_client()
    for given in (None, "", "secret", "sécre", "sécrets", "séc\xffret"):
        headers = {} if given is None else {"X-API-Key": given.encode().decode("latin-1")}
        for method, path in (("GET", "/api/v1/jobs"), ("POST", "/api/v1/ingest")):
            answer = http.open(path, method=method, headers=headers)
            assert (answer.status_code, answer.get_json()["field"]) == (401, "X-API-Key")
            assert answer.get_json()["error"] == "a valid API key is needed; send it as X-API-Key"
            assert "WWW-Authenticate" in answer.headers
    right = {"X-API-Key": "sécret".encode().decode("latin-1")}
    assert http.get("/api/v1/jobs", headers=right).status_code == 200
    for path in OPEN:
        assert http.get(path).status_code == 200


def test_a_key_that_is_wanted_and_not_set_lets_nobody_in(database_url: str) -> None:
    """As an application has it that reads its key from an environment where it is missing."""
    for key in (None, ""):
        http = an_app(database_url, API_AUTH_KEY=key).test_client()
        answer = http.get("/api/v1/jobs", headers={"X-API-Key": ""})
        assert answer.status_code == 401
        assert "is not set on the server" in answer.get_json()["error"]
        debugged = an_app(database_url, API_AUTH_KEY=key, DEBUG=True).test_client()
        assert debugged.get("/api/v1/jobs").status_code == 200
    assert an_app(database_url).test_client().get("/api/v1/jobs").status_code == 200


def test_a_refused_request_is_not_read(database_url: str) -> None:
    http = an_app(database_url, API_AUTH_KEY="k", MAX_CONTENT_LENGTH=10).test_client()
    # Whoever has no key learns nothing of the limits.
    answer = http.post("/api/v1/ingest", data=bytes(1000), content_type="multipart/form-data")
    assert answer.status_code == 401


def test_a_request_has_an_id_that_the_log_joins_with_its_job(
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = an_app(database_url)
    extension = FloorJobs()

    @app.post("/thumbnails")
    def thumbnail() -> object:
        return extension.accepted(extension.client.enqueue("follow", {"page": 1}))

    http = app.test_client()
    with caplog.at_level(logging.INFO, app.logger.name), PLAN.open("rb") as pdf:
        answer = http.post(
            "/api/v1/ingest", data={"file": (pdf, "plan.pdf")}, headers={"X-Request-ID": "abc-1"}
        )
        own = http.post("/thumbnails", headers={"X-Request-ID": "abc-2"})
    assert answer.headers["X-Request-ID"] == "abc-1"
    assert caplog.messages == [
        f"request abc-1 stored ingest job {answer.get_json()['job_id']}",
        f"request abc-2 stored follow job {own.get_json()['job_id']}",
    ]
    # Each line of the worker's about the jobs has it, and those of its handlers, also about the
    # job that a handler stored.
    (tmp_path / "following.py").write_text(FOLLOWING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", database_url)
    options = ("--import", "following", "--drain")
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        assert program.process.wait(60) == 0, program.output()
    said: dict[str, list[str]] = {"abc-1": [], "abc-2": []}
    for line in program.output().splitlines():
        if " job_id=" in line:
            _, _, event, *values = line.split()
            (request,) = (value for value in values if value.startswith("request_id="))
            said[request.removeprefix("request_id=")].append(event)
    assert sorted(said["abc-1"]) == ["job_started", "succeeded"], program.output()
    assert sorted(said["abc-2"]) == sorted(["job_started", "log", "succeeded"] * 2)


@pytest.mark.parametrize("given", [None, "two words", "x" * 129, "a\x7fb", ""])
def test_an_id_that_cannot_stand_in_a_log_is_replaced(given: str | None, database_url: str) -> None:
    http = an_app(database_url).test_client()
    headers = {} if given is None else {"X-Request-ID": given}
    first = http.get("/api/v1/jobs", headers=headers).headers["X-Request-ID"]
    assert len(first) == 32
    assert first != http.get("/api/v1/jobs", headers=headers).headers["X-Request-ID"]
    # A refusal has one, too.
    assert http.get("/api/v1/jobs/x").headers["X-Request-ID"]


def test_no_answer_is_taken_for_a_page(database_url: str) -> None:
    http = an_app(database_url).test_client()
    for path in ("/health", "/api/v1/jobs", "/api/v1/jobs/x"):
        assert http.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_what_no_route_takes_is_answered_as_an_error_of_the_routes(database_url: str) -> None:
    http = an_app(database_url).test_client()
    for path in ("/api/v1/nothing", "/api/v1/jobs/a/b/c", "/api/v1/"):
        answer = http.get(path, headers={"X-Request-ID": "mine"})
        assert answer.status_code == 404
        told = {"error": f"there is no route {path}", "code": "not_found", "field": None}
        assert answer.get_json() == told
        assert answer.headers["X-Request-ID"] == "mine"
    for method, path, allowed in (
        ("PUT", "/api/v1/ingest", {"POST", "OPTIONS"}),
        ("POST", "/api/v1/jobs/x", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("POST", "/health", {"GET", "HEAD", "OPTIONS"}),
    ):
        answer = http.open(path, method=method)
        assert answer.status_code == 405
        assert set(answer.allow) == allowed
        assert answer.get_json()["code"] == "invalid_input"
        assert answer.get_json()["error"].startswith(f"{path} does not take {method}, but ")


@pytest.mark.parametrize("prefix", ["/api/v1", "/"])
def test_pages_of_the_host_are_left_to_it(prefix: str, database_url: str) -> None:
    app = Flask("host")
    app.config.update(FLOORJOBS_DATABASE_URL=database_url, API_V1_PREFIX=prefix)

    @app.errorhandler(404)
    def lost(_error: object) -> tuple[str, int]:
        return "lost", 404

    FloorJobs(app)

    @app.get("/api/v1/reports")
    def report() -> str:
        return "a report"

    http = app.test_client()
    assert http.get("/nothing").data == b"lost"
    assert http.get("/api/v1/reports").data == b"a report"
    # A method that the host's own route does not take.
    assert not http.post("/api/v1/reports").is_json
    assert http.put("/ingest" if prefix == "/" else "/api/v1/ingest").is_json


@pytest.mark.parametrize("has_handler", [False, True])
def test_errors_that_the_hosts_routes_let_through_are_answered(
    *, has_handler: bool, database_url: str
) -> None:
    app = Flask("host")
    app.config.update(FLOORJOBS_DATABASE_URL=database_url)
    if has_handler:

        @app.errorhandler(floorjobs.FloorjobsError)
        def mine(error: floorjobs.FloorjobsError) -> tuple[str, int]:
            return f"mine: {error.code}", 418

    jobs = FloorJobs(app)

    @app.post("/store/<kind>")
    def store(kind: str) -> Response:
        return jobs.accepted(jobs.client.enqueue(kind))

    @app.get("/show/<job_id>")
    def show(job_id: str) -> dict[str, object]:
        return jobs.client.get(job_id).to_dict()

    @app.get("/fail")
    def fail() -> str:
        raise LookupError("the host's own")

    http = app.test_client()
    assert http.post("/store/page").status_code == 202
    refused, unknown = http.post("/store/a kind"), http.get("/show/x")
    if has_handler:
        assert (refused.status_code, refused.data) == (418, b"mine: invalid_input")
    else:
        assert (refused.status_code, refused.get_json()["field"]) == (400, "kind")
        assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not_found")
        assert "X-Request-ID" in unknown.headers
    assert not http.get("/fail").is_json
