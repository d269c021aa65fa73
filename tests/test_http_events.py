"""`/jobs/<id>/events`: the changes of a job as they happen, where the application allows it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from floorjobs.flask import events

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    import floorjobs


@pytest.fixture
def with_events(app: Flask) -> Flask:
    app.config["FLOORJOBS_EVENTS"] = 2
    return app


def parsed(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_they_are_off_unless_asked_for(http: FlaskClient, jobs: floorjobs.Client) -> None:
    answer = http.get(f"/api/v1/jobs/{jobs.enqueue('k').id}/events")
    assert answer.status_code == 404
    assert "FLOORJOBS_EVENTS" in answer.get_json()["error"]


def test_each_change_is_told_to_the_end(with_events: Flask, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    answer = with_events.test_client().get(f"/api/v1/jobs/{job.id}/events", buffered=False)
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    threading.Timer(0.1, lambda: jobs.fail(jobs.hold(job.id).id, "no")).start()
    told = parsed(answer.get_data(as_text=True))
    assert told[0][1]["changed"] == ["opened"]
    assert told[0][1]["job"]["status"] == "queued"
    assert told[-2][1]["job"]["status"] == "failed"
    assert told[-1][0] == "end"


def test_a_job_that_has_ended_is_told_once(with_events: Flask, jobs: floorjobs.Client) -> None:
    job = jobs.cancel(jobs.enqueue("k").id)
    told = parsed(with_events.test_client().get(f"/api/v1/jobs/{job.id}/events").text)
    assert [kind for kind, _ in told] == ["job", "end"]
    assert with_events.test_client().get("/api/v1/jobs/x/events").status_code == 404


def test_a_stream_ends_in_time_and_says_that_it_is_there(
    with_events: Flask, jobs: floorjobs.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.3)
    monkeypatch.setattr(events, "_SIGN_OF_LIFE_S", 0.1)
    text = with_events.test_client().get(f"/api/v1/jobs/{jobs.enqueue('k').id}/events").text
    assert text.startswith("retry: 1000\n\nevent: job\n")
    assert 2 <= text.count(": still there") <= 4
    assert "event: end" not in text


def test_they_take_no_more_threads_than_allowed(with_events: Flask, jobs: floorjobs.Client) -> None:
    http = with_events.test_client()
    path = f"/api/v1/jobs/{jobs.enqueue('k').id}/events"
    held = [http.get(path, buffered=False) for _ in range(2)]
    refused = http.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    # One that was left, begun or not, makes room.
    next(held[0].iter_encoded())
    for answer in held:
        answer.close()
    again = http.get(path, buffered=False)
    assert again.status_code == 200
    again.close()
    assert not events._open


def test_a_setting_without_sense_is_named(app: Flask, jobs: floorjobs.Client) -> None:
    app.config["FLOORJOBS_EVENTS"] = "plenty"
    answer = app.test_client().get(f"/api/v1/jobs/{jobs.enqueue('k').id}/events")
    assert (answer.status_code, answer.get_json()["field"]) == (503, "FLOORJOBS_EVENTS")
