"""Layouts and bills of materials.

Lengths of layouts are millimetres, money is text of a decimal number of rupees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorjobs.models.values import Json, moment, rfc3339


@dataclass(frozen=True, slots=True)
class Layout:
    """Rooms that were laid out.

    Attributes:
        id: The id.
        floorplan_id: The floor plan it was made in, if it was.
        job_id: The job that made it; None when that has been deleted.
        status: ``"ok"``, or ``"ok_with_relaxations"`` if something was given differently.
        layout: Rooms, interior walls, doors, fixtures, corridors and perimeter, in millimetres.
        relaxations: What was given differently from what was asked, and why.
        violations: What the checker says; warnings only.
        metrics: Figures about the layout.
        interpretation: How the words of the request were understood.
        alternatives: Other layouts, best first, each with its ``source``, ``native`` with the
            version or the name of a host's source.
        document: All of the answer.
        created_at: When it was stored.
    """

    id: int
    floorplan_id: int | None
    job_id: str | None
    status: str
    layout: dict[str, Json]
    relaxations: list[dict[str, Json]]
    violations: list[dict[str, Json]]
    metrics: dict[str, Json]
    interpretation: dict[str, Json]
    alternatives: list[dict[str, Json]]
    document: dict[str, Json]
    created_at: datetime

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Layout:
        """Make a layout from its JSON shape."""
        answer = data["document"]
        return cls(
            id=data["id"],
            floorplan_id=data["floorplan_id"],
            job_id=data["job_id"],
            status=answer["status"],
            layout=answer["layout"],
            relaxations=answer["relaxations"],
            violations=answer["violations"],
            metrics=answer["metrics"] or {},
            interpretation=answer["interpretation"],
            alternatives=answer["alternatives"],
            document=answer,
            created_at=moment(data["created_at"]),
        )

    @property
    def constraint_result(self) -> dict[str, Json]:
        """What the checker says, in the older shape."""
        found = [
            {
                "type": one["code"],
                "description": one["message"],
                "severity": one["severity"],
                "affected_elements": one["elements"],
            }
            for one in self.violations
        ]
        errors = sum(one["severity"] == "error" for one in found)
        return {
            "passed": errors == 0,
            "violations": found,
            "summary": f"{errors} errors, {len(found) - errors} warnings",
        }

    def to_dict(self) -> dict[str, Json]:
        """Return the answer of ``GET /layouts/<id>``, ready for `json.dumps`."""
        return {
            "id": self.id,
            "floorplan_id": self.floorplan_id,
            "job_id": self.job_id,
            "created_at": rfc3339(self.created_at),
            "constraint_result": self.constraint_result,
            **self.document,
        }


@dataclass(frozen=True, slots=True)
class Bom:
    """A bill of materials.

    Attributes:
        id: The id.
        floorplan_id: The floor plan it is about, if it is about one.
        layout_id: The layout it prices.
        job_id: The job that made it; None when that has been deleted.
        total_cost_inr: The total in rupees, as text with two decimals.
        is_partial: Whether lines without a price are missing from the total.
        line_items: The lines, each with ``material_name``, ``category``, ``quantity``, ``unit``,
            ``rate_inr``, ``amount_inr``, ``room_name`` and ``notes``, and how they were measured.
        document: All of the bill.
        created_at: When it was stored.
    """

    id: int
    floorplan_id: int | None
    layout_id: int | None
    job_id: str | None
    total_cost_inr: str
    is_partial: bool
    line_items: list[dict[str, Json]]
    document: dict[str, Json]
    created_at: datetime

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Bom:
        """Make a bill from its JSON shape."""
        bill = data["document"]
        return cls(
            id=data["id"],
            floorplan_id=data["floorplan_id"],
            layout_id=data["layout_id"],
            job_id=data["job_id"],
            total_cost_inr=data["total_cost_inr"],
            is_partial=data["is_partial"],
            line_items=bill["line_items"],
            document=bill,
            created_at=moment(data["created_at"]),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the answer of ``GET /boms/<id>``, ready for `json.dumps`."""
        return {
            **self.document,
            "id": self.id,
            "floorplan_id": self.floorplan_id,
            "layout_id": self.layout_id,
            "job_id": self.job_id,
            "total_cost_inr": self.total_cost_inr,
            "created_at": rfc3339(self.created_at),
        }
