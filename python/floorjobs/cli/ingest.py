"""``ingest``: read floor plans here and now, and show what was found."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from floorjobs.cli import tables
from floorjobs.cli.exits import EXIT_NOT_SO, EXIT_OK, code_of
from floorjobs.exceptions import FloorjobsError, InvalidInputError
from floorjobs.plans import Pages, PlanReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from floorjobs.cli.output import Output
    from floorjobs.models.values import Json
    from floorjobs.plans import PlanReading

_SEVERAL = "--svg names one file, but there are several plans; name a folder"
_BAR = 24
_REDRAW_S = 0.1


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command of this file."""
    ingest = commands.add_parser(
        "ingest",
        parents=[common],
        help="reads floor plans here and now, without a database",
        description="Reads floor plans and shows what was found. With --json each file is one "
        "line: walls, rooms, doors, windows and scale in points of the displayed page.",
    )
    ingest.add_argument("files", metavar="FILE", nargs="+")
    ingest.add_argument(
        "--pages",
        type=_pages,
        default="best",
        metavar="best|all|N",
        help="the page that looks most like a plan, every plan, or a page from 0 (default: best)",
    )
    ingest.add_argument(
        "--svg",
        type=Path,
        metavar="PATH",
        help="draw the plan into this file; for several plans into this folder",
    )
    ingest.add_argument(
        "--overlay", action="store_true", help="with --svg: draw over the line work of the page"
    )
    ingest.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="files at a time (default: one per core)",
    )
    ingest.set_defaults(run_alone=_ingest)


def _pages(text: str) -> Pages:
    if text in ("best", "all"):
        return cast("Pages", text)
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not best, all or a number") from None


class _File:
    """One file, and what becomes of it."""

    def __init__(self, path: str, pages: Pages) -> None:
        self.path = path
        self.reader = PlanReader(pages)
        self.found: list[PlanReading] = []
        self.error: FloorjobsError | OSError | None = None

    def read(self) -> None:
        try:
            self.found = self.reader.read(self.path)
        except (FloorjobsError, OSError) as error:
            self.error = error


def _ingest(options: argparse.Namespace, out: Output) -> int:
    files = [_File(path, options.pages) for path in options.files]
    if options.svg is not None and len(files) > 1 and options.svg.suffix == ".svg":
        raise InvalidInputError(_SEVERAL, "svg")
    if options.overlay and options.svg is None:
        raise InvalidInputError("--overlay is for --svg", "overlay")
    if options.threads < 1:
        raise InvalidInputError(f"--threads must be 1 or more, not {options.threads}", "threads")
    with ThreadPoolExecutor(options.threads) as pool:
        running = [pool.submit(file.read) for file in files]
        try:
            _show_progress(files, running)
        except BaseException:
            for file in files:
                file.reader.cancel()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if len(files) == 1 and files[0].error is not None:
        raise files[0].error
    if options.svg is not None:
        _draw(files, options.svg, overlay=options.overlay)
    if out.as_json:
        for file in files:
            out.json(_as_json(file))
    else:
        _table(files, out)
        if len(files) == 1:
            for reading in files[0].found:
                tables.rooms(reading.plan, out)
    return EXIT_OK if all(file.error is None for file in files) else EXIT_NOT_SO


def _show_progress(files: Sequence[_File], running: Sequence[Future[None]]) -> None:
    """Wait for all, with a line that is drawn over and over on a terminal."""
    is_terminal = sys.stderr.isatty()
    while not all(future.done() for future in running):
        if is_terminal:
            sys.stderr.write(f"\r\x1b[2K{_line(files, running)}")
            sys.stderr.flush()
        wait(running, timeout=_REDRAW_S if is_terminal else None)
    if is_terminal:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
    for future in running:
        future.result()


def _line(files: Sequence[_File], running: Sequence[Future[None]]) -> str:
    parts = [
        1.0 if future.done() else file.reader.progress[0]
        for file, future in zip(files, running, strict=True)
    ]
    fraction = sum(parts) / len(parts)
    done = sum(future.done() for future in running)
    filled = round(_BAR * fraction)
    bar = "#" * filled + "." * (_BAR - filled)
    at_work = (
        f"{Path(file.path).name}: {file.reader.progress[1]}"
        for file, future in zip(files, running, strict=True)
        if future.running()
    )
    return f"[{bar}] {100 * fraction:3.0f} %  {done}/{len(files)}  {next(at_work, '')}"[:100]


def _draw(files: Sequence[_File], target: Path, *, overlay: bool) -> None:
    plans = [(file, reading) for file in files for reading in file.found]
    if target.suffix == ".svg" and len(plans) > 1:
        raise InvalidInputError(_SEVERAL, "svg")
    # Files of one name from several folders: none may take the place of another's picture.
    named: dict[str, int] = {}
    for file, reading in plans:
        path = target
        if target.suffix != ".svg":
            target.mkdir(parents=True, exist_ok=True)
            page = f"-page{reading.page}" if len(file.found) > 1 else ""
            name = f"{Path(file.path).stem}{page}"
            named[name] = named.get(name, 0) + 1
            path = target / (f"{name}.svg" if named[name] == 1 else f"{name}-{named[name]}.svg")
        path.write_text(reading.overlay_svg if overlay else reading.svg, encoding="utf-8")


def _as_json(file: _File) -> Json:
    if file.error is not None:
        code, sentence = _why(file.error)
        return {"file": file.path, "error": sentence, "code": code}
    pages: list[dict[str, Json]] = [
        {**reading.detections, "findings": reading.plan["findings"]} for reading in file.found
    ]
    if len(pages) == 1:
        return {"file": file.path, **pages[0]}
    return {
        "file": file.path,
        "coord_space": pages[0]["coord_space"],
        "pages": cast("list[Json]", pages),
    }


def _why(error: FloorjobsError | OSError) -> tuple[str, str]:
    """Return the code and the sentence of what kept a file from being read."""
    if isinstance(error, FloorjobsError):
        return error.code, str(error)
    return code_of(error), error.strerror or str(error)


def _table(files: Sequence[_File], out: Output) -> None:
    rows: list[Sequence[str]] = []
    for file in files:
        name = Path(file.path).name
        if file.error is not None:
            rows.append((name, "-", *[""] * 6, ": ".join(_why(file.error))))
        rows.extend((name, *tables.row(reading.plan)) for reading in file.found)
    out.table(("FILE", *tables.HEAD), rows)
