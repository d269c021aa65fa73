"""Builds the shared library with each of its parts left out, and says what that saves.

Usage: tools/parts.py target/release. Each line is a release build: minutes, the first time.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from size import stripped_size

ROOT = Path(__file__).parent.parent


def parts() -> list[str]:
    """Return what can be built out: the default features of the crate."""
    manifest = (ROOT / "ffi" / "Cargo.toml").read_text()
    found = re.search(r"^default = \[(.*)\]$", manifest, re.MULTILINE)
    if not found:
        sys.exit("ffi/Cargo.toml has no default features")
    return re.findall(r'"(\w+)"', found[1])


def size_with(features: list[str], built: Path) -> int:
    """Build the shared library, and return its size."""
    command = ["cargo", "rustc", "--quiet", "--release", "-p", "floorjobs-ffi"]
    command += ["--crate-type", "cdylib", "--no-default-features", "--features", ",".join(features)]
    subprocess.run(command, cwd=ROOT, check=True)
    return stripped_size(built / "libfloorjobs.so")


def main(built: Path) -> None:
    """Print a table."""
    every = parts()
    whole = size_with(every, built)
    print("| the shared library, stripped | size | saved |\n|---|---|---|", flush=True)
    print(f"| with all parts | {whole / 1e6:.1f} MB | |", flush=True)
    for part in every:
        size = size_with([other for other in every if other != part], built)
        if size >= whole:
            sys.exit(f"leaving out `{part}` leaves nothing out")
        saved = (whole - size) / 1e6
        print(f"| without `{part}` | {size / 1e6:.1f} MB | {saved:.1f} MB |", flush=True)
    size = size_with([], built)
    print(f"| without any of them | {size / 1e6:.1f} MB | {(whole - size) / 1e6:.1f} MB |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
