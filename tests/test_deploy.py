"""The files in deploy/ against what the programs really accept, as far as this machine can tell."""

from __future__ import annotations

import ast
import http.client
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import floorjobs
from floorjobs import command, supervisor

import servers
from support import Program, free_port, need, wait_until

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "floorjobs-worker.service"

SETTINGS = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", command._EPILOG))
# Of Python itself.
SETTINGS_OF_OTHERS = {"PYTHONUNBUFFERED"}


def worker_options(words: list[str]) -> argparse.Namespace:
    """Parse a command that runs the worker; a wrong option ends the test."""
    assert Path(words[0]).name == "python"
    assert words[1:3] == ["-m", "floorjobs.worker"]
    return command.parser("worker").parse_args(words[3:])


def unit() -> dict[str, str]:
    pairs = re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE)
    assert pairs
    return dict(pairs)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return made


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text()
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    return [(name, rest) for name, rest in re.findall(r"^([A-Z]+) (.*)$", joined, re.MULTILINE)]


def test_the_unit_starts_a_worker_and_gives_it_time_to_stop() -> None:
    said = unit()
    options = worker_options(shlex.split(said["ExecStart"]))
    assert options.processes == 2
    # Otherwise workers would hear of a stop twice, which gives their jobs back at once.
    assert said["KillMode"] == "mixed"
    assert int(said["TimeoutStopSec"]) > supervisor._KILL_AFTER_S
    assert said["RestartPreventExitStatus"] == "2"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    need("systemd-analyze")
    copy = tmp_path / UNIT.name
    python = unit()["ExecStart"].split()[0]
    copy.write_text(UNIT.read_text().replace(python, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_settings_of_the_examples_are_those_that_are_read(compose: dict[str, Any]) -> None:
    example = (DEPLOY / "worker.env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    for service in compose["services"].values():
        if service["image"] == "floorjobs":
            named |= set(service["environment"])
    for name, rest in instructions():
        if name == "ENV":
            named |= {pair.split("=", 1)[0] for pair in rest.split()}
    assert "FLOORJOBS_DATABASE_URL" in named
    assert named - SETTINGS_OF_OTHERS <= SETTINGS


def test_the_services_of_the_compose_file_fit_together(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"postgres", "redis", "migrate", "api", "worker"}
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[other], (name, other)
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]
    build = services["worker"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Dockerfile")
    options = worker_options(services["worker"]["command"])
    assert int(services["worker"]["stop_grace_period"].rstrip("s")) > supervisor._KILL_AFTER_S
    # What is asked for is what answers, at the port that it listens on.
    for name, port, paths in [
        ("worker", options.health_port, ("/livez", "/readyz")),
        ("api", 8000, ("/health",)),
    ]:
        check = services[name]["healthcheck"]["test"]
        assert check[:3] == ["CMD", "python", "-c"]
        ast.parse(check[3])
        asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check[3])
        assert asked is not None
        assert (int(asked[1]), asked[2] in paths) == (port, True)
    assert options.health_host == "0.0.0.0"  # noqa: S104, in a container of its own
    # The files are where both find them, and an image makes them writable.
    url = services["worker"]["environment"]["FLOORJOBS_BLOBS_URL"]
    assert url == services["api"]["environment"]["FLOORJOBS_BLOBS_URL"]
    assert url.removeprefix("file://") in (DEPLOY / "Dockerfile").read_text()


def test_the_api_of_the_compose_file_starts(compose: dict[str, Any], tmp_path: Path) -> None:
    words = compose["services"]["api"]["command"]
    assert words[0] == "gunicorn"
    env = {**os.environ, "FLOORJOBS_DATABASE_URL": f"sqlite:///{tmp_path}/jobs.db"}
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", *words[1:]],
        cwd=ROOT / "examples",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_image_is_made_of_what_is_here(tmp_path: Path) -> None:
    stages = [rest for name, rest in instructions() if name == "FROM"]
    rust = re.search(r'^rust-version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert rust is not None
    assert stages[0].startswith(f"rust:{rust[1]}-")
    assert re.match(r"python:3\.1[0-9]-", stages[1])
    copied = []
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                assert (ROOT / source).exists(), source
                copied.append((source, target))
    # What was copied is a workspace by itself, with every file that its manifests name.
    for source, target in copied:
        if target.startswith("/"):
            continue
        place = tmp_path / (source if target == "./" else target)
        if (ROOT / source).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(ROOT / source, place, ignore=ignore)
        else:
            shutil.copy(ROOT / source, place)
    done = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    targets = [t for p in json.loads(done.stdout)["packages"] for t in p["targets"]]
    assert targets
    for target in targets:
        assert Path(target["src_path"]).exists(), target["src_path"]
    words = next(rest for name, rest in instructions() if name == "CMD")
    assert worker_options(json.loads(words)).health_port == 9808
    assert [rest for name, rest in instructions() if name == "USER"] == ["floorjobs"]


def test_the_commands_of_the_compose_file_run_on_servers(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    servers.need(servers.Postgres)
    servers.need(servers.Redis)
    services = compose["services"]
    port = free_port()
    with servers.new_database(servers.shared_postgres()) as url:
        settings = {
            "FLOORJOBS_DATABASE_URL": url,
            "FLOORJOBS_BLOBS_URL": f"file://{tmp_path}/blobs",
            "REDIS_URL": servers.shared_redis(),
        }
        migrate = services["migrate"]["command"]
        assert migrate[:3] == ["python", "-m", "floorjobs"]
        subprocess.run([sys.executable, *migrate[1:]], env={**os.environ, **settings}, check=True)
        words = services["worker"]["command"]
        words = [str(port) if word == "9808" else word for word in words]
        with (
            floorjobs.connect(url, blobs_url=settings["FLOORJOBS_BLOBS_URL"]) as jobs,
            Program.in_tests(
                [sys.executable, *words[1:], "--import", "sample_tasks"],
                tmp_path / "worker.log",
                settings,
            ) as program,
        ):

            def is_ready() -> bool:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                try:
                    connection.request("GET", "/readyz")
                    return connection.getresponse().status == 200
                except OSError:
                    return False
                finally:
                    connection.close()

            wait_until(is_ready, 30, program.output())
            assert jobs.wait(jobs.enqueue("echo").id, timeout=20).status == "succeeded"
            assert program.terminate() == 0, program.output()
