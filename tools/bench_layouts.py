"""Layouts of the benchmark set beside the growth method of ProcTHOR, in one run.

Both get the same programmes on the same plates. The peer fills a grid of half a metre with rooms
and knows no walls, doors, corridors or wishes; its area errors are those of whole cells. What is
measured of ours is the whole answer: layout, doors, fixtures, checks, bill, drawing and workbook.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "python")]

from peers import environments  # noqa: E402, as the folder is no package of this path before

from floorjobs import _floorjobs as native  # noqa: E402

SET = ROOT / "tests" / "data" / "generate"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "peers"
CELL_MM = 500
# Two cells, as a wall of a metre is shared in ours.
SHARED_CELLS = 2

Case = dict[str, Any]


def main() -> None:
    """Measure, and print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--every", type=int, default=17, help="take every so many instances")
    options = words.parse_args()
    cases = [case for case in _cases() if case["feasible"]][:: options.every]
    python = environments.programs(TARGET, "procthor") / "python"
    told = json.dumps([{"cells": _cells(c), "targets": c["targets"]} for c in cases])
    grown = subprocess.run(
        [str(python), str(ROOT / "tools" / "peers" / "growth.py")],
        input=told,
        capture_output=True,
        text=True,
        check=True,
    )
    peer = [_of_grid(*pair) for pair in zip(cases, json.loads(grown.stdout), strict=True)]
    ours = [_ours(case) for case in cases]
    print(f"{len(cases)} programmes; ProcTHOR {environments.version('procthor')}, best of 100\n")
    print("| figure | floorjobs | growth |\n|---|---|---|")
    for name, row in (
        ("laid out", lambda rows: f"{sum(r is not None for r in rows)} of {len(rows)}"),
        ("area error, median / p95", lambda rows: _two(_pooled(rows, "errors"), " %")),
        ("strongly wanted sharing a wall", lambda rows: _mean(_pooled(rows, "walls"))),
        ("time, p50 / p95", lambda rows: _two(_pooled(rows, "seconds"), " s")),
    ):
        print(f"| {name} | {row(ours)} | {row(peer)} |")


def _cases() -> list[Case]:
    """Return the set, sized as `tests/bench/generate/set.rs` sizes it."""
    kinds = json.loads((ROOT / "core" / "src" / "layout" / "room_types.json").read_text())
    kinds = {kind["key"]: kind for kind in kinds}
    programmes = json.loads((SET / "programmes.json").read_text())
    plates = json.loads((SET / "plates.json").read_text())
    found = []
    for i, k, factor, label in json.loads((SET / "instances.json").read_text()):
        programme, plate = programmes[i], plates[k]
        ids, targets = [], []
        for room in programme["rooms"]:
            kind, count = kinds[room["type"]], room.get("count", 1)
            seats = room.get("seats", 0) * kind.get("m2_per_seat", 0)
            area = room.get("area_m2") or seats or kind["area_m2"]
            names = [f"{room['id']}-{n + 1}" for n in range(count)] if count > 1 else [room["id"]]
            ids += names
            targets += [area] * count
        corners = plate["corners"]
        pairs = list(zip(corners, corners[1:] + corners[:1], strict=True))
        doubled = abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in pairs))
        scale = math.sqrt(sum(targets) * factor * 1e6 / (doubled / 2))
        outline = [[round(v * scale / 10) * 10 for v in corner] for corner in corners]
        site: Case = {"perimeter_mm": outline}
        if "entrance" in plate:
            edge, at = plate["entrance"]
            a, b = outline[edge], outline[(edge + 1) % len(outline)]
            start = int(math.dist(a, b)) * at // 1000 - 600
            site["entrances"] = [{"edge": edge, "from_mm": start, "width_mm": 1200}]
        width, height = outline[2]
        steps = [n / (plate.get("columns", 0) + 1) for n in range(1, plate.get("columns", 0) + 1)]
        middles = [(int(width * x), int(height * y)) for x in steps for y in steps]
        site["columns_mm"] = [[x - 150, y - 150, x + 150, y + 150] for x, y in middles]
        program = {key: programme.get(key, []) for key in ("rooms", "adjacency", "access")}
        request = {"site": site, "program": program, "solver": {"alternatives": 1}}
        wishes = [
            ([x for x in ids if _is(x, w["a"])], [x for x in ids if _is(x, w["b"])])
            for w in program["adjacency"]
            if w["rating"] in "AE"
        ]
        case = {"ids": ids, "targets": targets, "outline": outline, "wishes": wishes}
        found.append({**case, "request": request, "feasible": label == 1})
    return found


def _is(room: str, name: str) -> bool:
    return room == name or (room.startswith(f"{name}-") and room[len(name) + 1 :].isdigit())


def _cells(case: Case) -> list[list[int]]:
    """Return the plate on the peer's grid: 1 where the middle of a cell is on the floor."""
    outline = case["outline"]
    rows = max(y for _, y in outline) // CELL_MM
    columns = max(x for x, _ in outline) // CELL_MM
    half = CELL_MM / 2
    return [
        [int(_inside(outline, c * CELL_MM + half, r * CELL_MM + half)) for c in range(columns)]
        for r in range(rows)
    ]


def _inside(outline: list[list[int]], x: float, y: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            inside = not inside
    return inside


def _figures(got: list[float], wanted: list[float]) -> list[float]:
    """Return each area's error in percent, against its share of what there is."""
    scale = sum(got) / sum(wanted)
    return [abs(g / (w * scale) - 1) * 100 for g, w in zip(got, wanted, strict=True)]


def _of_grid(case: Case, answer: Case) -> Case | None:
    grid = answer["grid"]
    if grid is None:
        return None
    counts = [0] * len(case["ids"])
    shared: dict[tuple[int, int], int] = {}
    for r, row in enumerate(grid):
        for c, room in enumerate(row):
            if room:
                counts[room - 1] += 1
            for other in (
                row[c + 1] if c + 1 < len(row) else 0,
                grid[r + 1][c] if r + 1 < len(grid) else 0,
            ):
                if room and other and room != other:
                    pair = (min(room, other) - 1, max(room, other) - 1)
                    shared[pair] = shared.get(pair, 0) + 1
    at = case["ids"].index
    walls = [
        100.0
        * any(
            shared.get((min(at(a), at(b)), max(at(a), at(b))), 0) >= SHARED_CELLS
            for b in others
            if b != a
        )
        for some, others in case["wishes"]
        for a in some
    ]
    errors = _figures([float(n) for n in counts], case["targets"])
    return {"errors": errors, "walls": walls, "seconds": [answer["seconds"]]}


def _ours(case: Case) -> Case | None:
    start = time.perf_counter()
    text, _files = native.generate(json.dumps(case["request"]))
    took = time.perf_counter() - start
    answer = json.loads(text)
    if answer["layout"] is None:
        return None
    rooms = [room for room in answer["layout"]["rooms"] if room.get("requested_m2")]
    errors = _figures([r["area_sqm"] for r in rooms], [r["requested_m2"] for r in rooms])
    count = sum(len(some) for some, _ in case["wishes"])
    walls = [answer["metrics"]["closeness"]["strong_wall_pct"]] * count
    return {"errors": errors, "walls": walls, "seconds": [took]}


def _pooled(rows: list[Case | None], name: str) -> list[float]:
    return [value for row in rows if row is not None for value in row[name]]


def _two(values: list[float], unit: str) -> str:
    values = sorted(values)
    at = [values[max(math.ceil(len(values) * part) - 1, 0)] for part in (0.5, 0.95)]
    return f"{at[0]:.2f} / {at[1]:.2f}{unit}"


def _mean(values: list[float]) -> str:
    return f"{sum(values) / max(len(values), 1):.0f} %"


if __name__ == "__main__":
    main()
