"""Programs in C beside Python: each runs the jobs of the other, and documents show what runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import floorjobs
from c_face import library

import servers
from support import PLAN, Program, worker

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "c"
LIBRARY = library()

built = pytest.mark.skipif(
    not os.environ.get("CI") and (not LIBRARY.exists() or shutil.which("cc") is None),
    reason="needs a C compiler and the library: cargo build -p floorjobs-ffi",
)


@pytest.fixture
def example(tmp_path: Path) -> Callable[..., Path]:
    """Return what builds an example."""
    abi = re.search(r"#define FJ_ABI_VERSION (\d+)", (ROOT / "include/floorjobs.h").read_text())
    assert abi
    (tmp_path / f"libfloorjobs.so.{abi[1]}").symlink_to(LIBRARY)

    def build(name: str, folder: Path = EXAMPLES) -> Path:
        program = tmp_path / name
        command = ["cc", "-std=c11", "-D_GNU_SOURCE", f"-I{ROOT}/include"]
        command += [str(folder / f"{name}.c"), str(LIBRARY)]
        command += [f"-Wl,-rpath,{tmp_path}", "-o", str(program)]
        subprocess.run(command, check=True)
        return program

    return build


@built
def test_a_python_worker_runs_the_job_of_a_c_host(
    example: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", url)
    program = example("enqueue")
    with worker(url, tmp_path / "log", "--import", "sample_tasks"):
        command = [program, "echo", '{"number": 42}']
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert '"status":"succeeded"' in done.stdout
    assert '"result":{"payload":{"number":42},"attempt":1' in done.stdout


@built
def test_a_c_worker_runs_the_jobs_of_python(example: Callable[..., Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"
    command = [str(example("worker"))]
    with (
        floorjobs.connect(url) as jobs,
        Program(command, tmp_path / "log", {"FLOORJOBS_DATABASE_URL": url}) as program,
    ):
        loud = jobs.wait(jobs.enqueue("shout", "hey").id, timeout=30)
        assert (loud.status, loud.result) == ("succeeded", "hey!")
        refused = jobs.wait(jobs.enqueue("shout", 7).id, timeout=30)
        assert refused.error is not None
        assert (refused.status, refused.error.code) == ("failed", "invalid_input")
        plan = jobs.wait(jobs.ingest(PLAN).id, timeout=60)
        assert plan.status == "succeeded"
        assert program.terminate() == 0


@built
def test_the_first_program_stores_a_plan(
    example: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", f"sqlite:///{tmp_path}/jobs.db")
    first = example("first")
    missing = subprocess.run(
        [first], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert missing.returncode == 1
    assert missing.stderr.endswith("(not_found)\n")
    shutil.copy(PLAN, tmp_path / "plan.pdf")
    stored = subprocess.run(
        [first], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert stored.returncode == 0, stored.stderr
    assert '"job_type":"ingest"' in stored.stdout


@built
@pytest.mark.parametrize("kind", ["postgresql", "postgresql by path", "redis", "redis by path"])
def test_a_server_that_goes_away_does_not_end_a_c_host(
    kind: str, example: Callable[..., Path], tmp_path: Path
) -> None:
    wanted: type[servers.Server] = servers.Redis if "redis" in kind else servers.Postgres
    servers.need(wanted)
    program = str(example("gone", ROOT / "tests" / "c"))
    with wanted() as server:
        settings = {"FLOORJOBS_BLOBS_URL": f"file:{tmp_path}/blobs"}
        if isinstance(server, servers.Redis):
            by_path = f"unix://{server.socket}"
            settings["REDIS_URL"] = by_path if "path" in kind else server.url()
            settings["FLOORJOBS_DATABASE_URL"] = f"sqlite:///{tmp_path}/jobs.db"
        else:
            assert isinstance(server, servers.Postgres)
            by_path = f"postgresql://floorjobs@/postgres?host={server.folder}&port={server.port}"
            settings["FLOORJOBS_DATABASE_URL"] = by_path if "path" in kind else server.url()
        with subprocess.Popen(
            [program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **settings},
        ) as host:

            def once_more() -> str:
                assert host.stdin
                assert host.stdout
                host.stdin.write("\n")
                host.stdin.flush()
                return host.stdout.readline().strip()

            assert host.stdout
            assert host.stdout.readline() == "ok\n"
            server.kill()
            if isinstance(server, servers.Redis):
                assert once_more() == "ok"  # it is told of jobs, and holds none
            server.start_again()
            deadline = time.monotonic() + 60
            while (now := once_more()) != "ok":
                assert time.monotonic() < deadline, now
                time.sleep(0.1)
        assert host.returncode == 0


@built
def test_both_tell_the_same_of_what_is_stored(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"
    with floorjobs.connect(url) as jobs:
        plan = jobs.ingest(PLAN)
        square = [[0, 0], [9000, 0], [9000, 6000], [0, 6000]]
        design = jobs.generate(site={"perimeter_mm": square}, prompt="2 offices", alternatives=1)
        with worker(url, tmp_path / "log", "--drain") as draining:
            assert draining.process.wait(100) == 0
        made = jobs.get(design.id).result
        told = {
            "fj_client_floorplan": (plan.floorplan_id, jobs.floorplan(plan.floorplan_id).to_dict()),
            "fj_client_layout": (made["layout_id"], jobs.layout(made["layout_id"]).to_dict()),
            "fj_client_bom": (made["bom_id"], jobs.bom(made["bom_id"]).to_dict()),
        }
        job = jobs.get(plan.id).to_dict()
    script = f"""
import ctypes, json, sys
lib = ctypes.CDLL({str(LIBRARY)!r})
class Text(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("len", ctypes.c_size_t))
lib.fj_str_of.restype = Text
client, out, answers = ctypes.c_void_p(), Text(), {{}}
assert lib.fj_client_open(None, ctypes.byref(client), None) == 0
for name, number in {[(name, number) for name, (number, _) in told.items()]!r}:
    assert getattr(lib, name)(client, ctypes.c_int64(number), ctypes.byref(out), None) == 0
    answers[name] = json.loads(out.data)
job = lib.fj_str_of({plan.id.encode()!r})
assert lib.fj_client_get(client, job, ctypes.byref(out), None) == 0
answers["job"] = json.loads(out.data)
print(json.dumps(answers))
"""
    # In a process of its own: two copies of SQLite in one process drop each other's locks.
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "FLOORJOBS_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers["job"] == job
    for name, (_, answer) in told.items():
        assert answers[name] == answer, name


def test_the_documents_show_what_is_tested() -> None:
    tested = [path.read_text() for path in EXAMPLES.iterdir()]
    for document in ("README.md", "docs/c.md"):
        text = (ROOT / document).read_text()
        blocks = re.findall(r"^```(?:c|cpp)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        assert blocks, document
        for block in blocks:
            assert any(block in example for example in tested), f"{document}:\n{block}"
    header = (ROOT / "include" / "floorjobs.h").read_text()
    for line in (EXAMPLES / "first.c").read_text().splitlines():
        assert f" *     {line}".rstrip() in header
    named = set(re.findall(r"`fj_\w+`", (ROOT / "docs" / "c.md").read_text()))
    symbols = (ROOT / "include" / "floorjobs.symbols").read_text().split()
    assert {name.strip("`") for name in named} <= set(symbols) | {"fj_str", "fj_error"}
