"""The package as a whole: what importing it does, and what it says of itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import floorjobs
from floorjobs import _floorjobs

from support import need


def _of_pyenv(minor: int) -> list[str]:
    """Return the Pythons of this version that pyenv has, which are on no path."""
    versions = Path("~/.pyenv/versions").expanduser()
    return sorted(str(found) for found in versions.glob(f"3.{minor}.*/bin/python3"))


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_importing_it_brings_no_framework_and_starts_no_thread() -> None:
    assert (
        run(
            "import floorjobs, os, sys\n"
            "assert 'flask' not in sys.modules\n"
            "print(len(os.listdir('/proc/self/task')))"
        )
        == "1"
    )


# Each of these costs more than all of floorjobs; who needs one imports it where it is needed.
SLOW_MODULES = {
    "argparse",
    "asyncio",
    "concurrent.futures",
    "ctypes",
    "flask",
    "http.server",
    "importlib.metadata",
    "logging",
    "multiprocessing",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "traceback",
    "urllib.request",
    "werkzeug",
}


def test_importing_it_brings_no_slow_module() -> None:
    found = set(run("import floorjobs, sys\nprint(*sys.modules)").split())
    # Who only reads a plan, as `python -m floorjobs ingest` does, needs no client.
    assert "floorjobs.models" in found
    assert "floorjobs.client" not in found
    assert found & SLOW_MODULES == set()


def test_classes_of_values_are_made_when_they_are_asked_for() -> None:
    found = run(
        "import floorjobs, sys\n"
        "assert 'floorjobs.models.job' not in sys.modules\n"
        "for package in (floorjobs, floorjobs.models):\n"
        "    assert dir(package) == sorted(package.__all__)\n"
        "    for name in package.__all__:\n"
        "        assert getattr(package, name) is not None\n"
        "assert floorjobs.Job is floorjobs.models.Job\n"
        "print(hasattr(floorjobs, 'nothing'))"
    )
    assert found == "False"


def test_a_worker_without_child_processes_and_probes_brings_neither() -> None:
    found = set(run("import floorjobs.worker, sys\nprint(*sys.modules)").split())
    assert "floorjobs.calls" in found
    assert found & {"asyncio", "flask", "http.server", "multiprocessing", "subprocess"} == set()


def test_the_module_is_for_every_python_from_3_10_on() -> None:
    assert Path(_floorjobs.__file__).name == "_floorjobs.abi3.so"
    root = Path(__file__).parent.parent
    assert '"abi3-py310"' in (root / "Cargo.toml").read_text()
    assert 'requires-python = ">=3.10"' in (root / "pyproject.toml").read_text()
    # What it needs of the system: the C library and what comes with every compiler.
    need("readelf")
    told = subprocess.run(
        ["readelf", "--dynamic", _floorjobs.__file__], capture_output=True, text=True, check=True
    )
    needed = set(re.findall(r"\(NEEDED\).*\[(.*?)\.so", told.stdout))
    assert needed <= {
        "libc",
        "libm",
        "libgcc_s",
        "libpthread",
        "libdl",
        "librt",
        "ld-linux-x86-64",
        "ld-linux-aarch64",
    }, needed


PYTHONS = [
    path
    for minor in range(10, 16)
    if minor != sys.version_info.minor
    for path in [*_of_pyenv(minor), shutil.which(f"python3.{minor}")][:1]
    if path is not None
]


@pytest.mark.parametrize("python", PYTHONS or [None])
def test_the_same_file_serves_other_pythons(python: str | None, tmp_path: Path) -> None:
    if python is None:
        pytest.skip("there is no other Python of 3.10 or newer here")
    code = (
        "import floorjobs\n"
        f"with floorjobs.connect('sqlite:///{tmp_path}/jobs.db') as jobs:\n"
        "    job = jobs.enqueue('k', {'a': [1, None, 2.5]})\n"
        "    def run(ctx, payload):\n"
        "        ctx.checkpoint(1)\n"
        "        return payload\n"
        "    print(jobs.run_here(job.id, run).result)\n"
    )
    env = {"PYTHONPATH": str(Path(floorjobs.__file__).parent.parent), "PYTHONWARNINGS": "error"}
    done = subprocess.run([python, "-c", code], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "{'a': [1, None, 2.5]}\n"), done.stderr


def test_the_client_starts_no_thread(tmp_path: Path) -> None:
    assert (
        run(
            "import floorjobs, os\n"
            f"jobs = floorjobs.connect('sqlite:///{tmp_path}/jobs.db')\n"
            "job = jobs.enqueue('k')\n"
            "jobs.cancel(job.id), jobs.wait(job.id, timeout=5), jobs.list()\n"
            "print(len(os.listdir('/proc/self/task')))"
        )
        == "1"
    )


def test_everything_it_names_is_there() -> None:
    assert sorted(floorjobs.__all__) == floorjobs.__all__
    for name in floorjobs.__all__:
        assert hasattr(floorjobs, name)


def test_the_version_is_in_one_place() -> None:
    root = Path(__file__).parent.parent
    versions = re.findall(r'^version = "(.*)"', (root / "Cargo.toml").read_text(), re.MULTILINE)
    assert versions == [floorjobs.__version__]


def test_the_crash_points_of_the_tests_are_not_in_it() -> None:
    assert b"FLOORJOBS_CRASH_AT" not in Path(_floorjobs.__file__).read_bytes()
