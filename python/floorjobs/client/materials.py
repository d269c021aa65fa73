"""The catalogue of materials that bills are priced with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from floorjobs import models
from floorjobs.client.opened import Opened
from floorjobs.models.values import object_from

if TYPE_CHECKING:
    import os

    CsvSource = str | os.PathLike[str] | bytes
    from floorjobs.models import Catalogue


class Materials(Opened):
    """The part of the client about materials and their rates."""

    def materials(self) -> Catalogue:
        """Return the catalogue that bills are priced with.

        It is the seed, whose rates are samples, until another one is imported.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     catalogue = jobs.materials()
            >>> (catalogue.name, catalogue.sample, catalogue.price_lists)
            ('seed', True, ['economy', 'premium'])
        """
        return models.Catalogue.from_dict(object_from(self._native.materials()))

    def materials_csv(self) -> str:
        """Return the catalogue as CSV, which `import_materials` reads back as it was.

        A text that a spreadsheet would run as a formula has an apostrophe before it.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.materials_csv().startswith("material_name,category,")
            True
        """
        return self._native.materials_csv()

    def import_materials(
        self,
        csv: CsvSource,
        *,
        name: str | None = None,
        mode: Literal["replace", "merge"] = "replace",
    ) -> Catalogue:
        """Store materials from CSV, all rows or none; return the catalogue as it is then.

        Bills that are there keep the rates they were priced with.

        Args:
            csv: A path, or the bytes of a file. Columns: ``material_name``, ``category``,
                ``unit_of_measurement``, ``cost_inr`` in rupees per unit (empty: no price known),
                and if wanted ``code``, ``item``, ``basis``, ``waste_percent``, ``pack_size``,
                ``notes``, and ``cost_inr:NAME`` for a further price list.
            name: Its name in bills; that of the file if there is one.
            mode: ``"replace"`` all that is there, or ``"merge"``: rows take the places of those
                with the same codes, and the others come after them.

        Raises:
            InvalidInputError: With every fault by line and column.
            FileNotFoundError: There is no such file.

        Example:
            >>> rows = b"code,material_name,category,unit_of_measurement,cost_inr\\n"
            >>> rows += b"WL-01,Our partition,wall,sqft,118.50\\n"
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     catalogue = jobs.import_materials(rows, mode="merge")
            >>> catalogue.materials[0]["material_name"]
            'Our partition'
        """
        if isinstance(csv, bytes):
            content = csv
        else:
            path = Path(csv)
            content = path.read_bytes()
            name = name or path.stem
        found = self._native.import_materials(name or "imported", content, mode)
        return models.Catalogue.from_dict(object_from(found))

    def reset_materials(self) -> None:
        """Forget what was imported, so that bills are priced with the seed again.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.reset_materials()
            ...     jobs.materials().sample
            True
        """
        self._native.reset_materials()
