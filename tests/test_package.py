"""The package as a whole: what importing it does, and what it says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import floorjobs
from floorjobs import _floorjobs


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
