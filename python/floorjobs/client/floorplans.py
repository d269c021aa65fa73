"""Floor plans, as the client hands them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs import models
from floorjobs.client.opened import Opened
from floorjobs.models.values import object_from

if TYPE_CHECKING:
    from floorjobs.models import Floorplan


class Floorplans(Opened):
    """The part of the client about floor plans."""

    def floorplan(self, floorplan_id: int, *, with_plan: bool = True) -> Floorplan:
        """Return a floor plan, with what was read from it if an ingest has succeeded.

        Args:
            floorplan_id: The floor plan.
            with_plan: Whether to read all of it; without, `plan` is None and `wall_segments` is
                empty, and only the database is asked.

        Raises:
            NotFoundError: There is no such floor plan.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.ingest(plan).id)
            ...     found = jobs.floorplan(job.floorplan_id)
            >>> (found.status, len(found.plan["rooms"]), found.plan["scale"]["ratio"])
            ('processed', 5, 48.0)
        """
        return models.Floorplan.from_dict(
            object_from(self._native.floorplan(floorplan_id, with_plan))
        )

    def floorplan_svg(self, floorplan_id: int) -> str:
        """Return the picture of a floor plan's page and walls as SVG.

        Raises:
            NotFoundError: There is no such floor plan.
            InvalidStateError: It has not been read yet.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.ingest(plan).id)
            ...     jobs.floorplan_svg(job.floorplan_id)[:5]
            '<svg '
        """
        return self._native.floorplan_svg(floorplan_id)
