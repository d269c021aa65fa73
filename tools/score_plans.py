#!/usr/bin/env python3
"""Reads plans whose truth is known, and prints how well, per drafting style, as a table.

tools/score_plans.py FOLDER [--keep OUT]

FOLDER holds `score.py`, and `dev/` with PDFs and their truth in `dev/gt`. Needs numpy and shapely,
which `score.py` uses.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import floorjobs

HEAD = (
    "plans",
    "files",
    "walls, strict F1",
    "thickness",
    "rooms F1",
    "labels",
    "area error",
    "doors F1",
    "windows F1",
    "scale",
)


def read(pdf: Path, out: Path) -> None:
    """Read one plan and write what was found for the scorer."""
    try:
        (found,) = floorjobs.ingest_pdf(pdf)
        detections = found.detections
    except floorjobs.FloorjobsError as error:
        sys.stderr.write(f"{pdf.name}: {error.code}: {error}\n")
        detections = {"coord_space": "display_tl"}
    (out / f"{pdf.stem}.json").write_text(json.dumps(detections))


def row(name: str, score: dict[str, Any]) -> str:
    """Return one line of the table."""
    scales = score["scale"].values()
    right, asked = sum(s["ok"] for s in scales), sum(s["n"] for s in scales)

    def figure(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    cells = (
        name,
        str(score["files"]),
        figure(score["walls_strict"]["f1"]),
        figure(score["thickness_ok"]),
        figure(score["rooms"]["f1"]),
        figure(score["label_acc"]),
        figure(score["area_err_median"]),
        figure(score["doors"]["f1"]),
        figure(score["windows"]["f1"]),
        f"{right}/{asked}",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Read the command line, read the plans, score them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, metavar="OUT", help="keep what was found here")
    options = parser.parse_args()
    plans = options.folder / "dev"
    with tempfile.TemporaryDirectory() as temporary:
        out = options.keep or Path(temporary)
        out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda pdf: read(pdf, out), sorted(plans.glob("*.pdf"))))
        scores = Path(temporary) / "scores.json"
        command = [sys.executable, str(options.folder / "score.py")]
        command += ["--gt", str(plans / "gt"), "--pred", str(out)]
        command += ["--by", "style", "--json", str(scores)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(scores.read_text())
    print("| " + " | ".join(HEAD) + " |")
    print("|---" + "|---:" * (len(HEAD) - 1) + "|")
    for style, score in sorted(found["by"]["style"].items()):
        print(row(style, score))
    print(row("all of line work", found["vector"]))
    if found["raster"]:
        print(row("scans", found["raster"]))


if __name__ == "__main__":
    main()
