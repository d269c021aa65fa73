"""What was read of a floor plan, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from floorjobs.cli.output import Output
    from floorjobs.models.values import Json

HEAD = ("PAGE", "SCALE", "WALLS", "ROOMS", "DOORS", "WINDOWS", "AREA", "FINDINGS")
"""What `row` tells of a plan."""


def row(plan: dict[str, Json]) -> Sequence[str]:
    """Return one line about a plan."""
    scale, rooms = plan["scale"], plan["rooms"]
    areas = [room["area_m2"] for room in rooms if room["area_m2"] is not None]
    return (
        str(plan["page"]["index"]),
        "unknown" if scale is None else f"1:{scale['ratio']:g}",
        str(len(plan["walls"])),
        str(len(rooms)),
        str(len(plan["doors"])),
        str(len(plan["windows"])),
        f"{sum(areas):.1f} m²" if areas else "",
        ", ".join(sorted({finding["code"] for finding in plan["findings"]})),
    )


def rooms(plan: dict[str, Json], out: Output) -> None:
    """Write the rooms of a plan, and what was found about it."""
    if plan["rooms"]:
        out.line("")
        out.table(
            ("ROOM", "AREA", "PRINTED", "SURE"),
            [
                (
                    room["name"],
                    _area(room["area_m2"]),
                    _area(room["printed_area_m2"]),
                    f"{100 * room['confidence']:.0f} %",
                )
                for room in plan["rooms"]
            ],
        )
    for finding in plan["findings"]:
        out.line(f"{finding['code']}: {finding['message']}")


def _area(square_metres: float | None) -> str:
    return "" if square_metres is None else f"{square_metres:.1f} m²"
