"""Layouts and bills made here and now, without a store, a queue or a worker.

```python
(reading,) = floorjobs.ingest_pdf("plan.pdf")
design = floorjobs.generate(floorplan=reading, prompt="2 offices")
if design.bom is not None:
    print(design.bom["total_cost_inr"])
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from floorjobs import _floorjobs as native
from floorjobs.candidates import Asked
from floorjobs.client.design_request import design_request, in_words_of_the_caller
from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import Json, object_from

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from floorjobs.candidates import CandidateSource
    from floorjobs.client.design_request import Effort
    from floorjobs.plans import PlanReading


@dataclass(frozen=True, slots=True)
class Design:
    """A layout with its bill; or the reasons why there is none.

    Attributes:
        answer: All of the answer: ``status``, ``layout``, ``relaxations``, ``violations``,
            ``metrics``, ``interpretation``, ``conflicts``, ``alternatives``.
        layout: Rooms, walls, doors and fixtures in millimetres; None if nothing fits.
        bom: The bill of materials; None without a layout.
        svg: The layout drawn, as SVG.
        csv: The bill as CSV.
        xlsx: The bill as a workbook.
    """

    answer: dict[str, Json]
    layout: dict[str, Json] | None
    bom: dict[str, Json] | None
    svg: str | None
    csv: str | None
    xlsx: bytes | None

    @property
    def success(self) -> bool:
        """Whether there is a layout."""
        return self.layout is not None


def generate(
    *,
    floorplan: PlanReading | Mapping[str, Json] | None = None,
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
    materials: str | os.PathLike[str] | bytes | None = None,
    sources: Iterable[CandidateSource] = (),
) -> Design:
    """Lay out rooms and price them in this thread.

    Args:
        floorplan: What `ingest_pdf` read, or its ``plan``.
        materials: A catalogue as CSV, a path or bytes; the seed with its sample rates if it is
            not given.
        sources: Who proposes layouts beside the native search.
        prompt: As those that follow: see `Client.generate`.
        program: See there.
        spatial_graph: See there.
        site: See there.
        rules: See there.
        bom: See there.
        alternatives: See there.
        threads: See there.
        seed: See there.
        effort: See there.
        strict: See there.

    Returns:
        The layout and its bill. What does not fit is an answer, too: `Design.answer` says why.

    Raises:
        InvalidInputError: The request is not acceptable; `field` is the path in it.

    Example:
        >>> square = [[0, 0], [12000, 0], [12000, 9000], [0, 9000]]
        >>> design = floorjobs.generate(site={"perimeter_mm": square}, prompt="2 offices")
        >>> (design.success, design.bom["currency"])
        (True, 'INR')
    """
    request = design_request(
        prompt=prompt,
        program=program,
        source=_source(floorplan, spatial_graph),
        site=site,
        rules=rules,
        bom=bom,
        alternatives=alternatives,
        threads=threads,
        seed=seed,
        effort=effort,
        strict=strict,
    )
    csv, name = None, "catalogue"
    if isinstance(materials, bytes):
        csv = materials
    elif materials is not None:
        csv, name = Path(materials).read_bytes(), Path(materials).stem
    asked = [Asked(source) for source in sources]
    with in_words_of_the_caller(prompt):
        answer, files = native.generate(
            request,
            catalogue=csv,
            catalogue_name=name,
            sources=[(one.name, one.ask) for one in asked],
        )
    for one in asked:
        if one.interrupted is not None:
            raise one.interrupted
    document = object_from(answer)
    svg, bill, table, book = files if files is not None else (None, None, None, None)
    return Design(
        answer=document,
        layout=document.get("layout"),
        bom=None if bill is None else object_from(bill),
        svg=svg,
        csv=table,
        xlsx=book,
    )


def _source(
    floorplan: PlanReading | Mapping[str, Json] | None, graph: Mapping[str, Json] | None
) -> dict[str, Json] | None:
    if floorplan is not None and graph is not None:
        raise InvalidInputError("give a floor plan or a spatial graph, not both", "spatial_graph")
    if graph is not None:
        return {"kind": "spatial_graph", "graph": graph}
    if isinstance(floorplan, (list, tuple)):
        raise InvalidInputError(
            "`floorplan` must be one of the readings that `ingest_pdf` returns, not all of them",
            "floorplan",
        )
    if floorplan is not None:
        plan = getattr(floorplan, "plan", floorplan)
        return {"kind": "floorplan", "floorplan": plan}
    return None
