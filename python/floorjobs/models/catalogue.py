"""Materials with their rates."""

from __future__ import annotations

from dataclasses import dataclass

from floorjobs.models.values import Json


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The materials that a bill may be priced with.

    Attributes:
        name: Its name, kept in every bill.
        sample: Whether its rates are samples and no offer.
        materials: The rows, each with ``code``, ``material_name``, ``category``,
            ``unit_of_measurement``, ``cost_inr`` (text of a decimal number of rupees per unit, or
            None), ``item``, ``basis``, ``waste_percent``, ``pack_size``, ``notes`` and
            ``other_rates`` by price list.
        price_lists: The names of the price lists beside the base one.
    """

    name: str
    sample: bool
    materials: list[dict[str, Json]]
    price_lists: list[str]

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Catalogue:
        """Make a catalogue from its JSON shape."""
        materials = [{"other_rates": {}, **row} for row in data["materials"]]
        lists = {name for row in materials for name in row["other_rates"]}
        return cls(
            name=data["name"],
            sample=data["sample"],
            materials=materials,
            price_lists=sorted(lists),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the catalogue, ready for `json.dumps`."""
        return {
            "name": self.name,
            "sample": self.sample,
            "price_lists": self.price_lists,
            "materials": self.materials,
        }
