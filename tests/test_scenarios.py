"""The scenarios of tests/scenarios through the Python client and its worker."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
import scenarios
from c_face import CFace, library
from floorjobs import _floorjobs as native

import servers
from support import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class PythonFace:
    """The client, and workers in processes of their own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url, self.blobs, self.folder = database_url, f"file:{folder}/blobs", folder
        self.jobs = floorjobs.connect(database_url, blobs_url=self.blobs)

    def do(self, call: str, arguments: dict[str, Any]) -> Any:
        try:
            return getattr(self, f"_{call}")(**arguments)
        except floorjobs.FloorjobsError as error:
            raise scenarios.Refused(error.code, error.field, str(error)) from error

    def _enqueue(self, kind: str, payload: Any = None, **options: Any) -> Any:
        return self.jobs.enqueue(kind, payload, **options).to_dict()

    def _enqueue_many(self, jobs: list[Any]) -> Any:
        return [job.to_dict() for job in self.jobs.enqueue_many(jobs)]

    def _ingest(self, file: str, **options: Any) -> Any:
        return self.jobs.ingest(scenarios.DATA / file, **options).to_dict()

    def _generate(self, **options: Any) -> Any:
        return self.jobs.generate(**options).to_dict()

    def _price(self, layout_id: int, **options: Any) -> Any:
        return self.jobs.price(layout_id, **options).to_dict()

    def _get(self, job: str) -> Any:
        return self.jobs.get(job).to_dict()

    def _list(self, **filters: Any) -> Any:
        return [job.to_dict() for job in self.jobs.list(**filters)]

    def _attempts(self, job: str) -> Any:
        return [attempt.to_dict() for attempt in self.jobs.attempts(job)]

    def _explain(self, job: str) -> Any:
        return self.jobs.explain(job).to_dict()

    def _cancel(self, job: str) -> Any:
        return self.jobs.cancel(job).to_dict()

    def _retry(self, job: str) -> Any:
        return self.jobs.retry(job).to_dict()

    def _pause(self, queue: str) -> None:
        self.jobs.pause(queue)

    def _resume(self, queue: str) -> None:
        self.jobs.resume(queue)

    def _paused(self) -> Any:
        return [{"queue": queue} for queue in self.jobs.paused()]

    def _floorplan(self, id: int) -> Any:  # noqa: A002, as the scenarios call it
        return self.jobs.floorplan(id).to_dict()

    def _layout(self, id: int) -> Any:  # noqa: A002
        return self.jobs.layout(id).to_dict()

    def _bom(self, id: int) -> Any:  # noqa: A002
        return self.jobs.bom(id).to_dict()

    def _run(self) -> list[str]:
        ran = self.folder / "ran"
        ran.unlink(missing_ok=True)
        command = [sys.executable, "-m", "floorjobs.worker", "--database-url", self.url]
        command += ["--blobs-url", self.blobs, "--drain", "--concurrency", "1"]
        command += ["--import", "scripted"]
        log = self.folder / "worker.log"
        with Program.in_tests(command, log, {"SCRIPTED_RAN": str(ran)}) as program:
            assert program.process.wait(120) == 0, program.output()
        return [json.loads(line) for line in ran.read_text().splitlines()] if ran.exists() else []


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/jobs.db"
        return
    servers.need(servers.Postgres)
    with servers.new_database(servers.shared_postgres()) as url:
        native.migrate(url)
        yield url


@pytest.mark.parametrize("name", scenarios.names())
def test_through_python(name: str, database_url: str, tmp_path: Path) -> None:
    face = PythonFace(database_url, tmp_path)
    scenarios.play(name, face)
    face.jobs.close()


@pytest.mark.parametrize("name", scenarios.names())
def test_through_c(name: str, database_url: str, tmp_path: Path) -> None:
    if not library().exists() and not os.environ.get("CI"):
        pytest.skip(f"{library()} is not built: make test-c")
    face = CFace(database_url, tmp_path / "blobs")
    scenarios.play(name, face)
    face.close()


def test_what_differs_is_told() -> None:
    differs = scenarios.difference
    assert differs({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}], "d": 3}, "") is None
    assert differs({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "") == ".a[0].b: 2 instead of 1"
    assert differs([1], [1, 2], "x") == "x: [1, 2] has not 1 entries"
    assert differs({"a": True}, {"a": 1}, "") == ".a: 1 instead of True"
