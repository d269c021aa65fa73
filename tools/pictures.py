#!/usr/bin/env python3
"""Draws the pictures of the README: a plan as it was read, and a layout made from words.

tools/pictures.py            writes them
tools/pictures.py --check    fails if they are not what the library draws now
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import floorjobs

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "tests" / "data" / "plans" / "d20_resplan_idx10_double_cairo.pdf"
PROMPT = "6 operatory dental clinic with reception and 2 bathrooms"
# Millimetres.
OUTLINE = [[0, 0], [16_000, 0], [16_000, 10_000], [0, 10_000]]


def pictures() -> dict[Path, str]:
    """Return what each file should hold."""
    (reading,) = floorjobs.ingest_pdf(PLAN)
    design = floorjobs.generate(site={"perimeter_mm": OUTLINE}, prompt=PROMPT)
    folder = ROOT / "docs" / "images"
    return {folder / "plan.svg": reading.svg, folder / "layout.svg": design.svg or ""}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    for path, picture in pictures().items():
        if not check:
            path.write_text(picture)
        elif not path.exists() or path.read_text() != picture:
            sys.exit(f"{path.relative_to(ROOT)} is not what is drawn now; run `make pictures`")


if __name__ == "__main__":
    main()
