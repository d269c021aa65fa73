"""``materials``: the catalogue that bills are priced with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floorjobs.cli.exits import EXIT_OK
from floorjobs.exceptions import InvalidInputError

if TYPE_CHECKING:
    import argparse

    from floorjobs.cli.output import Output
    from floorjobs.client import Client
    from floorjobs.models import Catalogue


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    materials = commands.add_parser(
        "materials", parents=[common], help="the catalogue with its rates: show, export, import"
    )
    materials.add_argument(
        "--export", metavar="CSV", help="write it into a file that --import reads; - is the output"
    )
    materials.add_argument("--import", dest="load", type=Path, metavar="CSV", help="store this one")
    materials.add_argument(
        "--merge",
        action="store_true",
        help="with --import: rows take the places of those with the same codes",
    )
    materials.add_argument("--name", help="with --import: its name in bills (that of the file)")
    materials.add_argument(
        "--reset", action="store_true", help="forget it, and use the seed with its sample rates"
    )
    materials.set_defaults(run=_materials, makes_store=True, choose=_check)


def _check(options: argparse.Namespace) -> None:
    """Refuse options that would change nothing, or each other's work."""
    if options.load is None:
        for given, name in ((options.merge, "--merge"), (options.name, "--name")):
            if given:
                raise InvalidInputError(f"{name} is for --import", name.removeprefix("--"))
    elif options.reset:
        raise InvalidInputError("give --import or --reset, not both", "reset")


def _materials(client: Client, options: argparse.Namespace, out: Output) -> int:
    if options.reset:
        client.reset_materials()
    if options.load is not None:
        client.import_materials(
            options.load, name=options.name, mode="merge" if options.merge else "replace"
        )
    if options.export is not None:
        text = client.materials_csv()
        if options.export == "-":
            sys.stdout.write(text)
            return EXIT_OK
        Path(options.export).write_text(text, encoding="utf-8", newline="")
    catalogue = client.materials()
    if out.as_json:
        out.json(catalogue.to_dict())
        return EXIT_OK
    asks_only = not options.reset and options.load is None and options.export is None
    if asks_only:
        _table(catalogue, out)
    sample = ", the rates are samples" if catalogue.sample else ""
    where = "" if options.export is None else f" written to {options.export}"
    out.line(f"{len(catalogue.materials)} materials of `{catalogue.name}`{where}{sample}")
    return EXIT_OK


def _table(catalogue: Catalogue, out: Output) -> None:
    lists = catalogue.price_lists
    out.table(
        ("CODE", "MATERIAL", "CATEGORY", "UNIT", "RATE", *lists),
        [
            (
                row["code"],
                row["material_name"],
                row["category"],
                row["unit_of_measurement"],
                row["cost_inr"] or "",
                *(row["other_rates"].get(name, "") for name in lists),
            )
            for row in catalogue.materials
        ],
    )
