"""``floorplan``: what was read of a floor plan of the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from floorjobs.cli import tables
from floorjobs.cli.exits import EXIT_NOT_SO, EXIT_OK

if TYPE_CHECKING:
    import argparse

    from floorjobs.cli.output import Output
    from floorjobs.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command of this file."""
    floorplan = commands.add_parser(
        "floorplan", parents=[common], help="what was read of a floor plan of the store"
    )
    floorplan.add_argument("floorplan_id", metavar="ID", type=int)
    floorplan.add_argument("--svg", type=Path, metavar="PATH", help="draw it there")
    floorplan.set_defaults(run=_floorplan)


def _floorplan(client: Client, options: argparse.Namespace, out: Output) -> int:
    found = client.floorplan(options.floorplan_id)
    if options.svg is not None:
        options.svg.write_text(client.floorplan_svg(found.id), encoding="utf-8")
    is_read = found.plan is not None
    if out.as_json:
        out.json(found.to_dict())
    elif found.plan is not None:
        name = found.filename or str(found.id)
        out.table(("FILE", *tables.HEAD), [(name, *tables.row(found.plan))])
        tables.rooms(found.plan, out)
    else:
        why = "" if found.error is None else f", {found.error.code}: {found.error.message}"
        out.line(f"floor plan {found.id} {found.status}{why}")
    return EXIT_OK if is_read else EXIT_NOT_SO
