"""Requests that mean no good, against a real server: refused, with nothing stored and none hurt."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import sys
import zlib
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

from support import PLAN, Program, free_port, multipart, wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

LIMIT = 1 << 20
FORM = "multipart/form-data; boundary=b"


class Server:
    """The application behind gunicorn, spoken to in bytes."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/jobs.db"
        self.port = free_port()
        self.folder = folder
        (folder / "hostile_app.py").write_text(
            "from flask import Flask\n"
            "from floorjobs.flask import FloorJobs\n"
            "app = Flask(__name__)\n"
            f"app.config['MAX_CONTENT_LENGTH'] = {LIMIT}\n"
            "FloorJobs(app)\n"
        )
        command = [sys.executable, "-m", "gunicorn", "--threads", "4", "--chdir", str(folder)]
        command += ["--bind", f"127.0.0.1:{self.port}", "hostile_app:app"]
        settings = {"FLOORJOBS_DATABASE_URL": self.url}
        self.program = Program(command, folder / "server.log", settings)
        self.program.wait_for("Booting worker")

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def ask(self, head: str, body: bytes = b"") -> tuple[int, Any]:
        """Send a request as it is written, and return status and body of the answer."""
        with self.connected() as connection:
            connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
            # A server that refuses does not read to the end.
            with contextlib.suppress(ConnectionError):
                connection.sendall(body)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while part := connection.recv(65536):
                    answer += part
        status, _, rest = answer.partition(b"\r\n\r\n")
        with contextlib.suppress(ValueError):
            return int(status.split()[1]), json.loads(rest)
        return int(status.split()[1]), rest

    def post(self, body: bytes, content_type: str = FORM, path: str = "ingest") -> tuple[int, Any]:
        return self.ask(
            f"POST /api/v1/{path} HTTP/1.1\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}",
            body,
        )

    def stored(self) -> int:
        with floorjobs.connect(self.url) as jobs:
            return len(jobs.list())

    def memory(self) -> int:
        """Return the resident bytes of the process that answers."""
        own = f"/proc/{self.program.pid}/task/{self.program.pid}/children"
        with open(own) as children:  # noqa: PTH123
            child = children.read().split()[0]
        with open(f"/proc/{child}/statm") as pages:  # noqa: PTH123
            return int(pages.read().split()[1]) * 4096


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("hostile"))
    with made.program:
        yield made
        assert "Traceback" not in made.program.output()


def form(filename: str, content: bytes) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    return head.encode("utf-8", "surrogateescape") + content + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"<html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0\n",
        b"\x1f\x8b\x08" + bytes(50),
        b" " * 5000 + b"%PDF-1.4",
    ],
    ids=["png", "zip", "html", "postscript", "gzip", "far in"],
)
def test_what_is_no_pdf_is_refused_whatever_its_name(server: Server, content: bytes) -> None:
    status, told = server.post(form("plan.pdf", content))
    assert (status, told["code"]) == (400, "invalid_pdf")
    assert server.stored() == 0


def test_a_compressed_request_is_not_unpacked(server: Server) -> None:
    body = gzip.compress(form("plan.pdf", bytes(100 << 20)))
    head = "POST /api/v1/ingest HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Type: " + FORM
    status, told = server.ask(f"{head}\r\nContent-Length: {len(body)}", body)
    assert status == 400
    assert told["error"]
    assert server.stored() == 0


def test_what_is_too_large_is_refused_without_being_kept(server: Server) -> None:
    before = server.memory()
    assert server.post(form("plan.pdf", b"%PDF-1.4" + bytes(LIMIT)))[0] == 413
    # Without a length, the server finds out while it reads.
    head = f"POST /api/v1/ingest HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {FORM}"
    start = form("plan.pdf", b"%PDF-1.4").partition(b"\r\n--b--")[0]
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    body = f"{len(start):x}\r\n".encode() + start + b"\r\n" + chunk * 800 + b"0\r\n\r\n"
    status, told = server.ask(head, body)
    assert (status, told["code"]) == (413, "limit_exceeded")
    # A claim of a gigabyte, of which nothing comes.
    head = f"POST /api/v1/ingest HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: 1073741824"
    assert server.ask(head)[0] == 413
    assert server.memory() - before < 32 << 20
    assert server.stored() == 0


def test_a_form_of_very_many_parts_or_a_very_long_field_is_refused(server: Server) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    assert server.post(part * 5000 + b"--b--\r\n")[0] == 413
    long = b'--b\r\nContent-Disposition: form-data; name="project_id"\r\n\r\n' + b"1" * 700_000
    assert server.post(long + b"\r\n--b--\r\n")[0] == 413
    assert server.post(b"--b\r\n" + b"A: b\r\n" * 100_000)[0] in (400, 413)
    assert server.stored() == 0


def test_an_upload_that_breaks_off_stores_nothing(server: Server) -> None:
    body = form("plan.pdf", PLAN.read_bytes())
    head = f"POST /api/v1/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
    with server.connected() as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        connection.sendall(body[: len(body) // 2])
    wait_until(lambda: server.ask("GET /health HTTP/1.1")[0] == 200)
    assert server.stored() == 0


def test_slow_uploads_keep_nobody_else_waiting(server: Server) -> None:
    body = form("plan.pdf", PLAN.read_bytes())
    head = f"POST /api/v1/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(server.connected()) for _ in range(3)]
        for connection in slow:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        for place in range(5):
            for connection in slow:
                connection.sendall(body[place : place + 1])
            assert server.ask("GET /api/v1/jobs HTTP/1.1")[0] == 200
    assert server.stored() == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/cron.d/plan.pdf", "plan.pdf"),
        # As it stands in a quoted string, where a backslash is written twice.
        ("..\\\\..\\\\Windows\\\\plan.pdf", "plan.pdf"),
        ("/plan.pdf", "plan.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("plan.exe\u202efdp.pdf", "plan.exefdp.pdf"),
        ("%2e%2e%2fplan.pdf", "%2e%2e%2fplan.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("$(reboot).pdf", "$(reboot).pdf"),
        ("план этажа.pdf", "план этажа.pdf"),
    ],
)
def test_a_name_is_a_name_and_no_path(http: FlaskClient, given: str, kept: str) -> None:
    body = form(given, PLAN.read_bytes())
    answer = http.post("/api/v1/ingest", data=body, content_type=FORM)
    assert answer.status_code == 202, answer.get_json()
    plan = http.get(f"/api/v1/floorplans/{answer.get_json()['pdf_id']}").get_json()
    assert plan["filename"] == kept


@pytest.mark.parametrize(
    "given", ["..", "plan.pdf/", "\u202e", "plan.pdf\x00.png", "x" * 300 + ".pdf"]
)
def test_a_name_that_is_none_is_refused(http: FlaskClient, given: str) -> None:
    body = form(given, PLAN.read_bytes())
    answer = http.post("/api/v1/ingest", data=body, content_type=FORM)
    assert answer.status_code == 400
    assert http.get("/api/v1/jobs").get_json()["jobs"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"prompt":' * 50_000,
        b'{"prompt": "an office", "site": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
        b'{"seed": ' + b"9" * 10_000 + b"}",
        b'{"prompt": "\\ud800", "site": {"perimeter_mm": [[0,0],[9000,0],[9000,9000],[0,9000]]}}',
        b"\xff\xfe{}",
        b"NaN",
        b'{"site": {"perimeter_mm": [[0,0],[1e999,0],[9,9]]}, "prompt": "an office"}',
    ],
    ids=[
        "deep list",
        "deep object",
        "deep site",
        "long number",
        "half a letter",
        "utf-16",
        "nan",
        "infinite",
    ],
)
def test_json_that_means_no_good_is_refused(server: Server, body: bytes) -> None:
    for path in ("generate", "layouts/1/boms"):
        status, told = server.post(body, "application/json", path)
        assert status in (400, 404), told
        assert told["code"] in ("invalid_input", "not_found")
    assert server.stored() == 0


def bomb(megabytes: int) -> bytes:
    """Return a PDF whose page unpacks to so much, packed twice."""
    packer = zlib.compressobj(9)
    line = b"0 0 m 9 9 l S\n" * 75_000
    once = b"".join(packer.compress(line) for _ in range(megabytes)) + packer.flush()
    twice = zlib.compress(once, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Contents 4 0 R >>",
        b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream"
        % (len(twice), twice),
    ]
    file = b"%PDF-1.5\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(file)
    file += b"xref\n0 5\n0000000000 65535 f \n"
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table


def test_a_bomb_ends_its_job_and_nothing_else(
    http: FlaskClient, jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    content = bomb(400)
    assert len(content) < 100_000
    answer = http.post("/api/v1/ingest", data=form("bomb.pdf", content), content_type=FORM)
    assert answer.status_code == 202
    body, content_type = multipart(PLAN)
    good = http.post("/api/v1/ingest", data=body, content_type=content_type)
    with worker(database_url, tmp_path / "worker.log", "--concurrency", "1"):
        ended = jobs.wait(answer.get_json()["job_id"], timeout=60)
        assert jobs.wait(good.get_json()["job_id"], timeout=60).status == "succeeded"
    assert (ended.status, ended.attempt) == ("failed", 1)
    assert ended.error is not None
    assert ended.error.code == "limit_exceeded"
    (attempt,) = jobs.attempts(ended.id)
    assert (attempt.peak_memory_bytes or 0) < 1 << 30
