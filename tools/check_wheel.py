"""Looks at a wheel as those do who will install it: its tags, its symbols, and what it is made of.

Usage: tools/check_wheel.py dist/*.whl
Fails unless the wheel is for every CPython from 3.10 on, uses the stable ABI alone, and runs with
the glibc that its name says.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NAME = re.compile(r"floorjobs-[^-]+-cp310-abi3-(?:manylinux\w+\.)?manylinux_(2_\d+)_\w+\.whl")
OLDER_NAME = re.compile(r"floorjobs-[^-]+-cp310-abi3-manylinux2014_\w+\.whl")


def run(*command: str) -> str:
    """Run a program of this environment; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return " ".join(done.stdout.split())


def check(wheel: Path) -> str:
    """Return what holds for a wheel; ends the program where something does not."""
    named = NAME.fullmatch(wheel.name)
    if named is None and OLDER_NAME.fullmatch(wheel.name) is None:
        raise SystemExit(f"{wheel.name}: not tagged cp310-abi3-manylinux...")
    promised = tuple(map(int, named[1].split("_"))) if named else (2, 17)
    told = run("auditwheel", "show", str(wheel))
    found = re.search(r'following platform tag: "manylinux_(\d+)_(\d+)_', told)
    if found is None or (int(found[1]), int(found[2])) > promised:
        raise SystemExit(f"{wheel.name}: its symbols need more than it says:\n{told}")
    run("abi3audit", "--strict", str(wheel))
    return f"{wheel.name}: glibc {found[1]}.{found[2]} and newer, the stable ABI alone"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    for argument in sys.argv[1:]:
        print(check(Path(argument)))
