"""``generate``, ``layout``, ``bom``, ``price``: layouts and bills."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import floorjobs
from floorjobs.cli import follow
from floorjobs.cli.exits import EXIT_NOT_SO, EXIT_OK
from floorjobs.client.design_request import EFFORTS

if TYPE_CHECKING:
    from floorjobs.cli.output import Output
    from floorjobs.client import Client
    from floorjobs.models.values import Json


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    making = commands.add_parser(
        "generate",
        parents=[common],
        help="lays out rooms in a plan and prices them, here and now, without a database",
        description="Reads a floor plan, lays out the rooms that PROMPT names, and prices them. "
        "With --floorplan it stores the job for a worker instead.",
    )
    making.add_argument("file", metavar="FILE", nargs="?", help="a PDF with a floor plan")
    making.add_argument("--prompt", required=True, help="what is wanted, in words")
    where = making.add_mutually_exclusive_group()
    where.add_argument(
        "--outline",
        type=_outline,
        metavar="WxD|JSON",
        help="instead of a file: metres such as 16x12, or corners in millimetres as JSON",
    )
    where.add_argument("--floorplan", type=int, metavar="ID", help="a floor plan of the store")
    making.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same, the same layout (1)"
    )
    making.add_argument(
        "--effort",
        choices=EFFORTS,
        default="normal",
        help="how long is searched (normal)",
    )
    _add_bill_options(making)
    making.add_argument("--materials", metavar="CSV", help="a catalogue other than the seed")
    for name, about in (("svg", "the layout"), ("csv", "the bill"), ("xlsx", "the bill")):
        making.add_argument(f"--{name}", type=Path, metavar="PATH", help=f"write {about} there")
    making.add_argument("--watch", action="store_true", help="with --floorplan: follow the job")
    making.set_defaults(choose=_which, makes_store=True)

    laid_out = commands.add_parser("layout", parents=[common], help="a layout of the store")
    laid_out.add_argument("layout_id", metavar="ID", type=int)
    laid_out.add_argument("--svg", type=Path, metavar="PATH", help="draw it there")
    laid_out.set_defaults(run=_layout)

    billed = commands.add_parser("bom", parents=[common], help="a bill of materials of the store")
    billed.add_argument("bom_id", metavar="ID", type=int)
    for name in ("csv", "xlsx"):
        billed.add_argument(f"--{name}", type=Path, metavar="PATH", help="write it there")
    billed.set_defaults(run=_bom)

    pricing = commands.add_parser(
        "price", parents=[common], help="stores a job that prices a layout once more"
    )
    pricing.add_argument("layout_id", metavar="LAYOUT", type=int)
    _add_bill_options(pricing)
    pricing.add_argument("--watch", action="store_true", help="show its progress until it ends")
    pricing.set_defaults(run=_price)


def _add_bill_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--price-list", metavar="NAME", help="other rates of the catalogue")
    parser.add_argument(
        "--measurement", choices=("net", "is1200"), help="how openings are measured (net)"
    )


def _bill_options(options: argparse.Namespace) -> dict[str, Json]:
    given = {"price_list": options.price_list, "measurement": options.measurement}
    return {name: value for name, value in given.items() if value is not None}


def _outline(text: str) -> list[list[int]]:
    width, cross, depth = text.partition("x")
    try:
        if cross:
            x, y = round(float(width) * 1000), round(float(depth) * 1000)
            if x > 0 and y > 0:
                return [[0, 0], [x, 0], [x, y], [0, y]]
        corners = json.loads(text)
    except (ValueError, OverflowError):
        corners = None
    if not isinstance(corners, list):
        raise argparse.ArgumentTypeError(
            f"`{text}` is neither WxD in metres nor corners in millimetres as a JSON list"
        )
    return corners


def _which(options: argparse.Namespace) -> None:
    """Decide whether the command needs the store."""
    if options.floorplan is not None:
        if options.file is not None:
            raise floorjobs.InvalidInputError("give a file or --floorplan, not both", "file")
        for name in ("svg", "csv", "xlsx", "materials"):
            if getattr(options, name) is not None:
                # A worker does the work, later and with the rates of the store.
                sentence = f"--{name} is not for --floorplan; see `layout`, `bom` and `materials`"
                raise floorjobs.InvalidInputError(sentence, name)
        options.run = _store
    else:
        if options.watch:
            raise floorjobs.InvalidInputError("--watch is for --floorplan", "watch")
        if (options.file is None) == (options.outline is None):
            raise floorjobs.InvalidInputError("give a file, --outline or --floorplan", "file")
        options.run_alone = _generate


def _store(client: Client, options: argparse.Namespace, out: Output) -> int:
    job = client.generate(
        floorplan_id=options.floorplan,
        prompt=options.prompt,
        bom=_bill_options(options),
        seed=options.seed,
        effort=options.effort,
    )
    return _stored(client, job, options, out)


def _price(client: Client, options: argparse.Namespace, out: Output) -> int:
    return _stored(
        client, client.price(options.layout_id, bom=_bill_options(options)), options, out
    )


def _stored(client: Client, job: floorjobs.Job, options: argparse.Namespace, out: Output) -> int:
    if out.as_json:
        out.json(job.to_dict())
    else:
        out.line(f"{job.id} {job.status} {job.kind}")
    out.flush()
    return follow.watch(client, job.id, None, out) if options.watch else EXIT_OK


def _generate(options: argparse.Namespace, out: Output) -> int:
    site = None if options.outline is None else {"perimeter_mm": options.outline}
    reading = None if options.file is None else floorjobs.ingest_pdf(options.file)[0]
    design = floorjobs.generate(
        floorplan=reading,
        site=site,
        prompt=options.prompt,
        bom=_bill_options(options),
        seed=options.seed,
        effort=options.effort,
        materials=options.materials,
    )
    if out.as_json:
        out.json({"success": design.success, "answer": design.answer, "bom": design.bom})
    for path, content in (
        (options.svg, design.svg),
        (options.csv, design.csv),
        (options.xlsx, design.xlsx),
    ):
        _write(path, content)
    if not out.as_json:
        _show_words(design.answer["interpretation"], out)
        if design.layout is None or design.bom is None:
            _show_refusal(design.answer, out)
        else:
            _show_layout(design.layout, design.answer, out)
            out.line("")
            _show_bill(design.bom, out)
    return EXIT_OK if design.success else EXIT_NOT_SO


def _write(path: Path | None, content: str | bytes | None) -> None:
    if path is None or content is None:
        return
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _layout(client: Client, options: argparse.Namespace, out: Output) -> int:
    found = client.layout(options.layout_id)
    if options.svg is not None:
        _write(options.svg, client.layout_svg(options.layout_id))
    if out.as_json:
        out.json(found.to_dict())
    else:
        _show_words(found.interpretation, out)
        _show_layout(found.layout, found.document, out)
    return EXIT_OK


def _bom(client: Client, options: argparse.Namespace, out: Output) -> int:
    found = client.bom(options.bom_id)
    if options.csv is not None:
        _write(options.csv, client.bom_csv(options.bom_id))
    if options.xlsx is not None:
        _write(options.xlsx, client.bom_xlsx(options.bom_id))
    if out.as_json:
        out.json(found.to_dict())
    else:
        _show_bill(found.document, out)
    return EXIT_OK


def _show_words(interpretation: dict[str, Json], out: Output) -> None:
    for told in interpretation["assumptions"]:
        out.line(f"assumed: {told['message']}")
    for told in interpretation["conflicts"]:
        out.line(f"contradicts itself: {told['message']}")
    for told in interpretation["unrecognised"]:
        hints = ", ".join(told.get("suggestions") or ())
        hints = f"; perhaps {hints}" if hints else ""
        out.line(f"not understood: {told['text']}{hints}")


def _show_refusal(answer: dict[str, Json], out: Output) -> None:
    told = answer.get("infeasibility")
    out.line(f"{answer['status']}: {told['message'] if told else 'no layout was found'}")
    if told:
        out.line(f"it would help: {'; or '.join(told['remedies'])}")


def _show_layout(layout: dict[str, Json], answer: dict[str, Json], out: Output) -> None:
    out.table(
        ("ROOM", "TYPE", "AREA"),
        [
            (room["name"], room["room_type"], f"{float(room['area_sqm']):.1f} m²")
            for room in layout["rooms"]
        ],
    )
    names = {room["id"]: room["name"] for room in layout["rooms"]}
    for told in answer.get("relaxations") or ():
        room = "" if told["room"] is None else f"{names.get(told['room'], told['room'])}, "
        out.line(f"given differently: {room}{told['rule'].replace('_', ' ')}: {told['why']}")
    for told in answer.get("violations") or ():
        out.line(f"{told['severity']}: {told['message']}")


def _show_bill(bill: dict[str, Json], out: Output) -> None:
    out.table(
        ("CATEGORY", "AMOUNT"),
        [
            *((one["category"], one["amount_inr"]) for one in bill["categories"]),
            *((one["name"], one["amount_inr"]) for one in bill["additions"]),
            *((one["name"], one["amount_inr"]) for one in bill["taxes"]),
            ("total, INR", bill["total_cost_inr"]),
        ],
    )
    out.line(f"{len(bill['line_items'])} lines, catalogue {bill['catalogue']}")
    if bill["sample_rates"]:
        out.line("the rates are samples and no offer")
    if bill["is_partial"]:
        out.line(f"the total is partial; without a price: {', '.join(bill['unpriced'])}")
