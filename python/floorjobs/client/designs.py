"""Layouts and bills of materials: asking for them, and for what came out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from floorjobs import models, origin
from floorjobs.client.design_request import design_request, in_words_of_the_caller
from floorjobs.client.opened import Opened
from floorjobs.client.request import json_text
from floorjobs.models.values import object_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from floorjobs.client.design_request import Effort
    from floorjobs.models import Bom, Job, Json, Layout


class Designs(Opened):
    """The part of the client about layouts and bills."""

    def generate(
        self,
        *,
        floorplan_id: int | None = None,
        prompt: str | None = None,
        program: Mapping[str, Json] | None = None,
        spatial_graph: Mapping[str, Json] | None = None,
        site: Mapping[str, Json] | None = None,
        rules: Mapping[str, Json] | None = None,
        bom: Mapping[str, Json] | None = None,
        alternatives: int = 2,
        threads: int | None = None,
        seed: int = 1,
        effort: Effort = "normal",
        strict: bool = False,
        queue: str | None = None,
        priority: int = 0,
        unique_key: str | None = None,
        request_id: str | None = None,
    ) -> Job:
        """Store a job that lays out rooms and prices them; when this returns, it is durable.

        One of `floorplan_id`, `spatial_graph` and `site` says where; `prompt` or `program` says
        what. A floor plan that is still being read is waited for.

        Args:
            floorplan_id: A floor plan of this store.
            prompt: What is wanted, in words: ``"6 operatory dental clinic with reception"``.
            program: The same as data: ``rooms``, ``adjacency``, ``access``.
            spatial_graph: Walls in points with their ``scale_factor``, in the older shape.
            site: An outline in millimetres: ``{"perimeter_mm": [[0, 0], [12000, 0], ...]}``, with
                entrances, columns, windows.
            rules: What differs from the rules of the profile.
            bom: How the bill is made: ``measurement``, ``price_list``, ``additions``, ``taxes``.
            alternatives: How many layouts at most, the best included.
            threads: How many threads may be used; changes nothing but the time.
            seed: The same seed gives the same layout.
            effort: How long is searched: ``fast``, ``normal``, or ``thorough``, which takes up to
                four times as long.
            strict: Whether an assumption, such as a missing scale, is an error.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            unique_key: While a job with this key is queued or running, it is returned instead.
            request_id: The request that leads to it, which the worker's log names with the job; by
                default that of the Flask request, or of the job, in which this is called.

        Returns:
            The queued job. Ended well, its `result` names ``layout_id`` and ``bom_id``; a
            programme that does not fit ends with ``{"success": False}`` and the reason.

        Raises:
            InvalidInputError: The request is not acceptable; `field` is the path in it.
            NotFoundError: There is no such floor plan.
            InvalidStateError: The floor plan could not be read.

        Example:
            >>> square = [[0, 0], [12000, 0], [12000, 9000], [0, 9000]]
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.generate(site={"perimeter_mm": square}, prompt="2 offices")
            >>> (job.kind, job.status)
            ('generate', 'queued')
        """
        source = None
        if spatial_graph is not None:
            source = {"kind": "spatial_graph", "graph": spatial_graph}
        text = design_request(
            prompt=prompt,
            program=program,
            source=source,
            site=site,
            rules=rules,
            bom=bom,
            alternatives=alternatives,
            threads=threads,
            seed=seed,
            effort=effort,
            strict=strict,
        )
        with in_words_of_the_caller(prompt):
            made: Job = self._native.generate(
                text,
                floorplan_id=floorplan_id,
                queue=queue,
                priority=priority,
                unique_key=unique_key,
                request_id=request_id if request_id is not None else origin.request_id(),
            )
        return made

    def layout(self, layout_id: int) -> Layout:
        """Return a layout with the whole answer that it belongs to.

        Raises:
            NotFoundError: There is no such layout.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     layout = jobs.layout(job.result["layout_id"])
            >>> layout.layout["rooms"][0]["room_type"]
            'kitchen'
        """
        return models.Layout.from_dict(object_from(self._native.layout(layout_id)))

    def layout_svg(self, layout_id: int) -> str:
        """Return the picture of a layout as SVG.

        Raises:
            NotFoundError: There is no such layout.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     jobs.layout_svg(job.result["layout_id"])[:5]
            '<svg '
        """
        return self._native.layout_svg(layout_id)

    def bom(self, bom_id: int) -> Bom:
        """Return a bill of materials with all its lines.

        Raises:
            NotFoundError: There is no such bill.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     bill = jobs.bom(job.bom_id)
            >>> (bill.line_items[0]["category"], float(bill.total_cost_inr) > 0)
            ('wall', True)
        """
        return models.Bom.from_dict(object_from(self._native.bom(bom_id)))

    def bom_csv(self, bom_id: int) -> str:
        """Return a bill as CSV: a row for each line, then the totals.

        A text that a spreadsheet would run as a formula has an apostrophe before it.

        Raises:
            NotFoundError: There is no such bill.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     "material_name" in jobs.bom_csv(job.bom_id).splitlines()[0]
            True
        """
        return self._native.bom_csv(bom_id)

    def bom_xlsx(self, bom_id: int) -> bytes:
        """Return a bill as a workbook with live formulas: summary, bill by trade, measurements.

        Raises:
            NotFoundError: There is no such bill.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     jobs.bom_xlsx(job.bom_id)[:2]
            b'PK'
        """
        return self._native.bom_xlsx(bom_id)

    def price(
        self,
        layout_id: int,
        *,
        bom: Mapping[str, Json] | None = None,
        queue: str | None = None,
        priority: int = 0,
        unique_key: str | None = None,
        request_id: str | None = None,
    ) -> Job:
        """Store a job that prices a layout once more, with the rates of the moment it runs.

        Earlier bills stay as they are. It takes milliseconds: nothing is laid out.

        Args:
            layout_id: A layout of this store.
            bom: How the bill is made: ``measurement`` (``"net"`` or ``"is1200"``),
                ``price_list``, ``additions`` and ``taxes`` with ``name`` and ``percent``.
            queue: The queue to wait in.
            priority: Higher runs first within the queue.
            unique_key: While a job with this key is queued or running, it is returned instead.
            request_id: The request that leads to it, which the worker's log names with the job; by
                default that of the Flask request, or of the job, in which this is called.

        Returns:
            The queued job; ended well, its `bom_id` is the new bill.

        Raises:
            NotFoundError: There is no such layout.
            InvalidInputError: The options cannot be used; `field` is the path.

        Example:
            >>> site = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 5000], [0, 5000]]}
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.run_here(jobs.generate(site=site, prompt="a kitchen").id)
            ...     again = jobs.run_here(jobs.price(job.result["layout_id"]).id)
            >>> again.bom_id != job.bom_id
            True
        """
        made: Job = self._native.price(
            layout_id,
            json_text("bom", dict(bom or {})),
            queue=queue,
            priority=priority,
            unique_key=unique_key,
            request_id=request_id if request_id is not None else origin.request_id(),
        )
        return made

    def newest_bom(self, floorplan_id: int) -> dict[str, Json] | None:
        """Return the newest bill about a floor plan without its lines, or None.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.ingest(plan)
            ...     print(jobs.newest_bom(job.floorplan_id))
            None
        """
        found: dict[str, Json] | None = json.loads(self._native.newest_bom(floorplan_id))
        return found
