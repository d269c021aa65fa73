"""Blobs in an object store: what two machines share, and what happens when it fails."""

from __future__ import annotations

import hashlib
import io
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from flask import Flask

import floorjobs
from floorjobs.flask import FloorJobs

import servers
from support import PLAN, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from typing_extensions import Self
    from werkzeug.test import TestResponse


@pytest.fixture(scope="module")
def store() -> Iterator[servers.Moto]:
    servers.need(servers.Moto)
    with servers.Moto() as store:
        yield store


class Bucket:
    """A bucket of the test's own."""

    def __init__(self, store: servers.Moto, name: str) -> None:
        self.store = store
        self.name = name
        store.ask("PUT", f"/{name}")

    def url(self, port: int | None = None) -> str:
        """Return the blobs URL, by the host's name, which has to be looked up."""
        return f"s3://{self.name}/here?endpoint=http://localhost:{port or self.store.port}"

    def keys(self) -> list[str]:
        listing = self.store.ask("GET", f"/{self.name}?list-type=2").decode()
        return re.findall(r"<Key>([^<]*)</Key>", listing)

    def uploads(self) -> int:
        return self.store.ask("GET", f"/{self.name}?uploads").count(b"<UploadId>")


@pytest.fixture
def bucket(store: servers.Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-from-all")
    name = re.sub("[^a-z0-9]+", "-", tmp_path.name.lower()).strip("-")
    return Bucket(store, f"{name[:50]}-{os.getpid()}")


@pytest.fixture
def far(bucket: Bucket, database_url: str) -> Iterator[floorjobs.Client]:
    with floorjobs.connect(database_url, blobs_url=bucket.url()) as client:
        yield client


def application(database_url: str, blobs_url: str) -> FlaskClient:
    app = Flask("host")
    app.config.update(FLOORJOBS_DATABASE_URL=database_url, FLOORJOBS_BLOBS_URL=blobs_url)
    FloorJobs(app)
    return app.test_client()


def upload(http: FlaskClient) -> TestResponse:
    data = {"file": (io.BytesIO(PLAN.read_bytes()), "plan.pdf")}
    return http.post("/api/v1/ingest", data=data, content_type="multipart/form-data")


def key_of(content: bytes) -> str:
    return f"here/sha256/{hashlib.sha256(content).hexdigest()}"


class Proxy:
    """Stands before a store, and spoils what it is told to spoil."""

    def __init__(self, port: int, spoils: str) -> None:
        self._to = port
        self._spoils = spoils
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.spoiled = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._pass_on(connection)

    def _pass_on(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            head = b"".join(iter(stream.readline, b"\r\n")) + b"connection: close\r\n\r\n"
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            is_upload = head.startswith(b"PUT") and b"/sha256/" in head
            if is_upload and self._spoils == "resets":
                stream.read(1000)
                self.spoiled += 1
                # The way of a reset: nothing of it is sent in peace.
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            body = stream.read(int(length[1])) if length else b""
        if is_upload and self._spoils == "fails":
            self.spoiled += 1
            connection.sendall(b"HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self._to)) as store:
            store.sendall(head.replace(b"connection: keep-alive\r\n", b"") + body)
            answer = b"".join(iter(lambda: store.recv(65_536), b""))
        if self._spoils == "dates":
            later = format_datetime(datetime.now(timezone.utc) + timedelta(days=2), usegmt=True)
            answer = re.sub(rb"Date: [^\r]*", b"Date: " + later.encode(), answer, count=1)
        connection.sendall(answer)


def test_a_worker_elsewhere_reads_what_a_host_uploaded(
    bucket: Bucket, database: Path, database_url: str, tmp_path: Path
) -> None:
    http = application(database_url, bucket.url())
    accepted = upload(http).get_json()
    assert bucket.keys() == [key_of(PLAN.read_bytes())]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "floorjobs.worker", "--database-url", database_url]
    command += ["--blobs-url", bucket.url(), "--drain"]
    with Program(command, tmp_path / "worker.log", cwd=elsewhere) as drained:
        assert drained.process.wait(60) == 0, drained.output()
    job = http.get(f"/api/v1/jobs/{accepted['job_id']}").get_json()
    assert job["status"] == "succeeded", job
    assert len(bucket.keys()) == 3
    with floorjobs.connect(database_url, blobs_url=bucket.url()) as jobs:
        plan = jobs.floorplan(accepted["pdf_id"])
        assert plan.plan is not None
        assert plan.total_wall_count == len(plan.wall_segments) > 0
        assert jobs.floorplan_svg(plan.id).startswith("<svg")
        assert jobs.check_integrity(deep=True).is_sound
    assert not list(elsewhere.iterdir())
    assert not database.with_name(database.name + "-blobs").exists()


@pytest.mark.parametrize("spoils", ["resets", "fails"])
def test_an_upload_that_fails_is_refused_and_stores_nothing(
    bucket: Bucket, database_url: str, spoils: str
) -> None:
    with Proxy(bucket.store.port, spoils) as proxy:
        answer = upload(application(database_url, bucket.url(proxy.port)))
        assert proxy.spoiled == 5, "tried again, and given up"
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    with floorjobs.connect(database_url) as jobs:
        assert jobs.list() == []
    assert (bucket.keys(), bucket.uploads()) == ([], 0)


def test_without_keys_the_setting_is_named(
    bucket: Bucket, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        floorjobs.connect(database_url, blobs_url=bucket.url())
    assert raised.value.field == "AWS_ACCESS_KEY_ID"
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    answer = upload(application(database_url, bucket.url()))
    assert (answer.status_code, answer.get_json()["field"]) == (503, "AWS_ACCESS_KEY_ID")
    assert "there are no keys for the object store" in answer.get_json()["error"]


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket, database_url: str) -> None:
    url = bucket.url().replace(bucket.name, "no-such-bucket")
    with floorjobs.connect(database_url, blobs_url=url) as jobs:
        with pytest.raises(floorjobs.InvalidInputError, match="does not exist") as raised:
            jobs.ingest(PLAN)
        assert raised.value.field == "blobs_url"
        assert jobs.list() == []
        (finding,) = [found for found in jobs.doctor() if found.name == "blobs"]
        assert finding.level == "error"
        assert "no-such-bucket" in finding.message


def test_a_damaged_file_fails_its_job(bucket: Bucket, far: floorjobs.Client) -> None:
    job = far.ingest(PLAN)
    content = PLAN.read_bytes()
    bucket.store.ask("PUT", f"/{bucket.name}/{key_of(content)}", content[:-1] + b"?")
    ended = far.run_here(job.id)
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error.code == "corrupt"


def test_what_nothing_names_is_swept_by_the_stores_clock(
    bucket: Bucket, far: floorjobs.Client, database_url: str
) -> None:
    job = far.ingest(PLAN)
    assert far.run_here(job.id).status == "succeeded"
    lost = key_of(b"lost")
    bucket.store.ask("PUT", f"/{bucket.name}/{lost}", b"lost")
    kept = sorted(set(bucket.keys()) - {lost})
    assert len(kept) == 3
    assert far.sweep() == floorjobs.Swept(blobs=0, unfinished=0)
    assert far.prune(floorjobs.Retention(succeeded=0)) == 1
    with (
        Proxy(bucket.store.port, "dates") as proxy,
        floorjobs.connect(database_url, blobs_url=bucket.url(proxy.port)) as late,
    ):
        # The store's clock is learned from its first answer.
        assert late.doctor()
        assert late.sweep().blobs == 1
    assert bucket.keys() == kept


def test_parent_and_child_store_after_a_fork(far: floorjobs.Client) -> None:
    before = far.ingest(PLAN)
    for _ in range(3):
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            try:
                os._exit(0 if far.run_here(far.ingest(PLAN).id).status == "succeeded" else 1)
            finally:
                os._exit(2)
        assert far.ingest(PLAN).status == "queued"
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert far.run_here(before.id).status == "succeeded"


NO_THREADS = """
import ctypes, platform, sys, threading

# Whatever starts a thread or a process is told that it may not: EPERM for clone and clone3.
clone = {"x86_64": 56, "aarch64": 220}[platform.machine()]
LOAD, EQUAL, RETURN, ALLOW, REFUSE = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001

class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8),
                ("k", ctypes.c_uint32)]

class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.POINTER(Instruction))]

code = (Instruction * 5)((LOAD, 0, 0, 0), (EQUAL, 2, 0, clone), (EQUAL, 1, 0, 435),
                         (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(5, code)), 0, 0) == 0, ctypes.get_errno()
try:
    threading.Thread(target=print).start()
except RuntimeError:
    print("no thread can start")

import floorjobs

with floorjobs.connect(sys.argv[1], blobs_url=sys.argv[2]) as jobs:
    job = jobs.ingest(sys.argv[3])
    print(jobs.run_here(job.id).status)
    print(jobs.sweep())
"""


def test_a_client_starts_no_thread(bucket: Bucket, database_url: str) -> None:
    command = [sys.executable, "-c", NO_THREADS, database_url, bucket.url(), str(PLAN)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines == ["no thread can start", "succeeded", "Swept(blobs=0, unfinished=0)"]
