"""Fixtures: a store of its own for each test, and an application on top of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask

import floorjobs
from floorjobs.flask import FloorJobs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

# Collected for their examples, they would be imported here, and their handlers of the library's own
# kinds, and sources of layouts, would stand in the way of every test that runs those.
collect_ignore = ["handler_tasks.py", "source_tasks.py"]

SETTINGS = [
    "FLOORJOBS_DATABASE_URL",
    "FLOORJOBS_BLOBS_URL",
    "REDIS_URL",
    "FLOORJOBS_DURABILITY",
    "JOB_QUEUE_NAME",
    "JOB_MAX_RETRIES",
    "JOB_RETRY_DELAY_SECONDS",
    "API_V1_PREFIX",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "HTTPS_PROXY",
]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def database_url(database: Path) -> str:
    return f"sqlite:///{database}"


@pytest.fixture
def jobs(database_url: str) -> Iterator[floorjobs.Client]:
    with floorjobs.connect(database_url) as client:
        yield client


@pytest.fixture
def app(database_url: str) -> Flask:
    app = Flask("host")
    app.config.update(TESTING=True, FLOORJOBS_DATABASE_URL=database_url)
    FloorJobs(app)
    return app


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()
