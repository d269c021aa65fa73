"""Lays out programmes with the growth method of ProcTHOR (Lopes et al. 2010), in its environment.

Reads a list of `{"cells": rows of 0 and 1, "targets": [m2]}` as JSON, and writes for each the
seconds it took and the grid of room numbers, from 1 in the order of the targets; `null` where it
found nothing. Only the planner is imported: the rest of the package wants a game engine.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import time
import types
from importlib.util import find_spec
from pathlib import Path


def planner() -> list[types.ModuleType]:
    """Import the planner past the packages around it."""
    root = Path(find_spec("procthor").submodule_search_locations[0])
    for name in ("generation", "utils"):
        package = types.ModuleType(f"procthor.{name}")
        package.__path__ = [str(root / name)]
        sys.modules[package.__name__] = package
    names = ("generation.floorplan_generation", "generation.room_specs", "utils.types", "constants")
    return [importlib.import_module(f"procthor.{name}") for name in names]


def main() -> None:
    """Lay out what standard input says."""
    growth, specs, kinds, constants = planner()
    np = growth.np
    answers = []
    for number, case in enumerate(json.load(sys.stdin)):
        random.seed(number)
        np.random.seed(number)
        # Numbers 0 and 1 mean empty and outside.
        rooms = [
            kinds.LeafRoom(room_id=2 + i, ratio=target, room_type=None)
            for i, target in enumerate(case["targets"])
        ]
        spec = specs.RoomSpec(room_spec_id="one", sampling_weight=1, spec=rooms)
        cells = np.array(case["cells"])
        outline = np.where(cells == 1, constants.EMPTY_ROOM_ID, constants.OUTDOOR_ROOM_ID)
        start = time.perf_counter()
        try:
            made = growth.generate_floorplan(room_spec=spec, interior_boundary=outline)
        except (kinds.InvalidFloorplan, ValueError, IndexError):
            made = None
        took = time.perf_counter() - start
        grid = None if made is None else np.where(made > 1, made - 1, 0).tolist()
        answers.append({"seconds": took, "grid": grid})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
