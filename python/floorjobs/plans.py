"""Floor plans read here and now, without a store, a queue or a worker.

```python
(reading,) = floorjobs.ingest_pdf("plan.pdf")
names = [room["name"] for room in reading.plan["rooms"]]
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from floorjobs import _floorjobs as native
from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import Json
from floorjobs.pdf_source import read_pdf

if TYPE_CHECKING:
    from floorjobs.pdf_source import PdfSource

Pages = int | Literal["best", "all"]


@dataclass(frozen=True, slots=True)
class PlanReading:
    """A floor plan that was read from one page.

    Attributes:
        page: The page, from 0.
        plan: All that was read: page, walls, rooms, openings, scale, texts, findings. Lengths are
            PDF points (1/72 inch) of the displayed page, origin top left, y down.
        detections: Walls, rooms, doors, windows and scale in the plain shape that tools measure.
        spatial_graph: Walls, rooms, scale and page in the shape that ``generate`` takes.
        svg: The plan drawn, as SVG.
        overlay_svg: The same over the line work of the page.
    """

    page: int
    plan: dict[str, Json]
    detections: dict[str, Json]
    spatial_graph: dict[str, Json]
    svg: str
    overlay_svg: str


class PlanReader:
    """Reads one PDF; another thread may ask how far it is, or stop it.

    Args:
        pages: ``"best"`` for the page that looks most like a plan, ``"all"`` for every plan of the
            file, or the number of a page, from 0.

    Raises:
        InvalidInputError: ``pages`` is none of these.

    Example:
        >>> reader = PlanReader(pages=0)
        >>> [reading.page for reading in reader.read(plan)], reader.progress[0]
        ([0], 1.0)
    """

    def __init__(self, pages: Pages = "best") -> None:
        """Make a reader."""
        if isinstance(pages, bool) or not (pages in ("best", "all") or isinstance(pages, int)):
            raise InvalidInputError("`pages` is `best`, `all` or a number from 0", "pages")
        if isinstance(pages, int) and pages < 0:
            raise InvalidInputError(f"`pages` must be 0 or more, not {pages}", "pages")
        page = pages if isinstance(pages, int) else None
        self._native = native.PlanReader(page=page, all_pages=pages == "all")

    def read(self, pdf: PdfSource) -> list[PlanReading]:
        """Read the plans of a PDF: a path, bytes, or a binary file object.

        Raises:
            InvalidPdfError: It cannot be read as a PDF.
            PasswordRequiredError: It does not open with the empty password.
            NoPlanFoundError: It shows no floor plan.
            CancelledError: Somebody called :meth:`cancel`.
            FloorjobsError: Another error; ``error.code`` tells.
        """
        content, _ = read_pdf(pdf)
        return [_reading(*found) for found in self._native.read(content)]

    @property
    def progress(self) -> tuple[float, str]:
        """How much is done, in 0..=1, and what is being done."""
        return self._native.progress

    def cancel(self) -> None:
        """Make :meth:`read` stop as soon as it can."""
        self._native.cancel()


def ingest_pdf(pdf: PdfSource, *, pages: Pages = "best") -> list[PlanReading]:
    """Read the floor plans of a PDF in this thread, without a store or a worker.

    Args:
        pdf: A path, bytes, or a binary file object.
        pages: ``"best"``, ``"all"`` or the number of a page, from 0.

    Returns:
        One reading for each plan, in the order of their pages; at least one.

    Raises:
        FloorjobsError: As :meth:`PlanReader.read` says.

    Example:
        >>> (reading,) = floorjobs.ingest_pdf(plan)
        >>> sorted(room["name"] for room in reading.plan["rooms"])[:2]
        ['Bathroom', 'Bedroom 1']
    """
    return PlanReader(pages).read(pdf)


def _reading(document: str, svg: str, overlay: str) -> PlanReading:
    data = cast("dict[str, dict[str, Json]]", json.loads(document))
    plan = data["floorplan"]
    return PlanReading(
        page=cast("int", cast("dict[str, Json]", plan["page"])["index"]),
        plan=plan,
        detections=data["detections"],
        spatial_graph=data["spatial_graph"],
        svg=svg,
        overlay_svg=overlay,
    )
