"""The environments of the peers, made when first needed: their packages do not go together."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

_REQUIREMENTS = Path(__file__).parent / "requirements"


def programs(folder: Path, name: str) -> Path:
    """Return the folder of programs of a peer's environment, installed as its file pins it."""
    wanted = (_REQUIREMENTS / f"{name}.txt").read_text()
    place = folder / name
    ready = place / ".ready"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"installing {name} into {place}", file=sys.stderr)
        venv.create(place, clear=True, with_pip=True)
        command = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", "-r", str(_REQUIREMENTS / f"{name}.txt")]
        subprocess.run(command, check=True)
        ready.write_text(wanted)
    return place / "bin"


def version(name: str) -> str:
    """Return the version that is pinned for a peer, in the first line of its file."""
    lines = (_REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    return lines[0].split("==")[1]
