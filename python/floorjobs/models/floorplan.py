"""Floor plans as they were read.

Lengths of walls are PDF points (1/72 inch) of the displayed page, origin top left, y down, with
millimetres beside them when the scale is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.job import Failure
from floorjobs.models.values import FloorplanStatus, Json, moment, rfc3339


@dataclass(frozen=True, slots=True)
class Floorplan:
    """An uploaded floor plan, and what was read from it.

    Attributes:
        id: The id; older routes call it ``pdf_id``.
        status: Where it stands, as its newest ingest job tells.
        project_id: The number by which the host knows its project.
        filename: The name under which the file was uploaded.
        pdf_bytes: The size of the PDF.
        error: Why it could not be read, if so.
        source: How it was read, ``"vector"`` or ``"raster"``; None until it was.
        total_wall_count: How many walls there are; None until it was read.
        total_linear_pts: The sum of their lengths in points; None until it was read.
        wall_segments: The walls by their centre lines in points, each with ``x1``, ``y1``,
            ``x2``, ``y2``, ``length_pts`` and ``thickness``; empty until it was read.
        spatial_graph: Walls, rooms, scale and page in the shape that ``generate`` takes; None
            until it was read.
        plan: All that was read: page, walls, rooms, openings, scale, texts, findings; None until
            it was.
        created_at: When it was uploaded.
        updated_at: When it last changed.
    """

    id: int
    status: FloorplanStatus
    project_id: int | None
    filename: str | None
    pdf_bytes: int
    error: Failure | None
    source: str | None
    total_wall_count: int | None
    total_linear_pts: float | None
    wall_segments: list[dict[str, float]]
    spatial_graph: dict[str, Json] | None
    plan: dict[str, Json] | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Floorplan:
        """Make a floor plan from its JSON shape."""
        reading = data["reading"] or {}
        document = data["document"] or {}
        error = data["error"]
        return cls(
            id=data["id"],
            status=data["status"],
            project_id=data["project_id"],
            filename=data["filename"],
            pdf_bytes=data["pdf_bytes"],
            error=None if error is None else Failure.from_dict(error),
            source=reading.get("source"),
            total_wall_count=reading.get("total_wall_count"),
            total_linear_pts=reading.get("total_linear_pts"),
            wall_segments=document.get("wall_segments", []),
            spatial_graph=document.get("spatial_graph"),
            plan=document.get("floorplan"),
            created_at=moment(data["created_at"]),
            updated_at=moment(data["updated_at"]),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the answer of ``GET /floorplans/<id>``, ready for `json.dumps`."""
        return {
            "id": self.id,
            "status": self.status,
            "project_id": self.project_id,
            "filename": self.filename,
            "pdf_bytes": self.pdf_bytes,
            "error": None if self.error is None else self.error.to_dict(),
            "source": self.source,
            "total_wall_count": self.total_wall_count,
            "total_linear_pts": self.total_linear_pts,
            "wall_segments": self.wall_segments,
            "spatial_graph": self.spatial_graph,
            "plan": self.plan,
            "created_at": rfc3339(self.created_at),
            "updated_at": rfc3339(self.updated_at),
        }
